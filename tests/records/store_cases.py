"""What the store's tests share: rows, their segment, and a second process that writes."""

import subprocess
import sys
from pathlib import Path

from records.store import Entry, Store

ROOT = Path(__file__).parents[2]


def row(key: str, *, is_finished: bool = True, **payload: str | int) -> Entry:
    return Entry("prediction", key, is_finished, {"text": f"text of {key}", **payload})


def write(root: Path, *entries: Entry) -> Path:
    """Write entries into a segment of their own and return it."""
    store = Store.open(root)
    for entry in entries:
        store.append(entry)
    store.close()
    return sorted(root.glob("segment-*.log"))[-1]


def told(root: Path, key: str) -> Entry:
    """Return what a fresh reader says of a key that must be there."""
    entry = Store.open(root).get("prediction", key)
    assert entry is not None
    return entry


def start_python(script: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start another Python with this project on its path."""
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
