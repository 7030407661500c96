"""Personal data in the text that a page shows: which kinds of it there are, never what it says.

A pattern finds what may be some, and a library decides: phonenumbers (Google's libphonenumber), python-stdnum (check
digits and national formats), email-validator (asked for syntax alone). None needs a language model or a network.
Names of people are not looked for: that needs a language model.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import Final

from pairgen.browser import Renderer
from schemas.errors import UserError

PACKAGES: Final = {"phonenumbers": "phonenumberslite", "stdnum": "python-stdnum", "email_validator": "email-validator"}
"""What the extra `pii` installs: module -> distribution."""

_SHOWN: Final = """
() => {
  const seen = (box) => box.width * box.height > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth
    && box.top < innerHeight;
  const drawn = (element) => element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
  const block = (element) => {
    while (element.parentElement && getComputedStyle(element).display === 'inline') element = element.parentElement;
    return element;
  };
  const range = document.createRange(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let shown = '', last = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    range.selectNodeContents(node);
    if (!node.data.trim() && last === null) continue;
    if (node.data.trim() && !([...range.getClientRects()].some(seen) && drawn(node.parentElement))) continue;
    const own = block(node.parentElement);
    shown += (own === last ? '' : '\\n') + node.data.replace(/\\s+/g, ' ');
    last = own;
  }
  for (const field of document.querySelectorAll('input, textarea, select')) {
    if (['password', 'hidden', 'checkbox', 'radio'].includes(field.type)) continue;
    if (!seen(field.getBoundingClientRect()) || !drawn(field)) continue;
    shown += '\\n' + (field.selectedOptions ? [...field.selectedOptions].map((option) => option.text).join('\\n')
      : field.value || field.placeholder);
  }
  return shown;
}
"""
_MOST_CHARACTERS: Final = 50_000
"""Text that is looked at; a viewport full of small print shows about 20,000 characters."""
_EMAIL: Final = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,8}\b")
_CARD: Final = re.compile(
    r"(?<![\w.,-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{5})(?![\w-])"
)
_NETWORK: Final = re.compile(r"4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|(?:6011|64|65|35|62)\d{12,15}")
"""Visa, Mastercard, American Express, Discover, JCB and UnionPay, as their numbers begin and how long they are."""
_SSN: Final = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_NOBODYS: Final = re.compile(r"(?:^|\.)example(?:\.com|\.net|\.org)?$")
"""Domains that RFC 2606 keeps for examples: nobody has an address there."""
_ZIP: Final = re.compile(r"\d{5}-\d{4}")
"""A postcode of the US, which could be a number in Italy."""
_REGIONS: Final = (None, "US", "GB", "DE", "FR", "ES", "IT", "BR", "IN", "JP", "CN", "KR")
"""Whose ways to write a number without `+` and country are known; None stands for those with it, of any country."""


def need_packages() -> None:
    """Raise UserError where a package that decides is absent."""
    absent = [name for name in PACKAGES if find_spec(name) is None]
    if absent:
        raise UserError(
            f"filters.personal_data=true needs {' and '.join(absent)}: pip install -c constraints.txt "
            f"{' '.join(PACKAGES.values())}"
        )


def personal_kinds(renderer: Renderer) -> list[str]:
    """Return the kinds of personal data in the text and the fields that the page in the browser shows."""
    return kinds_in(str(renderer.evaluate(_SHOWN)))


def kinds_in(text: str) -> list[str]:
    """Return the kinds of personal data in a text, sorted."""
    return sorted(kind for kind, find in _FINDERS.items() if next(find(text[:_MOST_CHARACTERS]), None) is not None)


def _emails(text: str) -> Iterator[str]:
    from email_validator import EmailNotValidError, validate_email

    for found in _EMAIL.finditer(text):
        try:
            address = validate_email(found[0].strip(".'-"), check_deliverability=False)
        except EmailNotValidError:
            continue
        if not _NOBODYS.search(address.ascii_domain.lower()):
            yield found[0]


def _phones(text: str) -> Iterator[str]:
    from phonenumbers import Leniency, PhoneNumberMatcher

    for region in _REGIONS:
        for found in PhoneNumberMatcher(text, region, leniency=Leniency.STRICT_GROUPING):
            # a number without any other sign may count or name anything
            if not found.raw_string.isdecimal() and not _ZIP.fullmatch(found.raw_string):
                yield found.raw_string


def _ibans(text: str) -> Iterator[str]:
    from stdnum import iban

    for found in _IBAN.finditer(text):
        parts = re.split("[ -]", found[0])
        # words in capitals that follow may look like its end
        yield from (found[0] for end in range(len(parts), 0, -1) if iban.is_valid("".join(parts[:end])))


def _cards(text: str) -> Iterator[str]:
    from stdnum import luhn

    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if _NETWORK.fullmatch(digits) and luhn.is_valid(digits):
            yield found[0]


def _us_ssns(text: str) -> Iterator[str]:
    from stdnum.us import ssn

    yield from (found[0] for found in _SSN.finditer(text) if ssn.is_valid(found[0]))


_FINDERS: Final[Mapping[str, Callable[[str], Iterator[str]]]] = {
    "email": _emails,
    "phone": _phones,
    "iban": _ibans,
    "card": _cards,
    "us_ssn": _us_ssns,
}
"""Kind -> what yields, of a text, each piece that is of it."""
