"""What can't be computed is null with a reason: one model, all ties, empty cells, all unscored, nothing at all."""

import datetime
import math
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from analysis_frames import pairs_frame, random_pairs, random_verdicts, verdicts_frame
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.agreement import judge_agreement
from analysis.costs import costs
from analysis.paired import cluster_sign_test
from analysis.tally import Analysis, RunTables, build
from schemas.analysis_tables import STATISTICS
from schemas.tables import PREDICTIONS, RUN_PAIRS, VERDICTS, check, conform

PAIRS = random_pairs(2, num_pairs=60)
WHOLE = random_verdicts(2, PAIRS)


def _build(verdicts: pl.DataFrame, pairs: pl.DataFrame = PAIRS, predictions: pl.DataFrame | None = None) -> Analysis:
    told = conform(pl.DataFrame(), PREDICTIONS, "predictions") if predictions is None else predictions
    tables = RunTables(pairs=pairs, predictions=told, verdicts=verdicts, families={"m0": "open"})
    analysis = build(tables, num_resamples=40)
    for name, frame in analysis.statistics.items():
        check(frame, STATISTICS[name], name)
        numbers = frame.select(pl.col(pl.Float64))
        assert not any(
            numbers[column].is_nan().any() or numbers[column].is_infinite().any() for column in numbers.columns
        )
    return analysis


def _one_model() -> pl.DataFrame:
    return WHOLE.filter(pl.col("model") == "m0")


def _all_ties() -> pl.DataFrame:
    return verdicts_frame(
        {"judge": judge, "model": model, "pair_id": pair_id, "is_correct": True, "verdict": "correct"}
        for judge in "ab" for model in ("m0", "m1") for pair_id in PAIRS["id"]
    )  # fmt: skip


def _all_unscored() -> pl.DataFrame:
    return WHOLE.with_columns(
        status=pl.lit("error"), is_correct=pl.lit(None, dtype=pl.Boolean), verdict=pl.lit(None, dtype=pl.String),
        num_hallucinations=pl.lit(None, dtype=pl.Int64),
    )  # fmt: skip


def _nothing() -> pl.DataFrame:
    return conform(pl.DataFrame(), VERDICTS, "verdicts")


@pytest.mark.parametrize("make", [_one_model, _all_ties, _all_unscored, _nothing, lambda: WHOLE])
@pytest.mark.parametrize("pairs", [PAIRS, PAIRS.clear(), PAIRS.filter(pl.col("task_type") == "no_diff"), PAIRS.head(1)])
def test_every_table_is_made_of_whatever_there_is(make: Callable[[], pl.DataFrame], pairs: pl.DataFrame) -> None:
    assert set(_build(make(), pairs).statistics) == set(STATISTICS)


def test_one_model_is_compared_with_nothing() -> None:
    found = _build(_one_model()).statistics
    assert found["comparisons"].is_empty() and found["rank_flips"].is_empty()
    assert set(found["detectable"]["reason"]) == {"one model: nothing to compare"}
    assert found["detectable"]["detectable"].null_count() == len(found["detectable"])
    scored = _one_model().with_columns(is_correct=pl.col("is_correct").fill_null(False))
    full = pl.concat([scored, _filled(scored)])
    ranks = _build(full).statistics["ranks"]
    assert set(ranks["reason"]) == {"one ranked row: its rank is certain"}
    assert ranks.select("rank", "rank_low", "rank_high", "rank_best", "rank_worst").rows() == [(1, 1, 1, 1, 1)] * 2


def _filled(verdicts: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for judge in "ab":
        held = set(verdicts.filter(pl.col("judge") == judge)["pair_id"])
        rows += [
            {"judge": judge, "model": "m0", "pair_id": pair_id, "is_correct": False}
            for pair_id in PAIRS["id"] if pair_id not in held
        ]  # fmt: skip
    return verdicts_frame(rows)


def test_ties_are_never_significant_and_say_so() -> None:
    found = _build(_all_ties()).statistics
    compared = found["comparisons"]
    assert set(compared["reason"]) == {"the two never differ"}
    assert set(compared["p_holm"]) == {1.0} and not compared["is_significant"].any()
    assert set(found["detectable"]["reason"]) == {"no two models ever differ"}
    assert found["ranks"]["rank_worst"].to_list() == [2] * 4
    assert set(found["magnitude"]["reason"]) <= {"all right, or all wrong", "fewer than 10 pairs"}
    assert found["magnitude"]["correlation"].null_count() == len(found["magnitude"])
    agreement = found["agreement_by_scope"]
    assert set(agreement["raw_agreement"]) == {1.0}
    assert set(agreement["reason"]) == {"all verdicts are alike: nothing beyond chance can be told"}


def test_all_unscored_has_reasons_everywhere() -> None:
    found = _build(_all_unscored()).statistics
    assert set(found["comparisons"]["reason"]) == {"no pair that both were scored on"}
    assert found["comparisons"]["p_value"].null_count() == len(found["comparisons"])
    assert set(found["nameability"]["reason"]) == set(found["claims"]["reason"]) == {"no cell was scored"}
    assert found["claims"]["precision"].null_count() == len(found["claims"])
    assert set(found["agreement_by_scope"]["reason"]) == {"no cell that both scored"}
    assert found["ranks"]["rank"].null_count() == len(found["ranks"])
    bounds = found["intervals"].filter((pl.col("rate") == "overall_accuracy") & (pl.col("unit") == "pair"))
    assert set(bounds["worst"]) == {0.0} and set(bounds["best"]) == {1.0}
    assert found["magnitude"]["num_pairs"].sum() == 0


def test_an_absent_cell_counts_as_unscored() -> None:
    lost = WHOLE.filter(~((pl.col("model") == "m1") & (pl.col("judge") == "a")))
    found = _build(lost).statistics
    assert "m1" not in set(found["comparisons"].filter(pl.col("judge") == "a")["model_b"])
    agreement = found["agreement_by_scope"].filter(pl.col("scope_kind") == "overall")
    assert agreement["num_cells"][0] < 3 * len(PAIRS)


PAGED = random_pairs(3, num_pairs=150, num_pages=20)


def test_pages_turn_the_test_to_whole_clusters() -> None:
    verdicts = random_verdicts(3, PAGED, num_models=3, judges="a")
    analysis = _build(verdicts, PAGED)
    right = {(row["model"], row["pair_id"]): row["is_correct"] for row in verdicts.iter_rows(named=True)}
    pages = dict(PAGED.select("id", "page_id").rows())
    for row in analysis.statistics["comparisons"].filter(pl.col("scope_kind") == "overall").iter_rows(named=True):
        ahead: dict[str, int] = {}
        for pair_id, page in pages.items():
            one, other = right.get((row["model_a"], pair_id)), right.get((row["model_b"], pair_id))
            if one is not None and other is not None:
                ahead[page] = ahead.get(page, 0) + int(one) - int(other)
        assert row["unit"] == "page_id" and row["num_clusters"] == len(ahead)
        assert row["p_value"] == pytest.approx(cluster_sign_test(np.array(list(ahead.values()))))
        assert row["p_mcnemar"] != row["p_value"]
    units = set(analysis.statistics["intervals"]["unit"])
    assert units == {"pair", "page_id", "domain"}
    paged = analysis.statistics["intervals"].filter(pl.col("unit") == "page_id")
    board = {row["model"]: row for row in analysis.leaderboard.iter_rows(named=True)}
    for row in paged.iter_rows(named=True):
        assert (row["low"], row["high"]) == (
            board[row["model"]][f"{row['rate']}_low"],
            board[row["model"]][f"{row['rate']}_high"],
        )


def test_recall_by_domain_reckons_with_pages_too() -> None:
    analysis = _build(random_verdicts(3, PAGED, num_models=2, judges="a"), PAGED)
    held = analysis.statistics["recall_by_domain"].filter((pl.col("domain") == "all") & (pl.col("operator") != "all"))
    by_operator = analysis.recall_by_operator.join(held, on=["judge", "model", "operator", "tier"], suffix="_held")
    assert len(by_operator) == len(analysis.recall_by_operator)
    for name in ("num_pairs", "num_judged", "num_correct", "recall", "recall_low", "recall_high"):
        assert by_operator[name].equals(by_operator[f"{name}_held"].alias(name))


def test_a_flip_is_backed_only_where_both_judges_are_sure() -> None:
    ids = [f"p{number}" for number in range(40)]
    pairs = pairs_frame([(pair_id, "visual_diff", "easy", ["color"]) for pair_id in ids])
    right = {"a": {"m0": 30, "m1": 10, "m2": 9}, "b": {"m0": 8, "m1": 28, "m2": 29}}
    verdicts = verdicts_frame(
        {"judge": judge, "model": model, "pair_id": pair_id, "is_correct": number < count}
        for judge, models in right.items() for model, count in models.items() for number, pair_id in enumerate(ids)
    )  # fmt: skip
    flips = _build(verdicts, pairs).statistics["rank_flips"]
    rows = {(row["model_a"], row["model_b"]): row for row in flips.iter_rows(named=True)}
    assert set(rows) == {("m0", "m1"), ("m0", "m2"), ("m1", "m2")}
    assert rows["m0", "m1"]["difference_a"] == 0.5 and rows["m0", "m1"]["difference_b"] == -0.5
    assert {two: row["is_backed"] for two, row in rows.items()} == {
        ("m0", "m1"): True, ("m0", "m2"): True, ("m1", "m2"): False,
    }  # fmt: skip
    assert judge_agreement(verdicts, pairs, {})["kendall_tau"][0] == pytest.approx(-1.0)


def test_calls_are_counted_once_and_priced() -> None:
    when = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    rows = [
        {"prediction_key": key, "model": "m0", "pair_id": f"p{number}", "repeat": 0, "attempts": 1 + number,
         "prompt_tokens": 100, "completion_tokens": 10, "cost_usd": 0.5, "latency_s": latency, "created_at": when}
        for number, (key, latency) in enumerate([("k1", 1.0), ("k2", 2.0), ("k3", 3.0), ("k3", 3.0)])
    ]  # fmt: skip
    types = {name: dtype for name, dtype in PREDICTIONS.items() if name in rows[0]}
    predictions = conform(pl.DataFrame(rows, schema=types), PREDICTIONS, "predictions")
    verdicts = verdicts_frame(
        {"model": model, "pair_id": f"p{number}", "is_correct": number < 2, "verdict_key": f"v{number}", "attempts": 1}
        for model in ("m0", "m1") for number in range(4)
    )  # fmt: skip
    pairs = pairs_frame([(f"p{number}", "visual_diff", "easy", ["color"]) for number in range(4)])
    found = _build(verdicts, pairs, predictions).statistics
    model, judge = found["costs"].to_dicts()
    assert (model["num_rows"], model["num_calls"], model["num_timed"]) == (4, 3, 3)
    assert (model["cost_usd"], model["cost_without_reuse_usd"], model["cost_per_call_usd"]) == (1.5, 2.0, 0.5)
    assert (model["prompt_tokens"], model["completion_tokens"], model["tokens_per_call"]) == (300, 30, 110.0)
    latencies = [model[f"latency_{name}_s"] for name in ("mean", "p50", "p90", "max")]
    assert latencies == [2, 2, 3, 3]
    assert (model["num_reused"], model["latency_cold_s"], model["latency_cached_s"]) == (1, 9 / 4, 6 / 4)
    assert (judge["kind"], judge["num_rows"], judge["num_calls"], judge["reason"]) == (
        "judge", 8, 4, "no prices known: no cost",
    )  # fmt: skip
    right = {row["model"]: row for row in found["cost_per_correct"].iter_rows(named=True)}
    assert (right["m0"]["num_correct"], right["m0"]["cost_per_correct_usd"]) == (2, 0.75)
    assert right["m0"]["cost_per_correct_without_reuse_usd"] == 1.0
    assert right["m1"]["reason"] == "no prices known: no cost"


@given(seed=st.integers(0, 2**32 - 1), is_lazy=st.booleans())
@settings(max_examples=25, deadline=None)
def test_costs_are_the_same_to_the_last_bit_in_any_order_of_rows(seed: int, is_lazy: bool) -> None:
    draw = np.random.default_rng(0)
    size = 3_000
    told = pl.DataFrame({
        "prediction_key": [f"k{number}" for number in draw.integers(0, 2_500, size)],
        "model": pl.Series(draw.choice(["m0", "m1", "m2"], size)),
    }).with_columns(
        cost_usd=pl.struct("model", "prediction_key").hash(1) * 1e-22,
        latency_s=pl.struct("model", "prediction_key").hash(2) * 1e-18,
        attempts=pl.struct("model", "prediction_key").hash(3).cast(pl.Int64, wrap_numerical=True) % 3,
    )  # fmt: skip
    answers = conform(told, PREDICTIONS, "predictions")
    mixed = answers.sample(fraction=1.0, shuffle=True, seed=seed)
    expected = costs(answers, VERDICTS.to_frame())
    assert costs(mixed.lazy() if is_lazy else mixed, VERDICTS.to_frame()).equals(expected)
    m0 = told.filter(model="m0")
    row = expected.row(0, named=True)
    assert row["cost_without_reuse_usd"] == pytest.approx(math.fsum(m0["cost_usd"]), rel=1e-9)
    assert row["cost_usd"] == pytest.approx(math.fsum(m0.unique("prediction_key")["cost_usd"]), rel=1e-9)
    assert row["num_reused"] == len(m0) - m0["prediction_key"].n_unique()


def test_pairs_keep_their_columns() -> None:
    assert PAIRS.schema == RUN_PAIRS
