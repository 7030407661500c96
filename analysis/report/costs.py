"""The report on effort: what right answers cost, what answers are made of, and how calls ended."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from analysis.alarm_grid import Grid
from analysis.figures import ABSENT, alarms, outcome_rows, percent
from analysis.report.changes import figure
from analysis.report.charts import estimate_of, scatter
from analysis.report.markup import Html, element, join, row, table
from analysis.report.standings import by_judge, contestants, figure_cell, judge_names
from analysis.tally import Analysis


def costs(analysis: Analysis) -> Html:
    """Return cost against accuracy where prices are known, else time against accuracy; then time, tokens and money."""
    spent = analysis.statistics["costs"]
    has_prices = bool((spent.filter(pl.col("kind") == "model")["cost_usd"] > 0).any())
    parts = []
    for judge in judge_names(analysis):
        drawing = cost_figure(analysis, judge)
        parts += (
            [by_judge(judge, figure(drawing, f"Accuracy, judge {judge}, against {_taken(has_prices)}"))]
            if drawing
            else []
        )
    rows = [_spent(one) for one in spent.iter_rows(named=True)]
    heads = ["", "name", "rows", "calls", "median s", "95th percentile s", "s a row, cold", "s a row, cached",
             "tokens a call", "US dollars, cold", "US dollars"]  # fmt: skip
    says = (
        "A call is counted once however many rows share it. Cold: were each row a call of its own."
        if has_prices
        else "No prices are known for these rows, so there is no cost to show: time stands in its place."
    )
    return join(
        element("h2", "Cost against accuracy", id="costs"),
        element("p", says, class_="soft"),
        *parts,
        element("details", element("summary", "Calls, time, tokens and money"),
                table(heads, rows, class_="narrow sortable", caption="What calls took")),
    )  # fmt: skip


def _taken(has_prices: bool) -> str:
    return "US dollars for 1,000 pairs" if has_prices else "median seconds a call"


def cost_figure(analysis: Analysis, judge: str) -> Html | None:
    """Return the figure of accuracy against cost, or against time where no price is known; None without either."""
    spent = analysis.statistics["costs"].filter(pl.col("kind") == "model")
    has_prices = bool((spent["cost_usd"] > 0).any())
    taken = dict(spent.select("name", "cost_per_call_usd" if has_prices else "latency_p50_s").iter_rows())
    names = contestants(analysis, judge)
    board = analysis.leaderboard.filter((pl.col("judge") == judge) & pl.col("model").is_in(names))
    points = [
        (one["model"], (1_000 if has_prices else 1) * taken[one["model"]],
         estimate_of(one["model"], one, "overall_accuracy", num_trials=one["num_pairs"]))
        for one in board.iter_rows(named=True)
        if taken.get(one["model"])
    ]  # fmt: skip
    return scatter(points, f"Accuracy against {_taken(has_prices)}", _taken(has_prices)) if points else None


def _spent(one: Mapping[str, Any]) -> list[str]:
    def cell(name: str, form: str) -> Html:
        return figure_cell(ABSENT if one[name] is None else format(one[name], form), one[name])

    return [
        one["kind"], element("th", one["name"], class_="name", scope="row"),
        cell("num_rows", ",d"), cell("num_calls", ",d"),
        cell("latency_p50_s", ".3g"), cell("latency_p95_s", ".3g"), cell("latency_cold_s", ".3g"),
        cell("latency_cached_s", ".3g"), cell("tokens_per_call", ",.0f"), cell("cost_without_reuse_usd", ",.2f"),
        cell("cost_usd", ",.2f"),
    ]  # fmt: skip


def claims(analysis: Analysis) -> Html:
    """Return what answers are made of: claims, inventions, abstention, precision and F1."""
    rates = ("precision", "f1", "invention_rate", "partial_rate", "abstention_rate", "no_answer_rate")
    heads = ["model", "claims an answer", "inventions an answer", "precision %", "F1 %", "invents %", "partial %",
             "abstains %", "no answer %"]  # fmt: skip
    parts = []
    for judge in judge_names(analysis):
        held = analysis.statistics["claims"].filter(pl.col("judge") == judge)
        by_name = {one["model"]: one for one in held.iter_rows(named=True)}
        order = [*contestants(analysis, judge), *by_name]
        rows = [_claims(by_name[name], rates) for name in dict.fromkeys(order) if name in by_name]
        parts.append(by_judge(judge, table(heads, rows, class_="sortable", caption=f"Claims, judge {judge}")))
    says = (
        "Invents: answers that claim something that didn't change. Abstains: answers to changed pairs that claim "
        "nothing. Small figures are 95% intervals."
    )
    return join(element("h2", "What answers claim", id="claims"), element("p", says, class_="soft"), *parts)


def _claims(one: Mapping[str, Any], rates: tuple[str, ...]) -> Html:
    cells: list[str] = [element("th", one["model"], class_="name", scope="row")]
    for name in ("claims_per_answer", "inventions_per_answer"):
        cells.append(figure_cell(ABSENT if one[name] is None else f"{one[name]:.2f}", one[name]))
    cells += [_rate(one, name) for name in rates]
    return row(cells, data_model=one["model"])


def _rate(one: Mapping[str, Any], name: str) -> Html:
    rate, low, high = (one[name + end] for end in ("", "_low", "_high"))
    if rate is None:
        return figure_cell(ABSENT)
    bounds = [] if low is None else [element("span", f" {100 * low:.0f}–{100 * high:.0f}", class_="bounds")]
    return element("td", f"{100 * rate:.0f}", *bounds, class_="figure", data_v=f"{rate:.6g}")


def false_alarms(analysis: Analysis) -> Html:
    """Return false alarms on benign controls by kind, beside recall; nothing where the run holds no controls."""
    parts = [_alarms(analysis, judge) for judge in judge_names(analysis)]
    if not any(parts):
        return Html("")
    says = (
        f"{analysis.num_benign:,} benign controls: their images differ, and nothing in the page does; any claim about "
        "one is a false alarm. No other figure counts them. Alarms are for each 1,000 answers that were judged, with "
        "95% intervals; named is the recall on changed pairs that they come with. All weighs kinds as the dataset does."
    )
    return join(element("h2", "False alarms", id="alarms"), element("p", says, class_="soft"), *parts)


def _alarms(analysis: Analysis, judge: str) -> Html:
    grid = Grid.of(analysis, judge)
    if grid is None:
        return Html("")
    heads = ["model", "named %", "all", *(kind.replace("_", " ") for kind in grid.kinds)]
    rows = [
        row([element("th", one.model, class_="name", scope="row"), _recalled(one.whole, analysis.num_changed),
             *(_alarm(cell) for cell in (one.whole, *one.kinds))], data_model=one.model)
        for one in grid.rows
    ]  # fmt: skip
    caption = f"False alarms for each 1,000 benign controls, judge {judge}"
    return by_judge(judge, table(heads, rows, class_="sortable", caption=caption))


def _recalled(one: Mapping[str, Any], num_changed: int) -> Html:
    if one["recall"] is None:
        return figure_cell(ABSENT)
    rate, low, high = (percent(one[f"recall{end}"], num_changed) for end in ("", "_low", "_high"))
    return element("td", rate, element("span", f"{low}–{high}", class_="bounds"), class_="figure",
                   data_v=f"{one['recall']:.6g}")  # fmt: skip


def _alarm(one: Mapping[str, Any] | None) -> Html:
    if one is None or one["alarms_per_1000"] is None:
        return figure_cell(ABSENT)
    low, high = (one[f"alarms_per_1000_{end}"] for end in ("low", "high"))
    bounds = [] if low is None else [element("span", f"{low:.0f}–{high:.0f}", class_="bounds")]
    return element("td", alarms(one), *bounds, class_="figure", data_v=f"{one['alarms_per_1000']:.6g}")


def outcomes(analysis: Analysis) -> Html:
    """Return how calls ended, failures by type; the counts add up to every cell."""
    heads, *rows = outcome_rows({"answers": analysis.answers, "verdicts": analysis.verdicts})
    body = [[name, *(figure_cell(count) for count in counts)] for name, *counts in rows]
    went_well = {name for name, *_ in rows[:-1]} <= {"ok"}
    says = "Every call went well." if went_well else "A failed call is a row with its reason, and its cell is unscored."
    whole = table(heads, body, class_="narrow", caption="Outcomes")
    return join(element("h2", "How the calls ended", id="outcomes"), element("p", says, class_="soft"), whole)
