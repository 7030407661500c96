"""Locks that hold on a shared file system: exclusive create and a counter, no file locks, no clocks compared.

A lock is a row of files, `NAME.00000001`, `NAME.00000002`, ...: the highest number holds it. Its first line is
a counter that the holder raises every 2 s, or `released`; its second says who holds it. Whoever wants the
lock may create the next number (exclusively: of two, one wins) where the highest is released, or its holder
is dead: at once where the holder ran on this machine and its process is gone, else after the counter stood
still for 30 s of the watcher's own time. The highest number is never removed, so that nobody who judged an
older one can come back and take it: a released lock leaves one small file.

The counter is raised by a daemon thread, since a driver may compute for minutes without a tick. It can't
fail unseen: `check`, called from the tick, raises where the thread has died or cannot write, and looks itself
where the last beat is old.
"""

import contextlib
import json
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import Enum, auto
from pathlib import Path
from types import TracebackType

from records.files import write_failed
from records.processes import Process
from schemas.errors import LockError, StoreError

_COUNTER_BYTES = 20
_RELEASED = b"released".ljust(_COUNTER_BYTES)


@dataclass(frozen=True, kw_only=True, slots=True)
class LockTiming:
    """How often a holder says that it lives, and for how long its silence is borne."""

    beat_s: float = 2.0
    """Time between two beats, seconds."""
    stale_after_s: float = 30.0
    """A holder that can't be looked up is dead once its counter stood still so long, seconds of the watcher's time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder(Process):
    """Who holds a lock."""

    what: str
    """What it does, for the message."""


class State(Enum):
    """What can be said of a lock from outside."""

    FREE = auto()
    HELD = auto()
    DEAD = auto()
    UNKNOWN = auto()


@dataclass(slots=True)
class Watch:
    """Judge a lock from outside, over several looks."""

    path: Path
    timing: LockTiming = LockTiming()
    clock: Callable[[], float] = time.monotonic
    holder: Holder | None = None
    generation: int = 0
    _seen: tuple[int, bytes] = (0, b"")
    _since: float = 0.0

    def look(self) -> State:
        """Return the lock's state now; UNKNOWN until its counter has moved or stood still for long enough."""
        self.generation = _newest(self.path)
        content = _read(_file_of(self.path, self.generation)) if self.generation else _RELEASED
        self.holder = _read_holder(content)
        if content.startswith(_RELEASED):
            return State.FREE
        is_alive = self.holder.is_alive() if self.holder else None
        if is_alive is not None:
            return State.HELD if is_alive else State.DEAD
        is_first, was_seen = self._seen[0] != self.generation, self._seen
        if was_seen == (self.generation, content):
            return State.DEAD if self.clock() - self._since >= self.timing.stale_after_s else State.UNKNOWN
        self._seen, self._since = (self.generation, content), self.clock()
        return State.UNKNOWN if is_first else State.HELD


@dataclass(slots=True)
class Lock:
    """A held lock; made by `acquire`, given back by `release` or at the end of a `with` block."""

    path: Path
    timing: LockTiming
    _generation: int
    _file: int
    _count: int = 0
    _last_beat: float = 0.0
    _failure: str | None = None
    _is_lost: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @classmethod
    def acquire(
        cls,
        path: Path,
        what: str,
        *,
        timing: LockTiming | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> "Lock":
        """Take the lock, waiting only to find out whether a holder elsewhere is alive.

        what: what is done under it, such as "run leaderboard-1a2b3c4d", for the one who is refused.
        say: is told, once, why there is a wait.
        Raises LockError, which names the holder, where another process has it.
        """
        timing = timing or LockTiming()
        watch, has_said = Watch(path, timing), False
        while True:
            state = watch.look()
            if state is State.HELD:
                raise LockError(_refusal(what, watch.holder, path))
            if state is not State.UNKNOWN:
                lock = cls.succeed(watch, what)
                if lock is not None:
                    return lock
                continue
            if not has_said:
                say(f"{_name(watch.holder)} may still hold {what}: looking for up to {timing.stale_after_s:g} s")
                has_said = True
            time.sleep(min(timing.beat_s, timing.stale_after_s) / 4)

    @classmethod
    def succeed(cls, watch: Watch, what: str) -> "Lock | None":
        """Take a lock that `watch` has just found free or its holder dead; None where another was faster."""
        return cls._create(watch.path, what, watch.timing, watch.generation + 1)

    @classmethod
    def _create(cls, path: Path, what: str, timing: LockTiming, generation: int) -> "Lock | None":
        own = _file_of(path, generation)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(own, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644)
        except FileExistsError:
            return None
        except OSError as error:
            raise write_failed(own, error) from error
        try:
            os.write(file, _content(what))
            os.fsync(file)
            if _newest(path) > generation:  # others went on meanwhile, and this number had been swept away
                raise FileExistsError
        except OSError as error:
            os.close(file)
            own.unlink(missing_ok=True)
            if isinstance(error, FileExistsError):
                return None
            raise write_failed(own, error) from error
        for older in _generations(path):
            if older < generation:
                _file_of(path, older).unlink(missing_ok=True)
        lock = cls(path, timing, generation, file, _last_beat=_now_awake_or_not())
        lock._thread = threading.Thread(target=lock._beat_on, name=f"beat {path.name}", daemon=True)
        lock._thread.start()
        return lock

    def check(self) -> None:
        """Raise StoreError where the lock was lost or no longer says that it lives; cheap enough for every tick."""
        assert self._thread is not None
        if self._age_s() > self.timing.stale_after_s / 2:
            self._look()
        if self._is_lost:
            watch = Watch(self.path)
            watch.look()
            raise StoreError(f"{self.path} was taken over by {_name(watch.holder)} while this process stood still")
        if self._failure:
            raise StoreError(f"cannot keep {self.path}: {self._failure}")
        if not self._thread.is_alive():
            raise StoreError(f"cannot keep {self.path}: its heartbeat has died")

    def is_fresh(self) -> bool:
        """Tell whether nobody can have taken the lock over: it is the newest, and beat recently."""
        if self._age_s() > self.timing.stale_after_s / 2:
            return False
        self._look()
        return not self._is_lost

    def release(self) -> None:
        """Give the lock back; its file stays and says so."""
        self._end()
        with contextlib.suppress(OSError):
            os.pwrite(self._file, _RELEASED, 0)
            os.fsync(self._file)
        os.close(self._file)

    def discard(self) -> None:
        """Give the lock back without a trace, where what it guarded is gone for good."""
        self._end()
        os.close(self._file)
        with contextlib.suppress(OSError):
            _file_of(self.path, self._generation).unlink()

    def __enter__(self) -> "Lock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _end(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _age_s(self) -> float:
        return _now_awake_or_not() - self._last_beat

    def _beat_on(self) -> None:
        while not self._stop.wait(self.timing.beat_s):
            self._beat()

    def _beat(self) -> None:
        now = _now_awake_or_not()
        try:
            os.pwrite(self._file, b"%0*d" % (_COUNTER_BYTES, self._count + 1), 0)
            os.fsync(self._file)  # on NFS this is what sends it
        except OSError as error:
            self._failure = error.strerror or str(error)
            return
        self._count, self._last_beat, self._failure = self._count + 1, now, None
        self._look()

    def _look(self) -> None:
        try:
            self._is_lost = self._is_lost or _newest(self.path) != self._generation
        except OSError as error:
            self._failure = error.strerror or str(error)


def sweep_away(path: Path) -> None:
    """Remove every file of a lock whose guarded thing is gone for good."""
    for generation in _generations(path):
        with contextlib.suppress(OSError):
            _file_of(path, generation).unlink()


def _file_of(path: Path, generation: int) -> Path:
    return path.with_name(f"{path.name}.{generation:08d}")


def _generations(path: Path) -> list[int]:
    pattern = re.compile(re.escape(path.name) + r"\.(\d{8})")
    try:
        names = os.listdir(path.parent)  # noqa: PTH208 (names are enough, a thousand times a run)
    except FileNotFoundError:
        return []
    return [int(match[1]) for match in map(pattern.fullmatch, names) if match]


def _newest(path: Path) -> int:
    return max(_generations(path), default=0)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _content(what: str) -> bytes:
    return b"%0*d\n%s\n" % (_COUNTER_BYTES, 0, json.dumps(asdict(Holder.this(what=what))).encode())


def _read_holder(content: bytes) -> Holder | None:
    """Return who wrote a lock's file; None where it died, or is, in the middle of creating it."""
    try:
        return Holder(**json.loads(content.split(b"\n")[1]))
    except (ValueError, LookupError, TypeError):
        return None


def _name(holder: Holder | None) -> str:
    return f"host {holder.host}, pid {holder.pid} ({holder.what})" if holder else "an unknown process"


def _refusal(what: str, holder: Holder | None, path: Path) -> str:
    who = _name(holder)
    kill = f"`kill {holder.pid}` on {holder.host}" if holder else "stop it"
    return f"{what}: {who} is at it. Wait until it ends, or {kill}, then run the same command (lock: {path})"


def _now_awake_or_not() -> float:
    """Return seconds that pass while the machine sleeps too: others' windows do."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
