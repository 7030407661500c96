"""What a language brings to a page: its words, how it writes names, dates and money, its direction and its font."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainWords:
    """Hold what is a domain's own in a language; the rest of a page's words is shared by all its domains."""

    brands: tuple[str, ...]
    """Whole names of sites, at least four."""
    nav: tuple[str, ...]
    """Labels of main sections, at least six; none is among the tongue's own `nav`."""
    items: tuple[str, ...]
    """Names of what the site offers or writes about, at least eight, one to three words each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """Hold a language.

    Phrases may hold the slots {thing} {person} {place} {street} {month} {weekday} {year} {soon} {day} {few} {n} {n2}
    {pct} {big} (see Voice). Names stand in them undeclined, so phrases are built to bear that.
    """

    code: str
    """BCP 47, as in `lang`."""
    direction: str = "ltr"
    """`ltr` or `rtl`."""
    font: str = ""
    """Font families that draw it, as CSS lists them; "" where Inter and Noto Sans do."""
    serif: str = ""
    """The same for pages set in a serif; "" where Noto Serif does."""
    stop: str = ". "
    """What ends a sentence before another: full stop and blank."""
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    person: str = "{first} {last}"
    """How a full name is written."""
    places: tuple[str, ...]
    streets: tuple[str, ...]
    address: str = "{street} {number}"
    months: tuple[str, ...]
    """January to December, as they stand in a phrase."""
    weekdays: tuple[str, ...]
    """Monday to Saturday."""
    date: str = "{day} {month}"
    """How a day of a month is written; {month} is of `short_months`."""
    short_months: tuple[str, ...]
    money: str = "${amount}"
    """How an amount is written, with the currency that its country uses."""
    qualities: tuple[str, ...]
    """Words that go before or after any of the domains' items, at least eight."""
    thing: str = "{quality} {item}"
    sentences: tuple[str, ...]
    """Whole sentences without their full stop that fit any site, at least 40, most of them with slots; 25 to 90
    characters (12 to 45 where a character is a word or syllable)."""
    headlines: tuple[str, ...]
    """At least 16, all with slots; for headings of one line or two."""
    kickers: tuple[str, ...]
    actions: tuple[str, ...]
    """Labels of buttons, at least 16, one to three words."""
    badges: tuple[str, ...]
    """At least 14."""
    nav: tuple[str, ...]
    """Labels of sections that any site may have, at least 8."""
    quotes: tuple[str, ...]
    """What customers say, sentences without full stop, at least 12."""
    questions: tuple[str, ...]
    """With their question mark, at least 12."""
    foot_links: tuple[str, ...]
    """At least 18."""
    foot_heads: tuple[str, ...]
    """At least 8."""
    options: tuple[str, ...]
    """Labels of filters, at least 12."""
    roles: tuple[str, ...]
    """What a person is or does, at least 10."""
    fields: tuple[str, ...]
    """Labels of form fields, at least 14."""
    statuses: tuple[str, ...]
    """At least 6."""
    steps: tuple[str, ...]
    """Of an order or a registration, at least 8."""
    metrics: tuple[str, ...]
    """`kind:label`; kind is count, percent, money, score or days; at least 8."""
    columns: tuple[str, ...]
    """`kind:heading`; kind is thing, person, place, status, date, count, money, percent or small; 6, no kind twice but
    count, the last one `status`."""
    days: str = "{n} days"
    catalogue: Mapping[str, str]
    """English phrases that blocks bring along -> the same in this language; all keys of `phrases.OWN_PHRASES`."""
    domains: Mapping[str, DomainWords]
    """One for each of `schemas.vocabulary.DOMAINS`."""
    kinds: tuple[tuple[str, ...], ...] = field(default=())
    """Rows of words of like kind and form, as they stand in the phrases above, each of which can stand for the others
    in any sentence: months, weekdays, colours, numbers, things; at least 15 rows."""
