"""Small RUN_PAIRS and VERDICTS frames for the analysis tests."""

from collections.abc import Iterable, Sequence

import polars as pl

from schemas.tables import RUN_PAIRS, VERDICTS, conform
from schemas.vocabulary import CHANGED_TIERS, OPERATORS


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
