"""One driver's own segment: appended to, synced in batches, sealed at the end.

Rows written since the last sync are also held in memory. Where the segment can't be trusted to hold them (its fsync
failed, a half line could not be cut off, or this process stood still for so long that another may have taken the
segment for dead and sealed it), they go into a new segment; a row that stands in two of them is one row.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from records.files import sync_folder, write_failed
from records.lock import Lock, LockTiming
from records.segments import live_path, lock_path, seal
from schemas.errors import StoreError

SYNC_AFTER_S = 0.5
"""A row is forced onto the disk at the latest so long after it was appended, while `sync_if_due` is called."""


@dataclass(slots=True)
class SegmentWriter:
    """Append lines to a segment of one's own. Every failure to write is a StoreError."""

    root: Path
    clock: Callable[[], float] = time.monotonic
    timing: LockTiming = field(default_factory=LockTiming)
    path: Path | None = None
    _file: int = -1
    _size: int = 0
    _lock: Lock | None = None
    _pending: list[bytes] = field(default_factory=list)
    _pending_since: float = 0.0

    @property
    def live(self) -> Path | None:
        """Return the segment that is written now; None where there is none, or it was left."""
        return self.path if self._file >= 0 else None

    def append(self, line: bytes) -> int:
        """Write a line whole or not at all; return its offset. Rows that have waited for long are synced first."""
        self.sync_if_due()
        self._ensure_open()
        offset = self._write(line)
        if not self._pending:
            self._pending_since = self.clock()
        self._pending.append(line)
        return offset

    def sync_if_due(self) -> None:
        """Sync, unless no row waits or the first that waits was appended just now."""
        if self._pending and self.clock() - self._pending_since >= SYNC_AFTER_S:
            self.sync()

    def sync(self) -> None:
        """Force what was appended onto the disk, into a segment that is surely one's own."""
        while self._pending:
            self._ensure_open()
            assert self.path is not None
            assert self._lock is not None
            try:
                os.fsync(self._file)
            except OSError as error:
                self.leave()  # a second fsync would succeed, though the pages are lost
                raise write_failed(self.path, error) from error
            if self._lock.is_fresh():
                self._pending.clear()
            else:
                self.leave()

    def seal(self, number: int) -> Path | None:
        """Sync, then give the segment its place in the order; None where nothing was written."""
        self.sync()
        if self._file < 0:
            return None
        assert self.path is not None
        assert self._lock is not None
        live, lock, is_empty = self.path, self._lock, self._size == 0
        os.close(self._file)
        self._file, self._lock, self.path = -1, None, None
        try:
            if is_empty:
                live.unlink(missing_ok=True)
                return None
            return seal(live, number)
        except OSError as error:
            raise write_failed(live, error) from error
        finally:
            lock.discard()

    def leave(self) -> None:
        """Leave the segment to whoever seals it; rows that wait go into the next one."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        if self._lock is not None:
            self._lock.discard()
            self._lock = None

    def _ensure_open(self) -> None:
        if self._file >= 0:
            return
        live = live_path(self.root)
        try:
            _make_folder(self.root)
            self._lock = Lock.acquire(lock_path(live), f"segment {live.name}", timing=self.timing)
            self._file = os.open(live, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o644)
            sync_folder(self.root)
        except OSError as error:
            self.leave()
            raise write_failed(live, error) from error
        self.path, self._size = live, 0
        try:
            for line in self._pending:
                self._write(line)
        except StoreError:
            self.leave()
            raise

    def _write(self, line: bytes) -> int:
        assert self.path is not None
        offset, view = self._size, memoryview(line)
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except OSError as error:
            self._take_back()
            raise write_failed(self.path, error) from error
        self._size += len(line)
        return offset

    def _take_back(self) -> None:
        """Cut off a half line; where that fails too, leave the segment, so that no row is glued to it."""
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            self.leave()


def _make_folder(root: Path) -> None:
    if not root.is_dir():
        root.mkdir(parents=True, exist_ok=True)
        sync_folder(root.parent)
