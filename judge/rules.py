"""The deterministic judge `rules`: fixed vocabulary, no model, stricter than an LLM judge.

claims -> (element, kind, direction) per claim -> best verdict over mutations, claims that match nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from judge import claims, directions, edits, elements, kinds, language, values, words
from judge.elements import Subject, is_near, match_element, read_subject
from judge.quotes import mask
from schemas.digest import digest
from schemas.protocols import Engine, Json, Needs, Prompt
from schemas.records import Case, Judgement, Mutation, Truth
from schemas.vocabulary import DIRECT_EFFECT, DIRECTIONS

VERSION = "2"
"""Raise it whenever a rule changes: stored verdicts of another version are never read."""

SECONDARY_EFFECTS: Mapping[str, tuple[str, ...]] = {
    "font_weight": ("color", "size", "wrapping"),
    "font_size": ("weight", "space", "position", "line_spacing", "wrapping"),
    "letter_spacing": ("size", "space", "wrapping"),
    "line_height": ("space", "size", "position"),
    "text": ("visibility", "size", "position", "wrapping"),
    "color": ("opacity", "visibility", "weight"),
    "opacity": ("color", "visibility"),
    "gradient": ("color",),
    "position": ("space", "alignment", "visibility"),
    "spacing": ("size", "position", "alignment", "wrapping"),
    "justify": ("position", "space"),
    "border": ("color", "size", "visibility"),
    "rounded": ("border",),
}
"""What a change can be mistaken for, by operator, where a dataset has no `visual_effects`."""

MAX_KINDS = 4
"""A claim that names more kinds of change than this is vague: `partial` at most."""
RANKS = {"missed": 0, "partial": 1, "correct": 2}


@dataclass(kw_only=True, slots=True, frozen=True)
class RulesConfig:
    """Configure nothing: the judge is its version and its tables."""

    @property
    def uses_prompt(self) -> bool:
        """Return False: no model is asked."""
        return False

    def identity(self) -> Mapping[str, Json]:
        """Return kind, version and a digest of every vocabulary table."""
        return {"kind": "rules", "version": VERSION, "tables": _tables_digest()}

    def needs(self) -> Needs:
        """Return nothing: it runs everywhere."""
        return Needs()


@dataclass(frozen=True, slots=True)
class _Finding:
    verdict: str = "missed"
    matched_by: str | None = None
    claim: str | None = None


class Rules:
    """Judge by fixed rules; deterministic, under 2 ms an answer."""

    config_class: ClassVar[type] = RulesConfig

    def __init__(self, config: RulesConfig, engine: Engine | None = None, prompt: Prompt | None = None) -> None:
        del engine, prompt
        self.config = config

    async def start(self) -> None:
        """Load nothing."""

    async def score(self, case: Case) -> Judgement:
        """Judge one answer."""
        return judge(case)

    async def close(self) -> None:
        """Release nothing."""


def judge(case: Case) -> Judgement:
    """Return the judgement of one answer; `unparsed` where it is empty or not in English."""
    if not case.text.strip():
        return Judgement(
            status="unparsed", error_type="empty_answer", error_message=f"{case.pair_id}: the answer is empty"
        )
    if not language.is_english(case.text[: claims.MAX_ANSWER_LENGTH]):
        return Judgement(
            status="unparsed", error_type="not_english", error_message=f"{case.pair_id}: the answer is not in English"
        )
    reading = claims.read(case.text[: claims.MAX_ANSWER_LENGTH])
    if case.truth.is_no_diff:
        silent = not reading.claims and not reading.is_denial
        return Judgement(hallucinations=(case.text.strip(),) if silent else reading.claims)
    return _judge_change(case.truth, tuple(read_subject(claim) for claim in reading.claims))


def _judge_change(truth: Truth, subjects: tuple[Subject, ...]) -> Judgement:
    best = _Finding()
    strangers: list[str] = []
    for subject in subjects:
        findings = [_weigh(subject, mutation, truth) for mutation in truth.mutations]
        named = [finding for finding in findings if finding.matched_by]
        if not named and not any(is_near(subject, mutation, truth) for mutation in truth.mutations):
            strangers.append(subject.text)
        best = max([best, *named], key=lambda finding: (RANKS[finding.verdict], finding.matched_by is not None))
    return Judgement(
        verdict=best.verdict, hallucinations=tuple(strangers), matched_by=best.matched_by, matched_text=best.claim
    )


def _weigh(subject: Subject, mutation: Mutation, truth: Truth) -> _Finding:
    """Return one claim's verdict on one mutation; `matched_by` None where the claim is about another element."""
    matched_by = match_element(subject, mutation, truth)
    if matched_by is None:
        return _Finding()
    return _Finding(_verdict(subject, mutation, truth), matched_by, subject.text)


def _verdict(subject: Subject, mutation: Mutation, truth: Truth) -> str:
    found = kinds.find_kinds(subject.masked)
    if len(found.parts) > MAX_KINDS:
        return "partial"
    direct = DIRECT_EFFECT.get(mutation.type, mutation.type)
    if direct in found.parts or _tells_edit(subject, mutation):
        return "partial" if _is_contradicted(subject, mutation, direct, found.parts.get(direct, "")) else "correct"
    secondary = truth.visual_effects or SECONDARY_EFFECTS.get(mutation.type, ())
    is_vague = not found.parts and found.is_vague
    return "partial" if is_vague or any(kind in found.parts for kind in secondary) else "missed"


def _tells_edit(subject: Subject, mutation: Mutation) -> bool:
    """Tell whether a claim quotes words that went and says so: that names the change exactly."""
    return mutation.type == "text" and edits.tells(subject.text, subject.masked, mutation)


def _is_contradicted(subject: Subject, mutation: Mutation, kind: str, part: str) -> bool:
    if kind == "text":
        return edits.contradicts(subject.text, subject.masked, mutation)
    if values.contradicts(subject.text, mutation):
        return True
    said = directions.find_directions(kind, part, subject.masked)
    true = _true_directions(mutation, kind)
    return bool(said) and bool(true) and not directions.agree(said, true)


def _true_directions(mutation: Mutation, kind: str) -> frozenset[str]:
    """Return a mutation's direction in our words; a foreign dataset's own words are read like a claim's."""
    if mutation.type == "justify" and (arranged := directions.arranged(mutation.old_value, mutation.new_value)):
        return arranged
    if mutation.direction in DIRECTIONS.get(mutation.type, ()):
        return frozenset({mutation.direction, "out"} if mutation.direction == "spread" else {mutation.direction})
    told = mask(mutation.direction).lower() or mask(mutation.template).lower()
    return directions.find_directions(kind, told, told)


@lru_cache(maxsize=1)
def _tables_digest() -> str:
    tables: dict[str, Json] = {
        "kinds": [f"{kind}: {source}" for table in (kinds.NOUNS, kinds.COMPARATIVES) for kind, source in table.items()],
        "effects": [f"{kind}: {' '.join(effects)}" for kind, effects in SECONDARY_EFFECTS.items()],
        "words": [f"{word}: {line}" for table in (words.ROLES, words.PLACES) for word, line in table.items()],
        "lists": [
            *sorted(words.STOP | words.GENERIC),
            *sorted(elements.LOOKS),
            *sorted(language.ENGLISH | language.FOREIGN),
        ],
        "patterns": [*directions.SOURCES, *claims.SOURCES, *kinds.SOURCES, *edits.SOURCES, *values.SOURCES],
    }
    return digest(tables)
