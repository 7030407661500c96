"""The end of everything that a step has started, and of the sweep in time."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import slurm_cases as cases

from slurm.sweep_process import Signals, run_sweep

LEAVES_A_DAEMON = """
import os, subprocess, sys, time
from slurm.process_tree import adopt_orphans, descendants, end_tree
adopt_orphans()
# a shell that ends at once, and leaves one child that ends when told and one that is deaf
subprocess.run(["sh", "-c", "sleep 300 & (trap '' TERM; while :; do sleep 0.2; done) & exit 0"])
before = [process.name for process in descendants()]
started = time.monotonic()
end_tree(1.0)
print(before.count("sleep") >= 1, "sh" in before, len(descendants()), flush=True)
"""


def test_daemons_and_deaf_processes_end_with_the_tree() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVES_A_DAEMON], cwd=cases.ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["True", "True", "0"], "")


LEAVES_A_DAEMON_AND_IS_KILLED = """
import os, pathlib, signal, subprocess, sys, time
from slurm.guardian import start_guardian
folder = pathlib.Path(sys.argv[1])
os.environ["STARTED_FOR"] = str(folder)
start_guardian(folder)
# a daemon of a daemon, in a session of its own, as Ray's are
subprocess.run(["sh", "-c", "setsid sleep 300 &"])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_step_leaves_behind_is_ended(tmp_path: Path) -> None:
    folder = tmp_path / "ray"
    folder.mkdir()
    command = [sys.executable, "-c", LEAVES_A_DAEMON_AND_IS_KILLED, str(folder)]
    # the guardian holds the pipes of whoever is killed: nothing to wait for there
    killed = subprocess.run(command, cwd=cases.ROOT, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    cases.wait_for("the end of the daemon", lambda: not [p for p in Path("/proc").glob("[0-9]*") if is_in(p, folder)])
    cases.wait_for("the end of the folder", lambda: not folder.exists())


def is_in(process: Path, folder: Path) -> bool:
    """Tell whether a process was started by the one above."""
    try:
        return str(folder) in (process / "environ").read_text()
    except OSError:
        return False


def ask_to_end(signals: Signals, file: Path) -> threading.Thread:
    """Drain as soon as the child has written a file, so that its handler is there."""

    def ask() -> None:
        cases.wait_for("the child", file.exists)
        signals.is_draining = True

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        ("sys.exit(3)", 3),  # drains at once
        ("(asked.append(1), len(asked) > 1 and sys.exit(4))", 4),  # gives up when asked again
        ("None", -signal.SIGKILL),  # hangs
    ],
)
def test_a_sweep_is_asked_asked_again_and_killed(handler: str, status: int, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    program = f"""
import pathlib, signal, sys, time
asked = []
signal.signal(signal.SIGTERM, lambda *_: {handler})
pathlib.Path({str(ready)!r}).touch()
while True:
    time.sleep(0.1)
"""
    signals = Signals()
    asking = ask_to_end(signals, ready)
    assert run_sweep([sys.executable, "-c", program], signals, drain_s=3.0) == status
    asking.join()


def test_a_sweep_is_deaf_to_the_signal_that_its_step_gets(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    program = f"import os, pathlib, signal; os.kill(os.getpid(), signal.SIGUSR1); pathlib.Path({str(ready)!r}).touch()"
    assert run_sweep([sys.executable, "-c", program], Signals(), drain_s=3.0) == 0
    assert ready.exists()


def test_signals_are_noted() -> None:
    signals = Signals()
    before = [signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGTERM)]
    try:
        signals.listen()
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0.01)
        assert (signals.is_draining, signals.is_cancelled, signals.has_any) == (True, False, True)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
        assert signals.is_cancelled
    finally:
        for number, handler in zip((signal.SIGUSR1, signal.SIGTERM), before, strict=True):
            signal.signal(number, handler)
