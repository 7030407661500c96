"""Words of like kind, so that a substituted word keeps a sentence natural."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from pairgen.composer.tongues import TONGUES, find_tongue

_MIN_INSIDE: Final = 2
"""Characters of a word that can be found where no blanks part words: a single one is mostly part of another."""
_KINDS: Final = """
monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
mon tue wed thu fri sat sun
one two three four five six seven eight nine ten twelve
first second third fourth fifth
morning afternoon evening night
spring summer autumn winter
today tomorrow tonight
daily weekly monthly yearly quarterly
day week month year quarter
days weeks months years quarters
hours minutes seconds
hour minute second
red blue green yellow purple orange white black grey brown
north south east west
northern southern eastern western
small large big tiny huge compact
new old modern classic fresh recent
fast quick slow steady smooth
simple easy clear plain complex
free paid open private public
local regional national global international
best finest favourite favorite top
more less fewer
better faster cheaper safer simpler stronger
early late
start begin try launch open
get find see view read browse explore discover
save keep store share send
buy order book reserve rent
join follow contact call visit
learn study practise practice
create build make design plan write
add remove edit update delete change
sign log
search filter sort
download upload print export
customers clients users members guests visitors readers students patients
customer client user member guest visitor reader student patient
team staff group crew
teams groups crews
people families children adults teachers parents
company business firm studio agency
projects products services orders items courses lessons
project product service course lesson
report article story guide review interview essay
reports articles stories guides reviews interviews essays
price cost fee rate budget
prices costs fees rates budgets
home house flat apartment villa cottage
city town village island
river lake sea mountain forest valley
garden kitchen balcony terrace bedroom
bread soup salad pasta rice fish chicken cheese
coffee tea juice water wine
lemon apple orange cherry ginger garlic
doctor nurse dentist surgeon therapist
health care safety comfort
bank account card loan savings
account profile dashboard settings
security privacy support billing
london paris berlin madrid rome vienna lisbon dublin oslo prague
anna maria elena laura sofia nina clara
james daniel thomas martin peter lucas oliver
smith jones brown taylor wilson miller moore
music film theatre theater dance
songs films concerts shows
park museum library station market
school college university academy
science history art biology physics chemistry
email phone letter message
message comment note reply
happy proud glad pleased
quiet busy bright warm cold
great good excellent wonderful perfect
basic standard premium advanced
starter pro business enterprise
active inactive pending paused
open closed
yes no
always often sometimes never
before after
above below
left right
high low
all some most many
our your their
""".strip()


@lru_cache(maxsize=1)
def _alternatives() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in _KINDS.splitlines():
        words = row.split()
        for word in words:
            found.setdefault(word, tuple(other for other in words if other != word))
    return found


@lru_cache(maxsize=16)
def _foreign_alternatives(language: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in find_tongue(language).kinds:
        for word in row:
            found.setdefault(word, tuple(other for other in row if other != word))
    return found


def longest_known(text: str, at: int, language: str) -> str:
    """Return the longest word of known kind that stands at a place of a text without blanks; "" for none."""
    if language not in TONGUES:
        return ""
    found = (word for word in _foreign_alternatives(language) if text.startswith(word, at))
    return max((word for word in found if len(word) >= _MIN_INSIDE), key=len, default="")


def like_kind(word: str, language: str = "en") -> tuple[str, ...]:
    """Return words that can stand where `word` stands, in its case; empty where none is known.

    language: as the page declares it. Words of the composer's languages are known as they stand in its phrases.
    """
    if language in TONGUES:
        return _foreign_alternatives(language).get(word, ())
    others = _alternatives().get(word.lower(), ())
    if word.isupper() and len(word) > 1:
        return tuple(other.upper() for other in others)
    return tuple(other.capitalize() for other in others) if word[:1].isupper() else others
