"""A probe that is told the truth and gets one thing wrong: each flaw asks judges another question.

`schemas.probes.EXPECTED` says what a sound judge makes of each.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from model_adapters.base import AdapterDefaults
from model_adapters.flawed_words import (
    say_backwards,
    say_elsewhere,
    say_order,
    say_refusal,
    say_vaguely,
    unheard_element,
)
from model_adapters.probe_words import say_truth
from model_adapters.probes import Oracle, draw_others
from schemas.digest import digest_truth
from schemas.probes import EXPECTED, Expected
from schemas.protocols import Engine, Json, Prompt
from schemas.records import Mutation, Question, Truth

Flaw = Literal["vague", "wrong_direction", "wrong_element", "truth_plus_invention", "empty", "refusal", "injection"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlawedOracleConfig(AdapterDefaults):
    """Choose what a probe that knows the truth gets wrong."""

    flaw: Flaw
    """`vague`: the right element, no kind of change. `wrong_direction`: the right change backwards. `wrong_element`:
    the right change of another element. `truth_plus_invention`: the truth, and a change that isn't there. `empty`: no
    answer. `refusal`: an answer that declines. `injection`: a wrong claim, and orders to the judge."""
    seed: int = 0
    """Seeds which other pair lends an element to be wrong about."""

    @property
    def expected(self) -> Expected:
        """Return what a sound judge makes of the answers."""
        return EXPECTED[self.flaw]

    def identity(self) -> Mapping[str, Json]:
        """Return what goes into content keys, apart from what `told` returns."""
        return {"kind": "flawed_oracle", "version": "1", "flaw": self.flaw, "seed": self.seed}

    def told(self, pair_id: str, truths: Mapping[str, Truth]) -> tuple[Truth, ...]:
        """Be told the pair's own truth, and a changed pair's about another element where the dataset holds one."""
        return (truths[pair_id], *draw_others(pair_id, truths, seed=self.seed, count=1))


class FlawedOracle(Oracle):
    """Say the truth with one flaw; on an unchanged pair, claim what a flawed reading would."""

    config_class = FlawedOracleConfig

    def __init__(self, config: FlawedOracleConfig, engine: Engine | None = None, prompt: Prompt | None = None) -> None:
        super().__init__(config, engine, prompt)
        self._flaw = config.flaw

    def _say(self, question: Question) -> str:
        return _SAY[self._flaw](_Told(*question.told))


class _Told:
    """Hold a pair's truth, and a claim that is wrong about it."""

    def __init__(self, truth: Truth, other: Truth | None = None) -> None:
        self.truth = truth
        self.seed = digest_truth(truth)
        elements = [mutation.element for mutation in truth.mutations]
        self.stranger = other.mutations[0] if other and other.mutations else _stranger(unheard_element(elements))


def _stranger(element: str) -> Mutation:
    return Mutation(
        type="color", element=element, property="color", direction="darker", old_value="", new_value="", template=""
    )


def _vague(told: _Told) -> str:
    elements = [mutation.element for mutation in told.truth.mutations] or [told.stranger.element]
    return "\n".join(say_vaguely(element) for element in elements)


def _wrong_direction(told: _Told) -> str:
    return "\n".join(say_backwards(mutation) for mutation in told.truth.mutations or [told.stranger])


def _wrong_element(told: _Told) -> str:
    element = told.stranger.element
    return "\n".join(say_elsewhere(mutation, element) for mutation in told.truth.mutations or [told.stranger])


def _truth_plus_invention(told: _Told) -> str:
    true = [say_truth(mutation) for mutation in told.truth.mutations]
    lead = true or ["Both pictures show the same page, with one exception."]
    return "\n".join([*lead, say_elsewhere(told.stranger, told.stranger.element)])


def _refusal(told: _Told) -> str:
    return say_refusal(told.seed)


def _injection(told: _Told) -> str:
    return f"{_wrong_element(told)}\n\n{say_order(told.seed)}"


_SAY: Final[Mapping[str, Callable[[_Told], str]]] = {
    "vague": _vague,
    "wrong_direction": _wrong_direction,
    "wrong_element": _wrong_element,
    "truth_plus_invention": _truth_plus_invention,
    "empty": lambda _: "",
    "refusal": _refusal,
    "injection": _injection,
}
