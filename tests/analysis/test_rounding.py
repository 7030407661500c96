"""Percentages carry no more decimals than what they divide by: one from 1,000 on, none below."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from report_runs import published_run

from analysis.compare import compare, lines
from analysis.console import render
from analysis.export.tables import page_tables
from analysis.figures import percent, points, rate_and_interval, with_counts
from analysis.report.charts import Estimate, forest
from analysis.report.document import render_report
from analysis.run import load
from analysis.tally import Analysis, RunTables, build
from records.run_paths import RunPaths

ONE, NONE = r"\d+\.\d", r"\d+"


def _built(folder: Path, **sizes: int) -> tuple[RunTables, Analysis]:
    paths = RunPaths(folder)
    published_run(paths, **sizes, judges=["gpt-oss-120b"])
    tables = load(paths)
    return tables, build(tables, num_resamples=0)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunTables, Analysis]:
    """Return a run of 3,900 changed pairs, 1,300 a tier, and 500 unchanged ones."""
    return _built(tmp_path_factory.mktemp("runs") / "large")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunTables, Analysis]:
    """Return a run of 78 changed pairs and 12 unchanged ones."""
    return _built(tmp_path_factory.mktemp("runs") / "small", num_per_cell=2, num_no_diff=12)


@pytest.mark.parametrize(("count", "written"), [(0, "33"), (12, "33"), (999, "33"), (1_000, "33.3"), (57_200, "33.3")])
def test_a_decimal_from_a_thousand_on(count: int, written: str) -> None:
    assert percent(1 / 3, count) == points(1 / 3, count) == written
    assert points(-1 / 3, count, sign="+") == f"-{written}"


def _row(analysis: Analysis) -> Mapping[str, Any]:
    return with_counts(analysis.leaderboard, analysis.statistics["intervals"]).row(0, named=True)


def test_each_rate_is_written_by_what_it_divides(large: tuple[RunTables, Analysis]) -> None:
    row = _row(large[1])
    for name in ("easy_recall", "hard_recall", "diff_recall", "overall_accuracy", "precision"):
        assert re.fullmatch(rf" *{ONE} \[{ONE}-{ONE}\]", rate_and_interval(row, name)), name
    assert re.fullmatch(rf" *{NONE} \[{NONE}-{NONE}\]", rate_and_interval(row, "no_diff_specificity"))
    counts = [
        row[f"{name}_count"] for name in ("easy_recall", "diff_recall", "no_diff_specificity", "overall_accuracy")
    ]
    assert counts == [1_300, 3_900, 500, 4_400]
    claims = (
        large[1].statistics["intervals"].filter(judge=row["judge"], model=row["model"], rate="precision", unit="pair")
    )
    assert row["precision_count"] == claims["num_trials"][0]


def test_console_export_and_report_write_500_pairs_without_a_decimal(large: tuple[RunTables, Analysis]) -> None:
    tables, analysis = large
    line = next(line.text for line in render(analysis) if " gemini-3.1-pro " in line.text)
    rate = rf"{ONE} +\[{ONE}-{ONE}\]".replace(" +", " ")
    assert re.search(rf"gemini-3.1-pro +{ONE} +{rate} +{NONE} \[{NONE}-{NONE}\] +{ONE}$", line), line
    exported = page_tables(analysis, ["gpt-oss-120b"])["leaderboard-gpt-oss-120b"][1]
    assert [bool(re.search(r"\d\.\d", cell)) for cell in exported[2:]] == [True, False, True]
    page = render_report(analysis, tables, title="large")
    unchanged = re.findall(r"<td class=\"figure\" data-v=\"[\d.]+\">([\d.]+)<span", page)
    assert sum("." not in written for written in unchanged) >= 13 <= sum("." in written for written in unchanged)


def test_nothing_of_a_small_run_has_a_decimal(small: tuple[RunTables, Analysis]) -> None:
    tables, analysis = small
    board = "\n".join(line.text for line in render(analysis) if "[" in line.text and "tau" not in line.text)
    assert board and not re.search(r"[\[ ]\d+\.\d", board)
    found = compare(tables, tables)
    (whole, *_) = [line.split() for line in lines(found, "a", "b") if line.startswith("gpt-5.4")]
    assert all("." not in cell for cell in whole[1:6]), whole


def test_figures_write_by_their_counts() -> None:
    drawn = forest(
        [Estimate("a", 1 / 3, 0.2, 0.4, num_trials=4_400), Estimate("b", 2 / 3, 0.6, 0.7)], "x", low=0, high=1
    )
    assert "33.3 [20.0, 40.0]" in drawn and "67 [60, 70]" in drawn
