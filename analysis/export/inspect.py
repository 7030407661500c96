"""Inspect AI's log format: a log for each model, its judges as scorers, for Inspect's own reader and viewer.

Source: the log schema of inspect_ai (version 2 of its JSON form). Images are named, not held.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import polars as pl

from analysis.export.formats import Exported, file_name, write_files
from schemas.tables import RATES

_VERSION: Final = 2
_TASK: Final = "diffspot"
_GRADES: Final = {"correct": "C", "partial": "P", "missed": "I"}
_UNKNOWN_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)


def write_logs(exported: Exported, folder: Path) -> Sequence[Path]:
    """Write `<time>_diffspot_<model>.json` for each model: Inspect lists no JSON logs of other names."""
    texts = {}
    for name in exported.names:
        whole = log(exported, name)
        time = datetime.fromisoformat(whole["eval"]["created"]).strftime("%Y-%m-%dT%H-%M-%S+00-00")
        texts[f"{time}_{_TASK}_{file_name(name)}.json"] = json.dumps(whole, ensure_ascii=False)
    return write_files(texts, folder)


def log(exported: Exported, model: str) -> dict[str, Any]:
    """Return one model's log: what was asked, what it said, how every judge took it."""
    answers = exported.answers(model)
    by_pair = {judge: _by_pair(exported.verdicts(model, judge)) for judge in exported.judges}
    pairs = {one["id"]: one for one in exported.tables.pairs.iter_rows(named=True)}
    samples = [
        _sample(one, pairs[one["pair_id"]], {judge: held.get(one["pair_id"]) for judge, held in by_pair.items()})
        for one in answers.iter_rows(named=True)
    ]
    ends = [time if isinstance(time, datetime) else _UNKNOWN_TIME
            for time in (answers["created_at"].min(), answers["created_at"].max())]  # fmt: skip
    return {
        "version": _VERSION,
        "status": "success",
        "eval": _spec(exported, model, ends[0]),
        "plan": {"name": "plan", "steps": []},
        "results": {
            "total_samples": len(exported.tables.pairs), "completed_samples": len(samples),
            "scores": [_score(exported, model, judge) for judge in exported.judges],
        },
        "stats": dict(zip(("started_at", "completed_at"), (time.isoformat() for time in ends), strict=True)),
        "samples": samples,
    }  # fmt: skip


def _by_pair(verdicts: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {one["pair_id"]: one for one in verdicts.filter(pl.col("status").is_not_null()).iter_rows(named=True)}


def _spec(exported: Exported, model: str, started: datetime) -> dict[str, Any]:
    row, dataset = exported.row(model), exported.config.get("dataset") or {}
    engine = row.get("engine") or {}
    run = exported.paths.root.resolve().name
    return {
        "eval_id": _short(run, model), "run_id": _short(run), "task_id": _short(_TASK), "created": started.isoformat(),
        "task": _TASK, "task_version": 0, "model": str(engine.get("model") or model),
        "model_generate_config": {}, "config": {}, "packages": {},
        "dataset": {"name": str(dataset.get("name") or run), "samples": len(exported.tables.pairs), "shuffled": False},
        "scorers": [{"name": judge} for judge in exported.judges],
        "metadata": {"row": model, "run": run, "role": row.get("role"), "family": row.get("family")},
    }  # fmt: skip


def _short(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:22]


def _sample(one: Mapping[str, Any], pair: Mapping[str, Any], verdicts: Mapping[str, Any]) -> dict[str, Any]:
    text = one["text"] or ""
    reply = {"role": "assistant", "content": text, "source": "generate"}
    usage = {"input_tokens": one["prompt_tokens"] or 0, "output_tokens": one["completion_tokens"] or 0}
    usage["total_tokens"] = sum(usage.values())
    served = one["served_model"] or one["model"]
    error = one["error_message"] or one["error_type"]
    return {
        "id": one["pair_id"], "epoch": 1,
        "input": pair["user_query"] or "What changed between the two screenshots?",
        "target": pair["ground_truth_diff"] or "",
        "messages": [reply],
        "output": {
            "model": served, "error": error, "time": one["latency_s"],
            "choices": [{"message": reply, "stop_reason": "max_tokens" if one["status"] == "truncated" else "stop"}],
            "usage": usage,
        },
        "model_usage": {served: usage}, "total_time": one["latency_s"],
        "scores": {judge: _sample_score(text, verdict) for judge, verdict in verdicts.items() if _is_scored(verdict)},
        "metadata": {
            "task_type": pair["task_type"], "difficulty": pair["difficulty"], "domain": pair["domain"],
            "operators": pair["mutation_types"] or [], "status": one["status"], "error": error,
            "before_sha256": pair["before_sha256"], "after_sha256": pair["after_sha256"],
        },
    }  # fmt: skip


def _is_scored(verdict: Mapping[str, Any] | None) -> bool:
    """Tell whether a cell has a score; an unscored one has none in Inspect's sense either."""
    return verdict is not None and verdict["is_correct"] is not None


def _sample_score(text: str, verdict: Mapping[str, Any]) -> dict[str, Any]:
    grade = "C" if verdict["is_correct"] else _GRADES.get(verdict["verdict"] or "", "I")
    told = {name: verdict[name] for name in ("verdict", "status", "matched_by", "num_hallucinations", "hallucinations")}
    return {
        "value": "I" if grade == "C" and not verdict["is_correct"] else grade, "answer": text,
        "explanation": verdict["raw_text"] or verdict["matched_text"], "metadata": told,
    }  # fmt: skip


def _score(exported: Exported, model: str, judge: str) -> dict[str, Any]:
    board = exported.analysis.leaderboard.filter((pl.col("model") == model) & (pl.col("judge") == judge))
    row = board.row(0, named=True) if len(board) else {}
    metrics = {
        name: {"name": name, "value": row[name], "params": {},
               "metadata": {"low": row[f"{name}_low"], "high": row[f"{name}_high"]}}
        for name in RATES if row.get(name) is not None
    }  # fmt: skip
    return {
        "name": judge, "scorer": judge, "params": {}, "metrics": metrics,
        "scored_samples": row.get("num_judged", 0), "unscored_samples": row.get("num_unscored", 0),
    }  # fmt: skip
