"""What stands around the content: navigation, breadcrumbs, alerts, footers."""

from collections.abc import Callable
from typing import Final

from pairgen.composer.art import icon
from pairgen.composer.draft import Draft
from pairgen.composer.markup import el, text

SHELL: Final = "max-w-6xl mx-auto px-8 w-full"
"""Classes of the centred column that holds each block's content."""


def _brand(draft: Draft) -> str:
    mark = el(
        "span",
        f"flex items-center justify-center w-8 h-8 {draft.theme.accent_bg} text-white rounded-md",
        icon(draft, "w-5 h-5"),
    )
    weight = draft.dice.choose(("font-bold", "font-extrabold", "font-semibold", "font-medium"))
    name = el(
        "span", f"text-lg {weight} {draft.theme.head_font} {draft.theme.ink} whitespace-nowrap", text(draft.voice.brand)
    )
    return el("a", "flex items-center gap-2.5", mark if draft.dice.chance(0.7) else "", name, href="#")


def _links(draft: Draft, num: int, classes: str) -> str:
    weight = draft.dice.choose(("font-medium", "font-normal", "font-semibold"))
    labels = draft.voice.nav(num)
    active = draft.dice.below(num)
    return el(
        "nav",
        classes,
        *(
            el(
                "a",
                f"text-sm {weight} {draft.theme.accent_text if at == active else draft.theme.soft} whitespace-nowrap",
                text(label),
                href="#",
            )
            for at, label in enumerate(labels)
        ),
        aria_label="Main",
    )


def _bar(draft: Draft, *children: str, height: str = "h-16") -> str:
    theme = draft.theme
    inner = el("div", f"{SHELL} flex items-center justify-between gap-8 {height}", *children)
    return el("header", f"{theme.surface} border-b {theme.line}", inner)


def bar_simple(draft: Draft) -> str:
    """Return brand, links and one button in a row."""
    links = _links(draft, 5, f"flex items-center gap-7 flex-1 {draft.justify()}")
    return _bar(
        draft,
        _brand(draft),
        links,
        draft.button(draft.dice.choose(("solid", "outline", "gradient")), draft.voice.action(), "px-4 py-2"),
    )


def bar_search(draft: Draft) -> str:
    """Return brand, a search field and two links."""
    theme = draft.theme
    hint = draft.voice.say_once(("Search {thing}", "Try {thing}", "Find {thing}", "Look for {thing}"))
    field = el(
        "input",
        f"h-10 px-4 w-80 text-sm border {theme.line} {theme.button_corner} {theme.tint} {theme.ink}",
        type="search",
        placeholder=hint,
    )
    start = el("div", "flex items-center gap-10", _brand(draft), field)
    return _bar(draft, start, _links(draft, 3, "flex items-center gap-6"), height="h-20")


def bar_two_rows(draft: Draft) -> str:
    """Return a thin line of news above brand and links."""
    theme, voice = draft.theme, draft.voice
    news = el(
        "div",
        f"{theme.accent_bg}",
        el(
            "div",
            f"{SHELL} flex items-center {draft.dice.choose(('justify-between', 'justify-center'))} gap-8 h-9",
            el("span", "text-xs font-medium text-white", text(voice.short_sentence())),
            el("a", "text-xs font-semibold text-white underline", text(voice.kicker()), href="#"),
        ),
    )
    return news + _bar(
        draft,
        _brand(draft),
        _links(draft, 6, f"flex items-center gap-6 flex-1 {draft.dice.choose(('justify-end', 'justify-center'))}"),
    )


def bar_centred(draft: Draft) -> str:
    """Return a centred name above a row of sections, as newspapers have it."""
    theme = draft.theme
    date = draft.write("span", "note", draft.voice.listed(draft.voice.cell("place"), draft.voice.date()))
    name = el(
        "a",
        f"text-4xl {theme.heading_weight} {theme.head_font} {theme.ink} tracking-tight",
        text(draft.voice.brand),
        href="#",
    )
    top = el(
        "div",
        f"{SHELL} flex items-center justify-between h-20",
        # Sides of one width keep the name in the middle, whatever happens to either.
        el("div", "w-64", date),
        name,
        el("div", "w-64 flex justify-end", draft.button("outline", draft.voice.action(), "px-3 py-1.5")),
    )
    row = el(
        "div",
        f"border-t {theme.line}",
        el("div", SHELL, _links(draft, 7, f"flex items-center gap-8 h-11 {draft.justify()}")),
    )
    return el("header", f"{theme.surface} border-b {theme.line}", top, row)


def bar_dark(draft: Draft) -> str:
    """Return a coloured bar with white links."""
    theme = draft.theme
    ground = draft.dice.choose((theme.accent_bg, f"bg-{theme.neutral}-900", theme.gradient("r")))
    name = el(
        "a", f"text-xl font-bold {theme.head_font} text-white whitespace-nowrap", text(draft.voice.brand), href="#"
    )
    links = [
        el("a", "text-sm font-medium text-white opacity-90", text(label), href="#") for label in draft.voice.nav(5)
    ]
    nav = el(
        "nav",
        f"flex items-center gap-7 flex-1 {draft.dice.choose(('justify-start', 'justify-end', 'justify-center'))}",
        *links,
    )
    action = draft.button("light", draft.voice.action(), "px-4 py-1.5")
    return el("header", ground, el("div", f"{SHELL} flex items-center justify-between gap-10 h-16", name, nav, action))


_BARS: Final[tuple[Callable[[Draft], str], ...]] = (
    bar_simple,
    bar_simple,
    bar_search,
    bar_two_rows,
    bar_centred,
    bar_dark,
)


def top_bar(draft: Draft) -> str:
    """Return one of the page headers."""
    return draft.dice.choose(_BARS)(draft)


def breadcrumb(draft: Draft, name: str = "") -> str:
    """Return a path of links that ends at the current page."""
    separator = draft.dice.choose(("/", "›", "·"))
    steps = [draft.link(label, "meta") for label in (*draft.voice.nav(2), draft.voice.option())]
    here = draft.write("span", "label", name or draft.voice.thing())
    mark = draft.write("span", "meta", separator)
    trail = mark.join([*steps, here])
    return el("nav", f"{SHELL} flex items-center gap-3 h-12", trail, aria_label="Breadcrumb")


def alert(draft: Draft) -> str:
    """Return a notice with a coloured ground."""
    theme = draft.theme
    hue = draft.dice.choose(("amber", "sky", "emerald", "rose", theme.accent))
    ground, ink = (f"bg-{hue}-950", f"text-{hue}-200") if theme.is_dark else (f"bg-{hue}-50", f"text-{hue}-900")
    line = f"border-{hue}-{700 if theme.is_dark else 300}"
    body = el("p", f"text-sm font-medium {ink} flex-1", text(draft.voice.short_sentence()))
    more = el("a", f"text-sm font-semibold underline {ink}", text(draft.voice.action()), href="#")
    box = el(
        "div",
        f"flex items-center gap-4 px-5 h-14 border {ground} {line} {theme.card_corner}",
        el("span", ink, icon(draft, "w-5 h-5")),
        body,
        more,
        role="status",
    )
    return el("div", f"{SHELL} py-5", box)


def _columns_footer(draft: Draft) -> str:
    theme, voice = draft.theme, draft.voice
    about = el(
        "div",
        "w-72",
        el("div", f"text-lg font-bold {theme.ink}", text(voice.brand + " ")),
        draft.write("p", "small", voice.sentence(), "mt-3"),
    )
    columns = [
        el(
            "div",
            "",
            draft.write("h4", "label", voice.foot_head()),
            el("ul", "mt-3", *(el("li", "mt-2", draft.link(voice.foot_link(), "meta")) for _ in range(4))),
        )
        for _ in range(3)
    ]
    return el(
        "footer",
        f"mt-16 border-t {theme.line} {theme.surface}",
        el("div", f"{SHELL} flex justify-between gap-10 py-12", about, *columns),
    )


def _line_footer(draft: Draft) -> str:
    theme, voice = draft.theme, draft.voice
    links = el(
        "div", f"flex flex-1 gap-6 {draft.justify()}", *(draft.link(voice.foot_link(), "meta") for _ in range(5))
    )
    rights = draft.write("span", "note", voice.rights(draft.dice.between(2022, 2026)))
    return el(
        "footer", f"mt-12 border-t {theme.line}", el("div", f"{SHELL} flex items-center gap-10 h-20", rights, links)
    )


def _dark_footer(draft: Draft) -> str:
    theme, voice = draft.theme, draft.voice
    links = [
        el("a", f"text-sm font-normal text-{theme.neutral}-300", text(voice.foot_link()), href="#") for _ in range(6)
    ]
    top = el(
        "div",
        "flex items-center justify-between h-16",
        el("span", "text-base font-semibold text-white", text(voice.listed(voice.brand, voice.home))),
        draft.button("light", voice.action(), "px-4 py-2"),
    )
    return el(
        "footer",
        f"mt-16 bg-{theme.neutral}-900",
        el("div", f"{SHELL} py-8", top, el("div", f"flex gap-8 h-12 items-center {draft.justify()}", *links)),
    )


def footer(draft: Draft) -> str:
    """Return one of the page footers."""
    return draft.dice.choose((_columns_footer, _line_footer, _dark_footer))(draft)


def page(draft: Draft, *blocks: str) -> str:
    """Return header, main part and footer."""
    return top_bar(draft) + el("main", "", *blocks) + footer(draft)
