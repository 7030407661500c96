"""Weights in a local folder: their content digest, and whether they are whole. Reads files, knows no engine."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from schemas.digest import digest

_WEIGHT_SUFFIXES: Final = (".safetensors", ".bin", ".pt", ".gguf")
_OTHER_SUFFIXES: Final = (".json", ".jinja", ".model", ".txt", ".tiktoken", ".py")
"""Configs, tokenizers, templates, code: whatever else can change an answer."""
_CHUNK_BYTES: Final = 1 << 24


class BrokenWeights(Exception):
    """The folder's weights can't be loaded; the message says why."""


def is_local(model: str) -> bool:
    """Tell whether a model is named by a path: it exists, or no hub id looks like it."""
    return Path(model).exists() or model.startswith(("/", "./", "../", "~")) or model.count("/") != 1


def digest_folder(folder: Path) -> str:
    """Return the SHA-256 over names and content of the files that can change an answer; BrokenWeights without a folder.

    A file's digest is kept under the user's cache by path, size and time of change: 60 GB are read once, not
    before each run.
    """
    return digest({str(path.relative_to(folder)): _digest_file(path) for path in _content_files(folder)})


def check_folder(folder: Path) -> None:
    """Raise BrokenWeights where config or weights are absent, or a safetensors file is cut short."""
    files = list(_content_files(folder))
    if not (folder / "config.json").is_file():
        raise BrokenWeights(f"{folder} holds no config.json")
    weights = [path for path in files if path.suffix in _WEIGHT_SUFFIXES]
    if not weights:
        raise BrokenWeights(f"{folder} holds no weights ({', '.join(_WEIGHT_SUFFIXES)})")
    for index in folder.glob("*.safetensors.index.json"):
        named = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        if absent := sorted(name for name in named if not (folder / name).is_file()):
            raise BrokenWeights(f"{folder} lacks {len(absent)} of {len(named)} weight files, the first {absent[0]}")
    for path in weights:
        if path.suffix == ".safetensors":
            _check_safetensors(path)


def _content_files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise BrokenWeights(f"{folder} is no folder")
    for path in sorted(folder.rglob("*")):
        if path.suffix in _WEIGHT_SUFFIXES + _OTHER_SUFFIXES and path.is_file():
            yield path


def _check_safetensors(path: Path) -> None:
    """Hold a file's size against its header, which says where the last tensor ends."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head_bytes = int.from_bytes(file.read(8), "little")
        if size < 8 + head_bytes:
            raise BrokenWeights(f"{path} is cut short: {size} bytes do not hold its header")
        try:
            header = json.loads(file.read(head_bytes))
        except ValueError as error:
            raise BrokenWeights(f"{path} is damaged: its header is no JSON") from error
    ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
    expected = 8 + head_bytes + max(ends, default=0)
    if size < expected:
        raise BrokenWeights(f"{path} is cut short: {size} of {expected} bytes")


def _digest_file(path: Path) -> str:
    real = path.resolve()
    state = real.stat()
    name = hashlib.sha256(f"{real}\n{state.st_size}\n{state.st_mtime_ns}\n{state.st_ino}".encode()).hexdigest()
    kept = _cache_folder() / name
    if kept.is_file():
        return kept.read_text(encoding="ascii")
    found = _hash(real)
    if state.st_size > _CHUNK_BYTES:
        _keep(kept, found)
    return found


def _hash(path: Path) -> str:
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            sha.update(chunk)
    return sha.hexdigest()


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "diffspot" / "digests"


def _keep(path: Path, text: str) -> None:
    """Write by atomic rename; a cache that can't be written costs time alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="ascii") as file:
            file.write(text)
        Path(file.name).replace(path)
    except OSError:
        return
