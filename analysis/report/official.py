"""The report on what may be claimed: the official badge, and the benchmark's published rows beside the run's."""

from analysis.figures import p_figure
from analysis.official import MET, Badge, Condition, badges
from analysis.published import Comparison, against_published, is_comparable
from analysis.report.markup import Html, element, join, table
from analysis.report.standings import by_judge, figure_cell, judge_names
from analysis.tally import Analysis

_CLASSES = {MET: "good", "failed": "bad", "unknown": "half"}


def official(analysis: Analysis) -> Html:
    """Return each judge's badge: whether its leaderboard is official, and the state of every condition."""
    held = badges(analysis)
    if not held:
        return Html("")
    return element("div", *map(_badge, held), class_="badge", id="official")


def _badge(held: Badge) -> Html:
    word = element("b", "Official" if held.is_official else "Not official", class_="good" if held.is_official else "")
    left = (
        "every condition holds"
        if held.is_official
        else f"{len(held.open)} of {len(held.conditions)} conditions are not met"
    )
    summary = element("summary", word, f" by {held.judge}: {left}")
    return element("details", summary, element("ul", *map(_condition, held.conditions)))


def _condition(one: Condition) -> Html:
    state = element("span", one.state, class_=f"verdict {_CLASSES[one.state]}")
    return element("li", state, element("span", f"{one.name}: {one.says}"))


def against(analysis: Analysis) -> Html:
    """Return the run's rows against the published ones of the same name; nothing with another dataset."""
    if not is_comparable(analysis):
        return Html("")
    says = (
        "The benchmark's published figures were judged by gpt-oss-120b. Which pairs they got right isn't published, so "
        "the counts are compared as independent: Fisher's exact test, corrected by Holm, which errs on the side of "
        "inconclusive. Rows marked published in the leaderboards are not this run's."
    )
    parts = [_against(analysis, judge) for judge in judge_names(analysis)]
    heading = element("h2", "Against the published rows", id="published")
    return join(heading, element("p", says, class_="soft"), *parts)


def _against(analysis: Analysis, judge: str) -> Html:
    rows = [_compared(one) for one in against_published(analysis, judge)]
    if not rows:
        return by_judge(judge, element("p", f"No model of this run that {judge} judged is a published one."))
    heads = ["model", "here %", "published %", "difference, points", "p, corrected", "verdict"]
    return by_judge(judge, table(heads, rows, class_="narrow sortable", caption=f"Against published rows, {judge}"))


def _compared(one: Comparison) -> list[str]:
    bounds = f"{100 * one.difference:+.1f} [{100 * one.low:.1f}, {100 * one.high:.1f}]"
    class_, word = ("bad", "differs") if one.is_significant else ("soft", "inconclusive")
    return [
        element("th", one.model, class_="name", scope="row"), figure_cell(f"{100 * one.rate:.1f}", one.rate),
        figure_cell(f"{100 * one.published:.1f}", one.published), figure_cell(bounds, one.difference),
        figure_cell(p_figure(one.p_holm), one.p_holm), element("span", word, class_=f"verdict {class_}"),
    ]  # fmt: skip
