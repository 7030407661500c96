"""Rows of the store become a run's tables: every finished cell gets exactly one row."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import polars as pl

from orchestrator.keys import Keys
from orchestrator.ledger import PREDICTION, VERDICT, Cell, Ledger, is_judged
from orchestrator.rows import JudgeRow
from records.datasets import Dataset
from records.store import Store
from schemas.records import Truth
from schemas.tables import PREDICTIONS, VERDICTS

_Row = dict[str, Any]


def is_correct(truth: Truth, status: str, verdict: str | None, num_hallucinations: int) -> bool | None:
    """Score a judgement by the benchmark's rule; None where it is unscored."""
    if status != "ok":
        return None
    return num_hallucinations == 0 if truth.is_no_diff else verdict == "correct"


def build_tables(
    ledger: Ledger, store: Store, keys: Keys, dataset: Dataset, judges: tuple[JudgeRow, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return PREDICTIONS and VERDICTS over the cells that have ended, in the plan's order."""
    predictions: list[_Row] = []
    verdicts: list[_Row] = []
    for cell in ledger.cells:
        entry = store.get(PREDICTION, cell.key)
        if entry is None:
            continue
        prediction = _prediction_row(cell, entry.payload, keys)
        predictions.append(prediction)
        verdicts += _verdict_rows(cell, prediction, ledger, store, dataset.truths[cell.pair_id], judges)
    return _frame(predictions, PREDICTIONS), _frame(verdicts, VERDICTS)


def cost_from_nothing_usd(predictions: pl.DataFrame, verdicts: pl.DataFrame) -> float:
    """Return what a run's calls cost together, each key once: what it would cost over an empty store."""
    return sum(
        float(table.unique(key)["cost_usd"].sum())
        for table, key in ((predictions, "prediction_key"), (verdicts.drop_nulls("verdict_key"), "verdict_key"))
    )


def _prediction_row(cell: Cell, payload: _Row, keys: Keys) -> _Row:
    sha256 = keys.prompt_sha256(cell.model, cell.pair_id)
    version = cell.model.prompt.version if cell.model.prompt else ("user_query" if sha256 else None)
    own: _Row = {
        "prediction_key": cell.key,
        "model": cell.model.name,
        "pair_id": cell.pair_id,
        "repeat": cell.repeat,
        "prompt_version": version,
        "prompt_sha256": sha256,
    }
    return own | payload | {"created_at": datetime.fromisoformat(payload["created_at"])}


def _verdict_rows(
    cell: Cell, prediction: _Row, ledger: Ledger, store: Store, truth: Truth, judges: tuple[JudgeRow, ...]
) -> Iterator[_Row]:
    for judge in judges:
        row = _verdict_identity(cell, judge)
        if not truth.is_stated:
            yield row | {"status": "no_truth", "created_at": prediction["created_at"]}
        elif is_judged(prediction["status"], prediction["text"]):
            key = ledger.verdict_key(judge, cell, prediction["text"])
            entry = store.get(VERDICT, key)
            if entry is None:
                continue
            yield row | {"verdict_key": key} | _judged(truth, entry.payload)
        else:
            yield row | _not_judged(prediction)


def _verdict_identity(cell: Cell, judge: JudgeRow) -> _Row:
    return {
        "prediction_key": cell.key,
        "judge": judge.name,
        "judge_version": str(judge.judge.identity()["version"]),
        "judge_prompt_sha256": judge.prompt.sha256 if judge.prompt else None,
        "model": cell.model.name,
        "pair_id": cell.pair_id,
        "repeat": cell.repeat,
    }


def _judged(truth: Truth, payload: _Row) -> _Row:
    num_hallucinations = len(payload["hallucinations"])
    return payload | {
        "num_hallucinations": num_hallucinations if payload["status"] == "ok" else None,
        "is_correct": is_correct(truth, payload["status"], payload["verdict"], num_hallucinations),
        "created_at": datetime.fromisoformat(payload["created_at"]),
    }


def _not_judged(prediction: _Row) -> _Row:
    """Return a verdict without a judge: an answer that was due is wrong, a failed call is unscored."""
    if prediction["status"] == "error":
        return {
            "status": "no_prediction",
            "error_type": prediction["error_type"],
            "error_message": prediction["error_message"],
            "created_at": prediction["created_at"],
        }
    return {"status": "no_answer", "is_correct": False, "created_at": prediction["created_at"]}


def _frame(rows: list[_Row], schema: pl.Schema) -> pl.DataFrame:
    """Build the table column by column: a key that no column has would be an error of ours."""
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in schema}, schema=schema)
