"""Tables, lists, plans, posts and other structured content."""

from typing import Final

from pairgen.composer.art import icon, icon_tile, portrait
from pairgen.composer.draft import Draft
from pairgen.composer.markup import el, text

_STATUS_HUES: Final = ("emerald", "amber", "sky", "rose", "slate")


def _status(draft: Draft, label: str) -> str:
    # The hue follows the word, so that equal words look equal within a page and between pages.
    hue = _STATUS_HUES[sum(map(ord, label)) % len(_STATUS_HUES)]
    look = f"bg-{hue}-900 text-{hue}-100" if draft.theme.is_dark else f"bg-{hue}-100 text-{hue}-800"
    return el("span", f"inline-block px-2 py-0.5 text-xs font-medium rounded-full {look}", text(label))


def _cell(draft: Draft, kind: str, *, is_first: bool) -> str:
    content = draft.voice.cell(kind)
    if kind == "status":
        return el("td", "px-4", _status(draft, content))
    if is_first:
        return el("td", "px-4", draft.write("span", "label", content))
    align = "text-right tabular-nums" if kind in ("money", "count", "percent") else ""
    return draft.write("td", "meta", content, f"px-4 {align}".strip())


def table(draft: Draft, num_rows: int, num_columns: int = 5) -> str:
    """Return a table with a caption row; rows have a fixed height."""
    theme, voice, dice = draft.theme, draft.voice, draft.dice
    columns = voice.columns(num_columns)
    numeric = ("money", "count", "percent")
    head = el(
        "thead",
        theme.tint,
        el(
            "tr",
            "h-11",
            *(
                draft.write(
                    "th",
                    "kicker",
                    column.heading,
                    f"px-4 {'text-right' if column.kind in numeric else ''}".strip(),
                    scope="col",
                )
                for column in columns
            ),
        ),
    )
    height = dice.choose(("h-12", "h-14"))
    rows = [
        el(
            "tr",
            f"{height} border-t {theme.line}",
            *(_cell(draft, column.kind, is_first=at == 0) for at, column in enumerate(columns)),
        )
        for _ in range(num_rows)
    ]
    caption = el(
        "div",
        "flex items-center justify-between px-4 h-16",
        draft.write("h2", "card_title", voice.headline()),
        draft.link(voice.action()),
    )
    remark = draft.write("p", "small", voice.paragraph(3), "max-w-2xl")
    note = el("div", f"px-4 min-h-28 {dice.choose(('', 'w-3/4'))}".strip(), remark) if dice.chance(0.7) else ""
    grid = el("table", "table-fixed", head, el("tbody", "", *rows))
    return el("div", f"overflow-hidden {theme.card}", caption, note, grid)


def side_links(draft: Draft) -> str:
    """Return a sidebar of links below a heading, and a quiet note."""
    theme, voice = draft.theme, draft.voice
    items = [
        el("li", f"flex items-center h-11 border-b {theme.line}", draft.link(label, "label"))
        for label in (voice.thing() for _ in range(5))
    ]
    links = el(
        "nav",
        f"p-5 min-h-80 {theme.card}",
        draft.write(
            "h3", "card_title", voice.say_once(("Related", "On this page", "Most read", "See also", "Keep going"))
        ),
        el("ol", "mt-2", *items),
    )
    note = el(
        "div",
        f"mt-6 p-5 min-h-48 {theme.tint} {theme.card_corner}",
        draft.write(
            "h3", "name", voice.say_once(("Did you know?", "A note from {person}", "Correction", "Good to know"))
        ),
        draft.write("p", "small", voice.paragraph(2), "mt-2"),
    )
    return el("aside", "w-72 shrink-0", links, note)


def tabs(draft: Draft, num: int = 5) -> str:
    """Return a row of tabs, the first of them active."""
    theme, voice, dice = draft.theme, draft.voice, draft.dice
    labels = [voice.option() for _ in range(num)]
    if dice.chance(0.5):
        looks = (f"border-b-2 {theme.accent_text} border-current", f"{theme.soft}")
        row = f"flex items-center gap-6 h-12 border-b {theme.line}"
    else:
        looks = (
            f"px-4 py-1.5 {theme.accent_bg} text-white {theme.button_corner}",
            f"px-4 py-1.5 {theme.surface} {theme.soft} border {theme.line} {theme.button_corner}",
        )
        row = "flex items-center gap-3 h-14"
    cells = [
        el("a", f"text-sm font-medium whitespace-nowrap {looks[min(at, 1)]}", text(label), href="#", role="tab")
        for at, label in enumerate(labels)
    ]
    return el("div", f"{row} {draft.justify()}", *cells, role="tablist")


def schedule(draft: Draft, num: int) -> str:
    """Return rows of time, title, remark and a button, of equal height."""
    theme, voice, dice = draft.theme, draft.voice, draft.dice
    show_time = dice.chance(0.6)
    rows = []
    for _ in range(num):
        lead = draft.write("span", "price", voice.time(), "w-20") if show_time else icon_tile(draft)
        words = el(
            "div",
            "flex-1",
            draft.write("h3", "name", voice.thing()),
            draft.write("p", "meta", voice.listed(voice.place(), voice.date())),
        )
        action = draft.button(dice.choose(("outline", "tinted", "solid")), voice.action(), "px-3 py-1.5")
        rows.append(
            el(
                "li",
                f"flex items-center gap-6 px-6 h-24 border-t {theme.line}",
                lead,
                words,
                draft.badge(voice.badge()),
                el("div", "w-40 flex justify-end", action),
            )
        )
    head = el(
        "div",
        "px-6 h-20 flex flex-col justify-center",
        draft.write("h2", "card_title", voice.headline()),
        draft.write("p", "note", voice.short_sentence()),
    )
    return el("div", f"overflow-hidden {theme.card}", head, el("ul", "", *rows))


def plan(draft: Draft, *, is_featured: bool) -> str:
    """Return one price plan."""
    theme, voice = draft.theme, draft.voice
    line = f"border-2 {theme.accent_line}" if is_featured else f"border {theme.line}"
    check = el("span", theme.accent_text, icon(draft, "w-4 h-4"))
    points = [
        el("li", "flex items-center gap-3 h-9", check, draft.write("span", "meta", voice.thing())) for _ in range(4)
    ]
    badge = draft.badge(voice.badge()) if is_featured else ""
    name = draft.write("h3", "card_title", voice.say_once(_PLANS))
    return el(
        "article",
        f"p-7 min-h-[460px] {theme.surface} {line} {theme.card_corner}",
        el("div", "flex items-center justify-between h-10", name, badge),
        draft.write("div", "figure", voice.price(), "mt-3"),
        draft.write("p", "small", voice.paragraph(2), "mt-2 min-h-24"),
        el("ul", "mt-4 min-h-40", *points),
        el(
            "div",
            f"flex mt-3 {draft.dice.choose(('justify-start', 'justify-center', 'justify-end'))}",
            draft.button("gradient" if is_featured else "outline", voice.action()),
        ),
    )


_PLANS: Final = ("Starter", "Essential", "Plus", "Team", "Household", "Complete", "Patron", "Basic", "Premium", "Solo")


def plans(draft: Draft) -> str:
    """Return three plans side by side, one of them featured."""
    featured = draft.dice.below(3)
    return el("div", "grid grid-cols-3 gap-6", *(plan(draft, is_featured=at == featured) for at in range(3)))


def questions(draft: Draft, num: int) -> str:
    """Return questions and answers in two columns."""
    theme, voice = draft.theme, draft.voice
    items = [
        el(
            "div",
            f"p-5 min-h-40 {theme.card}",
            draft.write("h3", "name", voice.question()),
            draft.write("p", "small", voice.paragraph(2), "mt-2"),
        )
        for _ in range(num)
    ]
    return el("div", "grid grid-cols-2 gap-6", *items)


def post(draft: Draft) -> str:
    """Return one post of a feed: author, text, reactions."""
    theme, voice, dice = draft.theme, draft.voice, draft.dice
    name = voice.person()
    who = el(
        "div",
        "flex-1",
        draft.write("h3", "name", name),
        draft.write("p", "note", voice.listed(voice.role(), voice.time())),
    )
    head = el(
        "div",
        "flex items-center gap-4 h-12",
        portrait(draft, name),
        who,
        draft.badge(voice.badge()) if dice.chance(0.5) else "",
    )
    counts = [
        draft.write("span", "meta", f"{dice.between(2, 240)} {voice.own(word)}") for word in dice.sample(_REACTIONS, 3)
    ]
    foot = el("div", f"flex items-center gap-6 h-10 {draft.justify()}", *counts, draft.link(voice.action()))
    return el(
        "article",
        f"p-6 flex flex-col gap-3 min-h-60 {theme.card}",
        head,
        draft.write("p", "body", voice.paragraph(dice.choose((3, 4))), "min-h-40"),
        foot,
    )


_REACTIONS: Final = ("replies", "likes", "shares", "thanks", "views", "saves")
