"""What the benchmark's own scripts read and write: predictions, scores, a submission with its leaderboard entry."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from analysis.export.formats import Exported, file_name, write_files, write_zip
from analysis.official import badges
from schemas.vocabulary import NO_DIFF, VISUAL_DIFF

SPLIT: Final = "test"
_TIERS: Final = {"easy_recall": "easy", "med_recall": "medium", "hard_recall": "hard"}
_OURS: Final = {
    "easy_recall": "easy_recall", "med_recall": "medium_recall", "hard_recall": "hard_recall",
    "diff_overall_recall": "diff_recall", "no_diff_specificity": "no_diff_specificity",
    "overall_accuracy": "overall_accuracy",
}  # fmt: skip
"""The benchmark's name for a score -> the leaderboard's."""
_OBJECT: Final = re.compile(r"\{.*\}", re.DOTALL)


def predictions_jsonl(exported: Exported, model: str) -> str:
    """Return a model's answers, a JSON object a line. A failed call has no line: none came, and none is made up."""
    lines = []
    for one in exported.answers(model).filter(pl.col("status") != "error").iter_rows(named=True):
        text = one["text"] or ""
        line = {
            "id": one["pair_id"], "split": SPLIT, "model": model, "prompt_version": one["prompt_version"],
            "raw_response": one["raw_text"] if one["raw_text"] is not None else text, "prediction": text,
        }  # fmt: skip
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    return "".join(lines)


def write_predictions(exported: Exported, folder: Path) -> Sequence[Path]:
    """Write `<model>/predictions.jsonl` for each model."""
    texts = {f"{file_name(name)}/predictions.jsonl": predictions_jsonl(exported, name) for name in exported.names}
    return write_files(texts, folder)


def benchmark_scores(cells: pl.DataFrame) -> dict[str, float | None]:
    """Return the six scores, 0..1, as the benchmark's scripts count them; null where nothing is counted.

    cells: VERDICTS columns beside `task_type, difficulty`, a row a pair. Three ways in which they differ from ours: a
    cell without a verdict leaves the denominator; so an unscored one can raise a score; a verdict on an unchanged pair
    that lacks its list of hallucinations counts as right. An answer that never came is wrong here as in ours: the
    scripts would ask the judge about an empty text, which no row can tell.
    """
    is_right = pl.col("is_correct") | ((pl.col("task_type") == NO_DIFF) & pl.col("lacks_list"))
    marked = cells.with_columns(lacks_list=pl.Series([_lacks_list(one) for one in cells.iter_rows(named=True)]))
    counted = marked.with_columns(is_right=pl.when("lacks_list").then(is_right).otherwise("is_correct"))
    counted = counted.filter(pl.col("is_right").is_not_null())
    changed, same = (counted.filter(pl.col("task_type") == task) for task in (VISUAL_DIFF, NO_DIFF))
    official = counted.filter(pl.col("task_type").is_in([VISUAL_DIFF, NO_DIFF]))
    parts = {name: changed.filter(pl.col("difficulty") == tier) for name, tier in _TIERS.items()}
    parts |= {"diff_overall_recall": changed, "no_diff_specificity": same, "overall_accuracy": official}
    return {name: _share(rows) for name, rows in parts.items()}


def _share(rows: pl.DataFrame) -> float | None:
    return float(rows["is_right"].sum()) / len(rows) if len(rows) else None


def _lacks_list(one: Mapping[str, Any]) -> bool:
    """Tell whether a verdict on an unchanged pair was refused here for want of its list of hallucinations."""
    if one["status"] != "unparsed" or one["task_type"] != NO_DIFF:
        return False
    found = _OBJECT.search(one["raw_text"] or "")
    try:
        reply = json.loads(found[0]) if found else None
    except ValueError:
        return False
    return isinstance(reply, dict) and "hallucinations" not in reply


def scores_json(exported: Exported, model: str, judge: str) -> dict[str, Any]:
    """Return one row's scores in percent, by the benchmark's counting and by ours, and their differences."""
    board = exported.analysis.leaderboard.filter((pl.col("model") == model) & (pl.col("judge") == judge))
    cells = exported.verdicts(model, judge)
    theirs = {name: _percent(rate) for name, rate in benchmark_scores(cells).items()}
    row = board.row(0, named=True) if len(board) else {}
    ours = {name: _percent(row.get(column)) for name, column in _OURS.items()}
    apart = {
        name: round(score - mine, 4) if score is not None and mine is not None else None
        for (name, score), mine in zip(theirs.items(), ours.values(), strict=True)
    }
    judging = cells["judge_version"].drop_nulls()
    is_official = any(one.is_official for one in badges(exported.analysis) if one.judge == judge)
    return {
        "model": model, "judge": judge, "judge_version": judging[0] if len(judging) else None,
        "is_official": is_official, "num_pairs": row.get("num_pairs"), "num_unscored": row.get("num_unscored"),
        "scores": theirs, "scores_of_this_project": ours, "difference": apart,
        "note": "scores: unscored cells leave the denominator; scores_of_this_project: they count as wrong",
    }  # fmt: skip


def _percent(rate: float | None) -> float | None:
    return None if rate is None else round(100 * rate, 4)


def write_scores(exported: Exported, folder: Path) -> Sequence[Path]:
    """Write `<model>/<judge>/scores.json` for each model and judge."""
    texts = {
        f"{file_name(model)}/{file_name(judge)}/scores.json": _json(scores_json(exported, model, judge))
        for model in exported.names
        for judge in exported.judges
    }
    return write_files(texts, folder)


def entry(exported: Exported, model: str, judge: str) -> dict[str, Any]:
    """Return a leaderboard entry as the benchmark lists them: names, family, params, percent to one decimal."""
    row, scores = exported.row(model), scores_json(exported, model, judge)["scores"]
    rounded = {name: None if score is None else round(score, 1) for name, score in scores.items()}
    return {
        "model": model, "display_name": row.get("title") or model, "family": row.get("family"),
        "params": str(row.get("params") or "—"), **rounded,
    }  # fmt: skip


def write_submissions(exported: Exported, folder: Path) -> Sequence[Path]:
    """Write `<model>-<judge>.zip` for each: predictions, scores, entry, and what the official badge says."""
    by_judge = {one.judge: one for one in badges(exported.analysis)}
    written = []
    for model in exported.names:
        for judge in exported.judges:
            badge = by_judge[judge]
            says = {"is_official": badge.is_official, "conditions": [one._asdict() for one in badge.conditions]}
            contents: dict[str, bytes | str] = {
                "predictions.jsonl": predictions_jsonl(exported, model),
                "scores.json": _json(scores_json(exported, model, judge)),
                "entry.json": _json(entry(exported, model, judge)),
                "conditions.json": _json(says),
            }
            written.append(write_zip(contents, folder / f"{file_name(model)}-{file_name(judge)}.zip"))
    return written


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
