"""What became of the pages of each source, and of each operator's candidates on them, as tables."""

from collections import Counter

from pairgen.funnel import Funnel, align
from schemas.vocabulary import OPERATORS

_MOST = 3
"""Reasons and predicates that a row names."""


def source_table(funnel: Funnel) -> str:
    """Return one row for each source: its pages, its candidates and pairs, and what cost the most of each.

    "" where the pages are of one source.
    """
    if len(funnel.groups) < 2:
        return ""
    head = ["source", "unfit by", "rejected by", "found", "unfit", "chosen", "tried", "failed", "candidates", "kept"]
    rows = [_row(name, group) for name, group in sorted(funnel.groups.items())]
    totals = [str(sum(int(row[i]) for row in rows)) for i in range(3, len(head))]
    return align([head, *rows, ["all", "", "", *totals]], 3)


def operator_table(funnel: Funnel) -> str:
    """Return kept pairs of candidates, by operator and source; "" where the pages are of one source."""
    if len(funnel.groups) < 2:
        return ""
    names = sorted(funnel.groups)
    asked = [name for name in OPERATORS if any(operator == name for operator, _ in funnel.candidates)]
    rows = [[operator, *(_kept_of(funnel.groups[name], operator) for name in names)] for operator in asked]
    return align([["kept/candidates", *names], *rows], 1)


def _row(name: str, group: Funnel) -> list[str]:
    predicates: Counter[str] = Counter()
    for (_, _, predicate), count in group.rejected.items():
        predicates[predicate] += count
    counts = [
        group.num_found, group.unfit.total(), group.num_chosen, group.num_pages, group.failed.total(),
        group.candidates.total(), group.kept.total(),
    ]  # fmt: skip
    return [name, _most(group.unfit + group.failed), _most(predicates), *map(str, counts)]


def _most(counts: Counter[str]) -> str:
    named = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {name}" for name, count in named[:_MOST]) or "-"


def _kept_of(group: Funnel, operator: str) -> str:
    kept, candidates = (
        sum(count for (name, _), count in counts.items() if name == operator)
        for counts in (group.kept, group.candidates)
    )
    return f"{kept}/{candidates}" if candidates else "-"
