"""What a job leaves below `runs/slurm/`: one folder a job, seen by every node, and one log."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from records.files import write_json, write_text

EXIT_REQUEUE: Final = 85
"""Exit status of a head that wants to start again: the script requeues the job."""


@dataclass(frozen=True, slots=True)
class JobFolder:
    """Name the files of one job."""

    root: Path

    @property
    def job_id(self) -> int:
        """Return SLURM's number of the job."""
        return int(self.root.name)

    @property
    def log(self) -> Path:
        """Return what the job printed, all starts one after another."""
        return self.root.with_name(f"{self.root.name}.log")

    @property
    def submission(self) -> Path:
        """Return what was submitted: sweep and arguments."""
        return self.root / "submission.json"

    @property
    def script(self) -> Path:
        """Return the batch script."""
        return self.root / "script.sh"

    @property
    def state(self) -> Path:
        """Return how the job gets on, from start to start."""
        return self.root / "state.json"

    @property
    def address(self) -> Path:
        """Return Ray's address, there once the head has started."""
        return self.root / "address"

    @property
    def token(self) -> Path:
        """Return Ray's token, mode 0600, there while the job runs."""
        return self.root / "token"

    @property
    def exclude(self) -> Path:
        """Return the nodes that the next start should not get."""
        return self.root / "exclude"

    @property
    def ended(self) -> Path:
        """Return what the head writes last; a start without it was cut off."""
        return self.root / "ended"

    def node(self, index: int) -> Path:
        """Return what a node says of itself."""
        return self.root / "nodes" / f"{index}.json"

    def node_exit(self, index: int) -> Path:
        """Return the exit status of a node's step, which SLURM knows even where no Python started."""
        return self.root / "nodes" / f"{index}.exit"


def job_folders(jobs: Path) -> list[JobFolder]:
    """Return every job below a folder, the newest first."""
    found = [JobFolder(path) for path in jobs.glob("*") if path.is_dir() and path.name.isdigit()]
    return sorted(found, key=lambda folder: folder.job_id, reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReport:
    """What a node says of itself: it has joined, or why it has not."""

    name: str
    is_ready: bool
    reason: str = ""

    def write(self, path: Path) -> None:
        """Put it where the head reads it."""
        write_json(asdict(self), path)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """How a job gets on: it outlives a requeue."""

    num_starts: int = 0
    num_finished: int = 0
    """Rows of the store that are finished, at the last look."""
    num_idle_requeues: int = 0
    """Requeues in a row before which the store had not grown."""
    bad_nodes: dict[str, str] = field(default_factory=dict)
    """Why, by node."""
    address: str = ""
    """Ray's, of the last start."""
    outcome: str = ""
    """What the last start came to; empty while it runs."""

    @classmethod
    def read(cls, path: Path) -> "JobState | None":
        """Return what was written last, or None."""
        values = read_json(path)
        return cls(**values) if values else None

    def write(self, path: Path) -> None:
        """Keep it, whole or not at all."""
        write_json(asdict(self), path)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a job starts again, and the state that it starts with."""

    is_requeued: bool
    state: JobState


def decide(state: JobState, num_finished: int, max_idle_requeues: int) -> Verdict:
    """Start again, unless that has brought no finished row `max_idle_requeues` times in a row."""
    if num_finished > state.num_finished:
        state = replace(state, num_finished=num_finished, num_idle_requeues=0)
        return Verdict(True, replace(state, outcome="requeued"))
    if state.num_idle_requeues >= max_idle_requeues:
        outcome = f"stopped: {state.num_idle_requeues} requeues in a row brought no finished call"
        return Verdict(False, replace(state, outcome=outcome))
    return Verdict(True, replace(state, num_idle_requeues=state.num_idle_requeues + 1, outcome="requeued"))


def read_json(path: Path) -> dict[str, Any]:
    """Return a file's object; {} where there is none yet."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


def write_line(text: str, path: Path) -> None:
    """Write one line, which appears whole."""
    write_text(f"{text}\n", path)
