"""A bundle without images is judged anew by the very command that its README gives."""

import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import polars as pl

from analysis.export.formats import Exported, export
from records.run_paths import RunPaths

ROOT = Path(__file__).resolve().parents[2]


def _run(*arguments: str, cwd: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, text=True, timeout=300, check=False,
        env=os.environ | {"PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def _only_run(runs: Path) -> Path:
    (found,) = (path.parent for path in runs.glob("*/verdicts.parquet"))
    return found


def test_the_readmes_command_judges_the_same_answers_alike(tmp_path: Path) -> None:
    rows = ["+model@models.px=pixel_diff", "+model@models.all=always_changed", "+judge@judges.mine=rules"]
    _run("orchestrator", *rows, "cluster=inline", "limit=16", f"runs={tmp_path / 'runs'}", cwd=ROOT)
    first = _only_run(tmp_path / "runs")
    (path,) = export(Exported(paths=RunPaths(first), num_resamples=0), "bundle", tmp_path)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / first.name
    (command,) = re.findall(r"```\n(.*?)\n```", (folder / "README.md").read_text(), re.S)
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:3] == ["python", "-m", "orchestrator"]
    _run(*words[2:], "cluster=inline", f"runs={tmp_path / 'again'}", cwd=folder)
    told = [
        pl.read_parquet(run / "verdicts.parquet").select("judge", "model", "pair_id", "status", "verdict", "is_correct")
        .sort("model", "pair_id") for run in (first, _only_run(tmp_path / "again"))
    ]  # fmt: skip
    assert told[0].height == 2 * 16 and told[0].equals(told[1])
    keys = [
        set(pl.read_parquet(run / "verdicts.parquet")["verdict_key"]) for run in (first, _only_run(tmp_path / "again"))
    ]
    assert not keys[0] & keys[1]
