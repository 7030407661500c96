"""The report on changes: by tier, by operator, by how large they are, and whether what is found is also named."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from analysis.figures import ABSENT, MIN_PAIRS_SHOWN
from analysis.report.charts import Curve, Estimate, Stack, estimate_of, forest, panel, stacked
from analysis.report.markup import Html, element, join, row, table
from analysis.report.standings import by_judge, contestants, figure_cell, judge_names
from analysis.statistics import share
from analysis.tally import Analysis
from schemas.vocabulary import CHANGED_TIERS, OPERATOR_FAMILY

HEAT_STEPS: Final = 10
_ALL: Final = "all"
_MEASURES: Final = {
    "pixel_diff": "pixels that differ",
    "target_diff": "pixels of the element",
    "box_area": "area of the element",
    "affected_area": "area of all that moved",
    "structural_similarity": "structural similarity",
    "color_difference": "colour difference",
    "embedding_distance": "embedding distance",
}
_VERDICTS: Final = ("named", "misnamed", "missed", "unscored")


def figure(drawing: Html, caption: str, *, class_: str = "plot") -> Html:
    """Return a drawing with its caption, in a frame that scrolls where the window is narrow."""
    held = element("div", drawing, class_="scroll", tabindex=0, role="region", aria_label=caption)
    return element("figure", element("figcaption", caption), held, class_=class_)


def tier_curves(analysis: Analysis, judge: str) -> list[Html]:
    """Return a panel for each ranked row: recall by tier with its interval, the other rows as ghosts."""
    names = contestants(analysis, judge)
    board = analysis.leaderboard.filter(pl.col("judge") == judge)
    rows = {one["model"]: one for one in board.iter_rows(named=True)}
    curves = [_tier_curve(rows[name]) for name in names]
    top = _top([high for curve in curves for high in curve.highs])
    return [panel(one, [other for other in curves if other is not one], CHANGED_TIERS, top=top) for one in curves]


def _tier_curve(one: Mapping[str, Any]) -> Curve:
    rates = [[one[f"{tier}_recall{end}"] for tier in CHANGED_TIERS] for end in ("", "_low", "_high")]
    return Curve(one["model"], *rates)


def _top(highs: Sequence[float | None]) -> float:
    held = [high for high in highs if high is not None]
    return next((top for top in (0.2, 0.4, 0.6, 0.8) if max(held, default=1.0) <= top), 1.0)


def tiers(analysis: Analysis) -> Html:
    """Return the section of tier curves."""
    shown = []
    for judge in judge_names(analysis):
        panels = tier_curves(analysis, judge)
        shown.append(by_judge(judge, element("div", *panels, class_="panels", data_name=f"tiers-{judge}")))
    says = (
        "Share of changed pairs named rightly, in percent, with its 95% interval; the other rows stay behind in grey."
    )
    heading = element("h2", "Easy, medium, hard", id="tiers")
    return join(heading, element("p", says, class_="soft"), *shown)


def heat_maps(analysis: Analysis) -> Html:
    """Return operators x rows for each judge; nothing where every operator is too thin."""
    everywhere = analysis.recall_by_operator.filter(pl.col("tier") == _ALL)
    shown = heat_cells(everywhere)
    if shown.is_empty():
        return Html("")
    columns = list(shown.select("column", "family", "is_family").unique(maintain_order=True).iter_rows(named=True))
    probes = analysis.leaderboard.filter(pl.col("role") == "probe")
    maps = []
    for judge in judge_names(analysis):
        names = [*contestants(analysis, judge), *probes.filter(pl.col("judge") == judge)["model"]]
        maps.append(by_judge(judge, _heat_map(shown.filter(pl.col("judge") == judge), columns, names, judge)))
    says = (
        "Share of changed pairs named rightly, in percent: each family of operators in bold, then its operators. "
        f"Operators with fewer than {MIN_PAIRS_SHOWN} pairs stand in analysis/recall_by_operator.parquet only. "
        "A cell's interval shows under the pointer."
    )
    return join(
        element("h2", "What is seen, by kind of change", id="operators"), element("p", says, class_="soft"), *maps
    )


def heat_cells(everywhere: pl.DataFrame) -> pl.DataFrame:
    """Return `judge, model, family, column, is_family, num_pairs, recall` of families and operators worth showing.

    everywhere: RECALL_BY_OPERATOR rows of tier `all`. A family adds up its operators; it has no interval.
    """
    families = pl.DataFrame({"operator": list(OPERATOR_FAMILY), "family": list(OPERATOR_FAMILY.values())})
    families = families.with_row_index("place")
    cells = everywhere.join(families, on="operator", how="inner")
    key = ["judge", "model", "family"]
    totals = cells.group_by(key).agg(pl.col("num_pairs", "num_correct").sum(), pl.col("place").min())
    bounds = [pl.lit(None, dtype=pl.Float64).alias(name) for name in ("recall_low", "recall_high")]
    totals = totals.with_columns(column=pl.col("family"), is_family=pl.lit(True)).with_columns(bounds)
    single = cells.with_columns(column="operator", is_family=False)
    names = [*key, "column", "is_family", "place", "num_pairs", "num_correct", "recall_low", "recall_high"]
    both = pl.concat([totals.select(names), single.select(names)]).filter(pl.col("num_pairs") >= MIN_PAIRS_SHOWN)
    both = both.with_columns(recall=share(pl.col("num_correct"), pl.col("num_pairs")))
    return both.sort("place", "is_family", descending=[False, True], maintain_order=True)


def _heat_map(cells: pl.DataFrame, heads: Sequence[Mapping[str, Any]], names: Sequence[str], judge: str) -> Html:
    values = {(one["model"], one["column"]): one for one in cells.iter_rows(named=True)}
    roles: list[Html] = []
    for model in names:
        figures = [_heat_cell(values.get((model, head["column"])), is_edge=head["is_family"]) for head in heads]
        roles.append(row([element("th", model, class_="name", scope="row"), *figures], data_model=model))
    titles = [(head["column"].replace("_", " "), head["is_family"]) for head in heads]
    written = [element("th", element("b", text) if is_family else text, scope="col") for text, is_family in titles]
    title = f"Recall by kind of change, judge {judge}"
    return table([f"judge {judge}", *written], roles, class_="heat sortable", caption=title)


def _heat_cell(cell: Mapping[str, Any] | None, *, is_edge: bool) -> Html:
    edge = " edge" if is_edge else ""
    if cell is None or cell["recall"] is None:
        return figure_cell(ABSENT, None, edge.strip())
    low, high = cell["recall_low"], cell["recall_high"]
    bounds = "" if low is None else f", 95% interval {100 * low:.0f} to {100 * high:.0f}"
    title = f"{cell['model']}, {cell['column']}: {cell['num_correct']} of {cell['num_pairs']}{bounds}"
    class_ = f"figure heat{round(HEAT_STEPS * cell['recall'])}{edge}"
    return element("td", f"{100 * cell['recall']:.0f}", class_=class_, data_v=f"{cell['recall']:.6g}", title=title)


def magnitudes(analysis: Analysis) -> Html:
    """Return how recall goes with the size of a change: correlations with intervals, and curves."""
    parts = [by_judge(judge, *_magnitude(analysis, judge)) for judge in judge_names(analysis)]
    if not any("<figure" in part for part in parts):
        return Html("")
    says = (
        "Spearman's rank correlation between a change's size and the share of ranked rows that name it. Right of the "
        "middle line: larger changes are named more often. An interval that holds 0 is inconclusive. The curves show "
        "the share named in bins of growing size."
    )
    return join(
        element("h2", "Does size decide what is seen?", id="magnitude"), element("p", says, class_="soft"), *parts
    )


def correlations(analysis: Analysis, judge: str) -> Html | None:
    """Return the figure of correlations with each measure of size; None where none could be computed."""
    table_ = analysis.statistics["magnitude"]
    of_all = table_.filter(
        (pl.col("judge") == judge) & (pl.col("model") == _ALL) & (pl.col("operator") == _ALL)
        & pl.col("measure").is_in(list(_MEASURES))
    )  # fmt: skip
    if of_all["correlation"].drop_nulls().is_empty():
        return None
    rows = [_correlation(one) for one in of_all.iter_rows(named=True)]
    return forest(rows, f"Correlation of recall with size, judge {judge}", low=-1, high=1, is_percent=False)


def _correlation(one: Mapping[str, Any]) -> Estimate:
    low, high = one["correlation_low"], one["correlation_high"]
    note = one["reason"] or ""
    if one["correlation"] is not None and low is not None and low <= 0 <= high:
        note = "inconclusive"
    return estimate_of(_MEASURES[one["measure"]], one, "correlation", note=note)


def size_curves(analysis: Analysis, judge: str) -> list[Html]:
    """Return a panel for each measure: the share named in bins of growing size."""
    curves = analysis.statistics["magnitude_curve"]
    curves = curves.filter((pl.col("judge") == judge) & (pl.col("model") == _ALL))
    drawn = []
    for measure, name in _MEASURES.items():
        bins = curves.filter(pl.col("measure") == measure).sort("bin")
        if len(bins) > 1:
            rates = [bins[column].to_list() for column in ("recall", "recall_low", "recall_high")]
            ends = [_short(bins["measure_from"][0]), *[""] * (len(bins) - 2), _short(bins["measure_to"][-1])]
            drawn.append(panel(Curve(name, *rates), [], ends, top=_top(rates[2])))
    return drawn


def _short(value: float) -> str:
    if abs(value) >= 10_000:
        return f"{value / 1_000:,.0f}k"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"


def _magnitude(analysis: Analysis, judge: str) -> list[Html]:
    drawing, panels = correlations(analysis, judge), size_curves(analysis, judge)
    shown = [figure(drawing, f"Size against recall, judge {judge}")] if drawing else []
    return [*shown, element("div", *panels, class_="panels", data_name=f"size-{judge}")] if panels else shown


def nameability(analysis: Analysis) -> Html:
    """Return what is found but misnamed against what is not found, by row and by operator."""
    parts = []
    for judge in judge_names(analysis):
        by_row, by_operator = nameability_figures(analysis, judge)
        both = [figure(by_row, "By row"), figure(by_operator, "By kind of change, over all ranked rows")]
        parts.append(by_judge(judge, element("div", *both, class_="two")))
    keys = [element("span", element("span", "", class_=f"key part-{name}"), word) for name, word in _KEYS.items()]
    says = (
        "Of the changed pairs. Misnamed means that the element was found and the change was named wrongly or vaguely. "
        "Beside each bar: of the found ones, the share that was named rightly, with its interval where it has one."
    )
    heading = element("h2", "Found, but not named", id="nameability")
    return join(heading, element("p", says, class_="soft"), element("p", *keys, class_="keys"), *parts)


_KEYS: Final = {
    "named": "found and named", "misnamed": "found, misnamed", "missed": "not found", "unscored": "unscored"
}  # fmt: skip


def nameability_figures(analysis: Analysis, judge: str) -> tuple[Html, Html]:
    """Return the bars of every ranked row, and those of every operator over all ranked rows."""
    names = contestants(analysis, judge)
    held = analysis.statistics["nameability"].filter((pl.col("judge") == judge) & pl.col("model").is_in(names))
    rows = {one["model"]: one for one in held.filter(pl.col("operator") == _ALL).iter_rows(named=True)}
    by_row = [_stack(name, rows[name], _named_note(rows[name])) for name in names if name in rows]
    counts = held.filter(pl.col("operator") != _ALL).group_by("operator", maintain_order=True)
    summed = counts.agg(pl.col(f"num_{name}").sum() for name in _VERDICTS)
    by_operator = [
        _stack(one["operator"].replace("_", " "), one, _share_note(one)) for one in summed.iter_rows(named=True)
    ]
    label = f"Found and named, judge {judge}"
    return stacked(by_row, f"{label}, by row"), stacked(by_operator, f"{label}, by kind of change")


def _stack(label: str, one: Mapping[str, Any], note: str) -> Stack:
    return Stack(label, {name: one[f"num_{name}"] for name in _VERDICTS}, note)


def _named_note(one: Mapping[str, Any]) -> str:
    rate, low, high = (one[f"named_when_found{end}"] for end in ("", "_low", "_high"))
    if rate is None:
        return "nothing found"
    return f"{100 * rate:.0f}% of found" + ("" if low is None else f" [{100 * low:.0f}–{100 * high:.0f}]")


def _share_note(one: Mapping[str, Any]) -> str:
    found = one["num_named"] + one["num_misnamed"]
    return f"{100 * one['num_named'] / found:.0f}% of {found:,} found" if found else "nothing found"
