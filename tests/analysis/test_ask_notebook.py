"""The notebook runs as it stands on a run's files, and Polars and DuckDB give the same answers in it."""

import ast
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from report_runs import published_run

from analysis.run import analyse
from records.run_paths import RunPaths

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "ask.ipynb"


def _cells(kind: str) -> list[str]:
    held = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in held["cells"] if cell["cell_type"] == kind]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run every code cell in one namespace, as a kernel does, and return it."""
    paths = RunPaths(tmp_path_factory.mktemp("runs") / "asked")
    published_run(paths, num_per_cell=2, num_no_diff=12)
    analyse(paths.root, num_resamples=0)
    space: dict[str, Any] = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIFFSPOT_RUN", str(paths.root))
        for place, cell in enumerate(_cells("code")):
            exec(compile(cell, f"{NOTEBOOK.name}, code cell {place + 1}", "exec"), space)
    return space


def test_polars_and_duckdb_answer_alike(ran: dict[str, Any]) -> None:
    twins = {name: (value, ran[f"{name}_sql"]) for name, value in ran.items() if f"{name}_sql" in ran}
    assert set(twins) == {"board", "recall", "unnamed", "parted"}
    for name, (by_polars, by_duckdb) in twins.items():
        assert len(by_polars), name
        assert_frame_equal(by_polars, by_duckdb.cast(by_polars.schema), rel_tol=1e-12)


def test_what_is_counted_from_verdicts_is_the_leaderboards_recall(ran: dict[str, Any]) -> None:
    both = ran["board"].join(ran["recall"], on=["judge", "model"])
    assert len(both) == 39 and both["recall"].to_list() == pytest.approx(both["diff_recall"].to_list())
    assert ran["unnamed"]["pairs"].sum() == 78
    answers = pl.read_parquet(ran["RUN"] / "predictions.parquet")
    assert set(ran["parted"]["text"]) == set(answers["text"])


def test_it_is_a_notebook_without_outputs_whose_every_cell_shows_something() -> None:
    held = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (held["nbformat"], held["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in held["cells"]}) == len(held["cells"])
    assert all(
        cell["outputs"] == [] and cell["execution_count"] is None
        for cell in held["cells"]
        if cell["cell_type"] == "code"
    )
    assert all(isinstance(ast.parse(cell).body[-1], ast.Expr) for cell in _cells("code"))
