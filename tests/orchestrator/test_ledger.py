"""The ledger and the tables: every cell one row, every call once, and what counts."""

from pathlib import Path

import pytest
from ledger_cases import CHANGED, LIMITED, OK, UNCHANGED, Sweep
from row_cases import dataset, judge, model, renamed

from orchestrator.executor import Ended
from orchestrator.ledger import is_judged, kind_of
from records.datasets import Dataset
from schemas.records import Answer, Judgement


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return dataset(tmp_path_factory.mktemp("ledger"))


def test_every_cell_has_one_row(pairs: Dataset, tmp_path: Path) -> None:
    models, judges = (
        [model("a"), model("b", template="Else.")],
        [judge("x"), judge("y", seed=1), judge("z", kind="rules")],
    )
    sweep = Sweep(tmp_path, pairs, models, judges, list(pairs.truths)).work(
        lambda task: LIMITED if task.pair_id == CHANGED else Answer(text=task.row),
        lambda task: LIMITED if (task.row, task.pair_id) == ("y", UNCHANGED) else Judgement(verdict="missed"),
    )
    predictions, verdicts = sweep.tables()
    assert (predictions.height, predictions.unique(["model", "pair_id", "repeat"]).height) == (10, 10)
    assert (verdicts.height, verdicts.unique(["judge", "model", "pair_id", "repeat"]).height) == (30, 30)
    assert sweep.ledger.progress.num_answers == 10
    assert sweep.ledger.progress.num_verdicts == 30
    assert verdicts["is_correct"].null_count() == 2 * 3 + 2
    assert sweep.ledger.progress.calls == len(sweep.asked) == 10 + 24


def test_rows_with_one_key_share_a_call(pairs: Dataset, tmp_path: Path) -> None:
    sweep = Sweep(tmp_path, pairs, [model("a"), renamed(model(), "b")], [judge("x"), judge("y")]).work()
    assert sweep.num_asked == (2, 2)
    predictions, verdicts = sweep.tables()
    assert (predictions.height, verdicts.height) == (4, 8)
    assert set(predictions["model"]) == {"a", "b"}


def test_two_models_that_say_the_same_share_a_verdict(pairs: Dataset, tmp_path: Path) -> None:
    models = [model("a"), model("b", template="Else.")]
    sweep = Sweep(tmp_path, pairs, models, [judge()]).work(lambda _: Answer(text="the same"))
    assert sweep.num_asked == (4, 2)
    assert len(sweep.verdicts()) == 4


@pytest.mark.parametrize("is_late", [False, True])
def test_a_failed_verdict_counts_for_all_who_share_it(is_late: bool, pairs: Dataset, tmp_path: Path) -> None:
    """Whether the second answer comes before the verdict failed, or after: it isn't asked again in this run."""
    models = [model("a"), model("b", template="Else.")]
    sweep = Sweep(tmp_path, pairs, models, [judge()], [CHANGED])
    first, second = sweep.ledger.first_jobs()
    same = [Ended(job=job, result=OK, attempts=1, latency_s=0.0) for job in (first, second)]
    (asked,) = sweep.ledger.on_end(same[0])
    failed = Ended(job=asked, result=LIMITED, attempts=5, latency_s=0.0)
    for ended in [failed, same[1]] if is_late else [same[1], failed]:
        assert sweep.ledger.on_end(ended) == []
    assert [row["status"] for row in sweep.verdicts()] == ["error", "error"]


def test_the_next_run_asks_only_what_failed(pairs: Dataset, tmp_path: Path) -> None:
    models, judges = [model("a"), model("b", template="Else.")], [judge("x"), judge("y", seed=1)]
    first = Sweep(tmp_path, pairs, models, judges).work(
        lambda task: LIMITED if task.row == "a" and task.pair_id == CHANGED else Answer(text=task.row),
        lambda task: LIMITED if task.row == "y" and task.text == "b" else Judgement(verdict="missed"),
    )
    first.store.close()
    again = Sweep(tmp_path, pairs, models, judges)
    assert again.ledger.num_stored_answers() == 3
    again.work(lambda task: Answer(text=task.row))
    assert again.num_asked == (1, 2 + 2)
    assert {row["status"] for row in again.verdicts()} == {"ok"}
    again.store.close()
    third = Sweep(tmp_path, pairs, models, judges).work()
    assert third.asked == []
    assert third.tables()[1].equals(again.tables()[1])


def test_another_judge_repeats_no_prediction(pairs: Dataset, tmp_path: Path) -> None:
    Sweep(tmp_path, pairs, [model()], [judge()]).work().store.close()
    assert Sweep(tmp_path, pairs, [model()], [judge("x"), judge("y", seed=1)]).work().num_asked == (0, 2)


def test_a_verdict_of_an_earlier_run_that_failed_is_asked_again_and_kept_once(pairs: Dataset, tmp_path: Path) -> None:
    Sweep(tmp_path, pairs, [model()], [judge()]).work(verdict=lambda _: LIMITED).store.close()
    again = Sweep(tmp_path, pairs, [model()], [judge()]).work()
    assert again.num_asked == (0, 2)
    assert [row["is_correct"] for row in again.verdicts()] == [True, True]


def test_kinds_name_the_row() -> None:
    assert (kind_of(model("a")), kind_of(judge("a"))) == ("prediction:a", "verdict:a")


@pytest.mark.parametrize(
    ("status", "text", "judged"),
    [
        ("ok", "x", True),
        ("truncated", "x", True),
        ("truncated", " ", False),
        ("empty", "", False),
        ("error", "x", False),
    ],
)
def test_what_judges_see(status: str, text: str, judged: bool) -> None:
    assert is_judged(status, text) is judged
