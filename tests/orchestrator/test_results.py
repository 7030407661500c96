"""What counts, and what the tables say of it: every cell one row."""

from pathlib import Path
from typing import Any

import pytest
from ledger_cases import CHANGED, LIMITED, OK, SPOTTED, UNCHANGED, Reply, Sweep
from row_cases import dataset, judge, model

from orchestrator.dispatch import Failure
from orchestrator.executor import Ended
from records.datasets import Dataset
from schemas.records import Answer, Judgement


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return dataset(tmp_path_factory.mktemp("ledger"))


def outcome(pairs: Dataset, root: Path, answer: Reply, verdict: Reply, pair: str) -> tuple[Any, ...]:
    """Return (status, is_correct, number of judge calls) of one cell."""
    sweep = Sweep(root, pairs, [model()], [judge()], [pair]).work(lambda _: answer, lambda _: verdict)
    (row,) = sweep.verdicts()
    return row["status"], row["is_correct"], sweep.num_asked[1]


CASES: dict[str, tuple[Reply, Reply, str, tuple[Any, ...]]] = {
    "found": (OK, SPOTTED, CHANGED, ("ok", True, 1)),
    "partial": (OK, Judgement(verdict="partial"), CHANGED, ("ok", False, 1)),
    "missed": (OK, Judgement(verdict="missed"), CHANGED, ("ok", False, 1)),
    "silent": (OK, Judgement(), UNCHANGED, ("ok", True, 1)),
    "invented": (OK, Judgement(hallucinations=("a box",)), UNCHANGED, ("ok", False, 1)),
    "cut with text": (Answer(text="wo", status="truncated"), SPOTTED, CHANGED, ("ok", True, 1)),
    "cut without": (Answer(text=" \n", status="truncated"), SPOTTED, CHANGED, ("no_answer", False, 0)),
    "empty": (Answer(text="", status="empty"), SPOTTED, CHANGED, ("no_answer", False, 0)),
    "empty, unchanged": (Answer(text="", status="empty"), Judgement(), UNCHANGED, ("no_answer", False, 0)),
    "refused": (Answer(text="I can't", status="refused"), SPOTTED, CHANGED, ("no_answer", False, 0)),
    "refused, unchanged": (Answer(text="I can't", status="refused"), Judgement(), UNCHANGED, ("no_answer", False, 0)),
    "failed": (LIMITED, SPOTTED, CHANGED, ("no_prediction", None, 0)),
    "failed, unchanged": (LIMITED, Judgement(), UNCHANGED, ("no_prediction", None, 0)),
    "unparsed": (OK, Judgement(status="unparsed", error_type="bad_json"), CHANGED, ("unparsed", None, 1)),
    "unparsed, unchanged": (OK, Judgement(status="unparsed"), UNCHANGED, ("unparsed", None, 1)),
    "judge failed": (OK, LIMITED, CHANGED, ("error", None, 1)),
    "judge failed, unchanged": (OK, LIMITED, UNCHANGED, ("error", None, 1)),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "verdict", "pair", "expected"), CASES.values(), ids=CASES)
def test_what_counts(
    answer: Reply, verdict: Reply, pair: str, expected: tuple[Any, ...], pairs: Dataset, tmp_path: Path
) -> None:
    assert outcome(pairs, tmp_path, answer, verdict, pair) == expected


def test_a_row_says_what_came_and_when(pairs: Dataset, tmp_path: Path) -> None:
    answer = Answer(text="words", raw_text="<think>words", completion_tokens=7, cost_usd=1, engine="openai")
    sweep = Sweep(tmp_path, pairs, [model()], [judge()], [UNCHANGED])
    sweep.work(lambda _: answer, lambda _: Judgement(hallucinations=("a", "b"), cost_usd=0.5))
    predictions, verdicts = sweep.tables()
    (prediction,), (verdict,) = predictions.to_dicts(), verdicts.to_dicts()
    assert (prediction["raw_text"], prediction["completion_tokens"], prediction["cost_usd"]) == ("<think>words", 7, 1.0)
    assert (prediction["attempts"], prediction["latency_s"]) == (1, 0.5)
    assert prediction["created_at"].isoformat() == "2023-11-14T22:13:20+00:00"
    assert (verdict["hallucinations"], verdict["num_hallucinations"], verdict["cost_usd"]) == (["a", "b"], 2, 0.5)
    assert verdict["prediction_key"] == prediction["prediction_key"]
    assert verdict["judge_version"] == "1"


def test_a_failed_call_keeps_its_reason(pairs: Dataset, tmp_path: Path) -> None:
    sweep = Sweep(tmp_path, pairs, [model()], [judge()], [CHANGED]).work(lambda _: LIMITED)
    predictions, verdicts = sweep.tables()
    for row in (*predictions.to_dicts(), *verdicts.to_dicts()):
        assert (row["error_type"], row["error_message"]) == ("rate_limited", "429 and no more")
    assert predictions["text"].to_list() == [""]


def test_half_a_character_stops_nothing(pairs: Dataset, tmp_path: Path) -> None:
    r"""A model may well write the JSON escape \ud83d without its other half; UTF-8 and Parquet hold no such text."""
    answer = Answer(text="a \ud83d b", reasoning="\ud83d")
    verdict = Judgement(verdict="correct", hallucinations=("\ud83d",), raw_text="\ud83d")
    sweep = Sweep(tmp_path, pairs, [model()], [judge()], [CHANGED]).work(lambda _: answer, lambda _: verdict)
    predictions, verdicts = sweep.tables()
    assert predictions["text"].to_list() == ["a ? b"]
    assert verdicts.select("hallucinations", "raw_text").rows() == [(["?"], "?")]
    assert Sweep(tmp_path, pairs, [model()], [judge()], [CHANGED]).work().asked == []


def test_a_failures_message_may_hold_anything_too(pairs: Dataset, tmp_path: Path) -> None:
    failure = Failure("bad_reply", "it says \udcff", is_retryable=False)
    sweep = Sweep(tmp_path, pairs, [model()], [judge()], [CHANGED]).work(lambda _: failure)
    assert sweep.tables()[0]["error_message"].to_list() == ["it says ?"]


def test_a_stopped_run_has_rows_for_what_has_ended(pairs: Dataset, tmp_path: Path) -> None:
    sweep = Sweep(tmp_path, pairs, [model()], [judge()])
    first = next(iter(sweep.ledger.first_jobs()))
    (asked,) = sweep.ledger.on_end(Ended(job=first, result=OK, attempts=1, latency_s=0.0))
    predictions, verdicts = sweep.tables()
    assert (predictions.height, verdicts.height) == (1, 0)
    sweep.ledger.on_end(Ended(job=asked, result=SPOTTED, attempts=1, latency_s=0.0))
    assert sweep.tables()[1].height == 1
