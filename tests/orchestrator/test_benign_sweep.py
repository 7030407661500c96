"""Benign controls through the whole product: rendered, asked, judged, and counted apart from what is official."""

import polars as pl
import pytest
import sweep_cases as cases

from analysis.run import load
from analysis.tally import RunTables, build
from orchestrator.door import EXIT_DONE
from pairgen.__main__ import main
from pairgen.benign import KINDS
from records.run_paths import RunPaths

ROWS = ("+model@models.pixels=pixel_diff", "+model@models.none=always_no_diff", "+model@models.oracle=oracle")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunTables, str]:
    """Return the tables and the console of a sweep over three changed, two unchanged and ten benign pairs."""
    folder = tmp_path_factory.mktemp("benign")
    made = ["operators=[text]", "per_cell=1", "no_diff=2", "png_level=0", f"benign.num={len(KINDS)}"]
    assert main([f"out={folder / 'pairs.parquet'}", *made]) == EXIT_DONE
    judges = ("+judge@judges.rules=rules", "+judge@judges.similarity=similarity")
    swept = cases.run(*ROWS, *judges, "cluster=inline", dataset=folder / "pairs.parquet", runs=folder / "runs")
    assert swept.returncode == 0, swept.stderr
    return load(RunPaths(cases.only_run(folder / "runs"))), swept.stdout


def test_a_byte_comparison_raises_alarms_and_a_denial_none(done: tuple[RunTables, str]) -> None:
    found = build(done[0], num_resamples=0).statistics["false_alarms"]
    assert set(found["kind"]) == {"all", *KINDS}
    whole = {(one["judge"], one["model"]): one for one in found.filter(kind="all").iter_rows(named=True)}
    for judge in ("rules", "similarity"):
        assert whole[judge, "always_no_diff"]["alarms_per_1000"] == whole[judge, "oracle"]["alarms_per_1000"] == 0
        assert whole[judge, "always_no_diff"]["num_judged"] == len(KINDS)
    assert whole["rules", "pixel_diff"]["alarms_per_1000"] >= 500
    assert whole["rules", "oracle"]["recall"] == 1.0


def test_official_figures_are_those_of_the_official_pairs_alone(done: tuple[RunTables, str]) -> None:
    tables, said = done
    official = tables.pairs.filter(pl.col("task_type") != "benign")
    kept = {name: getattr(tables, name).lazy().collect() for name in ("predictions", "verdicts")}
    alone = {name: table.filter(pl.col("pair_id").is_in(official["id"].implode())) for name, table in kept.items()}
    whole = build(tables, num_resamples=0)
    part = build(RunTables(pairs=official, **alone, roles=tables.roles, facts=tables.facts), num_resamples=0)
    assert whole.leaderboard.equals(part.leaderboard) and whole.leaderboard["num_pairs"].unique().to_list() == [5]
    assert whole.recall_by_operator.equals(part.recall_by_operator)
    assert "15 pairs (3 changed, 2 unchanged, 10 benign controls)" in said
    assert "false alarms per 1,000" in said
