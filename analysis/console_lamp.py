"""What the judges themselves are worth, in a line or two below each leaderboard."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from analysis.figures import ABSENT, p_figure, percent
from analysis.judge_accuracy import HAND_WRITTEN, PROBES
from analysis.probes import CHANGED
from analysis.scopes import OVERALL
from analysis.tally import Analysis

SOURCES: Final[Mapping[str, str]] = {PROBES: "probes", HAND_WRITTEN: "hand-written answers"}
"""How a calibration's source is called on screen."""
_NAMED: Final = "diff_recall"
_OVERALL: Final = "overall_accuracy"


def lamp_lines(analysis: Analysis, judge: str) -> list[str]:
    """Say how many right and wrong answers a judge takes, and what its ranking is once corrected for that."""
    told = judge_words(analysis, judge)
    lines = [f"lamp    {text}" for text in told]
    rankings = analysis.statistics["corrected_rankings"].filter(pl.col("judge") == judge)
    for one in rankings.filter(pl.col("rate") == _OVERALL).iter_rows(named=True):
        if one["source"] is not None:
            lines.append(f"        corrected by the {SOURCES[one['source']]}: {ranking_words(one)}")
    return lines


def judge_words(analysis: Analysis, judge: str) -> list[str]:
    """Return a sentence for each source: the shares of right and of wrong answers that the judge takes."""
    held = analysis.statistics["judge_accuracy"].filter(
        (pl.col("judge") == judge) & (pl.col("scope_kind") == OVERALL) & (pl.col("pair_kind") == CHANGED)
    )
    return [
        f"{SOURCES[one['source']]}: takes {share(one, 'sensitivity')} of right and "
        f"{share(one, 'leniency')} of wrong answers to changed pairs"
        for one in held.iter_rows(named=True)
    ]


def share(one: Mapping[str, Any], name: str) -> str:
    """Write a rate with its interval: `97% [93-99]`."""
    if one[name] is None:
        return ABSENT
    low, high = (one[f"{name}_{end}"] for end in ("low", "high"))
    bounds = "" if low is None or high is None else f" [{percent(low, 0)}-{percent(high, 0)}]"
    return f"{percent(one[name], 0)}%{bounds}"


def ranking_words(one: Mapping[str, Any]) -> str:
    """Say whether a ranking survives the correction. one: a CORRECTED_RANKINGS row."""
    if one["num_flips"] is None:
        return str(one["reason"])
    over = f"over {one['num_models']} rows"
    tau = "" if one["kendall_tau"] is None else f", tau {one['kendall_tau']:.2f}"
    if not one["num_flips"]:
        return f"no two rows change places {over}{tau}"
    pairs = "1 pair of rows changes" if one["num_flips"] == 1 else f"{one['num_flips']} pairs of rows change"
    return f"{pairs} places, {one['num_clear_flips']} clearly, {over}{tau}"


def favour_lines(analysis: Analysis) -> list[str]:
    """Say of each judge that also answers whether it favours itself."""
    return [f"favour  {favour_words(one)}" for one in analysis.statistics["self_favouring"].iter_rows(named=True)]


def favour_words(one: Mapping[str, Any]) -> str:
    """Say whether a judge favours its own row. one: a SELF_FAVOURING row."""
    lead = f"{one['judge']} on its own {one['model']}"
    lead += f", against {one['other_judge']}" if one["other_judge"] else ""
    if one["favour"] is None or one["p_holm"] is None:
        return f"{lead}: {one['reason']}"
    figures = f"{_points(one['favour'])} points [{_points(one['favour_low'])}, {_points(one['favour_high'])}]"
    word = "inconclusive"
    if one["is_significant"] and one["favour"] > 0:
        word = "it favours itself"
    elif one["favour"] > 0 and one["num_as_favoured"]:
        word = f"{one['num_as_favoured']} of {one['num_other_models']} other rows as much or more"
    return f"{lead}: {figures} beyond what other rows lead to expect, p {p_figure(one['p_holm'])}: {word}"


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"
