"""What the store's tests share: rows, their segment, and a second process that writes."""

import json
import subprocess
import sys
from pathlib import Path

from records.index import Index
from records.store import Entry, Store

ROOT = Path(__file__).parents[2]


def row(key: str, *, is_finished: bool = True, **payload: str | int) -> Entry:
    return Entry("prediction", key, is_finished, {"text": f"text of {key}", **payload})


def keep(root: Path, *entries: Entry) -> None:
    """Write entries into a segment of their own, as a driver does."""
    store = Store.open(root)
    for entry in entries:
        store.append(entry)
    store.close()


def write(root: Path, *entries: Entry) -> Path:
    """Write entries into a segment of their own and return it."""
    keep(root, *entries)
    return sorted(root.glob("segment-*.log"))[-1]


def rows_of(root: Path) -> dict[tuple[str, str], Entry]:
    """Return the row that counts for each key."""
    return {(line.kind, line.key): line.entry() for line in Index.of_folder(root).rows()}


def bury(live: Path) -> None:
    """Make the driver that writes a segment one of this machine that has died."""
    for lock in live.parent.glob(f"{live.stem}.lock.*"):
        counter, holder = lock.read_text().splitlines()
        lock.write_text(f"{counter}\n{json.dumps(json.loads(holder) | {'started': '0'})}\n")


def told(root: Path, key: str) -> Entry:
    """Return what a fresh reader says of a key that must be there."""
    entry = Store.open(root).get("prediction", key)
    assert entry is not None
    return entry


def start_python(script: str, *arguments: str, stdin: bool = False) -> "subprocess.Popen[str]":
    """Start another Python with this project on its path."""
    command = [sys.executable, "-c", script, *arguments]
    given = subprocess.PIPE if stdin else subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, stdin=given, stdout=subprocess.PIPE, text=True)
