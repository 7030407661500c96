"""Where each row that counts is: a map of keys to places, flat in the payloads' size.

Files are read in one order: compacted files and sealed segments by number, then segments that are still written.
Of several rows for one key a finished one beats an error, then the first finished or the last error counts.
"""

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

from records.compacted import CompactedFile, compacted_files
from records.lines import Damage, Entry, Line
from records.segments import Segment, live_segments, sealed_segments
from schemas.errors import StoreError

_OFFSET_BITS = 40
_OPEN_SEGMENTS = 64
_PATIENCE_S, _PAUSE_S = 60.0, 0.01

Source: TypeAlias = Segment | CompactedFile


class Place(NamedTuple):
    """Where a row is: the file's number in the index, and its offset there."""

    source: int
    offset: int
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a store at one moment."""

    compacted: tuple[Path, ...]
    sealed: tuple[Path, ...]
    live: tuple[Path, ...]

    @classmethod
    def of(cls, root: Path, own: Path | None = None, *, only_sealed: bool = False) -> "Listing":
        """List a folder. `own` is the segment that comes last, since its rows are the newest.

        only_sealed: leave out what other drivers still write.
        """
        live = [path for path in sorted(live_segments(root)) if path != own and not only_sealed]
        live += [own] if own is not None and own.exists() else []
        sealed = [path for _, path in sealed_segments(root)]
        return cls(tuple(path for _, path in compacted_files(root)), tuple(sealed), tuple(live))

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return the files in the order in which they count."""
        return (*self.compacted, *self.sealed, *self.live)

    def still_holds(self, root: Path) -> bool:
        """Tell whether nothing was compacted or sealed since, so that no row can have slipped by."""
        now = Listing.of(root)
        return now.compacted == self.compacted and set(self.paths) <= set(now.paths)


@dataclass(slots=True)
class Index:
    """Places of rows by kind and key, over some files."""

    sources: list[Source] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    _places: dict[bytes, int] = field(default_factory=dict)
    _opened: list[Segment] = field(default_factory=list)

    @classmethod
    def of_folder(cls, root: Path, own: Path | None = None, *, only_sealed: bool = False) -> "Index":
        """Index a store that others may write, seal and compact meanwhile."""
        patience = time.monotonic() + _PATIENCE_S
        while time.monotonic() < patience:
            listing = Listing.of(root, own, only_sealed=only_sealed)
            # a compaction removes many files, one by one
            with contextlib.suppress(FileNotFoundError):
                index = cls.of_files(listing.paths)
                if listing.still_holds(root):
                    return index
            time.sleep(_PAUSE_S)
        raise StoreError(f"{root} is changed faster than it can be read; run the same command")

    @classmethod
    def of_files(cls, paths: Iterable[Path]) -> "Index":
        """Index files in the order given; FileNotFoundError where one has gone."""
        index = cls()
        for path in paths:
            number = index.add(path)
            for found in index.sources[number].scan():
                if isinstance(found, Damage):
                    index.damage.append(found)
                else:
                    offset, row = found
                    index.note(row, number, offset)
        return index

    def __len__(self) -> int:
        return len(self._places)

    @property
    def num_finished(self) -> int:
        """Return how many keys have a finished row."""
        return sum(place & 1 for place in self._places.values())

    def add(self, path: Path) -> int:
        """Take a file in, without reading it; return its number."""
        self.sources.append(CompactedFile(path) if path.suffix == ".parquet" else Segment(path))
        return len(self.sources) - 1

    def note(self, row: Line | Entry, source: int, offset: int) -> None:
        """Count a row that comes after all that were noted before."""
        digest = _digest(row.kind, row.key)
        if not self._places.get(digest, 0) & 1:
            self._places[digest] = _pack(source, offset, row.is_finished)

    def place(self, kind: str, key: str) -> Place | None:
        """Return where the row that counts is."""
        packed = self._places.get(_digest(kind, key))
        if packed is None:
            return None
        source, offset = divmod(packed >> 1, 1 << _OFFSET_BITS)
        return Place(source, offset, bool(packed & 1))

    def row(self, place: Place, kind: str, key: str) -> Line | str:
        """Return the row at a place, or the reason why it can't be trusted to be that key's."""
        source = self.sources[place.source]
        if isinstance(source, Segment) and source not in self._opened:
            self._opened.append(source)
            if len(self._opened) > _OPEN_SEGMENTS:
                self._opened.pop(0).close()
        row = source.row(place.offset)
        return "another row" if isinstance(row, Line) and (row.kind, row.key) != (kind, key) else row

    def rows(self, say: Callable[[Damage], None] = lambda _: None) -> Iterator[Line]:
        """Yield every row that counts, in the files' order, holding one at a time; what is damaged is told."""
        for number, source in enumerate(self.sources):
            for found in source.scan():
                if isinstance(found, Damage):
                    say(found)
                    continue
                offset, row = found
                if self._places.get(_digest(row.kind, row.key)) == _pack(number, offset, row.is_finished):
                    yield row

    def close(self) -> None:
        """Release every file."""
        for source in self.sources:
            source.close()


def _pack(source: int, offset: int, is_finished: bool) -> int:
    return (source << _OFFSET_BITS | offset) << 1 | is_finished


def _digest(kind: str, key: str) -> bytes:
    """Return 16 bytes for a key: half of what a hex digest takes, and no two keys share them."""
    return hashlib.blake2b(f"{kind}\0{key}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
