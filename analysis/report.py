"""A run's report: one HTML file that needs no network."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import polars as pl

from analysis.agreement import explain
from analysis.figures import (
    ABSENT,
    ALSO_JUDGES,
    MIN_PAIRS_SHOWN,
    agreement_figures,
    outcome_rows,
    percent,
    rate_and_interval,
)
from analysis.markup import Html, element, join, page, table
from analysis.ranking import ProbeReading, ranked, read_probe, why_none_named
from analysis.replay import flips
from analysis.report_style import HEAT_STEPS, STYLE
from analysis.samples import Images, sample_section
from analysis.statistics import share
from analysis.tally import Analysis, RunTables
from schemas.vocabulary import CHANGED_TIERS, OPERATOR_FAMILY

_BAR_WIDTH: Final = 64
_BARS: Final = {"named": "diff_recall", "unchanged-ok": "no_diff_specificity", "overall": "overall_accuracy"}


def render_report(analysis: Analysis, tables: RunTables, *, title: str, images: Images | None = None) -> str:
    """Return the report as HTML, below 20 MB. `images` gives a pair's stored images by id, or None."""
    judges = analysis.leaderboard["judge"].unique(maintain_order=True).to_list()
    order = ranked(analysis.leaderboard).join(analysis.found, on=["judge", "model"], how="left")
    probes = analysis.leaderboard.filter(pl.col("role") == "probe")
    body = join(
        _header(analysis, title, len(judges)),
        *(_standings(analysis, order, probes, judge) for judge in judges),
        _heat_maps(analysis, order, probes, judges),
        _agreement(analysis),
        _noise(analysis),
        _outcomes(analysis),
        sample_section(tables, images),
    )
    return page(f"{title}: who sees what changed", STYLE, body)


def _header(analysis: Analysis, title: str, num_judges: int) -> Html:
    num_models = analysis.leaderboard["model"].n_unique()
    facts = (
        f"{analysis.num_pairs:,} pairs of screenshots: {analysis.num_changed:,} changed in one place, "
        f"{analysis.num_unchanged:,} unchanged. {num_models} rows, {num_judges} judges."
    )
    legend = (
        "found: the changed element was found. named: the change was also named rightly. unchanged-ok: nothing was "
        "claimed where nothing changed. no box: named, without the answers that the judge "
        "matched by a pixel box. overall: both kinds of pair together. Bars are 95% intervals; "
        "a cell without a verdict counts as not right."
    )
    dataset = element("p", f"Dataset: {analysis.facts.dataset}.") if analysis.facts.dataset else ""
    return join(element("h1", title), element("p", facts), dataset, element("p", legend, class_="soft"))


def _standings(analysis: Analysis, order: pl.DataFrame, probes: pl.DataFrame, judge: str) -> Html:
    probe_rows = probes.filter(pl.col("judge") == judge).join(analysis.found, on=["judge", "model"], how="left")
    ranked_rows = order.filter(pl.col("judge") == judge)
    both = (ranked_rows, probe_rows)
    has_boxes = any(frame["num_boxed"].fill_null(0).sum() > 0 for frame in both)
    boxless = {"no box": "unboxed_recall"} if has_boxes else {}
    figures = {"found": "found", **{tier: f"{tier}_recall" for tier in CHANGED_TIERS}, **boxless}
    rows = [
        _standing(row, list(figures.values()), analysis.judging_models)
        for frame in both
        for row in frame.iter_rows(named=True)
    ]
    heads = ["rank", "model", *(f"{name} %" for name in (*figures, *_BARS))]
    readings = [
        read_probe(row, num_changed=analysis.num_changed, is_whole=analysis.is_whole)
        for row in probe_rows.iter_rows(named=True)
    ]
    said = [element("span", f"{one.model}: {one.says}. ", class_=_probe_class(one)) for one in readings]
    note = analysis.facts.notes.get(judge)
    why = why_none_named(analysis.leaderboard, analysis.found, judge, analysis.facts.judge_kinds.get(judge))
    return join(
        element("h2", f"Leaderboard, judge {judge}", f" ({note})" if note else ""),
        _conflict(analysis.contestants.get(judge, ())),
        table([*heads, "precision %"], rows, class_="standings"),
        element("p", f"{why[0].upper()}{why[1:]}.") if why else "",
        element("p", "Probes measure the judge and are not ranked. ", *said) if said else "",
    )


def _probe_class(reading: ProbeReading) -> str:
    if not reading.is_telling:
        return "soft"
    return "good" if reading.is_ok else "bad"


def _conflict(names: Sequence[str]) -> Html:
    if not names:
        return Html("")
    text = f"This judge is a contestant: its weights also answer as {', '.join(names)}."
    return element("p", text, class_="bad")


def _standing(row: Mapping[str, Any], figures: Sequence[str], judging: Collection[str]) -> list[str]:
    num_pairs, role = row["num_pairs"], row["role"]
    tag = "" if role == "model" else element("span", role, class_=f"tag role-{role}")
    judges = element("span", ALSO_JUDGES, class_="tag") if row["model"] in judging else ""
    reason = row.get("unranked_reason")
    why = element("span", reason, class_="tag bad") if reason else ""
    return [
        _figure(str(row.get("rank") or ABSENT)),
        element("td", row["model"], tag, judges, why, class_="name"),
        *(_figure(percent(row[name], num_pairs)) for name in figures),
        *(_bar(row, name) for name in _BARS.values()),
        _figure(percent(row["precision"], num_pairs)),
    ]


def _figure(text: str, class_: str = "") -> Html:
    return element("td", text, class_=f"figure {class_}".rstrip())


def _bar(row: Mapping[str, Any], name: str) -> Html:
    rate, low, high = (row[name + suffix] for suffix in ("", "_low", "_high"))
    if rate is None:
        return element("td", ABSENT, class_="bar")
    start, width = 5, _BAR_WIDTH - 10
    line = {"y1": 8, "y2": 8}
    drawing = element(
        "svg",
        element("title", rate_and_interval(row, name)),
        element("line", x1=start, x2=start + width, class_="track", **line),
        element("line", x1=f"{start + width * low:.1f}", x2=f"{start + width * high:.1f}", class_="span", **line),
        element("circle", cx=f"{start + width * rate:.1f}", cy=8, r=4, class_="point"),
        width=_BAR_WIDTH,
        height=16,
        role="img",
    )
    return element("td", element("b", percent(rate, row["num_pairs"])), drawing, class_="bar")


def _heat_maps(analysis: Analysis, order: pl.DataFrame, probes: pl.DataFrame, judges: list[str]) -> Html:
    everywhere = analysis.recall_by_operator.filter(pl.col("tier") == "all")
    shown = heat_cells(everywhere)
    if shown.is_empty():
        return Html("")
    columns = shown.select("column", "family", "is_family").unique(maintain_order=True)
    names = pl.concat([order.select("judge", "model"), probes.select("judge", "model")])
    maps = [_heat_map(shown.filter(pl.col("judge") == judge), columns, names, judge) for judge in judges]
    text = (
        "Share of changed pairs named rightly, in percent: the family of operators in bold, then its operators. "
        f"Operators with fewer than {MIN_PAIRS_SHOWN} pairs stand in analysis/recall_by_operator.parquet only."
    )
    return join(element("h2", "What is seen, by kind of change"), element("p", text, class_="soft"), *maps)


def heat_cells(everywhere: pl.DataFrame) -> pl.DataFrame:
    """Return `judge, model, family, column, is_family, num_pairs, recall` of families and operators worth showing.

    everywhere: RECALL_BY_OPERATOR rows of tier `all`. A family adds up its operators.
    """
    families = pl.DataFrame({"operator": list(OPERATOR_FAMILY), "family": list(OPERATOR_FAMILY.values())})
    families = families.with_row_index("place")
    cells = everywhere.join(families, on="operator", how="inner")
    key = ["judge", "model", "family"]
    totals = cells.group_by(key).agg(pl.col("num_pairs", "num_correct").sum(), pl.col("place").min())
    totals = totals.with_columns(column="family", is_family=True)
    single = cells.with_columns(column="operator", is_family=False)
    names = [*key, "column", "is_family", "place", "num_pairs", "num_correct"]
    both = pl.concat([totals.with_columns(pl.col("family").alias("column")).select(names), single.select(names)])
    both = both.filter(pl.col("num_pairs") >= MIN_PAIRS_SHOWN)
    both = both.with_columns(recall=share(pl.col("num_correct"), pl.col("num_pairs")))
    return both.sort("place", "is_family", descending=[False, True], maintain_order=True)


def _heat_map(cells: pl.DataFrame, columns: pl.DataFrame, names: pl.DataFrame, judge: str) -> Html:
    values = {(row["model"], row["column"]): row for row in cells.iter_rows(named=True)}
    heads = list(columns.iter_rows(named=True))
    rows = []
    for model in names.filter(pl.col("judge") == judge)["model"]:
        figures = [_heat_cell(values.get((model, head["column"])), is_edge=head["is_family"]) for head in heads]
        rows.append([element("td", model, class_="name"), *figures])
    titles = [head["column"].replace("_", " ") for head in heads]
    written = [element("b", text) if head["is_family"] else text for text, head in zip(titles, heads, strict=True)]
    return table([f"judge {judge}", *written], rows, class_="heat")


def _heat_cell(cell: Mapping[str, Any] | None, *, is_edge: bool) -> Html:
    edge = " edge" if is_edge else ""
    if cell is None or cell["recall"] is None:
        return _figure(ABSENT, edge)
    return _figure(f"{100 * cell['recall']:.0f}", f"heat{round(HEAT_STEPS * cell['recall'])}{edge}")


def _agreement(analysis: Analysis) -> Html:
    rows = [
        [f"{row['judge_a']} and {row['judge_b']}", agreement_figures(row), explain(row, analysis.num_pairs)]
        for row in analysis.judge_agreement.iter_rows(named=True)
    ]
    if not rows:
        return Html("")
    text = (
        "agree, kappa: on each cell. tau: between the orders in which two judges put the models, 1 for the same order; "
        "p: how often a random order comes as near."
    )
    heads = ["judges", "figures", "what it is worth"]
    return join(
        element("h2", "Do the judges agree?"),
        element("p", text, class_="soft"),
        table(heads, rows, class_="narrow"),
    )


def _noise(analysis: Analysis) -> Html:
    if analysis.replay.is_empty():
        return Html("")
    rows = [
        [row["judge"], row["model"], flips(row), _figure(f"{row['num_texts_changed']:,}")]
        for row in analysis.replay.iter_rows(named=True)
    ]
    text = (
        "A sample of pairs was asked and judged a second time. A difference between two rows that is no larger than "
        "this share of flipped verdicts may be noise. The leaderboards count first answers alone."
    )
    return join(
        element("h2", "What changes when asked again?"),
        element("p", text, class_="soft"),
        table(["judge", "model", "verdicts", "texts changed"], rows, class_="narrow"),
    )


def _outcomes(analysis: Analysis) -> Html:
    heads, *rows = outcome_rows({"answers": analysis.answers, "verdicts": analysis.verdicts})
    body = [[name, *map(_figure, counts)] for name, *counts in rows]
    return join(element("h2", "How the calls ended"), table(heads, body, class_="narrow"))
