"""Layouts of pages that lead on: front pages, catalogues, lists, galleries."""

from pairgen.composer import cards, forms, panels
from pairgen.composer.art import picture
from pairgen.composer.draft import Draft
from pairgen.composer.frame import SHELL, alert, breadcrumb, page
from pairgen.composer.heroes import hero, opening
from pairgen.composer.markup import el


def landing(draft: Draft) -> str:
    """Return a front page: hero, figures, cards, a voice or two."""
    dice = draft.dice
    opening = (alert(draft) if dice.chance(0.2) else "") + hero(draft)
    figures = cards.metrics_row(draft) if dice.chance(0.45) else ""
    ending = cards.call_to_action(draft) if dice.chance(0.5) else cards.any_grid(draft)
    return page(draft, opening, figures, cards.any_grid(draft), ending)


def catalog(draft: Draft) -> str:
    """Return filters beside a grid of things for sale."""
    dice = draft.dice
    top = breadcrumb(draft) if dice.chance(0.6) else ""
    bar = panels.tabs(draft) if dice.chance(0.4) else ""
    wide = dice.chance(0.35)
    # The filters come first, so that they get the domain's own words.
    side = "" if wide else forms.filters(draft)
    items = cards.product_grid(draft, 4 if wide else 3, 8 if wide else 6)
    body = items if wide else el("div", "flex gap-8", *dice.sample((side, el("div", "flex-1", items)), 2))
    return page(draft, top, opening(draft), cards.section(draft, bar, el("div", "pt-4", body), space="py-4"))


def listing(draft: Draft) -> str:
    """Return rows to go through: results, dates, a table."""
    dice = draft.dice
    kind = dice.below(3)
    if kind == 0:
        rows = panels.schedule(draft, 5)
    elif kind == 1:
        rows = panels.table(draft, 7)
    else:
        rows = el("div", "flex flex-col gap-6", *(cards.media_card(draft) for _ in range(3)))
    with_side = dice.chance(0.45)
    body = el("div", "flex gap-8", el("div", "flex-1", rows), panels.side_links(draft)) if with_side else rows
    bar = panels.tabs(draft) if dice.chance(0.6) else ""
    top = dice.choose((opening, hero, opening))(draft)
    notice = alert(draft) if dice.chance(0.3) else ""
    return page(draft, notice, top, cards.section(draft, bar, el("div", "pt-5", body), space="py-4"))


def magazine(draft: Draft) -> str:
    """Return a lead story, smaller ones beside it, a grid below."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    title = voice.headline()
    lead = el(
        "article",
        "flex-1",
        picture(draft, title, f"h-64 {theme.card_corner}"),
        el(
            "div",
            "min-h-56 pt-4 flex flex-col gap-3",
            draft.write("span", "kicker", voice.kicker()),
            draft.write("h1", "title", title),
            draft.write("p", dice.choose(("lead", "body")), voice.paragraph(4)),
            draft.write("span", "note", voice.listed(voice.person(), voice.lowered(voice.role()))),
        ),
    )
    briefs = [
        el(
            "article",
            f"min-h-36 py-4 flex flex-col gap-2 border-b {theme.line}",
            draft.write("span", "kicker", voice.kicker()),
            draft.write("h2", "card_title", voice.headline()),
            draft.write("p", "meta", voice.short_sentence()),
        )
        for _ in range(3)
    ]
    side = el("div", "w-80 shrink-0", *briefs)
    top = el("section", f"{SHELL} flex gap-10 py-7", *dice.sample((lead, side), 2))
    grid = cards.section(draft, cards.grid(4, [cards.story_card(draft) for _ in range(4)]), space="py-6")
    strip = cards.call_to_action(draft) if dice.chance(0.4) else ""
    return page(
        draft,
        alert(draft) if dice.chance(0.15) else "",
        *dice.sample((top, strip), 2) if dice.chance(0.3) else (top, strip),
        grid,
    )


def pricing(draft: Draft) -> str:
    """Return plans, then questions or a comparison."""
    dice = draft.dice
    below = panels.questions(draft, 4) if dice.chance(0.5) else panels.table(draft, 5)
    return page(
        draft, opening(draft), cards.section(draft, panels.plans(draft), space="py-6"), cards.section(draft, below)
    )


def directory(draft: Draft) -> str:
    """Return people or places to find."""
    dice = draft.dice
    num = dice.choose((3, 4))
    people = cards.grid(num, [cards.person_card(draft) for _ in range(num * 2)])
    body = (
        people
        if num == 4
        else el("div", "flex gap-8", *dice.sample((forms.filters(draft), el("div", "flex-1", people)), 2))
    )
    return page(
        draft,
        dice.choose((opening, hero))(draft),
        cards.section(draft, panels.tabs(draft) if dice.chance(0.5) else "", el("div", "pt-4", body), space="py-4"),
    )


def portfolio(draft: Draft) -> str:
    """Return an introduction and a gallery of unequal tiles."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    intro = el(
        "section",
        f"{SHELL} h-72 flex items-center gap-14 {dice.choose(('justify-between', 'justify-start'))}",
        el(
            "div",
            "w-[560px] flex flex-col gap-4",
            draft.write("span", "kicker", voice.kicker()),
            draft.write("h1", "title", voice.headline()),
        ),
        el(
            "div",
            "w-96 flex flex-col gap-4 min-h-40",
            draft.write("p", "body", voice.paragraph(2)),
            el(
                "div",
                f"flex gap-4 h-12 items-center {draft.justify()}",
                draft.button("solid", voice.action()),
                draft.link(voice.action()),
            ),
        ),
    )
    tiles = []
    for span in dice.choose(((2, 1, 1, 2), (1, 2, 2, 1), (1, 1, 1, 3), (3, 1, 1, 1))):
        name = voice.thing()
        words = el(
            "div",
            f"h-20 px-5 flex items-center gap-4 {dice.choose(('justify-between', 'justify-start', 'justify-center'))}",
            el("div", "", draft.write("h2", "name", name), draft.write("div", "note", voice.cell("year"))),
            draft.badge(voice.badge()),
        )
        tiles.append(
            el("article", f"col-span-{span} overflow-hidden {theme.card}", picture(draft, name, "h-56 w-full"), words)
        )
    gallery = cards.section(draft, el("div", "grid grid-cols-3 gap-6", *tiles), space="py-4")
    return page(draft, intro, gallery, cards.any_grid(draft))
