"""Whether a judge favours itself: against SciPy and statsmodels, and where the answer is known."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from analysis_frames import random_pairs, random_verdicts, verdicts_frame
from scipy.stats import binomtest, ttest_1samp

from analysis.cells import Cells, lay_out
from analysis.clusters import own_clusters
from analysis.self_favouring import NO_OTHER_JUDGE, self_favouring
from benchmarks.coverage_of_corrections import favours
from schemas.analysis_tables import SELF_FAVOURING
from schemas.tables import check


def _table(cells: Cells, contestants: dict[str, list[str]], **roles: str) -> pl.DataFrame:
    found = self_favouring(cells, roles, contestants, own_clusters(cells.pairs))
    return check(found, SELF_FAVOURING, "self_favouring")


def _extra(cells: Cells, own: str, others: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, pair by pair, what the two judges part by on the own row, that less the others' mean, and the places."""
    row = {(judge, model): place for place, (judge, model) in enumerate(cells.rows.iter_rows())}
    own_parts, extras, places = [], [], []
    for pair in range(len(cells.pairs)):
        if not all(cells.is_scored[row[judge, model], pair] for judge in "ab" for model in (own, *others)):
            continue
        parted = {m: int(cells.is_right[row["a", m], pair]) - int(cells.is_right[row["b", m], pair])
                  for m in (own, *others)}  # fmt: skip
        own_parts.append(parted[own])
        extras.append(parted[own] - sum(parted[m] for m in others) / len(others))
        places.append(pair)
    return np.array(own_parts), np.array(extras), np.array(places)


def test_single_pairs_have_mcnemars_test_and_students() -> None:
    pairs = random_pairs(1, num_pairs=150)
    cells = lay_out(random_verdicts(1, pairs, num_models=4), pairs)
    row = _table(cells, {"a": ["m0"]}).row(0, named=True)
    parted, extra, _ = _extra(cells, "m0", ["m1", "m2", "m3"])
    more, fewer = int((parted > 0).sum()), int((parted < 0).sum())
    assert (row["num_only_own"], row["num_only_other"], row["num_pairs"]) == (more, fewer, len(parted))
    assert row["difference"] == pytest.approx(parted.mean())
    assert row["p_value"] == pytest.approx(binomtest(more, more + fewer).pvalue)
    test = ttest_1samp(extra, 0.0)
    assert row["favour"] == pytest.approx(extra.mean())
    assert row["p_favour"] == pytest.approx(test.pvalue) == row["p_holm"]
    assert (row["favour_low"], row["favour_high"]) == pytest.approx(tuple(test.confidence_interval()))


def test_pages_have_the_robust_standard_error_over_clusters() -> None:
    pairs = random_pairs(2, num_pairs=200, num_pages=25)
    cells = lay_out(random_verdicts(2, pairs, num_models=3), pairs)
    row = _table(cells, {"a": ["m2"]}).row(0, named=True)
    _, extra, places = _extra(cells, "m2", ["m0", "m1"])
    pages = cells.pairs["page_id"].to_numpy()[places]
    codes = np.unique(pages, return_inverse=True)[1]
    fit = sm.OLS(extra, np.ones((len(extra), 1))).fit(
        cov_type="cluster", cov_kwds={"groups": codes, "use_correction": True, "df_correction": True}, use_t=True
    )
    # statsmodels scales by (n - 1) / (n - k) too, which is 1 for a mean.
    assert (row["unit"], row["num_clusters"]) == ("page_id", len(set(pages)))
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


def test_a_judge_that_is_kind_to_all_is_not_said_to_favour_itself_and_one_that_does_is_found() -> None:
    false, held = favours(60, 1)
    assert false.value <= 0.15 and held.value >= 0.85
    true, _ = favours(30, 2, kindness=0.3)
    assert true.value > 0.9
