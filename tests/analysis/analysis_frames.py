"""Small RUN_PAIRS and VERDICTS frames for the analysis tests."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from schemas.tables import RUN_PAIRS, VERDICTS, conform
from schemas.vocabulary import CHANGED_TIERS, DOMAINS, OPERATORS


def pairs_frame(rows: Sequence[tuple[str, str, str, Sequence[str]]]) -> pl.DataFrame:
    """rows: (id, task_type, difficulty, operators)."""
    frame = pl.DataFrame(
        {
            "id": [row[0] for row in rows],
            "task_type": [row[1] for row in rows],
            "difficulty": [row[2] for row in rows],
            "mutation_types": [[f"mutate_{name}" for name in row[3]] for row in rows],
        },
        schema={"id": pl.String, "task_type": pl.String, "difficulty": pl.String, "mutation_types": pl.List(pl.String)},
    )
    return conform(frame, RUN_PAIRS, "pairs")


def published_pairs(num_per_cell: int = 100, num_no_diff: int = 500, num_unknown: int = 28) -> pl.DataFrame:
    changed = [
        (f"{operator}-{tier}-{number}", "visual_diff", tier, [operator])
        for operator in OPERATORS
        for tier in CHANGED_TIERS
        for number in range(num_per_cell)
    ]
    unchanged = [
        (f"same-{number}", "no_diff", "unknown" if number < num_unknown else "no_diff", [])
        for number in range(num_no_diff)
    ]
    return pairs_frame([*changed, *unchanged])


def verdicts_frame(rows: Iterable[dict[str, object]]) -> pl.DataFrame:
    """Fill what a row leaves out: judge `rules`, repeat 0, status `ok`, no hallucination."""
    filled = [{"judge": "rules", "repeat": 0, "status": "ok", "num_hallucinations": 0} | row for row in rows]
    return conform(
        pl.DataFrame(filled, schema_overrides=_types(filled), infer_schema_length=None), VERDICTS, "verdicts"
    )


def _types(rows: list[dict[str, object]]) -> dict[str, pl.DataType]:
    names = {name for row in rows for name in row}
    return {name: dtype for name, dtype in VERDICTS.items() if name in names}


def random_pairs(seed: int, *, num_pairs: int = 120, num_pages: int | None = None) -> pl.DataFrame:
    """Draw pairs of three operators, some with two of them, a fifth unchanged; pages hold several where told."""
    draw = np.random.default_rng(seed)
    rows: list[tuple[str, str, str, Sequence[str]]] = []
    for number in range(num_pairs):
        operators = draw.choice(OPERATORS[:3], 1 + int(number % 11 == 0), replace=False).tolist()
        changed = (f"c{number}", "visual_diff", str(draw.choice([*CHANGED_TIERS, "odd"])), operators)
        rows.append((f"n{number}", "no_diff", "no_diff", []) if number % 5 == 0 else changed)
    frame = pairs_frame(rows).with_columns(
        domain=pl.Series(draw.choice(DOMAINS[:4], num_pairs)),
        pixel_diff=pl.Series(draw.random(num_pairs).round(2)),
        target_bbox_w=pl.Series(draw.integers(1, 50, num_pairs)),
        target_bbox_h=pl.Series(draw.integers(1, 9, num_pairs)),
    )  # fmt: skip
    if num_pages is None:
        return frame
    return frame.with_columns(page_id=pl.Series([f"page{draw.integers(num_pages)}" for _ in range(num_pairs)]))


def random_verdicts(
    seed: int, pairs: pl.DataFrame, *, num_models: int = 4, judges: Sequence[str] = "ab"
) -> pl.DataFrame:
    """Draw verdicts: a tenth unscored, a tenth unanswered, hallucinations, boxes; absent rows too."""
    draw = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for judge in judges:
        for model in range(num_models):
            for pair in pairs.iter_rows(named=True):
                if draw.random() < 0.02:
                    continue
                rows.append({"judge": judge, "model": f"m{model}", "pair_id": pair["id"], **_said(draw, pair, model)})
    return verdicts_frame(rows)


def _said(draw: np.random.Generator, pair: dict[str, object], model: int) -> dict[str, object]:
    chance = draw.random()
    if chance < 0.1:
        return {"status": "error", "is_correct": None, "num_hallucinations": None, "verdict": None}
    if chance < 0.2:
        return {"status": "no_answer", "is_correct": False, "num_hallucinations": 0, "verdict": None}
    invented = int(draw.integers(0, 3))
    if pair["task_type"] == "no_diff":
        return {"is_correct": invented == 0, "num_hallucinations": invented, "verdict": "missed"}
    verdict = str(draw.choice(["correct", "partial", "missed"], p=[0.2 + 0.1 * model, 0.3, 0.5 - 0.1 * model]))
    return {"is_correct": verdict == "correct", "num_hallucinations": invented, "verdict": verdict}
