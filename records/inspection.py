"""What a store's files and a runs folder's tables hold, and what of it is damaged."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from records.compacted import CompactedFile
from records.index import Index, Listing
from records.lines import Damage
from records.lock import Watch
from records.parquet_digest import check_digest
from records.run_paths import RunsPaths
from records.segments import Segment, is_abandoned, lock_path
from schemas.errors import StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What one file of the store holds."""

    name: str
    num_bytes: int
    num_finished: int
    num_errors: int
    damage: tuple[Damage, ...]
    is_live: bool
    """Whether a driver may still write it."""


def inspect_store(root: Path) -> Iterator[FileReport]:
    """Yield a report on each file, in the order in which they count; a file that goes meanwhile is left out."""
    for path in Listing.of(root).paths:
        is_live = path.name.startswith("segment-live-") and not is_abandoned(Watch(lock_path(path)))
        try:
            yield _inspect(path, is_live=is_live)
        except FileNotFoundError:
            continue


def count_finished(root: Path) -> int:
    """Return how many keys have a finished row: a number that no compaction lowers."""
    index = Index.of_folder(root)
    index.close()
    return index.num_finished


def _inspect(path: Path, *, is_live: bool) -> FileReport:
    num_rows = {True: 0, False: 0}
    damage = []
    for found in (CompactedFile(path) if path.suffix == ".parquet" else Segment(path)).scan():
        if not isinstance(found, Damage):
            num_rows[found[1].is_finished] += 1
        elif not (is_live and found.reason == "torn line"):
            damage.append(found)
    return FileReport(
        name=path.name,
        num_bytes=path.stat().st_size,
        num_finished=num_rows[True],
        num_errors=num_rows[False],
        damage=tuple(damage),
        is_live=is_live,
    )


def damaged_tables(runs: RunsPaths) -> Iterator[str]:
    """Yield, for each table of a run whose digest doesn't hold, what to do about it."""
    for path in runs.tables():
        try:
            check_digest(path.read_bytes(), str(path))
        except OSError as error:
            yield f"cannot read {path}: {error.strerror or error}"
        except StoreError as error:
            yield str(error)
