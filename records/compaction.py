"""Many segments become one Parquet file, and nothing is lost whenever the process dies.

Only sealed segments are taken, and those of dead drivers, which are sealed first. The new file is written beside,
read back, and appears by one rename under the highest number that it stands for; it names what it was made of, and
only then, and only that, is removed, lowest first. Whatever was left over by a death is removed by the next run.
A reader that finds a file gone reads the folder anew. A file with damaged rows is kept below `damaged/`.
"""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from records.compacted import CompactedFile, compacted_files, compacted_path, guard_footer, read_sources, write_rows
from records.files import atomic_path, sync_folder, write_failed
from records.index import Index
from records.lines import Damage
from records.lock import Lock, LockTiming, State, Watch, sweep_away
from records.segments import live_segments, lock_path, sealed_segments
from records.store import adopt
from schemas.errors import StoreError

_LOCK, _KEPT = "compaction.lock", "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compaction:
    """What a compaction did; `path` is None where there was nothing to do."""

    path: Path | None
    num_rows: int = 0
    num_files: int = 0
    """Files that it stands for now."""
    num_live: int = 0
    """Segments left alone, since a driver may still write them."""
    bytes_before: int = 0
    bytes_after: int = 0
    damage: tuple[Damage, ...] = ()


def compact(root: Path, say: Callable[[str], None] = lambda _: None, timing: LockTiming | None = None) -> Compaction:
    """Compact a store. LockError while another compaction runs, StoreError where the disk refuses.

    say: is told why there is a wait, and which segments are left alone.
    """
    try:
        with Lock.acquire(root / _LOCK, f"compaction of {root}", say=say) as lock:
            _seal_the_dead(root, timing or LockTiming(), say)
            _sweep(root)
            return _compact(root, lock)
    except OSError as error:
        raise write_failed(root, error) from error


def _seal_the_dead(root: Path, timing: LockTiming, say: Callable[[str], None]) -> None:
    """Seal segments whose drivers are dead; of a driver on another machine that takes watching it."""
    watches = {live: Watch(lock_path(live), timing) for live in live_segments(root)}
    undecided, has_said = list(watches), False
    while undecided:
        states = {live: watches[live].look() for live in undecided}
        for live, state in states.items():
            if state in (State.DEAD, State.FREE):
                adopt(live, watches[live])
        undecided = [live for live, state in states.items() if state is State.UNKNOWN]
        if undecided and not has_said:
            say(f"looking whether the drivers of {len(undecided)} segments live, for up to {timing.stale_after_s:g} s")
            has_said = True
        time.sleep(timing.beat_s / 4 if undecided else 0)


def _compact(root: Path, lock: Lock) -> Compaction:
    compacted = compacted_files(root)
    sealed = [(number, path) for number, path in sealed_segments(root) if path.stat().st_size]
    num_live = len(live_segments(root))
    sources = [path for _, path in (*compacted, *sealed)]
    index = Index.of_files(sources)
    if not sources or (sources == [path for _, path in compacted[:1]] and not index.damage):
        return Compaction(path=None, num_live=num_live)
    before = sum(path.stat().st_size for path in sources)
    target = compacted_path(root, max(number for number, _ in (*compacted, *sealed)))
    _keep_damaged(root, sources, index.damage)
    with atomic_path(target) as temporary:
        num_rows = _write(index, temporary, [path.name for path in sources])
        lock.check()
    _remove(root, [path for path in sources if path != target], leave_names=bool(num_live))
    index.close()
    return Compaction(
        path=target,
        num_rows=num_rows,
        num_files=len(sources),
        num_live=num_live,
        bytes_before=before,
        bytes_after=target.stat().st_size,
        damage=tuple(index.damage),
    )


def _write(index: Index, temporary: Path, names: Sequence[str]) -> int:
    with temporary.open("wb") as file:
        num_rows = write_rows(index.rows(), file, sources=names)
    guard_footer(temporary)
    written = CompactedFile(temporary)
    num_read = sum(not isinstance(found, Damage) for found in written.scan())
    written.close()
    if not num_read == num_rows == len(index):
        raise StoreError(f"{temporary}: {num_read} of {len(index)} rows can be read back; nothing was removed")
    return num_rows


def _sweep(root: Path) -> None:
    """Remove what a compaction or a driver that died left over."""
    for temporary in (*root.glob(".*.tmp"), *root.glob(f"{_KEPT}/.*.tmp")):
        temporary.unlink(missing_ok=True)
    for lock in {path.with_suffix("") for path in root.glob("segment-live-*.lock.*")}:
        if not lock.with_suffix(".log").exists() and Watch(lock).look() is State.DEAD:
            sweep_away(lock)
    num_live = len(live_segments(root))
    for _, path in compacted_files(root)[-1:]:
        made_of = [root / name for name in read_sources(path) if name != path.name and (root / name).exists()]
        if made_of and not Index.of_files([path]).damage:
            _remove(root, made_of, leave_names=bool(num_live))
    if not num_live:
        for _, path in sealed_segments(root):
            if not path.stat().st_size:
                path.unlink()


def _keep_damaged(root: Path, sources: Sequence[Path], damage: Sequence[Damage]) -> None:
    """Keep files that hold more than the torn line of a death: somebody may read more out of them."""
    names = {found.segment for found in damage if found.reason != "torn line"}
    for path in sources:
        kept = root / _KEPT / path.name
        if path.name in names:
            while kept.exists():
                kept = kept.with_name(f"{kept.name}~")
            with atomic_path(kept) as temporary:
                shutil.copyfile(path, temporary)


def _remove(root: Path, paths: Sequence[Path], *, leave_names: bool) -> None:
    """Remove files, the lowest first.

    leave_names: put an empty file under a segment's name, so that a driver about to seal its own, which
    has looked already, can't get a number that was taken.
    """
    for path in paths:
        if leave_names and path.suffix == ".log":
            empty = root / f".{path.name}.{os.getpid()}.tmp"
            empty.touch()
            empty.replace(path)
        else:
            path.unlink(missing_ok=True)
    sync_folder(root)
