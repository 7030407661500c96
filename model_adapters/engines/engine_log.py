"""What an engine's processes print while and after it starts: passed on, and the last lines kept."""

import contextlib
import os
import re
import sys
import threading
from collections import deque
from collections.abc import Iterator

_KEPT_LINES = 400
_ERROR_LINE = re.compile(r"(?:^|\s)((?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Interrupt|NotFound|Failed): .*)")
_DULL = ("Engine core initialization failed", "WorkerProc initialization failed", "cancelled", "BrokenPipe")


class EngineLog:
    """Keep the last lines of the processes that start while `capture` is on.

    vLLM's core and workers are processes that inherit the standard output; when they fail, the caller's exception
    says only that they did, and the reason is printed.
    """

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)

    @contextlib.contextmanager
    def capture(self) -> Iterator[None]:
        """Send file descriptors 1 and 2 through a pipe; processes that start meanwhile keep writing to it."""
        sys.stdout.flush()
        sys.stderr.flush()
        kept = [os.dup(number) for number in (1, 2)]
        end, entry = os.pipe()
        for number in (1, 2):
            os.dup2(entry, number)
        os.close(entry)
        reader = threading.Thread(target=self._read, args=(end, os.dup(kept[1])), daemon=True, name="engine-log")
        reader.start()
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, old in zip((1, 2), kept, strict=True):
                os.dup2(old, number)
                os.close(old)
            reader.join(0.2)  # the last lines of what failed; an engine that lives keeps the pipe open

    def _read(self, end: int, out: int) -> None:
        with open(end, "rb") as lines, open(out, "wb", buffering=0) as passed_on:
            for line in lines:
                self._lines.append(line.decode("utf-8", "replace").rstrip())
                with contextlib.suppress(OSError):
                    passed_on.write(line)

    def tail(self) -> str:
        """Return the kept lines."""
        return "\n".join(self._lines)

    def cause(self) -> str:
        """Return the first line that names an exception and isn't about the consequences, or the last line."""
        lines = list(self._lines)
        for line in lines:
            found = _ERROR_LINE.search(line)
            if found and not any(word in line for word in _DULL):
                return found[1]
        return lines[-1] if lines else "it printed nothing"
