"""Somebody's `predictions.jsonl` as a model row: nothing is called, the file's answers are judged."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal

from model_adapters.base import AdapterDefaults
from schemas.errors import DatasetError, MissingPrediction
from schemas.protocols import Engine, Json, Prompt
from schemas.records import Answer, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Hold one line: what judges read, the reply it was made from, and the model that it names."""

    text: str
    raw_text: str | None = None
    model: str | None = None


@dataclass(kw_only=True, slots=True, frozen=True)
class ImportedConfig(AdapterDefaults):
    """Configure an imported file."""

    path: str
    """A file with a JSON object per line: `id` and `prediction`, and the benchmark's other keys where known."""
    on_strangers: Literal["fail", "ignore"] = "fail"
    """What a preflight does about ids that the dataset doesn't hold."""
    sha256: str | None = field(default=None, init=False, compare=False)
    """The content's digest, once `identity` has told it: a worker that is sent this config reads no other content."""

    @property
    def reads_pair_id(self) -> bool:
        """Tell that the answer depends on the pair's id."""
        return True

    def identity(self) -> Mapping[str, Json]:
        """Return kind, version and the file's SHA-256; where it lies is of no account."""
        if self.sha256 is None:  # asked for every cell, the file is read for the first
            object.__setattr__(self, "sha256", _digest(_read_bytes(self.path)))
        return {"kind": "imported", "version": 1, "sha256": self.sha256}

    def check(self, known_ids: Collection[str]) -> None:
        """Refuse a file with ids that the dataset doesn't hold, unless told to ignore them; DatasetError."""
        strangers = self.strangers(known_ids)
        if strangers and self.on_strangers == "fail":
            raise DatasetError(
                f"{self.path}: {len(strangers)} ids are not in this dataset (first: {strangers[0]!r}); "
                "use the dataset they were made on, or set adapter.on_strangers=ignore"
            )

    def strangers(self, known_ids: Collection[str]) -> list[str]:
        """Return the file's ids that are not among `known_ids`, in the file's order; DatasetError as in reading."""
        known = frozenset(known_ids)
        return [pair_id for pair_id in read_predictions(self.path) if pair_id not in known]


class Imported:
    """Answer from a file."""

    config_class: ClassVar[type[ImportedConfig]] = ImportedConfig

    def __init__(self, config: ImportedConfig, *, engine: Engine | None = None, prompt: Prompt | None = None) -> None:  # noqa: ARG002
        self._config = config
        self._predictions: Mapping[str, Prediction] = {}

    async def start(self) -> None:
        """Read the file; DatasetError names the line that is wrong, or says that it isn't the file in the keys."""
        path, data = self._config.path, _read_bytes(self._config.path)
        if self._config.sha256 not in {None, _digest(data)}:
            raise DatasetError(f"{path} has changed since this run's keys were made from it; run again")
        self._predictions = _parse_file(path, data)

    async def predict(self, question: Question) -> Answer:
        """Look the pair up; MissingPrediction where the file has no line for it."""
        found = self._predictions.get(question.pair_id)
        if found is None:
            raise MissingPrediction(f"pair {question.pair_id}: {self._config.path} has no line for it")
        return Answer(
            text=found.text,
            status="ok" if found.text.strip() else "empty",
            raw_text=found.raw_text,
            engine="imported",
            served_model=found.model,
        )

    async def close(self) -> None:
        """Let the file's lines go."""
        self._predictions = {}


def read_predictions(path: str) -> Mapping[str, Prediction]:
    """Read a predictions file by pair id; read once per content."""
    return _parse_file(path, _read_bytes(path))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise DatasetError(f"cannot read the predictions {path}: {error.strerror}; set the adapter's path") from error


@lru_cache(maxsize=8)
def _parse_file(path: str, data: bytes) -> Mapping[str, Prediction]:
    """Read the lines of a file; `path` is for messages."""
    found: dict[str, Prediction] = {}
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        record = _parse_line(line, where)
        pair_id = _pair_id(record, where)
        if pair_id in found:
            raise DatasetError(f"{where}: a second prediction for pair {pair_id}; keep one line per pair")
        found[pair_id] = _prediction(record, where)
    if not found:
        raise DatasetError(f"{path} holds no prediction; it wants a JSON object per line, with id and prediction")
    return found


def _parse_line(line: bytes, where: str) -> Mapping[str, object]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{where}: no valid JSON ({error}); write one JSON object per line, in UTF-8") from error
    if not isinstance(record, dict):
        raise DatasetError(f"{where}: not a JSON object; write {{'id': ..., 'prediction': ...}} in JSON")
    return record


def _pair_id(record: Mapping[str, object], where: str) -> str:
    pair_id = record.get("id")
    if not isinstance(pair_id, str) or not pair_id:
        raise DatasetError(f"{where}: the key 'id' is missing or no text; it names the pair")
    return pair_id


def _prediction(record: Mapping[str, object], where: str) -> Prediction:
    if "prediction" not in record:
        raise DatasetError(f"{where}: the key 'prediction' is missing; it holds the answer, \"\" where none came")
    text = record["prediction"]
    if text is None:
        text = ""
    if not isinstance(text, str):
        raise DatasetError(f"{where}: 'prediction' is {type(text).__name__}, not text")
    raw, model = record.get("raw_response"), record.get("model")
    return Prediction(
        text=text,
        raw_text=raw if isinstance(raw, str) and raw != text else None,
        model=model if isinstance(model, str) else None,
    )
