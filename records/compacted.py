"""Compacted files: rows of many segments as Parquet, readable by anything, checked row by row.

`compacted-00000007.parquet` holds what counts of all segments up to number 7: `kind`, `key`, `is_finished`, `payload`
(JSON) and `checksum`, the one of the row's line. Row groups are small, so that one row is read in a quarter of a
millisecond and a damaged byte costs 128 rows at most. A damaged footer would cost them all: a copy of it stands
before it, where Parquet's readers don't look, with its own digest.
"""

import errno
import hashlib
import io
import json
import re
import weakref
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from records.lines import Damage, Line, is_whole
from schemas.errors import StoreError

_TEXTS = ("kind", "key", "payload", "checksum")
SCHEMA = pa.schema(
    pa.field(name, pa.string() if name in _TEXTS else pa.bool_(), nullable=False) for name in Line._fields
)
_ROWS_PER_GROUP, _BYTES_PER_GROUP, _GROUPS_IN_MEMORY = 128, 1 << 20, 32
_SOURCES = "diffspot.sources"
_NAME = re.compile(r"compacted-(\d+)\.parquet")
_MAGIC, _PARQUET = b"<diffspot footer>", b"PAR1"
_LENGTH_BYTES, _DIGEST_BYTES = 4, 32
_UNREADABLE = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)


def compacted_path(root: Path, number: int) -> Path:
    """Return the file that stands for all segments up to a number."""
    return root / f"compacted-{number:08d}.parquet"


def compacted_files(root: Path) -> list[tuple[int, Path]]:
    """Return the compacted files by number."""
    named = ((_NAME.fullmatch(path.name), path) for path in root.glob("compacted-*.parquet"))
    return sorted((int(match[1]), path) for match, path in named if match)


def write_rows(rows: Iterable[Line], file: BinaryIO, sources: Sequence[str] = ()) -> int:
    """Write rows as Parquet, one row group in memory at a time; return how many there were.

    sources: names of the files that the rows come from, kept in the footer.
    """
    num_rows = 0
    with pq.ParquetWriter(
        file, SCHEMA, compression="zstd", use_dictionary=["kind"], write_page_checksum=True, write_statistics=["kind"]
    ) as writer:
        for group in _groups(rows):
            num_rows += len(group)
            writer.write_table(_table(group))
        writer.add_key_value_metadata({_SOURCES: json.dumps(sources)})
    return num_rows


def _groups(rows: Iterable[Line]) -> Iterator[list[Line]]:
    group: list[Line] = []
    size = 0
    for row in rows:
        group.append(row)
        size += len(row.payload)
        if len(group) == _ROWS_PER_GROUP or size >= _BYTES_PER_GROUP:
            yield group
            group, size = [], 0
    if group:
        yield group


def _table(rows: list[Line]) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def guard_footer(path: Path) -> None:
    """Put a copy of a Parquet file's footer, with its digest, before the footer itself."""
    with path.open("r+b") as file:
        footer = _own_footer(file)
        file.seek(-len(footer) - _LENGTH_BYTES - len(_PARQUET), io.SEEK_END)
        length = len(footer).to_bytes(_LENGTH_BYTES, "little")
        digest = hashlib.blake2b(footer, digest_size=_DIGEST_BYTES).digest()
        file.write(footer + digest + length + _MAGIC + footer + length + _PARQUET)


def read_sources(path: Path) -> list[str]:
    """Return the names of the files that a compacted file was made of; none where that can't be read."""
    found = CompactedFile(path)
    found.close()
    return [] if found.problem else found.sources


def _own_footer(file: BinaryIO) -> bytes:
    tail_bytes = _LENGTH_BYTES + len(_PARQUET)
    file.seek(-tail_bytes, io.SEEK_END)
    length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
    file.seek(-tail_bytes - length, io.SEEK_END)
    return file.read(length)


def _guarded_footer(file: BinaryIO) -> bytes | None:
    """Return the copy, found by its mark from behind; None where it is damaged or was never there."""
    size = file.seek(0, io.SEEK_END)
    window = min(size, 1 << 16)
    while True:
        file.seek(size - window)
        tail = file.read(window)
        end = tail.rfind(_MAGIC)
        length = int.from_bytes(tail[max(0, end - _LENGTH_BYTES) : max(0, end)], "little")
        start = end - _LENGTH_BYTES - _DIGEST_BYTES - length
        if (end >= 0 and start >= 0) or window == size:
            break
        window = min(size, window * 4)
    footer, digest = tail[max(start, 0) :][:length], tail[max(start, 0) + length :][:_DIGEST_BYTES]
    is_right = end >= 0 and start >= 0 and hashlib.blake2b(footer, digest_size=_DIGEST_BYTES).digest() == digest
    return footer if is_right else None


class CompactedFile:
    """Read one compacted file. FileNotFoundError where it has gone, StoreError where it may not be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        self._cached: dict[int, list[Line]] = {}
        self.sources: list[str] = []
        self._starts = [0]
        try:
            self._file = path.open("rb")
            self._closing = weakref.finalize(self, self._file.close)
            metadata = self._metadata()
            self._parquet = pq.ParquetFile(self._file, metadata=metadata, page_checksum_verification=True)
            self.sources = json.loads((metadata.metadata or {}).get(_SOURCES.encode(), b"[]"))
            sizes = (metadata.row_group(number).num_rows for number in range(metadata.num_row_groups))
            self._starts = list(accumulate(sizes, initial=0))
            if not self._parquet.schema_arrow.equals(SCHEMA):
                self.problem = "its columns are not those of a compacted file"
        except _UNREADABLE as error:
            self.problem = f"its footer is damaged, and so is the copy ({_reason(error, path)})"

    def _metadata(self) -> pq.FileMetaData:
        footer = _guarded_footer(self._file) or _own_footer(self._file)
        length = len(footer).to_bytes(_LENGTH_BYTES, "little")
        return pq.read_metadata(io.BytesIO(_PARQUET + footer + length + _PARQUET))

    def scan(self) -> Iterator[tuple[int, Line] | Damage]:
        """Yield every row with its number, in order, and every damage."""
        if self.problem:
            yield Damage(self.path.name, 0, f"not one row can be read: {self.problem}")
            return
        for group in range(len(self._starts) - 1):
            try:
                rows = self._read_group(group)
            except _UNREADABLE as error:
                yield from self._lost(group, _reason(error, self.path))
                continue
            for number, row in enumerate(rows, self._starts[group]):
                yield (number, row) if is_whole(row) else Damage(self.path.name, number, "checksum mismatch", row.key)

    def row(self, number: int) -> Line | str:
        """Return one row, or the reason why it can't be trusted."""
        group = bisect_right(self._starts, number) - 1
        if group not in self._cached:
            while len(self._cached) >= _GROUPS_IN_MEMORY:
                del self._cached[next(iter(self._cached))]
            try:
                self._cached[group] = self._read_group(group)
            except _UNREADABLE as error:
                return _reason(error, self.path)
        row = self._cached[group][number - self._starts[group]]
        return row if is_whole(row) else "checksum mismatch"

    def close(self) -> None:
        """Release the file, for good: until then a compaction can't take it away."""
        self._cached.clear()
        self._closing()

    def _read_group(self, group: int) -> list[Line]:
        table = self._parquet.read_row_group(group, use_threads=False)
        if len(table) != self._starts[group + 1] - self._starts[group]:
            raise ValueError("rows are missing")
        kinds, keys, flags, payloads, checksums = table.columns
        raw = [column.cast(pa.binary()).to_pylist() for column in (payloads, checksums)]
        return [Line(*row) for row in zip(kinds.to_pylist(), keys.to_pylist(), flags.to_pylist(), *raw, strict=True)]

    def _lost(self, group: int, reason: str) -> Iterator[Damage]:
        """Yield a group's rows as lost, by key where the column of keys can still be read."""
        start, end = self._starts[group], self._starts[group + 1]
        try:
            keys = self._parquet.read_row_group(group, columns=["key"], use_threads=False)["key"].to_pylist()
        except _UNREADABLE:
            keys = []
        if len(keys) != end - start:
            yield Damage(self.path.name, start, f"rows {start} to {end - 1} can't be read: {reason}")
            return
        for number, key in enumerate(keys, start):
            yield Damage(self.path.name, number, f"can't be read: {reason}", key)


def _reason(error: BaseException, path: Path) -> str:
    """Return why bytes are not what they were; raise where they could not be had at all."""
    if isinstance(error, OSError) and error.errno in (errno.ENOENT, errno.ESTALE):
        raise FileNotFoundError(error.errno, "has gone", str(path)) from error
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
        raise StoreError(f"cannot read {path}: {error.strerror}; make it readable or move it away") from error
    return str(error).partition("\n")[0]
