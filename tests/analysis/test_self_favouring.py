"""Whether a judge favours itself: against SciPy and statsmodels, and where the answer is known."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from analysis_frames import random_pairs, random_verdicts, verdicts_frame
from scipy.stats import binomtest, t, ttest_1samp

from analysis.cells import Cells, lay_out
from analysis.clusters import own_clusters
from analysis.self_favouring import NO_OTHER_JUDGE, above_line, self_favouring
from benchmarks.coverage_of_corrections import favours
from schemas.analysis_tables import SELF_FAVOURING
from schemas.tables import check


def _table(cells: Cells, contestants: dict[str, list[str]], **roles: str) -> pl.DataFrame:
    found = self_favouring(cells, roles, contestants, own_clusters(cells.pairs))
    return check(found, SELF_FAVOURING, "self_favouring")


def _scored(cells: Cells, models: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return both judges' verdicts on the pairs that both scored for all models: (models, pairs) each."""
    row = {(judge, model): place for place, (judge, model) in enumerate(cells.rows.iter_rows())}
    whole = [pair for pair in range(len(cells.pairs))
             if all(cells.is_scored[row[judge, model], pair] for judge in "ab" for model in models)]  # fmt: skip
    first, second = (np.array([[int(cells.is_right[row[judge, model], pair]) for pair in whole] for model in models])
                     for judge in "ab")  # fmt: skip
    return first, second


def _level(first: np.ndarray, second: np.ndarray) -> float:
    """How far the first row's rate lies above NumPy's line through the others."""
    one, other = first.mean(axis=1), second.mean(axis=1)
    slope, base = np.polyfit(other[1:], one[1:], 1)
    return float(one[0] - base - slope * other[0])


def test_single_pairs_have_mcnemars_test_and_the_line_of_numpy() -> None:
    pairs = random_pairs(1, num_pairs=150)
    cells = lay_out(random_verdicts(1, pairs, num_models=4), pairs)
    row = _table(cells, {"a": ["m0"]}).row(0, named=True)
    first, second = _scored(cells, ["m0", "m1", "m2", "m3"])
    more, fewer = int((first[0] > second[0]).sum()), int((first[0] < second[0]).sum())
    assert (row["num_only_own"], row["num_only_other"], row["num_pairs"]) == (more, fewer, first.shape[1])
    assert row["difference"] == pytest.approx(first[0].mean() - second[0].mean())
    assert row["p_value"] == pytest.approx(binomtest(more, more + fewer).pvalue)
    assert row["favour"] == pytest.approx(_level(first, second))
    left = [_level(np.delete(first, pair, 1), np.delete(second, pair, 1)) for pair in range(first.shape[1])]
    error = np.sqrt((len(left) - 1) * np.var(left))
    assert row["p_favour"] == pytest.approx(2 * t.sf(abs(row["favour"]) / error, len(left) - 1))
    low, high = t.interval(0.95, len(left) - 1, row["favour"], error)
    assert (row["favour_low"], row["favour_high"]) == pytest.approx((low, high))


def test_with_few_other_rows_it_is_a_difference_in_differences_with_robust_errors() -> None:
    pairs = random_pairs(2, num_pairs=200)
    cells = lay_out(random_verdicts(2, pairs, num_models=3), pairs)
    row = _table(cells, {"a": ["m2"]}).row(0, named=True)
    first, second = _scored(cells, ["m2", "m0", "m1"])
    extra = (first - second)[0] - (first - second)[1:].mean(axis=0)
    test = ttest_1samp(extra, 0.0)
    assert row["favour"] == pytest.approx(extra.mean())
    assert row["p_favour"] == pytest.approx(test.pvalue) == row["p_holm"]
    assert (row["favour_low"], row["favour_high"]) == pytest.approx(tuple(test.confidence_interval()))


def test_pages_of_one_size_have_the_robust_standard_error_over_clusters() -> None:
    pairs = random_pairs(2, num_pairs=200).with_columns(page_id=pl.Series([f"page{n // 8}" for n in range(200)]))
    verdicts = random_verdicts(2, pairs, num_models=3)
    filled = verdicts_frame(
        {"judge": judge, "model": model, "pair_id": pair_id, "is_correct": bool(said.get((judge, model, pair_id)))}
        for said in [{(r["judge"], r["model"], r["pair_id"]): r["is_correct"] for r in verdicts.iter_rows(named=True)}]
        for judge in "ab" for model in ("m0", "m1", "m2") for pair_id in pairs["id"]
    )  # fmt: skip
    cells = lay_out(filled, pairs)
    row = _table(cells, {"a": ["m2"]}).row(0, named=True)
    first, second = _scored(cells, ["m2", "m0", "m1"])
    extra = (first - second)[0] - (first - second)[1:].mean(axis=0)
    fit = sm.OLS(extra, np.ones((len(extra), 1))).fit(
        cov_type="cluster", cov_kwds={"groups": np.arange(200) // 8, "use_correction": True}, use_t=True
    )
    assert (row["unit"], row["num_clusters"], row["num_pairs"]) == ("page_id", 25, 200)
    assert row["favour"] == pytest.approx(float(fit.params[0]))
    assert row["p_favour"] == pytest.approx(float(fit.pvalues[0]), rel=1e-6)
    low, high = fit.conf_int()[0]
    assert (row["favour_low"], row["favour_high"]) == pytest.approx((low, high), rel=1e-6)


def test_every_other_judge_is_a_row_and_holm_goes_over_all() -> None:
    pairs = random_pairs(4, num_pairs=120)
    cells = lay_out(random_verdicts(4, pairs, num_models=4, judges="abc"), pairs)
    found = _table(cells, {"a": ["m0", "absent"], "b": ["m1"]})
    assert found.select("judge", "model", "other_judge").rows() == [
        ("a", "m0", "b"), ("a", "m0", "c"), ("b", "m1", "a"), ("b", "m1", "c"),
    ]  # fmt: skip
    assert found["num_other_models"].to_list() == [2, 3, 2, 3], (
        "a row that the other judge has the weights of is left out"
    )
    assert (found["p_holm"] >= found["p_favour"]).all()
    assert found["p_holm"].min() == pytest.approx(min(1, 4 * found["p_favour"].min()))


def test_probes_are_no_rows_to_compare_with() -> None:
    pairs = random_pairs(5, num_pairs=60)
    cells = lay_out(random_verdicts(5, pairs, num_models=3), pairs)
    assert _table(cells, {"a": ["m0"]}, m2="probe")["num_other_models"][0] == 1


def test_what_cant_be_told_says_why() -> None:
    pairs = random_pairs(6, num_pairs=30)
    ids = pairs["id"].to_list()

    def cells_of(judges: str, models: list[str], **said: object) -> Cells:
        return lay_out(verdicts_frame({"judge": j, "model": m, "pair_id": i, "is_correct": True, **said}
                                      for j in judges for m in models for i in ids), pairs)  # fmt: skip

    assert _table(cells_of("ab", ["m0"]), {}).is_empty()
    assert _table(cells_of("a", ["m0", "m1"]), {"a": ["m0"]})["reason"].to_list() == [NO_OTHER_JUDGE]
    alone = _table(cells_of("ab", ["m0"]), {"a": ["m0"]}).row(0, named=True)
    assert (alone["difference"], alone["p_value"], alone["favour"]) == (0.0, 1.0, None)
    assert alone["reason"].startswith("no other row") and alone["is_significant"] is None
    level = _table(cells_of("ab", ["m0", "m1"]), {"a": ["m0"]}).row(0, named=True)
    assert (level["favour"], level["p_favour"]) == (0.0, None) and level["reason"]
    lost = _table(cells_of("ab", ["m0", "m1"], is_correct=None, status="error"), {"a": ["m0"]}).row(0, named=True)
    assert (lost["num_pairs"], lost["reason"]) == (0, "no pair that both judges scored")


def test_other_rows_that_lie_as_far_above_are_counted() -> None:
    pairs = random_pairs(9, num_pairs=120)
    cells = lay_out(random_verdicts(9, pairs, num_models=5), pairs)
    row = _table(cells, {"a": ["m0"]}).row(0, named=True)
    first, second = _scored(cells, [f"m{number}" for number in range(5)])
    levels = []
    for own in range(1, 5):
        order = [own, *(other for other in range(1, 5) if other != own)]
        levels.append(_level(first[order], second[order]))
    as_much = sum(level >= row["favour"] for level in levels)
    assert 0 < as_much < 4 and row["num_as_favoured"] == as_much
    assert row["is_significant"] is False


@pytest.mark.parametrize("errors", [(0.95, 0.25, 0.95, 0.05), (0.9, 0.4, 0.7, 0.02)])
def test_judges_that_err_alike_on_all_rows_put_them_on_a_line(errors: tuple[float, ...]) -> None:
    truth = np.array([0.9, 0.1, 0.3, 0.5, 0.7])
    first, second = (truth * right + (1 - truth) * wrong for right, wrong in (errors[:2], errors[2:]))
    assert float(above_line(first, second)) == pytest.approx(0.0, abs=1e-12)
    own = np.where(np.arange(5) == 0, 0.05, 0.0)
    assert float(above_line(first + own, second)) == pytest.approx(0.05)


def test_a_judge_that_is_kind_to_all_is_not_said_to_favour_itself_and_one_that_does_is_found() -> None:
    for is_level in (True, False):
        false, held = favours(60, 1, is_level=is_level)
        assert false.value <= 0.15 and held.value >= 0.8
    (true,) = favours(30, 2, kindness=0.3, own=2)
    assert true.value > 0.8
