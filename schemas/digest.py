"""Content digests: the same content gives the same key on every machine."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from schemas.protocols import Json
from schemas.records import Truth


def canonical_json(value: "Json | Mapping[str, Json]") -> str:
    """Write JSON with sorted keys and no spaces; NaN is refused with ValueError."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: "Json | Mapping[str, Json]") -> str:
    """Return the SHA-256 of the canonical JSON, 64 hex digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def digest_text(text: str) -> str:
    """Return the SHA-256 of the UTF-8 text, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_truth(truth: Truth) -> str:
    """Return the SHA-256 over everything a truth says, boxes included."""
    return digest(asdict(truth))
