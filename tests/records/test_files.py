"""Files appear whole or not at all; tables are checked on both sides."""

import errno
from pathlib import Path

import polars as pl
import pytest

from records.files import atomic_path, read_table, write_failed, write_json, write_table, write_text
from records.run_paths import RunsPaths
from schemas.errors import StoreError

SCHEMA = pl.Schema({"a": pl.Int64(), "b": pl.String()})
FRAME = pl.DataFrame({"a": [1, 2], "b": ["x", None]}, schema=SCHEMA)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "new" / "file.txt"
    with atomic_path(target) as temporary:
        temporary.write_text("half")
        assert not target.exists()
        temporary.write_text("whole")
    assert target.read_text() == "whole"
    assert names(target.parent) == ["file.txt"]


def test_a_failed_block_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    write_text("old", target)
    with pytest.raises(ValueError, match="on purpose"), atomic_path(target) as temporary:
        temporary.write_text("half")
        raise ValueError("on purpose")
    assert target.read_text() == "old"
    assert names(tmp_path) == ["file.txt"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_with_its_remedy(tmp_path: Path, number: int) -> None:
    target = tmp_path / "file.txt"
    write_text("old", target)
    told = r"no space left to write .*file.txt: free some, then run the same command"
    with pytest.raises(StoreError, match=told), atomic_path(target) as temporary:
        temporary.write_text("half")
        raise OSError(number, "no room")
    assert target.read_text() == "old"
    assert names(tmp_path) == ["file.txt"]


@pytest.mark.parametrize("num_rows", [10, 400_000])
def test_a_table_that_does_not_fit(small_disk: Path, num_rows: int) -> None:
    """The small one still fits; the large one leaves it as it was."""
    target = small_disk / "table.parquet"
    write_table(FRAME, target, SCHEMA)
    frame = pl.DataFrame({"a": range(num_rows), "b": [None] * num_rows}, schema=SCHEMA)
    if num_rows == 10:
        write_table(frame, target, SCHEMA)
    else:
        with pytest.raises(StoreError, match="no space left"):
            write_table(frame, target, SCHEMA)
        assert read_table(target, SCHEMA).equals(FRAME)
    assert names(small_disk) == ["table.parquet"]


def test_any_other_failure_names_the_file() -> None:
    told = str(write_failed(Path("here"), PermissionError(errno.EACCES, "Permission denied")))
    assert told == "cannot write here: Permission denied"


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file.txt").mkdir()
    with pytest.raises(StoreError, match=r"cannot write .*file.txt"):
        write_json({"a": 1}, tmp_path / "file.txt")


def test_tables_are_checked_when_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="table t lacks column 'b'"):
        write_table(FRAME.drop("b"), tmp_path / "t.parquet", SCHEMA)
    with pytest.raises(StoreError, match="column 'a': is String, must be Int64"):
        write_table(FRAME.cast({"a": pl.String()}), tmp_path / "t.parquet", SCHEMA)
    assert not (tmp_path / "t.parquet").exists()


def test_older_tables_are_filled_with_null(tmp_path: Path) -> None:
    FRAME.drop("b").with_columns(c=pl.lit(1)).write_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet", SCHEMA).to_dicts() == [{"a": 1, "b": None}, {"a": 2, "b": None}]


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"t.parquet is not there: run the sweep first"):
        read_table(tmp_path / "t.parquet", SCHEMA)


@pytest.mark.parametrize("keep", [0, 3, 100, -1, -9])
def test_a_cut_table_is_told(tmp_path: Path, keep: int) -> None:
    write_table(FRAME, tmp_path / "t.parquet", SCHEMA)
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(whole[:keep])
    with pytest.raises(StoreError, match=r"t.parquet is damaged .*finished calls are kept"):
        read_table(tmp_path / "t.parquet", SCHEMA)


def test_paths_stay_below_their_root(tmp_path: Path) -> None:
    runs = RunsPaths(tmp_path)
    run = runs.run("leaderboard-1a2b3c4d")
    files = [run.config, run.environment, run.pairs, run.predictions, run.verdicts, run.report, run.manifest]
    assert len({*files, run.analysis("leaderboard")}) == 8
    assert all(path.is_relative_to(run.root) for path in files)
    assert run.analysis("leaderboard") == run.analysis_dir / "leaderboard.parquet"
    assert runs.store == tmp_path / "store"
    assert runs.image_pack("0123456789abcdef" + "0" * 48) == tmp_path / "datasets" / "0123456789abcdef.arrow"
