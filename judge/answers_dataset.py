"""The sixty hand-written answers as a dataset and a file of predictions, so that a sweep can ask any judge of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from judge.calibration import Example
from schemas.records import Box
from schemas.vocabulary import NO_DIFF

PAIRS: Final = "pairs.parquet"
PREDICTIONS: Final = "predictions.jsonl"
_QUERY: Final = "What differs between the two screenshots?"


def write_dataset(examples: Sequence[Example], folder: Path) -> tuple[Path, Path]:
    """Write a pair and a prediction for each answer; return the two files.

    The pages behind the answers don't exist, so both pictures of each pair are one small white square: no judge looks
    at pictures, and no model that does should be run on this set.
    """
    import polars as pl

    from schemas.tables import PAIRS as COLUMNS
    from schemas.tables import conform

    folder.mkdir(parents=True, exist_ok=True)
    picture = {"bytes": _white_square(), "path": "white.png"}
    rows = [_pair(example) | {"image_before": picture, "image_after": picture} for example in examples]
    types = {name: dtype for name, dtype in COLUMNS.items() if name in rows[0]}
    conform(pl.DataFrame(rows, schema=types), COLUMNS, "pairs").write_parquet(folder / PAIRS)
    lines = [json.dumps({"id": one.answer_id, "prediction": one.case.text}, ensure_ascii=False) for one in examples]
    (folder / PREDICTIONS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / PAIRS, folder / PREDICTIONS


def _pair(example: Example) -> dict[str, Any]:
    truth = example.case.truth
    return {
        "id": example.answer_id, "user_query": _QUERY, "ground_truth_diff": truth.answer,
        "mutations_text": [mutation.template for mutation in truth.mutations],
        "mutation_types": [f"mutate_{mutation.type}" for mutation in truth.mutations],
        "mutation_dicts_json": [json.dumps(asdict(mutation), ensure_ascii=False) for mutation in truth.mutations],
        "task_type": truth.task_type, "difficulty": NO_DIFF if truth.is_no_diff else "medium", "domain": "other",
        "pixel_diff": 0.0, "target_diff": 0.0, "outside_diff": 0.0,
        **_box("target_bbox", truth.target_box), **_box("affected_bbox", truth.affected_box),
        "visual_effects": list(truth.visual_effects),
    }  # fmt: skip


def _box(name: str, box: Box | None) -> dict[str, int]:
    known = box or Box(-1, -1, -1, -1)
    return {f"{name}_{side}": getattr(known, side) for side in "xywh"}


def _white_square() -> bytes:
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (16, 16), "white").save(file, "PNG")
    return file.getvalue()
