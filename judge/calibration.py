"""How far a judge agrees with the sixty hand-written answers."""

import asyncio
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import DatasetError
from schemas.protocols import Json, Judge
from schemas.records import Box, Case, Judgement, Mutation, Truth

ANSWERS = Path(__file__).resolve().parents[1] / "data" / "judge_answers" / "answers.jsonl"
"""Where the checkout keeps them."""

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Hold one hand-written answer and what a judge should say of it.

    expected: a verdict for changed pairs; `clean` or `hallucination` for no-diff pairs; or a status
    that is not `ok`.
    """

    answer_id: str
    case: Case
    expected: str
    expected_hallucinations: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Hold an example and what the judge said."""

    example: Example
    found: str
    judgement: Judgement

    @property
    def agrees(self) -> bool:
        """Tell whether the judge said what was expected."""
        return self.found == self.example.expected

    @property
    def agrees_on_hallucinations(self) -> bool:
        """Tell whether the judge counts as many inventions as expected."""
        return len(self.judgement.hallucinations) == self.example.expected_hallucinations


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Hold a share with its 95% Wilson interval, all 0..1."""

    num: int
    of: int

    @property
    def value(self) -> float:
        """Return the share; NaN where there is nothing to divide by."""
        return self.num / self.of if self.of else math.nan

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the interval (Wilson 1927)."""
        if not self.of:
            return (0.0, 1.0)
        centre = (self.value + _Z**2 / (2 * self.of)) / (1 + _Z**2 / self.of)
        spread = math.sqrt(self.value * (1 - self.value) / self.of + (_Z / (2 * self.of)) ** 2)
        half = _Z * spread / (1 + _Z**2 / self.of)
        return (max(centre - half, 0.0), min(centre + half, 1.0))

    def __str__(self) -> str:
        low, high = self.bounds
        return f"{self.num}/{self.of} = {100 * self.value:.0f}% [{100 * low:.0f}-{100 * high:.0f}]"


def load_examples(path: Path = ANSWERS) -> tuple[Example, ...]:
    """Read the answers; DatasetError with the line's number where the file is absent or a line is malformed."""
    if not path.is_file():
        raise DatasetError(f"{path}: no such file; give the answers with --answers PATH, or run from a full checkout")
    examples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            examples.append(_read_example(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DatasetError(f"{path}, line {number}: {type(error).__name__}: {error}; mend the line") from error
    if not examples:
        raise DatasetError(f"{path}: holds no answers")
    return tuple(examples)


def calibrate(judge: Judge, examples: Iterable[Example]) -> tuple[Outcome, ...]:
    """Judge every example."""

    async def score_all() -> tuple[Outcome, ...]:
        await judge.start()
        try:
            return tuple([_outcome(example, await judge.score(example.case)) for example in examples])
        finally:
            await judge.close()

    return asyncio.run(score_all())


def verdict_rate(outcomes: Iterable[Outcome]) -> Rate:
    """Return how often the judge's verdict is the expected one."""
    agreed = [outcome.agrees for outcome in outcomes]
    return Rate(num=sum(agreed), of=len(agreed))


def hallucination_rate(outcomes: Iterable[Outcome]) -> Rate:
    """Return how often the judge counts exactly the expected number of inventions."""
    agreed = [outcome.agrees_on_hallucinations for outcome in outcomes]
    return Rate(num=sum(agreed), of=len(agreed))


def confusion(outcomes: Iterable[Outcome]) -> Mapping[tuple[str, str], int]:
    """Count outcomes by (expected, found)."""
    return Counter((outcome.example.expected, outcome.found) for outcome in outcomes)


def _outcome(example: Example, judgement: Judgement) -> Outcome:
    if judgement.status != "ok":
        found = judgement.status
    elif judgement.verdict is None:
        found = "hallucination" if judgement.hallucinations else "clean"
    else:
        found = judgement.verdict
    return Outcome(example=example, found=found, judgement=judgement)


def _read_example(record: dict[str, Json]) -> Example:
    truth = _read_truth(record["truth"])
    num = int(str(record.get("expected_hallucinations") or 0))
    expected = str(record.get("expected_status") or "ok")
    if expected == "ok":
        clean = "hallucination" if num else "clean"
        expected = clean if truth.is_no_diff else str(record["expected_verdict"])
    answer_id = str(record["answer_id"])
    return Example(
        answer_id=answer_id,
        case=Case(pair_id=answer_id, truth=truth, text=str(record["text"])),
        expected=expected,
        expected_hallucinations=num,
        note=str(record.get("note") or ""),
    )


def _read_truth(value: Json) -> Truth:
    if not isinstance(value, dict):
        raise TypeError("'truth' is not an object")
    mutations, effects = value.get("mutations") or [], value.get("visual_effects") or []
    if not isinstance(mutations, list) or not isinstance(effects, list):
        raise TypeError("'mutations' and 'visual_effects' must be lists")
    return Truth(
        task_type=str(value["task_type"]),
        answer=str(value["answer"]),
        mutations=tuple(_read_mutation(mutation) for mutation in mutations),
        visual_effects=tuple(str(effect) for effect in effects),
        target_box=_read_box(value.get("target_box")),
        affected_box=_read_box(value.get("affected_box")),
    )


def _read_mutation(value: Json) -> Mutation:
    if not isinstance(value, dict):
        raise TypeError("a mutation is not an object")
    return Mutation(**{key: str(field) for key, field in value.items()})


def _read_box(value: Json) -> Box | None:
    if value is None:
        return None
    numbers = list(value.values()) if isinstance(value, dict) else value
    if isinstance(value, dict):
        numbers = [value[side] for side in "xywh"]
    if not isinstance(numbers, list) or len(numbers) != 4:
        raise TypeError("a box must be {x, y, w, h} or four numbers")
    return Box(*(int(str(number)) for number in numbers))
