"""A deterministic stand-in for an engine: takes GPUs as Ray counts them, loads, answers, fails and dies on schedule.

It lets plans for many GPUs, replicas and their deaths be tried out where there is no GPU.
"""

import asyncio
import hashlib
import os
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar, Final, cast

from model_adapters.engines.scripted_replies import Asked, Script, answer
from schemas.digest import digest
from schemas.errors import BadReply, CallTimeout, EngineStartFailed, RateLimited, ServerFailed
from schemas.protocols import ChatReply, ChatRequest, ImagePart, Json, Needs, TextPart

_FAILURES: Final = {"rate_limited": RateLimited, "server_error": ServerFailed, "cut_json": BadReply, "html": BadReply}


@dataclass(kw_only=True, slots=True, frozen=True)
class ScriptedEngineConfig:
    """Say what one replica takes, and what goes wrong with it."""

    model: str = "scripted"
    """What replies call the model."""
    num_gpus: int = 0
    """GPUs of one replica. They are counted, never touched."""
    gpu_memory_gb: float = 0.0
    """Memory in all, over `num_gpus`, gigabytes."""
    num_nodes: int = 1
    """Nodes of one replica; the GPU plan sets it."""
    replicas: int | None = None
    """Most replicas; None: as many as the plan finds useful, one without GPUs."""
    start_s: float = 0.0
    """How long it loads, seconds."""
    fails_start: str | None = None
    """Reason with which every start fails, such as `out_of_memory`; None: it starts."""
    dies_after: int | None = None
    """Calls after which a replica's process ends by SIGKILL; None: never."""
    script: Script = field(default_factory=Script)
    """Latency and faults of its replies."""
    max_in_flight: int = 64
    """Requests handed to one replica at once."""
    timeout_s: float = 60.0
    """Longest wait for one reply, seconds."""

    def identity(self) -> Mapping[str, Json]:
        """Return what can change a reply; where it runs and how long it loads don't."""
        script = cast(Mapping[str, Json], asdict(self.script))
        return {"kind": "scripted", "version": 1, "model": self.model, "script": dict(script)}

    def needs(self) -> Needs:
        """Return GPUs and memory."""
        return Needs(num_gpus=self.num_gpus, gpu_memory_gb=self.gpu_memory_gb)

    def over_nodes(self, num_nodes: int) -> "ScriptedEngineConfig":
        """Return the same for a replica spread over nodes."""
        return replace(self, num_nodes=num_nodes)


class ScriptedEngine:
    """Answer by script, each request by its own content."""

    config_class: ClassVar[type[ScriptedEngineConfig]] = ScriptedEngineConfig

    def __init__(self, config: ScriptedEngineConfig) -> None:
        self._config = config
        self._attempts: Counter[str] = Counter()
        self._num_calls = 0

    async def start(self) -> None:
        """Load for a while; EngineStartFailed where the config says so."""
        await asyncio.sleep(self._config.start_s)
        if self._config.fails_start is not None:
            raise EngineStartFailed(f"{self._config.model}: fails as scripted", reason=self._config.fails_start)

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Ask once: RateLimited, ServerFailed, BadReply or CallTimeout by script."""
        self._num_calls += 1
        if self._config.dies_after is not None and self._num_calls > self._config.dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        asked = _asked(request)
        plan = self._config.script.plan(asked.content, self._attempts[asked.content])
        self._attempts[asked.content] += 1
        if plan.outcome == "hang":
            await asyncio.sleep(self._config.timeout_s)
            raise CallTimeout(f"{self._config.model}: no reply within {self._config.timeout_s:g} s, as scripted")
        await asyncio.sleep(plan.latency_s)
        if (failure := _FAILURES.get(plan.outcome)) is not None:
            raise failure(f"{self._config.model}: {plan.outcome}, as scripted")
        return self._reply(asked, plan.outcome)

    async def close(self) -> None:
        """Release nothing."""

    def _reply(self, asked: Asked, outcome: str) -> ChatReply:
        text = answer(asked)
        assert isinstance(text, str)
        text = {"empty": "", "refusal": "", "length": text[: len(text) // 2]}.get(outcome, text)
        return ChatReply(
            text=text,
            finish_reason="length" if outcome == "length" else "stop",
            is_refusal=outcome == "refusal",
            prompt_tokens=len(asked.text.split()),
            completion_tokens=len(text.split()),
            cost_usd=0.0,
            engine="scripted",
            served_model=self._config.model,
        )


def _asked(request: ChatRequest) -> Asked:
    text = "\n".join(part.text for part in request.parts if isinstance(part, TextPart))
    images = tuple(hashlib.sha256(part.data).hexdigest() for part in request.parts if isinstance(part, ImagePart))
    return Asked(text=text, images=images, content=digest({"text": text, "images": list(images)}), body={})
