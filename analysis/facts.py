"""What a run's own config says of its figures: which dataset, and which judges are not the benchmark's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.probes import PROBE_JUDGES

_LLM: Final = "llm"
_OFFICIAL_JUDGE_PROMPT: Final = "v2.0"
_GENERATED: Final = "generated pairs, not DiffSpot's 4,400"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """Hold what has to be said beside every figure of a run."""

    dataset: str | None = None
    """The dataset's name and what it is not; None where the config names none."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Judge name to a word on it, such as `unofficial prompt`; official judges have none."""
    judge_kinds: Mapping[str, str] = field(default_factory=dict)
    """Judge name to `rules`, `similarity` or `llm`."""
    config: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The resolved config itself."""

    @property
    def probe_notes(self) -> dict[str, str]:
        """Return the notes on judges that are probes: they are said whatever else is."""
        return {judge: note for judge, note in self.notes.items() if self.judge_kinds.get(judge) in PROBE_JUDGES}


def read_facts(config: Mapping[str, Any]) -> RunFacts:
    """Return a run's facts from its resolved config; what the config leaves out is left out here."""
    kinds = _judge_kinds(config.get("judges"))
    version = _mapping(_mapping(config.get("prompts_read")).get("judge")).get("version")
    notes = {judge: _note(kind, is_official=version == _OFFICIAL_JUDGE_PROMPT) for judge, kind in kinds.items()}
    return RunFacts(
        dataset=_dataset(_mapping(config.get("dataset")), config.get("limit")),
        notes={judge: note for judge, note in notes.items() if note},
        judge_kinds=kinds,
        config=config,
    )


def _judge_kinds(judges: object) -> dict[str, str]:
    rows = [_mapping(row) for row in _mapping(judges).values()]
    kinds = {str(row.get("name")): _mapping(row.get("judge")).get("kind") for row in rows}
    return {name: str(kind) for name, kind in kinds.items() if kind}


def _note(kind: str, *, is_official: bool) -> str | None:
    if kind in PROBE_JUDGES:
        return "a probe, made to be found out: it ranks nobody"
    if kind != _LLM:
        return "unofficial: deterministic, no LLM"
    return None if is_official else "unofficial prompt"


def _dataset(dataset: Mapping[str, Any], limit: object) -> str | None:
    if not dataset.get("name"):
        return None
    parts = [str(dataset["name"])]
    parts += [_GENERATED] if dataset.get("kind") == "embedded" else []
    parts += [f"a part of it by limit={limit}"] if limit else []
    return "; ".join(parts)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
