"""The sweep as a child of the head's step: told to stop in time, and never left behind."""

import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from types import FrameType
from typing import Final

from slurm.ray_node import ignore_drain_signal

_POLL_S: Final = 0.5
_INSIST_SHARE: Final = 0.5
"""Of the time between SIGUSR1 and the limit: what is still in flight then is given up."""
_KILL_SHARE: Final = 0.8
"""What has not ended then is killed: the rest is for the requeue."""


@dataclass(slots=True)
class Signals:
    """What SLURM has sent to this process so far."""

    is_draining: bool = False
    """SIGUSR1: the time limit is near, or the sweep is over."""
    is_cancelled: bool = False
    """SIGTERM: scancel, or the limit itself."""

    @property
    def has_any(self) -> bool:
        """Tell whether either came."""
        return self.is_draining or self.is_cancelled

    def listen(self) -> None:
        """Note signals from now on."""
        signal.signal(signal.SIGUSR1, self._note)
        signal.signal(signal.SIGTERM, self._note)

    def _note(self, number: int, _: FrameType | None) -> None:
        self.is_draining |= number == signal.SIGUSR1
        self.is_cancelled |= number == signal.SIGTERM


def run_sweep(command: Sequence[str], signals: Signals, drain_s: float) -> int:
    """Run a command to its end and return its exit status.

    Told that the limit is `drain_s` away, or that the job is cancelled, it is sent SIGTERM: finish what is in flight;
    then SIGTERM again: give that up; then SIGKILL, which loses no finished call either.
    """
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=ignore_drain_signal)  # noqa: PLW1509
    steps = [(0.0, signal.SIGTERM), (_INSIST_SHARE, signal.SIGTERM), (_KILL_SHARE, signal.SIGKILL)]
    told_at: float | None = None
    while True:
        try:
            return child.wait(timeout=_POLL_S)
        except subprocess.TimeoutExpired:
            if told_at is None and signals.has_any:
                told_at = monotonic()
            if told_at is not None and steps and monotonic() - told_at >= steps[0][0] * drain_s:
                child.send_signal(steps.pop(0)[1])
