"""The report's leaderboards: who stands where under each judge, with intervals, and which differences stand."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Any, Final

import polars as pl

from analysis.figures import ABSENT, ALSO_JUDGES, count_of, p_figure, percent, points, rate_and_interval, with_counts
from analysis.published import published_rows
from analysis.ranking import ProbeReading, ranked, read_probe, why_none_named
from analysis.report.charts import interval_mark
from analysis.report.markup import Html, element, join, row, table
from analysis.scopes import OVERALL
from analysis.tally import Analysis
from schemas.vocabulary import CHANGED_TIERS

_BARS: Final = {"overall": "overall_accuracy", "named": "diff_recall"}
_OF: Final = {"found": "diff_recall", "unboxed_recall": "diff_recall"}
"""Rates that no table counts -> one over the same pairs."""


def by_judge(judge: str, *parts: str) -> Html:
    """Return what belongs to one judge; the page shows one judge's at a time where its script runs."""
    return element("div", *parts, class_="by-judge", data_judge=judge)


def judge_names(analysis: Analysis) -> list[str]:
    """Return the judges that have verdicts, in the leaderboard's order."""
    return list(analysis.leaderboard["judge"].unique(maintain_order=True))


def contestants(analysis: Analysis, judge: str) -> list[str]:
    """Return a judge's models and baselines, best first."""
    return list(ranked(analysis.leaderboard).filter(pl.col("judge") == judge)["model"])


def standings(analysis: Analysis) -> Html:
    """Return the leaderboard of each judge, and what the probes say of it."""
    board = with_counts(analysis.leaderboard, analysis.statistics["intervals"])
    order = ranked(board).join(analysis.found, on=["judge", "model"], how="left")
    left_open = analysis.statistics["ranks"].select("judge", "model", "rank_best", "rank_worst")
    order = order.join(left_open, on=["judge", "model"], how="left", maintain_order="left")
    probes = board.filter(pl.col("role") == "probe").join(
        analysis.found, on=["judge", "model"], how="left", maintain_order="left"
    )
    legend = (
        "Overall: both kinds of pair together. Named: of the changed pairs, those whose change was named rightly. "
        "Unchanged-ok: of the unchanged pairs, those where nothing was claimed. Found: the changed element was found, "
        "whatever was said of it. No box: named, without the answers that the judge matched by a pixel box. "
        "Could be: the ranks that comparisons on the same pairs leave open, corrected for their number. "
        "Bars are 95% intervals; a cell without a verdict counts as not right."
    )
    shown = [_standing_of(analysis, order, probes, judge) for judge in judge_names(analysis)]
    return join(element("h2", "Leaderboard", id="leaderboard"), *shown, element("p", legend, class_="soft"))


def _standing_of(analysis: Analysis, order: pl.DataFrame, probes: pl.DataFrame, judge: str) -> Html:
    both = [frame.filter(pl.col("judge") == judge) for frame in (order, probes)]
    has_boxes = any(frame["num_boxed"].fill_null(0).sum() > 0 for frame in both)
    boxless = {"no box": "unboxed_recall"} if has_boxes else {}
    figures = {
        "unchanged-ok": "no_diff_specificity",
        "found": "found",
        **{tier: f"{tier}_recall" for tier in CHANGED_TIERS},
        **boxless,
    }
    figures["precision"] = "precision"
    beside = published_rows(analysis)
    tops = {name: _top([*both, pl.DataFrame(beside)] if beside else both, name) for name in _BARS.values()}
    rows = [
        _standing(one, list(figures.values()), analysis.judging_models, tops)
        for frame in both
        for one in frame.iter_rows(named=True)
    ]
    rows += [_standing({**dict.fromkeys(figures.values()), **one}, list(figures.values()), (), tops) for one in beside]
    note, conflict = analysis.facts.notes.get(judge), analysis.contestants.get(judge, ())
    why = why_none_named(analysis.leaderboard, analysis.found, judge, analysis.facts.judge_kinds.get(judge))
    heads = ["rank", "could be", "model", *(f"{name} %" for name in (*_BARS, *figures))]
    return by_judge(
        judge,
        element("h3", f"Leaderboard, judge {judge}", f" ({note})" if note else ""),
        _conflict(conflict),
        table(heads, rows, class_="standings sortable", caption=f"Leaderboard by judge {judge}"),
        element("p", f"{why[0].upper()}{why[1:]}.") if why else "",
        _probes(both[1], analysis),
        _apart(analysis, judge),
    )


def _probes(rows: pl.DataFrame, analysis: Analysis) -> Html:
    readings = [
        read_probe(one, num_changed=analysis.num_changed, is_whole=analysis.is_whole)
        for one in rows.iter_rows(named=True)
    ]
    said = [element("span", f"{one.model}: {one.says}. ", class_=_probe_class(one)) for one in readings]
    return element("p", "Probes measure the judge and are not ranked. ", *said) if said else Html("")


def _probe_class(reading: ProbeReading) -> str:
    if not reading.is_telling:
        return "soft"
    return "good" if reading.is_ok else "bad"


def _conflict(names: Sequence[str]) -> Html:
    if not names:
        return Html("")
    said = f"This judge is a contestant: its weights also answer as {', '.join(names)}."
    return element("p", said, class_="bad")


def _top(frames: Sequence[pl.DataFrame], name: str) -> float:
    """Return where a column's bars end: the next tenth above every interval."""
    highs = [high for frame in frames for high in frame[f"{name}_high"].drop_nulls()]
    return min(1.0, ceil(10 * max(highs, default=1.0)) / 10)


def _standing(
    one: Mapping[str, Any], figures: Sequence[str], judging: Collection[str], tops: Mapping[str, float]
) -> Html:
    role, reason = one["role"], one.get("unranked_reason")
    tags = [element("span", role, class_=f"tag role-{role}")] if role != "model" else []
    tags += [element("span", ALSO_JUDGES, class_="tag")] if one["model"] in judging else []
    tags += [element("span", reason, class_="tag bad")] if reason else []
    cells = [
        figure_cell(str(one.get("rank") or ABSENT), one.get("rank")),
        figure_cell(_left_open(one), one.get("rank_best"), "soft"),
        element("th", element("span", one["model"], class_="who"), *tags, class_="name", scope="row"),
        *(_bar(one, name, top) for name, top in tops.items()),
        *(_rate(one, name) for name in figures),
    ]
    return row(cells, data_model=one["model"], data_role=role)


def _left_open(one: Mapping[str, Any]) -> str:
    best, worst = one.get("rank_best"), one.get("rank_worst")
    if best is None or worst is None:
        return ABSENT
    return f"{best}" if best == worst else f"{best}–{worst}"


def figure_cell(written: str, value: float | None = None, class_: str = "") -> Html:
    """Return a cell flush right; `value` is what the page sorts by."""
    key = None if value is None else f"{value:.6g}"
    return element("td", written, class_=f"figure {class_}".rstrip(), data_v=key)


def _bar(one: Mapping[str, Any], name: str, top: float) -> Html:
    rate = one[name]
    if rate is None:
        return element("td", ABSENT, class_="bar")
    drawing = interval_mark(rate, one[f"{name}_low"], one[f"{name}_high"], rate_and_interval(one, name), top=top)
    words = element("b", percent(rate, count_of(one, name))), _interval(one, name)
    return element("td", *words, drawing, class_="bar", data_v=f"{rate:.6g}")


def _rate(one: Mapping[str, Any], name: str) -> Html:
    """Return a rate's cell, with its interval where the table has one."""
    rate = one[name]
    if rate is None or one.get(f"{name}_low") is None:
        return figure_cell(percent(rate, count_of(one, _OF.get(name, name))), rate)
    words = percent(rate, count_of(one, name)), _interval(one, name)
    return element("td", *words, class_="figure", data_v=f"{rate:.6g}")


def _interval(one: Mapping[str, Any], name: str) -> Html:
    low, high = (percent(one[f"{name}_{end}"], count_of(one, name)) for end in ("low", "high"))
    return element("span", f"{low}–{high}", class_="bounds")


def _apart(analysis: Analysis, judge: str) -> Html:
    """Say of each ranked row whether its lead over the next one is more than chance."""
    compared = analysis.statistics["comparisons"].filter((pl.col("judge") == judge) & (pl.col("scope_kind") == OVERALL))
    if compared.is_empty():
        return Html("")
    by_rows = {frozenset((one["model_a"], one["model_b"])): one for one in compared.iter_rows(named=True)}
    order = ranked(analysis.leaderboard).filter((pl.col("judge") == judge) & pl.col("rank").is_not_null())["model"]
    pairs = [by_rows.get(frozenset(two)) for two in pairwise(order)]
    rows = [_neighbours(one) for one in pairs if one]
    stands = f"{compared['is_significant'].sum()} of {len(compared)} differences in overall accuracy are beyond chance."
    found = analysis.statistics["detectable"].filter((pl.col("judge") == judge) & (pl.col("scope_kind") == OVERALL))
    gap = found["detectable_corrected"][0] if len(found) else None
    missed = f" With {analysis.num_pairs:,} pairs, a gap below {100 * gap:.2g} points may go unnoticed." if gap else ""
    heads = ["row", "next", "ahead by, points", "p", "p, corrected", "verdict"]
    body = table(heads, rows, class_="narrow", caption=f"Each row against the next, judge {judge}")
    says = "Exact McNemar tests on the same pairs, corrected by Holm over every two rows."
    summary = element("summary", "Is each row better than the next?")
    return join(element("p", stands, missed), element("details", summary, body, element("p", says, class_="soft")))


def _neighbours(one: Mapping[str, Any]) -> list[str]:
    low, high = (one[f"difference_{end}"] for end in ("low", "high"))
    count = one["num_pairs"]
    bounds = "" if low is None else f" [{points(low, count)}, {points(high, count)}]"
    verdict = ("good", "beyond chance") if one["is_significant"] else ("soft", "inconclusive")
    if one["difference"] is None:
        return [one["model_a"], one["model_b"], ABSENT, ABSENT, ABSENT, one["reason"] or ""]
    return [
        one["model_a"], one["model_b"], figure_cell(f"{points(one['difference'], count)}{bounds}"),
        figure_cell(p_figure(one["p_value"]), one["p_value"]), figure_cell(p_figure(one["p_holm"]), one["p_holm"]),
        element("span", verdict[1], class_=f"verdict {verdict[0]}"),
    ]  # fmt: skip
