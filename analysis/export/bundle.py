"""A run in one zip without its images: others read it, build its tables again, and judge its answers anew."""

import io
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from shlex import quote
from typing import Final

import polars as pl
from PIL import Image

from analysis.export.benchmark import predictions_jsonl
from analysis.export.card import card, citation
from analysis.export.formats import Exported, file_name, write_zip
from schemas.tables import GENERATED_PAIRS, PUBLISHED_PAIRS

_IMAGELESS: Final = "rejudge/pairs.parquet"


def write_bundle(exported: Exported, folder: Path) -> Sequence[Path]:
    """Write `<run>.zip`: a run's folder without images, and what judging its answers anew takes."""
    run, paths = exported.paths.root.resolve().name, exported.paths
    kept = (paths.config, paths.environment, paths.pairs, paths.predictions, paths.verdicts, paths.manifest)
    contents: dict[str, bytes | str] = {path.name: path.read_bytes() for path in kept if path.exists()}
    contents |= {f"analysis/{path.name}": path.read_bytes() for path in sorted(paths.analysis_dir.glob("*.parquet"))}
    contents |= {"CARD.md": card(exported), "CITATION.cff": citation(exported), "README.md": _readme(exported)}
    contents[_IMAGELESS] = imageless_pairs(exported.tables.pairs)
    contents |= {f"rejudge/{file_name(name)}.jsonl": predictions_jsonl(exported, name) for name in exported.names}
    contents["SHA256SUMS"] = _sums(contents)
    return [write_zip({f"{run}/{name}": content for name, content in contents.items()}, folder / f"{run}.zip")]


def imageless_pairs(pairs: pl.DataFrame) -> bytes:
    """Return the pairs as a dataset whose images are one blank pixel: judges read truths and answers, never images.

    The pixel is part of every verdict's key, so no such verdict is ever taken for one on the real pairs.
    """
    file = io.BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    blank = pl.lit({"bytes": file.getvalue(), "path": "left-out.png"}, dtype=PUBLISHED_PAIRS["image_before"])
    whole = pairs.with_columns(image_before=blank, image_after=blank)
    written = io.BytesIO()
    whole.select(*PUBLISHED_PAIRS, *GENERATED_PAIRS).write_parquet(written)
    return written.getvalue()


def _readme(exported: Exported) -> str:
    rows = " \\\n".join(
        f"    +model@models.row{place}=imported {quote(f'models.row{place}.name={json.dumps(name)}')}"
        f" models.row{place}.adapter.path=rejudge/{file_name(name)}.jsonl"
        for place, name in enumerate(exported.names)
    )
    return (
        f"# {exported.paths.root.resolve().name}\n\n"
        "A run of diffspot-orchestrator without its images. CARD.md says what was run. This folder is a run's folder: "
        "`python -m analysis .` builds its tables and report again.\n\n"
        "To judge the same answers by another judge, with this folder as the current one:\n\n"
        "```\n"
        "python -m orchestrator +judge@judges.mine=rules \\\n"
        f"    dataset=parquet dataset.path={_IMAGELESS} \\\n{rows}\n"
        "```\n\n"
        "The pairs there hold a blank pixel for each image. Rows that look at images would see just that: run "
        "imported rows only. Failed calls have no line and stay unscored. SHA256SUMS lists every file.\n"
    )


def _sums(contents: dict[str, bytes | str]) -> str:
    digests = {name: sha256(part.encode() if isinstance(part, str) else part) for name, part in contents.items()}
    return "".join(f"{digest.hexdigest()}  {name}\n" for name, digest in sorted(digests.items()))
