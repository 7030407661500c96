"""Splits that share nothing: `python -m pairgen.split PAIRS.parquet FOLDER [train=0.8] [validation=0.1] [test=0.1]`.

Rows of one page, and pages that look alike, go to one split together. Writes `train.parquet`, `validation.parquet` and
`test.parquet`, by which names `datasets` finds them, and then `splits.csv`. More arguments: `seed=7`, `max_distance=8`.
"""

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pairgen.assignment import Row, assign
from pairgen.images import decode
from pairgen.looks import difference_hash
from pairgen.neighbours import group
from pairgen.shortfalls import shortfalls, split_table
from records.files import atomic_path
from records.images import check_image
from schemas.errors import ConfigError, DatasetError, UserError
from schemas.tables import check_published
from schemas.vocabulary import BENIGN, VISUAL_DIFF

_SPLITS: Final = ("train", "validation", "test")
_USAGE: Final = (
    "usage: python -m pairgen.split PAIRS.parquet FOLDER [train=0.8] [validation=0.1] [test=0.1] [seed=7] "
    "[max_distance=8]"
)
_ROWS_AT_ONCE: Final = 30
_REPORT_EVERY_S: Final = 30.0
_TOLERANCE: Final = Fraction(1, 1000)
_MOST_DISTANCE: Final = 64
_ASKED: Final = ("id", "image_before", "task_type", "difficulty", "mutation_types", "domain", "page_id", "mechanism")


@dataclass(kw_only=True, slots=True, frozen=True)
class SplitConfig:
    """How large the splits are, and what counts as alike."""

    train: float = 0.8
    """Share of the rows, 0..1; 0 writes no file. The three are 1 together."""
    validation: float = 0.1
    """Likewise."""
    test: float = 0.1
    """Likewise."""
    seed: int = 7
    """Decides which groups of one size take their turn first."""
    max_distance: int = 8
    """Pages whose difference hashes (256 bits) differ in no more are near-duplicates; -1 compares none."""

    def __post_init__(self) -> None:
        given = {name: getattr(self, name) for name in _SPLITS}
        for name, share in given.items():
            if not 0 <= share <= 1:
                raise ConfigError(f"split: {name}={share:g} is not a share from 0 to 1")
        whole = sum((Fraction(str(share)) for share in given.values()), Fraction(0))
        if abs(whole - 1) > _TOLERANCE:
            told = " + ".join(f"{name}={share:g}" for name, share in given.items())
            raise ConfigError(f"split: {told} is {float(whole):g}, must be 1")
        if not -1 <= self.max_distance <= _MOST_DISTANCE:
            raise ConfigError(f"split: max_distance={self.max_distance} is not from -1 to {_MOST_DISTANCE} bits")

    def shares(self) -> dict[str, Fraction]:
        """Return the share of each split that is to be written, exactly, in the order of their names here."""
        given = {name: Fraction(str(getattr(self, name))) for name in _SPLITS}
        return {name: share / sum(given.values()) for name, share in given.items() if share}


class Found(NamedTuple):
    """A file's rows as they are grouped: `pages` and `looks` run beside `rows`."""

    rows: list[Row]
    page_ids: list[str]
    """"" where there is none: then the row stands for a page of its own."""
    looks: list[str]


def write_splits(pairs: Path, folder: Path, config: SplitConfig) -> list[str]:
    """Write the files; return the lines that say what they hold. DatasetError where the rows can't be had."""
    shares = config.shares()
    _refuse_strangers(pairs, folder, [f"{name}.parquet" for name in shares])
    found = _read(pairs)
    ids = [row.pair_id for row in found.rows]
    # a page and a row may have the same name
    pages = [f"page {page}" if page else f"row {own}" for page, own in zip(found.page_ids, ids, strict=True)]
    groups = group(pages, found.looks, config.max_distance)
    splits = assign(found.rows, groups, shares, config.seed)
    names = _group_names(ids, groups)
    with ExitStack() as files:
        path = files.enter_context(atomic_path(folder / "splits.csv"))  # entered first, so it appears last
        with path.open("w", encoding="utf-8", newline="") as listing:
            lines = csv.writer(listing, lineterminator="\n")
            lines.writerow(["id", "page_id", "split", "group"])
            lines.writerows(zip(ids, found.page_ids, splits, names, strict=True))
        _copy_rows(pairs, folder, splits, list(shares), files)
    told = f"{len(ids)} rows of {len(set(pages))} pages in {len(set(groups))} groups of near-duplicates; "
    told += f"the largest has {max(Counter(groups).values())} rows"
    return [split_table(found.rows, splits, shares), told, *shortfalls(found.rows, splits, shares)]


def _refuse_strangers(pairs: Path, folder: Path, written: Sequence[str]) -> None:
    """Refuse a folder where a loader would find more than the splits, or where the input would be written over."""
    if not pairs.is_file():
        raise UserError(f"no file at {pairs}")
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file: name a folder for the splits")
    strangers = sorted(path.name for path in folder.glob("*.parquet") if path.name not in written)
    if pairs.resolve().parent == folder.resolve():
        raise UserError(f"{pairs} lies in {folder}, where loaders would read it beside the splits: name another folder")
    if strangers:
        raise UserError(
            f"{folder} holds {', '.join(strangers)}, which loaders would read beside the splits: move it away, or name "
            "another folder"
        )


def _group_names(ids: Sequence[str], groups: Sequence[int]) -> list[str]:
    """Return each row's group by name: the first of its rows' ids."""
    names: dict[int, str] = {}
    for own, number in zip(ids, groups, strict=True):
        names[number] = min(own, names.get(number, own))
    return [names[number] for number in groups]


def _read(pairs: Path) -> Found:
    found = Found([], [], [])
    seen: set[str] = set()
    last = time.monotonic()
    for batch in _batches(pairs, _ASKED):
        if time.monotonic() - last > _REPORT_EVERY_S:
            last = time.monotonic()
            sys.stderr.write(f"screenshots looked at: {len(seen):,}\n")
        for row in batch.to_pylist():
            pair_id = row["id"]
            if not pair_id or pair_id in seen:
                raise DatasetError(f"{pairs}: row {len(seen) + 1} has no id of its own ({pair_id!r}); ids are unique")
            seen.add(pair_id)
            found.rows.append(Row(pair_id, _cell(row), row["domain"] or "other"))
            found.page_ids.append(row.get("page_id") or "")
            found.looks.append(_look(pair_id, row["image_before"]))
    if not seen:
        raise DatasetError(f"{pairs} holds no pairs")
    return found


def _cell(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return operator and tier; 28 of the benchmark's no-diff rows call their tier unknown, so theirs isn't asked."""
    task = str(row["task_type"])
    if task == VISUAL_DIFF:
        operators = [name.removeprefix("mutate_") for name in row["mutation_types"] or ()]
        return "+".join(operators), str(row["difficulty"])
    return (row.get("mechanism") or BENIGN, BENIGN) if task == BENIGN else (task, task)


def _look(pair_id: str, cell: dict[str, Any] | None) -> str:
    png = check_image(pair_id, "image_before", cell)
    try:
        return difference_hash(decode(png))
    except (OSError, SyntaxError, ValueError) as error:  # Pillow's words for damage that its first look doesn't see
        raise DatasetError(f"pair {pair_id!r}: image_before cannot be decoded: {error}; drop the pair") from error


def _batches(pairs: Path, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yield a file's rows, some at a time; DatasetError where it can't be read or lacks a published column."""
    try:
        with pq.ParquetFile(pairs, pre_buffer=False) as file:  # else the whole file is held in memory
            check_published(pl.DataFrame(pl.from_arrow(file.schema_arrow.empty_table())).schema, str(pairs))
            known = None if columns is None else [name for name in columns if name in file.schema_arrow.names]
            yield from file.iter_batches(_ROWS_AT_ONCE, columns=known)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{pairs} cannot be read as Parquet: {error}") from error


def _copy_rows(pairs: Path, folder: Path, splits: Sequence[str], names: Sequence[str], files: ExitStack) -> None:
    """Copy each row, in the file's order, to its split; the files appear when `files` closes."""
    writers = {
        name: files.enter_context(
            closing(_Copy(files.enter_context(atomic_path(folder / f"{name}.parquet")), pairs)),
        )
        for name in names
    }
    places = iter(splits)
    for batch in _batches(pairs):
        here = list(islice(places, batch.num_rows))
        for name, writer in writers.items():
            writer.add(batch.filter(pa.array([split == name for split in here])))


class _Copy:
    """A Parquet file with another one's schema, metadata and encodings, in row groups of 30."""

    def __init__(self, path: Path, model: Path) -> None:
        with pq.ParquetFile(model) as file:
            self._schema = file.schema_arrow
            group = file.metadata.row_group(0)
            leaves = [group.column(number) for number in range(group.num_columns)]
        self._file = pq.ParquetWriter(
            path,
            self._schema,
            compression={leaf.path_in_schema: leaf.compression.replace("UNCOMPRESSED", "NONE") for leaf in leaves},
            use_dictionary=[leaf.path_in_schema for leaf in leaves if leaf.has_dictionary_page],
            write_statistics=[leaf.path_in_schema for leaf in leaves if leaf.is_stats_set],
        )
        self._waiting: list[pa.RecordBatch] = []
        self._num_waiting = 0

    def add(self, rows: pa.RecordBatch) -> None:
        """Add rows, at most as many as a group has; a whole group is written."""
        room = _ROWS_AT_ONCE - self._num_waiting
        self._wait(rows.slice(0, room))
        if self._num_waiting == _ROWS_AT_ONCE:
            self._write()
            self._wait(rows.slice(room))

    def _wait(self, rows: pa.RecordBatch) -> None:
        if rows.num_rows:
            self._waiting.append(rows)
            self._num_waiting += rows.num_rows

    def _write(self) -> None:
        """Write what waits as one group, and let go of it."""
        self._file.write_table(pa.Table.from_batches(self._waiting, self._schema))
        self._waiting, self._num_waiting = [], 0

    def close(self) -> None:
        """Write what waits, and the file's end."""
        if self._waiting:
            self._write()
        self._file.close()


def main(arguments: Sequence[str]) -> int:
    """Write splits as the arguments say; return the exit status."""
    places = [argument for argument in arguments if "=" not in argument]
    given = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    if len(places) != 2:
        raise ConfigError(_USAGE)
    values: dict[str, Any] = {name: _number(name, text) for name, text in given.items()}
    for line in write_splits(Path(places[0]), Path(places[1]), SplitConfig(**values)):
        sys.stdout.write(f"{line}\n")
    return 0


def _number(name: str, text: str) -> float:
    if name not in (*_SPLITS, "seed", "max_distance"):
        raise ConfigError(f"split: unknown argument {name!r}; {_USAGE}")
    try:
        return float(text) if name in _SPLITS else int(text)
    except ValueError as error:
        raise ConfigError(f"split: {name}={text} is not a number; {_USAGE}") from error


if __name__ == "__main__":
    from orchestrator.door import run_command

    run_command(lambda: main(sys.argv[1:]))
