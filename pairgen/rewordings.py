"""Ask an engine to reword sentences: what the store holds is not asked again, what comes is kept at once."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Final

from model_adapters.vlm_chat import VlmChatConfig, to_answer
from orchestrator.dispatch import Dispatcher, DispatchPolicy, Failure, Job
from orchestrator.executor import Ended, Executor
from orchestrator.roster import FixedRoster, Place
from orchestrator.rows import ModelRow
from orchestrator.stopping import stop_on_signals
from orchestrator.tasks import Reply
from orchestrator.workers import boundary
from records.store import Entry, Store
from schemas.digest import digest
from schemas.errors import BadReply, ConfigError, PromptError, RateLimited, UserError
from schemas.protocols import ChatRequest, Engine, Prompt, TextPart
from schemas.records import Answer

KIND: Final = "rewording"
SLOT: Final = "{sentence}"
_KEY_VERSION: Final = 1
_BUDGETS: Final = {RateLimited.error_type: 20, BadReply.error_type: 3}
"""As in a sweep: an engine that seeks an endpoint's limit meets refusals on the way."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Say what is asked, of which engine, with which prompt."""

    row: ModelRow
    prompt: Prompt

    def __post_init__(self) -> None:
        if self.row.engine is None or not isinstance(self.row.adapter, VlmChatConfig):
            raise ConfigError(f"models.{self.row.key} has no engine to ask: add a row that has, such as endpoint")
        if SLOT not in self.prompt.text:
            raise PromptError(f"the prompt must hold {SLOT}, where the sentence goes")

    def key(self, sentence: str) -> str:
        """Return the content key of the call about a sentence: engine, sampling, prompt and sentence."""
        assert self.row.engine is not None
        return digest(
            {
                "v": _KEY_VERSION,
                "kind": KIND,
                "adapter": dict(self.row.adapter.identity()),
                "engine": dict(self.row.engine.identity()),
                "prompt": self.prompt.sha256,
                "sentence": sentence,
            }
        )

    def request(self, sentence: str) -> ChatRequest:
        """Return what is sent: text alone, no picture."""
        assert isinstance(self.row.adapter, VlmChatConfig)
        text = self.prompt.text.replace(SLOT, sentence)
        return ChatRequest(parts=(TextPart(text),), sampling=self.row.adapter.sampling)


class RewordingWorker:
    """Hold one engine, in this process."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._engine: Engine | None = None

    async def start(self) -> None:
        """Start the engine; EngineStartFailed or ConfigError where it can't."""
        self._engine = self._asker.row.build_engine()
        assert self._engine is not None
        await self._engine.start()

    async def call(self, sentence: str, /) -> Reply[Answer]:
        """Ask about one sentence; a failure of the call is in the reply."""
        started = time.perf_counter()
        return Reply(await boundary(self._ask(sentence)), time.perf_counter() - started)

    async def close(self) -> None:
        """Close the engine."""
        if self._engine is not None:
            await boundary(self._engine.close())

    async def _ask(self, sentence: str) -> Answer:
        assert self._engine is not None
        assert isinstance(self._asker.row.adapter, VlmChatConfig)
        return to_answer(await self._engine.chat(self._asker.request(sentence)), self._asker.row.adapter)


class Rewordings:
    """Ask about sentences and give what was answered, from the store where it is there."""

    def __init__(self, asker: Asker, store: Store) -> None:
        self._asker, self._store = asker, store
        self.on_tick: Callable[[], None] = lambda: None
        self.num_wanted = self.num_stored = self.num_called = self.num_of_unknown_cost = 0
        self.cost_usd = 0.0

    def ask(self, sentences: Iterable[str]) -> bool:
        """Ask about each sentence once; return whether a signal stopped it before the end.

        UserError where the engine doesn't start, StoreError where a reply can't be kept.
        """
        keys = {self._asker.key(sentence): sentence for sentence in sentences}
        jobs = [Job(KIND, key, text) for key, text in keys.items() if not self._store.has(KIND, key)]
        self.num_wanted, self.num_stored = len(jobs), len(keys) - len(jobs)
        dispatcher: Dispatcher[str] = Dispatcher(DispatchPolicy(budgets=_BUDGETS))
        for job in jobs:
            dispatcher.submit(job)
        if jobs:
            asyncio.run(self._run(dispatcher))
        return dispatcher.num_open > 0

    def answer(self, sentence: str) -> Answer:
        """Return what came of a sentence's call: `error` where it failed; KeyError where it wasn't made."""
        entry = self._store.get(KIND, self._asker.key(sentence))
        if entry is None:
            raise KeyError(sentence)
        return Answer(**{name: entry.payload.get(name) for name in Answer.__dataclass_fields__})  # type: ignore[arg-type]

    async def _run(self, dispatcher: Dispatcher[str]) -> None:
        stop = asyncio.Event()
        executor: Executor[str, Answer] = Executor(dispatcher, self._on_end, self._tick)
        with stop_on_signals(stop):
            await executor.run(FixedRoster([self._place()]), stop)

    def _place(self) -> Place[str, Answer]:
        engine = self._asker.row.engine
        assert engine is not None
        return Place(
            name="polish",
            kinds=(KIND,),
            slots=engine.max_in_flight,
            deadline_s=engine.timeout_s * 1.5 + 10,
            spawn=lambda: RewordingWorker(self._asker),
        )

    def _tick(self) -> None:
        self._store.sync_if_due()
        self.on_tick()

    def _on_end(self, ended: Ended[str, Answer]) -> Sequence[Job[str]]:
        answer = _as_answer(ended.result)
        self.num_called += 1
        if not isinstance(ended.result, Failure):
            self.cost_usd += answer.cost_usd or 0.0
            self.num_of_unknown_cost += answer.cost_usd is None
        call = {
            "attempts": ended.attempts,
            "latency_s": round(ended.latency_s, 6),
            "created_at": datetime.now(UTC).isoformat(timespec="microseconds"),
        }
        # a refusal, and a reply that is empty or cut, is no rewording: the same command asks once more
        self._store.append(Entry(KIND, ended.job.key, answer.status == "ok", asdict(answer) | call))
        return ()


def _as_answer(result: Answer | Failure) -> Answer:
    if isinstance(result, Failure):
        if result.error_type.startswith("start_"):
            raise UserError(result.message.removeprefix("no worker is left for it: "))
        return Answer(text="", status="error", error_type=result.error_type, error_message=result.message)
    # half a surrogate pair can be in a reply's JSON, and in no table
    return replace(result, text=_clean(result.text), raw_text=_clean(result.raw_text or "") or None, reasoning=None)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
