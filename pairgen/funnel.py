"""The funnel: candidates, what rejected them, kept; per operator and tier."""

import json
from collections import Counter
from dataclasses import dataclass, field

from schemas.vocabulary import CHANGED_TIERS, OPERATORS


@dataclass(slots=True)
class Funnel:
    """Count what became of every candidate, by (operator, tier)."""

    candidates: Counter[tuple[str, str]] = field(default_factory=Counter)
    rejected: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By (operator, tier, predicate)."""
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    num_pages: int = 0
    """Pages loaded."""
    num_no_diff: int = 0
    """No-diff pairs kept."""
    unstable_pages: int = 0
    """Pages that look otherwise on a second load."""
    num_benign: int = 0
    """Benign controls kept."""
    num_found: int = 0
    """Pages that a foreign source has; 0 for the composer."""
    num_chosen: int = 0
    """Pages of a foreign source that are fit, distinct and good enough."""
    unfit: Counter[str] = field(default_factory=Counter)
    """Pages of a foreign source that aren't, by reason."""
    failed: Counter[str] = field(default_factory=Counter)
    """Pages that were tried for pairs and couldn't be used after all, by reason."""
    groups: dict[str, "Funnel"] = field(default_factory=dict)
    """The same of each named source, else of each domain; controls aren't told apart."""

    def parts(self, group: str) -> tuple["Funnel", "Funnel"]:
        """Return this funnel and a group's: what is counted of a page is counted in both."""
        return self, self.groups.setdefault(group, Funnel())

    @property
    def num_kept(self) -> int:
        """Return how many pairs were kept, no-diff pairs included."""
        return self.kept.total() + self.num_no_diff + self.num_benign

    @property
    def predicates(self) -> list[str]:
        """Return the predicates that rejected anything, the busiest first."""
        totals: Counter[str] = Counter()
        for (_, _, predicate), count in self.rejected.items():
            totals[predicate] += count
        return [name for name, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))]

    def table(self) -> str:
        """Return the aligned table; rows without candidates are left out."""
        names = self.predicates
        head = ["operator", "tier", "candidates", *names, "kept"]
        rows = [self._row(operator, tier, names) for operator, tier in self._cells()]
        totals = [str(sum(int(row[i]) for row in rows)) for i in range(2, len(head))]
        return align([head, *rows, ["all", "", *totals]])

    def summary(self) -> str:
        """Return the lines below the table."""
        lines = []
        if self.num_found:
            lines.append(f"{self.num_found} pages found, {self.num_chosen} chosen{_reasons(self.unfit)}")
        if self.failed:
            lines.append(f"{self.failed.total()} pages failed while pairs were made{_reasons(self.failed)}")
        if self.num_benign:
            lines.append(f"{self.num_benign} benign controls")
        lines.append(
            f"{self.num_pages} pages, {self.candidates.total()} candidates, {self.kept.total()} changed and "
            f"{self.num_no_diff} unchanged pairs kept; {self.unstable_pages} pages differed on a second load"
        )
        return "\n".join(lines)

    def to_json(self) -> str:
        """Return the counts as JSON, a list of one object per cell; those of groups below them."""
        return json.dumps(self._plain(), indent=1) + "\n"

    def _plain(self) -> dict[str, object]:
        names = self.predicates
        cells = [
            {
                "operator": operator,
                "tier": tier,
                "candidates": self.candidates[operator, tier],
                "rejected": {name: n for name in names if (n := self.rejected[operator, tier, name])},
                "kept": self.kept[operator, tier],
            }
            for operator, tier in self._cells()
        ]
        whole = {"pages": self.num_pages, "no_diff": self.num_no_diff, "unstable_pages": self.unstable_pages}
        foreign: dict[str, object] = {
            "benign": self.num_benign,
            "found": self.num_found,
            "chosen": self.num_chosen,
            "unfit": dict(self.unfit),
            "failed": dict(self.failed),
            "groups": {name: group._plain() for name, group in sorted(self.groups.items())},
        }
        more = {name: value for name, value in foreign.items() if value}
        return {**whole, **more, "cells": cells}

    def _cells(self) -> list[tuple[str, str]]:
        return [(name, tier) for name in OPERATORS for tier in CHANGED_TIERS if self.candidates[name, tier]]

    def _row(self, operator: str, tier: str, names: list[str]) -> list[str]:
        counts = [self.candidates[operator, tier], *(self.rejected[operator, tier, name] for name in names)]
        return [operator, tier, *map(str, counts), str(self.kept[operator, tier])]


def _reasons(counts: Counter[str]) -> str:
    named = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ": " + ", ".join(f"{count} {name}" for name, count in named) if named else ""


def align(rows: list[list[str]], num_words: int = 2) -> str:
    """Return the rows as aligned lines: the first columns are words, the others numbers."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        words = [cell.ljust(w) for cell, w in zip(row[:num_words], widths[:num_words], strict=True)]
        numbers = [cell.rjust(w) for cell, w in zip(row[num_words:], widths[num_words:], strict=True)]
        lines.append("  ".join([*words, *numbers]).rstrip())
    return "\n".join(lines)
