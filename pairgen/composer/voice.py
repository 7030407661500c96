"""What a page says: fills the lexicon's phrases and avoids saying a thing twice."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pairgen.composer import lexicon as shared
from pairgen.composer.dice import Dice
from pairgen.composer.lexicon import Lexicon

_SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=(?!One|Uni|Use|Eu)[AEIOU])")
_MAX_TRIES = 40


class Metric(NamedTuple):
    """One figure and what it counts."""

    value: str
    label: str


class Column(NamedTuple):
    """One table column: how its cells are made, and its heading."""

    kind: str
    heading: str


class Voice:
    """Speak for one page; every text it hands out is new on that page while its vocabulary lasts.

    This one speaks English; ForeignVoice speaks the other languages.
    """

    language = "en"

    def __init__(self, dice: Dice, lexicon: Lexicon) -> None:
        self._dice = dice
        self._lexicon = lexicon
        self._used: set[str] = set()
        self.home = dice.choose(self._places)
        self.brand = self._brand()

    @property
    def _places(self) -> Sequence[str]:
        return shared.PLACES

    def _brand(self) -> str:
        name = self._fill(self._dice.choose(self._lexicon.brands))
        return f"{name} {self._dice.choose(self._lexicon.suffixes)}"

    def _fill(self, phrase: str) -> str:
        filled = _SLOT.sub(lambda match: self._slot(match[1]), phrase)
        return _ARTICLE.sub(r"\1n ", filled)

    def _slot(self, name: str) -> str:
        dice = self._dice
        makers: dict[str, Callable[[], str]] = {
            "thing": lambda: f"{dice.choose(self._lexicon.qualities)} {dice.choose(self._lexicon.items)}",
            "person": lambda: f"{dice.choose(shared.FIRST_NAMES)} {dice.choose(shared.LAST_NAMES)}",
            "place": lambda: self.home if dice.chance(0.15) else dice.choose(self._places),
            "street": lambda: dice.choose(shared.STREETS),
            "month": lambda: dice.choose(shared.MONTHS),
            "month1": lambda: dice.choose(shared.MONTHS[:6]),
            "month2": lambda: dice.choose(shared.MONTHS[6:]),
            "weekday": lambda: dice.choose(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")),
            "year": lambda: str(dice.between(2009, 2025)),
            "year2": lambda: str(dice.between(2030, 2045)),
            "soon": lambda: str(dice.between(2026, 2029)),
            "day": lambda: str(dice.between(1, 28)),
            "few": lambda: str(dice.between(3, 9)),
            "n": lambda: str(dice.between(10, 48)),
            "n2": lambda: str(dice.between(50, 90)),
            "nth": lambda: f"{dice.between(4, 19)}th",
            "pct": lambda: f"{dice.between(12, 88)}%",
            "big": lambda: f"{dice.between(1200, 98000, 10):,}",
        }
        return makers[name]()

    def _once(self, phrases: Sequence[str], spare: Sequence[str] = ()) -> str:
        """Return a filled phrase not yet on the page; `spare` ones when these run out, then a repeat."""
        text = ""
        for pool in (phrases, spare or phrases):
            for _ in range(_MAX_TRIES):
                text = self._fill(self._dice.choose(pool))
                if text not in self._used:
                    self._used.add(text)
                    return text
        return text

    @property
    def is_selling(self) -> bool:
        """Tell whether the domain's lists show amounts of money."""
        return any(column.startswith("money:") for column in self._lexicon.columns)

    def headline(self) -> str:
        """Return a heading of one line or two, from one template per page."""
        every = self._lexicon.headlines if self._dice.chance(0.75) else shared.HEADLINES
        fresh = [phrase for phrase in every if f"template {phrase}" not in self._used]
        template = self._dice.choose(fresh or shared.HEADLINES)
        self._used.add(f"template {template}")
        return self._once((template,), shared.HEADLINES)

    def kicker(self) -> str:
        """Return a short label that stands above a heading."""
        return self._once(self._lexicon.kickers, shared.KICKERS)

    def nav(self, num: int) -> list[str]:
        """Return labels of main sections."""
        return [self._once(self._lexicon.nav) for _ in range(num)]

    def thing(self) -> str:
        """Return the name of one thing the site is about."""
        return self._once(("{thing}",))

    def person(self) -> str:
        """Return a first and a last name."""
        return self._once(("{person}",))

    def place(self) -> str:
        """Return a town."""
        return self._once(("{place}",))

    def address(self) -> str:
        """Return a house number and a street."""
        return f"{self._dice.between(2, 148)} {self._once(('{street}',))}"

    def action(self) -> str:
        """Return a button's label."""
        return self._once(self._lexicon.actions, shared.ACTIONS)

    def badge(self) -> str:
        """Return one or two words for a badge."""
        return self._once(self._lexicon.badges, shared.BADGES)

    def role(self) -> str:
        """Return what a person is or does."""
        return self._once(self._lexicon.roles, shared.ROLES)

    def field(self) -> str:
        """Return a form field's label."""
        return self._once(self._lexicon.fields, shared.FIELDS)

    def option(self) -> str:
        """Return a filter's label."""
        return self._once(self._lexicon.filters, shared.OPTIONS)

    def question(self) -> str:
        """Return a frequent question."""
        return self._once(shared.QUESTIONS)

    def quote(self) -> str:
        """Return what a customer said, two sentences."""
        return f"{self._once(shared.QUOTES)}. {self._once(shared.QUOTES)}."

    def foot_link(self) -> str:
        """Return a footer link's label."""
        return self._once(shared.FOOT_LINKS)

    def foot_head(self) -> str:
        """Return a footer column's heading."""
        return self._once(shared.FOOT_HEADS)

    def sentence(self) -> str:
        """Return one plain sentence."""
        fresh = [fact for fact in self._lexicon.facts if f"template {fact}" not in self._used]
        if fresh and self._dice.chance(0.3):
            # A fact told twice with other figures would contradict itself.
            template = self._dice.choose(fresh)
            self._used.add(f"template {template}")
            return self._once((template,))
        subject, claim = self._subject(), self._claim()
        if self._dice.chance(0.35):
            opener = self._once(shared.OPENERS)
            return f"{opener}, {_lower_first(subject)} {claim}."
        return f"{subject} {claim} {self._once(shared.TAILS)}."

    def _subject(self) -> str:
        return self._once(self._lexicon.subjects, shared.SUBJECTS)

    def _claim(self) -> str:
        return self._once(self._lexicon.claims, shared.CLAIMS)

    def short_sentence(self) -> str:
        """Return a sentence of subject and claim alone."""
        return f"{self._subject()} {self._claim()}."

    def paragraph(self, num_sentences: int) -> str:
        """Return sentences joined by blanks."""
        return " ".join(self.sentence() for _ in range(num_sentences))

    def metric(self) -> Metric:
        """Return one key figure."""
        kind, _, label = self._once(self._lexicon.metrics).partition(":")
        return Metric(self.cell(kind), label[:1].upper() + label[1:])

    def columns(self, num: int) -> list[Column]:
        """Return table columns; the first and the last of the lexicon's always among them."""
        every = [Column(*column.split(":")) for column in self._lexicon.columns]
        return [*every[: num - 1], every[-1]]

    def cell(self, kind: str) -> str:
        """Return one value of a column's or metric's kind."""
        dice = self._dice
        makers: dict[str, Callable[[], str]] = {
            "thing": self.thing,
            "person": self.person,
            "place": self.place,
            "address": self.address,
            "status": lambda: dice.choose(self._lexicon.statuses),
            "date": self.date,
            "time": self.time,
            "year": lambda: str(dice.between(2012, 2026)),
            "count": lambda: f"{dice.between(14, 980) if dice.chance(0.6) else dice.between(1000, 64000):,}",
            "money": lambda: self.amount(dice.between(40, 9800, 5)),
            "percent": lambda: f"{dice.between(11, 98)}%",
            "score": lambda: f"{dice.between(38, 49) / 10:.1f} / 5",
            "days": lambda: f"{dice.between(2, 45)} days",
            "small": lambda: str(dice.between(2, 12)),
            "digits": lambda: f"{dice.between(10, 99)}-{dice.between(1000, 9999)}-{dice.between(10, 99)}",
            "email": lambda: f"{self.person().lower().replace(' ', '.')}@example.org",
        }
        return makers[kind]()

    def date(self) -> str:
        """Return a day and a month."""
        return self._once(tuple(f"{day} {month[:3]}" for day in range(1, 29) for month in shared.MONTHS))

    def time(self) -> str:
        """Return a time of day."""
        return self._once(tuple(f"{hour:02d}:{minute:02d}" for hour in range(7, 22) for minute in (0, 15, 30, 45)))

    def price(self, *, with_unit: bool = True) -> str:
        """Return a price in the domain's range, and its unit."""
        low, high, unit = self._lexicon.prices
        unit = unit if with_unit else ""
        # The square pulls towards the cheap end, as price lists do.
        amount = low + int((high - low) * (self._dice.below(1000) / 1000) ** 2)
        step = 1 if high < 1000 else 5 if high < 100_000 else 500
        text = f"${amount // step * step:,}{unit}"
        if text in self._used:
            text = f"${(amount // step + self._dice.between(1, 9)) * step:,}{unit}"
        self._used.add(text)
        return text

    def amount(self, amount: int) -> str:
        """Return an amount of money, given in dollars."""
        return f"${amount:,}"

    def step(self) -> str:
        """Return one step of an order or a registration."""
        return self._once(shared.STEPS)

    def say_once(self, phrases: Sequence[str]) -> str:
        """Return one of a block's own phrases, slots filled, new on the page."""
        return self._once(phrases)

    def own(self, phrase: str, **slots: str) -> str:
        """Return a block's own phrase with these slots filled, new or not."""
        return phrase.format(**slots)

    def view(self, name: str, number: int) -> str:
        """Return what one of several pictures of a thing is called."""
        return f"{name}, view {number}"

    def rights(self, year: int) -> str:
        """Return the line below a page that says whose it is."""
        return f"© {year} {self.brand}. {self.address()}, {self.home}"

    def listed(self, *parts: str) -> str:
        """Return parts with commas between them."""
        return ", ".join(parts)

    def quoted(self, text: str) -> str:
        """Return a text in quotation marks."""
        return f"“{text}”"

    def lowered(self, text: str) -> str:
        """Return a label as it stands inside a sentence."""
        return text.lower()

    def initials(self, name: str) -> str:
        """Return what stands for a person's portrait."""
        return "".join(part[0] for part in name.split()[:2])

    def num_columns(self, text: str) -> int:
        """Return how wide a text is, in letters of middling width."""
        return len(text)


def _lower_first(text: str) -> str:
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first in _COMMON_FIRST or first.endswith("s") else text


_COMMON_FIRST = frozenset({
    "Our", "The", "Most", "Small", "First", "Long", "Old", "Young", "People", "Members", "Natural", "Returned", "These",
    "Nightly", "Shared", "Large", "Foreign", "Fixed", "Weekend", "Vegetarian", "Older", "Well-kept", "South-facing",
    "Ground-floor", "Opposition", "Fishing", "Union", "Local", "First-year", "Evening", "Seminar", "Field", "Recorded",
    "Laboratory", "Public", "Council", "Saturday", "Night", "Early", "Harbour", "Old-town", "Street", "Midnight",
    "Late", "Festival", "Long-term", "Maintenance", "Rail", "Spare", "Energy", "Safety", "Photo", "Weekly", "Test",
    "Regular", "Index", "Bond", "Access", "Customers", "Children",
})  # fmt: skip
