"""A sweep's figures as Prometheus metrics, through Ray's own exporter: its agent on each node serves them over HTTP.

Ray puts `ray_` before every name and `_total` behind a counter's. docs/watching.md lists them.
"""

from importlib.util import find_spec
from typing import Any, Final

from orchestrator.status import RowStatus, Status
from schemas.errors import ConfigError

_NEEDED: Final = (
    "aiohttp",
    "aiohttp_cors",
    "grpc",
    "opencensus",
    "prometheus_client",
    "opentelemetry.exporter.prometheus",
)
"""What Ray's agent must import to export; `ray[default]` brings it."""


def refuse_without_exporter() -> None:
    """Raise ConfigError where Ray was installed without its exporter: it would record, and serve nothing."""
    absent = [name for name in _NEEDED if not _is_there(name)]
    if absent:
        raise ConfigError(
            f"cluster.metrics_port needs Ray's exporter, which lacks {', '.join(absent)}: pip install 'ray[default]'"
        )


class RayMetrics:
    """Set Ray's metrics to what a status says; only while Ray is up."""

    def __init__(self) -> None:
        from ray.util.metrics import Counter, Gauge

        row = ("run", "kind", "row")
        self._cells = Gauge("diffspot_cells", "Cells that have their result", ("run", "table"))
        self._all_cells = Gauge("diffspot_cells_planned", "Cells of the sweep", ("run", "table"))
        self._unscored = Gauge("diffspot_unscored", "Verdict cells that stay unscored", ("run",))
        self._time_left = Gauge("diffspot_time_left_seconds", "Time left; -1: unknown", ("run",))
        self._gpu_seconds = Gauge("diffspot_gpu_seconds", "GPU-seconds held, by use", ("run", "use"))
        self._in_flight = Gauge("diffspot_in_flight", "Calls in flight", row)
        self._left = Gauge("diffspot_calls_left", "Calls that have not ended", row)
        self._replicas = Gauge("diffspot_replicas", "Replicas, by state", (*row, "state"))
        self._cost = Gauge("diffspot_cost_usd", "What the calls of this command cost", row)
        self._calls = Counter("diffspot_calls", "Calls that ended, by outcome", (*row, "outcome"))
        self._tokens = Counter("diffspot_tokens", "Tokens in and out", (*row, "direction"))
        self._counted: dict[tuple[str, ...], float] = {}

    def show(self, status: Status) -> None:
        """Set every metric."""
        run = {"run": status.run}
        for table, done, planned in (
            ("answers", status.answers, status.num_answers),
            ("verdicts", status.verdicts, status.num_verdicts),
        ):
            self._cells.set(done, run | {"table": table})
            self._all_cells.set(planned, run | {"table": table})
        self._unscored.set(status.unscored, run)
        self._time_left.set(-1.0 if status.time_left_s is None else status.time_left_s, run)
        for use, seconds in status.gpu_seconds.items():
            if use != "held":
                self._gpu_seconds.set(seconds, run | {"use": use})
        for row in status.rows:
            self._show_row(row, run | {"kind": row.group, "row": row.row})

    def _show_row(self, row: RowStatus, tags: dict[str, str]) -> None:
        self._in_flight.set(row.in_flight, tags)
        self._left.set(row.calls_left, tags)
        self._cost.set(row.cost_usd, tags)
        for state, number in (("ready", row.ready), ("starting", row.starting)):
            self._replicas.set(number, tags | {"state": state})
        for outcome, number in row.outcomes.items():
            self._raise_to(self._calls, number, tags | {"outcome": outcome})
        for direction, tokens in (("input", row.input_tokens), ("output", row.output_tokens)):
            self._raise_to(self._tokens, tokens or 0, tags | {"direction": direction})

    def _raise_to(self, counter: Any, value: float, tags: dict[str, str]) -> None:  # noqa: ANN401 (Ray's, untyped)
        name = (counter.info["name"], *tags.values())
        more = value - self._counted.get(name, 0)
        if more > 0:
            counter.inc(more, tags)
            self._counted[name] = value


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
