"""The leaderboard as lines of text, for a terminal and for a log."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from analysis.agreement import explain
from analysis.alarm_grid import Grid
from analysis.console_lamp import favour_lines, lamp_lines
from analysis.figures import (
    ABSENT,
    ALSO_JUDGES,
    agreement_figures,
    alarms,
    alarms_and_interval,
    count_of,
    outcome_rows,
    percent,
    rate_and_interval,
    with_counts,
)
from analysis.official import badges, claims_to_be_official
from analysis.ranking import ranked, read_probe, why_none_named
from analysis.replay import flips
from analysis.scopes import OVERALL
from analysis.tally import Analysis

if TYPE_CHECKING:
    from rich.console import Console


class Line(NamedTuple):
    """Hold one line and its style in rich's words; a log drops the style."""

    text: str
    style: str = ""


def show(
    analysis: Analysis, console: "Console", *, header: Sequence[str] = (), notes: Mapping[str, str] | None = None
) -> None:
    """Print the leaderboard: styled on a terminal, plain elsewhere. `header` and `notes` as in `render`."""
    from rich.text import Text

    for line in render(analysis, header=header, notes=notes):
        console.print(Text(line.text, style=line.style), soft_wrap=True)


def render(analysis: Analysis, *, header: Sequence[str] = (), notes: Mapping[str, str] | None = None) -> list[Line]:
    """Return the leaderboard's lines: the caller's facts, a table for each judge, agreement, outcomes.

    header: lines that say what was run; notes: a word on each judge by name, such as `unofficial prompt`. Where
    `notes` are not given, the dataset's line and the notes are those of the run's config.
    """
    lines = [Line(text) for text in (header if notes is not None else [*header, *_dataset(analysis)])]
    notes = analysis.facts.notes if notes is None else {**notes, **analysis.facts.probe_notes}
    legend = [Line(_legend(analysis), "dim")]
    board = with_counts(analysis.leaderboard, analysis.statistics["intervals"])
    table = ranked(board).join(analysis.found, on=["judge", "model"], how="left")
    for (judge,), rows in analysis.leaderboard.partition_by("judge", as_dict=True, maintain_order=True).items():
        said = [notes.get(str(judge)), "judge is a contestant" if judge in analysis.contestants else None]
        note = "; ".join(text for text in said if text)
        lines += [Line(""), Line(f"judge: {judge}{f' ({note})' if note else ''}    % [95%]", "bold")]
        standings = _standings(table.filter(pl.col("judge") == judge), analysis.judging_models)
        lines += [*standings, *legend] if standings else []
        legend = [] if standings else legend
        lines += _remark(analysis, str(judge))
        lines += _apart(analysis, str(judge))
        lines += _alarms(analysis, str(judge))
        lines += _probes(rows.filter(pl.col("role") == "probe"), analysis)
        lines += [Line(text) for text in lamp_lines(analysis, str(judge))]
        lines += _noise(analysis.replay.filter(pl.col("judge") == judge))
    if analysis.leaderboard.is_empty():
        lines.append(Line("no verdicts: nothing to rank", "yellow"))
    return [*lines, *_judges(analysis), *_official(analysis), *_outcomes(analysis)]


def _official(analysis: Analysis) -> list[Line]:
    """Say of each judge whether its leaderboard is official, and on which lines it fails, where one might think so."""
    if not claims_to_be_official(analysis):
        return []
    told = [(one.judge, [condition.name for condition in one.open]) for one in badges(analysis)]
    said = [f"{judge}: {'not official: ' + ', '.join(names) if names else 'official'}" for judge, names in told]
    return [Line(""), *(Line(f"official  {line}") for line in said)]


def _dataset(analysis: Analysis) -> list[str]:
    if analysis.facts.dataset is None:
        return []
    counts = f"{analysis.num_changed:,} changed, {analysis.num_unchanged:,} unchanged"
    counts += f", {analysis.num_benign:,} benign controls" if analysis.num_benign else ""
    counts += f", {analysis.num_unlabelled:,} without truth, not judged" if analysis.num_unlabelled else ""
    return [f"dataset: {analysis.facts.dataset} ({counts})"]


def _legend(analysis: Analysis) -> str:
    has_boxes = bool(analysis.found["num_boxed"].fill_null(0).sum())
    boxless = "no box: named without a pixel box; " if has_boxes else ""
    return f"found: right element; named: right change too; {boxless}overall: both kinds of pair"


def _remark(analysis: Analysis, judge: str) -> list[Line]:
    why = why_none_named(analysis.leaderboard, analysis.found, judge, analysis.facts.judge_kinds.get(judge))
    return [Line(why)] if why else []


def _apart(analysis: Analysis, judge: str) -> list[Line]:
    """Say how many of a judge's differences stand, and how small a one these pairs could show."""
    in_all = (pl.col("judge") == judge) & (pl.col("scope_kind") == OVERALL)
    compared = analysis.statistics["comparisons"].filter(in_all)
    if compared.is_empty():
        return []
    stands = f"{compared['is_significant'].sum()} of {len(compared)} differences in overall are beyond chance"
    shown = analysis.statistics["detectable"].filter(in_all)["detectable_corrected"][0]
    missed = f"with {analysis.num_pairs:,} pairs a gap below {100 * shown:.2g} points may go unnoticed" if shown else ""
    return [Line(f"apart   {'; '.join(filter(None, [stands, missed]))}")]


def _alarms(analysis: Analysis, judge: str) -> list[Line]:
    """Set false alarms on benign controls, in all and by kind, beside the recall that they come with."""
    grid = Grid.of(analysis, judge)
    if grid is None:
        return []
    heads = ["false alarms per 1,000", "all [95%]", *grid.kinds, "named %"]
    rows = [
        [model, alarms_and_interval(whole), *(alarms(one) if one else ABSENT for one in kinds),
         rate_and_interval({**whole, "recall_count": analysis.num_changed}, "recall")]
        for model, whole, kinds in grid.rows
    ]  # fmt: skip
    lines = [Line(text) for text in aligned([heads, *rows], right=grid.kinds)]
    return [Line(""), lines[0]._replace(style="dim"), *lines[1:]]


def _standings(rows: pl.DataFrame, judging: Collection[str]) -> list[Line]:
    if rows.is_empty():
        return []
    has_boxes = bool(rows["num_boxed"].fill_null(0).sum())
    has_models = bool((rows["role"] == "model").any())
    boxless = ["no box"] if has_boxes else []
    heads = ["rank", "model", "found", "named", *boxless, "unchanged-ok", "overall", ""]
    marked = rows.with_columns(mark=pl.when(pl.col("model").is_in(list(judging))).then(pl.lit(ALSO_JUDGES)))
    cells = [_standing(row, has_boxes=has_boxes, has_models=has_models) for row in marked.iter_rows(named=True)]
    lines = [Line(text) for text in aligned([heads, *cells], right=("rank", "found", "no box", "overall"))]
    return [lines[0]._replace(style="dim"), *lines[1:]]


def _standing(row: Mapping[str, Any], *, has_boxes: bool, has_models: bool) -> list[str]:
    num_changed = count_of(row, "diff_recall")
    mark = " (baseline)" if has_models and row["role"] == "baseline" else ""
    boxless = [percent(row["unboxed_recall"], num_changed)] if has_boxes else []
    return [
        str(row["rank"] or "-"),
        row["model"] + mark + (f" ({row['mark']})" if row["mark"] else ""),
        percent(row["found"], num_changed),
        rate_and_interval(row, "diff_recall"),
        *boxless,
        rate_and_interval(row, "no_diff_specificity"),
        percent(row["overall_accuracy"], row["num_pairs"]),
        row["unranked_reason"] or "",
    ]


def aligned(rows: Sequence[Sequence[str]], *, right: Iterable[str] = ()) -> list[str]:
    """Return rows of cells as lines of columns two spaces apart; `right` names the heads set flush right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    flush = {column for column, head in enumerate(rows[0]) if head in set(right)}
    return [
        "  ".join(
            cell.rjust(width) if column in flush else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _probes(rows: pl.DataFrame, analysis: Analysis) -> list[Line]:
    if rows.is_empty():
        return []
    readings = [
        read_probe(row, num_changed=analysis.num_changed, is_whole=analysis.is_whole)
        for row in rows.iter_rows(named=True)
    ]
    parts = [f"{one.model} {percent(one.rate, analysis.num_changed)} {one.says}".rstrip() for one in readings]
    is_ok = all(one.is_ok for one in readings)
    return [Line(f"probes  {'   '.join(parts)}", "" if is_ok else "yellow")]


def _noise(rows: pl.DataFrame) -> list[Line]:
    return [Line(f"noise   {row['model']}: {flips(row)}") for row in rows.iter_rows(named=True)]


def _judges(analysis: Analysis) -> list[Line]:
    rows = analysis.judge_agreement.iter_rows(named=True)
    lines = [
        Line(f"{row['judge_a']} vs {row['judge_b']}: {agreement_figures(row)}: {explain(row, analysis.num_pairs)}")
        for row in rows
    ]
    favoured = [Line(text) for text in favour_lines(analysis)]
    return [Line(""), *(Line(f"judges  {line.text}") for line in lines), *favoured] if lines or favoured else []


def _outcomes(analysis: Analysis) -> list[Line]:
    """Return one line where all went well, else a table of outcomes that adds up to every cell."""
    tables = {"answers": analysis.answers, "verdicts": analysis.verdicts}
    rows = outcome_rows(tables)
    if {row[0] for row in rows[1:-1]} <= {"ok"}:
        num_answers, num_verdicts = rows[-1][1:]
        return [Line(""), Line(f"every call went well: {num_answers} answers, {num_verdicts} verdicts")]
    lines = [Line(text) for text in aligned(rows, right=tables)]
    return [Line(""), lines[0]._replace(style="dim"), *lines[1:]]
