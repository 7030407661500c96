r"""Predictions and verdicts by content key, shared by all runs.

A folder of append-only segments, each with one writer. A line is

    v1 <16 hex digits of BLAKE2b over the JSON> <JSON>\n

so a torn tail or a damaged middle costs its own line only, even where the line break is what was
damaged. Of several rows for one key, a finished
one beats an error, then the first finished (a result never changes) or the last error counts, in the
order of segment numbers and lines; no clock is read.

The store is generic over (kind, key, payload): it knows nothing of predictions or verdicts.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from records.files import write_failed
from schemas.errors import StoreError
from schemas.protocols import Json

FORMAT = b"v1"
_DIGEST_BYTES = 8
_SEGMENT_NAME = re.compile(r"segment-(\d+)\.log")
_HEAD = re.compile(FORMAT + rb" [0-9a-f]{%d} \{" % (2 * _DIGEST_BYTES))


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the store: `is_finished` is False for an error, which never satisfies a look-up."""

    kind: str
    key: str
    is_finished: bool
    payload: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Damage:
    """A line that could not be trusted."""

    segment: str
    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    offset: int
    length: int
    is_finished: bool


@dataclass(slots=True)
class Store:
    """Read every segment of a folder, append to one of one's own.

    The index holds places, not payloads, so memory stays flat in the payloads' size.
    """

    root: Path
    damage: list[Damage] = field(default_factory=list)
    _index: dict[tuple[str, str], _Place] = field(default_factory=dict)
    _segment: Path | None = None
    _file: int = -1
    _size: int = 0
    _unsynced: bool = False

    @classmethod
    def open(cls, root: Path) -> "Store":
        """Index every segment below `root`; damaged lines are skipped and listed in `damage`."""
        store = cls(root)
        for _, path in _segments(root):
            store._index_segment(path)
        return store

    def has(self, kind: str, key: str) -> bool:
        """Tell whether a finished row is there."""
        place = self._index.get((kind, key))
        return place is not None and place.is_finished

    def get(self, kind: str, key: str) -> Entry | None:
        """Return the row that counts for a key, or None where there is none."""
        place = self._index.get((kind, key))
        if place is None:
            return None
        entry = _read_at(place)
        if isinstance(entry, str):
            raise StoreError(
                f"{place.path}, byte {place.offset}: {entry}: it changed while in use; run the same command"
            )
        return entry

    def append(self, entry: Entry) -> None:
        """Keep a row: it survives the death of this process at once, and of the machine after `sync`.

        A full disk raises StoreError and leaves no half line behind.
        """
        if self._file < 0:
            self._open_segment()
        assert self._segment is not None
        line = _encode(entry)
        try:
            _write_all(self._file, line)
        except OSError as error:
            self._take_back()
            raise write_failed(self._segment, error) from error
        self._note(entry, _Place(self._segment, self._size, len(line), entry.is_finished))
        self._size += len(line)
        self._unsynced = True

    def sync(self) -> None:
        """Force appended rows onto the disk; StoreError where it refuses them."""
        if self._unsynced:
            assert self._segment is not None
            try:
                os.fsync(self._file)
            except OSError as error:
                raise write_failed(self._segment, error) from error
            self._unsynced = False

    def close(self) -> None:
        """Sync and release the segment."""
        if self._file >= 0:
            try:
                self.sync()
            finally:
                self._release()

    def _release(self) -> None:
        os.close(self._file)
        self._file, self._size, self._unsynced = -1, 0, False

    def _take_back(self) -> None:
        """Cut off a half line; where that fails too, leave the segment, so that no row is glued to it."""
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            self._release()

    def _open_segment(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            number = 1 + max((number for number, _ in _segments(self.root)), default=0)
            while self._file < 0:
                self._segment = self.root / f"segment-{number:08d}.log"
                try:
                    self._file = os.open(self._segment, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o644)
                except FileExistsError:
                    number += 1
        except OSError as error:
            raise write_failed(self.root, error) from error

    def _index_segment(self, path: Path) -> None:
        offset = 0
        for line in _lines(path):
            entry = _decode(line)
            if isinstance(entry, str):
                self.damage.append(Damage(path.name, offset, entry))
                self._index_swallowed(path, offset, line)
            else:
                self._note(entry, _Place(path, offset, len(line), entry.is_finished))
            offset += len(line)

    def _index_swallowed(self, path: Path, offset: int, line: bytes) -> None:
        """Index the row at the end of a line whose own line break was damaged."""
        for head in _HEAD.finditer(line, 1):
            entry = _decode(line[head.start() :])
            if isinstance(entry, Entry):
                place = _Place(path, offset + head.start(), len(line) - head.start(), entry.is_finished)
                self._note(entry, place)

    def _note(self, entry: Entry, place: _Place) -> None:
        held = self._index.get((entry.kind, entry.key))
        if held is None or not held.is_finished:
            self._index[entry.kind, entry.key] = place


def _segments(root: Path) -> list[tuple[int, Path]]:
    """Return the segments below `root` by number; a file of any other name is not ours."""
    named = ((_SEGMENT_NAME.fullmatch(path.name), path) for path in root.glob("segment-*.log"))
    return sorted((int(match[1]), path) for match, path in named if match)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as segment:
            yield from segment
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}; make it readable or move it away") from error


def _read_at(place: _Place) -> Entry | str:
    try:
        with place.path.open("rb") as segment:
            segment.seek(place.offset)
            return _decode(segment.read(place.length))
    except OSError as error:
        return str(error.strerror or error)


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _encode(entry: Entry) -> bytes:
    body = json.dumps(
        {"kind": entry.kind, "key": entry.key, "finished": entry.is_finished, "payload": entry.payload},
        ensure_ascii=True,
        separators=(",", ":"),
    ).encode()
    return b"%s %s %s\n" % (FORMAT, _checksum(body), body)


def _decode(line: bytes) -> Entry | str:
    """Return the row, or the reason why the line can't be trusted."""
    if not line.endswith(b"\n"):
        return "torn line"
    version, _, rest = line[:-1].partition(b" ")
    if version != FORMAT:
        is_newer = version[:1] == b"v" and version[1:].isdigit()
        return f"format {version.decode()} is not known here; update this program" if is_newer else "damaged line"
    checksum, _, body = rest.partition(b" ")
    if checksum != _checksum(body):
        return "checksum mismatch"
    try:
        fields = json.loads(body)
        return Entry(fields["kind"], fields["key"], fields["finished"], fields["payload"])
    except (ValueError, LookupError, TypeError):
        return "damaged line"


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST_BYTES).hexdigest().encode()
