"""One edit of a text, and the edits of numbers, which are the same in every language."""

import random
import re
from typing import NamedTuple


class Edit(NamedTuple):
    """Replace `text[start:end]` by `new`, which counts as `size` words or characters."""

    start: int
    end: int
    new: str
    size: int


def other_numbers(core: str) -> list[str]:
    """Return numbers of the same form; what may be a day, a year or a time stays one."""
    if re.fullmatch(r"(19|20)\d\d", core):
        return [str(int(core) + years) for years in (-2, -1, 1, 2)]
    if re.fullmatch(r"\d{1,2}:\d\d", core):
        hour, minute = (int(part) for part in core.split(":"))
        return [f"{(hour + shift) % 12 or 12}:{minute:02d}" for shift in (1, 2, 10)]
    if re.fullmatch(r"\d{1,2}", core) and 1 <= int(core) <= 28:
        return [str((int(core) + shift - 1) % 28 + 1) for shift in (3, 7, 11)]
    found = []
    for shift in (2, 3, 5):
        digits = [_shifted(c, shift, is_first=i == 0) if c.isdigit() else c for i, c in enumerate(core)]
        found.append("".join(digits))
    return found


def _shifted(digit: str, shift: int, *, is_first: bool) -> str:
    new = (int(digit) + shift) % 10
    return str(new or 1 if is_first else new)


def changed_digit(core: str, rng: random.Random) -> Edit | None:
    """Change one digit; what may be a day, a year or a time stays one."""
    places = [i for i, c in enumerate(core) if c.isdigit()]
    if not places:
        return None
    is_year_or_time = re.fullmatch(r"(19|20)\d\d|\d{1,2}:\d\d", core) is not None
    at = places[-1] if is_year_or_time else rng.choice(places)
    others = [d for d in range(1 if at == 0 else 0, 10) if str(d) != core[at]]
    if re.fullmatch(r"\d{1,2}", core) and 1 <= int(core) <= 31:
        # It may be a day: no 55 February.
        others = [d for d in others if 1 <= int(core[:at] + str(d) + core[at + 1 :]) <= 28]
    return Edit(at, at + 1, str(rng.choice(others)), 1) if others else None
