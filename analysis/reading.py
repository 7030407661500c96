"""Read a run's three tables, whole or left on disk, and check them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from analysis.checks import check_tables
from records.files import read_table
from records.run_paths import RunPaths
from schemas.errors import StoreError
from schemas.tables import PREDICTIONS, RUN_PAIRS, VERDICTS, conform


class Tables(NamedTuple):
    """Hold RUN_PAIRS, PREDICTIONS and VERDICTS."""

    pairs: pl.DataFrame
    predictions: pl.DataFrame | pl.LazyFrame
    verdicts: pl.DataFrame | pl.LazyFrame


def read_checked(paths: RunPaths, max_read_bytes: int) -> Tables:
    """Return a run's tables; StoreError names file and row where one is absent, damaged, cut or contradicts itself.

    max_read_bytes: larger files of predictions and verdicts stay on disk.
    """
    tables = Tables(
        read_table(paths.pairs, RUN_PAIRS),
        _read_or_scan(paths.predictions, PREDICTIONS, max_read_bytes),
        _read_or_scan(paths.verdicts, VERDICTS, max_read_bytes),
    )
    check_tables(paths, *tables, _read_manifest(paths))
    return tables


def _read_manifest(paths: RunPaths) -> Mapping[str, Any]:
    """Return a finished run's manifest; {} where the run isn't finished."""
    try:
        content = json.loads(paths.manifest.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{paths.manifest} is damaged ({error}): run the sweep again, finished calls are kept"
        ) from error
    return content if isinstance(content, dict) else {}


def _read_or_scan(path: Path, schema: pl.Schema, max_read_bytes: int) -> pl.DataFrame | pl.LazyFrame:
    if path.stat().st_size <= max_read_bytes:
        return read_table(path, schema)
    try:
        scanned = pl.scan_parquet(path)
        held = conform(scanned.head(0).collect(), schema, path.stem)
    except pl.exceptions.PolarsError as error:
        raise StoreError(f"{path} is damaged ({error}): run the sweep again, finished calls are kept") from error
    known = scanned.collect_schema()
    absent = [pl.lit(None, dtype=held.schema[name]).alias(name) for name in schema if name not in known]
    return scanned.with_columns(absent).select(schema.names())
