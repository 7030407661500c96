"""The files that drivers append to, and the order in which they count.

A segment has one writer and is `segment-live-<random>.log` while it is written, under a lock of the same name.
When its writer has ended, it is *sealed*: it gets the next free number, `segment-00000007.log`, by an exclusive link.
Numbers are never used twice, so that what a sealed segment says of a key never changes what lower numbers said:
a result that a driver saw when it had sealed its own segment stays the one that counts.
"""

import errno
import os
import re
import secrets
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

from records.files import sync_folder
from records.lines import Damage, Line, heads_within, key_within, parse
from records.lock import State, Watch, sweep_away
from schemas.errors import StoreError

_SEALED = re.compile(r"segment-(\d+)\.log")
_LIVE = re.compile(r"segment-live-\w+\.log")
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def live_path(root: Path) -> Path:
    """Return a name for a new segment that no other writer has."""
    return root / f"segment-live-{secrets.token_hex(8)}.log"


def lock_path(live: Path) -> Path:
    """Return the lock of a segment that is being written."""
    return live.with_suffix(".lock")


def sealed_segments(root: Path) -> list[tuple[int, Path]]:
    """Return the sealed segments by number; a file of any other name is not ours."""
    named = ((_SEALED.fullmatch(path.name), path) for path in root.glob("segment-*.log"))
    return sorted((int(match[1]), path) for match, path in named if match)


def live_segments(root: Path) -> list[Path]:
    """Return the segments that are not sealed, by name: in use, or left by a driver that died."""
    return sorted(path for path in root.glob("segment-live-*.log") if _LIVE.fullmatch(path.name))


def seal(live: Path, number: int) -> Path:
    """Give a segment its place in the order, `number` or the next that is free; return its new name.

    The link is atomic, on NFS too. A file system without links gets the number by exclusive create.
    """
    # a writer that died between link and unlink
    sealed = next((path for _, path in sealed_segments(live.parent) if _is_same(path, live)), None)
    if sealed is None:
        sealed = live.with_name(f"segment-{number:08d}.log")
        while not _is_linked(live, sealed):
            number += 1
            sealed = live.with_name(f"segment-{number:08d}.log")
    live.unlink(missing_ok=True)
    sync_folder(live.parent)
    return sealed


def _is_linked(live: Path, sealed: Path) -> bool:
    try:
        os.link(live, sealed)
    except FileExistsError:
        # a server may have done it and lost the reply
        return _is_same(sealed, live)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _is_claimed(live, sealed)
    return True


def _is_same(sealed: Path, live: Path) -> bool:
    try:
        return sealed.samefile(live)
    except FileNotFoundError:  # compacted just now
        return False


def _is_claimed(live: Path, sealed: Path) -> bool:
    try:
        os.close(os.open(sealed, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except FileExistsError:
        return False
    live.rename(sealed)
    return True


def is_abandoned(watch: Watch) -> bool:
    """Tell whether a segment has lost its writer, by all looks at its lock so far."""
    return watch.look() in (State.DEAD, State.FREE)


def forget_lock(live: Path) -> None:
    """Remove the lock of a segment that is sealed or gone."""
    sweep_away(lock_path(live))


class Segment:
    """Read one segment. FileNotFoundError where it has gone, StoreError where it may not be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = -1
        self._closing: Callable[[], object] = lambda: None

    def scan(self) -> Iterator[tuple[int, Line] | Damage]:
        """Yield every row with its offset in bytes, in order, and every damage."""
        return scan(self.path)

    def row(self, offset: int) -> Line | str:
        """Return one row, or the reason why it can't be trusted."""
        try:
            if self._file < 0:
                self._file = os.open(self.path, os.O_RDONLY)
                self._closing = weakref.finalize(self, os.close, self._file)
            return parse(self._line(offset))
        except OSError as error:
            return error.strerror or str(error)

    def _line(self, offset: int) -> bytes:
        line, size = b"", 4096
        while more := os.pread(self._file, size, offset + len(line)):
            end = more.find(b"\n")
            if end >= 0:
                return line + more[: end + 1]
            line, size = line + more, 2 * size
        return line

    def close(self) -> None:
        """Release the file; the next `row` opens it again."""
        self._closing()
        self._file = -1


def scan(path: Path) -> Iterator[tuple[int, Line] | Damage]:
    """Yield every row with its offset, in order, and every damage; FileNotFoundError where the file has gone."""
    offset = 0
    for line in _lines(path):
        row = parse(line)
        if isinstance(row, str):
            yield Damage(path.name, offset, row, key_within(line))
            yield from _scan_swallowed(offset, line)
        else:
            yield offset, row
        offset += len(line)


def _scan_swallowed(offset: int, line: bytes) -> Iterator[tuple[int, Line]]:
    """Yield the row at the end of a line whose own line break was damaged."""
    for start in heads_within(line):
        row = parse(line[start:])
        if not isinstance(row, str):
            yield offset + start, row


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as segment:
            yield from segment
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}; make it readable or move it away") from error
