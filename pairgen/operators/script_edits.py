"""Edits of texts in other scripts than Latin: words of like kind, whole words and characters, never half of one."""

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from pairgen.operators.edits import Edit, changed_digit, other_numbers
from pairgen.operators.words import like_kind, longest_known
from pairgen.scripts import graphemes, is_joined, is_unspaced

_WORD: Final = re.compile(r"\S+")
_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_MONTH_COUNTERS: Final = "月월"
"""What follows the number of a month."""
_SEGMENT: Final = re.compile(r"[^、，。；！？\s]+[、，。；！？\s]*")
_KATAKANA: Final = re.compile(r"[ァ-ヺー]{3,}")
_PARTICLES: Final = (
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "에",
    "의",
    "와",
    "과",
    "로",
    "으로",
    "에서",
    "까지",
    "부터",
    "도",
    "만",
)
"""What Korean words end in; which of them fits depends on the word's last sound."""
_ATTEMPTS: Final = 6
_MAX_GAP_CHARS: Final = 14
"""Characters between words that one edit replaces."""
_MIN_SEGMENT_CHARS: Final = 6
"""Characters from which a clause is two words or more, as an easy deletion is."""
_MIN_CHARS: Final = 4
"""Characters of a word from which one may be lost or change its place."""


class _Piece(NamedTuple):
    """A part of a text that can be replaced, and what by."""

    start: int
    end: int
    others: tuple[str, ...]


def edits(text: str, language: str, tier: str, rng: random.Random, *, is_delete: bool) -> Iterator[Edit]:
    """Yield edits of a text; language: as the page declares it."""
    if tier == "hard":
        yield from _in_words(text, rng, _dropped if is_delete else _changed)
    elif is_delete:
        yield from _deleted(text, language, tier, rng)
    else:
        pieces = _pieces(text, language)
        for size in (1,) if tier == "medium" else rng.sample((2, 3, 4), 3):
            yield from _replaced(text, pieces, size, rng)


def _pieces(text: str, language: str) -> list[_Piece]:
    found = _known_inside(text, language) if is_unspaced(text) else _known_words(text, language)
    taken = [(piece.start, piece.end) for piece in found]
    for number in _NUMBER.finditer(text):
        if all(number.end() <= start or end <= number.start() for start, end in taken):
            others = _numbers(number, text)
            if others:
                found.append(_Piece(number.start(), number.end(), others))
    return sorted(found)


def _numbers(number: re.Match[str], text: str) -> tuple[str, ...]:
    if text[number.end() : number.end() + 1] in tuple(_MONTH_COUNTERS) and number[0].isdigit():
        month = int(number[0])
        return tuple(str((month + shift - 1) % 12 + 1) for shift in (2, 5, 7)) if 1 <= month <= 12 else ()
    return tuple(other_numbers(number[0]))


def _known_words(text: str, language: str) -> list[_Piece]:
    found: list[_Piece] = []
    for word in _WORD.finditer(text):
        core = _core(word[0])
        start = word.start() + word[0].index(core)
        if found and start < found[-1].end:
            continue
        several = longest_known(text, start, language)
        if " " in several and not text[start + len(several) :][:1].isalnum():
            found.append(_Piece(start, start + len(several), like_kind(several, language)))
            continue
        stem = _stem(core, language)
        others = _fitting(stem, core[len(stem) :], like_kind(stem, language), language)
        if others:
            found.append(_Piece(start, start + len(stem), others))
    return found


def _core(word: str) -> str:
    """Return a word without the punctuation around it."""
    inner = [at for at, char in enumerate(word) if unicodedata.category(char)[0] in "LMN"]
    return word[inner[0] : inner[-1] + 1] if inner else word


def _stem(core: str, language: str) -> str:
    """Return the word of known kind that `core` begins with, where only a particle follows; else `core` itself."""
    if language == "ko" and not like_kind(core, language):
        stems = (core.removesuffix(end) for end in _PARTICLES if core.endswith(end))
        return next((stem for stem in stems if like_kind(stem, language)), core)
    return core


def _fitting(stem: str, ending: str, others: tuple[str, ...], language: str) -> tuple[str, ...]:
    if language == "ko" and ending:
        return tuple(other for other in others if _last_sound(other) == _last_sound(stem))
    return others


def _last_sound(word: str) -> int:
    """Return what a Korean word's particles go by: 0 a vowel, 1 the liquid, 2 another consonant."""
    final = (ord(word[-1]) - 0xAC00) % 28
    return 0 if final == 0 else 1 if final == 8 else 2


def _known_inside(text: str, language: str) -> list[_Piece]:
    found, at = [], 0
    while at < len(text):
        word = longest_known(text, at, language)
        if word and _is_whole(text, at, at + len(word)):
            found.append(_Piece(at, at + len(word), like_kind(word, language)))
            at += len(word)
        else:
            at += 1
    return found


def _is_whole(text: str, start: int, end: int) -> bool:
    """Tell whether neither end of a piece tears a character or a number."""
    for at in (start, end):
        if 0 < at < len(text):
            before, after = text[at - 1], text[at]
            if is_joined(before, after) or (before.isdigit() and after.isdigit()):
                return False
    return True


def _replaced(text: str, pieces: list[_Piece], size: int, rng: random.Random) -> Iterator[Edit]:
    spans = [pieces[at : at + size] for at in range(len(pieces) - size + 1)]
    spans = [span for span in spans if all(b.start - a.end <= _MAX_GAP_CHARS for a, b in pairwise(span))]
    for span in rng.sample(spans, min(len(spans), _ATTEMPTS)):
        chosen = [rng.choice(piece.others) for piece in span]
        if len(set(chosen)) < len(chosen) or any(word in text for word in chosen if not word.isdigit()):
            continue  # else: summer or summer
        new, at = "", span[0].start
        for piece, word in zip(span, chosen, strict=True):
            new, at = new + text[at : piece.start] + word, piece.end
        yield Edit(span[0].start, span[-1].end, new, size)


def _deleted(text: str, language: str, tier: str, rng: random.Random) -> Iterator[Edit]:
    if not is_unspaced(text):
        yield from _deleted_words(text, 1 if tier == "medium" else rng.choice((2, 3)), rng)
    elif tier == "medium":
        runs = [(piece.start, piece.end) for piece in _known_inside(text, language)]
        runs += [match.span() for match in _KATAKANA.finditer(text)]
        runs = [(start, end) for start, end in runs if text.count(text[start:end]) == 1 and start]
        yield from (Edit(start, end, "", 1) for start, end in rng.sample(runs, min(len(runs), _ATTEMPTS)))
    else:
        segments = [match for match in _SEGMENT.finditer(text) if len(match[0]) >= _MIN_SEGMENT_CHARS]
        for segment in rng.sample(segments, min(len(segments), _ATTEMPTS)) if len(segments) > 1 else ():
            # The last segment leaves its full stop to the one before it.
            yield Edit(segment.start(), segment.end(), "", 2)


def _deleted_words(text: str, size: int, rng: random.Random) -> Iterator[Edit]:
    """Delete a run of whole words, none of which bears punctuation, so that none is torn."""
    words = list(_WORD.finditer(text))
    runs = [words[at : at + size] for at in range(1, len(words) - size + 1)]
    runs = [run for run in runs if all(word[0] == _core(word[0]) and word[0][0].isalnum() for word in run)]
    for run in rng.sample(runs, min(len(runs), _ATTEMPTS)):
        yield Edit(run[0].start(), run[-1].end(), "", size)


def _in_words(text: str, rng: random.Random, edit: Callable[[str, random.Random], Edit | None]) -> Iterator[Edit]:
    words = [(match.start() + match[0].index(_core(match[0])), _core(match[0])) for match in _WORD.finditer(text)]
    for start, core in rng.sample(words, min(len(words), _ATTEMPTS)):
        found = edit(core, rng)
        if found is not None:
            yield Edit(start + found.start, start + found.end, found.new, found.size)


def _changed(core: str, rng: random.Random) -> Edit | None:
    """Change a digit, or swap two neighbours of one script."""
    numbers = list(_NUMBER.finditer(core))
    if numbers and rng.random() < 0.5:
        number = rng.choice(numbers)
        found = changed_digit(number[0], rng)
        is_month = core[number.end() : number.end() + 1] in tuple(_MONTH_COUNTERS)
        if found is not None and not is_month:
            return Edit(number.start() + found.start, number.start() + found.end, found.new, found.size)
    chars = graphemes(core)
    places = [at for at in range(1, len(chars) - 1) if _can_swap(chars[at], chars[at + 1])]
    if len(chars) < _MIN_CHARS or not places:
        return None
    at = rng.choice(places)
    start = len("".join(chars[:at]))
    return Edit(start, start + len(chars[at] + chars[at + 1]), chars[at + 1] + chars[at], 2)


def _can_swap(one: str, other: str) -> bool:
    is_letter = one[0].isalpha() and other[0].isalpha()
    return is_letter and one.lower() != other.lower() and _script(one) == _script(other)


def _script(char: str) -> str:
    return unicodedata.name(char[0], "").split(" ")[0].split("-")[0]


def _dropped(core: str, rng: random.Random) -> Edit | None:
    """Drop one character with its marks; a doubled one is dropped alike from either place."""
    chars = graphemes(core)
    places = [at for at in range(1, len(chars)) if chars[at][0].isalpha()]
    if len(chars) < _MIN_CHARS or not places:
        return None
    at = rng.choice(places)
    start = len("".join(chars[:at]))
    return Edit(start, start + len(chars[at]), "", 1)
