"""A deterministic stand-in: fixed or seeded verdicts after a fixed delay. For tests of runs, and for trying a sweep."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from schemas.errors import ConfigError
from schemas.protocols import Engine, Json, Needs, Prompt
from schemas.records import Case, Judgement
from schemas.vocabulary import VERDICTS_OF_A_JUDGE

VERSION = "1"


@dataclass(kw_only=True, slots=True, frozen=True)
class ScriptedConfig:
    """Say which verdict each pair gets."""

    outcomes: Mapping[str, str] = field(default_factory=dict)
    """Outcome by pair id: correct, partial, missed, clean, hallucination or unparsed."""
    seed: int = 0
    """Seed of the outcomes that `outcomes` leaves open, beside the pair's id and the answer."""
    delay_s: float = 0.0
    """Time each verdict takes, seconds; it changes no verdict."""

    def __post_init__(self) -> None:
        """Raise ConfigError for an outcome that is none or a negative delay."""
        known = (*VERDICTS_OF_A_JUDGE, "clean", "hallucination", "unparsed")
        for pair_id, outcome in self.outcomes.items():
            if outcome not in known:
                raise ConfigError(f"judge scripted: outcomes.{pair_id}: {outcome!r} is none of {', '.join(known)}")
        if self.delay_s < 0:
            raise ConfigError(f"judge scripted: delay_s is {self.delay_s}, must be 0 or more")

    @property
    def uses_prompt(self) -> bool:
        """Return False: no model is asked."""
        return False

    def identity(self) -> Mapping[str, Json]:
        """Return kind, version, seed and outcomes."""
        return {"kind": "scripted", "version": VERSION, "seed": self.seed, "outcomes": dict(self.outcomes)}

    def needs(self) -> Needs:
        """Return nothing: it runs everywhere."""
        return Needs()


class Scripted:
    """Give each pair its scripted outcome."""

    config_class: ClassVar[type] = ScriptedConfig

    def __init__(self, config: ScriptedConfig, engine: Engine | None = None, prompt: Prompt | None = None) -> None:
        del engine, prompt
        self.config = config

    async def start(self) -> None:
        """Load nothing."""

    async def score(self, case: Case) -> Judgement:
        """Wait, then return the outcome that the config or the seed gives."""
        if self.config.delay_s:
            await asyncio.sleep(self.config.delay_s)
        return _judgement(case, self.config.outcomes.get(case.pair_id) or self._draw(case))

    async def close(self) -> None:
        """Release nothing."""

    def _draw(self, case: Case) -> str:
        outcomes = ("clean", "hallucination") if case.truth.is_no_diff else VERDICTS_OF_A_JUDGE
        return random.Random(f"{self.config.seed}:{case.pair_id}:{case.text}").choice(outcomes)


def _judgement(case: Case, outcome: str) -> Judgement:
    if outcome == "unparsed":
        message = f"{case.pair_id}: the script says that this reply does not parse"
        return Judgement(status="unparsed", raw_text="scripted", error_type="bad_json", error_message=message)
    invented = ("a scripted invention",) if outcome == "hallucination" else ()
    if case.truth.is_no_diff:
        return Judgement(hallucinations=invented)
    return Judgement(verdict=outcome if outcome in VERDICTS_OF_A_JUDGE else "missed", hallucinations=invented)
