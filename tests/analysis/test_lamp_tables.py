"""Probes, accuracies and corrected rates of a run, against loops over its verdicts; and what can't be told."""

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest
from analysis_frames import pairs_frame, random_pairs, random_verdicts, verdicts_frame

from analysis.cells import lay_out
from analysis.clusters import own_clusters
from analysis.console_lamp import lamp_lines
from analysis.corrected import DOES_NOT_FIT, MIN_CALIBRATED, NO_CALIBRATION, NOT_IDENTIFIABLE, RATES
from analysis.correction import Calibration, corrected_rates
from analysis.facts import RunFacts, read_facts
from analysis.intervals import wilson
from analysis.judge_accuracy import HAND_WRITTEN, PROBES
from analysis.measured import hand_counts, hand_counts_of, measured_answers
from analysis.probes import NOT_HELD, NOT_JUDGED, judge_probes
from analysis.tally import Analysis, RunTables, build
from schemas.probes import CLEAN, EXPECTED, FLAWS
from schemas.tables import PREDICTIONS
from schemas.vocabulary import VERDICTS_OF_A_JUDGE

RIGHT, WRONG = ("oracle", "truth_plus_invention"), ("vague", "wrong_direction", "refusal")
SHOWN = (*RIGHT, *WRONG, "shotgun", "empty")


def _config(*probes: str, judges: Mapping[str, object] | None = None) -> dict[str, object]:
    rows = {
        name: {"name": name, "role": "probe", "adapter": {"kind": "flawed_oracle", "flaw": name} if name in FLAWS
               else {"kind": name}}
        for name in probes
    }  # fmt: skip
    models = rows | {f"m{n}": {"name": f"m{n}", "role": "model", "adapter": {"kind": "vlm_chat"}} for n in range(4)}
    held = {name: {"name": name, "judge": judge} for name, judge in (judges or {}).items()}
    return {"models": models, "judges": held}


def _build(verdicts: pl.DataFrame, pairs: pl.DataFrame, config: Mapping[str, object]) -> Analysis:
    models = config["models"]
    assert isinstance(models, dict)
    tables = RunTables(
        pairs=pairs, predictions=PREDICTIONS.to_frame(), verdicts=verdicts, facts=read_facts(config),
        roles={name: row["role"] for name, row in models.items()},
    )  # fmt: skip
    return build(tables, num_resamples=0)


PAIRS = random_pairs(7, num_pairs=150)
RAW = random_verdicts(7, PAIRS, num_models=5)
NAMES = (*SHOWN, "m0", "m1", "m2")
DRAWN = [RAW, random_verdicts(8, PAIRS, num_models=5)]
VERDICTS = pl.concat(
    drawn.with_columns(pl.col("model").replace_strict({f"m{n}": NAMES[5 * half + n] for n in range(5)}))
    for half, drawn in enumerate(DRAWN)
).with_columns(
    status=pl.when(pl.col("model") == "empty").then(pl.lit("no_answer")).otherwise("status"),
    is_correct=pl.when(pl.col("model") == "empty").then(pl.lit(False)).otherwise("is_correct"),
    verdict=pl.when(pl.col("model") != "empty").then("verdict"),
    num_hallucinations=pl.when(pl.col("model") != "empty").then("num_hallucinations"),
)  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Analysis:
    return _build(VERDICTS, PAIRS, _config(*SHOWN))


def _by_loop(judge: str, probe: str, kind: str, operator: str | None = None, *, silent: bool = True
) -> dict[str, int]:  # fmt: skip
    """Count a probe's rows of the verdicts frame one by one; those that were never judged only where `silent`."""
    said = {(row["judge"], row["model"], row["pair_id"]): row for row in VERDICTS.iter_rows(named=True)}
    counts = dict.fromkeys(("answers", "unscored", "as_expected", "accepted", "noticed"), 0)
    for pair in PAIRS.iter_rows(named=True):
        is_same = pair["task_type"] == "no_diff"
        if is_same != (kind == "unchanged") or (operator and f"mutate_{operator}" not in pair["mutation_types"]):
            continue
        row = said.get((judge, probe, pair["id"]), {})
        if row.get("status") == "no_answer" and not silent:
            continue
        counts["answers"] += 1
        counts["unscored"] += row.get("is_correct") is None
        if row.get("is_correct") is None or row["status"] == "no_answer":
            continue
        counts["accepted"] += bool(row["is_correct"])
        counts["noticed"] += (row["num_hallucinations"] or 0) > 0
        expected = EXPECTED[probe]
        clean = row["is_correct"] == (expected.unchanged == CLEAN)
        counts["as_expected"] += (
            clean if is_same else expected.changed in VERDICTS_OF_A_JUDGE and row["verdict"] == expected.changed
        )
    return counts


def test_every_probe_is_counted_as_a_loop_counts_it(found: Analysis) -> None:
    table = found.statistics["judge_probes"]
    assert set(table["probe"]) == set(SHOWN) and len(table) == 2 * len(SHOWN) * (2 + 3)
    for row in table.iter_rows(named=True):
        operator = row["scope"] if row["scope_kind"] == "operator" else None
        counts = _by_loop(row["judge"], row["probe"], row["pair_kind"], operator)
        assert {name: row[f"num_{name}"] for name in counts} == counts
        for name in ("as_expected", "accepted", "noticed"):
            if row[name] is not None:
                assert row[name] == pytest.approx(counts[name] / counts["answers"])
                low, high = wilson(counts[name], counts["answers"])
                assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx((float(low), float(high)))


def test_what_a_probe_cant_show_is_null_and_says_why(found: Analysis) -> None:
    table = found.statistics["judge_probes"].filter((pl.col("scope_kind") == "overall") & (pl.col("judge") == "a"))
    rows = {(row["probe"], row["pair_kind"]): row for row in table.iter_rows(named=True)}
    assert rows["empty", "changed"]["accepted"] is None and rows["empty", "changed"]["reason"] == NOT_JUDGED
    shotgun = rows["shotgun", "changed"]
    assert (shotgun["expected"], shotgun["as_expected"], shotgun["reason"]) == (None, None, NOT_HELD)
    assert shotgun["accepted"] is not None and shotgun["noticed"] is not None
    assert rows["oracle", "unchanged"]["expected"] == CLEAN and rows["oracle", "unchanged"]["noticed"] is None
    assert rows["vague", "changed"]["noticed"] is None, "a vague answer invents nothing"


def test_sensitivity_and_specificity_are_those_of_a_loop(found: Analysis) -> None:
    table = found.statistics["judge_accuracy"]
    for row in table.filter(pl.col("source") == PROBES).iter_rows(named=True):
        kind = row["pair_kind"]
        operator = row["scope"] if row["scope_kind"] == "operator" else None
        right = RIGHT if kind == "changed" else ("oracle",)
        wrong = (*WRONG, "empty") if kind == "changed" else (*WRONG, "empty", "truth_plus_invention", "shotgun")
        of_right, of_wrong = ([_by_loop(row["judge"], name, kind, operator, silent=False) for name in names]
                              for names in (right, wrong))  # fmt: skip
        taken, whole = sum(one["accepted"] for one in of_right), sum(one["answers"] for one in of_right)
        let_pass, all_wrong = sum(one["accepted"] for one in of_wrong), sum(one["answers"] for one in of_wrong)
        assert (row["num_right"], row["num_wrong"]) == (whole, all_wrong)
        assert row["sensitivity"] == pytest.approx(taken / whole)
        assert row["leniency"] == pytest.approx(let_pass / all_wrong) == pytest.approx(1 - row["specificity"])
        assert row["youden"] == pytest.approx(taken / whole - let_pass / all_wrong)
        assert row["leniency_low"] == pytest.approx(1 - row["specificity_high"])
        same = sum(one["as_expected"] for one in (*of_right, *of_wrong))
        assert row["accuracy"] == pytest.approx(same / (whole + all_wrong))
        assert row["youden_low"] < row["youden"] < row["youden_high"]


def _made(
    judges: Mapping[str, object] | None = None, **takes: tuple[float, float]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw a judge that takes `takes[operator]` of right and of wrong answers; models m0 and m1, four probes."""
    draw = np.random.default_rng(3)
    pairs = random_pairs(8, num_pairs=400).filter(pl.col("mutation_types").list.len() < 2)
    truth = {"oracle": 1.0, "truth_plus_invention": 1.0, "vague": 0.0, "refusal": 0.0, "m0": 0.7, "m1": 0.4}
    rows = []
    for model, rate in truth.items():
        for pair in pairs.iter_rows(named=True):
            is_same = pair["task_type"] == "no_diff"
            right, wrong = takes.get(
                "unchanged" if is_same else pair["mutation_types"][0].removeprefix("mutate_"), takes["rest"]
            )
            chance = (1.0 if model == "oracle" else 0.0 if model in EXPECTED else rate) if is_same else rate
            taken = draw.random() < (right if draw.random() < chance else wrong)
            rows.append({"model": model, "pair_id": pair["id"], "is_correct": taken,
                         "verdict": None if is_same else "correct" if taken else "missed"})  # fmt: skip
    return pairs, verdicts_frame(rows)


def _rates(analysis: Analysis, rate: str) -> dict[str, dict[str, object]]:
    table = analysis.statistics["corrected"].filter(pl.col("rate") == rate)
    return {row["model"]: row for row in table.iter_rows(named=True)}


def test_operators_are_corrected_one_by_one_where_each_is_known_well() -> None:
    pairs, verdicts = _made(rest=(0.9, 0.2), font_weight=(0.9, 0.6), unchanged=(0.95, 0.1))
    analysis = _build(verdicts, pairs, _config("oracle", "truth_plus_invention", "vague", "refusal"))
    rows = _rates(analysis, "diff_recall")
    assert rows["m0"]["parts"] == "operator" and rows["m0"]["source"] == PROBES
    right = {(row["model"], row["pair_id"]): row["is_correct"] for row in verdicts.iter_rows(named=True)}
    changed = pairs.filter(pl.col("task_type") != "no_diff")
    total = 0.0
    for operator in sorted(set(changed["mutation_types"].explode())):
        ids = [row["id"] for row in changed.iter_rows(named=True) if row["mutation_types"] == [operator]]
        assert len(ids) >= MIN_CALIBRATED
        taken, lenient = (np.mean([right[name, i] for name in names for i in ids])
                          for names in (("oracle", "truth_plus_invention"), ("vague", "refusal")))  # fmt: skip
        total += len(ids) * (np.mean([right["m0", i] for i in ids]) - lenient) / (taken - lenient)
    assert rows["m0"]["corrected"] == pytest.approx(total / len(changed))
    for row in (rows["m0"], rows["m1"]):
        assert float(str(row["corrected_low"])) < float(str(row["corrected"])) < float(str(row["corrected_high"]))
    assert (rows["m0"]["rank_corrected"], rows["m1"]["rank_corrected"]) == (1, 2)
    assert rows["oracle"]["rank_corrected"] is None, "a probe has no rank"
    assert _rates(analysis, "overall_accuracy")["m0"]["parts"] == "operator and unchanged"
    rankings = analysis.statistics["corrected_rankings"]
    assert rankings["num_flips"].to_list() == [0, 0, 0] and rankings["num_models"].to_list() == [2, 2, 2]
    said = "\n".join(lamp_lines(analysis, "rules"))
    assert "of wrong answers to changed pairs" in said and "no two rows change places over 2 rows" in said


def test_a_judge_that_tells_nothing_is_not_corrected_by() -> None:
    pairs, verdicts = _made(rest=(0.6, 0.6))
    analysis = _build(verdicts, pairs, _config("oracle", "truth_plus_invention", "vague", "refusal"))
    table = analysis.statistics["corrected"]
    assert set(table["reason"]) == {NOT_IDENTIFIABLE} and table["corrected"].null_count() == len(table)
    assert set(analysis.statistics["corrected_rankings"]["reason"]) == {NOT_IDENTIFIABLE}
    assert "not identifiable" in "\n".join(lamp_lines(analysis, "rules"))


def test_rows_that_the_probes_dont_speak_for_are_not_corrected() -> None:
    pairs, verdicts = _made(rest=(0.9, 0.5))
    strange = verdicts.with_columns(
        is_correct=pl.when(pl.col("model") == "m1").then(pl.lit(False)).otherwise("is_correct")
    )
    rows = _rates(_build(strange, pairs, _config("oracle", "truth_plus_invention", "vague", "refusal")), "diff_recall")
    assert rows["m1"]["reason"] == DOES_NOT_FIT and rows["m1"]["corrected"] is None
    assert rows["m0"]["reason"] is None and rows["m0"]["corrected"] is not None


def test_unscored_answers_count_as_not_accepted_and_all_unscored_say_so() -> None:
    pairs, verdicts = _made(rest=(0.9, 0.1))
    lost = verdicts.with_columns(is_correct=pl.lit(None, dtype=pl.Boolean), status=pl.lit("error"))
    analysis = _build(lost, pairs, _config("oracle", "truth_plus_invention", "vague", "refusal"))
    accuracy = analysis.statistics["judge_accuracy"]
    assert set(accuracy["reason"]) == {"no answer was scored"}
    assert set(accuracy["sensitivity"]) == {0.0} and set(accuracy["leniency"]) == {0.0}
    assert set(analysis.statistics["corrected"]["reason"]) == {NOT_IDENTIFIABLE}
    assert set(analysis.statistics["judge_probes"]["reason"]) == {"no answer was scored"}


def test_without_probes_the_hand_written_answers_serve_where_the_judge_was_measured() -> None:
    verdicts = VERDICTS.filter(pl.col("model").is_in(["m0", "m1", "m2"]))
    judges = {"a": {"kind": "rules"}, "b": {"kind": "similarity", "seed": 3}}
    analysis = _build(verdicts, PAIRS, _config(judges=judges))
    table = analysis.statistics["corrected"]
    assert set(table.filter(pl.col("judge") == "a")["source"]) == {HAND_WRITTEN}
    other = table.filter(pl.col("judge") == "b")
    assert set(other["source"]) == {None} and set(other["reason"]) == {NO_CALIBRATION}
    assert analysis.statistics["judge_probes"].is_empty()
    accuracy = analysis.statistics["judge_accuracy"]
    assert accuracy.select("judge", "pair_kind", "num_right", "num_wrong").rows() == [
        ("a", "changed", 22, 24), ("a", "unchanged", 6, 7),
    ]  # fmt: skip
    held = hand_counts({"kind": "rules"}, is_changed=True)
    assert held is not None
    known = Calibration(*(np.array([float(one)]) for one in (
        held.accepted_right, held.num_right, held.rejected_wrong, held.num_wrong,
    )))  # fmt: skip
    row = table.row(
        by_predicate=(pl.col("judge") == "a") & (pl.col("model") == "m0") & (pl.col("rate") == RATES[0]), named=True
    )
    changed = PAIRS.filter(pl.col("task_type") != "no_diff")["id"].to_list()
    taken = verdicts.filter((pl.col("judge") == "a") & (pl.col("model") == "m0") & pl.col("pair_id").is_in(changed))
    again = corrected_rates(np.array([[float(taken["is_correct"].sum())]]), np.array([float(len(changed))]), known)
    assert row["corrected"] == pytest.approx(again.rate[0])
    assert (row["corrected_low"], row["corrected_high"]) == pytest.approx((again.low[0], again.high[0]))


def test_hand_written_counts_are_those_of_the_kept_file() -> None:
    for kind, held in measured_answers().items():
        found = [one["found"] for one in held["answers"] if one["expected"] in ("partial", "missed")]
        counts = hand_counts({"kind": kind}, is_changed=True)
        assert counts is not None and counts.num_wrong == len(found) == 24
        assert counts.rejected_wrong == sum(one != "correct" for one in found)
    assert hand_counts({"kind": "llm"}, is_changed=True) is None
    assert hand_counts({}, is_changed=True) is None
    assert hand_counts({"kind": "lenient", "obeys": False}, is_changed=True) is None, "another judge than was measured"


def test_probes_that_are_all_right_or_all_wrong_calibrate_nothing() -> None:
    pairs, verdicts = _made(rest=(0.9, 0.1))
    for name in ("oracle", "vague", "truth_plus_invention"):
        table = _build(verdicts, pairs, _config(name)).statistics["corrected"]
        assert set(table["reason"]) == {NO_CALIBRATION}
        by_hand = _build(verdicts, pairs, _config(name, judges={"rules": {"kind": "rules"}})).statistics["corrected"]
        assert set(by_hand["source"]) == {HAND_WRITTEN}


def test_one_row_has_no_order_and_no_row_no_table() -> None:
    pairs, verdicts = _made(rest=(0.9, 0.1))
    config = _config("oracle", "truth_plus_invention", "vague", "refusal")
    one = _build(verdicts.filter(pl.col("model") != "m1"), pairs, config).statistics
    assert set(one["corrected_rankings"]["reason"]) == {"too few ranked rows: two are needed"}
    assert one["corrected_flips"].is_empty()
    none = _build(verdicts.clear(), pairs, config).statistics
    assert all(none[name].is_empty() for name in ("judge_probes", "judge_accuracy", "corrected", "corrected_rankings"))


def test_flips_are_every_two_rows_whose_order_turns() -> None:
    draw = np.random.default_rng(0)
    pairs = random_pairs(8, num_pairs=900).filter(pl.col("mutation_types").list.len() < 2)
    truth = {"m0": (0.1, 0.6), "m1": (0.95, 0.45), "oracle": (1.0, 1.0), "vague": (0.0, 0.0)}
    rows = []
    for model, (letters, rest) in truth.items():
        for pair in pairs.iter_rows(named=True):
            is_same = pair["task_type"] == "no_diff"
            is_letters = not is_same and pair["mutation_types"] == ["mutate_font_weight"]
            chance = float(model != "vague") if is_same else letters if is_letters else rest
            taken = draw.random() < (0.97 if draw.random() < chance else 0.8 if is_letters else 0.02)
            rows.append({"model": model, "pair_id": pair["id"], "is_correct": taken})
    analysis = _build(verdicts_frame(rows), pairs, _config("oracle", "vague"))
    recall = _rates(analysis, "diff_recall")
    raw, corrected = ([float(str(recall[model][name])) for model in ("m0", "m1")] for name in ("raw", "corrected"))
    assert raw[0] > raw[1] and corrected[0] < corrected[1]
    flip = analysis.statistics["corrected_flips"].row(by_predicate=pl.col("rate") == "diff_recall", named=True)
    assert (flip["model_a"], flip["model_b"]) == ("m0", "m1")
    assert flip["raw_difference"] == pytest.approx(raw[0] - raw[1])
    assert flip["corrected_difference"] == pytest.approx(corrected[0] - corrected[1])
    assert "1 pair of rows changes places" in "\n".join(lamp_lines(analysis, "rules"))
    table = analysis.statistics["corrected"]
    for rate in RATES:
        part = table.filter(pl.col("rate") == rate).drop_nulls(["rank_raw", "rank_corrected"])
        turned = {(a["model"], b["model"]) for a in part.to_dicts() for b in part.to_dicts()
                  if a["rank_raw"] < b["rank_raw"] and a["rank_corrected"] > b["rank_corrected"]}  # fmt: skip
        flips = analysis.statistics["corrected_flips"].filter(pl.col("rate") == rate)
        assert set(flips.select("model_a", "model_b").rows()) == turned


def test_facts_without_a_config_make_empty_tables_and_no_error() -> None:
    tables = RunTables(pairs=PAIRS, predictions=PREDICTIONS.to_frame(), verdicts=RAW, facts=RunFacts())
    found = build(tables, num_resamples=0).statistics
    assert set(found["corrected"]["reason"]) == {NO_CALIBRATION} and found["judge_probes"].is_empty()
    assert judge_probes(lay_out(RAW, PAIRS), {}, own_clusters(lay_out(RAW, PAIRS).pairs)).is_empty()


def test_a_run_over_the_hand_written_answers_is_counted_as_the_kept_file() -> None:
    for kind, held in measured_answers().items():
        rows = {one["answer_id"]: one for one in held["answers"]}
        same = {name: one["expected"] in (CLEAN, "hallucination") for name, one in rows.items()}
        kinds = {True: ("no_diff", "no_diff", []), False: ("visual_diff", "medium", ["color"])}
        pairs = pairs_frame([(name, *kinds[same[name]]) for name in rows])
        verdicts = verdicts_frame(
            {"judge": "j", "model": "hand_written", "pair_id": name,
             "status": "unparsed" if found == "unparsed" else "ok",
             "is_correct": None if found == "unparsed" else found in ("correct", CLEAN),
             "verdict": found if found in VERDICTS_OF_A_JUDGE else None}
            for name, found in ((name, one["found"]) for name, one in rows.items())
        )  # fmt: skip
        cells = lay_out(verdicts, pairs)
        for is_changed in (True, False):
            assert hand_counts_of(cells, "j", is_changed=is_changed) == hand_counts(
                {"kind": kind}, is_changed=is_changed
            )
    other = lay_out(random_verdicts(1, PAIRS, num_models=1), PAIRS)
    assert hand_counts_of(other, "a", is_changed=True) is None
