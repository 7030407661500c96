"""Read a run's folder, keep its analysis tables, and draw its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from analysis.facts import read_facts
from analysis.pair_measures import Embed, pair_measures
from analysis.reading import read_checked
from analysis.report.document import render_report
from analysis.report.samples import Images
from analysis.tally import Analysis, RunTables, build
from records.files import read_table, write_table, write_text
from records.run_paths import RunPaths
from schemas.analysis_tables import PAIR_MEASURES, STATISTICS
from schemas.errors import StoreError
from schemas.tables import (
    JUDGE_AGREEMENT,
    LEADERBOARD,
    RECALL_BY_OPERATOR,
    REPLAY,
    RUN_PAIRS,
)
from schemas.vocabulary import ROLES

MAX_READ_BYTES: Final = 256 * 2**20
"""Of a table that is read whole."""
_MEASURES: Final = "pair_measures"


def load(paths: RunPaths, *, max_read_bytes: int = MAX_READ_BYTES) -> RunTables:
    """Read a run's folder; StoreError says which file is absent or damaged, or which row can't be (`check_tables`).

    max_read_bytes: predictions and verdicts in larger files stay on disk, and every figure reads the columns it needs.
    """
    if not paths.root.is_dir():
        raise StoreError(f"{paths.root} is not a folder: name a run's folder, such as runs/leaderboard-1a2b3c4d")
    for path in (paths.config, paths.pairs, paths.verdicts, paths.predictions):
        if not path.exists():
            raise StoreError(f"{paths.root} is not a run's folder: it holds no {path.name}; run a sweep first")
    measured = paths.analysis(_MEASURES)
    pairs, predictions, verdicts = read_checked(paths, max_read_bytes)
    return RunTables(
        pairs=pairs,
        predictions=predictions,
        verdicts=verdicts,
        roles=read_roles(paths.config),
        contestants=read_contestants(paths.config),
        facts=read_facts(_read_config(paths.config)),
        families=read_families(paths.config),
        measures=read_table(measured, PAIR_MEASURES) if measured.exists() else None,
    )


def read_families(config: Path) -> dict[str, str]:
    """Return model name to family from a run's `config.yaml`; rows that name none are left out."""
    models = _read_config(config).get("models")
    rows = models.values() if isinstance(models, dict) else models or []
    return {str(row["name"]): str(row["family"]) for row in rows if row.get("family")}


def read_roles(config: Path) -> dict[str, str]:
    """Return model name to role from a run's `config.yaml`, whose `models` is a list or a mapping of rows.

    StoreError where the file isn't such; a row without a role is a `model`.
    """
    models = _read_config(config).get("models")
    rows = list(models.values()) if isinstance(models, dict) else models
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("name") for row in rows):
        raise StoreError(f"{config}: `models` must list rows with a name; run the sweep again to rewrite it")
    roles = {str(row["name"]): str(row.get("role") or ROLES[0]) for row in rows}
    for name, role in roles.items():
        if role not in ROLES:
            raise StoreError(f"{config}: model {name} has role {role!r}; known: {', '.join(ROLES)}")
    return roles


def read_contestants(config: Path) -> dict[str, list[str]]:
    """Return judge name to the models that have its weights, from a run's `config.yaml`; {} where it names none."""
    found = _read_config(config).get("contestants")
    if not isinstance(found, dict):
        return {}
    return {str(judge): [str(name) for name in names] for judge, names in found.items() if isinstance(names, list)}


def read_seed(config: Path) -> int:
    """Return the run's own seed from its `config.yaml`, 0 where it names none."""
    seed = _read_config(config).get("seed")
    return seed if isinstance(seed, int) else 0


def _read_config(config: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(config.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StoreError(f"{config} is damaged ({error}): run the sweep again, finished calls are kept") from error
    return content if isinstance(content, dict) else {}


def measure_images(paths: RunPaths, images: Images | None, *, embed: Embed | None = None) -> pl.DataFrame:
    """Measure every changed pair on its images, keep the table beside the others, and return it.

    images: as `analyse` takes them; StoreError without them. embed: as in `pair_measures`.
    """
    if images is None:
        raise StoreError(
            f"{paths.root}: its dataset's images aren't on this machine; run the sweep's command here first"
        )
    measured = pair_measures(read_table(paths.pairs, RUN_PAIRS), images, embed=embed)
    write_table(measured, paths.analysis(_MEASURES), PAIR_MEASURES)
    return measured


def analyse(
    run_dir: Path, *, images: Images | None = None, num_resamples: int = 2_000, seed: int | None = None
) -> Analysis:
    """Rebuild a run's analysis tables and report from its tables, and return them.

    images: gives a pair's stored images by id (a dataset's `images`); without it the report has no pictures.
    num_resamples, seed: of the bootstrap of tau; the seed is the run's own unless given. Raises StoreError.
    """
    paths = RunPaths(run_dir)
    tables = load(paths)
    seed = read_seed(paths.config) if seed is None else seed
    analysis = build(tables, num_resamples=num_resamples, seed=seed)
    if not analysis.replay.is_empty():
        write_table(analysis.replay, paths.analysis("replay"), REPLAY)
    for name, frame, schema in (
        ("leaderboard", analysis.leaderboard, LEADERBOARD),
        ("recall_by_operator", analysis.recall_by_operator, RECALL_BY_OPERATOR),
        ("judge_agreement", analysis.judge_agreement, JUDGE_AGREEMENT),
    ):
        write_table(frame, paths.analysis(name), schema)
    for name, frame in analysis.statistics.items():
        write_table(frame, paths.analysis(name), STATISTICS[name])
    write_text(render_report(analysis, tables, title=run_dir.resolve().name, images=images), paths.report)
    return analysis
