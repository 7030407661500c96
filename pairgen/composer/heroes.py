"""The large block a page opens with. Heights are fixed, so that a change inside stays inside."""

from collections.abc import Callable
from typing import Final

from pairgen.composer.art import picture
from pairgen.composer.draft import Draft
from pairgen.composer.forms import hint
from pairgen.composer.frame import SHELL
from pairgen.composer.markup import el, text


def _actions(draft: Draft, kinds: tuple[str, str], extra: str = "") -> str:
    spread = extra or draft.dice.choose(("justify-start", "justify-start", "justify-between"))
    row = f"flex items-center gap-4 h-12 {spread}"
    return el("div", row, *(draft.button(kind, draft.voice.action()) for kind in kinds))


def hero_split(draft: Draft) -> str:
    """Return text on one side and a picture on the other."""
    voice, theme = draft.voice, draft.theme
    words = el(
        "div",
        "flex flex-col gap-5 w-1/2 h-full justify-center",
        draft.write("span", "kicker", voice.kicker()),
        draft.write("h1", draft.dice.choose(("display", "title")), voice.headline()),
        draft.write("p", "lead", voice.paragraph(2), "max-w-lg min-h-28"),
        _actions(draft, ("solid", "outline")),
    )
    image = el(
        "div",
        "relative w-1/2",
        picture(draft, voice.thing(), f"h-80 {theme.card_corner}"),
        draft.badge(voice.badge(), "absolute top-4 left-4"),
    )
    parts = (words, image) if draft.dice.chance(0.65) else (image, words)
    return el("section", f"{SHELL} flex items-center gap-12 h-[460px]", *parts)


def hero_panel(draft: Draft) -> str:
    """Return a gradient panel with white text."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    align = dice.choose(("items-start text-left", "items-center text-center"))
    ground = f"{theme.gradient(dice.choose('rlbr'))} {theme.card_corner}"
    panel = el(
        "div",
        f"flex flex-col justify-center gap-4 h-72 px-12 {ground} {align}",
        el("span", "text-xs font-semibold uppercase tracking-widest text-white opacity-80", text(voice.kicker())),
        el(
            "h1", f"text-4xl {theme.heading_weight} {theme.head_font} text-white tracking-tight", text(voice.headline())
        ),
        el("p", "text-base font-normal text-white opacity-90 max-w-lg leading-relaxed", text(voice.paragraph(2))),
        el("div", "flex gap-4 mt-2", draft.button("light", voice.action())),
    )
    return el("section", f"{SHELL} pt-8", panel)


def hero_strip(draft: Draft) -> str:
    """Return a heading on the page's ground, beside a gradient card."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    words = el(
        "div",
        "flex-1 h-full flex flex-col justify-center gap-4",
        draft.write("h1", "title", voice.headline()),
        draft.write("p", "body", voice.paragraph(3), "max-w-xl"),
        el("div", "flex gap-3 h-9 items-center", *(draft.badge(voice.badge()) for _ in range(3))),
    )
    card = el(
        "aside",
        f"w-80 h-60 p-6 flex flex-col gap-3 {theme.gradient(dice.choose('brl'))} {theme.card_corner}",
        el("h2", "text-xl font-bold text-white", text(voice.headline())),
        el("p", "text-sm font-normal text-white leading-relaxed opacity-90", text(voice.short_sentence())),
        el("div", "flex mt-4", draft.button("light", voice.action(), "px-4 py-2")),
    )
    return el("section", f"{SHELL} flex items-center gap-14 h-80", words, card)


def hero_centred(draft: Draft) -> str:
    """Return centred text over a pale band."""
    voice, theme = draft.voice, draft.theme
    ground = theme.pale_gradient("b") if draft.dice.chance(0.35) else theme.tint
    words = el(
        "div",
        f"{SHELL} flex flex-col items-center justify-center gap-5 h-[400px] text-center",
        draft.badge(voice.kicker()),
        draft.write("h1", "display", voice.headline(), "max-w-3xl"),
        draft.write("p", "lead", voice.paragraph(2), "max-w-xl"),
        _actions(draft, (draft.dice.choose(("solid", "gradient")), "outline"), "justify-center"),
    )
    return el("section", ground, words)


def hero_search(draft: Draft) -> str:
    """Return a heading with a search form of three fields."""
    voice, theme = draft.voice, draft.theme
    labels = [voice.field() for _ in range(3)]
    fields = [
        el(
            "label",
            "flex-1 flex flex-col gap-1.5",
            draft.write("span", "label", label),
            el(
                "input",
                f"h-11 px-3 text-sm border {theme.line} {theme.button_corner} {theme.ink}",
                type="text",
                placeholder=hint(draft, label),
            ),
        )
        for label in labels
    ]
    form = el(
        "form",
        f"flex items-end gap-5 p-6 mt-6 min-h-28 {theme.card}",
        *fields,
        el("div", "h-11", draft.button("solid", voice.action())),
    )
    head = el(
        "div",
        "flex flex-col gap-3 h-32 justify-center",
        draft.write("h1", "title", voice.headline()),
        draft.write("p", "lead", voice.short_sentence()),
    )
    tags = el(
        "div", f"flex gap-3 mt-5 h-9 items-center {draft.justify()}", *(draft.badge(voice.option()) for _ in range(4))
    )
    return el("section", f"{theme.tint}", el("div", f"{SHELL} py-8", head, form, tags))


def hero_picture(draft: Draft) -> str:
    """Return a wide picture with a card lying on its corner."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    side = dice.choose(("left-16", "right-16"))
    card = el(
        "div",
        f"absolute top-10 {side} w-96 h-[310px] p-7 flex flex-col gap-3 {theme.card}",
        draft.write("span", "kicker", voice.kicker()),
        draft.write("h1", "section", voice.headline()),
        draft.write("p", "small", voice.paragraph(2)),
        el(
            "div",
            f"flex gap-3 mt-2 items-center {dice.choose(('justify-start', 'justify-between', 'justify-end'))}",
            draft.button("solid", voice.action(), "px-4 py-2"),
            draft.link(voice.action()),
        ),
    )
    return el(
        "section",
        f"{SHELL} pt-8",
        el("div", "relative h-[370px]", picture(draft, voice.place(), f"h-full {theme.card_corner}"), card),
    )


_HEROES: Final[tuple[Callable[[Draft], str], ...]] = (
    hero_split,
    hero_panel,
    hero_strip,
    hero_centred,
    hero_search,
    hero_picture,
)


def hero(draft: Draft) -> str:
    """Return one of the opening blocks."""
    return draft.dice.choose(_HEROES)(draft)


def title_row(draft: Draft) -> str:
    """Return a page title with a remark and actions, for pages without a hero: plain, or on a gradient."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    headline, remark = voice.headline(), voice.short_sentence()
    row = f"flex gap-3 w-96 {dice.choose(('justify-end', 'justify-between', 'justify-center'))}"
    if dice.chance(0.35):
        words = el(
            "div",
            "flex flex-col gap-1",
            el("h1", f"text-2xl {theme.heading_weight} {theme.head_font} text-white", text(headline)),
            el("p", "text-sm font-normal text-white opacity-90", text(remark)),
        )
        buttons = el("div", row, draft.button("light", voice.action(), "px-4 py-2"))
        ground = f"{theme.gradient(dice.choose('rl'))} {theme.card_corner}"
        band = f"flex items-center justify-between gap-8 px-8 h-28 {ground}"
        return el("section", f"{SHELL} pt-6", el("div", band, words, buttons))
    style = dice.choose(("title", "section"))
    words = el("div", "", draft.write("h1", style, headline), draft.write("p", "meta", remark, "mt-2"))
    buttons = el(
        "div",
        row,
        draft.button(dice.choose(("outline", "tinted")), voice.action(), "px-4 py-2"),
        draft.button(dice.choose(("solid", "gradient")), voice.action(), "px-4 py-2"),
    )
    line = f"border-b {theme.line}" if dice.chance(0.5) else ""
    return el("section", f"{SHELL} flex items-center justify-between gap-8 h-28 {line}".strip(), words, buttons)


def opening(draft: Draft) -> str:
    """Return a page title, mostly with a paragraph of a few lines below it."""
    head = title_row(draft)
    if draft.dice.chance(0.35):
        return head
    words = draft.write("p", draft.dice.choose(("lead", "body")), draft.voice.paragraph(4), "max-w-4xl min-h-32")
    return head + el("section", f"{SHELL} pt-5", words)
