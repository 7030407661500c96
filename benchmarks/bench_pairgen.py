"""What making pairs costs: `python -m benchmarks.bench_pairgen`; exit status 1 over a limit.

- A worker against the bound of raw screenshots, in turn on the same pages in the same browser: the bound only loads,
  applies, takes screenshots and takes back, as often as the protocol did for the very changes that the worker tried.
  At least 0.7 of the bound's rate; compression, which is told beside it, is left out.
- The bytes of kept pictures against oxipng level 4 on some of them: `compression=fast` at most 1.2 x, `best` (untimed)
  at most 1.05 x.
- Peak memory of a whole command with two workers, browsers and Ray included (proportional set size): under 3 GB.
- The cost of a pair in a run of four times the size, in CPU time of all processes from the first pair on: within 10%.

The size that counts, 4,400 pairs, takes half an hour and is no part of this: docs/performance.md has its figures.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from playwright.sync_api import Browser, sync_playwright

from benchmarks.process_family import family_cpu_s, family_pss_mb
from orchestrator.door import PROJECT_ROOT
from pairgen import writer
from pairgen.browser import Renderer, launch
from pairgen.browser_config import BrowserConfig
from pairgen.cells import Plan
from pairgen.composer.compose import compose
from pairgen.desk import Desk, DeskConfig
from pairgen.filters import FiltersConfig
from pairgen.images import FAST, recompress
from pairgen.operators.chroma import delta_e
from pairgen.operators.styles import Rgb
from pairgen.records import Change, Page
from pairgen.tasks import ChangeTask, Outcome
from schemas.vocabulary import OPERATORS

MIN_OF_BOUND, MAX_BYTES, MAX_BEST_BYTES, MAX_MB, MAX_GROWTH = 0.7, 1.2, 1.05, 3000.0, 1.1
_FIRST_SEED: Final = 700_000
_BEST: Final = 4
_EVERY: Final = 12
"""Of so many kept pictures one is compressed at level 4, which takes 1.6 s."""
_SIZES: Final = (4, 16)
_EASY: Final = "operators=[color,opacity,position,border]"
"""Cells that fill alike at any size, so that sizes can be compared without a thousand pairs."""


class Recorder(Renderer):
    """A renderer that notes what is asked of it: pages, changes, or the names of the other two steps."""

    def __init__(self, browser: Browser, config: BrowserConfig) -> None:
        super().__init__(browser, config)
        self.steps: list[Page | Change | str] = []
        self._depth = 0

    def _noted(self, step: Page | Change | str, work: Callable[[], object]) -> object:
        if not self._depth:
            self.steps.append(step)
        self._depth += 1
        try:
            return work()
        finally:
            self._depth -= 1

    def load(self, page: Page) -> bytes:
        """Load, and note it."""
        return bytes(self._noted(page, lambda: super(Recorder, self).load(page)))  # type: ignore[call-overload]

    def screenshot(self) -> bytes:
        """Take a screenshot, and note it."""
        return bytes(self._noted("screenshot", super().screenshot))  # type: ignore[call-overload]

    def apply(self, change: Change) -> bool:
        """Apply, and note it."""
        return bool(self._noted(change, lambda: super(Recorder, self).apply(change)))

    def undo(self) -> None:
        """Take back, and note it."""
        self._noted("undo", super().undo)


def replay(renderer: Renderer, steps: list[Page | Change | str]) -> None:
    """Do the same once more and nothing else."""
    for step in steps:
        match step:
            case Page():
                renderer.load(step)
            case Change():
                renderer.apply(step)
            case "screenshot":
                renderer.screenshot()
            case _:
                renderer.undo()


class Rates(NamedTuple):
    """What the bound, the worker and compression took, s; how many candidates; the kept pictures."""

    bound_s: float
    worker_s: float
    press_s: float
    num_candidates: int
    num_kept: int
    pictures: list[bytes]


def measure_worker(folder: str, operators: Sequence[str] = OPERATORS) -> Rates:
    """Let a desk and the bound do one page of each operator and tier in turn."""
    config = DeskConfig(images=folder, seed=1, max_candidates=12, png_level=FAST, browser=BrowserConfig(),
                        filters=FiltersConfig())  # fmt: skip
    pictures: list[bytes] = []
    times = {"bound": 0.0, "worker": 0.0, "press": 0.0}
    outcomes: list[Outcome] = []

    def press(png: bytes, level: int) -> bytes:
        started = time.perf_counter()
        pictures.append(png)
        small = recompress(png, level)
        times["press"] += time.perf_counter() - started
        return small

    plan = Plan(operators, 1)
    delta_e(Rgb(0, 0, 0), Rgb(9, 9, 9))  # what it imports counts as start, whichever page asks first
    with sync_playwright() as playwright:
        browser = launch(playwright, config.browser)
        recorder, bare = Recorder(browser, config.browser), Renderer(browser, config.browser)
        writer.recompress = press
        for number, slot in enumerate([*plan.open_slots[:3], *plan.open_slots]):
            page = compose(_FIRST_SEED + number)
            if number == 3:  # the first three warm both up
                times, outcomes, pictures = dict.fromkeys(times, 0.0), [], []
            recorder.steps.clear()
            task = ChangeTask(page=page, tries=((slot, plan.mechanisms(slot)),))
            started = time.perf_counter()
            outcomes.append(Desk(recorder, config).do(task))
            midway = time.perf_counter()
            replay(bare, recorder.steps)
            times["worker"] += midway - started
            times["bound"] += time.perf_counter() - midway
        writer.recompress = recompress
        browser.close()
    tried = sum(count for outcome in outcomes for *_, count in outcome.counts["candidates"])
    kept = sum(outcome.row is not None for outcome in outcomes)
    return Rates(times["bound"], times["worker"] - times["press"], times["press"], tried, kept, pictures)


class Bill(NamedTuple):
    """What one command cost."""

    cpu_s_per_pair: float
    peak_mb: float


def measure_command(folder: Path, per_cell: int) -> Bill:
    """Run the command with two workers and watch its processes."""
    out = folder / f"{per_cell}.parquet"
    arguments = [f"out={out}", _EASY, f"per_cell={per_cell}", "no_diff=0", "workers=2", "sheet_per_cell=0"]
    started = time.perf_counter()
    command = [sys.executable, "-m", "pairgen", *arguments]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak_mb, seen, first = 0.0, dict[int, float](), None
    while process.poll() is None:
        peak_mb = max(peak_mb, family_pss_mb(process.pid))
        seen |= family_cpu_s(process.pid)
        with suppress(OSError):
            if first is None and any((folder / f"{out.name}.work" / "images").iterdir()):
                first = sum(seen.values())
        time.sleep(0.4)
    if process.returncode:
        raise RuntimeError(f"exit status {process.returncode}: {' '.join(command)}")
    num_pairs = per_cell * 3 * 4
    cost, wall_s = (sum(seen.values()) - (first or 0.0)) / (num_pairs - 1), time.perf_counter() - started
    _say(f"{num_pairs} pairs with two workers: {cost:.2f} s of CPU a pair from the first on, {wall_s:.0f} s in all, "
         f"{peak_mb:.0f} MB")  # fmt: skip
    return Bill(cost, peak_mb)


def _say(line: str) -> None:
    print(line, flush=True)


def measure_bytes(pictures: list[bytes]) -> tuple[float, float, float, int]:
    """Return the bytes of `fast` and of `best` over oxipng level 4's, the worst picture's, and how many there were."""
    some = pictures[::_EVERY]
    sizes = [[len(recompress(png, level)) for png in some] for level in (FAST, _BEST)]
    least = [len(_oxipng(png)) for png in some]
    worst = max(fast / best for fast, best in zip(sizes[0], least, strict=True))
    return sum(sizes[0]) / sum(least), sum(sizes[1]) / sum(least), worst, len(some)


def _oxipng(png: bytes) -> bytes:
    """Return what oxipng level 4 makes of the browser's file with nothing forbidden."""
    import oxipng

    return bytes(oxipng.optimize_from_memory(png, level=4, strip=oxipng.StripChunks.all()))


def main() -> int:
    """Print each figure with its limit as it is known; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        rates = measure_worker(folder)
        _say(f"{rates.num_kept} pairs of {rates.num_candidates} candidates: worker {rates.worker_s:.1f} s, bound "
             f"{rates.bound_s:.1f} s, compression beside it {rates.press_s:.1f} s")  # fmt: skip
        fast, best, worst, num_pictures = measure_bytes(rates.pictures)
        _say(f"{num_pictures} pictures at oxipng level 4; the worst of `fast` is {worst:.2f} x")
        small, large = (measure_command(Path(folder), per_cell) for per_cell in _SIZES)
    figures = (
        ("worker / bound of raw screenshots", rates.bound_s / rates.worker_s, MIN_OF_BOUND, True),
        ("bytes, fast / oxipng 4", fast, MAX_BYTES, False),
        ("bytes, best / oxipng 4", best, MAX_BEST_BYTES, False),
        ("peak memory, MB", max(small.peak_mb, large.peak_mb), MAX_MB, False),
        ("cost of a pair, large / small run", large.cpu_s_per_pair / small.cpu_s_per_pair, MAX_GROWTH, False),
    )
    failed = [name for name, figure, limit, is_floor in figures if (figure < limit if is_floor else figure > limit)]
    for name, figure, limit, is_floor in figures:
        bound = f"{'at least' if is_floor else 'at most'} {limit:g}"
        print(f"{name:34} {figure:9.2f}  {bound:14} {'FAIL' if name in failed else 'pass'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
