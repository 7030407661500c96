"""Leaderboard, recall by operator and outcomes, counted by hand."""

import polars as pl
import pytest
from analysis_frames import pairs_frame, verdicts_frame
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from analysis.tables import found_rates, leaderboard, outcomes, recall_by_operator
from schemas.errors import StoreError
from schemas.tables import LEADERBOARD, RECALL_BY_OPERATOR

PAIRS = pairs_frame(
    [
        ("e1", "visual_diff", "easy", ["color"]),
        ("e2", "visual_diff", "easy", ["border"]),
        ("m1", "visual_diff", "medium", ["color", "border"]),
        ("h1", "visual_diff", "hard", ["color"]),
        ("n1", "no_diff", "no_diff", []),
        ("n2", "no_diff", "unknown", []),
        ("n3", "no_diff", "easy", []),
        ("b1", "benign", "easy", []),
    ]
)


def _cell(pair_id: str, is_correct: bool | None, **more: object) -> dict[str, object]:
    return {"model": "m", "pair_id": pair_id, "is_correct": is_correct, **more}


WHOLE = verdicts_frame(
    [
        _cell("e1", True, verdict="correct", num_hallucinations=2, matched_by="box"),
        _cell("e2", False, verdict="partial"),
        _cell("m1", True, verdict="correct"),
        _cell("h1", None, status="unparsed", num_hallucinations=9),
        _cell("n1", True),
        _cell("n2", False, num_hallucinations=1),
        _cell("n3", False, status="no_answer"),
        _cell("b1", False, num_hallucinations=5),
    ]
)


def _row(verdicts: pl.DataFrame, pairs: pl.DataFrame = PAIRS, **roles: str) -> dict[str, float]:
    return leaderboard(verdicts, pairs, roles).row(0, named=True)


def test_every_rate_divides_by_the_datasets_pairs() -> None:
    row = _row(WHOLE, m="baseline")
    assert {name: row[name] for name in ("role", "num_pairs", "num_judged", "num_unscored")} == {
        "role": "baseline", "num_pairs": 7, "num_judged": 6, "num_unscored": 1,
    }  # fmt: skip
    assert (row["easy_recall"], row["medium_recall"], row["hard_recall"]) == (0.5, 1.0, 0.0)
    assert (row["diff_recall"], row["no_diff_specificity"], row["overall_accuracy"]) == (2 / 4, 1 / 3, 3 / 7)
    assert (row["overall_best"], row["overall_judged"]) == (4 / 7, 3 / 6)


def test_any_difficulty_of_an_unchanged_pair_counts_as_unchanged_and_benign_not_at_all() -> None:
    row = _row(WHOLE.filter(pl.col("pair_id").is_in(["n1", "b1"])))
    assert row["no_diff_specificity"] == 1 / 3
    assert row["easy_recall"] == 0.0
    assert row["num_pairs"] == 7


def test_precision_is_over_claims_of_scored_cells() -> None:
    row = _row(WHOLE)
    assert row["precision"] == 2 / (2 + 2 + 1)
    # Claims of one answer stand or fall together: the interval is wider than that of five lone claims.
    lone = binomtest(2, 5).proportion_ci(method="wilson")
    assert row["precision_low"] < lone.low < row["precision"] < lone.high < row["precision_high"]


def test_no_claims_leave_precision_null() -> None:
    silent = _row(verdicts_frame([_cell("e1", False), _cell("n1", True)]))
    assert silent["precision"] is None
    assert silent["precision_low"] is None


def test_unscored_or_absent_cells_never_raise_a_rate() -> None:
    lost = WHOLE.with_columns(
        is_correct=pl.when(pl.col("pair_id").is_in(["e1", "n1"])).then(None).otherwise("is_correct")
    )
    whole, with_null, without = _row(WHOLE), _row(lost), _row(lost.filter(pl.col("is_correct").is_not_null()))
    assert with_null == without
    assert with_null["num_unscored"] == 3
    assert all(with_null[name] <= whole[name] for name in ("easy_recall", "diff_recall", "overall_accuracy"))


def test_replays_stay_out() -> None:
    replay = verdicts_frame([_cell(pair_id, True, repeat=1) for pair_id in ("e2", "h1", "n2")])
    assert _row(pl.concat([WHOLE, replay])) == _row(WHOLE)


def test_empty_tiers_are_null_and_no_verdicts_give_no_rows() -> None:
    row = _row(WHOLE.filter(pl.col("pair_id") == "n1"), PAIRS.filter(pl.col("task_type") == "no_diff"))
    assert [row[name] for name in ("easy_recall", "diff_recall", "diff_recall_low", "precision")] == [None] * 4
    assert row["overall_accuracy"] == 1 / 3
    empty = leaderboard(WHOLE.clear(), PAIRS, {})
    assert empty.is_empty() and empty.schema == LEADERBOARD


def test_all_unscored() -> None:
    row = _row(verdicts_frame([_cell(pair_id, None, status="error") for pair_id in PAIRS["id"]]))
    assert (row["overall_accuracy"], row["overall_best"], row["overall_judged"]) == (0.0, 1.0, None)
    assert row["precision"] is None


def test_changed_pair_of_no_known_tier_counts_in_recall_only() -> None:
    pairs = pairs_frame([("x", "visual_diff", "brutal", ["color"])])
    verdicts = verdicts_frame([_cell("x", True)])
    assert _row(verdicts, pairs)["diff_recall"] == 1.0
    assert _row(verdicts, pairs)["easy_recall"] is None
    assert recall_by_operator(verdicts, pairs)["tier"].to_list() == ["all"]


def test_a_cell_told_twice_is_refused_by_name() -> None:
    with pytest.raises(StoreError, match="judge rules, model m hold 1 pairs twice, the first e2"):
        leaderboard(pl.concat([WHOLE, WHOLE.filter(pl.col("pair_id") == "e2")]), PAIRS, {})


def test_found_counts_partial_and_boxes_can_be_left_out() -> None:
    row = found_rates(WHOLE, PAIRS).row(0, named=True)
    assert row == {"judge": "rules", "model": "m", "found": 3 / 4, "unboxed_recall": 1 / 4, "num_boxed": 1}


def test_recall_by_operator_counts_a_pair_in_each_of_its_operators() -> None:
    table = recall_by_operator(WHOLE, PAIRS)
    counts = {
        (row["operator"], row["tier"]): (row["num_pairs"], row["num_judged"], row["num_correct"], row["recall"])
        for row in table.iter_rows(named=True)
    }
    assert counts == {
        ("border", "easy"): (1, 1, 0, 0.0),
        ("border", "medium"): (1, 1, 1, 1.0),
        ("border", "all"): (2, 2, 1, 0.5),
        ("color", "easy"): (1, 1, 1, 1.0),
        ("color", "medium"): (1, 1, 1, 1.0),
        ("color", "hard"): (1, 0, 0, 0.0),
        ("color", "all"): (3, 2, 2, 2 / 3),
    }
    assert table.schema == RECALL_BY_OPERATOR


def test_operators_without_a_verdict_still_count_their_pairs() -> None:
    table = recall_by_operator(WHOLE.filter(pl.col("pair_id") == "n1"), PAIRS)
    assert table.filter(pl.col("tier") == "all")["num_pairs"].to_list() == [2, 3]
    assert table["num_judged"].sum() == 0


@given(st.lists(st.sampled_from(["ok", "unparsed", "no_answer", "error"]), max_size=7), st.integers(0, 5))
@settings(deadline=None, max_examples=30)
def test_outcomes_add_up_to_every_cell(statuses: list[str], num_absent: int) -> None:
    rows = [
        _cell(str(number), None, status=status, error_type="timeout" if status == "error" else None)
        for number, status in enumerate(statuses)
    ]
    verdicts = verdicts_frame(rows) if rows else WHOLE.clear()
    counted = outcomes(verdicts, len(rows) + num_absent)
    assert counted["num_cells"].sum() == len(rows) + num_absent
    assert counted.filter(pl.col("status") == "absent")["num_cells"].sum() == num_absent
    assert set(counted["status"]) - {"absent"} == set(statuses)
