"""What a page says in another language than English: fills the phrases of its tongue."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from pairgen.composer.dice import Dice
from pairgen.composer.lexicon import Lexicon
from pairgen.composer.tongue import Tongue
from pairgen.composer.voice import Column, Metric, Voice

_SLOT: Final = re.compile(r"\{(\w+)\}")
_MAX_TRIES: Final = 40


class _Points(NamedTuple):
    """A language's comma and quotation marks."""

    comma: str = ", "
    opening: str = "“"
    closing: str = "”"


_POINTS: Final = {
    "zh": _Points("，"), "ja": _Points("、", "「", "」"), "ar": _Points("، ", "«", "»"),
    "ru": _Points(", ", "«", "»"), "el": _Points(", ", "«", "»"), "he": _Points(", ", "„", "”"),
}  # fmt: skip
_SCALES: Final = {"zh": 5, "ja": 100, "ko": 1000, "ru": 80, "hi": 50, "th": 30, "he": 3, "ar": 4}
"""Language -> what an English page's amounts, in dollars, are multiplied by: roughly the rate of its currency."""
_SENTENCE_COLUMNS: Final = 68
"""Width of an English sentence, in letters."""
_MAX_COLUMNS: Final = 32
"""Width of a thing's name, in letters, that a narrow column holds."""
_LEADING_VOWELS: Final = "เแโใไ"
"""Thai vowels written before the consonant that they follow in speech; an initial is the consonant."""


class ForeignVoice(Voice):
    """Speak for one page in a tongue; layouts and price ranges are the domain's in every language."""

    def __init__(self, dice: Dice, lexicon: Lexicon, tongue: Tongue, domain: str) -> None:
        self._tongue, self._words = tongue, tongue.domains[domain]
        self.language = tongue.code.partition("-")[0]
        self._points = _POINTS.get(self.language, _Points())
        super().__init__(dice, lexicon)

    @property
    def _places(self) -> Sequence[str]:
        return self._tongue.places

    def _brand(self) -> str:
        return self._fill(self._dice.choose(self._words.brands))

    def _fill(self, phrase: str) -> str:
        return _SLOT.sub(lambda match: self._slot(match[1]), phrase)

    def _slot(self, name: str) -> str:
        tongue, choose = self._tongue, self._dice.choose
        makers: dict[str, Callable[[], str]] = {
            "thing": lambda: tongue.thing.format(quality=choose(tongue.qualities), item=choose(self._words.items)),
            "person": lambda: tongue.person.format(first=choose(tongue.first_names), last=choose(tongue.last_names)),
            "street": lambda: choose(tongue.streets),
            "month": lambda: choose(tongue.months),
            "weekday": lambda: choose(tongue.weekdays),
        }
        return makers[name]() if name in makers else super()._slot(name)

    def _fresh(self, templates: Sequence[str]) -> str:
        """Return a template that the page hasn't used, filled: told twice, it would contradict itself."""
        fresh = [template for template in templates if f"template {template}" not in self._used]
        template = self._dice.choose(fresh or templates)
        self._used.add(f"template {template}")
        return self._once((template,), templates)

    @property
    def _full_stop(self) -> str:
        return self._tongue.stop.rstrip()

    def headline(self) -> str:
        """Return a heading of one line or two, from one template per page."""
        return self._fresh(self._tongue.headlines)

    def kicker(self) -> str:
        """Return a short label that stands above a heading."""
        return self._once(self._tongue.kickers, self._tongue.badges)

    def nav(self, num: int) -> list[str]:
        """Return labels of main sections, the domain's own first."""
        return [self._once(self._words.nav, self._tongue.nav) for _ in range(num)]

    def thing(self) -> str:
        """Return the name of one thing the site is about, one that fits a column where there is one."""
        named = (super(ForeignVoice, self).thing() for _ in range(_MAX_TRIES // 5))
        return next((name for name in named if self.num_columns(name) <= _MAX_COLUMNS), "") or super().thing()

    def address(self) -> str:
        """Return a house number and a street."""
        number = self._dice.between(2, 148)
        return self._tongue.address.format(street=self._once(("{street}",)), number=number)

    def action(self) -> str:
        """Return a button's label."""
        return self._once(self._tongue.actions)

    def badge(self) -> str:
        """Return one or two words for a badge."""
        return self._once(self._tongue.badges)

    def role(self) -> str:
        """Return what a person is or does."""
        return self._once(self._tongue.roles)

    def field(self) -> str:
        """Return a form field's label."""
        return self._once(self._tongue.fields)

    def option(self) -> str:
        """Return a filter's label."""
        return self._once(self._tongue.options, self._tongue.badges)

    def question(self) -> str:
        """Return a frequent question."""
        return self._once(self._tongue.questions)

    def quote(self) -> str:
        """Return what a customer said, two sentences."""
        return self._tongue.stop.join(self._fresh(self._tongue.quotes) for _ in range(2)) + self._full_stop

    def foot_link(self) -> str:
        """Return a footer link's label."""
        return self._once(self._tongue.foot_links)

    def foot_head(self) -> str:
        """Return a footer column's heading."""
        return self._once(self._tongue.foot_heads)

    def sentence(self) -> str:
        """Return one plain sentence."""
        return self.paragraph(1)

    def short_sentence(self) -> str:
        """Return one plain sentence."""
        return self.paragraph(1)

    def paragraph(self, num_sentences: int) -> str:
        """Return sentences as the language joins them, as many as fill the lines of so many English ones."""
        told = [self._fresh(self._tongue.sentences)]
        while num_sentences > 1 and sum(map(self.num_columns, told)) < _SENTENCE_COLUMNS * num_sentences:
            told.append(self._fresh(self._tongue.sentences))
        return self._tongue.stop.join(told) + self._full_stop

    def metric(self) -> Metric:
        """Return one key figure."""
        kind, _, label = self._once(self._tongue.metrics).partition(":")
        return Metric(self.cell(kind), label)

    def columns(self, num: int) -> list[Column]:
        """Return table columns; the tongue's first and last always among them."""
        every = [Column(*column.split(":", 1)) for column in self._tongue.columns]
        return [*every[: num - 1], every[-1]]

    def cell(self, kind: str) -> str:
        """Return one value of a column's or metric's kind."""
        if kind == "status":
            return self._dice.choose(self._tongue.statuses)
        if kind == "days":
            return self._tongue.days.format(n=self._dice.between(2, 45))
        found = super().cell(kind)
        # Set from the right, 4.5 / 5 would show as 5 / 4.5.
        return found.replace(" / ", "/") if kind == "score" and self._tongue.direction == "rtl" else found

    def date(self) -> str:
        """Return a day and a month."""
        form, months = self._tongue.date, self._tongue.short_months
        return self._once(tuple(form.format(day=day, month=month) for day in range(1, 29) for month in months))

    def price(self, *, with_unit: bool = True) -> str:  # noqa: ARG002 - units have no translation
        """Return a price in the domain's range; what English adds (`/month`) is left out."""
        low, high, _ = self._lexicon.prices
        text = ""
        for _ in range(_MAX_TRIES):
            text = self.amount(low + int((high - low) * (self._dice.below(1000) / 1000) ** 2))
            if text not in self._used:
                break
        self._used.add(text)
        return text

    def amount(self, amount: int) -> str:
        """Return an amount of money, given in dollars."""
        told = self._tongue.money.format(amount=f"{amount * _SCALES.get(self.language, 1):,}")
        return told.replace(" ", "\u00a0")  # no line ends before a currency

    def step(self) -> str:
        """Return one step of an order or a registration."""
        return self._once(self._tongue.steps)

    def say_once(self, phrases: Sequence[str]) -> str:
        """Return one of a block's own phrases, translated, slots filled, new on the page."""
        return self._once([self._tongue.catalogue[phrase] for phrase in phrases])

    def own(self, phrase: str, **slots: str) -> str:
        """Return a block's own phrase, translated, with these slots filled, new or not."""
        return self._tongue.catalogue[phrase].format(**slots)

    def view(self, name: str, number: int) -> str:
        """Return what one of several pictures of a thing is called."""
        return f"{name} {number}"

    def rights(self, year: int) -> str:
        """Return the line below a page that says whose it is."""
        return f"© {year} {self.brand} · {self.listed(self.address(), self.home)}"

    def listed(self, *parts: str) -> str:
        """Return parts with the language's commas between them."""
        return self._points.comma.join(parts)

    def quoted(self, text: str) -> str:
        """Return a text in the language's quotation marks."""
        return f"{self._points.opening}{text}{self._points.closing}"

    def lowered(self, text: str) -> str:
        """Return a label as it is: which of its words keep their capital isn't known."""
        return text

    def initials(self, name: str) -> str:
        """Return the first letter of a name, with the marks that belong to it."""
        name = name.lstrip(_LEADING_VOWELS)
        end = next((at for at in range(1, len(name)) if not unicodedata.category(name[at]).startswith("M")), len(name))
        return name[:end]

    def num_columns(self, text: str) -> int:
        """Return how wide a text is, in letters of middling width."""
        return sum(
            2 if unicodedata.east_asian_width(char) in "WF" else not unicodedata.category(char).startswith("M")
            for char in text
        )
