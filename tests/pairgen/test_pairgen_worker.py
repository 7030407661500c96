"""A browser that crashes, hangs or swells is replaced, its page set aside, and the next one made."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pages_by_hand import BAKERY, bakery

from pairgen.assets import Asset
from pairgen.browser_config import BrowserConfig
from pairgen.desk import DeskConfig
from pairgen.filters import FiltersConfig
from pairgen.processes import end_family, largest_mb
from pairgen.records import Page
from pairgen.tasks import Outcome, RepeatTask
from pairgen.worker import BrowserWorker
from schemas.errors import EngineStartFailed

SWELL = "<script>const kept = []; setInterval(() => kept.push(new Array(3e6).fill(Math.random())), 20)</script>"


def config(folder: Path, **limits: object) -> DeskConfig:
    browser = BrowserConfig(**limits)  # type: ignore[arg-type]
    return DeskConfig(
        images=str(folder), seed=1, max_candidates=1, png_level=0, browser=browser, filters=FiltersConfig()
    )


def use(settings: DeskConfig, work: Callable[[BrowserWorker], Awaitable[None]]) -> None:
    async def scene() -> None:
        worker = BrowserWorker(settings)
        await worker.start()
        try:
            await work(worker)
        finally:
            await worker.close()

    asyncio.run(scene())


async def outcome_of(worker: BrowserWorker, page: Page) -> Outcome:
    result = (await worker.call(RepeatTask(page=page, pair_id="no_diff-0001"))).result
    assert isinstance(result, Outcome)
    return result


@dataclass(frozen=True)
class Killer:
    """Assets of a page that takes its browser down when it is loaded."""

    log: Path

    def fetch(self, url: str, max_bytes: int) -> Asset | None:
        process_id = int(self.log.with_suffix(".pid").read_text())
        with self.log.open("a") as log:
            log.write(f"{process_id}\n")
        os.kill(process_id, signal.SIGKILL)
        return None


def test_a_page_that_kills_browsers_is_set_aside_and_the_next_is_made(tmp_path: Path) -> None:
    log = tmp_path / "killed.log"
    killer = replace(bakery(), html=BAKERY.replace("<body>", "<body><img src='x.png'>"), assets=Killer(log))

    class Telling(BrowserWorker):
        def _open(self) -> None:
            super()._open()
            assert self._renderer is not None
            log.with_suffix(".pid").write_text(str(self._renderer.process_id))

    async def scene() -> None:
        worker = Telling(config(tmp_path))
        await worker.start()
        assert (await outcome_of(worker, killer)).reason == "crashed"
        assert len(set(log.read_text().split())) == 2
        assert (await outcome_of(worker, bakery())).row is not None
        await worker.close()

    asyncio.run(scene())


def test_a_browser_gives_way_to_a_fresh_one_after_its_pages(tmp_path: Path) -> None:
    opened: list[int] = []

    class Telling(BrowserWorker):
        def _open(self) -> None:
            super()._open()
            assert self._renderer is not None
            opened.append(self._renderer.process_id)

    async def scene() -> None:
        worker = Telling(config(tmp_path, pages=2))
        await worker.start()
        rows = [(await outcome_of(worker, bakery())).row for _ in range(5)]
        await worker.close()
        assert rows[0] is not None
        assert rows == [rows[0]] * 5

    asyncio.run(scene())
    assert len(set(opened)) == 3


@pytest.mark.parametrize("script", ["onload = () => setTimeout(() => {while (true);})", "while (true) alert('again')"])
def test_a_page_that_hangs_its_browser_is_set_aside_and_the_next_is_made(tmp_path: Path, script: str) -> None:
    busy = Page(page_id="a", domain="other", html=f"<p>x<script>{script}</script>")

    async def scene(worker: BrowserWorker) -> None:
        assert (await outcome_of(worker, busy)).reason in ("hung", "timeout")
        assert (await outcome_of(worker, bakery())).row is not None

    use(config(tmp_path, javascript=True, page_s=3.0, timeout_s=2.0), scene)


def test_a_page_that_swells_is_set_aside(tmp_path: Path) -> None:
    swelling = Page(
        page_id="a",
        domain="other",
        html="<p>x" + SWELL + "<script>while (true) kept.push(new Array(3e6).fill(1))</script>",
    )

    async def scene(worker: BrowserWorker) -> None:
        assert (await outcome_of(worker, swelling)).reason == "memory"
        assert (await outcome_of(worker, bakery())).row is not None

    use(config(tmp_path, javascript=True, memory_mb=450.0, page_s=60.0, timeout_s=50.0), scene)


def test_a_browser_that_is_not_there_fails_the_start(tmp_path: Path) -> None:
    async def scene() -> None:
        worker = BrowserWorker(config(tmp_path, executable=str(tmp_path / "none")))
        with pytest.raises(EngineStartFailed, match="no browser at"):
            await worker.start()
        await worker.close()

    asyncio.run(scene())


def test_the_size_of_a_process_is_known_and_it_can_be_ended() -> None:
    import subprocess

    with subprocess.Popen(["sleep", "60"]) as process:
        assert 0 < largest_mb(os.getpid()) < 100_000
        assert largest_mb(process.pid) < largest_mb(os.getpid())
        end_family(process.pid)
        assert process.wait(timeout=30) == -signal.SIGKILL


def test_a_page_or_its_fault_is_json_all_through() -> None:
    outcome = Outcome(reason="blank", missed=["a"], row={"id": "x", "magnitude": 0.1}, counts={"kept": [["a", "b", 1]]})
    assert Outcome.from_json(outcome.to_json()) == outcome
