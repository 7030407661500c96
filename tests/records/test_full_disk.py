"""A disk that is full at every write in turn: a clear message, nothing acknowledged is lost, and room mends it."""

import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from store_cases import row, rows_of

from records.compaction import compact
from records.export import export
from records.files import read_table, write_json, write_table, write_text
from records.lock import Lock
from records.run_paths import RunsPaths
from records.store import Entry, Store
from schemas.errors import StoreError

PAGE = 4096
FULL = r"no space left to write .*: free some, then run the same command; finished calls are kept"
DRAW = random.Random(0)
ENTRIES = [row(f"k-{number}", text=DRAW.randbytes(150).hex()) for number in range(150)]
TABLE = pl.Schema({"a": pl.Int64(), "b": pl.String()})
FRAME = pl.DataFrame({"a": range(400), "b": [DRAW.randbytes(20).hex() for _ in range(400)]}, TABLE)


def rooms(disk: Path, num_pages: int) -> Iterator[Path]:
    """Leave room for no page, for one, for two, ...; yield the file to remove when more is wanted."""
    ballast = disk / "ballast"
    for number in range(num_pages):
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * PAGE)
            except OSError:
                file.truncate(max(0, file.tell() - number * PAGE))
        yield ballast
        ballast.unlink(missing_ok=True)


def fails(work: Callable[[], object]) -> bool:
    """Tell whether work met the full disk; it may meet nothing else."""
    try:
        work()
    except StoreError as error:
        assert re.fullmatch(FULL, str(error)), error
        return True
    return False


def append_all(root: Path, acknowledged: list[Entry]) -> None:
    """Run a driver over what the store lacks, a sync after each row."""
    store = Store.open(root)
    try:
        for entry in ENTRIES[:40]:
            if not store.has(entry.kind, entry.key):
                store.append(entry)
                store.sync()
                acknowledged.append(entry)
    finally:
        store.close()


def test_a_driver(small_disk: Path) -> None:
    """From no room at all to enough: the driver dies of it again and again, and ends when there is room."""
    num_failed = 0
    for number, ballast in enumerate(rooms(small_disk, 12)):
        root = small_disk / f"store-{number}"
        acknowledged: list[Entry] = []
        num_failed += fails(partial(append_all, root, acknowledged))
        kept = rows_of(root)
        assert all(kept[entry.kind, entry.key] == entry for entry in acknowledged)
        ballast.unlink()
        append_all(root, acknowledged)
        assert list(rows_of(root).values()) == ENTRIES[:40]
        assert Store.open(root).damage == []
        for path in root.iterdir():
            path.unlink()
    assert 3 < num_failed < 12


def test_one_driver_that_goes_on(small_disk: Path) -> None:
    """The same Store object, after room was made: no row is glued to a half line, none is lost."""
    store = Store.open(small_disk / "store")
    kept: list[Entry] = []
    for ballast in rooms(small_disk, 4):
        for entry in ENTRIES[len(kept) :]:
            if fails(partial(store.append, entry)):
                break
            kept.append(entry)
        assert not fails(store.sync)
        ballast.unlink()
    store.close()
    assert len(kept) > 20
    assert list(rows_of(store.root).values()) == kept
    assert Store.open(store.root).damage == []


@pytest.mark.parametrize("is_beside_a_driver", [False, True])
def test_a_compaction(middle_disk: Path, is_beside_a_driver: bool) -> None:
    root = middle_disk / "store"
    for part in (ENTRIES[:60], ENTRIES[60:]):
        store = Store.open(root)
        for entry in part:
            store.append(entry)
        store.close()
    driver = Store.open(root)
    if is_beside_a_driver:
        driver.append(row("beside"))
    expected = rows_of(root)
    num_failed = 0
    for ballast in rooms(middle_disk, 25):
        num_failed += fails(lambda: compact(root))
        assert rows_of(root) == expected
        assert Store.open(root).damage == []
        assert not list(root.glob(".*"))
        ballast.unlink()
        if (root / "compacted-00000002.parquet").exists():
            break
    assert 3 < num_failed < 24
    compact(root)
    driver.close()
    assert rows_of(root) == expected


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "table": lambda path, number: write_table(FRAME.with_columns(pl.col("a") + number), path, TABLE),
    "manifest": lambda path, number: write_json({"number": number, "rows": [{"key": "x" * 90}] * 200}, path),
    "config": lambda path, number: write_text(f"number: {number}\n" + "x: 1\n" * 4000, path),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_runs_files(small_disk: Path, kind: str) -> None:
    """The old file stays, whole, and no half one is left."""
    path = small_disk / "run" / kind
    WRITERS[kind](path, 0)
    old, num_failed, num_written = path.read_bytes(), 0, 0
    for number, ballast in enumerate(rooms(small_disk, 12), 1):
        if fails(partial(WRITERS[kind], path, number)):
            num_failed += 1
            assert path.read_bytes() == old
        else:
            num_written += 1
            old = path.read_bytes()
        assert [found.name for found in path.parent.iterdir()] == [kind]
        ballast.unlink()
        WRITERS[kind](path, number + 100)
        assert path.read_bytes() != old
        old = path.read_bytes()
    assert num_failed > 2
    assert num_written > 2
    if kind == "table":
        assert read_table(path, TABLE)["b"].equals(FRAME["b"])


def test_a_run_without_its_folder_yet(small_disk: Path) -> None:
    paths = RunsPaths(small_disk / "runs").run("sweep-1a2b3c4d")
    for ballast in rooms(small_disk, 1):
        assert fails(lambda: write_json({"a": "x" * 9000}, paths.manifest))
        assert not paths.manifest.exists()
        ballast.unlink()
        write_json({"a": "x" * 9000}, paths.manifest)


def test_a_lock(small_disk: Path) -> None:
    for ballast in rooms(small_disk, 1):
        assert fails(lambda: Lock.acquire(small_disk / "run" / "lock", "run"))
        assert list((small_disk / "run").iterdir()) == []
        ballast.unlink()
    with Lock.acquire(small_disk / "run" / "lock", "run") as lock:
        for _ in rooms(small_disk, 1):
            lock._beat()  # in place: a full disk stops no heartbeat
            lock.check()


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_an_export(small_disk: Path, tmp_path: Path, suffix: str) -> None:
    store = Store.open(tmp_path / "store")
    for entry in ENTRIES:
        store.append(entry)
    store.close()
    target = small_disk / f"rows{suffix}"
    for ballast in rooms(small_disk, 5):
        assert fails(lambda: export(store.root, target))
        assert [found.name for found in small_disk.iterdir()] == ["ballast"]
        ballast.unlink()
    assert export(store.root, target) == len(ENTRIES)
