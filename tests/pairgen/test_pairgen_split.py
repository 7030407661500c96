"""Splits of real files: what they share, what reads them, and what is said of bad input."""

import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from PIL import Image

from orchestrator.door import PROJECT_ROOT
from pairgen.images import decode
from pairgen.looks import difference_hash, distance
from pairgen.split import SplitConfig, main, write_splits
from pairgen.writer import open_writer, with_images
from schemas.errors import ConfigError, DatasetError, UserError

EMBEDDED = PROJECT_ROOT / "data/embedded/pairs.parquet"
NAMES = ("train", "validation", "test")


@pytest.fixture(scope="module")
def embedded() -> list[dict[str, Any]]:
    return pq.read_table(EMBEDDED).to_pylist()


def written(rows: list[dict[str, Any]], path: Path) -> Path:
    with open_writer(path) as writer:
        for row in rows:
            writer.write(row)
    return path


def listed(folder: Path) -> dict[str, dict[str, str]]:
    lines = csv.DictReader(io.StringIO((folder / "splits.csv").read_text("utf-8")))
    return {line["id"]: line for line in lines}


def test_the_embedded_pairs_become_three_splits_that_the_benchmarks_loader_finds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from datasets import load_dataset

    folder = tmp_path / "splits"
    assert main([str(EMBEDDED), str(folder), "train=0.6", "validation=0.2", "test=0.2"]) == 0
    whole = pl.read_parquet(EMBEDDED)
    parts = {name: pl.read_parquet(folder / f"{name}.parquet") for name in NAMES}
    sizes = {name: len(part) for name, part in parts.items()}
    assert sizes["train"] > sizes["validation"] > 9 < sizes["test"]
    for part in parts.values():
        assert part.equals(whole.filter(pl.col("id").is_in(part["id"].implode())))  # whole rows, in the file's order
    ids = [set(part["id"]) for part in parts.values()]
    assert set.union(*ids) == set(whole["id"])
    assert sum(map(len, ids)) == len(whole)
    looks = {
        row["page_id"]: difference_hash(decode(row["image_before"]["bytes"])) for row in whole.iter_rows(named=True)
    }
    pages = [set(part["page_id"]) for part in parts.values()]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert not pages[one] & pages[other]
        assert min(distance(looks[a], looks[b]) for a in pages[one] for b in pages[other]) > 8
    loaded = load_dataset("parquet", data_dir=str(folder), cache_dir=str(tmp_path / "cache"))
    assert {name: len(loaded[name]) for name in loaded} == sizes
    assert loaded["test"][0]["image_before"].size == (1280, 800)
    assert {line["split"] for line in listed(folder).values()} == set(NAMES)
    said = capsys.readouterr().out
    assert "90 rows of 90 pages in 90 groups of near-duplicates" in said
    assert "validation: cells that it lacks" in said


def test_the_bytes_depend_on_rows_and_arguments_and_one_split_is_the_input(
    embedded: list[dict[str, Any]], tmp_path: Path
) -> None:
    pairs = written(embedded[:33], tmp_path / "pairs.parquet")
    write_splits(pairs, tmp_path / "whole", SplitConfig(train=1, validation=0, test=0))
    whole = tmp_path / "whole/train.parquet"
    assert pq.read_table(whole).equals(pq.read_table(pairs), check_metadata=True)
    write_splits(whole, tmp_path / "again", SplitConfig(train=1, validation=0, test=0))
    assert (tmp_path / "again/train.parquet").read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in (tmp_path / "whole").iterdir()) == ["splits.csv", "train.parquet"]
    for folder in "ab":
        write_splits(pairs, tmp_path / folder, SplitConfig())
    for name in (*(f"{split}.parquet" for split in NAMES), "splits.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    schema = pq.read_schema(tmp_path / "a/test.parquet")
    assert schema.equals(pq.read_schema(pairs), check_metadata=True)
    write_splits(pairs, tmp_path / "c", SplitConfig(seed=8))
    assert listed(tmp_path / "c") != listed(tmp_path / "a")


def test_rows_of_a_page_and_near_duplicates_stay_together(embedded: list[dict[str, Any]], tmp_path: Path) -> None:
    touched = decode(embedded[0]["image_before"]["bytes"]).copy()
    touched[300:320, 300:340] ^= 30
    file = io.BytesIO()
    Image.fromarray(touched).save(file, "PNG")
    rows = [
        embedded[0],
        embedded[1],
        with_images(embedded[0] | {"id": "alike", "page_id": "else", "domain": "news/media"}, file.getvalue(), b"x"),
        embedded[2] | {"id": "same page", "page_id": embedded[1]["page_id"]},
        embedded[3] | {"page_id": None},
        embedded[4] | {"page_id": None},
    ]
    pairs = written(rows, tmp_path / "pairs.parquet")
    lines = write_splits(pairs, tmp_path / "out", SplitConfig(train=0.5, validation=0.25, test=0.25))
    found = listed(tmp_path / "out")
    first, second, fourth, fifth = (embedded[place]["id"] for place in (0, 1, 3, 4))
    assert found["alike"]["group"] == found[first]["group"] == min("alike", first)
    assert found["same page"]["group"] == found[second]["group"]
    assert len({line["group"] for line in found.values()}) == 4
    assert len({(line["group"], line["split"]) for line in found.values()}) == 4
    assert (found[fourth]["group"], found[fourth]["page_id"]) == (fourth, "")
    assert found[fifth]["group"] == fifth
    assert "6 rows of 5 pages in 4 groups of near-duplicates; the largest has 2 rows" in lines
    write_splits(pairs, tmp_path / "apart", SplitConfig(train=0.5, validation=0.25, test=0.25, max_distance=-1))
    assert listed(tmp_path / "apart")["alike"]["group"] == "alike"


def test_controls_and_pairs_without_truth_have_cells_of_their_own(
    embedded: list[dict[str, Any]], tmp_path: Path
) -> None:
    benign, none = {"task_type": "benign", "difficulty": "benign"}, embedded[-1] | {"mutation_types": None}
    rows = [
        embedded[0],
        none | benign | {"mechanism": "jpeg"},
        none | benign | {"mechanism": "caret"},
        none | {"task_type": "no_diff", "difficulty": "unknown"},
        none | {"task_type": "no_diff", "difficulty": "no_diff"},
        none | {"task_type": "unlabelled", "difficulty": "unlabelled"},
    ]
    rows = [row | {"id": f"row-{place}", "page_id": f"page-{place}"} for place, row in enumerate(rows)]
    pairs = written(rows, tmp_path / "pairs.parquet")
    lines = write_splits(pairs, tmp_path / "out", SplitConfig(train=0.5, validation=0.5, test=0, max_distance=-1))
    head, train, validation = (line.split() for line in lines[0].splitlines())
    assert head[1:5] == ["easy", "no_diff", "benign", "unlabelled"]
    assert [int(a) + int(b) for a, b in zip(train[1:6], validation[1:6], strict=True)] == [1, 2, 2, 1, 6]
    assert (train[2], validation[2]) == ("1", "1")
    assert any("jpeg/benign" in line for line in lines[2:])
    assert not (tmp_path / "out/test.parquet").exists()


def test_a_file_of_the_published_columns_alone_keeps_them(embedded: list[dict[str, Any]], tmp_path: Path) -> None:
    table = pq.read_table(EMBEDDED).slice(0, 20).drop_columns(["page_id", "mechanism", "renderer"])
    pq.write_table(table, tmp_path / "pairs.parquet", compression="snappy")
    write_splits(tmp_path / "pairs.parquet", tmp_path / "out", SplitConfig())
    with pq.ParquetFile(tmp_path / "out/train.parquet") as file:
        assert file.schema_arrow.equals(table.schema, check_metadata=True)
        assert file.metadata.row_group(0).column(0).compression == "SNAPPY"
    assert [listed(tmp_path / "out")[row["id"]]["group"] for row in embedded[:20]] == [r["id"] for r in embedded[:20]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train=0.9"], r"train=0.9 \+ validation=0.1 \+ test=0.1 is 1.1, must be 1"),
        (["train=1.2", "validation=-0.1", "test=-0.1"], "train=1.2 is not a share"),
        (["train=most"], "train=most is not a number"),
        (["train=nan"], "is not a share"),
        (["max_distance=900"], "from -1 to 64"),
        (["trian=0.8"], "unknown argument 'trian'"),
        (["more"], "usage"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(tmp_path: Path, arguments: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        main([str(EMBEDDED), str(tmp_path / "out"), *arguments])
    assert not (tmp_path / "out").exists()


def test_input_that_cannot_be_split_is_told_by_what_is_wrong(embedded: list[dict[str, Any]], tmp_path: Path) -> None:
    out = tmp_path / "out"

    def refused(pairs: Path, folder: Path = out) -> str:
        with pytest.raises(UserError) as caught:
            main([str(pairs), str(folder)])
        return str(caught.value)

    assert "no file at" in refused(tmp_path / "none.parquet")
    (tmp_path / "text.parquet").write_text("not Parquet, though its name says so")
    assert "cannot be read as Parquet" in refused(tmp_path / "text.parquet")
    cut = tmp_path / "cut.parquet"
    data = written(embedded[:3], cut).read_bytes()
    cut.write_bytes(data[: len(data) // 2])
    assert "cannot be read as Parquet" in refused(cut)
    pl.read_parquet(EMBEDDED).drop("image_before", "image_after").write_parquet(tmp_path / "bare.parquet")
    assert "column 'image_before' is missing" in refused(tmp_path / "bare.parquet")
    assert "holds no pairs" in refused(written([], tmp_path / "empty.parquet"))
    hollow = embedded[0] | {"image_before": None}
    assert f"{hollow['id']!r}: image_before holds no bytes" in refused(written([hollow], tmp_path / "hollow.parquet"))
    broken = with_images(embedded[0], b"no picture", b"none")
    assert "image_before cannot be decoded" in refused(written([broken], tmp_path / "broken.parquet"))
    assert "no id of its own" in refused(written([embedded[0]] * 2, tmp_path / "twice.parquet"))
    assert "is a file: name a folder" in refused(EMBEDDED, tmp_path / "text.parquet")
    assert not out.exists()


def test_a_folder_where_a_loader_would_find_more_is_refused(embedded: list[dict[str, Any]], tmp_path: Path) -> None:
    pairs, out = written(embedded[:9], tmp_path / "pairs.parquet"), tmp_path / "out"
    with pytest.raises(UserError, match=r"lies in .* name another folder"):
        write_splits(pairs, tmp_path, SplitConfig())
    write_splits(pairs, out, SplitConfig())
    write_splits(pairs, out, SplitConfig(seed=9))
    with pytest.raises(UserError, match=r"holds test\.parquet, which loaders would read"):
        write_splits(pairs, out, SplitConfig(validation=0.2, test=0))


def test_a_row_that_fails_midway_leaves_the_folder_as_it_was(embedded: list[dict[str, Any]], tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_splits(written(embedded[:9], tmp_path / "pairs.parquet"), out, SplitConfig())
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    bad = written([*embedded[:40], with_images(embedded[41], b"no picture", b"none")], tmp_path / "bad.parquet")
    with pytest.raises(DatasetError):
        write_splits(bad, out, SplitConfig())
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_memory_does_not_grow_with_the_file(embedded: list[dict[str, Any]], tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (40, 40)).save(file, "PNG")
    rows = [
        with_images(embedded[0] | {"id": f"{place:03d}", "page_id": None}, file.getvalue(), bytes(200_000))
        for place in range(450)
    ]
    pairs = written(rows, tmp_path / "pairs.parquet")
    assert pairs.stat().st_size > 90_000_000
    program = f"""
import pyarrow
from pairgen.split import main
main([{str(pairs)!r}, {str(tmp_path / "out")!r}, "max_distance=-1"])
print(pyarrow.default_memory_pool().max_memory())
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT, timeout=120
    )
    assert int(ran.stdout.splitlines()[-1]) < 45_000_000
