"""Grids and rows of cards. Every card has a least height with room to spare, so that it can take a change."""

from collections.abc import Callable
from typing import Final

from pairgen.composer.art import icon_tile, picture, portrait, sparkline
from pairgen.composer.draft import Draft
from pairgen.composer.frame import SHELL
from pairgen.composer.markup import el, text

_SINCE: Final = "{sign}{change}% since {when}"
_FOOT_ROWS: Final = ("justify-between", "justify-between", "justify-start", "justify-end")


def section(draft: Draft, *children: str, space: str = "py-10") -> str:
    """Return content in the centred column, without a heading."""
    return el("section", f"{SHELL} {draft.dice.choose((space, space, 'py-8'))}", *children)


def section_head(draft: Draft) -> str:
    """Return a section's heading, with a remark or a link beside it."""
    voice = draft.voice
    heading = draft.write("h2", "section", voice.headline())
    if draft.dice.chance(0.4):
        above = draft.write("span", "kicker", voice.kicker())
        return el("div", "flex flex-col gap-1 min-h-20 mb-4", above, heading)
    if draft.dice.chance(0.5):
        return el("div", "flex items-center justify-between gap-8 h-12 mb-5", heading, draft.link(voice.action()))
    return el("div", "flex flex-col gap-1 min-h-20 mb-4", heading, draft.write("p", "meta", voice.short_sentence()))


def grid(num: int, cards: list[str]) -> str:
    """Return cards in `num` equal columns."""
    return el("div", f"grid grid-cols-{num} gap-6", *cards)


def product_card(draft: Draft) -> str:
    """Return picture, name, price and a button."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    name = voice.thing()
    badge = (
        draft.badge(voice.badge(), f"absolute top-3 {dice.choose(('left-3', 'right-3'))}") if dice.chance(0.6) else ""
    )
    foot = el(
        "div",
        f"flex flex-wrap items-center gap-3 mt-3 min-h-11 {dice.choose(_FOOT_ROWS)}",
        draft.write("span", "price", voice.price(with_unit=False)),
        draft.button(dice.choose(("solid", "outline", "tinted")), voice.action(), "px-3 py-1.5"),
    )
    body = el(
        "div",
        "p-4 flex flex-col gap-1.5 min-h-40",
        draft.write("h3", "name", name),
        draft.write("p", "meta", f"{voice.option()} · {voice.option()}"),
        foot,
    )
    return el("article", f"relative overflow-hidden {theme.card}", picture(draft, name, "h-40 w-full"), badge, body)


def feature_card(draft: Draft) -> str:
    """Return icon, heading and a paragraph of three lines or more."""
    voice, theme = draft.voice, draft.theme
    more = draft.link(voice.action()) if draft.dice.chance(0.4) else ""
    return el(
        "article",
        f"p-6 flex flex-col gap-3 min-h-72 {theme.card}",
        icon_tile(draft),
        draft.write("h3", "card_title", voice.thing()),
        draft.write("p", "small", voice.paragraph(3), "min-h-28"),
        more,
    )


def story_card(draft: Draft) -> str:
    """Return picture, label, headline and byline."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    headline = voice.headline()
    words = el(
        "div",
        "p-5 flex flex-col gap-2 min-h-64",
        draft.write("span", "kicker", voice.kicker()),
        draft.write("h3", "card_title", headline),
        draft.write("p", "small", voice.paragraph(2), "min-h-24"),
        el(
            "div",
            f"flex gap-3 h-8 items-center {dice.choose(('justify-start', 'justify-between'))}",
            draft.write("span", "note", voice.person()),
            draft.write("span", "note", voice.date()),
        ),
    )
    return el(
        "article",
        f"overflow-hidden {theme.card}",
        picture(draft, headline, "h-36 w-full") if dice.chance(0.8) else "",
        words,
    )


def person_card(draft: Draft) -> str:
    """Return initials, name, role and a way to get in touch."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    name = voice.person()
    align = dice.choose(("items-start", "items-center text-center"))
    return el(
        "article",
        f"p-6 flex flex-col gap-2 min-h-64 {align} {theme.card}",
        portrait(draft, name, "w-14 h-14"),
        draft.write("h3", "name", name, "mt-2"),
        draft.write("p", "link", voice.role()),
        draft.write("p", "meta", voice.listed(voice.address(), voice.place())),
        draft.link(voice.action(), "link", "mt-2"),
    )


def media_card(draft: Draft) -> str:
    """Return a wide card: picture left, words right."""
    voice, theme = draft.voice, draft.theme
    name = voice.thing()
    lead = voice.price(with_unit=False) if voice.is_selling else voice.date()
    foot = el(
        "div",
        f"flex items-center gap-4 h-10 mt-1 {draft.justify()}",
        el("div", "flex items-center gap-3", draft.write("span", "price", lead), draft.badge(voice.badge())),
        draft.link(voice.action()),
    )
    words = el(
        "div",
        "flex-1 p-5 flex flex-col gap-2",
        draft.write("h3", "card_title", name),
        draft.write("p", "small", voice.paragraph(3), "max-w-xl"),
        foot,
    )
    return el(
        "article",
        f"flex overflow-hidden min-h-52 {theme.card}",
        picture(draft, name, "w-56 shrink-0 h-52"),
        words,
    )


def metric_card(draft: Draft) -> str:
    """Return one figure, what it counts and how it moves."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    metric = voice.metric()
    sign = dice.choose("+-")
    hue = "emerald" if sign == "+" else "rose"
    ink = f"text-{hue}-400" if theme.is_dark else f"text-{hue}-700"
    moved = f"{dice.between(2, 98) / 10:.1f}"
    since = voice.own(_SINCE, sign=sign, change=moved, when=voice.say_once(("{month}", "{weekday}")))
    change = el("span", f"text-sm font-medium {ink}", text(since))
    line = sparkline(draft) if dice.chance(0.5) else ""
    top = el(
        "div",
        "flex items-start justify-between gap-3 h-14",
        draft.write("span", "figure", metric.value, "whitespace-nowrap"),
        line,
    )
    return el(
        "div", f"p-5 flex flex-col gap-1 min-h-36 {theme.card}", draft.write("span", "label", metric.label), top, change
    )


def gradient_card(draft: Draft) -> str:
    """Return a coloured tile with white text."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    return el(
        "article",
        f"p-6 flex flex-col gap-2 min-h-44 {theme.gradient(dice.choose('rlbt'))} {theme.card_corner}",
        el("span", "text-xs font-semibold uppercase tracking-wider text-white opacity-80", text(voice.kicker())),
        el("h3", "text-xl font-bold text-white", text(voice.thing())),
        el("p", "text-sm font-normal text-white leading-relaxed max-w-sm", text(voice.sentence())),
    )


def quote_card(draft: Draft) -> str:
    """Return what somebody said, and who."""
    voice, theme = draft.voice, draft.theme
    name = voice.person()
    who = el(
        "div",
        "flex items-center gap-3 h-12",
        portrait(draft, name),
        el("div", "", draft.write("div", "label", name), draft.write("div", "note", voice.role())),
    )
    return el(
        "figure",
        f"p-6 flex flex-col gap-4 min-h-56 {theme.card}",
        draft.write("blockquote", "body", voice.quoted(voice.quote()), "min-h-24"),
        who,
    )


_GRIDS: Final[tuple[tuple[Callable[[Draft], str], tuple[int, ...]], ...]] = (
    (feature_card, (3,)), (story_card, (3,)), (person_card, (3, 4)), (gradient_card, (2, 3)), (quote_card, (2, 3)),
)  # fmt: skip


def product_grid(draft: Draft, columns: int, num: int) -> str:
    """Return a grid of product cards."""
    return grid(columns, [product_card(draft) for _ in range(num)])


def any_grid(draft: Draft) -> str:
    """Return a headed section with one kind of card."""
    maker, columns = draft.dice.choose(_GRIDS)
    num = draft.dice.choose(columns)
    return section(draft, section_head(draft), grid(num, [maker(draft) for _ in range(num)]))


def metrics_row(draft: Draft) -> str:
    """Return figures side by side, in cards or plain between lines."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    num = dice.choose((3, 4, 4))
    if dice.chance(0.5):
        return section(draft, grid(num, [metric_card(draft) for _ in range(num)]), space="py-8")
    plain = []
    for _ in range(num):
        metric = voice.metric()
        plain.append(
            el("div", "w-48", draft.write("div", "figure", metric.value), draft.write("div", "meta", metric.label))
        )
    spread = dice.choose(("justify-between", "justify-start", "justify-center", "justify-around"))
    row = f"flex items-center {spread} gap-6 h-32 border-t border-b {theme.line}"
    return section(draft, el("div", row, *plain), space="py-6")


def call_to_action(draft: Draft) -> str:
    """Return a gradient banner with one sentence and buttons."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    words = el(
        "div",
        "flex flex-col gap-1",
        el("h2", "text-2xl font-bold text-white", text(voice.headline())),
        el("p", "text-sm font-normal text-white opacity-90", text(voice.short_sentence())),
    )
    buttons = el(
        "div",
        f"flex gap-4 w-80 {dice.choose(('justify-end', 'justify-between'))}",
        draft.button("light", voice.action()),
    )
    return section(
        draft,
        el(
            "div",
            f"flex items-center justify-between h-36 px-10 {theme.gradient(dice.choose('rl'))} {theme.card_corner}",
            words,
            buttons,
        ),
    )
