"""What the log says of places and calls, with their ids. Calls that went well are in the store, not here."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from orchestrator.dispatch import Failure, Job, Lease
from orchestrator.logs import RunLog
from orchestrator.roster import Place, PlaceState
from schemas.protocols import Json

_KEY_CHARS: Final = 12
_LEVELS: Final = {
    PlaceState.DIED: logging.WARNING,
    PlaceState.HUNG: logging.WARNING,
    PlaceState.LOST: logging.ERROR,
}


class EventLog:
    """Log what a watcher hears, where it is worth a line."""

    def __init__(self, log: RunLog) -> None:
        self._log = log

    def driver(self, event: str, level: int = logging.INFO, **fields: Json) -> None:
        """Log what the driver does."""
        self._log.note("driver", event, fields, level=level)

    def noted(self, place: Place[Any, Any], state: PlaceState, loss: Failure | None) -> None:
        """Log what has become of a place's worker."""
        fields: dict[str, Json] = {"worker": place.name, "host": place.host, "kinds": list(place.kinds)}
        fields |= _why(loss) if loss is not None else {}
        self._log.note("executor", f"worker {state}", fields, level=_LEVELS.get(state, logging.INFO))

    def began(self, place: Place[Any, Any], lease: Lease[Any]) -> None:
        """Log a second copy of a call that is slow."""
        if lease.is_hedge:
            self._log.note("executor", "call asked twice", _ids(place, lease))

    def ended(self, place: Place[Any, Any], lease: Lease[Any], result: object, *, has_reply: bool) -> None:
        """Log a call that got no reply."""
        if not has_reply and isinstance(result, Failure):
            self._log.note("executor", "call lost", _ids(place, lease) | _why(result), level=logging.WARNING)

    def retried(self, place: Place[Any, Any], lease: Lease[Any], failure: Failure) -> None:
        """Log a call that is asked again."""
        self._log.note("executor", "call retried", _ids(place, lease) | _why(failure))

    def failed(self, job: Job[Any], failure: Failure, attempts: int) -> None:
        """Log a job whose row says why it failed; `poison` is one that was set aside."""
        fields = _job_ids(job) | _why(failure) | {"attempts": attempts}
        self._log.note("executor", "call failed", fields, level=logging.WARNING)


def _ids(place: Place[Any, Any], lease: Lease[Any]) -> dict[str, Json]:
    call: dict[str, Json] = {"worker": lease.worker, "place": place.name, "attempt": lease.attempt}
    return _job_ids(lease.job) | call


def _job_ids(job: Job[Any]) -> dict[str, Json]:
    ids: Mapping[str, Json] = {
        "kind": job.kind,
        "key": job.key[:_KEY_CHARS],
        "row": getattr(job.payload, "row", None),
        "pair": getattr(job.payload, "pair_id", None),
    }
    return dict(ids)


def _why(failure: Failure) -> dict[str, Json]:
    return {"error_type": failure.error_type, "message": failure.message, "retry_after_s": failure.retry_after_s}
