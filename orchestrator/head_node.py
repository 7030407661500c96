"""Whether the Ray cluster that a driver has joined is still there.

Ray itself ends a process that has lost the head node for a minute, without a word on what is kept. So its port is
looked at now and then, and a clear error comes first.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from schemas.errors import ConfigError

LOOK_EVERY_S: Final = 5.0
LOST_AFTER_S: Final = 30.0
"""A head node that restarts within this time is waited for."""
_CONNECT_TIMEOUT_S: Final = 3.0


def check_answers(address: str) -> None:
    """Raise ConfigError where nothing listens at an address `HOST:PORT`; `auto` and Ray Client's are left to Ray."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        if address != "auto" and "://" not in address:
            raise ConfigError(f"cluster.address={address}: HOST:PORT of the head node, or auto")
        return
    if "://" not in address and not _answers(host, int(port)):
        raise ConfigError(
            f"cluster.address={address}: nothing answers there; start Ray on the head node (ray start --head), "
            "or mend the address"
        )


@contextlib.contextmanager
def watch_head(
    address: str, on_lost: Callable[[str], None], *, every_s: float = LOOK_EVERY_S, lost_after_s: float = LOST_AFTER_S
) -> Iterator[None]:
    """Call `on_lost` with what to say, in a thread, once the head node hasn't answered for long.

    A thread, since calls into Ray block the loop where nobody answers them any more, those that close workers too.
    """
    host, _, port = address.rpartition(":")
    is_over = threading.Event()

    def look() -> None:
        answered_s = time.monotonic()
        while not is_over.wait(every_s):
            if _answers(host, int(port)):
                answered_s = time.monotonic()
            elif time.monotonic() - answered_s > lost_after_s:
                on_lost(
                    f"the Ray cluster at {address} has not answered for {lost_after_s:g} s; every finished call is "
                    "kept: bring the cluster up and run the same command"
                )
                return

    threading.Thread(target=look, name="head node", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=_CONNECT_TIMEOUT_S).close()
    except OSError:
        return False
    return True
