"""The report on judges: whether they agree, where they put rows in other orders, and what replays flip."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from analysis.agreement import explain
from analysis.figures import agreement_figures, p_figure
from analysis.ranking import ranked
from analysis.replay import flips
from analysis.report.changes import figure
from analysis.report.charts import estimate_of, forest, slopes
from analysis.report.markup import Html, element, join, table
from analysis.report.standings import figure_cell, judge_names
from analysis.scopes import OVERALL
from analysis.tally import Analysis

_FLIPS_SHOWN: Final = 12


def agreement(analysis: Analysis) -> Html:
    """Return how far every two judges agree, part by part, and the order each puts the rows in."""
    rows = [
        [f"{one['judge_a']} and {one['judge_b']}", agreement_figures(one), explain(one, analysis.num_pairs)]
        for one in analysis.judge_agreement.iter_rows(named=True)
    ]
    if not rows:
        return Html("")
    says = (
        "agree, kappa: on each cell. tau: between the orders in which two judges put the rows, 1 for the same order; "
        "p: how often a random order comes as near."
    )
    heads = ["judges", "figures", "what it is worth"]
    parts = agreement_by_part(analysis)
    return join(
        element("h2", "Do the judges agree?", id="judges"),
        element("p", says, class_="soft"),
        table(heads, rows, class_="narrow", caption="Agreement of every two judges"),
        figure(parts, "Share of equal verdicts on the same answers, by part of the dataset") if parts else "",
        figure(rank_slopes(analysis), "The rank of each row under each judge; rows in other orders stand out"),
        _flips(analysis),
    )


def agreement_by_part(analysis: Analysis) -> Html | None:
    """Return the figure of raw agreement by tier and operator, of the first two judges; of all where there are more."""
    parts = analysis.statistics["agreement_by_scope"].filter(pl.col("raw_agreement").is_not_null())
    if parts.is_empty():
        return None
    whole = parts.filter(pl.col("judge_a") == "all")
    first = whole if len(whole) else parts.filter(
        (pl.col("judge_a") == parts["judge_a"][0]) & (pl.col("judge_b") == parts["judge_b"][0])
    )  # fmt: skip
    twos = (
        parts.filter((pl.col("scope_kind") == OVERALL) & (pl.col("judge_a") != "all")) if len(whole) else first.clear()
    )
    named = [(f"{one['judge_a']} and {one['judge_b']}", one) for one in twos.iter_rows(named=True)]
    named += [(_part(one), one) for one in first.iter_rows(named=True)]
    rows = [
        estimate_of(name, one, "raw_agreement", num_trials=one["num_cells"], note=_alpha(one)) for name, one in named
    ]
    return forest(rows, "Agreement by part of the dataset", low=0, high=1)


def _part(one: Mapping[str, Any]) -> str:
    return "all pairs" if one["scope_kind"] == OVERALL else str(one["scope"]).replace("_", " ")


def _alpha(one: Mapping[str, Any]) -> str:
    return "" if one["krippendorff_alpha"] is None else f"alpha {one['krippendorff_alpha']:.2f}"


def rank_slopes(analysis: Analysis) -> Html:
    """Return the figure of each row's rank under every judge."""
    judges, order = judge_names(analysis), ranked(analysis.leaderboard)
    held = {(one["judge"], one["model"]): one["rank"] for one in order.iter_rows(named=True)}
    names = list(dict.fromkeys(order.sort("judge", "rank", nulls_last=True)["model"]))
    ranks = {name: [held.get((judge, name)) for judge in judges] for name in names}
    flipped = analysis.statistics["rank_flips"]
    return slopes(ranks, judges, {*flipped["model_a"], *flipped["model_b"]}, "Ranks under each judge")


def _flips(analysis: Analysis) -> Html:
    flipped = analysis.statistics["rank_flips"]
    if flipped.is_empty():
        return element("p", "No two rows stand in opposite orders under two judges.")
    backed = int(flipped["is_backed"].sum())
    says = (
        f"{len(flipped):,} times two judges put two rows in opposite orders; {backed:,} of them are backed by both "
        "judges' own tests after correction, the others are as likely noise."
    )
    rows = [_flip(one) for one in flipped.sort("is_backed", descending=True).head(_FLIPS_SHOWN).iter_rows(named=True)]
    heads = ["ahead by the first judge", "ahead by the second", "first judge", "second judge", ""]
    whole = table(heads, rows, class_="narrow sortable", caption="Rank flips")
    left = len(flipped) - len(rows)
    more = element("p", f"{left:,} more stand in analysis/rank_flips.parquet.", class_="soft") if left > 0 else ""
    return join(element("h3", "Rank flips"), element("p", says), whole, more)


def _flip(one: Mapping[str, Any]) -> list[str]:
    leads = [
        f"{one[f'judge_{side}']}: {100 * one[f'difference_{side}']:+.2f} points, p {p_figure(one[f'p_holm_{side}'])}"
        for side in "ab"
    ]
    is_backed = one["is_backed"]
    said = element(
        "span", "backed" if is_backed else "may be noise", class_=f"verdict {'half' if is_backed else 'soft'}"
    )
    return [one["model_a"], one["model_b"], *leads, said]


def noise(analysis: Analysis) -> Html:
    """Return how often verdicts flip when asked again; nothing where nothing was."""
    if analysis.replay.is_empty():
        return Html("")
    rows = [
        [one["judge"], one["model"], flips(one), figure_cell(f"{one['num_texts_changed']:,}", one["num_texts_changed"])]
        for one in analysis.replay.iter_rows(named=True)
    ]
    says = (
        "A sample of pairs was asked and judged a second time. A difference between two rows that is no larger than "
        "this share of flipped verdicts may be noise. The leaderboards count first answers alone."
    )
    whole = table(
        ["judge", "model", "verdicts", "texts changed"], rows, class_="narrow sortable", caption="Asked again"
    )
    return join(element("h2", "What changes when asked again?", id="noise"), element("p", says, class_="soft"), whole)
