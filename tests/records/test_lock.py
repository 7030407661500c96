"""Locks: who is refused, who takes over, and that of several exactly one does."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from store_cases import start_python

from records.lock import Lock, LockTiming, State, Watch
from schemas.errors import LockError, StoreError

QUICK = LockTiming(beat_s=0.05, stale_after_s=0.6)
ELSEWHERE = {"host": "node7", "pid": 4242, "machine": "another boot pid:[1]", "started": "99", "what": "run r"}


def write_lock(path: Path, generation: int = 1, counter: int = 0, **holder: Any) -> Path:
    """Write what a holder on another machine would have written."""
    file = path.with_name(f"{path.name}.{generation:08d}")
    file.write_text(f"{counter:020d}\n{json.dumps(ELSEWHERE | holder)}\n")
    return file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def beating(file: Path) -> Iterator[None]:
    """Raise a lock's counter as its holder elsewhere would."""
    stop = threading.Event()

    def beat() -> None:
        number = 0
        with file.open("r+b", buffering=0) as opened:
            while not stop.wait(0.02):
                number += 1
                os.pwrite(opened.fileno(), b"%020d" % number, 0)

    thread = threading.Thread(target=beat)
    thread.start()
    yield
    stop.set()
    thread.join()


def test_the_second_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "run" / "lock"
    with Lock.acquire(path, "run r") as lock:
        lock.check()
        told = rf"run r: host \S+, pid {os.getpid()} \(run r\) is at it.*`kill {os.getpid()}` on .*run the same command"
        with pytest.raises(LockError, match=told):
            Lock.acquire(path, "run r")
        lock.check()
    Lock.acquire(path, "run r").release()
    assert names(path.parent) == ["lock.00000002"]


def test_a_discarded_lock_leaves_nothing(tmp_path: Path) -> None:
    Lock.acquire(tmp_path / "lock", "segment").discard()
    assert names(tmp_path) == []


def test_two_locks_in_one_folder_are_apart(tmp_path: Path) -> None:
    with Lock.acquire(tmp_path / "lock", "one"), Lock.acquire(tmp_path / "lock.2", "two") as second:
        second.check()


HOLDER = """
import sys, time
from pathlib import Path
from records.lock import Lock, LockTiming
from schemas.errors import StoreError
lock = Lock.acquire(Path(sys.argv[1]), "run r", timing=LockTiming(beat_s=0.05, stale_after_s=float(sys.argv[2])))
print("held", flush=True)
while True:
    try:
        lock.check()
    except StoreError as error:
        print(error, flush=True)
        break
    time.sleep(0.02)
"""


def start_holder(path: Path, stale_after_s: float = 30) -> "subprocess.Popen[str]":
    holder = start_python(HOLDER, str(path), str(stale_after_s))
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_killed_holder_is_succeeded_at_once(tmp_path: Path) -> None:
    """Not even its parent has noticed yet: a process of which only its exit status is left holds nothing."""
    holder = start_holder(tmp_path / "lock")
    with pytest.raises(LockError, match=f"pid {holder.pid}"):
        Lock.acquire(tmp_path / "lock", "run r")
    os.kill(holder.pid, signal.SIGKILL)
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
    said: list[str] = []
    with Lock.acquire(tmp_path / "lock", "run r", say=said.append):
        assert said == []
    holder.communicate()


def test_a_holder_on_this_machine_may_stand_still(tmp_path: Path) -> None:
    """Its process is there: silence alone doesn't make it dead, however long."""
    holder = start_holder(tmp_path / "lock", QUICK.stale_after_s)
    os.kill(holder.pid, signal.SIGSTOP)
    time.sleep(2 * QUICK.stale_after_s)
    with pytest.raises(LockError):
        Lock.acquire(tmp_path / "lock", "run r", timing=QUICK)
    holder.kill()
    holder.communicate()


def test_another_process_with_the_same_pid_is_not_the_holder(tmp_path: Path) -> None:
    Lock.acquire(tmp_path / "lock", "run r").release()
    file = tmp_path / "lock.00000001"
    counter, text = file.read_text().splitlines()
    assert counter == "released".ljust(20)
    file.write_text(f"{0:020d}\n{text}\n")
    assert Watch(tmp_path / "lock").look() is State.HELD
    file.write_text(f"{0:020d}\n{json.dumps(json.loads(text) | {'started': '1'})}\n")
    assert Watch(tmp_path / "lock").look() is State.DEAD


def test_a_silent_holder_elsewhere_is_succeeded_after_watching_it(tmp_path: Path) -> None:
    write_lock(tmp_path / "lock", counter=17)
    said: list[str] = []
    started = time.monotonic()
    with Lock.acquire(tmp_path / "lock", "run r", timing=QUICK, say=said.append):
        assert time.monotonic() - started >= QUICK.stale_after_s
    assert said == ["host node7, pid 4242 (run r) may still hold run r: looking for up to 0.6 s"]


def test_a_beating_holder_elsewhere_refuses(tmp_path: Path) -> None:
    file = write_lock(tmp_path / "lock")
    with beating(file), pytest.raises(LockError, match="host node7, pid 4242"):
        Lock.acquire(tmp_path / "lock", "run r")


@pytest.mark.parametrize("content", ["", "00000000000000000", "00000000000000000003\n{", "0\n[]\n"])
def test_a_lock_whose_holder_died_while_creating_it(tmp_path: Path, content: str) -> None:
    (tmp_path / "lock.00000001").write_text(content)
    with Lock.acquire(tmp_path / "lock", "run r", timing=QUICK):
        assert names(tmp_path) == ["lock.00000002"]


@pytest.mark.parametrize("date", [0.0, 4e9])
def test_no_clock_of_another_host_is_read(tmp_path: Path, date: float) -> None:
    """A date far off, either way, changes nothing: only whether the counter moves while one watches."""
    path, now = tmp_path / "lock", [1000.0]
    os.utime(write_lock(path), (date, date))
    watch = Watch(path, QUICK, clock=lambda: now[0])
    assert watch.look() is State.UNKNOWN
    now[0] += 0.59
    assert watch.look() is State.UNKNOWN
    now[0] += 0.02
    assert watch.look() is State.DEAD
    os.utime(write_lock(path, counter=1), (date, date))
    assert watch.look() is State.HELD


def test_a_late_taker_cannot_take_a_lock_that_went_on(tmp_path: Path) -> None:
    """It judged generation 1, sleeps while others take 2, release it and take 3, then creates 2."""
    write_lock(tmp_path / "lock", pid=1)
    Lock.acquire(tmp_path / "lock", "second", timing=QUICK).release()
    with Lock.acquire(tmp_path / "lock", "third", timing=QUICK) as third:
        assert Lock._create(tmp_path / "lock", "late", QUICK, 2) is None
        assert Lock._create(tmp_path / "lock", "late", QUICK, 3) is None
        third.check()
        assert names(tmp_path) == ["lock.00000003"]


def test_a_holder_that_stood_still_learns_that_it_lost(tmp_path: Path) -> None:
    holder = start_holder(tmp_path / "lock", QUICK.stale_after_s)
    os.kill(holder.pid, signal.SIGSTOP)
    file = tmp_path / "lock.00000001"
    mine = json.loads(file.read_bytes().split(b"\n")[1])
    with file.open("r+b") as opened:  # in place, as if it ran elsewhere: its own handle stays good
        opened.seek(21)
        opened.write(json.dumps(mine | {"machine": "elsewhere"}).encode().ljust(len(json.dumps(mine))) + b"\n")
        opened.truncate()
    with Lock.acquire(tmp_path / "lock", "run r", timing=QUICK) as lock:
        os.kill(holder.pid, signal.SIGCONT)
        told = holder.communicate(timeout=60)[0]
        assert f"was taken over by host {mine['host']}, pid {os.getpid()}" in told
        lock.check()


def test_a_heartbeat_that_cannot_be_written_or_has_died_is_told(tmp_path: Path) -> None:
    lock = Lock.acquire(tmp_path / "lock", "run r", timing=QUICK)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, lock._file)
    os.close(full)
    lock._beat()
    with pytest.raises(StoreError, match=r"cannot keep .*lock"):
        lock.check()
    lock._failure = None
    lock._end()
    with pytest.raises(StoreError, match="its heartbeat has died"):
        lock.check()
    os.close(lock._file)


RACER = """
import sys
from pathlib import Path
from records.lock import Lock, LockTiming
from schemas.errors import LockError
print("ready", flush=True)
held = []
for line in sys.stdin:
    try:
        timing = LockTiming(beat_s=0.05, stale_after_s=0.2)
        held.append(Lock.acquire(Path(line.strip()), "race", timing=timing))
        print("won", flush=True)
    except LockError:
        print("lost", flush=True)
"""


@pytest.mark.parametrize(("before", "num_rounds"), [("free", 40), ("killed", 40), ("silent elsewhere", 6)])
def test_of_several_takers_exactly_one_wins(tmp_path: Path, before: str, num_rounds: int) -> None:
    racers = [start_python(RACER, stdin=True) for _ in range(4)]
    dead = subprocess.Popen(["true"])
    dead.wait()
    with Lock.acquire(tmp_path / "mine", "x"):
        machine = json.loads((tmp_path / "mine.00000001").read_bytes().split(b"\n")[1])["machine"]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for number in range(num_rounds):
        path = tmp_path / f"lock-{number}"
        if before == "killed":
            write_lock(path, machine=machine, pid=dead.pid)
        elif before == "silent elsewhere":
            write_lock(path)
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write(f"{path}\n")
            racer.stdin.flush()
        told = [racer.stdout.readline() for racer in racers if racer.stdout]
        assert sorted(told) == ["lost\n"] * 3 + ["won\n"]
    for racer in racers:
        racer.communicate(timeout=60)
