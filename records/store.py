"""Predictions and verdicts by content key, shared by all runs.

A folder of append-only segments, each with one writer (records/segments.py), and of what they were compacted to
(records/compacted.py). Every row carries a checksum (records/lines.py), so a torn tail or a damaged middle costs its
own rows only. Of several rows for one key, a finished one beats an error, then the first finished (a result never
changes) or the last error counts, in the order in which segments were sealed; no clock is read.

The store is generic over (kind, key, payload): it knows nothing of predictions or verdicts.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from records.compacted import compacted_files
from records.files import write_failed
from records.index import Index, Listing, Place
from records.lines import Damage, Entry, encode
from records.lock import Lock, LockTiming, Watch
from records.segments import forget_lock, is_abandoned, live_segments, lock_path, seal, sealed_segments
from records.writer import SegmentWriter
from schemas.errors import StoreError

__all__ = ["Damage", "Entry", "Store"]


@dataclass(slots=True)
class Store:
    """Read every segment of a folder, append to one of one's own.

    The index holds places, not payloads, so memory stays flat in the payloads' size.
    """

    root: Path
    clock: Callable[[], float] = time.monotonic
    timing: LockTiming = field(default_factory=LockTiming)
    _index: Index = field(default_factory=Index)
    _writer: SegmentWriter | None = None
    _watches: dict[Path, Watch] = field(default_factory=dict)
    _borrowed: dict[tuple[str, str], None] = field(default_factory=dict)
    _only_sealed: bool = False

    @classmethod
    def open(
        cls, root: Path, *, clock: Callable[[], float] = time.monotonic, timing: LockTiming | None = None
    ) -> "Store":
        """Index every file below `root`; damaged rows are skipped and listed in `damage`."""
        store = cls(root, clock, timing or LockTiming())
        store._reindex()
        return store

    @property
    def damage(self) -> list[Damage]:
        """Return the rows that could not be trusted; the last line of a living driver is only not written yet."""
        being_written = {path.name for path in live_segments(self.root) if not self._is_dead(path)}
        return [
            damage
            for damage in self._index.damage
            if not (damage.segment in being_written and damage.reason == "torn line")
        ]

    def has(self, kind: str, key: str) -> bool:
        """Tell whether a finished row is there."""
        place = self._index.place(kind, key)
        return place is not None and place.is_finished

    def get(self, kind: str, key: str) -> Entry | None:
        """Return the row that counts for a key, or None where there is none.

        Where a compaction took the file away, the folder is read anew. StoreError where a finished row has gone:
        another machine wrote it, and died before it was on the disk.
        """
        place = self._index.place(kind, key)
        if place is None:
            return None
        row = self._index.row(place, kind, key)
        if isinstance(row, str):
            failed = Damage(self._index.sources[place.source].path.name, place.offset, row)
            self._reindex()
            was_finished, place = place.is_finished, self._index.place(kind, key)
            if place is None and not was_finished:
                return None
            row = failed.reason if place is None else self._index.row(place, kind, key)
            if place is None or isinstance(row, str):
                raise StoreError(f"{self.root}: {failed}: it changed while in use; run the same command")
        self._note_borrowed(kind, key, place)
        return row.entry()

    def append(self, entry: Entry) -> None:
        """Keep a row: it survives the death of this process at once, and of the machine after `sync`.

        A full disk raises StoreError and leaves no half line behind.
        """
        if self._writer is None:
            self._writer = SegmentWriter(self.root, self.clock, self.timing)
        offset = self._writer.append(encode(entry))
        self._index.note(entry, self._own_number(), offset)

    def sync_if_due(self) -> None:
        """Sync, where a row has waited for `SYNC_AFTER_S`; free otherwise, so call it on every tick."""
        if self._writer is not None:
            self._writer.sync_if_due()

    def sync(self) -> None:
        """Force appended rows onto the disk; StoreError where it refuses them."""
        if self._writer is not None:
            self._writer.sync()

    def close(self) -> None:
        """Sync, and seal the segment: from now on no other driver's rows come before what was read or written here.

        What others still write is told no more, but for rows that were read from it: these are copied. So finished
        rows in tables built after `close` stay what they are, whoever else finishes the same keys. The store can
        be read, and appended to, again.
        """
        self.sync()
        if self._writer is None and not self._borrowed:
            return
        self._only_sealed = True
        try:
            self._seal_the_dead()
            self._keep_borrowed()
            self._seal_own()
        except OSError as error:
            raise write_failed(self.root, error) from error

    def _seal_own(self) -> None:
        live = self._own_live
        known = {source.path for source in self._index.sources}
        before = set(Listing.of(self.root, live, only_sealed=True).paths)
        sealed = self._writer.seal(next_number(self.root)) if self._writer else None
        self._writer = None
        if known != before:
            self._reindex()
        elif sealed is not None:
            next(source for source in self._index.sources if source.path == live).path = sealed

    def _seal_the_dead(self) -> None:
        for live in live_segments(self.root):
            if live != self._own_live and self._is_dead(live):
                adopt(live, self._watch(live))

    def _keep_borrowed(self) -> None:
        for kind, key in self._borrowed:
            place = self._index.place(kind, key)
            if place is not None and self._is_anothers(place):
                row = self._index.row(place, kind, key)
                if not isinstance(row, str):
                    self.append(row.entry())
        self._borrowed.clear()
        self.sync()

    def _note_borrowed(self, kind: str, key: str, place: Place) -> None:
        if place.is_finished and self._is_anothers(place):
            self._borrowed[kind, key] = None

    def _is_anothers(self, place: Place) -> bool:
        path = self._index.sources[place.source].path
        return path != self._own_live and path.name.startswith("segment-live-") and path.exists()

    def _is_dead(self, live: Path) -> bool:
        return is_abandoned(self._watch(live))

    def _watch(self, live: Path) -> Watch:
        return self._watches.setdefault(live, Watch(lock_path(live), self.timing))

    @property
    def _own_live(self) -> Path | None:
        return self._writer.live if self._writer else None

    def _own_number(self) -> int:
        assert self._own_live is not None
        if not self._index.sources or self._index.sources[-1].path != self._own_live:
            return self._index.add(self._own_live)
        return len(self._index.sources) - 1

    def _reindex(self) -> None:
        self._index.close()
        self._index = Index.of_folder(self.root, self._own_live, only_sealed=self._only_sealed)
        for live in live_segments(self.root):
            self._is_dead(live)


def next_number(root: Path) -> int:
    """Return the first number that no segment has or had."""
    # segments before what they are compacted to: what is gone from the first is in the second
    sealed = [number for number, _ in sealed_segments(root)]
    return 1 + max([*sealed, *(number for number, _ in compacted_files(root))], default=0)


def adopt(live: Path, watch: Watch) -> Path | None:
    """Seal a segment whose writer `watch` has found dead; None where it was empty, or another was faster."""
    lock = Lock.succeed(watch, f"segment {live.name}")
    if lock is None:
        return None
    try:
        if live.stat().st_size:
            return seal(live, next_number(live.parent))
        live.unlink(missing_ok=True)
        return None
    except FileNotFoundError:
        return None
    finally:
        lock.discard()
        if not live.exists():
            forget_lock(live)
