"""Hold a run's tables against each other and against what a row may say, before any figure is made of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from records.run_paths import RunPaths
from schemas.errors import StoreError
from schemas.vocabulary import BENIGN, NO_DIFF, PREDICTION_STATUSES, VERDICT_STATUSES, VERDICTS_OF_A_JUDGE, VISUAL_DIFF

_Table = pl.DataFrame | pl.LazyFrame
_REMEDY: Final = "run the sweep again to rebuild the tables, finished calls are kept"
_DONE: Final = "done"
_TASK: Final = "its_task"


def check_tables(
    paths: RunPaths, pairs: pl.DataFrame, predictions: _Table, verdicts: _Table, manifest: Mapping[str, Any]
) -> None:
    """Raise StoreError that names file and row where a run's tables contradict themselves or have lost rows.

    manifest: the run's, {} where it isn't finished: then rows may be absent.
    """
    _check_pairs(paths, pairs)
    told = predictions.lazy(), verdicts.lazy()
    _refuse(paths.predictions, told[0], pairs, _wrong_predictions(), ("model", "pair_id"))
    _refuse(paths.verdicts, told[1], pairs, _wrong_verdicts(), ("judge", "model", "pair_id"))
    done = {group: _done_rows(manifest, group) for group in ("model", "judge")}
    _refuse_cut(paths.predictions, told[0], len(pairs), {"model": done["model"]})
    _refuse_cut(paths.verdicts, told[1], len(pairs), {"judge": done["judge"], "model": done["model"]})


def _check_pairs(paths: RunPaths, pairs: pl.DataFrame) -> None:
    if pairs.is_empty():
        raise StoreError(f"{paths.pairs} holds no pair; {_REMEDY}")
    wrong = pairs.with_row_index("row", offset=1).filter(pl.col("id").is_null() | pl.col("id").is_duplicated())
    if len(wrong):
        row, pair_id = wrong.select("row", "id").row(0)
        raise StoreError(
            f"{paths.pairs}, row {row}: {f'pair {pair_id!r} stands there twice' if pair_id else 'no id'}; {_REMEDY}"
        )


def _wrong_predictions() -> dict[str, pl.Expr]:
    return {
        "names a pair that pairs.parquet doesn't hold": pl.col(_TASK).is_null(),
        f"status is none of {', '.join(PREDICTION_STATUSES)}": ~_is_one_of("status", PREDICTION_STATUSES),
    }


def _wrong_verdicts() -> dict[str, pl.Expr]:
    """Return what is wrong -> the rows in which it is; the rules are design's: status, verdict and is_correct agree."""
    status, is_right = pl.col("status"), pl.col("is_correct")
    is_ok, is_unanswered = status == "ok", status == "no_answer"
    is_same = pl.col(_TASK).is_in([NO_DIFF, BENIGN])
    expected = pl.when(is_same).then(pl.col("num_hallucinations") == 0).otherwise(pl.col("verdict") == "correct")
    is_known = pl.col(_TASK).is_in([NO_DIFF, BENIGN, VISUAL_DIFF])
    return {
        "names a pair that pairs.parquet doesn't hold": pl.col(_TASK).is_null(),
        f"status is none of {', '.join(VERDICT_STATUSES)}": ~_is_one_of("status", VERDICT_STATUSES),
        f"verdict is none of {', '.join(VERDICTS_OF_A_JUDGE)}": pl.col("verdict").is_not_null()
        & ~_is_one_of("verdict", VERDICTS_OF_A_JUDGE),
        "status is ok and is_correct is missing": is_ok & is_right.is_null(),
        "no answer came, yet is_correct isn't false": is_unanswered & is_right.ne_missing(pl.lit(False)),
        "the cell is unscored by its status, yet is_correct says otherwise": ~is_ok
        & ~is_unanswered
        & is_right.is_not_null(),
        "is_correct contradicts the verdict and the hallucinations": is_ok & is_known & is_right.ne_missing(expected),
    }


def _is_one_of(column: str, known: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).is_in(list(known)).fill_null(False)


def _refuse(
    path: Path, rows: pl.LazyFrame, pairs: pl.DataFrame, wrong: Mapping[str, pl.Expr], named: tuple[str, ...]
) -> None:
    """Raise StoreError for the first row in which anything is wrong."""
    tasks = pairs.select(pl.col("id").alias("pair_id"), pl.col("task_type").fill_null("").alias(_TASK)).lazy()
    numbered = rows.with_row_index("row", offset=1).join(tasks, on="pair_id", how="left")
    what = pl.coalesce(pl.when(found).then(pl.lit(says)) for says, found in wrong.items())
    columns = ["row", *named, "status"]
    first = numbered.filter(pl.any_horizontal(*wrong.values())).select(*columns, what.alias("what"))
    found = first.sort("row").head(1).collect(engine="streaming")
    if len(found):
        row = found.row(0, named=True)
        cell = ", ".join(f"{column.removesuffix('_id')} {row[column]}" for column in named)
        raise StoreError(f"{path}, row {row['row']} ({cell}; status {row['status']}): {row['what']}; {_REMEDY}")


def _done_rows(manifest: Mapping[str, Any], group: str) -> list[str]:
    rows = manifest.get("rows")
    held = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return sorted(str(row.get("name")) for row in held if (row.get("group"), row.get("status")) == (group, _DONE))


def _refuse_cut(path: Path, rows: pl.LazyFrame, num_pairs: int, done: Mapping[str, list[str]]) -> None:
    """Raise StoreError where a finished run's table lacks rows, or holds some twice."""
    wanted = pl.DataFrame({"num_rows": [num_pairs]})
    for column, names in done.items():
        wanted = wanted.join(pl.DataFrame({column: names}, schema={column: pl.String}), how="cross")
    counts = rows.filter(pl.col("repeat") == 0).group_by(list(done)).agg(pl.len().alias("num_held"))
    held = wanted.join(counts.collect(engine="streaming"), on=list(done), how="left").fill_null(0)
    wrong = held.filter(pl.col("num_held") != pl.col("num_rows")).sort(list(done))
    if len(wrong):
        row = wrong.row(0, named=True)
        cell = ", ".join(f"{column} {row[column]}" for column in done)
        raise StoreError(
            f"{path}: {cell} has {row['num_held']:,} rows, not one for each of {num_pairs:,} pairs; {_REMEDY}"
        )
