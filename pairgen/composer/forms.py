"""What is filled in or chosen: forms, what they sum up to, filters, steps."""

from collections.abc import Sequence
from typing import Final

from pairgen.composer.draft import Draft
from pairgen.composer.markup import el, text


def _field(draft: Draft, *, is_wide: bool) -> str:
    theme, voice, dice = draft.theme, draft.voice, draft.dice
    label = voice.field()
    name = f"field-{dice.below(100_000)}"
    example = hint(draft, label)
    look = f"w-full h-11 px-3 text-sm border {theme.line} {theme.button_corner} {theme.ink} {theme.surface}"
    control = el("input", look, type="text", id=name, placeholder=example)
    note = draft.write("p", "note", voice.say_once(notes(label, voice.language))) if dice.chance(0.3) else ""
    span = "col-span-2" if is_wide else ""
    return el(
        "div",
        f"flex flex-col gap-1.5 min-h-[92px] {span}".strip(),
        draft.write("label", "label", label, for_=name),
        control,
        note,
    )


def hint(draft: Draft, label: str) -> str:
    """Return an example that fits the label, by the words in it."""
    kind = _kind(label)
    return (
        draft.voice.cell(kind)
        if kind
        else draft.voice.say_once(("Please enter", "Type here", "Your answer", "Tell us"))
    )


def _kind(label: str) -> str:
    """Return what a field of this label takes, as a kind of cell; empty for free text."""
    words = label.lower().split()
    return next((kind for word, kind in _KINDS.items() if word in words), "")


def notes(label: str, language: str = "en") -> tuple[str, ...]:
    """Return the remarks that suit a field of this label; what any field bears where it isn't known what it takes."""
    return (*_NOTES.get(_kind(label), ()), *_ANY_NOTES) if language == "en" else _ANY_NOTES


_KINDS: Final = {
    "company": "", "group": "", "display": "", "letter": "", "zone": "place", "time": "time", "property": "address",
    "email": "email", "date": "date", "start": "date", "arrival": "date", "name": "person", "guest": "person",
    "holder": "person", "person": "person", "guardian": "person", "doctor": "person", "contact": "person",
    "guests": "small", "travellers": "small", "seats": "small", "bedrooms": "small", "hours": "small", "size":
    "small", "amount": "money", "income": "money", "budget": "money", "volume": "count", "address": "address",
    "street": "address", "number": "digits", "code": "digits", "phone": "digits", "plate": "digits", "postcode":
    "digits", "from": "place", "to": "place", "area": "place", "region": "place", "town": "place", "country":
    "place", "second": "person",
}  # fmt: skip
"""Word of a label -> kind of cell; the first that fits wins, free text where it is empty."""


_ANY_NOTES: Final = ("Optional", "You can change it later", "Leave blank if unsure")
_NOTES: Final = {
    "": ("At least {few} characters", "In your own words"), "email": ("We never share this", "Used for reminders only"),
    "person": ("As on your passport", "Please write in full"), "address": ("Please write in full",),
    "money": ("In dollars", "A rough figure will do"), "date": ("Day and month", "From tomorrow onwards"),
    "digits": ("Spaces and dashes are fine",), "place": ("The nearest one will do",), "time": ("Local time",),
}  # fmt: skip
"""Kind of cell -> remarks that suit a field of that kind."""


def form(draft: Draft, num_fields: int) -> str:
    """Return a form with labelled fields in two columns, a consent line and buttons."""
    theme, voice, dice = draft.theme, draft.voice, draft.dice
    title = draft.write("h2", "section", voice.headline())
    if dice.chance(0.5):
        remark = draft.write("p", "meta", voice.short_sentence(), "mt-1")
        head = el("div", "min-h-20", title, remark)
    else:
        head = el("div", "min-h-36", title, draft.write("p", "small", voice.paragraph(4), "mt-2"))
    fields = [
        _field(draft, is_wide=at == 0 or (num_fields % 2 == 0 and at == num_fields - 1)) for at in range(num_fields)
    ]
    consent = el(
        "label",
        "flex items-center gap-3 h-10",
        el("input", "w-4 h-4", type="checkbox"),
        draft.write("span", "meta", voice.say_once(_CONSENTS)),
    )
    row = el(
        "div",
        f"flex items-center gap-4 h-14 mt-3 {draft.justify()}",
        draft.button(dice.choose(("solid", "gradient")), voice.action()),
        draft.button("outline", voice.say_once(("Cancel", "Save draft", "Go back", "Start over"))),
    )
    return el(
        "form", f"p-8 {theme.card}", head, el("div", "grid grid-cols-2 gap-x-6 gap-y-3 mt-3", *fields), consent, row
    )


_CONSENTS: Final = (
    "Keep me posted about news from {place}", "I agree that you may call me back", "Send a copy to my own address",
    "I have read the notice of {month} {year}", "Remember these details for next time",
)  # fmt: skip


def summary(draft: Draft) -> str:
    """Return a list of amounts with a total, as beside a checkout."""
    theme, voice = draft.theme, draft.voice
    amounts = [draft.dice.between(40, 9800, 5) for _ in range(draft.dice.between(3, 5))]
    rows = [
        el(
            "div",
            f"flex items-center justify-between h-12 border-b {theme.line}",
            draft.write("dt", "meta", voice.thing()),
            draft.write("dd", "label", voice.amount(amount)),
        )
        for amount in amounts
    ]
    total = el(
        "div",
        "flex items-center justify-between h-16",
        draft.write("dt", "name", voice.own("Total")),
        draft.write("dd", "price", voice.amount(sum(amounts))),
    )
    note = draft.write("p", "small", voice.paragraph(2), "min-h-24")
    return el(
        "aside",
        f"p-6 min-h-96 {theme.card}",
        draft.write(
            "h2", "card_title", voice.say_once(("Your summary", "At a glance", "Overview", "What you pay", "In short"))
        ),
        el("dl", "mt-3", *rows, total),
        note,
    )


def filters(draft: Draft) -> str:
    """Return a sidebar with check boxes and a small promotion."""
    theme, voice, dice = draft.theme, draft.voice, draft.dice
    boxes = [
        el(
            "label",
            "flex items-center gap-3 h-9",
            el("input", "w-4 h-4", type="checkbox"),
            draft.write("span", "meta", voice.option()),
            draft.write("span", "note", f"({dice.between(2, 120)})"),
        )
        for _ in range(6)
    ]
    group = el(
        "fieldset",
        f"p-5 min-h-72 {theme.card}",
        draft.write(
            "h3", "name", voice.say_once(("Narrow it down", "Filter by", "Show only", "Refine", "Good to know"))
        ),
        el("div", "mt-2", *boxes),
    )
    promo = el(
        "div",
        f"mt-6 p-5 min-h-44 {theme.gradient(dice.choose('btrl'))} {theme.card_corner}",
        el("h3", "text-base font-bold text-white", text(voice.thing())),
        el("p", "text-sm font-normal text-white leading-relaxed mt-2", text(voice.short_sentence())),
    )
    return el("aside", "w-64 shrink-0", group, promo)


def steps(draft: Draft, labels: Sequence[str]) -> str:
    """Return numbered steps in a row, the current one marked."""
    theme = draft.theme
    now = draft.dice.below(len(labels))
    cells = []
    for at, label in enumerate(labels):
        look = f"{theme.accent_bg} text-white" if at <= now else f"{theme.tint} {theme.ink}"
        number = el(
            "span",
            f"flex items-center justify-center w-8 h-8 rounded-full text-sm font-semibold {look}",
            text(str(at + 1)),
        )
        cells.append(el("li", "flex items-center gap-3", number, draft.write("span", "label", label)))
    return el("ol", f"flex items-center gap-8 h-20 {draft.justify()}", *cells)
