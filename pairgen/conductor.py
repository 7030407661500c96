"""Take phases through the executor: what the store holds is not asked again, outcomes are committed in task order."""

import asyncio
import hashlib
import json
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial

from orchestrator.dispatch import Dispatcher, DispatchPolicy, Failure, Job
from orchestrator.executor import Ended, Executor
from orchestrator.roster import FixedRoster, Place, Worker
from pairgen.desk import DeskConfig
from pairgen.phases import Phase
from pairgen.tasks import BenignTask, ChangeTask, Outcome, RepeatTask, SurveyTask, Task
from pairgen.worker import BrowserWorker
from records.store import Entry, Store
from schemas.errors import UserError

_KIND = "page"
_SPARE_S = 120.0
"""What a worker may take beyond its own limits for two tries at a page, before the worker itself counts as hung, s."""


class Conductor:
    """Run phases one after another to their ends."""

    def __init__(
        self,
        phases: Sequence[Phase],
        store: Store,
        context: str,
        on_tick: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._phases = deque(phases)
        self._store, self._context, self._on_tick, self._say = store, context, on_tick, say
        self._order: deque[tuple[str, Task]] = deque()
        self._done: dict[str, Outcome] = {}
        self._dispatcher: Dispatcher[Task] = Dispatcher(DispatchPolicy(max_attempts=2))
        self.num_cached = 0
        """Outcomes that the store held."""

    async def run(self, places: Iterable[Place[Task, Outcome]]) -> None:
        """Return when every phase is over."""
        for job in self._advance():
            self._dispatcher.submit(job)
        if self._dispatcher.num_open:
            executor: Executor[Task, Outcome] = Executor(self._dispatcher, self._on_end, self._tick)
            with _sigterm_interrupts():
                await executor.run(FixedRoster(places), asyncio.Event())

    def _tick(self) -> None:
        self._store.sync_if_due()
        self._on_tick()

    def _on_end(self, ended: Ended[Task, Outcome]) -> Iterable[Job[Task]]:
        outcome = _outcome_of(ended.result)
        is_final = not isinstance(ended.result, Failure) or ended.result.error_type == "poison"
        self._store.append(Entry(_KIND, ended.job.key, is_final, outcome.to_json()))
        if outcome.reason == "internal":
            self._say(f"{ended.job.payload.page.page_id}: a fault of this program, please report it: {outcome.detail}")
        self._done[ended.job.key] = outcome
        return self._advance()

    def _advance(self) -> list[Job[Task]]:
        """Commit what has come, and return the jobs that may begin now.

        All that may begin does before one more outcome is committed. What a phase asks next depends on what was
        committed before, so any other order would depend on which outcomes came early, or were kept from another time.
        """
        jobs: list[Job[Task]] = []
        while self._phases:
            phase = self._phases[0]
            if phase.is_over:
                self._end_phase()
            elif (next_task := phase.next()) is not None:
                jobs += self._begin(next_task)
            elif self._order and self._order[0][0] in self._done:
                key, task = self._order.popleft()
                phase.commit(task, self._done.pop(key))
            elif not phase.is_over:
                break
        return jobs

    def _begin(self, task: Task) -> list[Job[Task]]:
        key = key_of(task, self._context)
        self._order.append((key, task))
        kept = self._store.get(_KIND, key)
        if kept is not None and kept.is_finished:
            self.num_cached += 1
            self._done[key] = Outcome.from_json(kept.payload)
        return [] if key in self._done else [Job(_KIND, key, task)]

    def _end_phase(self) -> None:
        """Go on; what is still out isn't waited for (its outcome is kept for another time)."""
        self._phases.popleft().end()
        self._order.clear()


@contextmanager
def _sigterm_interrupts() -> Iterator[None]:
    """Let SIGTERM, which schedulers send, stop the work as Ctrl-C does: KeyboardInterrupt."""
    loop, running = asyncio.get_running_loop(), asyncio.current_task()
    assert running is not None
    is_main = threading.current_thread() is threading.main_thread()
    if is_main:  # others are told nothing
        loop.add_signal_handler(signal.SIGTERM, running.cancel)
    try:
        yield
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error
    finally:
        if is_main:
            loop.remove_signal_handler(signal.SIGTERM)


def _outcome_of(result: Outcome | Failure) -> Outcome:
    if isinstance(result, Outcome):
        return result
    if result.error_type.startswith("start_"):
        raise UserError(result.message.removeprefix("no worker is left for it: "))
    return Outcome(reason=result.error_type, detail=result.message[:500])


def key_of(task: Task, context: str) -> str:
    """Return the digest of all that a task's outcome depends on.

    context: what all tasks share: program, browser, fonts, settings.
    """
    page = task.page
    asked: list[object] = [context, type(task).__name__, page.page_id, page.domain, page.language, page.url, page.html]
    asked.append(repr(page.assets))
    match task:
        case ChangeTask():
            asked.append([[asdict(slot), mechanisms] for slot, mechanisms in task.tries])
        case RepeatTask():
            asked.append(task.pair_id)
        case BenignTask():
            asked += [task.pair_id, task.kind]
        case SurveyTask():
            pass
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def browser_places(config: DeskConfig, num_workers: int, *, in_processes: bool) -> list[Place[Task, Outcome]]:
    """Return the places of browser workers: actors of their own, or one in this process."""
    make = partial(BrowserWorker, config)

    def spawn() -> Worker[Task, Outcome]:
        if not in_processes:
            return make()
        from orchestrator.actors import RayWorker

        return RayWorker(make, slots=1)

    deadline_s = 2 * config.browser.page_s + _SPARE_S
    names = [f"browser-{number}" for number in range(num_workers)]
    return [Place(name=name, kinds=(_KIND,), slots=1, deadline_s=deadline_s, spawn=spawn) for name in names]
