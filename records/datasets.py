"""Datasets: pairs by id, their images as bytes mapped from disk.

A Parquet file can't be mapped, so the first opening copies it, checked row by row, into an Arrow file
named by its content (`RunsPaths.image_pack`); every worker maps that file and copies no image.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from records.files import atomic_path
from records.images import check_image
from schemas.errors import DatasetError
from schemas.records import Box, Mutation, Truth
from schemas.tables import PAIRS, RUN_PAIRS, check_published
from schemas.vocabulary import BENIGN, CHANGED_TIERS, NO_DIFF, UNLABELLED, VISUAL_DIFF

PACK_VERSION = "1"
_ROWS_PER_BATCH = 32
_IMAGES = ("image_before", "image_after")


@dataclass(frozen=True, slots=True)
class PairImages:
    """The stored bytes of a pair's two images, views on mapped memory."""

    before: memoryview
    after: memoryview


@dataclass(frozen=True, slots=True)
class Dataset:
    """Give pairs by id. `frame` holds RUN_PAIRS, in the dataset's order."""

    fingerprint: str
    frame: pl.DataFrame
    truths: Mapping[str, Truth]
    user_queries: Mapping[str, str]
    _batches: tuple[pa.RecordBatch, ...]
    _places: Mapping[str, tuple[int, int]]

    def images(self, pair_id: str) -> PairImages:
        """Return a pair's image bytes without copying them; KeyError for an unknown id."""
        batch, row = self._places[pair_id]
        before, after = (self._batches[batch].column(name)[row].as_buffer() for name in _IMAGES)
        return PairImages(memoryview(before).toreadonly(), memoryview(after).toreadonly())


def fingerprint_files(paths: list[Path]) -> str:
    """Return the SHA-256 over the files' bytes in order: what a dataset is known by."""
    whole = hashlib.sha256(PACK_VERSION.encode())
    for path in paths:
        try:
            with path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    return whole.hexdigest()


def parquet_files(path: Path) -> list[Path]:
    """Return a dataset's Parquet files: the path itself, or those below a folder, sorted by name."""
    if path.is_dir():
        files = sorted(path.rglob("*.parquet"))
        if not files:
            raise DatasetError(f"{path} holds no .parquet file")
        return files
    if not path.exists():
        raise DatasetError(f"no dataset at {path}: check dataset.path")
    return [path]


def pack(paths: list[Path], target: Path) -> None:
    """Copy Parquet files into one mapped Arrow file, checking every row; DatasetError names the pair at fault."""
    seen: set[str] = set()
    with (
        atomic_path(target) as temporary,
        pa.OSFile(str(temporary), "wb") as sink,
        pa.ipc.new_file(sink, _pack_schema()) as writer,
    ):
        for path in paths:
            for rows in _read_rows(path):
                writer.write_batch(_packed_batch(rows, seen, str(path)))
        if not seen:
            raise DatasetError(f"{paths[0]} holds no pairs")


def attach(pack_path: Path, fingerprint: str) -> Dataset:
    """Map a packed dataset; cheap enough to do in every worker."""
    try:
        reader = pa.ipc.open_file(pa.memory_map(str(pack_path)))
        batches = tuple(reader.get_batch(number) for number in range(reader.num_record_batches))
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(f"cannot map {pack_path}: {error}; delete it, it is made anew") from error
    table = pa.Table.from_batches([batch.select(RUN_PAIRS.names()) for batch in batches])
    frame = pl.DataFrame(pl.from_arrow(table)).cast(RUN_PAIRS)
    places = {
        pair_id: (number, row)
        for number, batch in enumerate(batches)
        for row, pair_id in enumerate(batch.column("id").to_pylist())
    }
    truths = {row["id"]: read_truth(row) for row in frame.iter_rows(named=True)}
    queries = dict(frame.select("id", pl.col("user_query").fill_null("")).iter_rows())
    return Dataset(fingerprint, frame, truths, queries, batches, places)


def read_truth(row: Mapping[str, Any]) -> Truth:
    """Return the truth that a PAIRS row states; DatasetError where it contradicts itself."""
    pair_id, task = row["id"], row["task_type"]
    if task not in (VISUAL_DIFF, NO_DIFF, BENIGN, UNLABELLED):
        known = f"{VISUAL_DIFF!r} nor {NO_DIFF!r} nor {BENIGN!r} nor {UNLABELLED!r}"
        raise DatasetError(f"pair {pair_id!r}: task_type {task!r} is neither {known}")
    mutations = tuple(_read_mutation(pair_id, text) for text in row["mutation_dicts_json"] or ())
    if (task == VISUAL_DIFF) != bool(mutations):
        raise DatasetError(f"pair {pair_id!r}: task_type is {task!r} but it records {len(mutations)} mutations")
    if mutations and row["difficulty"] not in CHANGED_TIERS:
        raise DatasetError(
            f"pair {pair_id!r}: difficulty {row['difficulty']!r} is not one of {', '.join(CHANGED_TIERS)}"
        )
    return Truth(
        task_type=task,
        answer=row["ground_truth_diff"] or "",
        mutations=mutations,
        visual_effects=tuple(row["visual_effects"] or ()),
        target_box=_read_box(row, "target_bbox"),
        affected_box=_read_box(row, "affected_bbox"),
    )


def _read_mutation(pair_id: str, text: str) -> Mutation:
    try:
        return Mutation(**{name: str(value) for name, value in json.loads(text).items()})
    except (json.JSONDecodeError, AttributeError, TypeError, RecursionError) as error:
        names = ", ".join(Mutation.__dataclass_fields__)
        raise DatasetError(
            f"pair {pair_id!r}: a mutation record must be JSON with exactly {names} ({error})"
        ) from error


def _read_box(row: Mapping[str, Any], name: str) -> Box | None:
    x, y, w, h = (row[f"{name}_{side}"] for side in "xywh")
    return None if None in (x, y, w, h) or w < 0 else Box(x, y, w, h)


def _read_rows(path: Path) -> Iterator[pl.DataFrame]:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False) as file:  # else it keeps all
            _check_columns(file.schema_arrow, str(path))
            known = [name for name in file.schema_arrow.names if name in PAIRS]
            for batch in file.iter_batches(batch_size=_ROWS_PER_BATCH, columns=known):
                # Polars would end the process over text that is no UTF-8
                batch.validate(full=True)
                yield pl.DataFrame(pl.from_arrow(batch))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read as Parquet: {error}") from error


def _check_columns(schema: pa.Schema, source: str) -> None:
    """Raise DatasetError unless the published columns are there, and all that PAIRS knows have its types."""
    known = pa.schema([field for field in schema if field.name in PAIRS])
    if len(set(known.names)) < len(known):
        raise DatasetError(f"{source}: a column stands there twice; the columns are {', '.join(known.names)}")
    found = pl.DataFrame(pl.from_arrow(known.empty_table())).schema
    check_published(found, source)
    for name, dtype in found.items():
        if dtype != PAIRS[name]:
            raise DatasetError(f"{source}: column {name!r} is {dtype}, must be {PAIRS[name]}; rewrite or drop it")


def _packed_batch(rows: pl.DataFrame, seen: set[str], source: str) -> pa.RecordBatch:
    rows = rows.with_columns(
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in PAIRS.items() if name not in rows.columns
    )
    records = [_checked_record(row, seen, source) for row in rows.select(PAIRS.names()).iter_rows(named=True)]
    return pa.RecordBatch.from_pylist(records, schema=_pack_schema())


def _checked_record(row: dict[str, Any], seen: set[str], source: str) -> dict[str, Any]:
    pair_id = row["id"]
    if not pair_id:
        raise DatasetError(f"{source}: row {len(seen) + 1} has no id")
    if pair_id in seen:
        raise DatasetError(f"{source}: pair {pair_id!r} stands there twice; ids must be unique")
    seen.add(pair_id)
    read_truth(row)
    digests = {}
    for name in _IMAGES:
        row[name] = check_image(pair_id, name, row[name])
        digests[f"{name.removeprefix('image_')}_sha256"] = hashlib.sha256(row[name]).hexdigest()
    return row | digests


def _pack_schema() -> pa.Schema:
    columns = pl.DataFrame(schema=RUN_PAIRS).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
    images = [pa.field(name, pa.large_binary()) for name in _IMAGES]
    return pa.schema([*columns, *images])
