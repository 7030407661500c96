"""A run for other programs: what `python -m analysis export RUN --as ...` writes, by name."""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

import polars as pl

from analysis.run import load, read_seed
from analysis.tally import Analysis, RunTables, build
from records.files import atomic_path, write_text
from records.run_paths import RunPaths
from schemas.errors import ConfigError
from schemas.registry import nearest

FORMATS: Final[Mapping[str, str]] = {
    "predictions": "analysis.export.benchmark:write_predictions",
    "scores": "analysis.export.benchmark:write_scores",
    "submission": "analysis.export.benchmark:write_submissions",
    "tables": "analysis.export.tables:write_tables",
    "figures": "analysis.export.figures:write_figures",
    "inspect": "analysis.export.inspect:write_logs",
    "card": "analysis.export.card:write_card",
    "bundle": "analysis.export.bundle:write_bundle",
}
"""What a run can be exported as -> the function that writes it."""

_OUTSIDE_NAMES: Final = re.compile(r"[^\w.-]+")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(kw_only=True)
class Exported:
    """Hold a run, and which part of it is wanted."""

    paths: RunPaths
    models: Sequence[str] = ()
    """Rows to export; all but probes where none is named."""
    judge: str | None = None
    """Whose verdicts to export; every judge's where none is named."""
    num_resamples: int = 2_000
    """Of the bootstrap, where tables are built."""

    @cached_property
    def tables(self) -> RunTables:
        """Return the run's tables."""
        return load(self.paths)

    @cached_property
    def analysis(self) -> Analysis:
        """Return the analysis tables, built from the run's own."""
        return build(self.tables, num_resamples=self.num_resamples, seed=read_seed(self.paths.config))

    @property
    def config(self) -> Mapping[str, Any]:
        """Return the run's resolved config."""
        return self.tables.facts.config

    @cached_property
    def names(self) -> list[str]:
        """Return the models wanted, sorted; ConfigError for one that has no answers."""
        answers = self.tables.predictions.lazy().filter(pl.col("repeat") == 0)
        held = set(answers.select(pl.col("model").unique()).collect()["model"])
        for name in self.models:
            if name not in held:
                raise ConfigError(f"{self.paths.root}: no answers of model {name!r}: {nearest(name, held)}")
        return sorted(self.models or (name for name in held if self.tables.roles.get(name) != "probe"))

    @cached_property
    def judges(self) -> list[str]:
        """Return the judges wanted, sorted; ConfigError for one that has no verdicts."""
        held = set(self.tables.verdicts.lazy().select(pl.col("judge").unique()).collect()["judge"])
        if self.judge is not None and self.judge not in held:
            raise ConfigError(f"{self.paths.root}: no verdicts of judge {self.judge!r}: {nearest(self.judge, held)}")
        return sorted(held) if self.judge is None else [self.judge]

    def row(self, model: str) -> Mapping[str, Any]:
        """Return a model's config row; {} where the config names none."""
        held = self.config.get("models") or {}
        rows = held.values() if isinstance(held, Mapping) else held
        return next((one for one in rows if isinstance(one, Mapping) and one.get("name") == model), {})

    def answers(self, model: str) -> pl.DataFrame:
        """Return a model's first answers, in the order of the pairs."""
        rows = self.tables.predictions.lazy().filter((pl.col("repeat") == 0) & (pl.col("model") == model)).collect()
        order = self.tables.pairs.select(pl.col("id").alias("pair_id"))
        return order.join(rows, on="pair_id", how="inner", maintain_order="left")

    def verdicts(self, model: str, judge: str) -> pl.DataFrame:
        """Return a judge's verdicts on a model's first answers, with the pair's task type and difficulty."""
        wanted = (pl.col("repeat") == 0) & (pl.col("model") == model) & (pl.col("judge") == judge)
        rows = self.tables.verdicts.lazy().filter(wanted).collect()
        pairs = self.tables.pairs.select(pl.col("id").alias("pair_id"), "task_type", "difficulty", "mutation_types")
        return pairs.join(rows, on="pair_id", how="left", maintain_order="left")


class Writer(Protocol):
    """Write a run in one form."""

    def __call__(self, exported: Exported, folder: Path) -> Sequence[Path]:
        """Write below `folder`; return the files."""
        ...


def export(exported: Exported, form: str, folder: Path | None = None) -> Sequence[Path]:
    """Write a run in the form named; ConfigError where there is no such form. `folder`: RUN/export/FORM if None."""
    if form not in FORMATS:
        raise ConfigError(f"cannot export as {form!r}: {nearest(form, FORMATS)}")
    module, _, name = FORMATS[form].partition(":")
    writer: Writer = getattr(import_module(module), name)
    return writer(exported, folder or exported.paths.root / "export" / form)


def file_name(name: str) -> str:
    """Return a name that is safe as a file's; names that differ stay apart."""
    safe = _OUTSIDE_NAMES.sub("_", name).lstrip(".")[:100] or "_"
    return safe if safe == name else f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def write_files(texts: Mapping[str, str], folder: Path) -> list[Path]:
    """Write texts by their names below a folder, each whole or not at all."""
    for name, text in texts.items():
        write_text(text, folder / name)
    return [folder / name for name in texts]


def write_zip(contents: Mapping[str, bytes | str], path: Path) -> Path:
    """Write a zip; the same contents make the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    with atomic_path(path) as temporary:
        temporary.write_bytes(whole.getvalue())
    return path
