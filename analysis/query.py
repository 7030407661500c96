"""Ask a run's tables in SQL: pairs, predictions, verdicts and every analysis table, by their names."""

from pathlib import Path

import polars as pl

from analysis.reading import read_checked
from records.run_paths import RunPaths
from schemas.errors import ConfigError, StoreError


def table_files(paths: RunPaths) -> dict[str, Path]:
    """Return the tables that a run holds by name; StoreError where it isn't a run's folder."""
    whole = {path.stem: path for path in (paths.pairs, paths.predictions, paths.verdicts) if path.exists()}
    if not whole:
        raise StoreError(f"{paths.root} is not a run's folder: it holds no tables; run a sweep first")
    return whole | {path.stem: path for path in sorted(paths.analysis_dir.glob("*.parquet"))}


def query(paths: RunPaths, sql: str) -> pl.DataFrame:
    """Return what a SELECT over the run's tables gives; ConfigError says what is wrong with it, and which there are.

    Files are scanned, not read: a question takes the columns that it names. StoreError for tables that contradict
    themselves, as `check_tables` says.
    """
    files = table_files(paths)
    if {"pairs", "predictions", "verdicts"} <= set(files):
        read_checked(paths, max_read_bytes=0)
    try:
        context = pl.SQLContext({name: pl.scan_parquet(path) for name, path in files.items()})
        return context.execute(sql).collect()
    except pl.exceptions.PolarsError as error:
        raise ConfigError(f"query: {error}; tables: {', '.join(files)}") from error


def as_text(frame: pl.DataFrame, *, max_rows: int = 200) -> str:
    """Return a frame as aligned lines; rows beyond `max_rows` are counted, not shown."""
    from analysis.console import aligned

    cells = [["" if value is None else _short(value) for value in row] for row in frame.head(max_rows).iter_rows()]
    numbers = [name for name, dtype in frame.schema.items() if dtype.is_numeric()]
    lines = aligned([frame.columns, *cells], right=numbers) if frame.columns else []
    left = len(frame) - max_rows
    return "\n".join([*lines, *([f"... {left:,} rows more: add LIMIT, or --csv for all"] if left > 0 else [])])


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    said = " ".join(str(value).split())
    return said if len(said) <= 80 else said[:79] + "…"
