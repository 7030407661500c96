"""Ctrl-C and SIGTERM, twice understood: first finish what is in flight, then give that up, too."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_on_signals(stop: asyncio.Event, on_first: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Set `stop` at the first signal and call `on_first`; cancel the running task at the second, which ends the block.

    Only in the main thread, which alone is told of signals.
    """
    loop, running = asyncio.get_running_loop(), asyncio.current_task()
    assert running is not None

    def on_signal() -> None:
        if stop.is_set():
            running.cancel()
            return
        stop.set()
        on_first()

    for number in _SIGNALS:
        loop.add_signal_handler(number, on_signal)
    try:
        with suppress(asyncio.CancelledError):
            yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
