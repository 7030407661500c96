"""A card and a citation of what was run: models, judges, pairs, prompts, figures, and what they don't say."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from analysis.export.formats import Exported, file_name, write_files
from analysis.export.tables import markdown, page_tables
from analysis.official import badges

_PROJECT: Final = "diffspot-orchestrator"
_BENCHMARK: Final = {
    "type": "article", "title": "DiffSpot", "authors": [{"name": "Tencent"}], "year": 2026,
    "identifiers": [{"type": "other", "value": "arXiv:2605.29615"}],
}  # fmt: skip


def write_card(exported: Exported, folder: Path) -> Sequence[Path]:
    """Write `CARD.md` and `CITATION.cff`."""
    return write_files({"CARD.md": card(exported), "CITATION.cff": citation(exported)}, folder)


def card(exported: Exported) -> str:
    """Return what was run and what came out, as Markdown."""
    analysis, run = exported.analysis, exported.paths.root.resolve().name
    benign = f"; {analysis.num_benign:,} benign controls, in no rate" if analysis.num_benign else ""
    parts = [f"# {run}", f"{analysis.num_pairs:,} pairs: {analysis.num_changed:,} changed, "
             f"{analysis.num_unchanged:,} unchanged{benign}. "
             f"Dataset: {analysis.facts.dataset or 'not named'}."]  # fmt: skip
    parts += ["## Rows", markdown([["model", "role", "weights or adapter", "settings"], *_rows(exported)])]
    parts += ["## Prompts and environment", *(f"- {line}" for line in _settings(exported))]
    tables = page_tables(analysis, exported.judges)
    for badge in (one for one in badges(analysis) if one.judge in exported.judges):
        note = analysis.facts.notes.get(badge.judge)
        parts += [f"## Judge {badge.judge}{f' ({note})' if note else ''}", _badge(badge.open)]
        parts += [markdown(tables[f"leaderboard-{file_name(badge.judge)}"])]
    parts += ["## What these figures don't say", *(f"- {line}" for line in _limits(exported))]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _badge(left: Sequence[Any]) -> str:
    return f"Not official: {'; '.join(f'{one.name} ({one.says})' for one in left)}." if left else "Official."


def _rows(exported: Exported) -> Iterator[list[str]]:
    for name in exported.names:
        row = exported.row(name)
        engine, adapter = row.get("engine") or {}, row.get("adapter") or {}
        weights = " at ".join(str(part) for part in (engine.get("model"), engine.get("revision")) if part)
        settings = json.dumps(adapter.get("sampling") or {}, sort_keys=True)
        yield [name, exported.tables.roles.get(name, "model"), weights or str(adapter.get("kind") or "-"), settings]


def _settings(exported: Exported) -> Iterator[str]:
    for name, read in (exported.config.get("prompts_read") or {}).items():
        told = f"{read.get('version')}, SHA-256 {read.get('sha256')}" if isinstance(read, Mapping) else str(read)
        yield f"prompt {name}: {told}"
    environment = _read_json(exported.paths.environment)
    yield f"git revision: {environment.get('git_revision') or 'not recorded'}"
    packages = {name: version for name, version in (environment.get("packages") or {}).items() if version}
    if packages:
        yield "packages: " + ", ".join(f"{name} {version}" for name, version in packages.items())
    manifest = _read_json(exported.paths.manifest)
    yield f"dataset SHA-256: {manifest.get('dataset_sha256') or 'not recorded'}"


def _limits(exported: Exported) -> Iterator[str]:
    unscored = exported.analysis.leaderboard.filter(pl.col("num_unscored") > 0)
    yield "Intervals are 95% over pairs; they don't reckon with a judge's own errors."
    yield (
        f"{len(unscored)} rows hold unscored cells, which count as wrong." if len(unscored) else "No cell is unscored."
    )
    for judge, names in exported.analysis.contestants.items():
        yield f"Judge {judge} is a contestant: its weights also answer as {', '.join(names)}."
    if any(one.open for one in badges(exported.analysis)):
        yield "Leaderboards that are not official can't be compared with the benchmark's published figures."


def citation(exported: Exported) -> str:
    """Return a citation of the run in the Citation File Format 1.2.0."""
    environment, run = _read_json(exported.paths.environment), exported.paths.root.resolve().name
    fields: dict[str, Any] = {
        "cff-version": "1.2.0", "message": "Cite the run, and the benchmark where its pairs were used.",
        "type": "dataset", "title": f"{_PROJECT} run {run}", "authors": [{"name": f"{_PROJECT} contributors"}],
    }  # fmt: skip
    if environment.get("git_revision"):
        fields["commit"] = environment["git_revision"]
    if (exported.config.get("dataset") or {}).get("kind") == "hub":
        fields["references"] = [_BENCHMARK]
    return yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, Mapping) else {}
