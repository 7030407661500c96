"""From the command line to a job: the sweep is checked here, before it waits in a queue."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from orchestrator.config import SweepConfig, read_sweep
from orchestrator.door import CONF_DIR, Composed, compose, options
from orchestrator.rows import JudgeRow, ModelRow
from records.files import write_json
from records.run_paths import RunsPaths
from schemas.errors import ConfigError
from schemas.protocols import Json
from slurm.config import SlurmConfig, read_config
from slurm.job_folder import JobFolder
from slurm.script import SweepJob, render
from slurm.tools import run_tool

_JOINED: Final = {"kind": "ray", "num_cpus": None, "address": "auto"}
"""The cluster as the sweep will see it in the job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A job that could be submitted."""

    config: SlurmConfig
    job: SweepJob
    words: tuple[str, ...]
    """What the user wrote after `python -m slurm`."""

    @property
    def script(self) -> str:
        """Return the batch script."""
        return render(self.config, self.job)

    def submit(self) -> JobFolder:
        """Hand the script to sbatch and return the job's folder; ConfigError with SLURM's words where it refuses."""
        self.job.jobs.mkdir(parents=True, exist_ok=True)
        said = run_tool("sbatch", "--parsable", stdin=self.script)
        folder = JobFolder(self.job.jobs / said.strip().partition(";")[0])
        record: dict[str, Json] = {
            "sweep": self.job.sweep,
            "arguments": list(self.words),
            "folder": str(self.job.folder),
        }
        write_json(record, folder.submission)
        return folder


def prepare(words: Sequence[str], environ: Mapping[str, str]) -> Submission:
    """Check cluster and sweep, and say what would be submitted; ConfigError names the first thing wrong."""
    composed = compose(words)
    config = read_cluster(composed)
    sweep = read_sweep(replace(composed, values={**composed.values, "cluster": _JOINED}), words)
    runs = RunsPaths(sweep.runs.absolute())
    job = SweepJob(
        sweep=sweep.name,
        arguments=tuple(word for word in words if not _is_about_cluster(word)),
        folder=Path.cwd(),
        jobs=jobs_of(runs),
        store=runs.store,
        python=sys.executable,
        secrets=tuple(name for name in _secrets(sweep) if name in environ),
    )
    return Submission(config=config, job=job, words=tuple(words))


def read_cluster(composed: Composed) -> SlurmConfig:
    """Return the cluster's config; ConfigError where it is none of SLURM's."""
    values = composed.values["cluster"]
    if values.get("kind") != "slurm":
        known = ", ".join(name for name in options("cluster") if "kind: slurm" in _text(name))
        chosen = composed.choices.get("cluster", "local")
        raise ConfigError(
            f"cluster={chosen} is no SLURM cluster: describe yours in conf/cluster/NAME.yaml and add cluster=NAME "
            f"(there are: {known})"
        )
    return read_config(values)


def jobs_of(runs: RunsPaths) -> Path:
    """Return the folder of the jobs' folders and logs."""
    return runs.root / "slurm"


def _text(cluster: str) -> str:
    return (CONF_DIR / "cluster" / f"{cluster}.yaml").read_text(encoding="utf-8")


def _is_about_cluster(word: str) -> bool:
    key = word.lstrip("+~").partition("=")[0]
    return key == "cluster" or key.startswith("cluster.")


def _secrets(sweep: SweepConfig) -> list[str]:
    rows: list[ModelRow | JudgeRow] = [*sweep.models, *sweep.judges]
    return [name for row in rows for needs in row.needs() for name in needs.env_vars]
