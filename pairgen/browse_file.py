"""A PAIRS file as its browser asks for it: an index of all rows, one row's facts, one picture.

The texts of all rows are held (about 2 kB each); images are read when asked for, and a few row groups of them are kept.
"""

import io
import math
import threading
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from pairgen.sheet import amplified
from records.images import MAX_IMAGE_PIXELS
from schemas.errors import DatasetError
from schemas.protocols import Json
from schemas.tables import PAIRS
from schemas.vocabulary import BENIGN, CHANGED_TIERS, DOMAINS, NO_DIFF, OPERATORS, UNLABELLED, VISUAL_DIFF

SIDES: Final = ("before", "after")
DIFFERENCE: Final = "diff"
_IMAGES: Final = tuple(f"image_{side}" for side in SIDES)
_FACTS: Final = tuple(name for name in PAIRS.names() if name not in _IMAGES)
_LISTED: Final = (
    "id", "mutation_types", "mechanism", "task_type", "difficulty", "domain",
    "ground_truth_diff", "mutations_text", "page_id",
)  # fmt: skip
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
"""What any browser shows; PAIRS holds PNG, files of others may not."""
_NONE: Final = "none"
_ROWS_AT_ONCE: Final = 8
_BUFFER_BYTES: Final = 1 << 20
_ORDER: Final = {
    "operator": OPERATORS,
    "tier": (*CHANGED_TIERS, NO_DIFF),
    "domain": DOMAINS,
    "task": (VISUAL_DIFF, NO_DIFF, BENIGN, UNLABELLED),
}
"""The order in which known values are offered; others follow by name."""


class Picture(NamedTuple):
    """An encoded image and its media type."""

    media_type: str
    data: bytes


class _Rows(NamedTuple):
    """Some rows' images in memory, and the number of the first."""

    first: int
    table: pa.Table


class PairsFile:
    """Read a PAIRS file row by row; safe to ask from several threads. DatasetError where it is no such file.

    max_held_bytes: of images in memory. A larger row group is read through in small batches, and only the one that
    holds the row is kept.
    """

    def __init__(self, path: Path, max_held_bytes: int = 64_000_000) -> None:
        self.name = path.name
        self._max_held_bytes = max_held_bytes
        self._file = _open(path)
        try:
            self._facts = _read_facts(self._file, path)
        except DatasetError:
            self._file.close()
            raise
        groups = [self._file.metadata.row_group(number) for number in range(self._file.num_row_groups)]
        self._starts = [0, *accumulate(group.num_rows for group in groups)]
        self._sizes = [_image_bytes(group) for group in groups]
        self._held: list[_Rows] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._facts)

    @property
    def num_held_bytes(self) -> int:
        """Return how many bytes of images are in memory."""
        return sum(held.table.nbytes for held in self._held)

    def index(self) -> dict[str, Json]:
        """Return what the list shows and filters by, for every row in the file's order; each row's `key` is unique."""
        known = self._facts.select([name for name in _LISTED if name in self._facts.column_names])
        rows: list[Json] = []
        keys: set[str] = set()
        for batch in known.to_batches(max_chunksize=1_000):
            for row in batch.to_pylist():
                rows.append(_entry(row, len(rows), keys))
        return {"name": self.name, "order": {name: list(values) for name, values in _ORDER.items()}, "rows": rows}

    def facts(self, row: int) -> dict[str, Json]:
        """Return a row's columns but for the images, absent and null ones left out; IndexError where there is none."""
        if not 0 <= row < len(self):
            raise IndexError(row)
        found = self._facts.slice(row, 1).to_pylist()[0]
        return {name: _plain(value) for name, value in found.items() if value is not None}

    def picture(self, row: int, which: str) -> Picture:
        """Return `before` or `after` as stored, or `diff`: their difference times eight, dark on white.

        IndexError where there is no such row; DatasetError where the image is absent or damaged.
        """
        if which == DIFFERENCE:
            return self._difference(row)
        data = self._stored(row, f"image_{which}")
        with _decoded(data, which) as image:
            return Picture(Image.MIME[image.format or "PNG"], data)

    def _difference(self, row: int) -> Picture:
        pixels = []
        for side in SIDES:
            with _decoded(self._stored(row, f"image_{side}"), side) as image:
                pixels.append(np.asarray(image.convert("RGB")))
        (height, width), (other_height, other_width) = (one.shape[:2] for one in pixels)
        if (height, width) != (other_height, other_width):
            sizes = f"before is {width} x {height} px, after is {other_width} x {other_height}"
            raise DatasetError(f"{sizes}: no difference can be drawn")
        file = io.BytesIO()
        amplified(*pixels).save(file, "PNG", compress_level=1)
        return Picture("image/png", file.getvalue())

    def _stored(self, row: int, column: str) -> bytes:
        if not 0 <= row < len(self):
            raise IndexError(row)
        with self._lock:
            try:
                held = self._find(row) or self._read(row)
            except (pa.ArrowException, OSError) as error:
                raise DatasetError(f"this part of the file cannot be read: {_first_line(error)}") from error
        cell = held.table[column][row - held.first].as_py()
        data = cell.get("bytes") if isinstance(cell, dict) else cell
        if not data:
            raise DatasetError(f"{column} holds no bytes; the file must store the encoded image")
        return bytes(data)

    def _find(self, row: int) -> _Rows | None:
        for place, held in enumerate(self._held):
            if held.first <= row < held.first + held.table.num_rows:
                self._held.append(self._held.pop(place))
                return held
        return None

    def _read(self, row: int) -> _Rows:
        """Read a row's group or, of a large one, a few rows; forget what was asked for longest ago."""
        group = bisect_right(self._starts, row) - 1
        first = self._starts[group]
        if self._sizes[group] <= self._max_held_bytes:
            found = _Rows(first, self._file.read_row_group(group, columns=list(_IMAGES)))
        else:
            found = self._read_through(group, row)
        self._held.append(found)
        while len(self._held) > 1 and self.num_held_bytes > self._max_held_bytes:
            self._held.pop(0)
        return found

    def _read_through(self, group: int, row: int) -> _Rows:
        first = self._starts[group]
        for batch in self._file.iter_batches(_ROWS_AT_ONCE, row_groups=[group], columns=list(_IMAGES)):
            if row < first + batch.num_rows:
                return _Rows(first, pa.Table.from_batches([batch]))
            first += batch.num_rows
        raise DatasetError("this part of the file holds fewer rows than it says")


def _open(path: Path) -> pq.ParquetFile:
    if path.is_dir():
        raise DatasetError(f"{path} is a folder: name one .parquet file in it")
    try:
        return pq.ParquetFile(path, buffer_size=_BUFFER_BYTES, pre_buffer=False, page_checksum_verification=True)
    except FileNotFoundError as error:
        raise DatasetError(f"no file at {path}: check the path") from error
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(
            f"{path} cannot be read as Parquet: {_first_line(error)}; name a file that python -m pairgen wrote"
        ) from error


def _read_facts(file: pq.ParquetFile, path: Path) -> pa.Table:
    """Return the known columns but for the images, once it is sure that those which are needed are there."""
    names = file.schema_arrow.names
    absent = [name for name in ("id", *_IMAGES) if name not in names]
    if absent:
        raise DatasetError(
            f"{path} lacks {' and '.join(absent)}: a PAIRS file has an id, image_before and image_after (docs/pairs.md)"
        )
    for name in (*_FACTS, *_IMAGES):
        if names.count(name) > 1:
            raise DatasetError(f"{path}: column {name!r} stands there twice; drop one")
    for name in _IMAGES:
        if not _holds_bytes(kind := file.schema_arrow.field(name).type):
            raise DatasetError(f"{path}: column {name!r} is {kind}, must hold images: a struct of bytes and path")
    try:
        table = file.read(columns=[name for name in _FACTS if name in names])
        table.validate(full=True)  # text that is no UTF-8 would only be found when it is shown
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(f"{path} is damaged: {_first_line(error)}; make or fetch it again") from error
    if not len(table):
        raise DatasetError(f"{path} holds no pairs")
    return table


def _holds_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        place = kind.get_field_index("bytes")
        return place >= 0 and _holds_bytes(kind.field(place).type)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _image_bytes(group: pq.RowGroupMetaData) -> int:
    columns = (group.column(number) for number in range(group.num_columns))
    return sum(one.total_uncompressed_size for one in columns if one.path_in_schema.startswith(_IMAGES))


def _entry(row: dict[str, Any], number: int, keys: set[str]) -> dict[str, Json]:
    """Return one row of the index. `key` is the id; where that is absent or taken, the row's number tells it apart."""
    pair_id = str(row["id"] or "")
    key = pair_id if pair_id and pair_id not in keys else f"{pair_id}~{number + 1}"
    keys.add(key)
    task = str(row.get("task_type") or _NONE)
    operators = [name.removeprefix("mutate_") for name in _texts(row.get("mutation_types"))]
    kind = str(row.get("mechanism") or task) if task == BENIGN else task
    return {
        "key": key,
        "id": pair_id,
        "operator": list(operators or [kind]),
        "tier": str(row.get("difficulty") or _NONE),
        "domain": str(row.get("domain") or _NONE),
        "task": task,
        "sentence": str(row.get("ground_truth_diff") or " ".join(_texts(row.get("mutations_text")))),
        "page": str(row.get("page_id") or ""),
    }


def _texts(value: object) -> Sequence[str]:
    if value is None:
        return []
    return [str(one) for one in value if one is not None] if isinstance(value, list) else [str(value)]


def _plain(value: object) -> Json:
    """Return a value as JSON can hold it; numbers that JSON has no word for become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    return [_plain(one) for one in value] if isinstance(value, list) else str(value)


def _decoded(data: bytes, side: str) -> Image.Image:
    """Return an image whose every pixel was decoded; DatasetError where that can't be done."""
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        if image.width * image.height > MAX_IMAGE_PIXELS:
            raise DatasetError(
                f"{side} is {image.width:,} x {image.height:,} px, more than {MAX_IMAGE_PIXELS:,} in all; scale it down"
            )
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DatasetError(f"{side} cannot be decoded: {_first_line(error)}") from error
    return image


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].strip() or type(error).__name__
