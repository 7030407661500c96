"""What the judges that run anywhere say of the sixty hand-written answers: data that `python -m judge --json` made."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from analysis.cells import Cells
from schemas.probes import CLEAN, HALLUCINATION
from schemas.vocabulary import VERDICTS_OF_A_JUDGE

MEASURED: Final = Path(__file__).resolve().parents[1] / "data" / "judge_answers" / "measured.json"
_RIGHT: Final = ("correct", CLEAN)
_OF_CHANGED: Final = VERDICTS_OF_A_JUDGE


class HandCounts(NamedTuple):
    """Hold what a judge made of the hand-written answers to one kind of pair."""

    num_right: int
    num_wrong: int
    accepted_right: int
    rejected_wrong: int
    num_as_expected: int
    num_unscored: int


HAND_WRITTEN_ROW: Final = "hand_written"
"""The row of `+sweep=hand_written`: its pairs are the answers, by their ids."""


@lru_cache(maxsize=1)
def measured_answers() -> Mapping[str, Any]:
    """Return judge kind to its version and answers; {} where the checkout holds none."""
    if not MEASURED.is_file():
        return {}
    read: Mapping[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return read


def hand_counts(judge: Mapping[str, Any], *, is_changed: bool) -> HandCounts | None:
    """Count the answers to changed or unchanged pairs; None for a judge that wasn't measured.

    judge: its config. Only judges with default settings were measured: any other setting makes another judge.
    """
    if set(judge) != {"kind"} or judge["kind"] not in measured_answers():
        return None
    known = _OF_CHANGED if is_changed else (CLEAN, HALLUCINATION)
    answers = [one for one in measured_answers()[judge["kind"]]["answers"] if one["expected"] in known]
    right = [one["found"] for one in answers if one["expected"] in _RIGHT]
    wrong = [one["found"] for one in answers if one["expected"] not in _RIGHT]
    return HandCounts(
        num_right=len(right), num_wrong=len(wrong), accepted_right=sum(found in _RIGHT for found in right),
        rejected_wrong=sum(found not in _RIGHT for found in wrong),
        num_as_expected=sum(one["found"] == one["expected"] for one in answers),
        num_unscored=sum(one["found"] not in known for one in answers),
    )  # fmt: skip


def expected_answers() -> dict[str, str]:
    """Return answer id to what a judge should say of it; {} where the checkout holds none."""
    kinds = list(measured_answers().values())
    return {one["answer_id"]: one["expected"] for one in kinds[0]["answers"]} if kinds else {}


def hand_counts_of(cells: Cells, judge: str, *, is_changed: bool) -> HandCounts | None:
    """Count a judge's verdicts on the answers in a run that asked it of them; None in any other run."""
    expected, ids = expected_answers(), cells.pairs["pair_id"].to_list()
    if HAND_WRITTEN_ROW not in cells.models_of(judge) or not set(ids) <= set(expected):
        return None
    (place,) = (
        cells.of_judge(judge)[number] for number, name in enumerate(cells.models_of(judge)) if name == HAND_WRITTEN_ROW
    )
    known = _OF_CHANGED if is_changed else (CLEAN, HALLUCINATION)
    held = [(expected[one], number) for number, one in enumerate(ids) if expected[one] in known]
    taken = [(word, bool(cells.is_right[place, number])) for word, number in held]
    return HandCounts(
        num_right=sum(word in _RIGHT for word, _ in taken), num_wrong=sum(word not in _RIGHT for word, _ in taken),
        accepted_right=sum(accepted for word, accepted in taken if word in _RIGHT),
        rejected_wrong=sum(not accepted for word, accepted in taken if word not in _RIGHT),
        num_as_expected=sum(_says(cells, int(place), number) == word for word, number in held),
        num_unscored=sum(not cells.is_scored[place, number] for _, number in held),
    )  # fmt: skip


def _says(cells: Cells, place: int, number: int) -> str | None:
    """Return a judge's outcome in the words of the hand-written answers; None where it is unscored."""
    if not cells.is_scored[place, number]:
        return None
    code = int(cells.verdict[place, number])
    if not cells.pairs["is_no_diff"][number]:
        return VERDICTS_OF_A_JUDGE[code - 1] if code else None
    return CLEAN if cells.is_right[place, number] else HALLUCINATION
