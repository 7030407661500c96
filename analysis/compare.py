"""Two runs on the same pairs: what got better and what worse, in all, by tier and by operator, with examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.cells import Cells, Flags, lay_out
from analysis.clusters import own_clusters
from analysis.comparisons import comparisons
from analysis.figures import p_figure, percent, points
from analysis.paired import ALPHA, holm
from analysis.scopes import OVERALL, scopes
from analysis.tally import RunTables
from schemas.errors import ConfigError

_A, _B = "a", "b"
_SAME: Final = ("id", "task_type", "ground_truth_diff", "mutation_dicts_json", "before_sha256", "after_sha256")
"""Columns in which two pairs must be equal to be the same pair."""
_NUM_EXAMPLES: Final = 3

CHANGES: Final = pl.Schema(
    {
        **dict.fromkeys(("judge", "model", "scope_kind", "scope", "unit"), pl.String()),
        **dict.fromkeys(("num_pairs", "num_better", "num_worse"), pl.Int64()),
        **dict.fromkeys(("rate_a", "rate_b", "difference", "difference_low", "difference_high"), pl.Float64()),
        **dict.fromkeys(("p_mcnemar", "p_value", "p_holm"), pl.Float64()),
        "is_significant": pl.Boolean(),
    }
)
"""A row for each judge, model and part: rates over the pairs scored in both runs, the second's less the first's."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Hold what two runs say of the same pairs."""

    changes: pl.DataFrame
    """CHANGES."""
    examples: pl.DataFrame
    """`judge, model, pair_id, operators, tier, was, now, is_better`: a few pairs whose verdict turned."""
    num_pairs: int
    num_only_a: int
    """Pairs that the second run doesn't hold, or holds with another truth or other images."""
    num_only_b: int
    left_out: Sequence[str] = field(default_factory=tuple)
    """Models and judges that one of the runs lacks."""


def compare(first: RunTables, second: RunTables, *, rows: Mapping[str, str] | None = None) -> Comparison:
    """Compare two runs by paired tests on their common pairs; ConfigError where they have nothing in common.

    rows: model of the first run -> model of the second; those of the same name unless given. Holm's correction is over
    all models of one judge and one kind of part.
    """
    shared = first.pairs.join(second.pairs, on=list(_SAME), how="semi", nulls_equal=True)
    if shared.is_empty():
        raise ConfigError("the two runs share no pair: compare runs over one dataset")
    held = [_names(tables) for tables in (first, second)]
    common = {name: name for name in sorted(held[0]["model"] & held[1]["model"])}
    twins = rows or {name: other for name, other in common.items() if first.roles.get(name) != "probe"}
    judges = sorted(held[0]["judge"] & held[1]["judge"])
    _refuse_strangers(twins, held, judges)
    parts, examples = [], []
    for judge in judges:
        compared = [_two(first, second, shared, judge, name, other) for name, other in twins.items()]
        parts += [_corrected(pl.concat([one for one, _ in compared]))]
        examples += [turned for _, turned in compared]
    lone = sorted((held[0]["judge"] ^ held[1]["judge"]) | (set() if rows else held[0]["model"] ^ held[1]["model"]))
    return Comparison(
        changes=pl.concat(parts), examples=pl.concat(examples), num_pairs=len(shared),
        num_only_a=len(first.pairs) - len(shared), num_only_b=len(second.pairs) - len(shared), left_out=lone,
    )  # fmt: skip


def _names(tables: RunTables) -> dict[str, set[str]]:
    found = tables.verdicts.lazy().filter(pl.col("repeat") == 0).select("model", "judge").unique().collect()
    return {column: set(found[column]) for column in ("model", "judge")}


def _refuse_strangers(twins: Mapping[str, str], held: Sequence[Mapping[str, set[str]]], judges: Sequence[str]) -> None:
    for place, names in enumerate((list(twins), list(twins.values()))):
        for name in names:
            if name not in held[place]["model"]:
                known = ", ".join(sorted(held[place]["model"]))
                raise ConfigError(f"run {place + 1} has no verdicts of model {name!r}; known: {known}")
    if not twins:
        raise ConfigError("the two runs share no model: name two with --rows FIRST=SECOND")
    if not judges:
        raise ConfigError("the two runs share no judge: judge one of them by the other's")


def _two(
    first: RunTables, second: RunTables, shared: pl.DataFrame, judge: str, name: str, other: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    sides = [_verdicts(first, judge, name, _A), _verdicts(second, judge, other, _B)]
    cells = lay_out(pl.concat(sides), shared)
    label = name if name == other else f"{name} > {other}"
    compared = comparisons(cells, {}, own_clusters(cells.pairs))
    turned = _turned(sides, shared, judge, label)
    return _oriented(compared, judge, label).join(_rates(cells), on=["scope_kind", "scope"], how="left").select(
        CHANGES.names()
    ), turned


def _verdicts(tables: RunTables, judge: str, model: str, side: str) -> pl.DataFrame:
    wanted = (pl.col("repeat") == 0) & (pl.col("judge") == judge) & (pl.col("model") == model)
    return tables.verdicts.lazy().filter(wanted).with_columns(pl.lit(side).alias("model")).collect()


def _rates(cells: Cells) -> pl.DataFrame:
    """Return `scope_kind, scope, rate_a, rate_b` over the pairs that both runs have scored."""
    places = {model: place for place, model in enumerate(cells.rows["model"])}
    scored: Flags = np.all(cells.is_scored, axis=0)
    rows: list[dict[str, Any]] = []
    for scope in scopes(cells.pairs):
        held = scope.pairs[scored[scope.pairs]]
        right = {f"rate_{side}": cells.is_right[place, held] for side, place in places.items()}
        rates = {name: float(flags.mean()) if len(held) else None for name, flags in right.items()}
        rows.append({"scope_kind": scope.kind, "scope": scope.name, **rates})
    schema = {name: CHANGES[name] for name in ("scope_kind", "scope", "rate_a", "rate_b")}
    return pl.DataFrame(rows, schema=schema)


def _oriented(compared: pl.DataFrame, judge: str, label: str) -> pl.DataFrame:
    """Turn comparisons so that a difference is the second run's rate less the first's."""
    is_b_ahead = pl.col("model_a") == _B
    sign = pl.when(is_b_ahead).then(1.0).otherwise(-1.0)
    low, high = pl.col("difference_low"), pl.col("difference_high")
    turned = compared.with_columns(
        pl.lit(judge).alias("judge"), pl.lit(label).alias("model"),
        pl.when(is_b_ahead).then("num_only_a").otherwise("num_only_b").alias("num_better"),
        pl.when(is_b_ahead).then("num_only_b").otherwise("num_only_a").alias("num_worse"),
        (sign * pl.col("difference")).alias("difference"),
        pl.when(is_b_ahead).then(low).otherwise(-high).alias("difference_low"),
        pl.when(is_b_ahead).then(high).otherwise(-low).alias("difference_high"),
    )  # fmt: skip
    names = [name for name in CHANGES if not name.startswith("rate_")]
    return turned.select(names).cast({name: CHANGES[name] for name in names})


def _corrected(changes: pl.DataFrame) -> pl.DataFrame:
    parts = [
        part.with_columns(pl.Series("p_holm", holm(part["p_value"].to_numpy()), dtype=pl.Float64).fill_nan(None))
        for part in changes.partition_by("scope_kind", maintain_order=True)
    ]
    return pl.concat(parts).with_columns(is_significant=pl.col("p_holm") <= ALPHA)


def _turned(sides: Sequence[pl.DataFrame], shared: pl.DataFrame, judge: str, label: str) -> pl.DataFrame:
    """Return a few pairs that turned right, and a few that turned wrong."""
    said = [
        side.select("pair_id", pl.col("is_correct").alias(f"right_{end}"),
                    pl.coalesce("verdict", "status").alias(f"said_{end}"))
        for end, side in zip((_A, _B), sides, strict=True)
    ]  # fmt: skip
    pairs = shared.select(
        pl.col("id").alias("pair_id"), pl.col("mutation_types").list.join(", ").str.replace_all("mutate_", "")
        .alias("operators"), pl.col("difficulty").alias("tier"),
    )  # fmt: skip
    both = pairs.join(said[0], on="pair_id", maintain_order="left").join(said[1], on="pair_id", maintain_order="left")
    turned = both.filter(pl.col("right_a") != pl.col("right_b")).with_columns(is_better=pl.col("right_b"))
    few = turned.filter(pl.int_range(pl.len()).over("is_better") < _NUM_EXAMPLES)
    return few.select(
        pl.lit(judge).alias("judge"), pl.lit(label).alias("model"), "pair_id", "operators", "tier",
        pl.col("said_a").alias("was"), pl.col("said_b").alias("now"), "is_better",
    )  # fmt: skip


def lines(found: Comparison, first: str, second: str) -> list[str]:
    """Return a comparison as lines: in all, the parts that turned beyond chance, examples."""
    from analysis.console import aligned

    said = [f"first {first}, second {second}: {found.num_pairs:,} pairs in both, "
            f"{found.num_only_a:,} only in the first, {found.num_only_b:,} only in the second"]  # fmt: skip
    said += [f"in one run only: {', '.join(found.left_out)}"] if found.left_out else []
    for (judge,), part in found.changes.partition_by("judge", as_dict=True, maintain_order=True).items():
        whole = part.filter(pl.col("scope_kind") == OVERALL)
        heads = ["model", "first", "second", "better", "worse", "second less first, points", "p", "p corrected", ""]
        rows = [heads, *(_line(one, one["model"]) for one in whole.iter_rows(named=True))]
        said += ["", f"judge: {judge}", *aligned(rows, right=heads[1:8])]
        parts = part.filter((pl.col("scope_kind") != OVERALL) & (pl.col("num_better") + pl.col("num_worse") > 0))
        parts = parts.sort("p_holm", "model", "scope", nulls_last=True).head(12)
        if not parts.is_empty():
            heads = ["by tier and operator", *heads[1:]]
            body = [_line(one, f"{one['model']}, {one['scope']}") for one in parts.iter_rows(named=True)]
            said += ["", *aligned([heads, *body], right=heads[1:8])]
    for one in found.examples.iter_rows(named=True):
        word = "better" if one["is_better"] else "worse"
        said.append(f"{word}  {one['judge']}, {one['model']}: {one['pair_id']} ({one['operators'] or 'unchanged'}, "
                    f"{one['tier']}): was {one['was']}, is {one['now']}")  # fmt: skip
    return said


def _line(one: Mapping[str, Any], name: str) -> list[str]:
    if one["difference"] is None:
        return [name, "-", "-", "-", "-", "-", "-", "-", "no pair scored in both"]
    word = "inconclusive"
    if one["is_significant"]:
        word = "better" if one["difference"] > 0 else "worse"
    count = one["num_pairs"]
    rates = [percent(one[f"rate_{side}"], count) for side in (_A, _B)]
    difference = points(one["difference"], count, sign="+")
    if one["difference_low"] is not None:
        difference += f" [{points(one['difference_low'], count)}, {points(one['difference_high'], count)}]"
    p_values = [p_figure(one[name]) for name in ("p_value", "p_holm")]
    return [name, *rates, f"{one['num_better']:,}", f"{one['num_worse']:,}", difference, *p_values, word]
