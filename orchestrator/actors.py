"""Ray wraps plain workers, once, here."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import ray
from ray.exceptions import ActorPlacementGroupRemoved, ActorUnschedulableError, RayActorError, RayTaskError

from model_adapters.engines.gpus import hide_busy_gpus
from orchestrator.head_node import check_answers
from orchestrator.ray_nodes import OnNodes, Reservation
from orchestrator.roster import Worker
from orchestrator.tasks import Reply
from schemas.errors import EngineStartFailed, WorkerDied

P = TypeVar("P")
R = TypeVar("R")

_CLOSE_TIMEOUT_S = 5.0


class RayWorker(Generic[P, R]):
    """Hold a worker in a process of its own: an async actor, at most `slots` calls at once."""

    def __init__(self, make: Callable[[], Worker[P, R]], *, slots: int, nodes: OnNodes | None = None) -> None:
        self._make = make
        self._slots = slots
        self._nodes = nodes
        self._reservation: Reservation | None = None
        self._actor: Any = None

    async def start(self) -> None:
        """Create the actor, on its nodes where some are named, and start the worker in it."""
        options: dict[str, Any] = {"num_gpus": 0}
        if self._nodes is not None:
            self._reservation = self._nodes.reserve()
            options = self._reservation.options
        actor_class = ray.remote(_Actor).options(
            # one more call than slots: closing must not wait for what hangs
            max_concurrency=self._slots + 1,
            num_cpus=0,
            max_restarts=0,
            max_task_retries=0,
            **options,
        )
        self._actor = actor_class.remote(self._make)
        await self._ask(self._actor.start.remote())

    async def call(self, payload: P, /) -> Reply[R]:
        """Answer one payload in the actor."""
        reply: Reply[R] = await self._ask(self._actor.call.remote(payload))
        return reply

    async def close(self) -> None:
        """Close the worker and end its process; a dead one is left in peace."""
        if self._actor is None:
            return
        with contextlib.suppress(WorkerDied, TimeoutError):
            await asyncio.wait_for(self._ask(self._actor.close.remote()), timeout=_CLOSE_TIMEOUT_S)
        ray.kill(self._actor)
        if self._reservation is not None:
            self._reservation.release()

    async def _ask(self, reference: "ray.ObjectRef[Any]") -> Any:  # noqa: ANN401 (Ray types no replies)
        try:
            return await reference
        except asyncio.CancelledError:
            # given up: the actor's slot is free again once the call there has been told
            ray.cancel(reference)
            raise
        except (RayActorError, ActorUnschedulableError, ActorPlacementGroupRemoved) as error:
            raise WorkerDied(str(error).splitlines()[0]) from error
        except RayTaskError as error:
            if isinstance(error.cause, EngineStartFailed):
                raise error.cause from error
            raise WorkerDied(f"its worker failed outside a call: {error}") from error


class _Actor:
    """What runs in the actor's process."""

    def __init__(self, make: Callable[[], Worker[Any, Any]]) -> None:
        self._worker = make()

    async def start(self) -> None:
        await self._worker.start()

    async def call(self, payload: Any) -> Reply[Any]:  # noqa: ANN401 (pickled through)
        return await self._worker.call(payload)

    async def close(self) -> None:
        await self._worker.close()


def start_ray(
    *,
    num_cpus: int | None = None,
    num_gpus: int | None = None,
    address: str | None = None,
    metrics_port: int | None = None,
) -> None:
    """Bring up Ray on this machine, or join the cluster at `address`; quiet, no dashboard, no usage report.

    metrics_port: where a Ray brought up here serves Prometheus metrics; its agent does so without a dashboard, too.
    """
    if address is None:
        # Ray's agents outlive a killed driver while they seek its head node: 60 s by default.
        os.environ.setdefault("RAY_gcs_rpc_server_reconnect_timeout_s", "5")
        hide_busy_gpus()
    else:
        check_answers(address)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_kill_child_processes_on_worker_exit_with_raylet_subreaper", "1")
    ray.init(
        address=address or "local",  # None would join whatever cluster was started on this machine last
        num_cpus=None if address else num_cpus,
        num_gpus=None if address else num_gpus,
        include_dashboard=False if address is None else None,
        log_to_driver=False,
        logging_level=logging.ERROR,
        _metrics_export_port=metrics_port,
    )


def head_address() -> str:
    """Return the head node's address, HOST:PORT, of the cluster that was joined."""
    address: str = ray.get_runtime_context().gcs_address
    return address


def stop_ray() -> None:
    """Leave the cluster, or end the local one."""
    ray.shutdown()


def num_cluster_cpus() -> int:
    """Return the CPUs that Ray may use."""
    return int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]
