"""Who is told what happens in a sweep while it happens: places that come and go, calls that begin and end."""

from typing import Any, Protocol

from orchestrator.dispatch import Failure, Lease
from orchestrator.roster import Place, PlaceState


class Watcher(Protocol):
    """Hear of places and calls. Called within every call's path: each method is quick and never raises."""

    def noted(self, place: Place[Any, Any], state: PlaceState, loss: Failure | None) -> None:
        """Hear what has become of a place's worker; `loss` says why no other will start there."""

    def began(self, place: Place[Any, Any], lease: Lease[Any]) -> None:
        """Hear that a worker was asked."""

    def ended(self, place: Place[Any, Any], lease: Lease[Any], result: object, *, has_reply: bool) -> None:
        """Hear that a call is over: its result or Failure.

        has_reply: False where the worker said nothing: it died, hung, or the call was given up.
        """

    def retried(self, place: Place[Any, Any], lease: Lease[Any], failure: Failure) -> None:
        """Hear that a failed call doesn't end its job: it is asked again, or another copy is out."""


class NobodyWatches:
    """Take no notice."""

    def noted(self, place: Place[Any, Any], state: PlaceState, loss: Failure | None) -> None:
        """Take no notice."""

    def began(self, place: Place[Any, Any], lease: Lease[Any]) -> None:
        """Take no notice."""

    def ended(self, place: Place[Any, Any], lease: Lease[Any], result: object, *, has_reply: bool) -> None:
        """Take no notice."""

    def retried(self, place: Place[Any, Any], lease: Lease[Any], failure: Failure) -> None:
        """Take no notice."""
