"""Analysis tables as Parquet and CSV, and those that fit a page as Markdown and LaTeX."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from analysis.console_lamp import SOURCES, share
from analysis.export.formats import Exported, file_name
from analysis.figures import agreement_figures, percent, rate_and_interval, with_counts
from analysis.ranking import ranked
from analysis.scopes import OVERALL
from analysis.tally import Analysis
from records.files import atomic_path, write_text

Rows = Sequence[Sequence[str]]
_LATEX: Final = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>|])")


def all_tables(analysis: Analysis) -> dict[str, pl.DataFrame]:
    """Return every analysis table by name."""
    whole = {
        "leaderboard": analysis.leaderboard, "recall_by_operator": analysis.recall_by_operator,
        "judge_agreement": analysis.judge_agreement, **analysis.statistics,
    }  # fmt: skip
    return whole if analysis.replay.is_empty() else whole | {"replay": analysis.replay}


def write_tables(exported: Exported, folder: Path) -> Sequence[Path]:
    """Write every table as Parquet and CSV; leaderboards, recall and what judges are worth as Markdown and LaTeX."""
    written = []
    for name, frame in all_tables(exported.analysis).items():
        for suffix, write in (("parquet", frame.write_parquet), ("csv", frame.write_csv)):
            whole = io.BytesIO()
            write(whole)
            written.append(folder / f"{name}.{suffix}")
            with atomic_path(written[-1]) as temporary:
                temporary.write_bytes(whole.getvalue())
    for name, rows in page_tables(exported.analysis, exported.judges).items():
        for suffix, form in (("md", markdown), ("tex", latex)):
            written.append(folder / f"{name}.{suffix}")
            write_text(form(rows), written[-1])
    return written


def page_tables(analysis: Analysis, judges: Sequence[str]) -> dict[str, Rows]:
    """Return the tables that fit a page, as heads and rows of text: a leaderboard and recall for each judge."""
    tables: dict[str, Rows] = {}
    for judge in judges:
        tables[f"leaderboard-{file_name(judge)}"] = _leaderboard(analysis, judge)
        tables[f"recall-{file_name(judge)}"] = _recall(analysis, judge)
    figures = [
        [f"{one['judge_a']}, {one['judge_b']}", agreement_figures(one)] for one in analysis.judge_agreement.to_dicts()
    ]
    tables |= {"judge_agreement": [["judges", "agreement"], *figures]} if figures else {}
    accuracies = _accuracies(analysis, judges)
    return tables | ({"judge_accuracy": accuracies} if len(accuracies) > 1 else {})


def _accuracies(analysis: Analysis, judges: Sequence[str]) -> Rows:
    held = analysis.statistics["judge_accuracy"].filter(
        pl.col("judge").is_in(list(judges)) & (pl.col("scope_kind") == OVERALL)
    )
    names = ("sensitivity", "leniency", "accuracy")
    rows = [
        [one["judge"], SOURCES[one["source"]], one["pair_kind"], *(share(one, name) for name in names)]
        for one in held.iter_rows(named=True)
    ]
    return [["judge", "by", "pairs", "right answers taken", "wrong answers taken", "as they should be"], *rows]


def _leaderboard(analysis: Analysis, judge: str) -> Rows:
    rates = {"named": "diff_recall", "unchanged-ok": "no_diff_specificity", "overall": "overall_accuracy"}
    board = with_counts(analysis.leaderboard, analysis.statistics["intervals"])
    order = ranked(board).filter(pl.col("judge") == judge)
    rows = [
        [str(one["rank"] or "-"), one["model"], *(rate_and_interval(one, name).strip() for name in rates.values())]
        for one in order.iter_rows(named=True)
    ]
    return [["rank", "model", *(f"{name} % [95%]" for name in rates)], *rows]


def _recall(analysis: Analysis, judge: str) -> Rows:
    order = ranked(analysis.leaderboard).filter(pl.col("judge") == judge)["model"]
    cells = analysis.recall_by_operator.filter((pl.col("judge") == judge) & (pl.col("tier") == "all"))
    operators = cells["operator"].unique(maintain_order=True).to_list()
    held = {(one["model"], one["operator"]): one for one in cells.iter_rows(named=True)}
    rows = [[name, *(_share(held.get((name, operator))) for operator in operators)] for name in order]
    return [["recall %", *operators], *rows]


def _share(one: Mapping[str, float] | None) -> str:
    return "-" if one is None else percent(one["recall"], int(one["num_pairs"]))


def markdown(rows: Rows) -> str:
    """Return a Markdown table; what Markdown would read as marks is escaped."""
    lines = ["| " + " | ".join(_MARKDOWN.sub(r"\\\1", _one_line(cell)) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]) + "\n"


def latex(rows: Rows) -> str:
    """Return a LaTeX tabular with the rules of booktabs; special characters are escaped."""
    escape: Callable[[str], str] = lambda cell: "".join(_LATEX.get(mark, mark) for mark in _one_line(cell))  # noqa: E731
    lines = [" & ".join(map(escape, row)) + r" \\" for row in rows]
    body = [r"\toprule", lines[0], r"\midrule", *lines[1:], r"\bottomrule"]
    return "\n".join([rf"\begin{{tabular}}{{{'l' * len(rows[0])}}}", *body, r"\end{tabular}"]) + "\n"


def _one_line(cell: str) -> str:
    return " ".join(cell.split())
