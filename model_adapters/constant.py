"""Baselines that never look at the images: they show what an answer is worth that needs no eyes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from model_adapters.base import AdapterDefaults
from schemas.protocols import Engine, Json, Prompt
from schemas.records import Answer, Question

_TEXTS: Final = {
    "no_difference": "There are no differences: the two screenshots are identical.",
    "changed": "- Something on the page changed between the first screenshot and the second one.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantConfig(AdapterDefaults):
    """Choose the one answer that is given to every pair."""

    answer: Literal["no_difference", "changed"]
    """`no_difference` denies any change; `changed` claims one and names no element."""

    def identity(self) -> Mapping[str, Json]:
        """Return what goes into content keys."""
        return {"kind": "constant", "version": "1", "answer": self.answer}


class Constant:
    """Give the same answer to every pair."""

    config_class = ConstantConfig

    def __init__(self, config: ConstantConfig, engine: Engine | None = None, prompt: Prompt | None = None) -> None:  # noqa: ARG002
        self._config = config

    async def start(self) -> None:
        """Load nothing."""

    async def predict(self, question: Question) -> Answer:  # noqa: ARG002
        """Return the configured text."""
        return Answer(text=_TEXTS[self._config.answer])

    async def close(self) -> None:
        """Release nothing."""
