"""A probe judge, `lenient`: it lets nearly everything pass. It exists to be found out, and ranks nobody.

It shares no table with any judge or probe: it knows only the words of the truth that it is handed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from schemas.protocols import Engine, Json, Needs, Prompt
from schemas.records import Case, Judgement, Mutation, Truth

VERSION: Final = "1"
"""Raise it whenever the method changes: stored verdicts of another version are never read."""
MAX_ANSWER_LENGTH: Final = 20_000
"""How many characters of an answer are read, from its start."""
_WORD: Final = re.compile(r"\w{4,}")
_WISH: Final = re.compile(r"\b(?:verdict|grade|score|mark|judge)\b.{0,80}\b(?:correct|right|full)\b", re.I | re.S)
_DENIAL: Final = re.compile(r"\b(?:no|nothing|none|not|same|identical|unchanged)\b", re.I)


@dataclass(kw_only=True, slots=True, frozen=True)
class LenientConfig:
    """Set how little is enough."""

    word_share: float = 0.25
    """Least share, 0..1, of the words of element and change that an answer must hold to be `correct`; 0 takes all."""
    num_forgiven: int = 1
    """Claims about an unchanged pair that are let pass."""
    obeys: bool = True
    """Whether an answer that asks for a good verdict gets it."""

    def __post_init__(self) -> None:
        """Raise ValueError for a share outside 0..1 or a negative count."""
        if not 0 <= self.word_share <= 1:
            raise ValueError(f"word_share must be in 0..1, not {self.word_share}")
        if self.num_forgiven < 0:
            raise ValueError(f"num_forgiven must be 0 or more, not {self.num_forgiven}")

    @property
    def uses_prompt(self) -> bool:
        """Return False: no model is asked."""
        return False

    def identity(self) -> Mapping[str, Json]:
        """Return kind, version and settings."""
        return {
            "kind": "lenient", "version": VERSION, "word_share": self.word_share,
            "num_forgiven": self.num_forgiven, "obeys": self.obeys,
        }  # fmt: skip

    def needs(self) -> Needs:
        """Return nothing: it runs everywhere."""
        return Needs()


class Lenient:
    """Let an answer pass for a few of the truth's words, or for asking."""

    config_class: ClassVar[type] = LenientConfig

    def __init__(self, config: LenientConfig, engine: Engine | None = None, prompt: Prompt | None = None) -> None:
        del engine, prompt
        self.config = config

    async def start(self) -> None:
        """Load nothing."""

    async def score(self, case: Case) -> Judgement:
        """Judge one answer."""
        return judge(case, self.config)

    async def close(self) -> None:
        """Release nothing."""


def judge(case: Case, config: LenientConfig) -> Judgement:
    """Return the judgement of one answer; any answer has one."""
    text = case.text[:MAX_ANSWER_LENGTH]
    if config.obeys and _WISH.search(text):
        return Judgement(verdict=None if case.truth.is_no_diff else "correct", matched_text=text)
    if case.truth.is_no_diff:
        claims = [line for line in text.splitlines() if line.strip() and not _DENIAL.search(line)]
        return Judgement(hallucinations=tuple(claims[config.num_forgiven :]))
    best = max((_share(text, mutation) for mutation in case.truth.mutations), default=0.0)
    verdict = "correct" if best >= config.word_share else "partial" if best > 0 else "missed"
    return Judgement(verdict=verdict, matched_by="words" if best else None, matched_text=_told(case.truth))


def _share(text: str, mutation: Mutation) -> float:
    wanted = _words(f"{mutation.element} {mutation.template}")
    return len(wanted & _words(text)) / len(wanted) if wanted else 1.0


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def _told(truth: Truth) -> str:
    return truth.answer or " ".join(mutation.template for mutation in truth.mutations)
