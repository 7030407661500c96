"""Workers, the places where they live, and the roster that says which places there are.

Places come and go: a row's GPUs go on to the next row when its calls are done.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from orchestrator.dispatch import Failure
from orchestrator.tasks import Reply

P = TypeVar("P")
R = TypeVar("R")
P_contra = TypeVar("P_contra", contravariant=True)


class Worker(Protocol[P_contra, R]):
    """Answer payloads, several at once. Each method raises WorkerDied when the process behind it is gone."""

    async def start(self) -> None:
        """Load what is heavy."""

    async def call(self, payload: P_contra, /) -> Reply[R]:
        """Answer one payload; failures of the call itself are in the reply."""
        ...

    async def close(self) -> None:
        """Release everything; never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Generic[P, R]):
    """Where one worker at a time lives; when it dies, `spawn` makes the next."""

    name: str
    kinds: tuple[str, ...]
    slots: int
    """Leases it holds at once."""
    deadline_s: float
    """Longest a call may take before it counts as hung, seconds."""
    spawn: Callable[[], Worker[P, R]]
    host: str = ""
    num_gpus: int = 0
    """GPUs that it holds, over all its nodes."""


class PlaceState(StrEnum):
    """What has become of a place's worker."""

    STARTING = "starting"
    READY = "ready"
    DIED = "died"
    HUNG = "hung"
    """It answered nothing any more and was let go; the place gets another."""
    LOST = "lost"
    """None will start there any more."""
    CLOSED = "closed"
    """Its process has ended, whatever came before."""


class Roster(Protocol[P, R]):
    """Say which places there are; asked again and again, so that places come and go."""

    def places(self) -> Iterable[Place[P, R]]:
        """Return the places that should be there now, each by a name of its own; one left out is closed."""
        ...

    def may_serve(self, kind: str) -> bool:
        """Tell whether a place that takes this kind may yet come."""
        ...

    def note(self, place: Place[P, R], state: PlaceState, loss: Failure | None = None) -> None:
        """Learn what became of a place; `loss` says why it is lost."""


class FixedRoster(Generic[P, R]):
    """The same places from beginning to end."""

    def __init__(self, places: Iterable[Place[P, R]]) -> None:
        self._places = list(places)

    def places(self) -> Iterable[Place[P, R]]:
        """Return them all."""
        return self._places

    def may_serve(self, kind: str) -> bool:  # noqa: ARG002 (of any kind)
        """Return False: no other place will come."""
        return False

    def note(self, place: Place[P, R], state: PlaceState, loss: Failure | None = None) -> None:
        """Take no notice."""
