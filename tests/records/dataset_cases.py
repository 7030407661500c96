"""What the dataset tests share: pairs in the published columns, as a Parquet file."""

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from records.datasets import Dataset, attach, fingerprint_files, pack, parquet_files
from schemas.tables import PAIRS, PUBLISHED_PAIRS

Row = dict[str, Any]

MUTATION = {
    "type": "color",
    "element": "the button",
    "property": "color",
    "direction": "recolor",
    "old_value": "navy",
    "new_value": "red",
    "template": "The button is red.",
}


def png(color: str, size: tuple[int, int] = (8, 6)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, "PNG")
    return buffer.getvalue()


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 6), "navy").save(buffer, kind)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Return a PNG whose header claims a size that its few bytes don't have."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def changed(pair_id: str = "p1", **other: object) -> Row:
    """Return a has-diff pair in the 18 published columns."""
    box = dict(zip(("target_bbox_x", "target_bbox_y", "target_bbox_w", "target_bbox_h"), (1, 2, 3, 4), strict=True))
    row = {
        "id": pair_id,
        "image_before": {"bytes": png("navy"), "path": None},
        "image_after": {"bytes": png("red"), "path": "after.png"},
        "user_query": "What changed?",
        "ground_truth_diff": "The button is red.",
        "mutations_text": ["The button is red."],
        "mutation_types": ["mutate_color"],
        "mutation_dicts_json": [json.dumps(MUTATION)],
        "task_type": "visual_diff",
        "difficulty": "easy",
        "domain": "other",
        "pixel_diff": 0.1,
        "target_diff": 1.0,
        "outside_diff": 0.0,
        **box,
    }
    return row | other


def unchanged(pair_id: str = "p2", **other: object) -> Row:
    nothing = {"mutations_text": [], "mutation_types": [], "mutation_dicts_json": [], "ground_truth_diff": ""}
    boxes = {f"target_bbox_{side}": -1 for side in "xywh"}
    return changed(pair_id, task_type="no_diff", difficulty="no_diff", **nothing, **boxes) | other


def frame(*rows: Row) -> pl.DataFrame:
    names = [name for name in PAIRS if name in PUBLISHED_PAIRS or any(name in row for row in rows)]
    columns = {name: [row.get(name) for row in rows] for name in names}
    return pl.DataFrame(columns, schema={name: PAIRS[name] for name in names})


def write(path: Path, *rows: Row) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame(*rows).write_parquet(path)
    return path


def write_arrow(path: Path, table: pa.Table) -> Path:
    pq.write_table(table, path)
    return path


def open_dataset(path: Path, packs: Path) -> Dataset:
    """Open a dataset as a sweep does."""
    files = parquet_files(path)
    fingerprint = fingerprint_files(files)
    target = packs / f"{fingerprint}.arrow"
    if not target.exists():
        pack(files, target)
    return attach(target, fingerprint)
