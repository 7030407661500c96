"""A browser in a worker: one task at a time, watched; a browser that crashes, hangs or swells is replaced."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from orchestrator.tasks import Reply
from orchestrator.workers import boundary
from pairgen.browser import Renderer, launch
from pairgen.desk import Desk, DeskConfig
from pairgen.processes import end_family, largest_mb
from pairgen.tasks import Outcome, Task
from schemas.errors import EngineStartFailed, UserError, WorkerDied

_TRIES: Final = 2
"""Browsers that a page may cost before it is set aside."""
_WATCH_EVERY_S: Final = 0.5
_GRACE_S: Final = 20.0


def _heed(work: asyncio.Future[Outcome]) -> None:
    """Take notice of how a task ended that nobody waits for any more: it says nothing then."""
    if not work.cancelled():
        work.exception()


class BrowserGone(Exception):
    """The browser is no more; `reason` is the word under which its page is counted."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class BrowserWorker:
    """Answer tasks with a Chromium of its own, which lives in one thread (Playwright's rule)."""

    def __init__(self, config: DeskConfig) -> None:
        self._config = config
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="browser")
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._renderer: Renderer | None = None
        self._num_pages = 0

    async def start(self) -> None:
        """Start the browser; EngineStartFailed where there is none that starts."""
        try:
            await self._in_thread(self._open)
        except UserError as error:
            raise EngineStartFailed(str(error), reason="browser") from error

    async def call(self, task: Task) -> Reply[Outcome]:
        """Do one task; what goes wrong with its page is in the reply."""
        started = time.perf_counter()
        return Reply(await boundary(self._do(task)), time.perf_counter() - started)

    async def close(self) -> None:
        """End the browser."""
        if self._renderer is not None:
            end_family(self._renderer.process_id)
        with contextlib.suppress(TimeoutError):  # where Playwright waits for what is gone
            await asyncio.wait_for(self._in_thread(self._shut), _GRACE_S)
        self._thread.shutdown(wait=False)

    async def _do(self, task: Task) -> Outcome:
        if self._num_pages >= self._config.browser.pages:
            await self.restart()
        self._num_pages += 1
        gone = BrowserGone("crashed", "")
        for _ in range(_TRIES):
            try:
                outcome = await self._watched(task)
                if outcome.reason == "timeout":
                    await self.restart()  # the tab may still be at it, at the next page's expense
                return outcome
            except BrowserGone as error:
                gone = error
                await self.restart()
        return Outcome(reason=gone.reason, detail=str(gone))

    async def restart(self) -> None:
        """Put another browser in the place of this one; WorkerDied where none starts."""
        try:
            await self._in_thread(self._reopen)
        except (UserError, Error) as error:
            raise WorkerDied(f"no browser starts any more: {error}") from error

    async def _watched(self, task: Task) -> Outcome:
        """Do a task unless its browser breaks a limit, crashes or hangs: BrowserGone."""
        assert self._renderer is not None
        limits, process_id = self._config.browser, self._renderer.process_id
        work = asyncio.get_running_loop().run_in_executor(self._thread, self._at_desk, task)
        work.add_done_callback(_heed)
        deadline = time.monotonic() + limits.page_s
        broken: BrowserGone | None = None
        while not work.done():
            await asyncio.wait({work}, timeout=_WATCH_EVERY_S)
            if broken is None and not work.done():
                broken = self._over(process_id, deadline)
                if broken is not None:
                    end_family(process_id)
                    deadline = time.monotonic() + _GRACE_S
            elif not work.done() and time.monotonic() > deadline:
                raise WorkerDied("its browser is killed and Playwright still waits for it")
        try:
            outcome = await work
        except Error as error:
            raise broken or BrowserGone("crashed", str(error).splitlines()[0]) from error
        if broken is not None:
            raise broken
        return outcome

    def _over(self, process_id: int, deadline: float) -> BrowserGone | None:
        limits = self._config.browser
        if time.monotonic() > deadline:
            return BrowserGone("hung", f"not done after {limits.page_s:g} s")
        if (size := largest_mb(process_id)) > limits.memory_mb:
            return BrowserGone("memory", f"a process of {size:.0f} MB")
        return None

    def _at_desk(self, task: Task) -> Outcome:
        """Do a task in the browser's thread; once more where the browser refuses, as a busy machine's may."""
        assert self._renderer is not None
        detail = ""
        for _ in range(_TRIES):
            try:
                return Desk(self._renderer, self._config).do(task)
            except Error as error:
                if not self._renderer.is_alive():
                    raise
                detail = str(error).splitlines()[0][:500]
        return Outcome(reason="unscriptable", detail=detail)

    async def _in_thread(self, work: Callable[[], object]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> None:
        if self._playwright is None:
            self._playwright = sync_playwright().start()
        self._browser = launch(self._playwright, self._config.browser)
        self._renderer = Renderer(self._browser, self._config.browser)
        self._num_pages = 0

    def _reopen(self) -> None:
        if self._renderer is not None:
            end_family(self._renderer.process_id)
        self._close_browser()
        self._open()

    def _close_browser(self) -> None:
        if self._browser is not None:
            with contextlib.suppress(Error):  # it may be gone
                self._browser.close()
        self._browser = self._renderer = None

    def _shut(self) -> None:
        self._close_browser()
        if self._playwright is not None:
            self._playwright.stop()
            self._playwright = None
