"""What the tests of keys, ledger and results share: a small opened dataset and rows over it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import sweep_cases as cases

from orchestrator.rows import JudgeRow, ModelRow, read_judge_row, read_model_row
from records.datasets import Dataset, attach, fingerprint_files, pack
from schemas.digest import digest_text
from schemas.protocols import Prompt


def prompt(text: str) -> Prompt:
    return Prompt(text=text, version="own", sha256=digest_text(text))


ENGINE: dict[str, Any] = {"kind": "openai", "model": "m", "base_url": "http://127.0.0.1:9/v1"}


def vlm(key: str = "vlm", *, text: str | None = "What changed?", sampling: Any = None, **engine: Any) -> ModelRow:
    """Return a model row behind an endpoint."""
    adapter = {"kind": "vlm_chat"} | ({"sampling": sampling} if sampling else {})
    values = {"adapter": adapter, "engine": ENGINE | engine}
    return read_model_row(key, values, prompt(text) if text else None, is_by_hand=False)


def model(key: str = "m", kind: str = "scripted", **settings: Any) -> ModelRow:
    """Return a model row without an engine."""
    return read_model_row(key, {"adapter": {"kind": kind} | settings}, None, is_by_hand=False)


def judge(key: str = "j", kind: str = "scripted", text: str = "Judge.", **settings: Any) -> JudgeRow:
    values: dict[str, Any] = {"judge": {"kind": kind} | settings}
    return read_judge_row(key, values, prompt(text), is_by_hand=False)


def llm_judge(key: str = "llm", text: str = "{gt_json} {gt_answer} {vlm_response}", **engine: Any) -> JudgeRow:
    return read_judge_row(key, {"judge": {"kind": "llm"}, "engine": ENGINE | engine}, prompt(text), is_by_hand=False)


def renamed(row: ModelRow, key: str) -> ModelRow:
    return replace(row, key=key, name=key)


def dataset(folder: Path, num_pairs: int = 5) -> Dataset:
    """Open a dataset of which the last pair of five is unchanged."""
    path = cases.write_dataset(folder / "pairs.parquet", num_pairs)
    return opened(path)


def opened(path: Path) -> Dataset:
    fingerprint = fingerprint_files([path])
    target = path.with_name(f"{fingerprint[:8]}.arrow")
    pack([path], target)
    return attach(target, fingerprint)
