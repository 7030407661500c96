"""A thousand flipped bytes and cut files: never a crash, never a wrong row, and what was lost is named and redone."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from store_cases import row, write

from records.compacted import _MAGIC, CompactedFile
from records.compaction import compact
from records.files import read_table, write_table
from records.lines import Damage
from records.store import Store
from schemas.errors import StoreError

NUM_DAMAGES = 1_000
KEYS = [f"{number:04x}" * 16 for number in range(420)]
ENTRIES = {key: row(key, is_finished=True, number=number) for number, key in enumerate(KEYS)}
SCHEMA = pl.Schema({"key": pl.String(), "text": pl.String(), "is_correct": pl.Boolean(), "hits": pl.List(pl.String())})


def spoil(data: bytes, draw: random.Random) -> bytes:
    """Return other bytes: some flipped bits, a cut, a hole, or a piece that stands there twice."""
    kind = draw.choice(["flip", "flip", "flip", "cut", "zero", "double"])
    if kind == "cut":
        return data[: draw.randrange(len(data))]
    start = draw.randrange(len(data))
    end = min(len(data), start + draw.randrange(1, 64))
    if kind == "double":
        return data[:end] + data[start:]
    if kind == "zero":
        return data[:start] + bytes(end - start) + data[end:]
    spoilt = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 4])):
        spoilt[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(spoilt)


@pytest.fixture
def store_files(memory_path: Path) -> Iterator[dict[Path, bytes]]:
    root = memory_path / "store"
    entries = list(ENTRIES.values())
    write(root, *entries[:400])
    compact(root)
    write(root, *entries[400:410])
    write(root, *entries[410:])
    yield {path: path.read_bytes() for path in sorted(root.iterdir()) if path.suffix in (".log", ".parquet")}


def test_no_damage_of_the_store_is_believed(store_files: dict[Path, bytes]) -> None:
    draw, num_lost = random.Random(4), 0
    paths = [*store_files, *[path for path in store_files if path.suffix == ".parquet"] * 2]
    for number in range(NUM_DAMAGES):
        path = draw.choice(paths)
        spoilt = spoil(store_files[path], draw)
        path.write_bytes(spoilt)
        store = Store.open(path.parent)
        held = {key for key in KEYS if store.has("prediction", key)}
        for key in held if number % 10 == 0 else draw.sample(sorted(held), min(20, len(held))):
            assert store.get("prediction", key) == ENTRIES[key]
        lost = set(KEYS) - held
        cut_clean = path.suffix == ".log" and spoilt == store_files[path][: len(spoilt)] and spoilt[-1:] in (b"", b"\n")
        assert store.damage or not lost or cut_clean, f"{lost} lost without a word"
        assert all(damage.segment == path.name for damage in store.damage)
        named = {damage.key for damage in store.damage} - {None}
        assert len(store.damage) == 1 or path.suffix == ".log" or lost <= named | unnamed(store.damage)
        num_lost += len(lost)
        path.write_bytes(store_files[path])
    assert num_lost > NUM_DAMAGES


def unnamed(damage: list[Damage]) -> set[str]:
    """Return the keys of rows that are told by their numbers, where the column of keys is damaged too."""
    spans = [found.reason.split(" ") for found in damage if found.key is None]
    return {key for span in spans if span[0] == "rows" for key in KEYS[int(span[1]) : int(span[3]) + 1]}


def test_what_was_lost_is_redone(store_files: dict[Path, bytes]) -> None:
    draw, root = random.Random(5), next(iter(store_files)).parent
    for number in range(40):
        copy = root.parent / str(number)
        shutil.copytree(root, copy)
        for path, whole in store_files.items():
            (copy / path.name).write_bytes(spoil(whole, draw))
        store = Store.open(copy)
        for key, entry in ENTRIES.items():
            if not store.has("prediction", key):
                store.append(entry)
        store.close()
        compact(copy)
        mended = Store.open(copy)
        assert mended.damage == []
        assert all(mended.get("prediction", key) == entry for key, entry in ENTRIES.items())


def test_damage_under_an_open_store_is_not_believed(store_files: dict[Path, bytes]) -> None:
    draw = random.Random(6)
    path = next(path for path in store_files if path.suffix == ".parquet")
    for _ in range(100):
        store = Store.open(path.parent)
        path.write_bytes(spoil(store_files[path], draw))
        for key in draw.sample(KEYS[:400], 10):
            try:
                assert store.get("prediction", key) in (ENTRIES[key], None)
            except StoreError as error:
                assert "run the same command" in str(error)
        path.write_bytes(store_files[path])


@pytest.mark.parametrize("part", ["footer", "copy"])
def test_a_damaged_footer_costs_nothing(store_files: dict[Path, bytes], part: str) -> None:
    path = next(path for path in store_files if path.suffix == ".parquet")
    whole = store_files[path]
    length = int.from_bytes(whole[-8:-4], "little")
    start = len(whole) - 8 - length if part == "footer" else len(whole) - 8 - 2 * length - len(_MAGIC) - 4 - 32
    for place in [*range(start, start + length, 37), len(whole) - 1, len(whole) - 6]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        assert sum(not isinstance(found, Damage) for found in CompactedFile(path).scan()) == 400


def make_table() -> pl.DataFrame:
    draw = random.Random(0)
    texts = [" ".join(draw.choices(["left", "right", "button", "card"], k=12)) for _ in KEYS]
    hits = [["x"] * (number % 3) for number in range(len(KEYS))]
    return pl.DataFrame({"key": KEYS, "text": texts, "is_correct": [None, True, False] * 140, "hits": hits}, SCHEMA)


def test_no_damage_of_a_table_is_believed(memory_path: Path) -> None:
    path, frame, draw = memory_path / "verdicts.parquet", make_table(), random.Random(7)
    write_table(frame, path, SCHEMA)
    whole = path.read_bytes()
    for _ in range(NUM_DAMAGES):
        spoilt = spoil(whole, draw)
        path.write_bytes(spoilt)
        try:
            assert read_table(path, SCHEMA).equals(frame)
        except StoreError as error:
            assert "verdicts.parquet is damaged" in str(error)
            assert spoilt != whole
    path.write_bytes(whole)
    assert read_table(path, SCHEMA).equals(frame)


def test_a_table_without_a_digest_is_read(memory_path: Path) -> None:
    """Written before tables had one, or by another program."""
    make_table().write_parquet(memory_path / "t.parquet")
    assert read_table(memory_path / "t.parquet", SCHEMA).equals(make_table())
