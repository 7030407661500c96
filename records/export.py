"""A store's rows for other programs: JSON lines or Parquet, one row per key."""

from collections.abc import Iterator
from pathlib import Path

from records.compacted import write_rows
from records.files import atomic_path
from records.index import Index
from records.lines import Line, to_json
from schemas.errors import ConfigError

SUFFIXES = (".jsonl", ".parquet")


def export(root: Path, target: Path, kind: str | None = None) -> int:
    """Write the row that counts for each key, of one kind or of all; return how many there are.

    target: `.jsonl` (kind, key, finished, payload as an object) or `.parquet` (payload as JSON text).
    """
    if target.suffix not in SUFFIXES:
        raise ConfigError(f"{target}: a name must end in {' or '.join(SUFFIXES)}")
    rows = _rows(root, kind)
    with atomic_path(target) as temporary, temporary.open("wb") as file:
        if target.suffix == ".parquet":
            return write_rows(rows, file)
        num_rows = 0
        for num_rows, row in enumerate(rows, 1):  # noqa: B007 (counted)
            file.write(to_json(row) + b"\n")
        return num_rows


def _rows(root: Path, kind: str | None) -> Iterator[Line]:
    return (row for row in Index.of_folder(root).rows() if kind in (None, row.kind))
