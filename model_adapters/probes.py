"""Adapters that are told a truth: they measure judges and are never ranked.

A good judge gives the oracle nearly everything and the shuffled oracle nearly nothing; the shotgun
shows what a judge does that doesn't punish inventions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from model_adapters.base import AdapterDefaults
from model_adapters.probe_words import say_everything, say_truth
from schemas.digest import digest_text
from schemas.errors import RequestRejected
from schemas.protocols import AdapterConfig, Engine, Json, Prompt
from schemas.records import Answer, Question, Truth

_DRAWS = 64
"""Random draws of another pair before all are tried in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OracleConfig(AdapterDefaults):
    """Configure a probe that says its pair's truth in other words."""

    def identity(self) -> Mapping[str, Json]:
        """Return what goes into content keys, apart from what `told` returns."""
        return {"kind": "oracle", "version": "1"}

    def told(self, pair_id: str, truths: Mapping[str, Truth]) -> tuple[Truth, ...]:
        """Be told the pair's own truth."""
        return (truths[pair_id],)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuffledOracleConfig(AdapterDefaults):
    """Configure a probe that says another pair's truth."""

    seed: int = 0
    """Seeds which other pair's truth a pair gets."""

    def identity(self) -> Mapping[str, Json]:
        """Return what goes into content keys, apart from what `told` returns."""
        return {"kind": "shuffled_oracle", "version": "1", "seed": self.seed}

    def told(self, pair_id: str, truths: Mapping[str, Truth]) -> tuple[Truth, ...]:
        """Be told a changed pair's truth about an element that this pair's truth doesn't name; () if there is none."""
        return draw_others(pair_id, truths, seed=self.seed, count=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotgunConfig(AdapterDefaults):
    """Configure a probe that claims every change of its own element and of many others."""

    num_others: int = 12
    """Elements of other pairs that are claimed beside its own."""
    seed: int = 0
    """Seeds which other pairs lend their elements."""

    def identity(self) -> Mapping[str, Json]:
        """Return what goes into content keys, apart from what `told` returns."""
        return {"kind": "shotgun", "version": "1", "num_others": self.num_others, "seed": self.seed}

    def told(self, pair_id: str, truths: Mapping[str, Truth]) -> tuple[Truth, ...]:
        """Be told the pair's own truth, then those of other changed pairs, no element twice."""
        return (truths[pair_id], *draw_others(pair_id, truths, seed=self.seed, count=self.num_others))


class Oracle:
    """Say the truth it is told, in other words; deny any change where the truth does."""

    config_class: type = OracleConfig

    def __init__(
        self,
        config: AdapterConfig,
        engine: Engine | None = None,  # noqa: ARG002
        prompt: Prompt | None = None,  # noqa: ARG002
    ) -> None:
        self._config = config

    async def start(self) -> None:
        """Load nothing."""

    async def predict(self, question: Question) -> Answer:
        """Say every mutation of the truth that the question carries."""
        if not question.told:
            kind = self._config.identity()["kind"]
            raise RequestRejected(f"pair {question.pair_id}: {kind} was told no truth; the dataset holds none to tell")
        text = self._say(question)
        return Answer(text=text, status="ok" if text else "empty")

    async def close(self) -> None:
        """Release nothing."""

    def _say(self, question: Question) -> str:
        truth = question.told[0]
        if truth.is_no_diff:
            return "Nothing is different: both pictures show exactly the same page."
        return "\n".join(say_truth(mutation) for mutation in truth.mutations)


class ShuffledOracle(Oracle):
    """Say another pair's truth, in other words."""

    config_class = ShuffledOracleConfig


class Shotgun(Oracle):
    """Claim every kind of change, in every direction, of every element it is told of."""

    config_class = ShotgunConfig

    def _say(self, question: Question) -> str:
        elements = dict.fromkeys(mutation.element for truth in question.told for mutation in truth.mutations)
        return "\n".join(line for element in elements for line in say_everything(element))


def draw_others(pair_id: str, truths: Mapping[str, Truth], *, seed: int, count: int) -> tuple[Truth, ...]:
    """Draw up to `count` changed pairs' truths; none names an element of this pair or of an earlier draw.

    Depends on seed, pair id and the whole dataset in its order. 30 microseconds a call at 4,400 pairs.
    """
    taken = _elements(truths[pair_id])
    drawn: list[Truth] = []
    for other in _candidates(pair_id, list(truths), seed):
        if len(drawn) == count:
            break
        truth = truths[other]
        elements = _elements(truth)
        if other != pair_id and not truth.is_no_diff and elements and not elements & taken:
            taken |= elements
            drawn.append(truth)
    return tuple(drawn)


def _candidates(pair_id: str, ids: list[str], seed: int) -> Iterator[str]:
    """Yield ids at hashed places, then all ids in order, so that a scarce dataset still ends."""
    for draw in range(_DRAWS):
        yield ids[int(digest_text(f"{seed}:{draw}:{pair_id}")[:15], 16) % len(ids)]
    yield from ids


def _elements(truth: Truth) -> set[str]:
    return {mutation.element.strip().casefold() for mutation in truth.mutations}
