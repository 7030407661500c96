"""`python -m slurm +sweep=leaderboard cluster=NAME`: a sweep as a job of SLURM."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestrator.door import EXIT_DONE, compose, options, run_command, split_arguments
from records.run_paths import RunsPaths
from schemas.errors import ConfigError
from slurm.job_folder import JobFolder
from slurm.jobs import cancel, find_jobs, status_lines
from slurm.submission import jobs_of, prepare

_USAGE = """\
usage: python -m slurm +sweep=NAME cluster=NAME [KEY=VALUE ...] [--dry-run]
       python -m slurm status [JOB | RUN] [runs=FOLDER]
       python -m slurm logs|cancel JOB|RUN [runs=FOLDER]

Submits a sweep: Ray over the job's nodes, and a new start of the same job when its time limit nears.
Settings are those of `python -m orchestrator --help`, and the cluster's.

  cluster=NAME        {clusters}: conf/cluster/NAME.yaml, to be copied from slurm_example
  cluster.KEY=VALUE   sets one of its keys for this job: docs/slurm.md names them
  --dry-run           print the batch script and submit nothing

exit status: 0 done, 1 failed, 2 you can fix it
"""
_TAIL_LINES = 200


def main() -> int:
    """Read the arguments and do what they ask."""
    words, rest = split_arguments(sys.argv[1:])
    if (not words and not rest) or {"-h", "--help"} & set(rest):
        _say(_USAGE.format(clusters=" | ".join(options("cluster"))).rstrip())
        return EXIT_DONE
    if rest and rest[0] in ("status", "logs", "cancel"):
        return _look_after(rest[0], rest[1:], words)
    if rest not in ([], ["--dry-run"]):
        raise ConfigError(f"{rest[0]!r} is neither a setting nor a verb: KEY=VALUE, status, logs, cancel; see --help")
    submission = prepare(words, os.environ)
    if rest:
        _say(submission.script.rstrip())
        return EXIT_DONE
    job = submission.submit()
    _say(f"submitted job {job.job_id}; it goes on by itself until the sweep is done\n  log     {job.log}")
    _say(f"  status  python -m slurm status {job.job_id}{_at(words)}")
    return EXIT_DONE


def _look_after(verb: str, names: Sequence[str], words: Sequence[str]) -> int:
    if len(names) > 1 or (verb != "status" and not names):
        raise ConfigError(f"{verb}: name one job by its number, or a run by its name or folder")
    found = find_jobs(jobs_of(RunsPaths(Path(str(compose(words).values["runs"])))), names[0] if names else None)
    for job in found:
        if verb == "cancel":
            _say(cancel(job))
        elif verb == "logs":
            _print_log(job)
        else:
            _say("\n".join(status_lines(job)))
    return EXIT_DONE


def _print_log(job: JobFolder) -> None:
    if not job.log.is_file():
        raise ConfigError(f"job {job.job_id} has printed nothing yet: {job.log}")
    lines = job.log.read_text(encoding="utf-8", errors="replace").splitlines()
    _say("\n".join(lines[-_TAIL_LINES:]))


def _at(words: Sequence[str]) -> str:
    return "".join(f" {word}" for word in words if word.startswith("runs="))


def _say(text: str) -> None:
    print(text)  # noqa: T201 (the door prints)


if __name__ == "__main__":
    run_command(main)
