"""Pages to pairs: every pair from its own page, in an order that seed and outcomes alone decide."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from pairgen.benign import BenignConfig
from pairgen.browser import sandbox_note
from pairgen.browser_config import BrowserConfig
from pairgen.cells import Plan
from pairgen.composer.tongues import check_language
from pairgen.conductor import Conductor, browser_places
from pairgen.context import run_context
from pairgen.desk import DeskConfig
from pairgen.filters import FiltersConfig
from pairgen.funnel import Funnel
from pairgen.images import FAST
from pairgen.pages import COMPOSER, Source, composed_pages, draw, find_all, find_sources
from pairgen.phases import ChangePhase, PageSupply, Phase, Reader, RepeatPhase, SurveyPhase, no_diff_task
from pairgen.records import Page
from pairgen.screenshots import ScreenshotsConfig
from pairgen.tasks import BenignTask, Outcome
from pairgen.writer import open_writer, with_images
from records.store import Store
from schemas.errors import ConfigError
from schemas.registry import nearest
from schemas.vocabulary import NO_DIFF, OPERATORS

_COMPRESSIONS: Final = ("fast", "best", "oxipng")
_BEST: Final = 4


@dataclass(kw_only=True, slots=True, frozen=True)
class PairgenConfig:
    """What to make, from which pages, and where it goes."""

    out: str
    """Parquet file to write; the funnel goes beside it, as <out>.funnel.json."""
    pages: str = COMPOSER
    """`composer`, a folder of HTML and MHTML files, or a text file of addresses."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Several such folders or files by name, in the place of `pages`: the funnel is told for each, and they take
    turns."""
    pages_per_source: int = 0
    """Pages drawn from each source by the seed; 0 takes all."""
    languages: Mapping[str, float] = field(default_factory=lambda: {"en": 1.0})
    """Language -> its weight among composed pages: `en` and those of `composer.tongues`."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts beside this machine whose pages may be loaded, where addresses name them."""
    per_cell: int = 2
    """Pairs for each operator and tier."""
    no_diff: int = 12
    """Pairs of one page rendered twice."""
    seed: int = 7
    """Decides pages and candidates."""
    operators: tuple[str, ...] = OPERATORS
    """Operators to make pairs of."""
    max_candidates: int = 12
    """Candidates tried on one page for one slot."""
    slots_per_page: int = 6
    """Slots that a page is tried for before it is given up."""
    lookahead: int = 16
    """Pages that are begun before the oldest is done; part of what decides the result, as workers are not."""
    workers: int = 1
    """Browsers at once; above 1 each is a Ray actor."""
    max_pages: int = 2000
    """Pages after which the run ends, filled or not."""
    compression: str = "fast"
    """`fast` (at most 1.2 x the bytes of oxipng level 4, in a hundredth of its time), `best` (level 4), or `oxipng`."""
    png_level: int = 4
    """oxipng level of the stored images, 0..6, where compression is `oxipng`."""
    sheet_per_cell: int = 3
    """Pairs of each operator and tier in the contact sheet beside the file; 0 writes neither sheet nor card."""
    reference: str = ""
    """Parquet file to compare the result with; "" compares with none."""
    browser: BrowserConfig = field(default_factory=BrowserConfig)
    """How Chromium is found and run, and what a page may cost."""
    filters: FiltersConfig = field(default_factory=FiltersConfig)
    """What pages of a foreign source must be like."""
    screenshots: ScreenshotsConfig = field(default_factory=ScreenshotsConfig)
    """A team's own screenshots, in the place of pages."""
    benign: BenignConfig = field(default_factory=BenignConfig)
    """Benign controls, kept out of the official metrics."""

    def __post_init__(self) -> None:
        if self.sources and self.pages != COMPOSER:
            raise ConfigError("pairgen: pages and sources are both given; name the folder among the sources")
        for language in self.languages:
            check_language(language)
        if min(self.languages.values(), default=0) < 0 or not any(self.languages.values()):
            raise ConfigError("pairgen: weights of languages are 0 or more, and some are above 0")
        if min(self.workers, self.lookahead) < 1:
            raise ConfigError("pairgen: workers and lookahead are 1 or more")
        for name in self.operators:
            if name not in OPERATORS:
                raise ConfigError(f"pairgen: unknown operator {name!r}: {nearest(name, OPERATORS)}")
        if not self.out:
            raise ConfigError("pairgen: say where to write: out=PATH.parquet")
        if not self.out.endswith(".parquet"):
            raise ConfigError(f"pairgen: out={self.out} is written as Parquet: give it a name that ends in .parquet")
        if min(self.per_cell, self.no_diff) < 0 or not 0 <= self.png_level <= 6:
            raise ConfigError("pairgen: per_cell and no_diff are 0 or more, png_level is 0..6")
        if self.compression not in _COMPRESSIONS:
            raise ConfigError(f"pairgen: unknown compression: {nearest(self.compression, _COMPRESSIONS)}")

    @property
    def level(self) -> int:
        """Return the level at which `images.recompress` is to work."""
        return {"fast": FAST, "best": _BEST}.get(self.compression, self.png_level)

    @property
    def num_wanted(self) -> int:
        """Return how many pairs are to be made."""
        return self.per_cell * 3 * len(self.operators) + self.no_diff + self.benign.num


class Pipeline:
    """Make the pairs that a config wants; what was made before a kill is not made again."""

    def __init__(self, config: PairgenConfig, say: Callable[[str], None]) -> None:
        self.config, self._say = config, say
        self.funnel = Funnel()
        self.plan = Plan(config.operators, config.per_cell)
        self.num_skipped = 0
        self.num_cached = 0
        self.work = Path(config.out + ".work")
        self._missing_benign: Counter[str] = Counter(config.benign.kinds())

    def run(self, on_tick: Callable[[], None] = lambda: None) -> None:
        """Write the file; UserError where there is no page or no browser.

        on_tick: called often, for a report of progress.
        """
        config, images = self.config, self.work / "images"
        supply = PageSupply(iter(()), config.max_pages)
        phases = [*self._first_phases(supply), *self._control_phases(supply)]
        context = run_context(config)
        if note := sandbox_note(config.browser):
            self._say(note)
        images.mkdir(parents=True, exist_ok=True)
        store = Store.open(self.work / "store")
        desk = DeskConfig(
            images=str(images.resolve()), seed=config.seed, max_candidates=config.max_candidates,
            png_level=config.level, browser=config.browser, filters=config.filters,
        )  # fmt: skip
        with closing(store), open_writer(Path(config.out), self.work) as self._writer, _cluster(config.workers):
            conductor = Conductor(phases, store, context, on_tick, self._say)
            places = browser_places(desk, config.workers, in_processes=config.workers > 1)
            asyncio.run(conductor.run(places))
            self.num_cached = conductor.num_cached
        shutil.rmtree(self.work, ignore_errors=True)

    def missing(self) -> list[str]:
        """Return the ids of pairs that no page yielded."""
        absent = range(self.funnel.num_no_diff + 1, self.config.no_diff + 1)
        wanted = Counter(self.config.benign.kinds())
        benign = [
            _benign_id(kind, number)
            for kind, count in sorted(wanted.items())
            for number in range(count - self._missing_benign[kind], count)
        ]
        return [
            *(slot.pair_id for slot in self.plan.open_slots),
            *(f"{NO_DIFF}-{number:04d}" for number in absent),
            *benign,
        ]

    def shortage(self) -> str:
        """Return why pairs are missing after a run, and what to do: pages end, slots don't."""
        if self._supply.is_at_limit:
            return f"the limit of {self.config.max_pages} pages was reached: raise max_pages"
        return "pages ran out: every pair wants a page of its own; give more pages"

    def _first_phases(self, supply: PageSupply) -> Iterator[Phase]:
        config, self._supply = self.config, supply
        if config.pages == COMPOSER and not config.sources:
            supply.fill(composed_pages(config.seed, config.languages))
        else:
            sources = self._find_sources()
            reader = Reader(self.funnel, int(config.browser.max_page_mb * 1e6), self._skipped)
            yield SurveyPhase(sources, supply, self.funnel, config.filters, reader)
        yield ChangePhase(
            self.plan, supply, self.funnel, self._write,
            lookahead=config.lookahead, slots_per_page=config.slots_per_page,
        )  # fmt: skip

    def _find_sources(self) -> list[Source]:
        config, timeout_s = self.config, self.config.browser.timeout_s
        if config.sources:
            found = find_all(config.sources, config.allow_hosts, timeout_s)
        else:
            found = find_sources(config.pages, config.allow_hosts, timeout_s)
        return draw(found, config.pages_per_source, config.seed)

    def _control_phases(self, supply: PageSupply) -> Iterator[Phase]:
        config = self.config
        yield RepeatPhase(supply, config.no_diff, no_diff_task, self._on_no_diff, lookahead=config.lookahead)
        for kind, count in sorted(self._missing_benign.items()):
            make, on_outcome = partial(_benign_task, kind), partial(self._on_benign, kind)
            yield RepeatPhase(supply, count, make, on_outcome, lookahead=config.lookahead)

    def _skipped(self, line: str) -> None:
        self.num_skipped += 1
        self._say(line)

    def _on_no_diff(self, outcome: Outcome) -> None:
        self.funnel.num_pages += 1
        if outcome.row is not None:
            self.funnel.num_no_diff += 1
            self._write(outcome.row)
        elif outcome.reason == "unstable":
            self.funnel.unstable_pages += 1
        else:
            self.funnel.failed[outcome.reason] += 1

    def _on_benign(self, kind: str, outcome: Outcome) -> None:
        self.funnel.num_pages += 1
        if outcome.row is not None:
            self.funnel.num_benign += 1
            self._missing_benign[kind] -= 1
            self._write(outcome.row)
        else:
            self.funnel.failed[f"{kind}: {outcome.reason}"] += 1

    def _write(self, row: dict[str, Any]) -> None:
        rest = {name: value for name, value in row.items() if name not in ("before", "after")}
        before, after = ((self.work / "images" / f"{row[side]}.png").read_bytes() for side in ("before", "after"))
        self._writer.write(with_images(rest, before, after))


def _benign_task(kind: str, page: Page, number: int) -> BenignTask:
    return BenignTask(page=page, pair_id=_benign_id(kind, number), kind=kind)


def _benign_id(kind: str, number: int) -> str:
    return f"benign-{kind}-{number + 1:04d}"


@contextmanager
def _cluster(num_workers: int) -> Iterator[None]:
    """Bring Ray up where there is more than one worker."""
    if num_workers == 1:
        yield
        return
    from orchestrator.actors import start_ray, stop_ray

    start_ray(num_cpus=num_workers)
    try:
        yield
    finally:
        stop_ray()
