import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pairgen.compare import compare
from pairgen.images import FAST, decode, recompress
from pairgen.records import Candidate, Change, Described, Kept, Measured, Page, Pair
from pairgen.writer import write_pairs
from schemas.errors import DatasetError
from schemas.records import Box, Mutation, Truth
from schemas.tables import PAIRS, PUBLISHED_PAIRS


def png(seed: int) -> bytes:
    pixels = np.zeros((800, 1280, 3), np.uint8)
    pixels[100:140, 100:140] = np.random.default_rng(seed).integers(0, 255, (40, 40, 3))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def pairs() -> list[Pair]:
    page = Page(page_id="composed-7", domain="travel", html="")
    mutation = Mutation(
        type="color",
        element='"Pay" button',
        property="color",
        direction="darker",
        old_value="#ffffff",
        new_value="#888888",
        template='The text of the "Pay" button is darker.',
    )
    truth = Truth(task_type="visual_diff", answer=mutation.template, mutations=(mutation,), visual_effects=("color",))
    kept = Kept(
        candidate=Candidate(
            operator="color", tier="easy", mechanism="class_swap", change=Change(ref=1), property="color",
            direction="darker", old_value="#ffffff", new_value="#888888", magnitude=30.0,
        ),
        described=Described(truth=truth, template_id="color-1"),
        measured=Measured(
            target_box=Box(100, 100, 40, 40), affected_box=Box(100, 100, 40, 40), magnitude=30.0,
            pixel_diff=0.001, target_diff=12.5, outside_diff=0.0,
        ),
    )  # fmt: skip
    changed = Pair(
        pair_id="easy-color-0001", page=page, before=png(1), after=png(2), renderer='{"browser": "x"}', kept=kept
    )
    same = Pair(pair_id="no_diff-0001", page=page, before=png(3), after=png(3), renderer='{"browser": "x"}')
    return [changed, same]


def test_the_benchmarks_loader_reads_it_with_decoded_images(tmp_path: Path) -> None:
    from datasets import load_dataset

    path = tmp_path / "pairs.parquet"
    write_pairs(pairs(), path, png_level=1)
    rows = load_dataset("parquet", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
    assert list(rows.column_names)[:18] == PUBLISHED_PAIRS.names()
    assert rows[0]["image_before"].size == (1280, 800)
    assert np.array_equal(np.asarray(rows[0]["image_after"]), decode(png(2)))
    assert rows[0]["mutation_types"] == ["mutate_color"]
    assert rows[1]["mutations_text"] == []


def test_columns_types_and_the_no_diff_row(tmp_path: Path) -> None:
    path = tmp_path / "pairs.parquet"
    write_pairs(pairs(), path, png_level=1)
    frame = pl.read_parquet(path)
    assert frame.schema == PAIRS
    assert pq.ParquetFile(path).metadata.num_row_groups == 1
    changed, same = frame.rows(named=True)
    assert (changed["target_bbox_x"], changed["target_bbox_w"], changed["affected_bbox_h"]) == (100, 40, 40)
    assert changed["difficulty"] == "easy"
    assert same["difficulty"] == same["task_type"] == "no_diff"
    assert [same[f"target_bbox_{side}"] for side in "xywh"] == [-1] * 4
    assert same["image_before"]["bytes"] == same["image_after"]["bytes"]
    assert same["magnitude"] is None


def test_the_same_pairs_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.parquet", "two.parquet"):
        write_pairs(pairs(), tmp_path / name, png_level=2)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


@pytest.mark.parametrize("level", [FAST, 0, 3])
def test_recompression_keeps_every_pixel_in_rgb(level: int) -> None:
    small = recompress(png(4), level)
    assert np.array_equal(decode(small), decode(png(4)))
    with Image.open(io.BytesIO(small)) as image:
        assert image.mode == "RGB"


def test_a_failure_midway_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> Iterator[Pair]:
        yield pairs()[0]
        raise DatasetError("stop")

    with pytest.raises(DatasetError):
        write_pairs(broken(), tmp_path / "pairs.parquet", png_level=1)
    assert list(tmp_path.iterdir()) == []


def test_comparing_tells_bytes_renderers_and_truths_apart(tmp_path: Path) -> None:
    def made(rows: list[Pair]) -> bytes:
        write_pairs(rows, tmp_path / "pairs.parquet", png_level=1)
        return (tmp_path / "pairs.parquet").read_bytes()

    changed, same = pairs()
    reference = made([changed, same])
    assert compare(reference, reference) == "byte-identical to the reference"
    other_browser = made([replace(changed, renderer="{}"), replace(same, renderer="{}", before=png(9))])
    assert "made by another browser, fonts or pages" in compare(other_browser, reference)
    assert "2 of 2 truths are the same" in compare(other_browser, reference)
    other_pixels = made([replace(changed, after=png(8)), replace(same, page=replace(same.page, page_id="else"))])
    assert "DIFFERS" in compare(other_pixels, reference)
    assert "1 of 2 truths" in compare(other_pixels, reference)
    with pytest.raises(DatasetError):
        compare(reference, b"not parquet")
