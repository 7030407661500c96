"""Jobs that were submitted: which one is meant, how it gets on, its log, its end."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import yaml

from records.run_paths import RunPaths
from schemas.errors import ConfigError
from slurm.job_folder import JobFolder, JobState, job_folders, read_json
from slurm.tools import has_tool, run_tool

_MAX_LISTED = 10


def find_jobs(jobs: Path, word: str | None) -> list[JobFolder]:
    """Return the job of a number, the newest one of a run, or the latest ten; ConfigError where there is none."""
    found = job_folders(jobs)
    if not found:
        raise ConfigError(f"no job was submitted below {jobs.parent}: python -m slurm +sweep=NAME cluster=NAME")
    if word is None:
        return found[:_MAX_LISTED]
    if word.isdigit():
        chosen = [job for job in found if job.job_id == int(word)]
    else:
        address = _address_of_run(jobs.parent, word)
        chosen = [job for job in found if address and _state(job).address == address][:1]
    if not chosen:
        listed = ", ".join(str(job.job_id) for job in found[:_MAX_LISTED])
        raise ConfigError(f"{word}: no job of that number or run below {jobs.parent}; the latest jobs are {listed}")
    return chosen


def status_lines(job: JobFolder) -> Iterator[str]:
    """Say how a job gets on: a line of SLURM's and ours, and one for each node left out."""
    state, submission = _state(job), read_json(job.submission)
    words = [f"job {job.job_id}", _ask_slurm(job.job_id) or "no longer in the queue", submission.get("sweep", "")]
    words.append(state.outcome)
    if state.num_starts > 1:
        words.append(f"{state.num_starts - 1} new starts")
    words.append(f"log {job.log}")
    yield "   ".join(word for word in words if word)
    for name, reason in state.bad_nodes.items():
        yield f"   node {name} is left out: {reason}"


def cancel(job: JobFolder) -> str:
    """End a job; return how the sweep goes on."""
    run_tool("scancel", str(job.job_id))
    submission = read_json(job.submission)
    again = shlex.join(["python", "-m", "slurm", *submission.get("arguments", [])])
    return f"job {job.job_id} is cancelled; every finished call is kept. Go on with:\n  {again}"


def _state(job: JobFolder) -> JobState:
    return JobState.read(job.state) or JobState()


def _ask_slurm(job_id: int) -> str:
    """Return state, time and nodes of a job in the queue; "" where it has left it."""
    if not has_tool("squeue"):
        return ""
    try:
        said = run_tool("squeue", "--noheader", f"--jobs={job_id}", "--format=%T %M of %l %R")
    except ConfigError as error:
        if "Invalid job id" in str(error):
            return ""
        raise
    return said.strip().partition("\n")[0]


def _address_of_run(runs: Path, word: str) -> str:
    """Return the address at which a run's last driver joined Ray: its job had the same."""
    for folder in (Path(word), runs / word):
        path = RunPaths(folder).config
        if path.is_file():
            values = yaml.safe_load(path.read_text(encoding="utf-8"))
            return str(values.get("cluster", {}).get("address") or "")
    return ""
