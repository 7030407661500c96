"""False alarms on benign controls, held against counting by hand; no official figure knows of the controls."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from analysis_frames import pairs_frame, random_pairs, random_verdicts, verdicts_frame
from report_runs import published_run
from scipy.stats import binomtest

from analysis.console import render
from analysis.export.formats import Exported, export
from analysis.report.document import render_report
from analysis.report.samples import sample_ids
from analysis.run import load
from analysis.tally import Analysis, RunTables, build
from records.files import read_table, write_table
from records.run_paths import RunPaths
from schemas.tables import PREDICTIONS, RUN_PAIRS, VERDICTS, conform

KINDS = ("caret", "jpeg", "shift_1px")
NUM_CONTROLS = 36


def _controls(*, num_pages: int | None = None) -> pl.DataFrame:
    frame = pairs_frame([(f"b{number}", "benign", "benign", []) for number in range(NUM_CONTROLS)])
    pages = [f"control{number % num_pages}" if num_pages else None for number in range(NUM_CONTROLS)]
    return frame.with_columns(
        mechanism=pl.Series([KINDS[number % len(KINDS)] for number in range(NUM_CONTROLS)]),
        page_id=pl.Series(pages, dtype=pl.String),
    )


def _verdicts(seed: int, controls: pl.DataFrame) -> pl.DataFrame:
    """Draw verdicts on controls: alarms, answers that never came, failed calls."""
    draw = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for judge in "ab":
        for model in range(4):
            for pair_id in controls["id"]:
                said = draw.choice(
                    ["alarm", "clean", "no_answer", "error"], p=[0.1 + 0.2 * model, 0.7 - 0.2 * model, 0.1, 0.1]
                )
                rows.append({"judge": judge, "model": f"m{model}", "pair_id": pair_id, **_said(str(said))})
    return verdicts_frame(rows)


def _said(word: str) -> dict[str, object]:
    if word == "error":
        return {"status": "error", "is_correct": None, "num_hallucinations": None}
    if word == "no_answer":
        return {"status": "no_answer", "is_correct": False}
    return {"is_correct": word == "clean", "num_hallucinations": int(word == "alarm")}


def _tables(pairs: pl.DataFrame, verdicts: pl.DataFrame) -> RunTables:
    answers = verdicts.select("model", "pair_id", "repeat").unique(maintain_order=True)
    answers = answers.with_columns(status=pl.lit("ok"), prediction_key=pl.concat_str("model", "pair_id"))
    return RunTables(pairs=pairs, predictions=conform(answers, PREDICTIONS, "predictions"), verdicts=verdicts)


@pytest.fixture(scope="module")
def both() -> tuple[Analysis, Analysis, pl.DataFrame]:
    """Return the analysis of a run without controls, of the same with them, and the verdicts on them."""
    official, controls = random_pairs(3), _controls()
    plain, on_controls = random_verdicts(3, official), _verdicts(3, controls)
    without = build(_tables(official, plain), num_resamples=50)
    mixed = pl.concat([controls.head(10), official, controls.tail(-10)])
    verdicts = pl.concat([on_controls.head(50), plain, on_controls.tail(-50)])
    return without, build(_tables(mixed, verdicts), num_resamples=50), on_controls


def test_every_official_figure_is_the_same_to_the_digit(both: tuple[Analysis, Analysis, pl.DataFrame]) -> None:
    without, beside, _ = both
    assert without.leaderboard.equals(beside.leaderboard)
    assert without.found.equals(beside.found)
    assert without.recall_by_operator.equals(beside.recall_by_operator)
    assert without.judge_agreement.equals(beside.judge_agreement)
    assert (without.num_pairs, without.num_benign, beside.num_benign) == (beside.num_pairs, 0, NUM_CONTROLS)
    counted = set(without.statistics) - {"false_alarms", "costs"}
    assert {name for name in counted if not without.statistics[name].equals(beside.statistics[name])} == set()
    assert without.statistics["false_alarms"].is_empty()


def test_counts_rates_and_intervals(both: tuple[Analysis, Analysis, pl.DataFrame]) -> None:
    _, beside, verdicts = both
    kind = dict(_controls().select("id", "mechanism").iter_rows())
    found = beside.statistics["false_alarms"]
    assert found["kind"].to_list() == ["all", *KINDS] * 8
    for row in found.iter_rows(named=True):
        cells = [
            one for one in verdicts.iter_rows(named=True)
            if (one["judge"], one["model"]) == (row["judge"], row["model"])
            and row["kind"] in ("all", kind[one["pair_id"]])
        ]  # fmt: skip
        judged = [one for one in cells if one["is_correct"] is not None and one["status"] != "no_answer"]
        num_alarms = sum(one["num_hallucinations"] > 0 for one in judged)
        assert (row["num_pairs"], row["num_judged"], row["num_alarms"]) == (len(cells), len(judged), num_alarms)
        interval = binomtest(num_alarms, len(judged)).proportion_ci(method="wilson")
        told = [row[f"alarms_per_1000{end}"] for end in ("", "_low", "_high")]
        assert told == pytest.approx([1_000 * num_alarms / len(judged), 1_000 * interval.low, 1_000 * interval.high])
        board = beside.leaderboard.row(
            by_predicate=(pl.col("judge") == row["judge"]) & (pl.col("model") == row["model"]), named=True
        )
        assert all(row[f"recall{end}"] == board[f"diff_recall{end}"] for end in ("", "_low", "_high"))


def test_pages_that_hold_several_controls_widen_the_interval() -> None:
    controls, official = _controls(num_pages=6), random_pairs(3)
    say = {f"b{number}": number % 6 < 2 for number in range(NUM_CONTROLS)}
    verdicts = verdicts_frame(
        {"model": "m", "pair_id": name, "is_correct": not alarm, "num_hallucinations": int(alarm)}
        for name, alarm in say.items()
    )
    found = build(_tables(pl.concat([official, controls]), verdicts), num_resamples=0).statistics["false_alarms"]
    row = found.row(0, named=True)
    lone = binomtest(12, 36).proportion_ci(method="wilson")
    assert row["alarms_per_1000"] == pytest.approx(1_000 * 12 / 36)
    assert row["alarms_per_1000_low"] < 1_000 * lone.low < 1_000 * lone.high < row["alarms_per_1000_high"]


def test_a_row_without_a_judged_answer_has_no_rate_and_says_why() -> None:
    controls = _controls()
    verdicts = verdicts_frame({"model": "m", "pair_id": name, **_said("error")} for name in controls["id"])
    row = build(_tables(controls, verdicts), num_resamples=0).statistics["false_alarms"].row(0, named=True)
    assert (row["num_judged"], row["alarms_per_1000"], row["alarms_per_1000_low"]) == (0, None, None)
    assert (row["recall"], row["reason"]) == (None, "no answer was judged")


def test_console_and_report_show_alarms_beside_recall(both: tuple[Analysis, Analysis, pl.DataFrame]) -> None:
    without, beside, verdicts = both
    lines = [line.text for line in render(beside)]
    (head, *_) = places = [place for place, line in enumerate(lines) if line.startswith("false alarms per 1,000")]
    assert len(places) == 2
    assert lines[head].split() == ["false", "alarms", "per", "1,000", "all", "[95%]", *KINDS, "named", "%"]
    row = beside.statistics["false_alarms"].filter(judge="a", model="m3", kind="all").row(0, named=True)
    shown = next(line for line in lines[head:] if line.startswith("m3"))
    assert shown.split()[1:3] == [
        f"{row['alarms_per_1000']:.0f}",
        f"[{row['alarms_per_1000_low']:.0f}-{row['alarms_per_1000_high']:.0f}]",
    ]
    page = render_report(beside, _tables(_controls(), verdicts), title="run")
    assert page.count("False alarms for each 1,000 benign controls, judge") == 2 * 2  # the table and its frame
    assert "36 benign controls beside them" in page
    assert not any("false alarms" in line.text for line in render(without))
    assert "False alarms" not in render_report(
        without, _tables(random_pairs(3), random_verdicts(3, random_pairs(3))), title="run"
    )


def test_the_sample_holds_controls_of_every_kind() -> None:
    pairs = pl.concat([random_pairs(1, num_pairs=400), _controls()])
    chosen = sample_ids(pairs)
    kinds = pairs.filter(pl.col("id").is_in(chosen) & (pl.col("task_type") == "benign"))["mechanism"]
    assert len(chosen) == 48 and set(kinds) == set(KINDS)
    assert [name[0] for name in chosen] == ["c"] * 32 + ["n"] * 6 + ["b"] * 10


def test_the_scores_export_leaves_controls_out(tmp_path: Path) -> None:
    told = []
    for name in ("without", "beside"):
        paths = RunPaths(tmp_path / name)
        published_run(paths, num_per_cell=2, num_no_diff=12)
        if name == "beside":
            _add_controls(paths)
        files = export(Exported(paths=paths, num_resamples=0), "scores", tmp_path / f"{name}-scores")
        told.append(
            {str(path.relative_to(tmp_path / f"{name}-scores")): json.loads(path.read_text()) for path in files}
        )
        assert load(paths).pairs.filter(pl.col("task_type") == "benign").height == NUM_CONTROLS * (name == "beside")
    assert told[0] == told[1] and len(told[0]) == 39


def _add_controls(paths: RunPaths) -> None:
    controls = _controls()
    pairs, verdicts = read_table(paths.pairs, RUN_PAIRS), read_table(paths.verdicts, VERDICTS)
    rows = verdicts.select("judge", "model").unique(maintain_order=True)
    said = rows.join(controls.select(pair_id="id"), how="cross").with_columns(
        repeat=pl.lit(0, pl.Int64),
        status=pl.lit("ok"),
        is_correct=pl.lit(False),
        num_hallucinations=pl.lit(1, pl.Int64),
    )
    write_table(pl.concat([pairs, controls]), paths.pairs, RUN_PAIRS)
    write_table(pl.concat([verdicts, conform(said, VERDICTS, "verdicts")]), paths.verdicts, VERDICTS)
