"""The deterministic judge `similarity`, a second opinion: whether the truth is what the answer resembles most.

The true description stands among nine seeded distractors, and each passage of the answer ranks all ten by
how much of a description's words it holds. It shares no splitter and no vocabulary with `rules`: a
description is an element and a phrase of `judge.phrases`, words are compared by their first letters.
"""

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, NamedTuple

from judge.phrases import CHANGES, DENIALS, ELEMENTS, TALK, UNSEEN, VAGUE
from schemas.digest import digest, digest_truth
from schemas.protocols import Engine, Json, Needs, Prompt
from schemas.records import Case, Judgement, Mutation, Truth

VERSION = "1"
"""Raise it whenever the method changes: stored verdicts of another version are never read."""

NUM_SAME_ELEMENT, NUM_OTHER_ELEMENTS = 5, 4
"""Distractors: the true element with another kind or direction; another element with the true change."""


@dataclass(kw_only=True, slots=True, frozen=True)
class SimilarityConfig:
    """Set the two floors below which a resemblance means nothing."""

    element_floor: float = 0.5
    """Least weighted share, 0..1, of an element's words that a passage must hold to be about it."""
    phrase_floor: float = 0.5
    """Least weighted share, 0..1, of a phrase's words that a passage must hold to say it."""
    seed: int = 0
    """Seed of the distractors, beside the truth's own digest."""

    @property
    def uses_prompt(self) -> bool:
        """Return False: no model is asked."""
        return False

    def identity(self) -> Mapping[str, Json]:
        """Return kind, version, settings and a digest of the phrases."""
        return {
            "kind": "similarity", "version": VERSION, "element_floor": self.element_floor,
            "phrase_floor": self.phrase_floor, "seed": self.seed, "tables": _tables_digest(),
        }  # fmt: skip

    def needs(self) -> Needs:
        """Return nothing: it runs everywhere."""
        return Needs()


MAX_ANSWER_LENGTH = 20_000
"""How many characters of an answer are judged, from its start; the rest is not read."""
_WHOLE = 0.99
_FEW_WORDS = 4
_DENYING_STEMS = "no not none nothi canno t never unabl neith witho ident same uncha match lines indis zero"
_DENYING = frozenset(_DENYING_STEMS.split())
"""Stems without one of which nothing is denied."""
_WORD = re.compile(r"\w+")
_UNSEEN = re.compile(UNSEEN, re.I)
_PASSAGE_END = re.compile(r"\n+|(?<=[a-z\"”')])[.!?;] +(?=[A-Z\"“'])|,? but |,? except (?:that |for )?")


class Description(NamedTuple):
    """Hold one description: whose, and which (operator, direction); `is_vague` says only that something changed."""

    element: str
    operator: str
    direction: str
    is_true_element: bool


class Similarity:
    """Judge by resemblance; deterministic, under 2 ms an answer."""

    config_class: ClassVar[type] = SimilarityConfig

    def __init__(self, config: SimilarityConfig, engine: Engine | None = None, prompt: Prompt | None = None) -> None:
        del engine, prompt
        self.config = config

    async def start(self) -> None:
        """Load nothing."""

    async def score(self, case: Case) -> Judgement:
        """Judge one answer."""
        return judge(case, self.config)

    async def close(self) -> None:
        """Release nothing."""


def judge(case: Case, config: SimilarityConfig) -> Judgement:
    """Return the judgement of one answer; `unparsed` where it holds no English to compare."""
    text = case.text[:MAX_ANSWER_LENGTH]
    passages = _passages(text)
    if not passages or _is_foreign(text):
        return Judgement(
            status="unparsed",
            error_type="not_english",
            error_message=f"{case.pair_id}: no English to compare in the answer",
        )
    said = [passage for passage in passages if not _UNSEEN.search(passage) and _says_change(passage, config)]
    if case.truth.is_no_diff:
        is_blind = bool(_UNSEEN.search(text))
        is_denial = not is_blind and any(_denial(passage) >= config.phrase_floor for passage in passages)
        claimed = tuple(passage for passage in said if not _is_talk(passage))
        return Judgement(hallucinations=claimed if claimed or is_denial else (case.text.strip(),))
    return _rank_all(case.truth, said, config)


def _rank_all(truth: Truth, passages: list[str], config: SimilarityConfig) -> Judgement:
    best, text = "missed", None
    for mutation in truth.mutations:
        candidates = distract(mutation, truth, config.seed)
        for passage in passages:
            verdict = _rank(passage, mutation, candidates, config)
            if (text is None and verdict != "missed") or (best, verdict) == ("partial", "correct"):
                best, text = verdict, passage
    strangers = [
        passage for passage in passages
        if not _is_talk(passage)
        and all(_element_share(passage, mutation.element) < config.element_floor for mutation in truth.mutations)
    ]  # fmt: skip
    return Judgement(
        verdict=best, hallucinations=tuple(strangers), matched_by="words" if text else None, matched_text=text
    )


def _rank(passage: str, mutation: Mutation, candidates: tuple[Description, ...], config: SimilarityConfig) -> str:
    """Return the verdict that the first-ranked description gives; the truth, listed first, wins ties."""
    if _element_share(passage, mutation.element) < config.element_floor:
        return "missed"
    scores = [_score(passage, candidate) for candidate in candidates]
    first = candidates[scores.index(max(scores))]
    if not first.is_true_element:
        return "missed"
    is_true = first == candidates[0] and _phrase_share(passage, first) >= config.phrase_floor
    return "correct" if is_true else "partial"


def distract(mutation: Mutation, truth: Truth, seed: int) -> tuple[Description, ...]:
    """Return the true description and nine distractors, drawn by a seed from the truth's content."""
    rng = random.Random(f"{seed}:{digest_truth(truth)}:{mutation.element}")
    true = Description(mutation.element, mutation.type, _true_direction(mutation), True)
    opposite = [key for key in CHANGES if key[0] == true.operator and key[1] != true.direction]
    others = [key for key in CHANGES if key[0] != true.operator]
    rng.shuffle(opposite)
    keys = [*opposite, *rng.sample(others, NUM_SAME_ELEMENT)][:NUM_SAME_ELEMENT]
    elements = rng.sample([name for name in ELEMENTS if name != mutation.element], NUM_OTHER_ELEMENTS)
    same = [Description(true.element, operator, direction, True) for operator, direction in keys]
    other = [Description(name, true.operator, true.direction, False) for name in elements]
    return (true, *same, *other)


def _true_direction(mutation: Mutation) -> str:
    """Return the direction whose phrases a mutation's own words resemble most, where it has none of ours."""
    known = [direction for operator, direction in CHANGES if operator == mutation.type]
    if mutation.direction in known or not known:
        return mutation.direction
    told = f"{mutation.direction} {mutation.template}"
    return max(known, key=lambda direction: _holding(told, CHANGES[mutation.type, direction]))


def _score(passage: str, description: Description) -> float:
    return 2 * _element_share(passage, description.element) + _phrase_share(passage, description)


def _phrase_share(passage: str, description: Description) -> float:
    phrases = CHANGES.get((description.operator, description.direction), ())
    return _holding(_without(passage, description.element), phrases)


def _says_change(passage: str, config: SimilarityConfig) -> bool:
    """Tell whether a passage resembles a change, or vague word of one, more than a denial."""
    claim = _change_share(passage)
    return claim >= config.phrase_floor and claim > _denial(passage)


@lru_cache(maxsize=4096)
def _change_share(passage: str) -> float:
    return max(_holding(passage, _ALL_PHRASES), _holding(passage, VAGUE))


def _is_talk(passage: str) -> bool:
    """Tell whether a passage holds no phrase of change whole, and resembles talk of the page or the task more."""
    claim = _change_share(passage)
    return claim < _WHOLE and claim <= _holding(passage, TALK)


def _is_foreign(text: str) -> bool:
    """Tell whether hardly a word of a longer answer is one of the phrases' own: then it is not in English."""
    stems = [word[:5] for word in _WORD.findall(text.casefold())]
    return len(stems) >= 8 and sum(stem in _COUNTS for stem in stems) < 0.15 * len(stems)


def _holding(passage: str, phrases: Iterable[str]) -> float:
    """Return the greatest weighted share, 0..1, of a phrase's words that the passage holds."""
    held = _stems(passage)
    return max((_share(_stems(phrase), held) for phrase in phrases), default=0.0)


def _denial(passage: str) -> float:
    """Return how much of a denial the passage holds, 0..1; one word ("none") denies in a short passage alone."""
    if _DENYING.isdisjoint(_stems(passage)):
        return 0.0
    is_short = len(_stems(passage)) <= _FEW_WORDS
    return _holding(passage, (phrase for phrase in DENIALS if is_short or " " in phrase))


def _share(wanted: frozenset[str], held: frozenset[str]) -> float:
    common = wanted & held
    return sum(_weight(stem) for stem in common) / _total(wanted) if common else 0.0


@lru_cache(maxsize=8192)
def _total(stems: frozenset[str]) -> float:
    return sum(_weight(stem) for stem in stems)


def _element_share(passage: str, element: str) -> float:
    """Return how much of an element a passage holds: of its whole description, or of its first quoted text."""
    held = _stems(passage)
    return max(_share(_stems(part), held) for part in (element, *_quoted(element)[:1]))


@lru_cache(maxsize=4096)
def _quoted(element: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[\"“«]([^\"”»]+)[\"”»]", element))


@lru_cache(maxsize=4096)
def _without(passage: str, element: str) -> str:
    """Return a passage without the element's quoted text, whose words must not pass for a change."""
    for quoted in _quoted(element):
        passage = re.sub(re.escape(quoted), " ", passage, flags=re.I)
    return passage


@lru_cache(maxsize=8192)
def _stems(text: str) -> frozenset[str]:
    """Return the first five letters of every word and number."""
    return frozenset(word[:5] for word in _WORD.findall(text.casefold()))


@lru_cache(maxsize=8192)
def _weight(stem: str) -> float:
    """Return a stem's rarity among our own phrases and elements: common there, light here."""
    return 1.0 / (1.0 + _COUNTS.get(stem, 0))


@lru_cache(maxsize=4096)
def _passages(text: str) -> tuple[str, ...]:
    """Return lines, and the sentences of a line, that hold a Latin word."""
    parts = _PASSAGE_END.split(text)
    return tuple(part.strip() for part in parts if re.search(r"[A-Za-z]{2}", part))


def _count() -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for phrase in (*ELEMENTS, *VAGUE, *DENIALS, *TALK, *_ALL_PHRASES):
        for stem in _stems(phrase):
            counts[stem] = counts.get(stem, 0) + 1
    return counts


_ALL_PHRASES = tuple(phrase for phrases in CHANGES.values() for phrase in phrases)
_COUNTS = _count()


@lru_cache(maxsize=1)
def _tables_digest() -> str:
    changes: dict[str, Json] = {" ".join(key): list(phrases) for key, phrases in CHANGES.items()}
    return digest([changes, list(DENIALS), list(TALK), list(ELEMENTS), list(VAGUE), UNSEEN, _DENYING_STEMS])
