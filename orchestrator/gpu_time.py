"""What the time of one place was for: it served calls, waited, loaded, or was lost. Pure: moments come from the caller.

While calls are in flight, every moment is shared out evenly among them; a call's shares are useful once its
worker has replied, and lost where it never does. So what a death costs is the work that it undid, not the work of
calls that had ended well beside it. To `lost` go, too: starts that failed, and the time from a death to the next start.
What is still going on counts as what it is for: a call in flight as useful, a start as warming.
"""

from dataclasses import astuple, dataclass

from orchestrator.roster import PlaceState

_GONE = (PlaceState.DIED, PlaceState.HUNG, PlaceState.LOST)


@dataclass(frozen=True, slots=True)
class Seconds:
    """Seconds by what they were for; of GPUs, each GPU's counted."""

    useful: float = 0
    idle: float = 0
    warming: float = 0
    lost: float = 0

    @property
    def held(self) -> float:
        """Return all of them together."""
        return self.useful + self.idle + self.warming + self.lost

    def __add__(self, other: "Seconds") -> "Seconds":
        return Seconds(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def times(self, number: int) -> "Seconds":
        """Return the seconds of so many GPUs."""
        return Seconds(*(mine * number for mine in astuple(self)))


class PlaceTime:
    """Split the time since a place was opened into what it was for."""

    def __init__(self, now: float) -> None:
        self._state = PlaceState.STARTING
        self._until = now
        self._useful: float = 0
        self._idle: float = 0
        self._warming: float = 0
        self._lost: float = 0
        self._start: float = 0
        """Length of the start that goes on."""
        self._share: float = 0
        """What a call that was in flight all along would have got."""
        self._begun: dict[int, float] = {}

    @property
    def state(self) -> PlaceState:
        """Return what became of the worker last."""
        return self._state

    def note(self, state: PlaceState, now: float) -> None:
        """Go on in another state."""
        self._advance(now)
        if state in (PlaceState.READY, PlaceState.CLOSED):
            self._warming += self._start
        else:
            self._lost += self._start
        self._start = 0
        if state is not PlaceState.READY:
            for call in list(self._begun):
                self._lost += self._take(call)
        self._state = state

    def began(self, call: int, now: float) -> None:
        """Add a call in flight."""
        if self._state is PlaceState.READY:
            self._advance(now)
            self._begun[call] = self._share

    def ended(self, call: int, now: float, *, has_reply: bool) -> None:
        """Take a call out; one that went with its worker is out already."""
        if call not in self._begun:
            return
        self._advance(now)
        share = self._take(call)
        if has_reply:
            self._useful += share
        else:
            self._lost += share

    def spent(self, now: float) -> Seconds:
        """Return what the time up to now was for."""
        self._advance(now)
        in_flight = sum(self._share - begun for begun in self._begun.values())
        return Seconds(self._useful + in_flight, self._idle, self._warming + self._start, self._lost)

    def _take(self, call: int) -> float:
        return self._share - self._begun.pop(call)

    def _advance(self, now: float) -> None:
        passed, self._until = now - self._until, now
        if self._state is PlaceState.STARTING:
            self._start += passed
        elif self._state in _GONE:
            self._lost += passed
        elif self._begun:
            self._share += passed / len(self._begun)
        elif self._state is PlaceState.READY:
            self._idle += passed
