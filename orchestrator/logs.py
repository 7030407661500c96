"""A run's log: what went wrong, came and went, a JSON object per line, bounded in size and without secrets.

Written in a thread of its own, so that no call waits for a disk.
"""

import contextlib
import json
import logging
import logging.handlers
import os
import queue
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from model_adapters.engines.endpoint_errors import hide_key
from orchestrator.rows import JudgeRow, ModelRow
from schemas.protocols import Json

_MASK: Final = "***"
_AUTH_HEADER: Final = re.compile(
    r"(?i)((?:proxy-)?authorization|x-api-key|x-goog-api-key|api-key)(\W{1,6})((?:(?:bearer|basic|token)\s+)?[^\s,;\"'}]+)"
)
_USER_IN_URL: Final = re.compile(r"(://)[^/\s:@]+:[^/\s@]+@")
_FIELDS: Final = "fields"
_MIN_PIECE: Final = 6
"""Secrets shorter than this are hidden where they stand alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogConfig:
    """Say how much is kept."""

    max_mb: float = 16.0
    """A file grows to this size, megabytes, before the next begins."""
    num_kept: int = 3
    """Older files kept beside the one that is written."""


class Redaction:
    """Hide what is secret in texts: the values of variables that rows name, and whatever an auth header holds."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({secret.strip() for secret in secrets if secret.strip()}, key=len, reverse=True)

    @classmethod
    def of(cls, rows: Iterable[ModelRow | JudgeRow], environ: Mapping[str, str] = os.environ) -> "Redaction":
        """Return one for the secrets that rows name, as this process knows them."""
        names = {name for row in rows for needs in row.needs() for name in needs.env_vars}
        return cls(environ.get(name, "") for name in names)

    def clean(self, value: Json) -> Json:
        """Return the value with every text in it cleaned."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.clean(item) for item in value]
        if isinstance(value, dict):
            return {name: self.clean(item) for name, item in value.items()}
        return value

    def text(self, text: str) -> str:
        """Return the text without secrets, pieces of eight characters included."""
        for secret in self._secrets:
            # a stand-in such as "x" is in every other word
            is_word = len(secret) < _MIN_PIECE
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", _MASK, text) if is_word else hide_key(text, secret)
        text = _AUTH_HEADER.sub(rf"\1\2{_MASK}", text)
        return _USER_IN_URL.sub(rf"\1{_MASK}@", text)


class _Lines(logging.Formatter):
    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Json] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "component": record.name.rpartition(".")[2],
            "event": record.getMessage(),
        }
        said = self._redaction.clean(getattr(record, _FIELDS, {}))
        assert isinstance(said, dict)
        return json.dumps(line | said, ensure_ascii=False)


class _File(logging.handlers.RotatingFileHandler):
    """A disk that is full costs lines of the log, not the sweep: the store says so itself."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        """Let the line go."""


class RunLog:
    """Write events of one run; `note` returns at once."""

    def __init__(self, path: Path, redaction: Redaction, config: LogConfig = LogConfig()) -> None:
        self._redaction = redaction
        self._queue: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        file = _open(path, config)
        file.setFormatter(_Lines(redaction))
        self._listener = logging.handlers.QueueListener(self._queue, file)
        self._file = file

    def note(
        self, component: str, event: str, fields: Mapping[str, Json] | None = None, *, level: int = logging.INFO
    ) -> None:
        """Add a line; fields that are None or empty are left out."""
        record = logging.LogRecord(component, level, "", 0, event, None, None)
        setattr(record, _FIELDS, {name: value for name, value in (fields or {}).items() if value not in (None, "")})
        self._queue.put(record)

    def __enter__(self) -> Self:
        """Begin to write."""
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is noted, and close."""
        self._listener.stop()
        with contextlib.suppress(OSError):
            self._file.close()


def _open(path: Path, config: LogConfig) -> logging.Handler:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _File(path, maxBytes=int(config.max_mb * 1e6), backupCount=config.num_kept, encoding="utf-8")
    except OSError:
        return logging.NullHandler()
