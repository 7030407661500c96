"""What the judges that run anywhere say of the sixty hand-written answers: data that `python -m judge --json` made."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

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
