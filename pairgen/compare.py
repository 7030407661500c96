"""Compare a new set of pairs with the recorded one: bytes where browser, fonts and pages agree, else truths."""

from pathlib import Path

import polars as pl

from schemas.errors import DatasetError

_TRUTH = ("id", "page_id", "ground_truth_diff", "mutation_dicts_json", "task_type", "difficulty", "domain")


def compare(made: bytes, reference: bytes) -> str:
    """Say in one line how a set's Parquet bytes compare with the reference's."""
    if made == reference:
        return "byte-identical to the reference"
    new, old = _read(made), _read(reference)
    if set(new["renderer"]) == set(old["renderer"]):
        return f"DIFFERS from the reference although browser and fonts are the recorded ones; {_truths(new, old)}"
    return f"made by another browser, fonts or pages, so only truths are compared: {_truths(new, old)}"


def read_reference(path: Path) -> bytes | None:
    """Return a reference file's bytes; None where there is none yet."""
    return path.read_bytes() if path.is_file() else None


def _read(parquet: bytes) -> pl.DataFrame:
    try:
        return pl.read_parquet(parquet, columns=[*_TRUTH, "renderer"])
    except pl.exceptions.PolarsError as error:
        raise DatasetError(f"the reference is not a set that pairgen made: {error}") from error


def _truths(new: pl.DataFrame, old: pl.DataFrame) -> str:
    truths = {row[0]: row for row in old.select(_TRUTH).iter_rows()}
    equal = sum(truths.get(row[0]) == row for row in new.select(_TRUTH).iter_rows())
    return f"{equal} of {max(len(new), len(old))} truths are the same"
