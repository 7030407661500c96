"""A run's report: one HTML file that needs no network, loads nothing and runs only its own script."""

from typing import Final

import polars as pl

from analysis.agreement import explain
from analysis.figures import percent
from analysis.ranking import ranked
from analysis.report.changes import heat_maps, magnitudes, nameability, tiers
from analysis.report.costs import claims, costs, false_alarms, outcomes
from analysis.report.judges import agreement, noise
from analysis.report.lamp import lamp
from analysis.report.markup import Html, element, join, page
from analysis.report.official import against, official
from analysis.report.samples import Images, sample_section, take_sample
from analysis.report.script import BROWSER, SCRIPT
from analysis.report.standings import judge_names, standings
from analysis.report.style import STYLE
from analysis.scopes import OVERALL
from analysis.tally import Analysis, RunTables

_CONTENTS: Final = {
    "leaderboard": "Leaderboard",
    "published": "Published rows",
    "tiers": "Tiers",
    "operators": "Kinds of change",
    "magnitude": "Size",
    "nameability": "Found, not named",
    "claims": "Claims",
    "alarms": "False alarms",
    "judges": "Judges",
    "lamp": "Judges under the lamp",
    "noise": "Noise",
    "costs": "Cost",
    "outcomes": "Failures",
    "pairs": "Pairs",
}


def render_report(analysis: Analysis, tables: RunTables, *, title: str, images: Images | None = None) -> str:
    """Return the report as HTML, below 20 MB. `images` gives a pair's stored images by id, or None."""
    sample = take_sample(tables, images)
    sections = [
        standings(analysis), against(analysis), tiers(analysis),
        heat_maps(analysis), magnitudes(analysis), nameability(analysis),
        claims(analysis), false_alarms(analysis), agreement(analysis), lamp(analysis), noise(analysis), costs(analysis),
        outcomes(analysis),
        sample_section(sample, len(tables.pairs)),
    ]  # fmt: skip
    whole = join(*sections)
    links = [element("a", name, href=f"#{place}") for place, name in _CONTENTS.items() if f'id="{place}"' in whole]
    body = join(
        element("header", *_header(analysis, title), element("nav", *links, class_="contents", aria_label="Contents"),
                class_="top"),
        element("nav", element("div", id="tools"), class_="bar", aria_label="Judge and filter"),
        element("main", whole, _foot()),
    )  # fmt: skip
    data = {"pairs-data": sample.pairs, **{f"picture-{name}": address for name, address in sample.pictures.items()}}
    return page(f"{title}: who sees what changed", STYLE, body, script=SCRIPT + BROWSER, data=data)


def _header(analysis: Analysis, title: str) -> list[Html]:
    num_models, num_judges = analysis.leaderboard["model"].n_unique(), len(judge_names(analysis))
    benign = f"; {analysis.num_benign:,} benign controls beside them" if analysis.num_benign else ""
    benign += f"; {analysis.num_unlabelled:,} without truth, of which none is judged" if analysis.num_unlabelled else ""
    facts = (
        f"{analysis.num_pairs:,} pairs of screenshots: {analysis.num_changed:,} changed in one place, "
        f"{analysis.num_unchanged:,} unchanged{benign}. {num_models} rows, {num_judges} judges."
    )
    dataset = [element("p", f"Dataset: {analysis.facts.dataset}.", class_="soft")] if analysis.facts.dataset else []
    found = [element("li", text) for text in findings(analysis)]
    return [
        element("h1", title), element("p", facts, class_="lede"), *dataset,
        *([element("ul", *found, class_="findings")] if found else []), official(analysis),
    ]  # fmt: skip


def findings(analysis: Analysis) -> list[str]:
    """Return what can be said, and what can't, in a sentence for each judge and every two judges."""
    said = [text for judge in judge_names(analysis) for text in _leader(analysis, judge)]
    for one in analysis.judge_agreement.iter_rows(named=True):
        said.append(f"Judges {one['judge_a']} and {one['judge_b']}: {explain(one, analysis.num_pairs)}.")
    return said


def _leader(analysis: Analysis, judge: str) -> list[str]:
    order = ranked(analysis.leaderboard).filter(pl.col("judge") == judge)
    in_rank = order.filter(pl.col("rank").is_not_null())
    num_unranked = len(order) - len(in_rank)
    left_out = f" {num_unranked} rows have no rank: too many of their cells are unscored." if num_unranked else ""
    if in_rank.is_empty():
        return [f"By {judge} nothing is ranked.{left_out}"]
    first = in_rank.row(0, named=True)
    low, high = (percent(first[f"overall_accuracy_{end}"], analysis.num_pairs) for end in ("low", "high"))
    rate = percent(first["overall_accuracy"], analysis.num_pairs)
    said = f"By {judge}, {first['model']} is right on {rate}% of all pairs [{low}–{high}]"
    return [f"{said}{_lead(analysis, judge, in_rank['model'].to_list())}.{left_out}"]


def _lead(analysis: Analysis, judge: str, names: list[str]) -> str:
    if len(names) < 2:
        return ""
    compared = analysis.statistics["comparisons"].filter(
        (pl.col("judge") == judge) & (pl.col("scope_kind") == OVERALL)
        & pl.col("model_a").is_in(names[:2]) & pl.col("model_b").is_in(names[:2])
    )  # fmt: skip
    if compared.is_empty():
        return ""
    is_ahead = bool(compared["is_significant"][0])
    return f"; its lead over {names[1]} is {'beyond chance' if is_ahead else 'inconclusive'}"


def _foot() -> Html:
    says = (
        "Intervals are 95%; docs/statistics.md says how each figure is computed, docs/tables.md where it stands. "
        "Every figure is counted from predictions.parquet and verdicts.parquet beside this file."
    )
    return element("p", says, class_="soft foot")
