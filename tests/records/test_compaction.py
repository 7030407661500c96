"""Compaction: what counts is kept, whenever the process dies, whoever reads or writes meanwhile."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from store_cases import ROOT, bury, keep, row, rows_of, start_python, told, write

from records.compacted import guard_footer
from records.compaction import compact
from records.index import Listing
from records.lock import Lock, LockTiming
from records.segments import live_segments
from records.store import Entry, Store
from schemas.errors import LockError, StoreError

V1 = Path(__file__).parent / "data" / "v1"


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if ".lock" not in path.name)


def test_the_rows_that_count_become_one_file(tmp_path: Path) -> None:
    write(tmp_path, row("a", by=1), row("b", is_finished=False, by=1), row("c", is_finished=False, by=1))
    write(tmp_path, row("a", by=2), row("b", by=2), row("c", is_finished=False, by=2))
    before = rows_of(tmp_path)
    done = compact(tmp_path)
    assert (done.num_rows, done.num_files, done.damage) == (3, 2, ())
    assert names(tmp_path) == ["compacted-00000002.parquet"]
    assert rows_of(tmp_path) == before
    assert [told(tmp_path, key).payload["by"] for key in "abc"] == [1, 2, 2]
    assert [told(tmp_path, key).is_finished for key in "abc"] == [True, True, False]


def test_again_and_again(tmp_path: Path) -> None:
    for number in range(1, 5):
        write(tmp_path, row(f"k-{number}"), row("k-1", by=number))
        compact(tmp_path)
        assert names(tmp_path) == [f"compacted-{number:08d}.parquet"]
        assert len(rows_of(tmp_path)) == number
    before = (tmp_path / "compacted-00000004.parquet").read_bytes()
    assert compact(tmp_path).path is None
    assert (tmp_path / "compacted-00000004.parquet").read_bytes() == before
    assert told(tmp_path, "k-1") == row("k-1")


def test_nothing_to_compact(tmp_path: Path) -> None:
    assert compact(tmp_path).path is None
    assert names(tmp_path) == []


def test_any_program_reads_it(tmp_path: Path) -> None:
    entry = Entry("verdict", 'quote" ü', True, {"text": "ü\n\\", "n": [1, None]})
    write(tmp_path, entry, *(row(f"k-{number}") for number in range(300)))
    done = compact(tmp_path)
    frame = pl.read_parquet(done.path)
    assert frame.columns == ["kind", "key", "is_finished", "payload", "checksum"]
    assert frame.height == 301
    found = duckdb.sql(f"select key, payload->>'$.n[0]' as n from '{done.path}' where kind = 'verdict'").fetchall()
    assert found == [('quote" ü', "1")]
    assert Store.open(tmp_path).get("verdict", 'quote" ü') == entry


def test_a_store_of_the_first_format_is_read_and_compacted(tmp_path: Path) -> None:
    """Written by the store's first version, byte for byte."""
    shutil.copytree(V1, tmp_path / "store")
    store = Store.open(tmp_path / "store")
    text = 'ünï\ncode \ud800 "q" \\'
    expected = [
        Entry("prediction", "a" * 64, True, {"text": text, "attempts": 1, "cost_usd": 0.25, "reasoning": None}),
        Entry("verdict", "b" * 64, True, {"status": "ok", "verdict": "missed", "hallucinations": ["x", "y"]}),
        Entry("canary", 'quote" back\\slash ü', True, {"passed": True}),
    ]
    assert store.damage == []
    assert list(rows_of(tmp_path / "store").values()) == [expected[0], expected[1], expected[2]]
    compact(tmp_path / "store")
    assert list(rows_of(tmp_path / "store").values()) == expected
    assert [store.get(entry.kind, entry.key) for entry in expected] == expected


def test_a_reader_from_before_goes_on(tmp_path: Path) -> None:
    """Opened before: its files are gone, or empty, and yet it reads every row."""
    write(tmp_path, row("a"), row("b"))
    writer = Store.open(tmp_path)
    writer.append(row("w"))
    reader = Store.open(tmp_path)
    write(tmp_path, row("c"))
    assert reader.get("prediction", "a") == row("a")
    compact(tmp_path)
    assert [reader.get("prediction", key) for key in "abw"] == [row(key) for key in "abw"]
    writer.close()
    compact(tmp_path)
    assert [reader.get("prediction", key) for key in "abw"] == [row(key) for key in "abw"]
    compact(tmp_path)
    assert [Store.open(tmp_path).get("prediction", key) for key in "abcw"] == [row(key) for key in "abcw"]


def test_a_segment_that_is_written_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, row("a"))
    writer = Store.open(tmp_path)
    writer.append(row("w"))
    done = compact(tmp_path)
    assert (done.num_rows, done.num_live) == (1, 1)
    writer.append(row("x"))
    writer.close()
    # 1 stands for itself as long as a driver lives that may have looked for a free number already
    assert "segment-00000002.log" in names(tmp_path)
    assert compact(tmp_path).num_rows == 3
    assert names(tmp_path) == ["compacted-00000002.parquet"]


def test_a_number_is_never_used_twice(tmp_path: Path) -> None:
    """A driver that looked for its number before others sealed theirs, and these were compacted, comes after them."""
    late = Store.open(tmp_path)
    late.append(row("k", by="late"))
    write(tmp_path, row("k", by="early"))
    compact(tmp_path)
    assert late._writer is not None
    assert late._writer.seal(1) == tmp_path / "segment-00000002.log"
    assert told(tmp_path, "k").payload["by"] == "early"


@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_a_dead_drivers_segment_is_taken(tmp_path: Path, is_elsewhere: bool) -> None:
    dead = Store.open(tmp_path)
    dead.append(row("a"))
    live = live_segments(tmp_path)[0]
    if is_elsewhere:
        assert dead._writer is not None
        assert dead._writer._lock is not None
        dead._writer._lock._end()  # it beats no more
        lock = next(tmp_path.glob("*.lock.*"))
        lock.write_text(lock.read_text().replace("pid:[", "pid:[elsewhere "))
    else:
        bury(live)
    said: list[str] = []
    done = compact(tmp_path, said.append, LockTiming(beat_s=0.1, stale_after_s=0.5))
    assert (done.num_rows, names(tmp_path)) == (1, ["compacted-00000001.parquet"])
    assert len(said) == is_elsewhere


def test_two_compactions_at_once_are_refused(tmp_path: Path) -> None:
    write(tmp_path, row("a"))
    with (
        Lock.acquire(tmp_path / "compaction.lock", "compaction"),
        pytest.raises(LockError, match=r"compaction of .* is at it"),
    ):
        compact(tmp_path)
    assert names(tmp_path) == ["segment-00000001.log"]


def test_damage_is_named_and_what_is_damaged_is_kept(tmp_path: Path) -> None:
    segment = write(tmp_path, row("a"), row("b"), row("c"))
    whole = segment.read_bytes()
    spoilt = whole.replace(b"text of b", b"text of X")
    segment.write_bytes(spoilt + whole[:30])
    done = compact(tmp_path)
    assert [(damage.reason, damage.key) for damage in done.damage] == [("checksum mismatch", "b"), ("torn line", None)]
    assert names(tmp_path) == ["compacted-00000001.parquet", "damaged"]
    assert (tmp_path / "damaged" / segment.name).read_bytes() == spoilt + whole[:30]
    store = Store.open(tmp_path)
    assert [store.has("prediction", key) for key in "abc"] == [True, False, True]


def test_a_torn_tail_alone_is_not_kept(tmp_path: Path) -> None:
    segment = write(tmp_path, row("a"), row("b"))
    segment.write_bytes(segment.read_bytes()[:-5])
    assert [damage.reason for damage in compact(tmp_path).damage] == ["torn line"]
    assert names(tmp_path) == ["compacted-00000001.parquet"]


def test_a_damaged_compacted_file_is_made_anew(tmp_path: Path) -> None:
    write(tmp_path, *(row(f"k-{number}") for number in range(300)))
    path = compact(tmp_path).path
    assert path is not None
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 3] ^= 1
    path.write_bytes(whole)
    lost = {damage.key for damage in Store.open(tmp_path).damage}
    assert 0 < len(lost) <= 128
    assert len(compact(tmp_path).damage) == len(lost)
    assert (tmp_path / "damaged" / path.name).read_bytes() == whole
    store = Store.open(tmp_path)
    assert store.damage == []
    assert {f"k-{number}" for number in range(300) if not store.has("prediction", f"k-{number}")} == lost


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from records.compacted import guard_footer
from records.compaction import compact
from records.index import Listing

def die_before(step, root):
    passed = 0
    def hook(event, arguments):
        nonlocal passed
        touches = event in ("os.rename", "os.remove", "os.link", "os.truncate", "os.mkdir", "os.utime")
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (touches or writes) and root in os.fsdecode(arguments[0] if isinstance(arguments[0], str | bytes) else ""):
            passed += 1
            if passed == step:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)

base, folder = map(Path, sys.argv[1:])
for step in range(1, 200):
    root = folder / str(step)
    shutil.copytree(base, root)
    child = os.fork()
    if not child:
        die_before(step, str(root))
        compact(root)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    print(step, status, flush=True)
    if status == 0:
        break
"""


def make_store(root: Path) -> Store:
    """Make a store that has everything a compaction meets; return a driver that goes on."""
    write(root, row("a", by=1), row("b", is_finished=False, by=1), *(row(f"many-{number}") for number in range(200)))
    write(root, row("b", is_finished=False, by=2), row("c", by=2))
    compact(root)
    write(root, row("a", by=3), row("b", is_finished=False, by=3), row("d", is_finished=False, by=3))
    damaged = write(root, row("d", is_finished=False, by=4), row("e", by=4), row("e", by=5))
    damaged.write_bytes(damaged.read_bytes().replace(b'"by":5', b'"by":6'))
    dead = Store.open(root)
    dead.append(row("f", by=6))
    bury(live_segments(root)[0])
    alive = Store.open(root)
    alive.append(row("g", by=7))
    return alive


@pytest.fixture(params=["alone", "beside a driver"])
def base(memory_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    driver = make_store(memory_path / "base")
    if request.param == "alone":
        driver.close()
    yield memory_path / "base"
    driver.close()


def test_a_death_before_any_step_loses_nothing(base: Path, memory_path: Path) -> None:
    expected = rows_of(base)
    assert len(expected) == 207
    killed = start_python(KILLED, str(base), str(memory_path / "killed"))
    (memory_path / "killed").mkdir()
    steps = [line.split() for line in killed.communicate(timeout=120)[0].splitlines()]
    assert len(steps) >= 15
    assert [status for _, status in steps] == ["9"] * (len(steps) - 1) + ["0"]
    for step, _ in steps:
        root = memory_path / "killed" / step
        assert rows_of(root) == expected, f"read after a death before step {step}"
        store = Store.open(root)
        assert all(store.get(kind, key) == entry for (kind, key), entry in expected.items())
        compact(root)
        assert rows_of(root) == expected, f"compacted after a death before step {step}"
        left = [name for name in names(root) if name != "damaged" and "live" not in name]
        assert left[0].startswith("compacted-")
        assert not any(name.endswith(".tmp") for name in left)
        assert all((root / name).stat().st_size == 0 for name in left[1:])


def test_readers_meanwhile_miss_nothing(tmp_path: Path) -> None:
    """Another process compacts again and again what this one writes and reads."""
    command = [sys.executable, "-c", COMPACTOR, str(tmp_path)]
    write(tmp_path, row("k-0"))
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        store, number, seen = Store.open(tmp_path), 0, set[Path]()
        while number < 60 or len(seen) <= 3:
            number += 1
            keep(tmp_path, row(f"k-{number}"))
            fresh = Store.open(tmp_path)
            assert all(fresh.has("prediction", f"k-{known}") for known in range(number + 1))
            assert fresh.get("prediction", f"k-{number // 2}") == row(f"k-{number // 2}")
            assert store.get("prediction", "k-0") == row("k-0")
            seen |= set(tmp_path.glob("compacted-*.parquet"))
        other.communicate("stop\n", timeout=60)
    assert len(rows_of(tmp_path)) == number + 1


def test_a_compaction_that_removes_many_files_keeps_no_reader_out(tmp_path: Path) -> None:
    for number in range(300):
        keep(tmp_path, row(f"k-{number}"))
    with subprocess.Popen([sys.executable, "-c", COMPACTOR, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE) as other:
        while list(tmp_path.glob("segment-*.log")):
            fresh = Store.open(tmp_path)
            assert all(fresh.has("prediction", f"k-{known}") for known in range(300))
        other.communicate(b"stop\n", timeout=60)


COMPACTOR = """
import select, sys
from pathlib import Path
from records.compacted import guard_footer
from records.compaction import compact
from records.index import Listing
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    compact(Path(sys.argv[1]))
"""


def test_a_compaction_while_a_store_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that were listed are empty by the time they are read: another has their rows."""
    keep(tmp_path, row("a"))
    driver = Store.open(tmp_path)
    driver.append(row("w"))
    listed = Listing.of(tmp_path)
    compact(tmp_path)
    assert (tmp_path / "segment-00000001.log").read_bytes() == b""
    listings = iter([listed, *[Listing.of(tmp_path)] * 9])
    monkeypatch.setattr(Listing, "of", lambda *_, **__: next(listings))
    assert Store.open(tmp_path).has("prediction", "a")
    monkeypatch.undo()
    driver.close()


def test_a_file_that_reads_back_otherwise_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(path: Path) -> None:
        guard_footer(path)
        whole = bytearray(path.read_bytes())
        whole[len(whole) // 4] ^= 1
        path.write_bytes(whole)

    monkeypatch.setattr("records.compaction.guard_footer", spoil)
    keep(tmp_path, *(row(f"k-{number}") for number in range(200)))
    with pytest.raises(StoreError, match="can be read back; nothing was removed"):
        compact(tmp_path)
    assert names(tmp_path) == ["segment-00000001.log"]
    assert len(rows_of(tmp_path)) == 200
