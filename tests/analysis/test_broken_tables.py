"""Tables that are cut, emptied or contradict themselves end in an error that names file and row, never in an answer."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from report_runs import published_run

from analysis.__main__ import DONE, USER_CAN_FIX, main
from analysis.run import load
from records.run_paths import RunPaths
from schemas.errors import StoreError

AT = 7
"""The row that is spoilt, counted from 1."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a finished run of 45 pairs, whose manifest says which rows are done."""
    paths = RunPaths(tmp_path_factory.mktemp("runs") / "whole")
    published_run(paths, num_per_cell=1, num_no_diff=6)
    verdicts = pl.read_parquet(paths.verdicts)
    rows = [
        {"group": group, "name": name, "status": "done"}
        for group in ("model", "judge")
        for name in verdicts[group].unique()
    ]
    paths.manifest.write_text(json.dumps({"rows": [*rows, {"group": "model", "name": "absent", "status": "skipped"}]}))
    return paths.root


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> RunPaths:
    shutil.copytree(whole, tmp_path / "run")
    return RunPaths(tmp_path / "run")


def _rewrite(path: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    change(pl.read_parquet(path)).write_parquet(path)


def _at(**values: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Return a change of one row's columns."""
    is_it = pl.int_range(1, pl.len() + 1) == AT
    return lambda frame: frame.with_columns(
        pl.when(is_it).then(pl.lit(value, frame.schema[name])).otherwise(name).alias(name)
        for name, value in values.items()
    )


def test_a_whole_run_is_read(run: RunPaths) -> None:
    assert main([str(run.root), "--resamples", "0"]) == DONE


SPOILT = {
    "error, yet right": (_at(status="error", is_correct=True), "unscored by its status, yet is_correct says otherwise"),
    "unparsed, yet wrong": (_at(status="unparsed", is_correct=False), "unscored by its status"),
    "failed call, yet right": (_at(status="no_prediction", is_correct=True), "unscored by its status"),
    "no answer, yet right": (_at(status="no_answer", is_correct=True), "no answer came, yet is_correct isn't false"),
    "no answer, unscored": (_at(status="no_answer", is_correct=None), "no answer came, yet is_correct isn't false"),
    "ok, unscored": (_at(is_correct=None), "status is ok and is_correct is missing"),
    "missed, yet right": (_at(verdict="missed", is_correct=True), "is_correct contradicts the verdict"),
    "correct, yet wrong": (_at(verdict="correct", is_correct=False), "is_correct contradicts the verdict"),
    "strange status": (_at(status="fine"), "status is none of ok, unparsed"),
    "no status": (_at(status=None), "status is none of ok, unparsed"),
    "strange verdict": (_at(verdict="perfect"), "verdict is none of correct, partial, missed"),
    "unknown pair": (_at(pair_id="elsewhere"), "names a pair that pairs.parquet doesn't hold"),
    "no pair": (_at(pair_id=None), "names a pair that pairs.parquet doesn't hold"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_verdict_that_contradicts_itself_is_named_by_file_and_row(
    run: RunPaths, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change, says = SPOILT[name]
    _rewrite(run.verdicts, change)
    row = pl.read_parquet(run.verdicts).row(AT - 1, named=True)
    assert main([str(run.root), "--resamples", "0"]) == USER_CAN_FIX
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{run.verdicts}, row {AT} (judge {row['judge']}, model {row['model']}, pair {row['pair_id']};" in said.err
    assert says in said.err


def test_the_first_wrong_row_is_named_in_a_table_that_stays_on_disk(run: RunPaths) -> None:
    _rewrite(run.verdicts, _at(status="error", is_correct=True))
    with pytest.raises(StoreError, match=rf"verdicts\.parquet, row {AT} "):
        load(run, max_read_bytes=0)


def test_an_unchanged_pair_is_right_without_inventions_only(run: RunPaths) -> None:
    place = pl.read_parquet(run.verdicts).with_row_index("at", offset=1).filter(pl.col("pair_id") == "same-3")["at"][0]
    is_it = pl.int_range(1, pl.len() + 1) == place
    right = {"is_correct": pl.lit(True), "num_hallucinations": pl.lit(2, pl.Int64)}
    _rewrite(
        run.verdicts,
        lambda frame: frame.with_columns(
            pl.when(is_it).then(value).otherwise(name).alias(name) for name, value in right.items()
        ),
    )
    with pytest.raises(
        StoreError, match=rf"row {place} .*pair same-3; .*contradicts the verdict and the hallucinations"
    ):
        load(run)


@pytest.mark.parametrize(("change", "says"), [
    (_at(status="broken"), "status is none of ok, truncated, empty, refused, error"),
    (_at(pair_id="elsewhere"), "names a pair that pairs.parquet doesn't hold"),
])  # fmt: skip
def test_an_answer_that_cannot_be_is_named(
    run: RunPaths, change: Callable[[pl.DataFrame], pl.DataFrame], says: str
) -> None:
    _rewrite(run.predictions, change)
    with pytest.raises(StoreError, match=rf"predictions\.parquet, row {AT} .*{says}"):
        load(run)


@pytest.mark.parametrize("table", ["verdicts", "predictions"])
@pytest.mark.parametrize("cut", ["emptied", "halved", "one row lost", "one row twice"])
def test_a_finished_runs_table_has_every_row_once(run: RunPaths, table: str, cut: str) -> None:
    path = getattr(run, table)
    changes: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
        "emptied": lambda frame: frame.clear(),
        "halved": lambda frame: frame.head(len(frame) // 2),
        "one row lost": lambda frame: pl.concat([frame.head(AT - 1), frame.tail(-AT)]),
        "one row twice": lambda frame: pl.concat([frame, frame.head(1)]),
    }
    _rewrite(path, changes[cut])
    counts = {"emptied": 0, "halved": "(0|22)", "one row lost": 44, "one row twice": 46}
    with pytest.raises(
        StoreError, match=rf"{table}\.parquet: .*model .* has {counts[cut]} rows, not one for each of 45"
    ):
        load(run)


def test_an_unfinished_run_may_lack_rows(run: RunPaths, capsys: pytest.CaptureFixture[str]) -> None:
    run.manifest.unlink()
    _rewrite(run.verdicts, lambda frame: frame.head(len(frame) // 2))
    assert main([str(run.root), "--resamples", "0"]) == USER_CAN_FIX
    assert "is not finished, and what is absent counts as not right" in capsys.readouterr().err


@pytest.mark.parametrize(("change", "says"), [
    (lambda frame: frame.clear(), "pairs.parquet holds no pair"),
    (lambda frame: frame.head(20), "names a pair that pairs.parquet doesn't hold"),
    (lambda frame: pl.concat([frame, frame.head(1)]), "row 1: pair .* stands there twice"),
    (_at(id=None), rf"row {AT}: no id"),
])  # fmt: skip
def test_pairs_are_there_and_once(run: RunPaths, change: Callable[[pl.DataFrame], pl.DataFrame], says: str) -> None:
    _rewrite(run.pairs, change)
    with pytest.raises(StoreError, match=says):
        load(run)


def test_export_comparison_and_questions_refuse_them_too(run: RunPaths, whole: Path, tmp_path: Path) -> None:
    _rewrite(run.verdicts, _at(status="error", is_correct=True))
    assert main(["compare", str(whole), str(run.root)]) == USER_CAN_FIX
    assert main(["export", str(run.root), "--as", "scores", "--to", str(tmp_path / "out")]) == USER_CAN_FIX
    assert not (tmp_path / "out").exists()
    assert main([str(run.root), "--query", "SELECT count(*) FROM verdicts WHERE is_correct"]) == USER_CAN_FIX


def test_a_damaged_manifest_is_named(run: RunPaths) -> None:
    run.manifest.write_text("{")
    with pytest.raises(StoreError, match=r"manifest\.json is damaged"):
        load(run)
