"""The correction for a judge's errors, against a plain scalar form, a search, and simulations with known truth."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import kendalltau, norm
from statsmodels.stats.proportion import proportion_confint

from analysis.correction import Calibration, corrected_rates, rogan_gladen, youden_bounds
from benchmarks.coverage_of_corrections import LENIENT, PARTIAL, PROBES, STRICT, by_few_answers, corrections, make_scene
from benchmarks.coverage_of_intervals import WIDE, Kind


def _known(right: float, num_right: float, wrong: float, num_wrong: float) -> Calibration:
    return Calibration(*(np.array([float(one)]) for one in (right, num_right, wrong, num_wrong)))


def _seen(truth: float, sensitivity: float, specificity: float) -> float:
    return truth * sensitivity + (1 - truth) * (1 - specificity)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_estimator_undoes_what_the_judge_did(truth: float, sensitivity: float, specificity: float) -> None:
    if abs(sensitivity + specificity - 1) < 1e-3:
        return
    seen = _seen(truth, sensitivity, specificity)
    assert float(rogan_gladen(seen, sensitivity, specificity)) == pytest.approx(truth, abs=1e-9)
    # By search, without the closed form: the truth at which the judge would show what was seen.
    found = brentq(lambda rate: _seen(rate, sensitivity, specificity) - seen, -0.01, 1.01)
    assert found == pytest.approx(truth, abs=1e-6)


def test_a_coin_tells_nothing() -> None:
    assert math.isnan(float(rogan_gladen(0.4, 0.7, 0.3)))
    assert math.isnan(corrected_rates(np.array([[40.0]]), np.array([100.0]), _known(70, 100, 30, 100)).rate[0])


def _by_the_book(taken: int, pairs: int, known: Calibration) -> tuple[float, float]:
    """Write Lang and Reiczigel's interval in scalars, step by step as their article has it."""
    z = float(norm.ppf(0.975))
    right, num_right, wrong, num_wrong = (float(one[0]) for one in known)
    n, n_se, n_sp = pairs + z**2, num_right + 2, num_wrong + 2
    p, se, sp = (taken + z**2 / 2) / n, (right + 1) / n_se, (wrong + 1) / n_sp
    rate = (p + sp - 1) / (se + sp - 1)
    moved = 2 * z**2 * (rate * se * (1 - se) / n_se - (1 - rate) * sp * (1 - sp) / n_sp)
    variance = p * (1 - p) / n + rate**2 * se * (1 - se) / n_se + (1 - rate) ** 2 * sp * (1 - sp) / n_sp
    half = z * math.sqrt(variance) / (se + sp - 1)
    return max(rate + moved - half, 0.0), min(rate + moved + half, 1.0)


@given(st.integers(0, 90), st.integers(20, 40), st.integers(20, 40))
def test_one_part_has_lang_and_reiczigels_interval(taken: int, right: int, wrong: int) -> None:
    known = _known(right, 40, wrong, 40)
    found = corrected_rates(np.array([[float(taken)]]), np.array([90.0]), known)
    if math.isnan(found.rate[0]):
        return
    low, high = _by_the_book(taken, 90, known)
    rate = min(max((taken / 90 + wrong / 40 - 1) / (right / 40 + wrong / 40 - 1), 0.0), 1.0)
    assert found.rate[0] == pytest.approx(rate)
    assert (found.low[0], found.high[0]) == pytest.approx((min(low, rate), max(high, rate)))


def test_a_perfect_and_well_known_judge_changes_nothing() -> None:
    found = corrected_rates(np.array([[300.0], [0.0], [1000.0]]), np.array([1000.0]), _known(1e9, 1e9, 1e9, 1e9))
    assert found.rate == pytest.approx([0.3, 0.0, 1.0])
    low, high = proportion_confint(300, 1000, method="agresti_coull")
    assert (found.low[0], found.high[0]) == pytest.approx((low, high), abs=1e-6)


def test_parts_are_weighed_by_their_pairs_and_corrected_apart() -> None:
    truth, sizes = np.array([0.9, 0.2]), np.array([1e7, 3e7])
    sensitivity, specificity = np.array([0.9, 0.8]), np.array([0.5, 0.99])
    known = Calibration(sensitivity * 1e9, np.full(2, 1e9), specificity * 1e9, np.full(2, 1e9))
    seen = (truth * sensitivity + (1 - truth) * (1 - specificity)) * sizes
    found = corrected_rates(seen[None], sizes, known)
    assert found.rate[0] == pytest.approx(0.25 * 0.9 + 0.75 * 0.2, abs=1e-6)
    assert found.low[0] < found.rate[0] < found.high[0] < found.low[0] + 0.01


def test_the_order_of_rows_stays_where_one_calibration_serves_all() -> None:
    taken = np.arange(0.0, 101.0, 5)[:, None]
    found = corrected_rates(taken, np.array([100.0]), _known(80, 100, 90, 100))
    told = found.rate[~np.isnan(found.rate)]
    assert (np.diff(told) >= 0).all() and told.min() == 0.0 and told.max() == 1.0


def test_more_answers_of_known_worth_and_pages_move_the_interval() -> None:
    taken, pairs = np.array([[60.0]]), np.array([100.0])
    few, many = (corrected_rates(taken, pairs, _known(0.9 * n, n, 0.8 * n, n)) for n in (30.0, 3000.0))
    paged = corrected_rates(taken, pairs, _known(2700, 3000, 2400, 3000), effect=4.0)
    assert few.high[0] - few.low[0] > 1.3 * (many.high[0] - many.low[0])
    assert paged.high[0] - paged.low[0] > 1.7 * (many.high[0] - many.low[0])


def test_a_rate_that_no_truth_explains_is_not_told() -> None:
    known = _known(950, 1000, 500, 1000)
    found = corrected_rates(np.array([[50.0], [500.0], [999.0]]), np.array([1000.0]), known)
    assert np.isnan(found.rate).tolist() == [True, False, True]
    assert np.isnan(found.low).tolist() == np.isnan(found.high).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("known", "is_told"),
    [((0, 0, 20, 20), False), ((20, 20, 0, 0), False), ((0, 0, 0, 0), False), ((10, 20, 10, 20), False),
     ((2, 20, 3, 20), False), ((13, 20, 12, 20), False), ((19, 20, 19, 20), True)],
)  # fmt: skip
def test_only_a_judge_that_tells_right_from_wrong_is_corrected(known: tuple[int, ...], is_told: bool) -> None:
    held = _known(*known)
    assert held.is_identifiable is is_told
    found = corrected_rates(np.array([[10.0]]), np.array([20.0]), held)
    assert bool(np.isnan(found.rate[0])) is not is_told


def test_nothing_at_all_is_nothing() -> None:
    empty = Calibration(*(np.zeros(0) for _ in range(4)))
    assert not empty.is_identifiable
    assert len(corrected_rates(np.zeros((0, 1)), np.array([9.0]), _known(9, 10, 9, 10)).rate) == 0
    assert np.isnan(corrected_rates(np.zeros((2, 1)), np.array([0.0]), _known(9, 10, 9, 10)).rate).all()


def test_youdens_interval_is_newcombes_for_the_difference_of_two_shares() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    bounds = youden_bounds(_known(56, 70, 32, 80))
    low, high = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff")
    assert (bounds.low[0], bounds.high[0]) == pytest.approx((low, high), abs=1e-6)


SMALL = Kind(name="small", num_per_cell=30, num_no_diff=120, num_models=6)
PAGED = Kind(name="pages", num_per_cell=30, num_no_diff=120, num_models=6, num_pages=150, shared=0.3)


@pytest.mark.parametrize("kind", [SMALL, PAGED], ids=lambda kind: str(kind.name))
@pytest.mark.parametrize("judge", [STRICT, LENIENT, PARTIAL], ids=lambda judge: str(judge.name))
def test_corrected_intervals_hold_the_truth_that_raw_ones_miss(kind: Kind, judge: object) -> None:
    found = {one.what: one.value for one in corrections(make_scene(kind, judge, 0), 30, 1)}  # type: ignore[arg-type]
    # Rows of one leaderboard share the judge's calibration: 30 leaderboards count as 30, four standard errors wide.
    margin = 4 * math.sqrt(0.95 * 0.05 / 30) / 2
    for rate in ("diff_recall", "overall_accuracy"):
        assert WIDE[0] - margin <= found[f"{rate}, corrected holds the truth"] <= 1.0
        assert found[f"{rate}, raw holds the truth"] < 0.5
        assert found[f"{rate}, rows corrected"] == 1.0


def test_a_judge_lenient_to_some_operators_turns_the_order_and_the_correction_turns_it_back() -> None:
    scene = make_scene(Kind(name="whole", num_per_cell=100, num_no_diff=500, num_models=13), PARTIAL, 3)
    truth = scene.true_rates("diff_recall")
    seen = (scene.truth * scene.takes_right + (1 - scene.truth) * scene.takes_wrong)[:, : 39 * 100].mean(axis=1)
    assert kendalltau(seen, truth)[0] < 0.9, "even endless verdicts of this judge give the wrong order"
    found = {one.what: one.value for one in corrections(scene, 10, 4)}
    assert found["diff_recall, tau of the raw order with the true one"] < 0.9
    assert found["diff_recall, tau of the corrected order"] > 0.97
    assert len(PROBES) == 8


def test_a_score_of_answers_is_enough_for_wide_intervals() -> None:
    (held, told) = by_few_answers(400, 5)
    assert held.value > 0.93 and told.value > 0.9
