"""The tables beyond the leaderboard against plain loops over dicts, on random sweeps."""

import itertools
from collections.abc import Mapping
from typing import Any

import krippendorff
import numpy as np
import polars as pl
import pytest
from analysis_frames import random_pairs, random_verdicts
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests

from analysis.tally import Analysis, RunTables, build
from schemas.tables import PREDICTIONS, conform

Cell = tuple[str, str, str]
ROLES = {"m3": "probe"}
MODELS = ["m0", "m1", "m2"]
FAMILIES = {"m0": "open", "m1": "open", "m2": "closed", "m3": "probe"}
PAIRS = random_pairs(1)
VERDICTS = random_verdicts(1, PAIRS, judges="abc")
SAID: dict[Cell, dict[str, Any]] = {
    (row["judge"], row["model"], row["pair_id"]): row for row in VERDICTS.iter_rows(named=True)
}


def _build(pairs: pl.DataFrame, verdicts: pl.DataFrame, **more: Any) -> Analysis:
    told = verdicts.filter(pl.col("judge") == "a").select("model", "pair_id", "repeat", "status")
    tables = RunTables(
        pairs=pairs, predictions=conform(told, PREDICTIONS, "predictions"), verdicts=verdicts, roles=ROLES,
        families=FAMILIES, **more,
    )  # fmt: skip
    return build(tables, num_resamples=300, seed=3)


ANALYSIS = _build(PAIRS, VERDICTS)


def _table(name: str) -> list[dict[str, Any]]:
    return ANALYSIS.statistics[name].to_dicts()


def _operators(pair: Mapping[str, Any]) -> list[str]:
    return [name.removeprefix("mutate_") for name in pair["mutation_types"]]


def _in_scope(pair: Mapping[str, Any], kind: str, name: str) -> bool:
    if kind == "overall":
        return True
    if kind == "operator":
        return pair["task_type"] == "visual_diff" and name in _operators(pair)
    return (pair["task_type"] == "no_diff") if name == "no_diff" else name == pair["difficulty"]


def _pairs(kind: str = "overall", name: str = "all") -> list[dict[str, Any]]:
    return [pair for pair in PAIRS.iter_rows(named=True) if _in_scope(pair, kind, name)]


def _right(judge: str, model: str, pair: Mapping[str, Any]) -> bool | None:
    said = SAID.get((judge, model, pair["id"]))
    return None if said is None else said["is_correct"]


def test_every_scope_and_every_two_models_are_compared() -> None:
    rows = _table("comparisons")
    assert {frozenset((row["model_a"], row["model_b"])) for row in rows} == {
        frozenset(two) for two in itertools.combinations(MODELS, 2)
    }
    scopes = [("overall", "all"), *(("tier", name) for name in ("easy", "medium", "hard", "no_diff"))]
    found = {(row["scope_kind"], row["scope"]) for row in rows}
    assert found == {*scopes, *(("operator", name) for pair in PAIRS["mutation_types"] for name in _named(pair))}
    assert len(rows) == 3 * 3 * len(found)


def _named(types: list[str]) -> list[str]:
    return [name.removeprefix("mutate_") for name in types]


def test_comparisons_equal_a_loop_and_statsmodels() -> None:
    for row in _table("comparisons"):
        held = [
            (_right(row["judge"], row["model_a"], pair), _right(row["judge"], row["model_b"], pair))
            for pair in _pairs(row["scope_kind"], row["scope"])
        ]
        both = [(one, other) for one, other in held if one is not None and other is not None]
        only_a, only_b = both.count((True, False)), both.count((False, True))
        assert (row["num_pairs"], row["num_only_a"], row["num_only_b"]) == (len(both), only_a, only_b)
        expected = mcnemar([[1, only_a], [only_b, 1]], exact=True).pvalue if only_a + only_b else 1.0
        assert row["p_mcnemar"] == row["p_value"] == pytest.approx(min(1.0, expected))
        assert row["difference"] == pytest.approx((only_a - only_b) / len(both))
        assert row["difference_low"] <= row["difference"] <= row["difference_high"]


def test_holm_runs_over_models_and_operators() -> None:
    for (_, _), rows in ANALYSIS.statistics["comparisons"].partition_by("judge", "scope_kind", as_dict=True).items():
        expected = multipletests(rows["p_value"].to_numpy(), method="holm")[1]
        assert np.allclose(rows["p_holm"].to_numpy(), expected)
        assert rows["is_significant"].to_list() == (expected <= 0.05).tolist()


def _num_right(judge: str, model: str) -> int:
    return sum(bool(_right(judge, model, pair)) for pair in _pairs())


def test_the_first_of_two_has_more_right_answers() -> None:
    for row in _table("comparisons"):
        assert _num_right(row["judge"], row["model_a"]) >= _num_right(row["judge"], row["model_b"])


def test_detectable_differences_rest_on_the_mean_discordance() -> None:
    rows = {(row["judge"], row["scope_kind"], row["scope"]): row for row in _table("detectable")}
    for (judge, kind, scope), compared in (
        ANALYSIS.statistics["comparisons"].partition_by("judge", "scope_kind", "scope", as_dict=True).items()
    ):
        row = rows[str(judge), str(kind), str(scope)]
        shares = [(one["num_only_a"] + one["num_only_b"]) / one["num_pairs"] for one in compared.iter_rows(named=True)]
        apart = [share for share in shares if share]
        assert row["discordance"] == pytest.approx(np.mean(apart)) if apart else row["discordance"] is None
        assert row["num_pairs"] == len(_pairs(str(kind), str(scope)))
        assert (row["detectable_corrected"] is None) == (row["reason"] is not None)
    overall = rows["a", "overall", "all"]
    assert 0 < overall["detectable"] < overall["detectable_corrected"] < overall["discordance"]


def _kappa(one: list[bool], other: list[bool]) -> float:
    table = [[sum(a == x and b == y for a, b in zip(one, other, strict=True)) for y in (1, 0)] for x in (1, 0)]
    return float(cohens_kappa(np.array(table)).kappa)


def test_agreement_equals_statsmodels_and_the_krippendorff_package() -> None:
    for row in _table("agreement_by_scope"):
        judges = "abc" if row["judge_a"] == "all" else (row["judge_a"], row["judge_b"])
        pairs = _pairs(row["scope_kind"], row["scope"])
        ratings = np.array(
            [[_right(judge, model, pair) for model in MODELS for pair in pairs] for judge in judges], dtype=float
        )
        twos = [
            (one, other)
            for first, second in itertools.combinations(ratings, 2)
            for one, other in zip(first, second, strict=True)
            if not np.isnan(one + other)
        ]
        if len(judges) == 2:
            kept = ~np.isnan(ratings).any(axis=0)
            ratings = ratings[:, kept]
            assert row["cohen_kappa"] == pytest.approx(_kappa(*(values.astype(bool).tolist() for values in ratings)))
            assert row["raw_agreement_low"] <= row["raw_agreement"] <= row["raw_agreement_high"]
            assert row["num_cells"] == len(twos)
        assert row["raw_agreement"] == pytest.approx(np.mean([one == other for one, other in twos]))
        expected = krippendorff.alpha(ratings, level_of_measurement="nominal", value_domain=[0, 1])
        assert row["krippendorff_alpha"] == pytest.approx(expected)


def test_agreement_by_pair_equals_a_loop_and_the_krippendorff_package() -> None:
    rows = {row["pair_id"]: row for row in _table("agreement_by_pair")}
    assert len(rows) == len(PAIRS)
    for pair in _pairs():
        row = rows[pair["id"]]
        ratings = np.array([[_right(judge, model, pair) for model in MODELS] for judge in "abc"], dtype=float)
        twos = [
            one == other
            for first, second in itertools.combinations(ratings, 2)
            for one, other in zip(first, second, strict=True)
            if not np.isnan(one + other)
        ]
        assert (row["num_verdicts"], row["num_right"]) == ((~np.isnan(ratings)).sum(), np.nansum(ratings))
        assert row["raw_agreement"] == (pytest.approx(np.mean(twos)) if twos else None)
        if row["krippendorff_alpha"] is not None:
            expected = krippendorff.alpha(ratings, level_of_measurement="nominal", value_domain=[0, 1])
            assert row["krippendorff_alpha"] == pytest.approx(expected)


def test_recall_by_domain_equals_a_loop() -> None:
    rows = {
        (row["judge"], row["model"], row["operator"], row["tier"], row["domain"]): row
        for row in _table("recall_by_domain")
    }
    changed = [pair for pair in _pairs() if pair["task_type"] == "visual_diff"]
    names = sorted({name for pair in changed for name in _operators(pair)})
    num_found = 0
    for operator, tier, domain in itertools.product(
        ["all", *names], ["all", "easy", "medium", "hard"], ["all", *sorted(set(PAIRS["domain"]))]
    ):
        held = [
            pair
            for pair in changed
            if operator in ("all", *_operators(pair))
            and tier in ("all", pair["difficulty"])
            and domain in ("all", pair["domain"])
        ]
        for judge, model in itertools.product("abc", [*MODELS, "m3"]):
            row = rows.get((judge, model, operator, tier, domain))
            assert (row is None) == (not held)
            if row:
                right = [_right(judge, model, pair) for pair in held]
                counts = len(held), sum(one is not None for one in right), sum(one is True for one in right)
                assert (row["num_pairs"], row["num_judged"], row["num_correct"]) == counts
                wilson = stats.binomtest(counts[2], counts[0]).proportion_ci(method="wilson")
                assert (row["recall_low"], row["recall_high"]) == pytest.approx((wilson.low, wilson.high), abs=1e-9)
                num_found += 1
    assert num_found == len(rows)


def test_families_are_means_of_their_members() -> None:
    board = {(row["judge"], row["model"]): row for row in ANALYSIS.leaderboard.iter_rows(named=True)}
    rows = _table("families")
    assert {(row["judge"], row["family"]) for row in rows} == set(itertools.product("abc", ["open", "closed"]))
    for row in rows:
        members = [name for name in MODELS if FAMILIES[name] == row["family"]]
        expected = np.mean([board[row["judge"], name][row["rate"]] for name in members])
        assert row["average"] == pytest.approx(expected) and row["num_models"] == len(members)
        assert row["average_low"] < row["average"] < row["average_high"] or row["average"] in (0, 1)
    lone = next(row for row in rows if (row["judge"], row["family"], row["rate"]) == ("a", "closed", "diff_recall"))
    member = board["a", "m2"]
    assert (lone["average_low"], lone["average_high"]) == (member["diff_recall_low"], member["diff_recall_high"])


def _cells(
    judge: str, model: str, kind: str = "overall", name: str = "all"
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    held = [(pair, SAID.get((judge, model, pair["id"]))) for pair in _pairs(kind, name)]
    return [(pair, said) for pair, said in held if said is not None and said["is_correct"] is not None]


def test_nameability_equals_a_loop() -> None:
    for row in _table("nameability"):
        kind = "overall" if row["operator"] == "all" else "operator"
        cells = [
            said["verdict"]
            for pair, said in _cells(row["judge"], row["model"], kind, row["operator"])
            if pair["task_type"] == "visual_diff"
        ]
        size = sum(pair["task_type"] == "visual_diff" for pair in _pairs(kind, row["operator"]))
        named, misnamed = cells.count("correct"), cells.count("partial")
        assert (row["num_pairs"], row["num_named"], row["num_misnamed"]) == (size, named, misnamed)
        assert (row["num_missed"], row["num_unscored"]) == (len(cells) - named - misnamed, size - len(cells))
        assert row["found"] == pytest.approx((named + misnamed) / size)
        wilson = stats.binomtest(named, named + misnamed).proportion_ci(method="wilson")
        assert row["named_when_found"] == pytest.approx(named / (named + misnamed))
        assert (row["named_when_found_low"], row["named_when_found_high"]) == pytest.approx((wilson.low, wilson.high))


def test_claims_equal_a_loop() -> None:
    num_changed = sum(pair["task_type"] == "visual_diff" for pair in _pairs())
    for row in _table("claims"):
        cells = _cells(row["judge"], row["model"])
        answered = [(pair, said) for pair, said in cells if said["status"] != "no_answer"]
        changed = [(pair, said) for pair, said in cells if pair["task_type"] == "visual_diff"]
        found = [said["verdict"] in ("correct", "partial") for _, said in changed]
        invented = sum(said["num_hallucinations"] for _, said in cells)
        right = sum(said["is_correct"] for _, said in changed)
        assert (row["num_scored"], row["num_invented"]) == (len(cells), invented)
        assert row["num_claims"] == sum(found) + invented
        assert row["claims_per_answer"] == pytest.approx((sum(found) + invented) / len(answered))
        assert row["inventions_per_answer"] == pytest.approx(invented / len(answered))
        invents = [said["num_hallucinations"] > 0 for _, said in answered]
        assert row["invention_rate"] == pytest.approx(np.mean(invents))
        assert row["partial_rate"] == pytest.approx(np.mean([said["verdict"] == "partial" for _, said in changed]))
        asked = [said for pair, said in answered if pair["task_type"] == "visual_diff"]
        silent = [not said["num_hallucinations"] and said["verdict"] == "missed" for said in asked]
        assert row["abstention_rate"] == pytest.approx(np.mean(silent))
        unanswered = sum(said["status"] == "no_answer" for _, said in cells)
        assert row["no_answer_rate"] == pytest.approx(unanswered / len(PAIRS))
        precision, recall = right / (right + invented), right / num_changed
        assert row["precision"] == pytest.approx(precision)
        assert row["f1"] == pytest.approx(2 * precision * recall / (precision + recall))
        assert row["f1_low"] < row["f1"] < row["f1_high"]


def test_correlations_equal_scipys_over_scored_pairs() -> None:
    rows = _table("magnitude")
    assert {row["measure"] for row in rows} == {"pixel_diff", "box_area"}
    for row in rows:
        kind = "overall" if row["operator"] == "all" else "operator"
        pairs = [pair for pair in _pairs(kind, row["operator"]) if pair["task_type"] == "visual_diff"]
        size = {pair["id"]: pair["pixel_diff"] for pair in pairs}
        if row["measure"] == "box_area":
            size = {pair["id"]: pair["target_bbox_w"] * pair["target_bbox_h"] for pair in pairs}
        models = MODELS if row["model"] == "all" else [row["model"]]
        right = {pair["id"]: [_right(row["judge"], model, pair) for model in models] for pair in pairs}
        kept = [pair_id for pair_id, ratings in right.items() if None not in ratings]
        share = [np.mean([bool(one) for one in right[pair_id]]) for pair_id in kept]
        assert row["num_pairs"] == len(kept)
        if row["reason"] is None:
            expected = stats.spearmanr([size[pair_id] for pair_id in kept], share).statistic
            assert row["correlation"] == pytest.approx(expected)
            assert row["correlation_low"] < row["correlation"] < row["correlation_high"]


def test_curves_hold_every_changed_pair_once_in_ascending_bins() -> None:
    curve = ANALYSIS.statistics["magnitude_curve"]
    num_changed = sum(pair["task_type"] == "visual_diff" for pair in _pairs())
    for (judge, model, _), rows in curve.partition_by("judge", "model", "measure", as_dict=True).items():
        assert rows["num_pairs"].sum() == num_changed
        ends = [value for row in rows.iter_rows(named=True) for value in (row["measure_from"], row["measure_to"])]
        assert ends == sorted(ends) and rows["measure_from"].is_unique().all()
        if model != "all":
            named = sum(
                _right(str(judge), str(model), pair) is True for pair in _pairs() if pair["task_type"] == "visual_diff"
            )
            assert rows["num_correct"].sum() == named
        members = [held["num_correct"].sum() for held in _members(curve, judge, rows["measure"][0])]
        expected = np.mean(members) if model == "all" else rows["num_correct"].sum()
        assert (rows["recall"] * rows["num_pairs"]).sum() == pytest.approx(expected)


def _members(curve: pl.DataFrame, judge: object, measure: str) -> list[pl.DataFrame]:
    held = curve.filter((pl.col("judge") == judge) & (pl.col("measure") == measure) & pl.col("model").is_in(MODELS))
    return held.partition_by("model")


def test_intervals_bound_the_unscored_and_show_every_unit() -> None:
    board = {(row["judge"], row["model"]): row for row in ANALYSIS.leaderboard.iter_rows(named=True)}
    for row in _table("intervals"):
        ranked = board[row["judge"], row["model"]]
        assert row["estimate"] == ranked[row["rate"]]
        if row["unit"] == "pair":
            assert (row["low"], row["high"]) == (ranked[row["rate"] + "_low"], ranked[row["rate"] + "_high"])
        assert row["bootstrap_low"] <= row["estimate"] <= row["bootstrap_high"]
        if row["rate"] == "overall_accuracy":
            assert (row["worst"], row["best"]) == (ranked["overall_accuracy"], ranked["overall_best"])
    assert {row["unit"] for row in _table("intervals")} == {"pair", "domain"}


def test_ranks_lie_within_their_intervals() -> None:
    lenient = _build(PAIRS, VERDICTS.filter(pl.col("is_correct").is_not_null()))
    for row in _table("ranks"):
        assert row["rank"] is None and row["reason"].startswith("no rank: ")
    scored = VERDICTS.with_columns(
        is_correct=pl.col("is_correct").fill_null(False), num_hallucinations=pl.col("num_hallucinations").fill_null(0)
    )
    absent = lenient.statistics["ranks"]
    assert absent["rank"].null_count() == len(absent)
    whole = pl.concat([scored, *(_absent(scored, judge, model) for judge in "abc" for model in MODELS)])
    for row in _build(PAIRS, whole).statistics["ranks"].iter_rows(named=True):
        assert row["reason"] is None
        assert row["rank_low"] <= row["rank"] <= row["rank_high"]
        assert 1 <= row["rank_best"] <= row["rank"] <= row["rank_worst"] <= 3


def _absent(verdicts: pl.DataFrame, judge: str, model: str) -> pl.DataFrame:
    held = verdicts.filter((pl.col("judge") == judge) & (pl.col("model") == model))
    lost = PAIRS.filter(~pl.col("id").is_in(held["pair_id"].to_list()))["id"]
    return verdicts.head(len(lost)).with_columns(
        judge=pl.lit(judge),
        model=pl.lit(model),
        pair_id=lost,
        is_correct=pl.lit(False),
        num_hallucinations=pl.lit(0, dtype=pl.Int64),
    )
