"""The report on what the judges themselves are worth: probes, leniency, corrected rates, self-favouring."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from analysis.console_lamp import SOURCES, favour_words, ranking_words, share
from analysis.corrected import RATES
from analysis.figures import ABSENT, percent
from analysis.probes import CHANGED
from analysis.report.changes import figure
from analysis.report.charts import Estimate, estimate_of, forest
from analysis.report.markup import Html, element, join, table
from analysis.report.standings import by_judge, figure_cell, judge_names
from analysis.scopes import OPERATOR, OVERALL
from analysis.tally import Analysis

_RATE_WORDS: Final = dict(zip(RATES, ("named", "unchanged-ok", "overall"), strict=True))
_SAYS: Final = (
    "Probes are told the truth and answer it rightly, or wrongly in one known way; the hand-written answers come with "
    "the verdicts that they should get. A judge that takes wrong answers is lenient, one that leaves right ones out is "
    "strict. Probes speak regular English, so judges look better on them than on models; the judges without a language "
    "model were mended on the hand-written answers, which flatter those."
)
_CORRECTED_SAYS: Final = (
    "What each rate would be had the judge not erred, if it errs on a row's answers as often as on the probes' or the "
    "hand-written ones (Rogan and Gladen 1978). The intervals hold the uncertainty of that, too."
)


def lamp(analysis: Analysis) -> Html:
    """Return what each judge makes of answers of known worth; nothing where none was judged."""
    accuracy = analysis.statistics["judge_accuracy"]
    favoured = analysis.statistics["self_favouring"]
    if accuracy.is_empty() and favoured.is_empty():
        return Html("")
    parts = [by_judge(judge, *_of_judge(analysis, judge)) for judge in judge_names(analysis)]
    known = [element("p", _SAYS, class_="soft"), _accuracies(accuracy), *parts,
             element("p", _CORRECTED_SAYS, class_="soft")] if not accuracy.is_empty() else []  # fmt: skip
    return join(element("h2", "Judges under the lamp", id="lamp"), *known, _favoured(favoured))


def _accuracies(accuracy: pl.DataFrame) -> Html:
    rows = [_accuracy(one) for one in accuracy.filter(pl.col("scope_kind") == OVERALL).iter_rows(named=True)]
    heads = [
        "judge",
        "by",
        "pairs",
        "right answers",
        "taken %",
        "wrong answers",
        "taken % (leniency)",
        "verdict as it should be %",
        "",
    ]
    return table(heads, rows, class_="narrow sortable", caption="What judges make of right and wrong answers")


def _accuracy(one: Mapping[str, Any]) -> list[str]:
    return [
        element("th", one["judge"], class_="name", scope="row"), SOURCES[one["source"]], one["pair_kind"],
        figure_cell(f"{one['num_right']:,}", one["num_right"]),
        figure_cell(share(one, "sensitivity"), one["sensitivity"]),
        figure_cell(f"{one['num_wrong']:,}", one["num_wrong"]), figure_cell(share(one, "leniency"), one["leniency"]),
        figure_cell(share(one, "accuracy"), one["accuracy"]), one["reason"] or "",
    ]  # fmt: skip


def _of_judge(analysis: Analysis, judge: str) -> list[Html]:
    drawn = probe_figure(analysis, judge)
    caption = f"What {judge} takes of each probe's answers to changed pairs, and what a sound judge says of them"
    by_operator = leniency_figure(analysis, judge)
    return [
        *([figure(drawn, caption)] if drawn else []),
        *([figure(by_operator, f"Wrong answers that {judge} takes, by kind of change")] if by_operator else []),
        _corrected(analysis, judge), _flips(analysis, judge),
    ]  # fmt: skip


def probe_figure(analysis: Analysis, judge: str) -> Html | None:
    """Return the share of each probe's answers to changed pairs that a judge takes; None without probes."""
    probes = analysis.statistics["judge_probes"].filter(
        (pl.col("judge") == judge) & (pl.col("scope_kind") == OVERALL) & (pl.col("pair_kind") == CHANGED)
    )
    rows = [
        estimate_of(one["probe"].replace("_", " "), one, "accepted", note=_expects(one))
        for one in probes.sort("accepted", descending=True, nulls_last=True).iter_rows(named=True)
    ]
    return forest(rows, f"Probes, judge {judge}", low=0, high=1) if rows else None


def _expects(one: Mapping[str, Any]) -> str:
    if one["accepted"] is None:
        return str(one["reason"])
    return f"should be {one['expected']}" if one["expected"] else "no verdict is wrong"


def leniency_figure(analysis: Analysis, judge: str) -> Html | None:
    """Return a judge's leniency by operator; None where no operator has enough wrong answers."""
    held = analysis.statistics["judge_accuracy"].filter(
        (pl.col("judge") == judge) & (pl.col("scope_kind") == OPERATOR) & pl.col("leniency").is_not_null()
    )
    rows: list[Estimate] = [
        estimate_of(one["scope"].replace("_", " "), one, "leniency", note=f"of {one['num_wrong']:,}")
        for one in held.iter_rows(named=True)
    ]
    return forest(rows, f"Leniency by kind of change, judge {judge}", low=0, high=1) if rows else None


def _corrected(analysis: Analysis, judge: str) -> Html:
    held = analysis.statistics["corrected"].filter((pl.col("judge") == judge) & (pl.col("role") != "probe"))
    if held["source"].is_null().all():
        return Html("")
    order = held.filter(pl.col("rate") == RATES[-1]).sort("rank_raw", "model", nulls_last=True)["model"]
    by_name = {(one["model"], one["rate"]): one for one in held.iter_rows(named=True)}
    shared = {rate: _shared_reason(held, rate) for rate in RATES}
    rows = [_corrected_row(name, [by_name[name, rate] for rate in RATES], shared) for name in order]
    heads = [
        "model",
        *(f"{word} %{what}" for word in _RATE_WORDS.values() for what in (", raw", ", corrected [95%]")),
        "",
    ]
    said = analysis.statistics["corrected_rankings"].filter(pl.col("judge") == judge)
    sources = [SOURCES[name] for name in said["source"].drop_nulls().unique()]
    lead = f"Corrected by the {sources[0]}. " if sources else ""
    words = "; ".join(f"{_RATE_WORDS[one['rate']]}: {ranking_words(one)}" for one in said.iter_rows(named=True))
    caption = f"Raw and corrected rates, judge {judge}"
    return join(table(heads, rows, class_="narrow sortable", caption=caption), element("p", f"{lead}{words}."))


def _shared_reason(held: pl.DataFrame, rate: str) -> str | None:
    """Return the reason that all rows share, which is said once below the table."""
    reasons = held.filter(pl.col("rate") == rate)["reason"].unique()
    return reasons[0] if len(reasons) == 1 else None


def _corrected_row(name: str, rates: list[Mapping[str, Any]], shared: Mapping[str, str | None]) -> list[str]:
    cells: list[str] = [element("th", name, class_="name", scope="row")]
    for one in rates:
        cells.append(figure_cell(percent(one["raw"], one["num_pairs"]), one["raw"]))
        cells.append(figure_cell(_written(one), one["corrected"]))
    own = [one for one in rates if one["reason"] and one["reason"] != shared[one["rate"]]]
    return [*cells, "; ".join(f"{_RATE_WORDS[one['rate']]}: {one['reason']}" for one in own)]


def _written(one: Mapping[str, Any]) -> str:
    if one["corrected"] is None:
        return ABSENT
    rate, low, high = (percent(one[f"corrected{end}"], one["num_pairs"]) for end in ("", "_low", "_high"))
    return f"{rate} [{low}-{high}]"


def _flips(analysis: Analysis, judge: str) -> Html:
    flips = analysis.statistics["corrected_flips"].filter(pl.col("judge") == judge)
    if flips.is_empty():
        return Html("")
    rows = [
        [_RATE_WORDS[one["rate"]], one["model_a"], one["model_b"],
         figure_cell(f"{100 * one['raw_difference']:+.1f}", one["raw_difference"]),
         figure_cell(f"{100 * one['corrected_difference']:+.1f}", one["corrected_difference"]),
         "clear" if one["is_clear"] else "may be noise"]
        for one in flips.sort("is_clear", descending=True).head(40).iter_rows(named=True)
    ]  # fmt: skip
    heads = ["rate", "ahead before", "ahead corrected", "before, points", "corrected, points", ""]
    return table(heads, rows, class_="narrow sortable", caption=f"Rows that change places once corrected, {judge}")


def _favoured(favoured: pl.DataFrame) -> Html:
    if favoured.is_empty():
        return Html("")
    rows = [element("li", favour_words(one)) for one in favoured.iter_rows(named=True)]
    says = (
        "A judge whose weights also answer: how much more often it takes its own row's answers than another judge's "
        "rate leads to expect, by the line on which the two judges put all other rows. Corrected by Holm."
    )
    heading = element("h3", "Does a judge favour itself?")
    return join(heading, element("p", says, class_="soft"), element("ul", *rows, class_="findings"))
