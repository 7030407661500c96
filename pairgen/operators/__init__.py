"""The 13 operators: what each can change on a page, tier by tier, before anything is rendered."""

import importlib
import random
from collections import deque
from collections.abc import Iterator
from typing import Final

from pairgen.operators.ask import Ask, Operator
from pairgen.operators.targets import targets
from pairgen.operators.tiers import MECHANISMS
from pairgen.records import Candidate, Snapshot
from schemas.errors import ConfigError
from schemas.registry import nearest
from schemas.vocabulary import CHANGED_TIERS

_PATHS: Final = {
    "font_weight": "pairgen.operators.typography:font_weight",
    "font_size": "pairgen.operators.typography:font_size",
    "letter_spacing": "pairgen.operators.typography:letter_spacing",
    "line_height": "pairgen.operators.typography:line_height",
    "text": "pairgen.operators.text:text",
    "color": "pairgen.operators.colour:color",
    "opacity": "pairgen.operators.colour:opacity_change",
    "gradient": "pairgen.operators.gradient:gradient",
    "position": "pairgen.operators.layout:position",
    "spacing": "pairgen.operators.layout:spacing",
    "justify": "pairgen.operators.layout:justify",
    "border": "pairgen.operators.shape:border",
    "rounded": "pairgen.operators.shape:rounded",
}


def load(operator: str) -> Operator:
    """Return an operator's function; ConfigError where the name is unknown."""
    if operator not in _PATHS:
        raise ConfigError(f"unknown operator {operator!r}: {nearest(operator, _PATHS)}")
    module, _, name = _PATHS[operator].partition(":")
    found: Operator = getattr(importlib.import_module(module), name)
    return found


def propose(snapshot: Snapshot, operator: str, tier: str, mechanism: str, rng: random.Random) -> Iterator[Candidate]:
    """Yield changes of one cell, lazily: every eligible element's first, then every element's second, and so on.

    ConfigError where the operator, the tier or the operator's mechanism is unknown. The order is a
    function of the snapshot and of `rng`'s state.
    """
    from pairgen.names import directory_of

    ask = load(operator)
    if tier not in CHANGED_TIERS:
        raise ConfigError(f"unknown tier {tier!r}: {nearest(tier, CHANGED_TIERS)}")
    if mechanism not in MECHANISMS[operator]:
        raise ConfigError(f"{operator}: unknown mechanism {mechanism!r}: {nearest(mechanism, MECHANISMS[operator])}")
    directory = directory_of(snapshot)
    tree = directory.tree
    order = targets(tree, rng, directory.can_name)
    answers = (
        ask(Ask(operator=operator, tier=tier, mechanism=mechanism, element=element, tree=tree, rng=rng))
        for element in order
    )
    return _in_turns(answers)


def _in_turns(answers: Iterator[Iterator[Candidate | None]]) -> Iterator[Candidate]:
    waiting: deque[Iterator[Candidate | None]] = deque()
    for answer in answers:
        candidate = next((found for found in answer if found is not None), None)
        if candidate is not None:
            yield candidate
            waiting.append(answer)
    while waiting:
        answer = waiting.popleft()
        candidate = next((found for found in answer if found is not None), None)
        if candidate is not None:
            yield candidate
            waiting.append(answer)
