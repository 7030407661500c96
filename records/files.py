"""Files that appear whole or not at all, and tables checked on both sides."""

import contextlib
import errno
import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from records.parquet_digest import check_digest, digest_block
from schemas.errors import StoreError
from schemas.protocols import Json
from schemas.tables import check, conform


@contextmanager
def atomic_path(path: Path, folder: Path | None = None) -> Iterator[Path]:
    """Yield a temporary sibling that replaces `path` when the block ends, and vanishes if it fails.

    folder: where it lies instead, on the same disk: what a killed process leaves is cleared away with the folder.
    A full disk, or any other failure to write, raises StoreError with the remedy.
    """
    temporary = (folder or path.parent) / f".{path.name}.{os.getpid()}.tmp"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise write_failed(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Force a folder's names onto the disk: a file's own fsync doesn't."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_failed(path: Path, error: OSError) -> StoreError:
    """Return the StoreError that says why `path` could not be written and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            f"no space left to write {path}: free some, then run the same command; finished calls are kept"
        )
    return StoreError(f"cannot write {path}: {error.strerror or error}")


def write_table(frame: pl.DataFrame, path: Path, schema: pl.Schema) -> None:
    """Check the frame against its schema and write it as Parquet, atomically."""
    # through memory: Polars tells a full disk as a ComputeError without its number
    parquet = io.BytesIO()
    check(frame, schema, path.stem).write_parquet(parquet)
    whole = parquet.getbuffer()
    place, block = digest_block(whole)
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write(whole[:place])
        file.write(block)
        file.write(whole[place:])


def read_table(path: Path, schema: pl.Schema) -> pl.DataFrame:
    """Read a table, filling columns that an older file lacks; StoreError where it is absent or damaged."""
    try:
        data = path.read_bytes()
        check_digest(data, str(path))
        frame = pl.read_parquet(io.BytesIO(data))
    except FileNotFoundError as error:
        raise StoreError(f"{path} is not there: run the sweep first") from error
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from error
    except pl.exceptions.PolarsError as error:
        raise StoreError(f"{path} is damaged ({error}): run the sweep again, finished calls are kept") from error
    return conform(frame, schema, path.stem)


def write_json(value: Mapping[str, Json], path: Path) -> None:
    """Write JSON, indented, atomically."""
    write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", path)


def write_text(text: str, path: Path) -> None:
    """Write UTF-8 text, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
