"""Pairs read for their sentences, and written again with some of them reworded; all else stays as it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pairgen.template_reading import Told, read_template
from records.datasets import read_truth
from records.files import atomic_path
from schemas.errors import DatasetError
from schemas.records import Truth
from schemas.tables import PAIRS, check_published
from schemas.vocabulary import VISUAL_DIFF

SUFFIX: Final = "+polished"
"""Ends the `template_id` of a row whose sentence was reworded."""
_SENTENCE, _TEMPLATE = "ground_truth_diff", "template_id"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One changed pair's sentence; `told` is None where none of today's templates wrote it."""

    pair_id: str
    text: str
    told: Told | None
    truth: Truth

    @property
    def why_not(self) -> str:
        """Return why nobody is asked about it; "" where somebody is."""
        return "" if self.told else "no_template"


def read_sentences(path: Path) -> list[Sentence]:
    """Return the changed pairs' sentences, those polished before left out; DatasetError where it is no PAIRS file."""
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            _check_columns(schema, path)
            names = [name for name in schema.names if name in PAIRS and not name.startswith("image_")]
            rows = file.read(columns=names).to_pylist()
    except FileNotFoundError as error:
        raise DatasetError(f"no pairs at {path}") from error
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read as Parquet: {error}") from error
    absent = dict.fromkeys(PAIRS.names())
    return list(_sentences([absent | row for row in rows]))


def _check_columns(schema: pa.Schema, path: Path) -> None:
    if len(set(schema.names)) < len(schema):
        raise DatasetError(f"{path}: a column stands there twice")
    known = pa.schema([field for field in schema if field.name in PAIRS])
    found = pl.DataFrame(pl.from_arrow(known.empty_table())).schema
    check_published(found, str(path))
    if found.get(_TEMPLATE) != PAIRS[_TEMPLATE]:
        raise DatasetError(f"{path}: no text column {_TEMPLATE!r}: only pairs that python -m pairgen made are polished")


def _sentences(rows: list[dict[str, Any]]) -> Iterator[Sentence]:
    for row in rows:
        truth = read_truth(row)
        if row["task_type"] == VISUAL_DIFF and not (row[_TEMPLATE] or "").endswith(SUFFIX):
            told = read_template(truth.answer, row[_TEMPLATE] or "")
            yield Sentence(row["id"], truth.answer, told, truth)


def write_polished(source: Path, out: Path, kept: Mapping[str, str]) -> None:
    """Write `source` again with the sentences of `kept`, by pair id; the file appears whole or not at all.

    Columns, their order, their compression, row groups and metadata are those of `source`.
    """
    with pq.ParquetFile(source) as file, atomic_path(out) as unfinished:
        schema = file.schema_arrow
        with pq.ParquetWriter(unfinished, schema, **_layout(file.metadata)) as writer:
            for number in range(file.num_row_groups):
                table = _reworded(file.read_row_group(number), kept)
                writer.write_table(table.cast(schema), row_group_size=max(1, table.num_rows))


def _reworded(table: pa.Table, kept: Mapping[str, str]) -> pa.Table:
    ids = table["id"].to_pylist()
    sentences = [kept.get(pair, text) for pair, text in zip(ids, table[_SENTENCE].to_pylist(), strict=True)]
    templates = [
        template + SUFFIX if pair in kept else template
        for pair, template in zip(ids, table[_TEMPLATE].to_pylist(), strict=True)
    ]
    for name, values in ((_SENTENCE, sentences), (_TEMPLATE, templates)):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(name), pa.array(values, table.schema.field(name).type))
    return table


def _layout(metadata: pq.FileMetaData) -> dict[str, Any]:
    """Return how columns are stored, so that pictures are neither compressed anew nor told by statistics."""
    if not metadata.num_row_groups:
        return {}
    codecs, group = {"UNCOMPRESSED": "NONE"}, metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    return {
        "compression": {
            column.path_in_schema: codecs.get(column.compression, column.compression) for column in columns
        },
        "use_dictionary": [column.path_in_schema for column in columns if column.has_dictionary_page],
        "write_statistics": [column.path_in_schema for column in columns if column.is_stats_set],
    }
