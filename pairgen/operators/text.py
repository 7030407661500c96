"""Text: words or characters replaced by others of like kind, or deleted; enough stays to name the element."""

import random
import re
from collections.abc import Iterator
from typing import Final

from pairgen.operators import script_edits
from pairgen.operators.ask import Ask, Step
from pairgen.operators.edits import Edit, changed_digit, other_numbers
from pairgen.operators.typography import num_glyphs
from pairgen.operators.words import like_kind
from pairgen.records import Candidate
from pairgen.scripts import is_foreign

_WORD: Final = re.compile(r"\S+")
_CORE: Final = re.compile(r"[^\W_]+(?:[’'.,:-][^\W_]+)*")
_MIN_KEPT_GLYPHS: Final = 3
_VOWELS: Final = "aeiouAEIOU"
_ATTEMPTS: Final = 6


def text(ask: Ask) -> Iterator[Candidate | None]:
    """Edit an element's only text node."""
    old = ask.element.own_text
    if ask.element.children or num_glyphs(old) < 2 or old != " ".join(old.split()):
        return
    for edit in _edits(ask, old):
        new = " ".join((old[: edit.start] + edit.new + old[edit.end :]).split())
        if num_glyphs(new) < _MIN_KEPT_GLYPHS or new == old:
            continue
        way = "delete" if ask.mechanism == "delete" else "replace"
        yield ask.edit(old, new, Step(
            property="text-content", direction=way, old=old, new=new, magnitude=edit.size,
        ))  # fmt: skip


def _edits(ask: Ask, old: str) -> Iterator[Edit]:
    is_delete = ask.mechanism == "delete"
    if is_foreign(old):
        yield from script_edits.edits(old, ask.tree.snapshot.language, ask.tier, ask.rng, is_delete=is_delete)
        return
    words = list(_WORD.finditer(old))
    if ask.tier == "hard":
        yield from _deleted_characters(words, ask.rng) if is_delete else _changed_characters(words, ask.rng)
    elif ask.tier == "medium":
        yield from _deleted_words(old, words, 1, ask.rng) if is_delete else _replaced_words(words, 1, ask.rng)
    else:
        sizes = ask.rng.sample((2, 3, 4), 3)
        for size in sizes:
            yield from (
                _deleted_words(old, words, size, ask.rng) if is_delete else _replaced_words(words, size, ask.rng)
            )


def _deleted_words(old: str, words: list[re.Match[str]], size: int, rng: random.Random) -> Iterator[Edit]:
    """Delete a run of words that leaves at least one and no torn punctuation."""
    if len(words) <= size:
        return
    starts = range(len(words) - size + 1)
    for at in rng.sample(starts, min(len(starts), _ATTEMPTS)):
        run = words[at : at + size]
        tail = re.search(r"[.!?…]+$", run[-1][0]) if at + size == len(words) else None
        kept_whole = at > 0 or len(words) - size >= 2 or size == 1
        starts_a_sentence = at == 0 and old[:1].isupper() and words[size][0][:1].islower()
        if kept_whole and not starts_a_sentence and not _tears_brackets(old[run[0].start() : run[-1].end()]):
            start = run[0].start() - (1 if tail and at else 0)
            yield Edit(start, run[-1].end(), tail[0] if tail else "", size)


def _tears_brackets(piece: str) -> bool:
    pairs = (("(", ")"), ("[", "]"), ("“", "”"), ("«", "»"))
    return any(piece.count(left) != piece.count(right) for left, right in pairs) or piece.count('"') % 2 == 1


def _replaced_words(words: list[re.Match[str]], size: int, rng: random.Random) -> Iterator[Edit]:
    """Replace words of known kind, all inside the shortest span that holds `size` of them."""
    options = [(word, _substitutes(word[0])) for word in words]
    known = [i for i, (_, others) in enumerate(options) if others]
    spans = [known[i : i + size] for i in range(len(known) - size + 1)]
    spans = [span for span in spans if span[-1] - span[0] < size + 2]
    for span in rng.sample(spans, min(len(spans), _ATTEMPTS)):
        start, end = words[span[0]].start(), words[span[-1]].end()
        chosen = {i: rng.choice(options[i][1]) for i in span}
        told = [_bare(chosen.get(i, word[0])) for i, word in enumerate(words)]
        if all(told.count(told[i]) == 1 for i in span):  # else: summer or summer
            yield Edit(start, end, " ".join(chosen.get(i, words[i][0]) for i in range(span[0], span[-1] + 1)), size)


def _bare(word: str) -> str:
    match = _CORE.search(word)
    return match[0].lower() if match else word


def _substitutes(word: str) -> list[str]:
    """Return what can stand for a word, its punctuation kept: like kind, or another number."""
    match = _CORE.search(word)
    if match is None:
        return []
    head, core, tail = word[: match.start()], match[0], word[match.end() :]
    if re.search(r"\d", core) and not re.search(r"[^\W\d_]{3}", core):
        return [head + other + tail for other in other_numbers(core)]
    return [head + other + tail for other in like_kind(core)]


def _changed_characters(words: list[re.Match[str]], rng: random.Random) -> Iterator[Edit]:
    """Change a digit, double or single a plural, or misspell: two neighbours swapped, a vowel replaced."""
    for word in rng.sample(words, min(len(words), _ATTEMPTS)):
        core = _CORE.search(word[0])
        if core is None:
            continue
        kinds = [changed_digit, _swapped_letters, _vowel]
        for kind in rng.sample(kinds, len(kinds)):
            edit = kind(core[0], rng)
            if edit is not None:
                base = word.start() + core.start()
                yield Edit(base + edit.start, base + edit.end, edit.new, edit.size)
                break


def _swapped_letters(core: str, rng: random.Random) -> Edit | None:
    inner = range(1, len(core) - 2)
    places = [i for i in inner if core[i : i + 2].isalpha() and core[i].lower() != core[i + 1].lower()]
    if len(core) < 5 or not places or not core.isascii():
        return None
    at = rng.choice(places)
    return Edit(at, at + 2, core[at + 1] + core[at], 2)


def _vowel(core: str, rng: random.Random) -> Edit | None:
    places = [i for i, c in enumerate(core) if c in _VOWELS and i > 0]
    if len(core) < 4 or not places:
        return None
    at = rng.choice(places)
    vowels = _VOWELS[:5] if core[at].islower() else _VOWELS[5:]
    return Edit(at, at + 1, rng.choice([v for v in vowels if v != core[at]]), 1)


def _deleted_characters(words: list[re.Match[str]], rng: random.Random) -> Iterator[Edit]:
    """Drop one letter, a digit of a longer number, or a final plural s."""
    for word in rng.sample(words, min(len(words), _ATTEMPTS)):
        core = _CORE.search(word[0])
        if core is None or len(core[0]) < 4:
            continue
        letters = [i for i, c in enumerate(core[0]) if c.isalnum() and i > 0]
        # One of two equal neighbours is the same deletion either way.
        at = len(core[0]) - 1 if core[0].endswith("s") and rng.random() < 0.5 else rng.choice(letters)
        start = word.start() + core.start() + at
        yield Edit(start, start + 1, "", 1)
