"""`python -m records`: what it prints, and its exit status."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from store_cases import ROOT, bury, row, write

from records.__main__ import main
from records.files import write_table
from records.inspection import count_finished
from records.lock import Lock
from records.run_paths import RunsPaths
from records.segments import live_segments
from records.store import Entry, Store

TABLE = pl.Schema({"a": pl.Int64()})


@pytest.fixture
def runs(tmp_path: Path) -> RunsPaths:
    runs = RunsPaths(tmp_path / "runs")
    write(runs.store, row("a"), row("b", is_finished=False), row("c"), Entry("verdict", "v", True, {"status": "ok"}))
    write(runs.store, row("b"))
    write_table(pl.DataFrame({"a": [1, 2, 3]}, TABLE), runs.run("sweep-1a2b3c4d").predictions, TABLE)
    return runs


def test_a_whole_store(runs: RunsPaths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(runs.root)]) == 0
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.split() == ["segment-00000001.log", "3", "finished", "1", "errors", "0", "damaged"]
    assert second.split() == ["segment-00000002.log", "1", "finished", "0", "errors", "0", "damaged"]
    assert last == "2 files, 0 damaged places, 0 damaged tables"


def test_damage_is_told_with_place_and_key(runs: RunsPaths, capsys: pytest.CaptureFixture[str]) -> None:
    segment = runs.store / "segment-00000001.log"
    whole = segment.read_bytes()
    segment.write_bytes(whole.replace(b"text of c", b"text of X"))
    table = runs.run("sweep-1a2b3c4d").predictions
    table.write_bytes(table.read_bytes()[:-20] + b"x" * 20)
    assert main(["verify", str(runs.root)]) == 1
    told = capsys.readouterr().out
    place = whole.splitlines(keepends=True)
    offset = len(place[0]) + len(place[1])
    assert f"segment-00000001.log, byte {offset}: checksum mismatch (key c); that call is asked again" in told
    assert f"{table} is damaged" in told
    assert told.splitlines()[-1] == "2 files, 1 damaged places, 1 damaged tables"


def test_a_driver_at_work_and_a_dead_one(runs: RunsPaths, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store.open(runs.store)
    store.append(row("w"))
    live = live_segments(runs.store)[0]
    with live.open("ab") as file:
        file.write(b"v1 half a li")
    assert main(["verify", str(runs.root)]) == 0
    assert "0 damaged  (being written)" in capsys.readouterr().out
    assert main(["compact", str(runs.root)]) == 0
    assert "1 segments left alone: their drivers run" in capsys.readouterr().out
    bury(live)
    assert main(["verify", str(runs.root)]) == 1
    assert "torn line" in capsys.readouterr().out
    store.close()


def test_compact(runs: RunsPaths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compact", str(runs.root)]) == 0
    assert f"4 rows of 2 files in {runs.store / 'compacted-00000002.parquet'}" in capsys.readouterr().out
    assert main(["compact", str(runs.root)]) == 0
    assert capsys.readouterr().out == "nothing to compact\n"
    assert main(["verify", str(runs.root)]) == 0


def test_finished_keys_are_counted_once(runs: RunsPaths) -> None:
    write(runs.store, row("a"))
    assert count_finished(runs.store) == 4
    main(["compact", str(runs.root)])
    assert count_finished(runs.store) == 4


def test_compact_beside_another(runs: RunsPaths, capsys: pytest.CaptureFixture[str]) -> None:
    with Lock.acquire(runs.store / "compaction.lock", "compaction"):
        assert main(["compact", str(runs.root)]) == 2
    assert "is at it. Wait until it ends" in capsys.readouterr().err


@pytest.mark.parametrize("is_compacted", [False, True])
def test_export(runs: RunsPaths, tmp_path: Path, is_compacted: bool, capsys: pytest.CaptureFixture[str]) -> None:
    if is_compacted:
        main(["compact", str(runs.root)])
    lines, table = tmp_path / "rows.jsonl", tmp_path / "rows.parquet"
    assert main(["export", str(runs.root), "--to", str(lines)]) == 0
    assert f"4 rows in {lines}" in capsys.readouterr().out
    found = {entry["key"]: entry for entry in map(json.loads, lines.read_text().splitlines())}
    assert found["b"] == {"kind": "prediction", "key": "b", "finished": True, "payload": {"text": "text of b"}}
    assert sorted(found) == ["a", "b", "c", "v"]
    assert main(["export", str(runs.root), "--to", str(table), "--kind", "verdict"]) == 0
    assert pl.read_parquet(table).select("kind", "key", "is_finished", "payload").rows() == [
        ("verdict", "v", True, '{"status":"ok"}')
    ]


def test_what_the_user_can_fix(runs: RunsPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path / "nothing")]) == 2
    assert f"error: no store below {tmp_path / 'nothing'}" in capsys.readouterr().err
    assert main(["export", str(runs.root), "--to", str(tmp_path / "rows.csv")]) == 2
    assert "must end in .jsonl or .parquet" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert main(["export", str(runs.root), "--to", str(tmp_path / "file" / "rows.jsonl")]) == 1
    assert "failed: cannot write" in capsys.readouterr().err


def test_the_command_itself(runs: RunsPaths) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "records", "verify", str(runs.root)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "2 files, 0 damaged places, 0 damaged tables"
    helped = subprocess.run(
        [sys.executable, "-m", "records", "--help"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert (helped.returncode, "verify | compact | export" in helped.stdout) == (0, True)
