"""`card.md`: what is in a set, how it was made, and what it is not; every figure counted from the file."""

import json
from pathlib import Path

import polars as pl

from pairgen.funnel import Funnel
from records.files import write_text
from schemas.vocabulary import CHANGED_TIERS, VISUAL_DIFF

_COLUMNS = ["id", "task_type", "difficulty", "domain", "mutation_types", "mechanism", "page_id", "renderer"]


def write_card(pairs: Path, funnel: Funnel, path: Path, command: str) -> None:
    """Write the card of a Parquet file. command: the arguments that made it."""
    frame = pl.read_parquet(pairs, columns=_COLUMNS)
    parts = [_front(frame), _contents(frame), _cells(frame), _domains(frame), _making(frame, funnel, command), _LIMITS]
    write_text("\n\n".join(parts) + "\n", path)


def _front(frame: pl.DataFrame) -> str:
    sizes = {True: "n<1K", False: "1K<n<10K" if len(frame) < 10_000 else "10K<n<100K"}
    return f"---\ntask_categories: [image-to-text]\nsize_categories: [{sizes[len(frame) < 1000]}]\n---\n# Pairs"


def _contents(frame: pl.DataFrame) -> str:
    counts = frame.group_by("task_type").len().sort("task_type").rows()
    listed = ", ".join(f"{count:,} `{name}`" for name, count in counts)
    pages = frame["page_id"].n_unique()
    return f"{len(frame):,} pairs of before/after screenshots ({listed}) of {pages:,} pages."


def _cells(frame: pl.DataFrame) -> str:
    changed = frame.filter(task_type=VISUAL_DIFF).with_columns(
        operator=pl.col("mutation_types").list.first().str.strip_prefix("mutate_")
    )
    counts = {(row[0], row[1]): row[2] for row in changed.group_by("operator", "difficulty").len().iter_rows()}
    operators = sorted({operator for operator, _ in counts})
    lines = [f"| operator | {' | '.join(CHANGED_TIERS)} |", f"|---|{'---|' * len(CHANGED_TIERS)}"]
    lines += [f"| {name} | {' | '.join(str(counts.get((name, t), 0)) for t in CHANGED_TIERS)} |" for name in operators]
    others = frame.filter(pl.col("task_type") == "benign").group_by("mechanism").len().sort("mechanism").rows()
    benign = "\n\nBenign controls: " + ", ".join(f"{n} {kind}" for kind, n in others) + "." if others else ""
    return "\n".join(lines) + benign


def _domains(frame: pl.DataFrame) -> str:
    counts = frame.group_by("domain").len().sort(["len", "domain"], descending=[True, False]).rows()
    return "Domains: " + ", ".join(f"{name} {count}" for name, count in counts) + "."


def _making(frame: pl.DataFrame, funnel: Funnel, command: str) -> str:
    renderers = [json.loads(text) for text in frame["renderer"].unique()]
    browsers = ", ".join(sorted({one["browser"] for one in renderers}))
    fonts = sorted({(name, digest) for one in renderers for name, digest in one["fonts"].items()})
    listed = "\n".join(f"- `{name}` {digest[:16] or '(file unknown)'}" for name, digest in fonts)
    return (
        f"## How it was made\n`python -m pairgen {command}` with {browsers}.\n\n"
        f"```\n{funnel.table()}\n{funnel.summary()}\n```\n"
        f"Fonts that drew, and the beginning of each file's SHA-256:\n{listed}"
    )


_LIMITS = """\
## What it is not
- Not DiffSpot: same columns, other pages and another generator; figures don't compare.
- One change a pair, on pages that don't scroll, at one size, in one browser.
- The truth is checked by rules. That none was broken is no proof that a person would put it so: look at the sheet."""
