"""What earlier runs measured of a row's speed, kept for the plans of later ones.

By what the row asks of its engine and by how many GPUs a replica has; a file of the runs folder, that only estimates
hang on: where it is damaged or missing, rates are assumed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from orchestrator.gpu_roster import num_gpus
from orchestrator.ledger import kind_of
from orchestrator.rows import JudgeRow, ModelRow
from orchestrator.seating import Rate
from records.files import write_json
from schemas.digest import digest
from schemas.protocols import Json


def read_rates(path: Path, rows: Iterable[ModelRow | JudgeRow]) -> dict[str, Rate]:
    """Return what is known of rows that want GPUs, by kind."""
    known = _read(path)
    return {kind_of(row): known[name] for row in rows if num_gpus(row) and (name := _name(row)) in known}


def keep_rates(path: Path, measured: Mapping[str, Rate], rows: Iterable[ModelRow | JudgeRow]) -> None:
    """Add what was measured, by kind; what wasn't measured this time stays as it was."""
    known = _read(path)
    for row in rows:
        rate = measured.get(kind_of(row), Rate())
        if not num_gpus(row) or rate == Rate():
            continue
        before = known.get(_name(row), Rate())
        known[_name(row)] = replace(
            before,
            seconds_per_call=rate.seconds_per_call or before.seconds_per_call,
            start_s=before.start_s if rate.start_s is None else rate.start_s,
        )
    if known:
        write_json({name: _as_json(rate) for name, rate in sorted(known.items())}, path)


def _read(path: Path) -> dict[str, Rate]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(name): Rate(_seconds(rate, "seconds_per_call"), _seconds(rate, "start_s"))
            for name, rate in values.items()
        }
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _seconds(rate: Mapping[str, Json], name: str) -> float | None:
    value = rate.get(name)
    return float(value) if isinstance(value, int | float) and value > 0 else None


def _as_json(rate: Rate) -> dict[str, Json]:
    return {"seconds_per_call": rate.seconds_per_call, "start_s": rate.start_s}


def _name(row: ModelRow | JudgeRow) -> str:
    assert row.engine is not None
    engine, asked = dict(row.engine.identity()), dict(row.component.identity())
    return digest({"engine": engine, "asked": asked, "gpus": num_gpus(row)})
