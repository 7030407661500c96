"""The store at the size of a whole leaderboard: `python benchmarks/bench_store.py`; exit status 1 over a limit.

57,200 answers and 171,600 verdicts (13 models, 3 judges, 4,400 pairs), as two drivers' segments and compacted. The
measure in the same run, in CPU time, is one `json.loads` of every line: the least that reading payloads can cost.

- Opening the segments, every checksum looked at: at most 1.6 x that; the compacted file: at most 2.2 x.
- The compacted file: at most 0.5 x the bytes of the segments.
- Compacting, read back and all: at most 6.5 x.
- The index in memory: at most 256 bytes a row.
- Reading one row in any order out of the compacted file: at most 1 ms.
- A driver that appends 400 rows a second for 3 s and ticks every 50 ms spends at most 5% of the time in the store.
"""

import hashlib
import json
import random
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Final

from records.compaction import compact
from records.store import Entry, Store

NUM_ANSWERS, NUM_VERDICTS = 57_200, 171_600
WORDS: Final = ("the", "button", "moved", "left", "by", "colour", "of", "a", "card", "heading", "is", "larger", "px")


def make_rows(seed: int = 0) -> list[Entry]:
    """Return rows with content keys and texts of the lengths that real ones have."""
    draw = random.Random(seed)
    kinds = ["prediction"] * NUM_ANSWERS + ["verdict"] * NUM_VERDICTS
    return [_make_row(kind, number, draw) for number, kind in enumerate(kinds)]


def _make_row(kind: str, number: int, draw: random.Random) -> Entry:
    text = " ".join(draw.choices(WORDS, k=draw.randrange(20, 120)))
    payload = {"text" if kind == "prediction" else "raw_text": text, "status": "ok", "error_type": None}
    counts = {"attempts": 1, "prompt_tokens": draw.randrange(9999), "latency_s": round(draw.random() * 9, 6)}
    times = {"created_at": f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}.000000+00:00"}
    return Entry(kind, hashlib.sha256(str(number).encode()).hexdigest(), True, payload | counts | times)


def _seconds(work: Callable[[], object]) -> float:
    """Return CPU seconds, which other work on the machine hardly changes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def _write(root: Path, rows: list[Entry]) -> None:
    for half in (rows[::2], rows[1::2]):
        store = Store.open(root)
        for row in half:
            store.append(row)
        store.close()


def _parse_all(root: Path) -> None:
    for segment in sorted(root.glob("segment-*.log")):
        with segment.open("rb") as lines:
            for line in lines:
                json.loads(line[20:])


def _index_bytes(root: Path) -> float:
    tracemalloc.start()
    store = Store.open(root)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert store.damage == []
    return held / (NUM_ANSWERS + NUM_VERDICTS)


def _read_anywhere_ms(root: Path, rows: list[Entry], num: int = 500) -> float:
    store, wanted = Store.open(root), random.Random(1).sample(rows, num)
    took_s = _seconds(lambda: [store.get(row.kind, row.key) for row in wanted])
    assert all(store.get(row.kind, row.key) == row for row in wanted[:20])
    return took_s / num * 1e3


def _share_of_a_driver(root: Path, rows: list[Entry], num_ticks: int = 60) -> float:
    """Return the share of wall time that appending 20 rows and one tick take, every 50 ms."""
    store, spent_s = Store.open(root), 0.0
    for tick in range(num_ticks):
        started = time.perf_counter()
        for row in rows[tick * 20 : tick * 20 + 20]:
            store.append(row)
        store.sync_if_due()
        took_s = time.perf_counter() - started
        spent_s += took_s
        time.sleep(max(0.0, 0.05 - took_s))
    store.close()
    return spent_s / (num_ticks * 0.05)


def main() -> int:
    """Print each figure with its limit; return the exit status."""
    rows = make_rows()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "store"
        wrote_s = _seconds(lambda: _write(root, rows))
        parse_s = min(_seconds(lambda: _parse_all(root)) for _ in range(2))
        open_s = min(_seconds(lambda: Store.open(root)) for _ in range(2))
        started = time.process_time()
        done = compact(root)
        compact_s = time.process_time() - started
        open_compacted_s = min(_seconds(lambda: Store.open(root)) for _ in range(2))
        figures = (
            ("open segments / json.loads", open_s / parse_s, 1.6),
            ("open compacted / json.loads", open_compacted_s / parse_s, 2.2),
            ("compacted bytes / segments", done.bytes_after / done.bytes_before, 0.5),
            ("compact / json.loads", compact_s / parse_s, 6.5),
            ("index, bytes a row", _index_bytes(root), 256.0),
            ("one row anywhere, ms", _read_anywhere_ms(root, rows), 1.0),
            ("share of a driver's time", _share_of_a_driver(Path(folder) / "driver", rows), 0.05),
        )
    print(
        f"{len(rows):,} rows, {done.bytes_before / 1e6:.0f} MB written in {wrote_s:.1f} s; json.loads {parse_s:.2f} s"
    )
    print(f"open {open_s:.2f} s; compacted in {compact_s:.2f} s, opens in {open_compacted_s:.2f} s")
    for name, figure, limit in figures:
        print(f"{name:28} {figure:8.3f}  limit {limit:g}  {'pass' if figure <= limit else 'FAIL'}")
    return 0 if all(figure <= limit for _, figure, limit in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
