"""What an operator is asked: one element, one tier, one mechanism; and how it answers."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pairgen.records import Candidate, Change, Element
from pairgen.tree import Tree
from pairgen.utility_css import css_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Say what a change does: the truth's fields, before anything is rendered."""

    property: str
    direction: str
    old: str
    new: str
    magnitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask one operator for changes of one element. `rng` is the caller's, seeded."""

    operator: str
    tier: str
    mechanism: str
    element: Element
    tree: Tree
    rng: random.Random

    @property
    def is_swap(self) -> bool:
        """Tell whether classes are to be swapped."""
        return self.mechanism == "class_swap"

    def shuffled(self, *choices: str) -> list[str]:
        """Return the choices in seeded order."""
        return self.rng.sample(choices, len(choices))

    def class_in(self, pattern: str) -> re.Match[str] | None:
        """Return the match of the element's first class that a pattern fits wholly."""
        found = (re.fullmatch(pattern, name) for name in self.element.classes)
        return next((match for match in found if match), None)

    def swap(self, old: str | None, new: str, step: Step) -> Candidate | None:
        """Return the candidate that puts class `new` in the place of `old`; None where `new` has no rule."""
        return self.swap_all({old or "": new}, step)

    def swap_all(self, classes: Mapping[str, str], step: Step, *, also: tuple[str, ...] = ()) -> Candidate | None:
        """Return the candidate that swaps several classes (old -> new, "" for none) and adds others, at once."""
        added = (*classes.values(), *also)
        rules = tuple(rule for rule in map(css_rule, added) if rule is not None)
        if len(rules) < len(added):
            return None
        removed = tuple(old for old in classes if old)
        change = Change(ref=self.element.ref, remove_classes=removed, add_classes=added, rules=rules)
        return self._candidate(change, step)

    def override(self, styles: Mapping[str, str], step: Step) -> Candidate:
        """Return the candidate that sets inline declarations."""
        return self._candidate(Change(ref=self.element.ref, styles=dict(styles)), step)

    def edit(self, old: str, new: str, step: Step) -> Candidate:
        """Return the candidate that rewrites the element's text node."""
        return self._candidate(Change(ref=self.element.ref, text=(old, new)), step)

    def _candidate(self, change: Change, step: Step) -> Candidate:
        return Candidate(
            operator=self.operator,
            tier=self.tier,
            mechanism=self.mechanism,
            change=change,
            property=step.property,
            direction=step.direction,
            old_value=step.old,
            new_value=step.new,
            magnitude=round(step.magnitude, 3),
        )


Operator = Callable[[Ask], Iterator[Candidate | None]]
"""Yield changes of the asked element, nothing where it isn't eligible; None for a class without a rule."""


def px_text(value: float) -> str:
    """Write a length as CSS does: `12px`, `1.5px`."""
    return f"{round(value, 2):g}px"
