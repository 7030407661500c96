"""`python -m slurm`: what it prints, and what it refuses before anything is submitted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import slurm_cases as cases

from orchestrator.config import read_sweep
from orchestrator.door import compose
from schemas.errors import ConfigError
from slurm import jobs, submission
from slurm.job_folder import JobFolder, JobState

SWEEP = ("+sweep=baselines", "cluster=slurm_example")


def door(*words: str, environ: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "slurm", *words],
        cwd=cases.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | (environ or {}),
    )


def test_a_dry_run_prints_the_script_and_submits_nothing(tmp_path: Path) -> None:
    done = door(*SWEEP, "cluster.nodes=3", f"runs={tmp_path / 'runs'}", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("#!/bin/bash\n")
    assert "#SBATCH --nodes=3\n" in done.stdout
    assert f"sweep=(+sweep=baselines runs={tmp_path / 'runs'} cluster=ray)\n" in done.stdout
    assert not (tmp_path / "runs").exists()


def test_help_names_the_verbs() -> None:
    done = door("--help")
    assert done.returncode == 0
    assert "status [JOB | RUN]" in done.stdout


def test_without_slurm_a_submission_says_where_to_go(tmp_path: Path) -> None:
    done = door(*SWEEP, f"runs={tmp_path / 'runs'}", environ={"PATH": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr == "error: sbatch is not here: run this where SLURM's commands are, such as a login node\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["+sweep=baselines"], "cluster=local is no SLURM cluster"),
        (["+sweep=baselines", "cluster=nowhere"], "no cluster 'nowhere'"),
        ([*SWEEP, "cluster.partitoin=gpu"], "did you mean cluster.partition"),
        ([*SWEEP, "+cluster.partitoin=gpu"], "unknown setting 'partitoin': did you mean partition"),
        ([*SWEEP, "cluster.also=[{gpus:1}]"], "cluster.also.0: unknown setting 'gpus'"),
        ([*SWEEP, "limit=0"], "limit=0"),
        (["cluster=slurm_example"], "no models to run"),
    ],
)
def test_what_cannot_run_is_refused_before_it_waits_in_a_queue(words: list[str], message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        submission.prepare(words, {})
    assert message in str(raised.value)


def test_the_keys_that_rows_read_are_passed_by_name() -> None:
    words = ["+model@models.gpt=gpt_5_4", "+judge@judges.rules=rules", "cluster=slurm_example", "allow_paid=true"]
    environ = {"OPENAI_API_KEY": "sk-very-secret"}
    submitted = submission.prepare(words, environ)
    assert submitted.job.secrets == ("OPENAI_API_KEY",)
    assert "sk-very-secret" not in submitted.script


def test_a_job_is_found_by_its_number_and_by_its_run(tmp_path: Path) -> None:
    for number, address in ((7, "10.0.0.1:20100"), (8, "10.0.0.2:20228"), (9, "10.0.0.1:20100")):
        JobState(address=address).write(JobFolder(tmp_path / "slurm" / str(number)).state)
    (tmp_path / "leaderboard-6a0f7ce5").mkdir()
    (tmp_path / "leaderboard-6a0f7ce5" / "config.yaml").write_text("cluster: {kind: ray, address: '10.0.0.1:20100'}\n")

    def found(word: str | None) -> list[int]:
        return [job.job_id for job in jobs.find_jobs(tmp_path / "slurm", word)]

    assert found("8") == [8]
    assert found("leaderboard-6a0f7ce5") == found(str(tmp_path / "leaderboard-6a0f7ce5")) == [9]
    assert found(None) == [9, 8, 7]
    for word in ("12", "nothing-here"):
        with pytest.raises(ConfigError, match=f"{word}: no job of that number or run"):
            found(word)


def test_with_no_job_there_is_nothing_to_look_after(tmp_path: Path) -> None:
    done = door("status", f"runs={tmp_path}")
    assert done.returncode == 2
    assert "no job was submitted below" in done.stderr


def test_the_orchestrator_itself_points_here() -> None:
    with pytest.raises(ConfigError, match="python -m slurm instead of python -m orchestrator"):
        read_sweep(compose(SWEEP), SWEEP)
