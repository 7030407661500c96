"""Small datasets and ways to run the real command on them."""

import io
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
from PIL import Image, ImageDraw

from records.store import Store
from schemas.tables import PAIRS

ROOT = Path(__file__).resolve().parents[2]
TIERS = ("easy", "medium", "hard")

VOLATILE = ("created_at", "latency_s", "attempts", "num_attempts")
"""And every column of a latency's statistics."""


def png(number: int, color: str) -> bytes:
    image = Image.new("RGB", (96, 64), "white")
    ImageDraw.Draw(image).rectangle((10, 10, 40 + number % 40, 30), fill=color)
    ImageDraw.Draw(image).text((50, 40), str(number), fill="black")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def pair_row(number: int) -> dict[str, object]:
    """Every fifth pair is unchanged; in the others a box turns from navy to red."""
    is_changed = number % 5 != 4
    sentence = f'The "Item {number}" box is red instead of navy.'
    mutation = {
        "type": "color",
        "element": f'"Item {number}" box',
        "property": "background-color",
        "direction": "recolor",
        "old_value": "navy",
        "new_value": "red",
        "template": sentence,
    }
    before = png(number, "navy")
    return {
        "id": f"pair-{number:03d}",
        "image_before": {"bytes": before, "path": None},
        "image_after": {"bytes": png(number, "red") if is_changed else before, "path": None},
        "user_query": "What changed?",
        "ground_truth_diff": sentence if is_changed else "",
        "mutations_text": [sentence] if is_changed else [],
        "mutation_types": ["mutate_color"] if is_changed else [],
        "mutation_dicts_json": [json.dumps(mutation)] if is_changed else [],
        "task_type": "visual_diff" if is_changed else "no_diff",
        "difficulty": TIERS[number % 3] if is_changed else "no_diff",
        "domain": "other",
        "pixel_diff": 0.1 if is_changed else 0.0,
        "target_diff": 1.0 if is_changed else 0.0,
        "outside_diff": 0.0,
        **{
            f"target_bbox_{side}": value if is_changed else -1
            for side, value in zip("xywh", (10, 10, 31, 21), strict=True)
        },
        **{name: None for name in PAIRS if name.startswith("affected")},
        "visual_effects": ["color"],
    }


def write_dataset(path: Path, num_pairs: int) -> Path:
    rows = [pair_row(number) for number in range(num_pairs)]
    pl.DataFrame({name: [row.get(name) for row in rows] for name in PAIRS}, schema=PAIRS).write_parquet(path)
    return path


def command(*overrides: str, dataset: Path, runs: Path) -> list[str]:
    """Return the real command on a dataset, with everything below `runs`."""
    fixed = ["dataset=parquet", f"dataset.path={dataset}", f"runs={runs}"]
    return [sys.executable, "-m", "orchestrator", *fixed, *overrides]


def run(*overrides: str, dataset: Path, runs: Path, timeout_s: float = 120) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*overrides, dataset=dataset, runs=runs),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )


def only_run(runs: Path) -> Path:
    """Return the single run's folder below `runs`."""
    found = [path for path in runs.iterdir() if path.is_dir() and path.name not in ("store", "datasets")]
    assert len(found) == 1, found
    return found[0]


def tables(run_dir: Path) -> dict[str, pl.DataFrame]:
    """Return a run's tables and analysis, times and attempts apart."""
    files = [run_dir / "predictions.parquet", run_dir / "verdicts.parquet", *sorted((run_dir / "analysis").iterdir())]
    frames = {path.stem: pl.read_parquet(path) for path in files}
    return {
        name: frame.drop(VOLATILE, strict=False).select(pl.exclude("^.*latency.*$")) for name, frame in frames.items()
    }


def assert_same_tables(first: Path, second: Path) -> None:
    expected, found = tables(first), tables(second)
    assert expected.keys() == found.keys()
    for name, frame in expected.items():
        assert frame.equals(found[name]), f"table {name} differs"


def finished_rows(runs: Path) -> Counter[tuple[str, str]]:
    """Count finished rows by kind and key over every segment of a store: more than 1 is a call paid twice."""
    counts: Counter[tuple[str, str]] = Counter()
    for segment in sorted((runs / "store").glob("segment-*.log")):
        for line in segment.read_bytes().splitlines():
            parts = line.split(b" ", 2)
            if len(parts) == 3 and line.endswith(b"}"):
                row = json.loads(parts[2])
                counts[row["kind"], row["key"]] += row["finished"]
    assert not Store.open(runs / "store").damage or len(counts) > 0
    return counts
