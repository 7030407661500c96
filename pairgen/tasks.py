"""What a browser worker is asked for, and what it answers. Screenshots stay in files, their digests travel."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from pairgen.cells import Slot
from pairgen.funnel import Funnel
from pairgen.records import Page
from schemas.protocols import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyTask:
    """Look at a page once: whether it is fit, how good it is, what it resembles."""

    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTask:
    """Make the first pair that the page yields: slots in order, each with the mechanisms to try."""

    page: Page
    tries: tuple[tuple[Slot, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatTask:
    """Render the page twice."""

    page: Page
    pair_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BenignTask:
    """Render the page, and once more with a difference that is none of its content."""

    page: Page
    pair_id: str
    kind: str


Task = SurveyTask | ChangeTask | RepeatTask | BenignTask


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of a task; JSON all through, so that it can be kept."""

    reason: str = ""
    """Why the page can't be used, one word; "" where it can."""
    detail: str = ""
    missed: list[str] = field(default_factory=list)
    """Ids of the slots that the page yielded nothing for, in the order tried."""
    row: dict[str, Any] | None = None
    """The pair's row, images as the digests of their files."""
    counts: dict[str, list[list[Any]]] = field(default_factory=dict)
    """`candidates`, `rejected` and `kept` of the funnel, as lists of [*key, count]."""
    score: float = 0.0
    looks: str = ""
    """Difference hash of the screenshot, hexadecimal."""

    def to_json(self) -> dict[str, Json]:
        """Return it as plain values."""
        plain: dict[str, Json] = json.loads(json.dumps(asdict(self)))
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Outcome":
        """Return what `to_json` made plain."""
        return cls(**plain)


def counts_of(funnel: Funnel) -> dict[str, list[list[Any]]]:
    """Return a funnel's counts of candidates, as an outcome holds them."""
    return {
        "candidates": [[*key, count] for key, count in funnel.candidates.items()],
        "rejected": [[*key, count] for key, count in funnel.rejected.items()],
        "kept": [[*key, count] for key, count in funnel.kept.items()],
    }


def add_counts(funnel: Funnel, counts: dict[str, list[list[Any]]]) -> None:
    """Add an outcome's counts to a funnel."""
    for operator, tier, count in counts.get("candidates", []):
        funnel.candidates[operator, tier] += count
    for operator, tier, predicate, count in counts.get("rejected", []):
        funnel.rejected[operator, tier, predicate] += count
    for operator, tier, count in counts.get("kept", []):
        funnel.kept[operator, tier] += count
