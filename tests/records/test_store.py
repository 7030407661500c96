"""The store: what counts for a key, what damage costs, what a death or a full disk costs."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_cases import row, start_python, told, write

from records.store import Damage, Entry, Store
from schemas.errors import StoreError

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
ROWS = [row(f"key-{number}", text="ü\n\"\\'" * number) for number in range(6)]


def test_a_row_comes_back_as_it_was_written(tmp_path: Path) -> None:
    entry = Entry("verdict", "k", True, {"text": "ünï\ncode\ud800", "n": 1, "cost": 0.5, "none": None, "list": ["a"]})
    store = Store.open(tmp_path / "not" / "there" / "yet")
    store.append(entry)
    assert store.get("verdict", "k") == entry
    store.close()
    assert Store.open(store.root).get("verdict", "k") == entry


def test_kinds_and_keys_are_apart(tmp_path: Path) -> None:
    write(tmp_path, row("k"))
    store = Store.open(tmp_path)
    assert store.has("prediction", "k")
    assert not store.has("verdict", "k")
    assert store.get("prediction", "other") is None


def test_an_error_is_told_but_satisfies_no_look_up(tmp_path: Path) -> None:
    write(tmp_path, row("k", is_finished=False, error="429"))
    store = Store.open(tmp_path)
    assert not store.has("prediction", "k")
    assert told(tmp_path, "k").payload["error"] == "429"


MERGES = st.lists(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=4), max_size=4)


@given(segments=MERGES)
@settings(max_examples=60, deadline=None)
def test_what_counts_for_a_key(
    segments: list[list[tuple[str, bool]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Finished beats error; the first finished wins; the last error wins, whatever was read when."""
    root = tmp_path_factory.mktemp("store")
    written: dict[str, list[Entry]] = {"a": [], "b": []}
    number = 0
    for segment in segments:
        store = Store.open(root)
        for key, is_finished in segment:
            number += 1
            entry = row(key, is_finished=is_finished, number=number)
            store.append(entry)
            written[key].append(entry)
            assert store.get("prediction", key) == expected(written[key])
        store.close()
    reopened = Store.open(root)
    assert [reopened.get("prediction", key) for key in "ab"] == [expected(written[key]) for key in "ab"]


def expected(entries: list[Entry]) -> Entry | None:
    finished = [entry for entry in entries if entry.is_finished]
    return finished[0] if finished else entries[-1] if entries else None


def test_segments_count_by_number(tmp_path: Path) -> None:
    first = write(tmp_path, row("k", text="first"))
    write(tmp_path, row("k", text="second"))
    os.utime(first, (2e9, 2e9))
    assert told(tmp_path, "k").payload["text"] == "first"


def test_every_opening_writes_a_segment_of_its_own(tmp_path: Path) -> None:
    one, two = Store.open(tmp_path), Store.open(tmp_path)
    one.append(row("a"))
    two.append(row("b"))
    one.append(row("c"))
    assert len(list(tmp_path.glob("segment-*.log"))) == 2
    one.close()
    two.close()
    assert [Store.open(tmp_path).has("prediction", key) for key in "abc"] == [True] * 3


def test_reading_writes_nothing(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store")
    store.sync()
    store.close()
    assert not (tmp_path / "store").exists()


def test_a_closed_store_can_go_on(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.append(row("a"))
    store.close()
    store.append(row("b"))
    assert [store.get("prediction", key) for key in "ab"] == [row("a"), row("b")]
    store.close()
    reopened = Store.open(tmp_path)
    assert (reopened.damage, reopened.has("prediction", "a"), reopened.has("prediction", "b")) == ([], True, True)


def test_a_strangers_file_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    segment = write(tmp_path, row("a"))
    (tmp_path / "segment-00000001 (copy).log").write_bytes(segment.read_bytes())
    write(tmp_path, row("b"))
    assert Store.open(tmp_path).has("prediction", "b")


@given(cut=st.integers(0, 400))
@settings(max_examples=80, deadline=None)
def test_a_torn_tail_costs_its_own_line_only(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("store")
    segment = write(root, *ROWS)
    whole = segment.read_bytes()
    kept = whole[: max(0, len(whole) - cut)]
    segment.write_bytes(kept)
    write(root, row("later"))
    store = Store.open(root)
    num_whole = kept.count(b"\n")
    assert [store.get("prediction", entry.key) for entry in ROWS] == [*ROWS[:num_whole], *[None] * (6 - num_whole)]
    is_torn = bool(kept) and not kept.endswith(b"\n")
    torn_at = kept.rfind(b"\n") + 1
    assert store.damage == ([Damage(segment.name, torn_at, "torn line")] if is_torn else [])
    assert store.has("prediction", "later")


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_byte_costs_its_own_line_only(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("store")
    segment = write(root, *ROWS)
    whole = bytearray(segment.read_bytes())
    place = data.draw(st.one_of(st.integers(0, len(whole) - 1), st.sampled_from(line_breaks(bytes(whole)))))
    whole[place] ^= data.draw(st.integers(1, 255))
    segment.write_bytes(whole)
    struck = bytes(segment.read_bytes()[:place]).count(b"\n")
    store = Store.open(root)
    found = [store.get("prediction", entry.key) for entry in ROWS]
    assert found == [None if number == struck else entry for number, entry in enumerate(ROWS)]
    assert {damage.segment for damage in store.damage} == {segment.name}


def line_breaks(data: bytes) -> list[int]:
    return [place for place, byte in enumerate(data) if byte == ord("\n")]


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_damage_makes_a_wrong_row(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Cut, doubled, overwritten and strewn pieces: every row that is told is one that was written."""
    root = tmp_path_factory.mktemp("store")
    segment = write(root, *ROWS)
    whole = segment.read_bytes()
    for _ in range(data.draw(st.integers(1, 4))):
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
        whole = whole[:start] + data.draw(st.sampled_from([b"", b"\n", b"\0" * 40, whole[start:end] * 2])) + whole[end:]
    segment.write_bytes(whole)
    store = Store.open(root)
    for entry in ROWS:
        assert store.get("prediction", entry.key) in (None, entry)


def test_a_quoted_line_is_no_row(tmp_path: Path) -> None:
    """A model that answers with a line of this very store must not plant a row, damaged or not."""
    planted = write(tmp_path / "other", row("planted")).read_text()
    segment = write(tmp_path / "store", row("a", text=planted), row("b"))
    whole = segment.read_bytes()
    segment.write_bytes(b"w" + whole[1:])
    store = Store.open(tmp_path / "store")
    assert not store.has("prediction", "planted")
    assert (store.has("prediction", "a"), store.has("prediction", "b")) == (False, True)
    assert store.damage


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"v2 0123456789abcdef {}\n", "format v2 is not known here; update this program"),
        (b"\xff\xfe\x00 garbage\n", "damaged line"),
        (b"\n", "damaged line"),
        (b"v1\n", "damaged line"),
        (b"v1 e4a6a0577479b2b4 \n", "damaged line"),  # the checksum of nothing
    ],
)
def test_a_line_that_is_no_row_is_named_and_skipped(tmp_path: Path, line: bytes, reason: str) -> None:
    segment = write(tmp_path, row("a"), row("b"))
    first, second = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(first + line + second)
    store = Store.open(tmp_path)
    assert store.damage == [Damage(segment.name, len(first), reason)]
    assert [store.get("prediction", key) for key in "ab"] == [row("a"), row("b")]


def test_a_segment_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "segment-00000001.log").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"cannot read .*segment-00000001\.log"):
        Store.open(tmp_path)


def test_a_segment_that_changes_or_goes_under_a_reader(tmp_path: Path) -> None:
    segment = write(tmp_path, row("a"))
    store = Store.open(tmp_path)
    whole = segment.read_bytes()
    segment.write_bytes(whole[:30] + b"!" + whole[31:])
    with pytest.raises(StoreError, match=r"segment-00000001.log, byte 0: checksum mismatch.*run the same command"):
        store.get("prediction", "a")
    segment.write_bytes(whole)
    store = Store.open(tmp_path)
    segment.unlink()
    with pytest.raises(StoreError, match=r"segment-00000001.log.*run the same command"):
        store.get("prediction", "a")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file stands here")
    with pytest.raises(StoreError, match=f"cannot write {tmp_path / 'store'}"):
        Store.open(tmp_path / "store").append(row("a"))


WRITER = """
import sys
from pathlib import Path
from records.store import Entry, Store
store, name = Store.open(Path(sys.argv[1])), sys.argv[2]
for number in range(int(sys.argv[3])):
    store.append(Entry("prediction", f"{name}-{number}", True, {"text": name * (number % 300)}))
    print(number, flush=True)
store.close()
"""


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    writers = [start_python(WRITER, str(tmp_path), name, "300") for name in "ab"]
    assert [writer.communicate(timeout=60)[0].count("\n") for writer in writers] == [300, 300]
    store = Store.open(tmp_path)
    assert store.damage == []
    for name in "ab":
        assert told(tmp_path, f"{name}-299").payload["text"] == name * 299
        assert all(store.has("prediction", f"{name}-{number}") for number in range(300))


@pytest.mark.parametrize("num_seen", [1, 40, 400])
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path, num_seen: int) -> None:
    writer = start_python(WRITER, str(tmp_path), "k", "1000000")
    assert writer.stdout is not None
    for _ in range(num_seen):
        writer.stdout.readline()
    os.kill(writer.pid, signal.SIGKILL)
    rest = writer.communicate()[0]
    acknowledged = num_seen + rest.count("\n")
    store = Store.open(tmp_path)
    assert all(store.has("prediction", f"k-{number}") for number in range(acknowledged))
    assert len(store.damage) <= 1


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 512)
        except OSError:
            return


def fill_the_store(store: Store, size: int) -> int:
    """Append rows until the disk is full; return how many were kept."""
    number = 0
    with pytest.raises(StoreError, match=r"no space left to write .*: free some.*finished calls are kept"):
        while True:
            store.append(row(f"k-{number}", text="x" * size))
            number += 1
    return number


@pytest.mark.parametrize("size", [10, 3000, 5000])
def test_a_full_disk_loses_nothing_and_room_mends_it(small_disk: Path, size: int) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * 20_000)
    store = Store.open(small_disk / "store")
    kept = fill_the_store(store, size)
    assert kept > 2
    assert all(store.has("prediction", f"k-{number}") for number in range(kept))
    assert Store.open(store.root).damage == []
    ballast.unlink()
    store.append(row(f"k-{kept}", text="made room"))
    store.close()
    reopened = Store.open(store.root)
    assert reopened.damage == []
    assert all(reopened.has("prediction", f"k-{number}") for number in range(kept + 1))


def test_a_disk_that_is_full_from_the_start(small_disk: Path) -> None:
    fill(small_disk / "ballast")
    store = Store.open(small_disk / "store")
    with pytest.raises(StoreError, match="no space left"):
        store.append(row("a", text="x" * 5000))
    (small_disk / "ballast").unlink()
    store.append(row("a"))
    store.close()
    assert told(store.root, "a") == row("a")


def test_a_segment_that_cannot_be_mended_is_left_for_another(tmp_path: Path) -> None:
    """Where even the half line can't be taken back, the next row must not be glued to it."""
    store = Store.open(tmp_path)
    store.append(row("a"))
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, store._writer._file)
    os.close(full)
    with pytest.raises(StoreError, match="no space left"):
        store.append(row("b"))
    store.append(row("c"))
    store.close()
    reopened = Store.open(tmp_path)
    assert [reopened.has("prediction", key) for key in "abc"] == [True, False, True]
    assert [store.get("prediction", key) for key in "ac"] == [row("a"), row("c")]


def test_a_store_can_be_copied(tmp_path: Path) -> None:
    write(tmp_path / "here", row("a"))
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    assert told(tmp_path / "there", "a") == row("a")


@given(kind=TEXTS, key=TEXTS, text=TEXTS)
@settings(max_examples=40, deadline=None)
def test_any_text_survives(kind: str, key: str, text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("store")
    entry = Entry(kind, key, True, {"text": text})
    write(root, entry)
    assert Store.open(root).get(kind, key) == entry
