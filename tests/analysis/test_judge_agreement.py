"""Two judges against each other: tau, kappa, and when there is none."""

import numpy as np
import polars as pl
import pytest
from analysis_frames import pairs_frame, verdicts_frame
from numpy.typing import NDArray
from scipy.stats import kendalltau

from analysis.agreement import explain, judge_agreement
from schemas.tables import JUDGE_AGREEMENT, VERDICTS, conform

NUM_PAIRS = 40
IDS = [f"p{number:02}" for number in range(NUM_PAIRS)]
PAIRS = pairs_frame([(pair_id, "visual_diff", "easy", ["color"]) for pair_id in IDS])


def _verdicts(judge: str, right: NDArray[np.bool_], *, start: int = 0) -> pl.DataFrame:
    """right: (models, pairs)."""
    rows = [
        {"judge": judge, "model": f"m{start + model}", "pair_id": pair_id, "is_correct": bool(is_right)}
        for model, row in enumerate(right)
        for pair_id, is_right in zip(IDS, row, strict=True)
    ]
    return verdicts_frame(rows)


def _matrices(num_models: int = 5) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    generator = np.random.default_rng(0)
    first = generator.random((num_models, NUM_PAIRS)) < np.linspace(0.1, 0.9, num_models)[:, None]
    return first, first ^ (generator.random((num_models, NUM_PAIRS)) < 0.15)


def _both(num_models: int = 5) -> pl.DataFrame:
    first, second = _matrices(num_models)
    return pl.concat([_verdicts("a", first), _verdicts("b", second)])


def test_figures_equal_scipys_and_the_definition() -> None:
    first, second = _matrices()
    row = judge_agreement(_both(), PAIRS, {}, num_resamples=200, seed=3).row(0, named=True)
    assert (row["judge_a"], row["judge_b"], row["num_models"], row["num_pairs"]) == ("a", "b", 5, NUM_PAIRS)
    assert row["kendall_tau"] == pytest.approx(kendalltau(first.sum(axis=1), second.sum(axis=1)).statistic)
    assert row["raw_agreement"] == pytest.approx((first == second).mean())
    chance = first.mean() * second.mean() + (1 - first.mean()) * (1 - second.mean())
    assert row["cohen_kappa"] == pytest.approx(((first == second).mean() - chance) / (1 - chance))
    assert row["kendall_tau_low"] <= row["kendall_tau"] <= row["kendall_tau_high"]
    assert explain(row, NUM_PAIRS) == "the rankings agree over 5 models"


def test_pages_are_resampled_whole() -> None:
    first, second = _matrices(9)
    pages = np.arange(NUM_PAIRS) // 5
    paged = PAIRS.with_columns(page_id=pl.Series([f"page{page:02}" for page in pages]))
    row = judge_agreement(_both(9), paged, {}, num_resamples=200, seed=3).row(0, named=True)
    taus = []
    for drawn in np.random.default_rng(3).integers(0, 8, size=(200, 8)):
        held = np.concatenate([np.flatnonzero(pages == page) for page in drawn])
        taus.append(kendalltau(first[:, held].sum(axis=1), second[:, held].sum(axis=1)).statistic)
    interval = row["kendall_tau_low"], row["kendall_tau_high"]
    assert interval == pytest.approx(tuple(np.nanquantile(taus, [0.025, 0.975])))
    alone = judge_agreement(_both(9), PAIRS, {}, num_resamples=200, seed=3).row(0, named=True)
    assert interval != (alone["kendall_tau_low"], alone["kendall_tau_high"])


def test_the_same_seed_gives_the_same_table() -> None:
    assert judge_agreement(_both(), PAIRS, {}, seed=1).equals(judge_agreement(_both(), PAIRS, {}, seed=1))


def test_probes_stay_out() -> None:
    with_probe = pl.concat([_both(), *(_verdicts(judge, np.ones((1, NUM_PAIRS), bool), start=9) for judge in "ab")])
    kept = judge_agreement(with_probe, PAIRS, {"m9": "probe"}, num_resamples=50)
    assert kept.equals(judge_agreement(_both(), PAIRS, {}, num_resamples=50))


def test_two_models_have_no_tau_but_agree_on_cells() -> None:
    row = judge_agreement(_both(2), PAIRS, {}).row(0, named=True)
    assert (row["kendall_tau"], row["p_value"], row["kendall_tau_low"]) == (None, None, None)
    assert row["raw_agreement"] > 0.5
    assert explain(row, NUM_PAIRS) == "no tau: 2 models, 3 are needed"


@pytest.mark.parametrize(("num_lost", "has_tau"), [(2, True), (3, False)])
def test_tau_needs_95_percent_of_the_pairs(num_lost: int, has_tau: bool) -> None:
    is_lost = (pl.col("model") == "m1") & (pl.col("judge") == "b") & pl.col("pair_id").is_in(IDS[:num_lost])
    verdicts = _both().with_columns(is_correct=pl.when(~is_lost).then("is_correct"))
    row = judge_agreement(verdicts, PAIRS, {}, num_resamples=50).row(0, named=True)
    assert row["num_pairs"] == NUM_PAIRS - num_lost
    assert (row["kendall_tau"] is not None) == has_tau
    if not has_tau:
        assert explain(row, NUM_PAIRS) == "no tau: both scored every model on 37 of 40 pairs, 95% are needed"


def test_level_models_have_no_tau() -> None:
    level = np.ones((4, NUM_PAIRS), dtype=bool)
    row = judge_agreement(pl.concat([_verdicts("a", level), _verdicts("b", level)]), PAIRS, {}).row(0, named=True)
    assert (row["kendall_tau"], row["cohen_kappa"], row["raw_agreement"]) == (None, None, 1.0)
    assert explain(row, NUM_PAIRS) == "no tau: a judge puts all models level"


def test_opposite_rankings_disagree_and_three_models_prove_nothing() -> None:
    stairs = np.arange(NUM_PAIRS)[None] < (np.arange(1, 7) * 6)[:, None]
    opposite = pl.concat([_verdicts("a", stairs), _verdicts("b", stairs[::-1])])
    row = judge_agreement(opposite, PAIRS, {}).row(0, named=True)
    assert row["kendall_tau"] == pytest.approx(-1)
    assert explain(row, NUM_PAIRS) == "the rankings disagree over 6 models"
    three = judge_agreement(opposite.filter(pl.col("model") < "m3"), PAIRS, {}).row(0, named=True)
    assert three["p_value"] == pytest.approx(2 / 6)
    assert explain(three, NUM_PAIRS) == "inconclusive at 3 models"


def test_one_judge_or_none_or_strangers_to_each_other() -> None:
    one = judge_agreement(_verdicts("a", _matrices()[0]), PAIRS, {})
    assert one.is_empty() and one.schema == JUDGE_AGREEMENT
    assert judge_agreement(conform(pl.DataFrame(), VERDICTS, "verdicts"), PAIRS, {}).is_empty()
    apart = pl.concat([_verdicts("a", _matrices()[0]), _verdicts("b", _matrices()[0], start=5)])
    row = judge_agreement(apart, PAIRS, {}).row(0, named=True)
    assert (row["num_models"], row["num_pairs"], row["raw_agreement"], row["kendall_tau"]) == (0, 0, None, None)


def test_three_judges_meet_in_three_pairs() -> None:
    verdicts = pl.concat([_both(), _verdicts("c", _matrices()[0])])
    table = judge_agreement(verdicts, PAIRS, {}, num_resamples=50)
    assert table.select("judge_a", "judge_b").rows() == [("a", "b"), ("a", "c"), ("b", "c")]
    assert table.row(1, named=True)["raw_agreement"] == 1.0
