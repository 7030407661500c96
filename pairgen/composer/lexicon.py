"""What a domain's pages talk about: words, phrases and how sentences are put together."""

from dataclasses import dataclass
from typing import Final


def words(text: str) -> tuple[str, ...]:
    """Split `a | b | c` into its parts; line breaks count as blanks."""
    return tuple(" ".join(part.split()) for part in text.split("|"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Hold one domain's vocabulary; phrases may hold slots such as `{thing}` or `{place}` (see Voice)."""

    brands: tuple[str, ...]
    """First halves of names; the second halves are `suffixes`."""
    suffixes: tuple[str, ...]
    nav: tuple[str, ...]
    qualities: tuple[str, ...]
    items: tuple[str, ...]
    """With `qualities`, the names of what the site offers or writes about."""
    kickers: tuple[str, ...]
    """Short labels above headings."""
    headlines: tuple[str, ...]
    subjects: tuple[str, ...]
    """Plural noun phrases that begin a sentence; `claims` are verb phrases that go with any of them."""
    claims: tuple[str, ...]
    facts: tuple[str, ...]
    """Whole sentences."""
    actions: tuple[str, ...]
    badges: tuple[str, ...]
    metrics: tuple[str, ...]
    """`kind:label`, kind being a method of Voice: count, percent, money, score or days."""
    columns: tuple[str, ...]
    """`kind:heading`, kind being a method of Voice."""
    statuses: tuple[str, ...]
    fields: tuple[str, ...]
    filters: tuple[str, ...]
    roles: tuple[str, ...]
    prices: tuple[int, int, str]
    """Lowest, highest, what is written after the price."""
    layouts: tuple[str, ...]


FIRST_NAMES: Final = words(
    """Amara | Bjorn | Celia | Dmitri | Elena | Farid | Greta | Hassan | Ingrid | Jonas | Keiko | Liam | Mireille |
    Nadia | Oscar | Priya | Quentin | Rosa | Sofia | Tomas | Uma | Viktor | Wanda | Xavier | Yusuf | Zora | Adele |
    Bruno | Clara | Desmond | Esther | Felix | Gwen | Hugo | Imani | Judith | Kwame | Lucia | Magnus | Noor | Odette |
    Pavel | Ruth | Silvia | Theo | Ulrike | Vera | Walter | Yara | Zeke"""
)
LAST_NAMES: Final = words(
    """Abernathy | Bergstrom | Castellano | Drummond | Eriksen | Fairweather | Gallagher | Hoffmann | Ibarra |
    Jansen |
    Kowalski | Lindqvist | Moreau | Nakamura | Okafor | Pemberton | Quigley | Rosenthal | Santangelo | Thornbury |
    Underhill | Valdez | Whitlock | Yamada | Zielinski | Ashworth | Bellamy | Calloway | Dvorak | Engel | Fontaine |
    Grady | Holloway | Iyer | Jimenez | Kessler | Larkin | Mbeki | Novak | Osei | Petrov | Ramirez | Sato | Tanaka |
    Vance | Winslow"""
)
PLACES: Final = words(
    """Ashford | Brindle Bay | Calder Falls | Dunmore | Eastvale | Fairhaven | Glenrock | Harrow Hill | Ivybridge |
    Juniper Creek | Kingsley | Larkspur | Millbrook | Northgate | Oakhurst | Port Ellery | Quarry Lane | Riverton |
    Saltmarsh | Thornfield | Upper Wells | Valemont | Westbrook | Yarrow | Alder Point | Birchwood | Copperfield |
    Drayton | Elmsworth | Fernleigh | Granby | Hazelton | Lisbon | Gothenburg | Valencia | Kyoto | Montreal |
    Tallinn |
    Porto | Bergen | Antwerp | Trieste | Halifax | Ghent"""
)
STREETS: Final = words(
    """Mill Road | Harbour Street | Orchard Lane | Station Parade | Chapel Row | Linden Avenue | Foundry Court |
    Market Square | Willow Walk | Abbey Close | Canal View | Signal Hill | Weaver Street | Granary Yard | Tannery
    Way"""
)
MONTHS: Final = words("January|February|March|April|May|June|July|August|September|October|November|December")
TAILS: Final = words(
    """every week of the year | without any extra paperwork | from {month1} until the end of {month2} |
    in {place} and the villages around it | at no additional charge | with {n} people on hand to help |
    for the third year in a row | even on the busiest days | within {n} working days | long after the first visit |
    thanks to a small team in {place} | for roughly {pct} of the people we asked | as they have since {year} |
    before most people have had breakfast | with very little fuss | far more often than we expected |
    whatever the weather brings | and nobody has asked to go back | on a budget that surprised us |
    under the eye of {person} | when the season turns | in less time than it takes to make coffee"""
)
OPENERS: Final = words(
    """As of {month} | Since last {month} | In practice | More often than not | For the first time in {n} years |
    According to {person} | After a long trial in {place} | Around {place} | By the end of {year} | On a quiet
    morning |
    Compared with {year} | Behind the scenes | For many of us | Outside the capital | Given the choice"""
)
QUOTES: Final = words(
    """I expected a long wait and had an answer before lunch | They explained every step and never rushed us |
    We came for one thing and stayed for the people | It is the first service my whole family agrees on |
    Nothing was too small to be taken seriously | I have recommended them to {n} colleagues since {month} |
    The details are what won me over in the end | What used to take a week now takes an afternoon |
    They remembered my name the second time I called | Honest advice, fair terms and a friendly voice |
    Our visit to {place} was easier than we dared to hope | {person} took the time to show us how it all fits
    together |
    I was a sceptic for years and I was wrong | You can tell that somebody here still cares |
    The whole thing felt calm from the first minute | It simply worked, and then it kept on working"""
)
QUESTIONS: Final = words(
    """How long does it usually take? | Can I change my mind later? | Who do I talk to in {place}? |
    What happens after I sign up? | Is there a minimum period? | Do you work at weekends? | Which documents do I
    need? |
    How is my information stored? | Can I bring a friend or relative? | What if something goes wrong? |
    Are groups welcome? | Where can I leave my bicycle?"""
)
FOOT_LINKS: Final = words(
    """About us | Press room | Careers | Contact | Accessibility | Privacy notice | Terms of use | Cookie settings |
    Site map | Partners | Newsletter | Help desk | Our history | Suppliers | Report a problem | Locations |
    Annual report | Student rates | Gift cards | Media kit"""
)
FOOT_HEADS: Final = words(
    """Company | Support | Explore | Follow along | Resources | Legal | Visit us | Read more here"""
)
HEADLINES: Final = words(
    """Notes from {place} | A closer look at {thing} | {n} reasons to visit {place} | What changed in {month} |
    {person} on {thing} | Made possible by {place} | Looking back on {year} | Where {thing} begins | Ready for
    {month}? |
    The short guide to {place} | {thing}, explained | Ask {person} | Five minutes with {person} | From {place} with
    care |
    {month} in numbers | The people behind {thing} | Better by {month} | Next stop, {place}"""
)
KICKERS: Final = words(
    "In {month} | Since {year} | From {place} | Worth a look | Part {few} | Our pick | In brief | Noted"
)
ACTIONS: Final = words(
    """Learn more | Read more | Continue | See details | Show all | Contact us | Get started | Open in {place} |
    Find out how |
    Take a look | More like this | Ask a question | Keep reading | Try it in {place} | Meet {person} | About {place}"""
)
BADGES: Final = words("Since {year} | {place} | Top {n} | {month} only | Part {few} | {pct} done | No. {n} | Classic")
OPTIONS: Final = words(
    "All | Recent | Near {place} | Since {year} | Top {n} | Before {month} | More than {n} | By name | {place}"
)
ROLES: Final = words(
    "Based in {place} | Here since {year} | Team lead, {place} | Writer from {place} | Guest since {month}"
)
FIELDS: Final = words(
    "Reference | Remarks | Second contact | Preferred language | Nearest town | Best time | Age group | Subject"
)
SUBJECTS: Final = words(
    """The people of {place} | Visitors from {place} | Two in three of us | Friends of {person} | Our partners in
    {place} |
    Newcomers | The teams led by {person} | Most regulars | Those who joined in {year}"""
)
CLAIMS: Final = words(
    """agree that {month} is the best time to begin | say that {n} minutes are enough | still speak about {year} |
    would do it again in {month} | look forward to {month} | come back at least {few} times a year |
    now travel from as far as {place} | have asked {person} to go on"""
)
STEPS: Final = words(
    "Details | Review | Payment | Confirm | About you | Documents | Choose | Finish | Schedule | Sign | Options"
)
