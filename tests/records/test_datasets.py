"""Datasets: pairs by id with mapped images, and every bad input by its pair's id."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dataset_cases import MUTATION, Row, changed, frame, open_dataset, png, png_header, unchanged, write, write_arrow
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from store_cases import ROOT

from records.datasets import attach, fingerprint_files, pack, parquet_files
from schemas.errors import DatasetError, StoreError
from schemas.records import Box, Mutation
from schemas.tables import PUBLISHED_PAIRS, RUN_PAIRS

EXAMPLES = Path(__file__).parents[3] / "shared" / "diffspot" / "examples.parquet"


def test_pairs_come_back_with_their_truth(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path / "d.parquet", changed("a"), unchanged("b")), tmp_path)
    assert list(dataset.truths) == ["a", "b"]
    assert dataset.truths["a"].mutations == (Mutation(**MUTATION),)
    assert dataset.truths["a"].target_box == Box(1, 2, 3, 4)
    assert dataset.truths["a"].affected_box is None
    assert dataset.truths["b"].is_no_diff
    assert dataset.truths["b"].target_box is None
    assert dataset.user_queries == {"a": "What changed?", "b": "What changed?"}
    assert dataset.frame.schema == RUN_PAIRS


def test_images_are_the_stored_bytes_and_mapped(tmp_path: Path) -> None:
    row = changed("a")
    dataset = open_dataset(write(tmp_path / "d.parquet", row), tmp_path)
    images = dataset.images("a")
    assert bytes(images.before) == row["image_before"]["bytes"]
    assert bytes(images.after) == row["image_after"]["bytes"]
    assert images.before.readonly
    with pytest.raises(KeyError):
        dataset.images("stranger")


def test_finding_an_image_copies_nothing(tmp_path: Path) -> None:
    """Both views lie in the mapped file, whoever asks; nothing of Arrow's own memory is taken."""
    rows = [changed(f"p{number}") for number in range(70)]
    dataset = open_dataset(write(tmp_path / "d.parquet", *rows), tmp_path)
    (packed,) = tmp_path.glob("*.arrow")
    whole = packed.read_bytes()
    mapped = pa.memory_map(str(packed)).read_buffer()
    held = pa.total_allocated_bytes()
    places = {pair_id: address(dataset.images(pair_id).before) for pair_id in dataset.truths}
    assert pa.total_allocated_bytes() == held
    assert max(places.values()) - min(places.values()) < len(whole) == mapped.size
    assert {address(dataset.images(pair_id).before) for pair_id in dataset.truths} == set(places.values())


def address(view: memoryview) -> int:
    return pa.py_buffer(view).address


def test_a_run_keeps_digests_instead_of_images(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path / "d.parquet", changed("a"), unchanged("b")), tmp_path)
    first, second = dataset.frame.select("before_sha256", "after_sha256").rows()
    assert first == second
    assert first[0] != first[1]


def test_the_order_is_the_datasets(tmp_path: Path) -> None:
    ids = [f"p{number}" for number in range(100, 0, -1)]
    dataset = open_dataset(write(tmp_path / "d.parquet", *map(changed, ids)), tmp_path)
    assert list(dataset.frame["id"]) == ids == list(dataset.truths)


def test_unknown_difficulty_counts_as_no_diff(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path / "d.parquet", unchanged("u", difficulty="unknown")), tmp_path)
    assert dataset.truths["u"].is_no_diff


def test_a_benign_control_is_a_pair_in_which_nothing_was_changed(tmp_path: Path) -> None:
    control = unchanged("b", task_type="benign", difficulty="benign", mechanism="jpeg", pixel_diff=0.4)
    dataset = open_dataset(write(tmp_path / "d.parquet", changed("a"), control), tmp_path)
    assert (dataset.truths["b"].task_type, dataset.truths["b"].is_no_diff) == ("benign", True)
    assert dataset.frame["mechanism"].to_list() == [None, "jpeg"]


def test_what_our_generator_adds_is_read(tmp_path: Path) -> None:
    ours = {"visual_effects": ["color", "size"], "page_id": "page-1", **{f"affected_bbox_{side}": 7 for side in "xywh"}}
    dataset = open_dataset(write(tmp_path / "d.parquet", changed("a", **ours)), tmp_path)
    assert dataset.truths["a"].visual_effects == ("color", "size")
    assert dataset.truths["a"].affected_box == Box(7, 7, 7, 7)
    assert dataset.frame["page_id"].to_list() == ["page-1"]


def test_a_folder_of_parts_is_one_dataset(tmp_path: Path) -> None:
    write(tmp_path / "data" / "part-1.parquet", changed("b"))
    write(tmp_path / "data" / "part-0.parquet", changed("a"))
    dataset = open_dataset(tmp_path / "data", tmp_path)
    assert list(dataset.truths) == ["a", "b"]
    assert bytes(dataset.images("b").after) == png("red")


def test_another_content_is_another_pack(tmp_path: Path) -> None:
    path = write(tmp_path / "d.parquet", changed("a"))
    first = open_dataset(path, tmp_path)
    write(path, changed("a", ground_truth_diff="The button is green."))
    second = open_dataset(path, tmp_path)
    assert first.fingerprint != second.fingerprint
    assert second.truths["a"].answer == "The button is green."
    assert len(list(tmp_path.glob("*.arrow"))) == 2


def test_a_name_changes_no_fingerprint(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name / "d.parquet", changed("a")) for name in ("x", "y"))
    assert fingerprint_files([one]) == fingerprint_files([two])


@pytest.mark.skipif(not EXAMPLES.exists() and not os.environ.get("CI"), reason="the benchmark's examples are not here")
def test_the_benchmarks_examples_open(tmp_path: Path) -> None:
    dataset = open_dataset(EXAMPLES, tmp_path)
    assert len(dataset.truths) == 6
    assert sum(truth.is_no_diff for truth in dataset.truths.values()) == 3
    stored = pl.read_parquet(EXAMPLES, columns=["id", "image_after"])
    for pair_id, image in stored.iter_rows():
        assert bytes(dataset.images(pair_id).after) == image["bytes"]


WITHOUT_NEW_VALUE = json.dumps({name: value for name, value in MUTATION.items() if name != "new_value"})
BOMB = {"bytes": png_header(9999, 9999), "path": None}
BAD_ROWS = {
    "no id": (changed(""), "row 2 has no id"),
    "null id": (changed("x", id=None), "row 2 has no id"),
    "twice": (changed("ok"), "pair 'ok' stands there twice; ids must be unique"),
    "no bytes": (changed("x", image_after={"bytes": None, "path": "a.png"}), "pair 'x': image_after holds no bytes"),
    "no image": (changed("x", image_before=None), "pair 'x': image_before holds no bytes"),
    "garbage": (
        changed("x", image_before={"bytes": b"GIF?", "path": None}),
        "pair 'x': image_before cannot be decoded",
    ),
    "bomb": (changed("x", image_after=BOMB), "pair 'x': image_after is 9999x9999"),
    "task": (changed("x", task_type="spot"), "pair 'x': task_type 'spot' is neither"),
    "no task": (changed("x", task_type=None), "pair 'x': task_type None is neither"),
    "no mutation": (changed("x", mutation_dicts_json=[]), "pair 'x': task_type is 'visual_diff' but it records 0"),
    "null mutations": (changed("x", mutation_dicts_json=None), "pair 'x': task_type is 'visual_diff' but it records 0"),
    "mutated benign": (changed("x", task_type="benign"), "pair 'x': task_type is 'benign' but it records 1"),
    "mutated no-diff": (changed("x", task_type="no_diff"), "pair 'x': task_type is 'no_diff' but it records 1"),
    "tier": (changed("x", difficulty="unknown"), "pair 'x': difficulty 'unknown' is not one of easy, medium, hard"),
    "cut JSON": (
        changed("x", mutation_dicts_json=['{"type": "co']),
        "pair 'x': a mutation record must be JSON with exactly",
    ),
    "no object": (changed("x", mutation_dicts_json=["[1]"]), "pair 'x': a mutation record must be JSON with exactly"),
    "null record": (changed("x", mutation_dicts_json=[None]), "pair 'x': a mutation record must be JSON with exactly"),
    "key absent": (
        changed("x", mutation_dicts_json=[WITHOUT_NEW_VALUE]),
        "pair 'x': .*exactly type, element.*new_value",
    ),
    "key too many": (changed("x", mutation_dicts_json=[json.dumps(MUTATION | {"a": "b"})]), "pair 'x': .*'a'"),
    "deep JSON": (changed("x", mutation_dicts_json=["[" * 100_000]), "pair 'x': a mutation record must be JSON"),
}


@pytest.mark.parametrize(("row", "message"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_pair_is_named(row: Row, message: str, tmp_path: Path) -> None:
    path = write(tmp_path / "d.parquet", changed("ok"), row)
    with pytest.raises(DatasetError, match=message):
        open_dataset(path, tmp_path)
    assert not list(tmp_path.glob("*.arrow*"))
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_duplicate_in_another_part_is_named(tmp_path: Path) -> None:
    write(tmp_path / "data" / "0.parquet", changed("a"))
    write(tmp_path / "data" / "1.parquet", changed("a"))
    with pytest.raises(DatasetError, match=r"1.parquet: pair 'a' stands there twice"):
        open_dataset(tmp_path / "data", tmp_path)


@pytest.mark.parametrize("name", PUBLISHED_PAIRS)
def test_a_missing_column_is_named(name: str, tmp_path: Path) -> None:
    frame(changed("a")).drop(name).write_parquet(tmp_path / "d.parquet")
    with pytest.raises(DatasetError, match=f"d.parquet: column '{name}' is missing; the 18 published"):
        open_dataset(tmp_path / "d.parquet", tmp_path)


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("target_bbox_x", pl.Float64()),
        ("target_bbox_x", pl.Int32()),
        ("pixel_diff", pl.Float32()),
        ("id", pl.Categorical()),
        ("mutation_dicts_json", pl.List(pl.Categorical())),
    ],
)
def test_a_wrong_type_is_named(name: str, dtype: pl.DataType, tmp_path: Path) -> None:
    frame(changed("a")).cast({name: dtype}).write_parquet(tmp_path / "d.parquet")
    with pytest.raises(DatasetError, match=f"d.parquet: column '{name}' is .*, must be "):
        open_dataset(tmp_path / "d.parquet", tmp_path)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("page_id", pl.lit(7)),
        ("visual_effects", pl.lit("color")),
        ("magnitude", pl.lit("3")),
        ("renderer", pl.lit(b"x")),
    ],
)
def test_a_wrong_type_of_a_column_of_ours_is_named(name: str, column: pl.Expr, tmp_path: Path) -> None:
    frame(changed("a")).with_columns(column.alias(name)).write_parquet(tmp_path / "d.parquet")
    with pytest.raises(DatasetError, match=f"d.parquet: column '{name}' is .*, must be "):
        open_dataset(tmp_path / "d.parquet", tmp_path)


def test_strangers_columns_are_left_alone(tmp_path: Path) -> None:
    frame(changed("a")).with_columns(note=pl.lit(7), when=pl.datetime(2026, 1, 1)).write_parquet(tmp_path / "d.parquet")
    assert list(open_dataset(tmp_path / "d.parquet", tmp_path).truths) == ["a"]


def test_a_column_that_stands_there_twice(tmp_path: Path) -> None:
    table = frame(changed("a")).to_arrow(compat_level=pl.CompatLevel.oldest())
    write_arrow(tmp_path / "d.parquet", table.append_column("domain", table["domain"]))
    with pytest.raises(DatasetError, match=r"d.parquet: a column stands there twice"):
        open_dataset(tmp_path / "d.parquet", tmp_path)


def test_an_image_column_of_plain_bytes_is_named(tmp_path: Path) -> None:
    frame(changed("a")).with_columns(image_after=pl.lit(b"x")).write_parquet(tmp_path / "d.parquet")
    with pytest.raises(DatasetError, match="column 'image_after' is Binary, must be Struct"):
        open_dataset(tmp_path / "d.parquet", tmp_path)


def test_text_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    table = frame(changed("a")).to_arrow(compat_level=pl.CompatLevel.oldest())
    broken = pa.array([b"\xff\xfe"], pa.large_binary()).view(pa.large_string())
    table = table.set_column(table.schema.get_field_index("domain"), "domain", broken)
    with pytest.raises(DatasetError, match=r"d.parquet cannot be read"):
        open_dataset(write_arrow(tmp_path / "d.parquet", table), tmp_path)


def test_an_empty_dataset_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "d.parquet")
    for _ in range(2):
        with pytest.raises(DatasetError, match=r"d.parquet holds no pairs"):
            open_dataset(path, tmp_path)
    assert [found.name for found in tmp_path.iterdir()] == ["d.parquet"]


def test_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no dataset at .*absent.parquet: check dataset.path"):
        parquet_files(tmp_path / "absent.parquet")
    with pytest.raises(DatasetError, match=r"holds no .parquet file"):
        parquet_files(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not Parquet at all, but text", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_a_file_that_is_no_parquet(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "d.parquet").write_bytes(content)
    with pytest.raises(DatasetError, match=r"d.parquet cannot be read as Parquet"):
        open_dataset(tmp_path / "d.parquet", tmp_path)


@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(1, 255), keep=st.floats(0, 1), is_cut=st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_damaged_parquet_never_crashes(
    place: float, byte: int, keep: float, is_cut: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("data")
    path = write(folder / "d.parquet", changed("a"), unchanged("b"))
    whole = bytearray(path.read_bytes())
    whole[int(place * len(whole))] ^= byte
    path.write_bytes(whole[: int(keep * len(whole))] if is_cut else whole)
    try:
        dataset = open_dataset(path, folder)
    except DatasetError as error:
        assert "d.parquet" in str(error) or str(error).startswith("pair ")
    else:
        assert len(dataset.truths) <= 2


def test_a_damaged_pack_is_told_with_its_remedy(tmp_path: Path) -> None:
    open_dataset(write(tmp_path / "d.parquet", changed("a")), tmp_path)
    (packed,) = tmp_path.glob("*.arrow")
    whole = packed.read_bytes()
    for content in (b"", whole[: len(whole) // 2], whole[:-1], whole[:-40] + b"\0" * 40):
        packed.write_bytes(content)
        with pytest.raises(DatasetError, match=r"cannot map .*.arrow.*; delete it, it is made anew"):
            attach(packed, "fingerprint")
    packed.unlink()
    with pytest.raises(DatasetError, match=r"cannot map .*.arrow"):
        attach(packed, "fingerprint")


def test_a_pack_that_does_not_fit(small_disk: Path, tmp_path: Path) -> None:
    noise = os.urandom(64 * 64 * 3)
    big = [changed(f"p{number}", image_after={"bytes": noisy_png(noise), "path": None}) for number in range(20)]
    path = write(tmp_path / "d.parquet", *big)
    with pytest.raises(StoreError, match="no space left to write"):
        pack([path], small_disk / "pack.arrow")
    assert list(small_disk.iterdir()) == []


def noisy_png(noise: bytes) -> bytes:
    buffer = io.BytesIO()
    Image.frombytes("RGB", (64, 64), noise).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("side", "xywh")
def test_half_a_box_is_no_box(side: str, tmp_path: Path) -> None:
    path = write(tmp_path / "d.parquet", changed("a", **{f"target_bbox_{side}": None}))
    assert open_dataset(path, tmp_path).truths["a"].target_box is None


def test_packing_holds_a_few_rows_whatever_the_size_of_the_file(tmp_path: Path) -> None:
    noise = io.BytesIO()
    Image.frombytes("RGB", (250, 200), os.urandom(150_000)).save(noise, "PNG", compress_level=0)
    image = {"bytes": noise.getvalue(), "path": None}
    rows = [changed(f"p{number}") | {"image_before": image, "image_after": image} for number in range(240)]
    source = tmp_path / "pairs.parquet"
    pq.write_table(frame(*rows).to_arrow(), source, row_group_size=30, use_dictionary=False, compression="none")
    assert source.stat().st_size > 70_000_000
    program = f"""
from pathlib import Path
import pyarrow
from records.datasets import pack
pack([Path({str(source)!r})], Path({str(tmp_path / "pack.arrow")!r}))
print(pyarrow.default_memory_pool().max_memory())
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT, timeout=120
    )
    assert int(ran.stdout) < 50_000_000
