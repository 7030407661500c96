"""Pairs as Parquet: the benchmark's 18 columns in its order, then ours; readable by its loader.

The bytes depend on the pairs alone. Image columns are stored uncompressed (PNG does not shrink).
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pairgen.images import decode, level_difference, recompress
from pairgen.records import Kept, Pair
from records.files import atomic_path
from schemas.protocols import Json
from schemas.records import Box
from schemas.tables import PAIRS
from schemas.vocabulary import BENIGN, NO_DIFF, UNLABELLED, VISUAL_DIFF

_ROWS_PER_GROUP = 30
_USER_QUERY = "Here is a web page before and after an edit. Which visible difference is there, if any?"
_NO_BOX = Box(-1, -1, -1, -1)
_HF_TYPES = {pa.string(): "string", pa.float64(): "float64", pa.int64(): "int64"}


def arrow_schema() -> pa.Schema:
    """Return the table's Arrow schema, with the metadata by which `datasets` decodes images."""
    fields = [pa.field(name, _arrow_type(name)) for name in PAIRS.names()]
    features = {field.name: _feature(field.type) for field in fields}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema(fields, metadata=metadata)


def _arrow_type(name: str) -> pa.DataType:
    if name.startswith("image_"):
        return pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    polars_name = str(PAIRS[name])
    return {
        "String": pa.string(),
        "Float64": pa.float64(),
        "Int64": pa.int64(),
        "List(String)": pa.list_(pa.string()),
    }[polars_name]


def _feature(kind: pa.DataType) -> Json:
    if pa.types.is_struct(kind):
        return {"_type": "Image"}
    if pa.types.is_list(kind):
        return {"feature": _feature(kind.value_type), "_type": "List"}
    return {"dtype": _HF_TYPES[kind], "_type": "Value"}


class PairWriter:
    """Append rows to a Parquet file, in groups, as they come."""

    def __init__(self, path: Path) -> None:
        self._schema = arrow_schema()
        texts = [leaf for field in self._schema for leaf in _text_leaves(field)]
        self._file = pq.ParquetWriter(
            path,
            self._schema,
            compression=dict.fromkeys(texts, "zstd"),
            use_dictionary=texts,
            write_statistics=texts,
        )
        self._group: list[dict[str, object]] = []

    def write(self, row: dict[str, object]) -> None:
        """Add a row, images included."""
        self._group.append(row)
        if len(self._group) == _ROWS_PER_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what waits, and the file's end."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if self._group:
            self._file.write_table(pa.Table.from_pylist(self._group, schema=self._schema))
            self._group.clear()


@contextmanager
def open_writer(path: Path, folder: Path | None = None) -> Iterator[PairWriter]:
    """Yield a writer; the file appears whole when the block ends, or not at all.

    folder: where it grows meanwhile; beside `path` by default.
    """
    with atomic_path(path, folder) as unfinished, closing(PairWriter(unfinished)) as writer:
        yield writer


def write_pairs(pairs: Iterable[Pair], path: Path, png_level: int) -> None:
    """Write pairs to a Parquet file as they come; the file appears whole or not at all."""
    with open_writer(path) as writer:
        for pair in pairs:
            before, after = small_images(pair, png_level)
            writer.write(with_images(row_of(pair), before, after))


def _text_leaves(field: pa.Field) -> list[str]:
    """Return a column's Parquet leaves, images left out."""
    if pa.types.is_struct(field.type):
        return []
    return [f"{field.name}.list.element"] if pa.types.is_list(field.type) else [field.name]


def small_images(pair: Pair, png_level: int) -> tuple[bytes, bytes]:
    """Return both screenshots recompressed."""
    before = recompress(pair.before, png_level)
    return before, before if pair.before == pair.after else recompress(pair.after, png_level)


def with_images(row: dict[str, object], before: bytes, after: bytes) -> dict[str, object]:
    """Return the row with its images."""
    images = {
        f"image_{name}": {"bytes": png, "path": f"{row['id']}-{name}.png"}
        for name, png in (("before", before), ("after", after))
    }
    return row | images


def row_of(pair: Pair) -> dict[str, object]:
    """Return the pair's row without its images; plain values that JSON can hold."""
    shared = {"id": pair.pair_id, "user_query": _USER_QUERY, "domain": pair.page.domain}
    ours = {"page_id": pair.page.page_id, "renderer": pair.renderer}
    if pair.kept is not None:
        return shared | ours | _changed(pair.kept)
    return shared | ours | _unchanged() | _benign(pair)


def unlabelled_row(name: str, pixel_diff: float | None) -> dict[str, object]:
    """Return the row, without its images, of two screenshots of which nobody says what differs."""
    return {
        "id": name,
        "user_query": _USER_QUERY,
        "domain": "other",
        "page_id": name,
        **_unchanged(),
        "ground_truth_diff": None,
        "task_type": UNLABELLED,
        "difficulty": UNLABELLED,
        "pixel_diff": pixel_diff,
        "target_diff": None,
        "outside_diff": None,
    }


def _benign(pair: Pair) -> dict[str, object]:
    """Return what a benign control says beside an unchanged pair."""
    if not pair.benign_kind:
        return {}
    levels = level_difference(decode(pair.before), decode(pair.after))
    return {
        "task_type": BENIGN,
        "difficulty": BENIGN,
        "mechanism": pair.benign_kind,
        "pixel_diff": float((levels > 0).mean()),
        "outside_diff": float(levels.mean()),
    }


def _changed(kept: Kept) -> dict[str, object]:
    truth, measured = kept.described.truth, kept.measured
    return {
        "ground_truth_diff": truth.answer,
        "mutations_text": [mutation.template for mutation in truth.mutations],
        "mutation_types": [f"mutate_{mutation.type}" for mutation in truth.mutations],
        "mutation_dicts_json": [json.dumps(asdict(mutation), ensure_ascii=False) for mutation in truth.mutations],
        "task_type": VISUAL_DIFF,
        "difficulty": kept.candidate.tier,
        "pixel_diff": measured.pixel_diff,
        "target_diff": measured.target_diff,
        "outside_diff": measured.outside_diff,
        "mechanism": kept.candidate.mechanism,
        "magnitude": measured.magnitude,
        "template_id": kept.described.template_id,
        "visual_effects": list(truth.visual_effects),
    } | _boxes(measured.target_box, measured.affected_box)


def _unchanged() -> dict[str, object]:
    return {
        "ground_truth_diff": "",
        "mutations_text": [],
        "mutation_types": [],
        "mutation_dicts_json": [],
        "task_type": NO_DIFF,
        "difficulty": NO_DIFF,
        "pixel_diff": 0.0,
        "target_diff": 0.0,
        "outside_diff": 0.0,
        "visual_effects": [],
    } | _boxes(_NO_BOX, _NO_BOX)


def _boxes(target: Box, affected: Box) -> dict[str, object]:
    return {
        f"{name}_bbox_{side}": value
        for name, box in (("target", target), ("affected", affected))
        for side, value in asdict(box).items()
    }
