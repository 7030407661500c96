"""Several drivers on one store: what counts for a key that more than one of them finished, and who is dead."""

import os
import signal
import time
from itertools import pairwise
from pathlib import Path

import pytest
from store_cases import bury, row, rows_of, start_python, told, write

from records.compaction import compact
from records.lock import LockTiming
from records.segments import live_segments, seal
from records.store import Store
from schemas.errors import StoreError


def number(store: Store, key: str = "k") -> object:
    entry = store.get("prediction", key)
    assert entry is not None
    return entry.payload["by"]


@pytest.mark.parametrize("first_to_write", ["slow", "quick"])
def test_a_result_in_a_run_that_ended_never_changes(tmp_path: Path, first_to_write: str) -> None:
    """Whoever began first: the tables of the driver that ended first keep their row."""
    drivers = {name: Store.open(tmp_path) for name in ("slow", "quick")}
    drivers[first_to_write].append(row("begun", by=first_to_write))
    for name in ("quick", "slow"):
        drivers[name].append(row("k", by=name))
    drivers["quick"].close()
    assert number(drivers["quick"]) == "quick"
    drivers["slow"].close()
    assert [number(store) for store in (*drivers.values(), Store.open(tmp_path))] == ["quick"] * 3
    compact(tmp_path)
    assert number(Store.open(tmp_path)) == "quick"


def test_a_row_read_from_a_driver_that_goes_on_is_kept(tmp_path: Path) -> None:
    """The reader's run ends first; a third driver, which had not seen the row, finishes the key too."""
    writer, third = Store.open(tmp_path), Store.open(tmp_path)
    writer.append(row("k", by="writer"))
    reader = Store.open(tmp_path)
    third.append(row("k", by="third"))
    assert number(reader) == "writer"
    reader.close()
    assert number(reader) == "writer"
    third.close()
    writer.close()
    assert [number(store) for store in (reader, third, writer, Store.open(tmp_path))] == ["writer"] * 4


def test_what_nobody_read_is_not_copied(tmp_path: Path) -> None:
    writer = Store.open(tmp_path)
    writer.append(row("k", by="writer"))
    reader = Store.open(tmp_path)
    assert reader.has("prediction", "k")
    reader.append(row("other", by="reader"))
    reader.close()
    assert not reader.has("prediction", "k")
    assert (tmp_path / "segment-00000001.log").read_bytes().count(b"\n") == 1
    writer.close()


def test_a_dead_drivers_rows_come_before_those_of_its_successor(tmp_path: Path) -> None:
    dead = Store.open(tmp_path)
    dead.append(row("k", by="dead"))
    bury(live_segments(tmp_path)[0])
    successor = Store.open(tmp_path)
    assert number(successor) == "dead"
    successor.append(row("other", by="successor"))
    successor.close()
    assert [path.name for path in sorted(tmp_path.glob("segment-*"))] == [
        "segment-00000001.log",
        "segment-00000002.log",
    ]
    assert "dead" in (tmp_path / "segment-00000001.log").read_text()
    assert [number(store) for store in (successor, Store.open(tmp_path))] == ["dead"] * 2


def test_a_living_drivers_last_line_is_no_damage(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.append(row("a"))
    live = live_segments(tmp_path)[0]
    with live.open("ab") as file:
        file.write(b"v1 0123")
    assert Store.open(tmp_path).damage == []
    bury(live)
    assert [damage.reason for damage in Store.open(tmp_path).damage] == ["torn line"]


def test_a_death_between_link_and_unlink_doubles_nothing(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.append(row("k", by="dead"))
    live = live_segments(tmp_path)[0]
    os.link(live, tmp_path / "segment-00000001.log")
    bury(live)
    write(tmp_path, row("other", by="next"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["segment-00000001.log", "segment-00000002.log"]
    assert len(rows_of(tmp_path)) == 2


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write(tmp_path, row("a"))
    (tmp_path / "segment-00000002.log").touch()
    live = tmp_path / "segment-live-x.log"
    live.write_bytes((tmp_path / "segment-00000001.log").read_bytes())
    assert seal(live, 1).name == "segment-00000003.log"


STOPPED = """
import sys
from pathlib import Path
from records.lock import LockTiming
from records.store import Entry, Store
store = Store.open(Path(sys.argv[1]), timing=LockTiming(beat_s=0.05, stale_after_s=0.6))
for number in range(3):
    store.append(Entry("prediction", f"early-{number}", True, {}))
store.sync()
store.append(Entry("prediction", "waits", True, {}))
print("written", flush=True)
sys.stdin.readline()
for number in range(3):
    store.append(Entry("prediction", f"late-{number}", True, {}))
store.sync()
print("synced", flush=True)
sys.stdin.readline()
store.close()
"""


def test_a_driver_that_was_taken_for_dead_loses_nothing(tmp_path: Path) -> None:
    """It stands still, its segment is sealed, compacted and gone; then it goes on writing into it."""
    driver = start_python(STOPPED, str(tmp_path), stdin=True)
    assert driver.stdin is not None
    assert driver.stdout is not None
    assert driver.stdout.readline() == "written\n"
    os.kill(driver.pid, signal.SIGSTOP)
    time.sleep(1)
    live = live_segments(tmp_path)[0]
    bury(live)
    done = compact(tmp_path)
    assert (done.num_rows, done.num_live, live.exists()) == (4, 0, False)
    os.kill(driver.pid, signal.SIGCONT)
    driver.stdin.write("go\n")
    driver.stdin.flush()
    assert driver.stdout.readline() == "synced\n"
    keys = ["waits", *(f"{when}-{number}" for when in ("early", "late") for number in range(3))]
    assert all(Store.open(tmp_path).has("prediction", key) for key in keys)
    driver.communicate("end\n", timeout=60)
    assert {key for _, key in rows_of(tmp_path)} == set(keys)


def test_rows_survive_a_disk_that_refuses_to_sync(tmp_path: Path) -> None:
    """A second fsync would succeed though the pages are lost: the rows are written again, elsewhere."""
    store = Store.open(tmp_path)
    store.append(row("a"))
    assert store._writer is not None
    lost = live_segments(tmp_path)[0]
    null = os.open("/dev/null", os.O_WRONLY)
    os.dup2(null, store._writer._file)
    os.close(null)
    with pytest.raises(StoreError, match=r"cannot write .*segment-live"):
        store.sync()
    lost.unlink()
    store.append(row("b"))
    store.close()
    assert [told(tmp_path, key) for key in "ab"] == [row("a"), row("b")]


def test_rows_are_synced_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more than half a second at risk while the store is used or ticked, and two fsyncs a second at most."""
    now, synced = [0.0], []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append((now[0], os.fstat(file).st_size)))
    store = Store.open(tmp_path, clock=lambda: now[0], timing=LockTiming(beat_s=60))
    store.append(row("first"))
    synced.clear()
    for tick in range(1, 101):
        now[0] = tick * 0.05
        if tick <= 60:
            store.append(row(f"k-{tick}"))
        store.sync_if_due()
    size = live_segments(tmp_path)[0].stat().st_size
    times = [time_s for time_s, _ in synced]
    assert synced[-1] == (3.5, size)
    assert times[0] == 0.5
    assert all(0.5 <= later - earlier <= 0.6 for earlier, later in pairwise(times))
    store.close()
