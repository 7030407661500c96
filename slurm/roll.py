"""Who of a job's nodes is there: by what each says of itself, and by what SLURM says of its step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from slurm.job_folder import JobFolder, NodeReport, read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The nodes of a job at one moment."""

    num_ready: int
    bad: dict[str, str]
    """Why, by name."""
    pending: tuple[str, ...]
    """Names of which nothing is known yet."""

    @classmethod
    def call(cls, job: JobFolder, names: Sequence[str]) -> "Roll":
        """Read what there is about each node."""
        num_ready, bad, pending = 0, {}, []
        for index, name in enumerate(names):
            report = _report(job, index, name)
            if report is None:
                pending.append(name)
            elif report.is_ready:
                num_ready += 1
            else:
                bad[name] = report.reason
        return cls(num_ready=num_ready, bad=bad, pending=tuple(pending))

    def close(self, reason: str) -> "Roll":
        """Count those that are still pending as bad."""
        return replace(self, bad=self.bad | dict.fromkeys(self.pending, reason), pending=())


def _report(job: JobFolder, index: int, name: str) -> NodeReport | None:
    said = read_json(job.node(index))
    report = NodeReport(**said) if said else None
    path = job.node_exit(index)
    if not path.is_file() or (report is not None and not report.is_ready):
        return report
    when = "while the job ran" if report else "before it could say why"
    return NodeReport(name=name, is_ready=False, reason=f"its step ended {when}, status {path.read_text().strip()}")
