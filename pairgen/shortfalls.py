"""What splits came out as: rows by tier, and each cell or domain that a split lacks or has not its share of."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from pairgen.assignment import Row
from pairgen.funnel import align
from schemas.vocabulary import BENIGN, CHANGED_TIERS, NO_DIFF, UNLABELLED

_TIERS = (*CHANGED_TIERS, NO_DIFF, BENIGN, UNLABELLED)


def split_table(rows: Sequence[Row], splits: Sequence[str], shares: Mapping[str, Fraction]) -> str:
    """Return the aligned table: a row for each split, a column for each tier that there is."""
    counts = Counter((split, row.cell[1]) for row, split in zip(rows, splits, strict=True))
    found = {tier for _, tier in counts}
    tiers = [*(tier for tier in _TIERS if tier in found), *sorted(found - set(_TIERS))]
    lines = [["split", *tiers, "all", "share, %"]]
    for split in shares:
        numbers = [counts[split, tier] for tier in tiers]
        lines.append([split, *map(str, numbers), str(sum(numbers)), f"{100 * sum(numbers) / len(rows):.1f}"])
    return align(lines, num_words=1)


def shortfalls(rows: Sequence[Row], splits: Sequence[str], shares: Mapping[str, Fraction]) -> list[str]:
    """Return a line for each split and shortcoming: cells and domains that it lacks, or has over a row too few or many.

    Where no group has two rows, no cell is off by more than one; domains may be, since cells come first.
    """
    cells = ["/".join(dict.fromkeys(row.cell)) for row in rows]
    domains = [row.domain for row in rows]
    return [
        line
        for split, share in shares.items()
        for kind, strata, why in (
            ("cells", cells, "as groups are indivisible"),
            ("domains", domains, "as cells come first"),
        )
        for line in _of_one(f"{split}: {kind}", list(zip(strata, splits, strict=True)), split, share, why)
    ]


def _of_one(what: str, placed: Sequence[tuple[str, str]], split: str, share: Fraction, why: str) -> list[str]:
    totals: Counter[str] = Counter(stratum for stratum, _ in placed)
    has: defaultdict[str, int] = defaultdict(int)
    for stratum, other in placed:
        has[stratum] += other == split
    lacking = [name for name in sorted(totals) if not has[name]]
    off = [name for name in sorted(totals) if has[name] and abs(has[name] - totals[name] * share) > 1]
    lines = []
    if lacking:
        lines.append(f"{what} that it lacks, {len(lacking)} of {len(totals)}: {', '.join(lacking)}")
    if off:
        told = ", ".join(f"{name} {has[name]} ({float(totals[name] * share):.1f} due)" for name in off)
        lines.append(f"{what} off their share by more than one pair, {why}: {told}")
    return lines
