r"""One row of the store as bytes.

A line of a segment is

    v1 <16 hex digits of BLAKE2b over the JSON> <JSON>\n

and a row of a compacted file holds the same JSON in columns, under the same checksum, so that it guards
a row from its first writing on.
"""

import functools
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.errors import StoreError
from schemas.protocols import Json

FORMAT = b"v1"
_DIGEST_BYTES = 8
_ENCODE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_CHECKSUM_AT = len(FORMAT) + 1
_BODY_AT = _CHECKSUM_AT + 2 * _DIGEST_BYTES + 1
_HEAD = re.compile(FORMAT + rb" [0-9a-f]{%d} \{" % (2 * _DIGEST_BYTES))
_BODY = re.compile(rb'\{"kind":"([^"\\]*)","key":"([^"\\]*)","finished":(true|false),"payload":')
_KEY = re.compile(rb'"key":"([^"\\]{1,128})"')


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the store: `is_finished` is False for an error, which never satisfies a look-up."""

    kind: str
    key: str
    is_finished: bool
    payload: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Damage:
    """A row that could not be trusted. `offset` counts bytes of a segment, rows of a compacted file."""

    segment: str
    offset: int
    reason: str
    key: str | None = field(default=None, compare=False)
    """The key that the row seems to have had; None where that can't be read either."""

    def __str__(self) -> str:
        unit = "row" if self.segment.endswith(".parquet") else "byte"
        return f"{self.segment}, {unit} {self.offset}: {self.reason}" + (f" (key {self.key})" if self.key else "")


class Line(NamedTuple):
    """A row whose checksum holds; `payload` is JSON text that is not read yet."""

    kind: str
    key: str
    is_finished: bool
    payload: bytes
    checksum: bytes

    def entry(self) -> Entry:
        """Read the payload too."""
        return Entry(self.kind, self.key, self.is_finished, json.loads(self.payload))


def encode(entry: Entry) -> bytes:
    """Return the line of a row; StoreError where its kind or key can't be text in a table."""
    try:
        f"{entry.kind}{entry.key}".encode()
    except UnicodeEncodeError as error:
        raise StoreError(f"key {entry.key!r} of kind {entry.kind!r} is no Unicode text") from error
    body = _body(entry.kind, entry.key, entry.is_finished, _to_json(entry.payload))
    return b"%s %s %s\n" % (FORMAT, _checksum(body), body)


def parse(line: bytes) -> Line | str:
    """Return the row of a line, or the reason why it can't be trusted."""
    if not line.endswith(b"\n"):
        return "torn line"
    version, checksum, body = line[:_CHECKSUM_AT], line[_CHECKSUM_AT : _BODY_AT - 1], line[_BODY_AT:-1]
    if version != FORMAT + b" ":
        found = version.partition(b" ")[0]
        is_newer = found[:1] == b"v" and found[1:].isdigit()
        return f"format {found.decode()} is not known here; update this program" if is_newer else "damaged line"
    if checksum != _checksum(body) or line[_BODY_AT - 1 : _BODY_AT] != b" ":
        return "checksum mismatch"
    if head := _BODY.match(body):
        return Line(head[1].decode(), head[2].decode(), head[3] == b"true", body[head.end() : -1], checksum)
    return _parse_escaped(body)


def _parse_escaped(body: bytes) -> Line | str:
    """Read a body whose kind or key holds escapes; the checksum is that of the body as `encode` writes it."""
    try:
        fields = json.loads(body)
        line = encode(Entry(fields["kind"], fields["key"], fields["finished"], fields["payload"]))
        payload = _to_json(fields["payload"])
    except (ValueError, LookupError, TypeError, StoreError):
        return "damaged line"
    return Line(fields["kind"], fields["key"], fields["finished"], payload, line.split(b" ", 2)[1])


def is_whole(line: Line) -> bool:
    """Tell whether columns still make the JSON that the checksum was taken of."""
    return line.checksum == _checksum(to_json(line))


def to_json(line: Line) -> bytes:
    """Return the row as JSON, as it was first written."""
    return _body(line.kind, line.key, line.is_finished, line.payload)


def heads_within(line: bytes) -> list[int]:
    """Return where rows may begin inside a damaged line, whose own line break may be what was damaged."""
    return [head.start() for head in _HEAD.finditer(line, 1)]


def key_within(line: bytes) -> str | None:
    """Return what looks like the key in a damaged line."""
    found = _KEY.search(line)
    return found[1].decode("ascii", "replace") if found else None


def _body(kind: str, key: str, is_finished: bool, payload: bytes) -> bytes:
    finished = b"true" if is_finished else b"false"
    return b'{"kind":%s,"key":%s,"finished":%s,"payload":%s}' % (_quoted_kind(kind), _to_json(key), finished, payload)


@functools.lru_cache(maxsize=64)
def _quoted_kind(kind: str) -> bytes:
    return _to_json(kind)


def _to_json(value: Json) -> bytes:
    return _ENCODE(value).encode()


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST_BYTES).hexdigest().encode()
