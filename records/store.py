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
from records.lock import Watch
from records.segments import forget_lock, is_writer_dead, live_segments, seal, sealed_segments, take_over
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
    _index: Index = field(default_factory=Index)
    _writer: SegmentWriter | None = None
    _watches: dict[Path, Watch] = field(default_factory=dict)
    _borrowed: dict[tuple[str, str], None] = field(default_factory=dict)

    @classmethod
    def open(cls, root: Path, clock: Callable[[], float] = time.monotonic) -> "Store":
        """Index every file below `root`; damaged rows are skipped and listed in `damage`."""
        store = cls(root, clock)
        store._reindex()
        return store

    @property
    def damage(self) -> list[Damage]:
        """Return the rows that could not be trusted; the last line of a living driver is only not written yet."""
        being_written = {path.name for path in live_segments(self.root) if not is_writer_dead(path, self._watches)}
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

        Where a compaction took the file away, the folder is read anew.
        """
        place = self._index.place(kind, key)
        if place is None:
            return None
        row = self._index.row(place)
        if isinstance(row, str):
            failed = Damage(self._index.sources[place.source].path.name, place.offset, row)
            self._reindex()
            place = self._index.place(kind, key)
            row = failed.reason if place is None else self._index.row(place)
            if place is None or isinstance(row, str):
                raise StoreError(f"{self.root}: {failed}: it changed while in use; run the same command")
        self._note_borrowed(kind, key, place)
        return row.entry()

    def append(self, entry: Entry) -> None:
        """Keep a row: it survives the death of this process at once, and of the machine after `sync`.

        A full disk raises StoreError and leaves no half line behind.
        """
        if self._writer is None:
            self._writer = SegmentWriter(self.root, self.clock)
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

        So tables built after `close` stay what they are, whoever else finishes the same keys. Rows that were read
        from a segment that another driver still writes are copied. The store can be read, and appended to, again.
        """
        self.sync()
        if self._writer is None and not self._borrowed:
            return
        try:
            self._seal_the_dead()
            self._keep_borrowed()
            self._seal_own()
        except OSError as error:
            raise write_failed(self.root, error) from error

    def _seal_own(self) -> None:
        known, before = {source.path for source in self._index.sources}, set(Listing.of(self.root).paths)
        live = self._writer.path if self._writer else None
        sealed = self._writer.seal(next_number(self.root)) if self._writer else None
        self._writer = None
        if known != before:
            self._reindex()
        elif sealed is not None:
            next(source for source in self._index.sources if source.path == live).path = sealed

    def _seal_the_dead(self) -> None:
        own = self._writer.path if self._writer else None
        for live in live_segments(self.root):
            if live != own and is_writer_dead(live, self._watches):
                adopt(live)

    def _keep_borrowed(self) -> None:
        for kind, key in self._borrowed:
            place = self._index.place(kind, key)
            if place is not None and self._is_anothers(place):
                row = self._index.row(place)
                if not isinstance(row, str):
                    self.append(row.entry())
        self._borrowed.clear()
        self.sync()

    def _note_borrowed(self, kind: str, key: str, place: Place) -> None:
        if place.is_finished and self._is_anothers(place):
            self._borrowed[kind, key] = None

    def _is_anothers(self, place: Place) -> bool:
        path = self._index.sources[place.source].path
        is_own = self._writer is not None and path == self._writer.path
        return not is_own and path.name.startswith("segment-live-") and path.exists()

    def _own_number(self) -> int:
        assert self._writer is not None
        assert self._writer.path is not None
        if not self._index.sources or self._index.sources[-1].path != self._writer.path:
            return self._index.add(self._writer.path)
        return len(self._index.sources) - 1

    def _reindex(self) -> None:
        self._index.close()
        self._index = Index.of_folder(self.root, self._writer.path if self._writer else None)
        for live in live_segments(self.root):
            is_writer_dead(live, self._watches)


def next_number(root: Path) -> int:
    """Return the first number that no segment has or had."""
    # segments before what they are compacted to: what is gone from the first is in the second
    sealed = [number for number, _ in sealed_segments(root)]
    return 1 + max([*sealed, *(number for number, _ in compacted_files(root))], default=0)


def adopt(live: Path) -> Path | None:
    """Seal a segment whose writer is dead; None where it was empty, or another was faster."""
    lock = take_over(live)
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
        forget_lock(live)
