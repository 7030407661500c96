"""Pages to pairs: every pair from its own page, in an order that seed and outcomes alone decide."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from itertools import islice

from pairgen.attempt import Stage
from pairgen.browser import Renderer, open_browser
from pairgen.browser_config import BrowserConfig
from pairgen.cells import Plan, Slot
from pairgen.funnel import Funnel
from pairgen.pages import COMPOSER, open_pages
from pairgen.records import Page, Pair
from schemas.errors import ConfigError
from schemas.registry import nearest
from schemas.vocabulary import NO_DIFF, OPERATORS


@dataclass(kw_only=True, slots=True, frozen=True)
class PairgenConfig:
    """What to make, from which pages, and where it goes."""

    out: str
    """Parquet file to write; the funnel goes beside it, as <out>.funnel.json."""
    pages: str = COMPOSER
    """`composer`, or a folder of HTML files."""
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
    max_pages: int = 2000
    """Pages after which the run ends, filled or not."""
    png_level: int = 4
    """oxipng level of the stored images, 0..6."""
    reference: str = ""
    """Parquet file to compare the result with; "" compares with none."""
    browser: BrowserConfig = field(default_factory=BrowserConfig)
    """How Chromium is found and run."""

    def __post_init__(self) -> None:
        for name in self.operators:
            if name not in OPERATORS:
                raise ConfigError(f"pairgen: unknown operator {name!r}: {nearest(name, OPERATORS)}")
        if not self.out:
            raise ConfigError("pairgen: say where to write: out=PATH.parquet")
        if not self.out.endswith(".parquet"):
            raise ConfigError(f"pairgen: out={self.out} is written as Parquet: give it a name that ends in .parquet")
        if min(self.per_cell, self.no_diff) < 0 or not 0 <= self.png_level <= 6:
            raise ConfigError("pairgen: per_cell and no_diff are 0 or more, png_level is 0..6")

    @property
    def num_wanted(self) -> int:
        """Return how many pairs are to be made."""
        return self.per_cell * 3 * len(self.operators) + self.no_diff


class Pipeline:
    """Make the pairs that a config wants."""

    def __init__(self, config: PairgenConfig) -> None:
        self.config = config
        self.funnel = Funnel()
        self.plan = Plan(config.operators, config.per_cell)
        self.num_skipped = 0

    def run(self, say: Callable[[str], None]) -> Generator[Pair]:
        """Yield pairs as they are made: changed ones until no slot is open, then no-diff pairs.

        say: told in one line of each file that is skipped, and where the browser's sandbox is off.
        """

        def skipped(line: str) -> None:
            self.num_skipped += 1
            say(line)

        pages = islice(open_pages(self.config.pages, self.config.seed, skipped), self.config.max_pages)
        with open_browser(self.config.browser, say) as renderer:
            yield from self._changed(renderer, pages)
            yield from self._unchanged(renderer, pages)

    def missing(self) -> list[str]:
        """Return the ids of pairs that no page yielded."""
        absent = range(self.funnel.num_no_diff + 1, self.config.no_diff + 1)
        return [slot.pair_id for slot in self.plan.open_slots] + [f"{NO_DIFF}-{number:04d}" for number in absent]

    def shortage(self) -> str:
        """Return why pairs are missing after a run, and what to do: pages end, slots don't."""
        if self.funnel.num_pages >= self.config.max_pages:
            return f"the limit of {self.config.max_pages} pages was reached: raise max_pages"
        return "pages ran out: every pair wants a page of its own; give more pages"

    def _changed(self, renderer: Renderer, pages: Iterator[Page]) -> Iterator[Pair]:
        while self.plan.open_slots:
            page = next(pages, None)
            if page is None:
                return
            pair = self._first_pair(self._stage(renderer, page), page)
            if pair is not None:
                yield pair

    def _first_pair(self, stage: Stage, page: Page) -> Pair | None:
        for slot in self.plan.open_slots[: self.config.slots_per_page]:
            pair = self._pair_for(slot, stage, page)
            if pair is not None:
                self.plan.fill(slot)
                return pair
            self.plan.miss(slot)
        return None

    def _pair_for(self, slot: Slot, stage: Stage, page: Page) -> Pair | None:
        for mechanism in self.plan.mechanisms(slot):
            seed = f"{self.config.seed}/{page.page_id}/{slot.pair_id}/{mechanism}"
            pair = stage.attempt(slot, mechanism, seed, self.config.max_candidates)
            if pair is not None:
                return pair
        return None

    def _unchanged(self, renderer: Renderer, pages: Iterator[Page]) -> Iterator[Pair]:
        while self.funnel.num_no_diff < self.config.no_diff:
            page = next(pages, None)
            if page is None:
                return
            pair = self._stage(renderer, page).repeat(f"{NO_DIFF}-{self.funnel.num_no_diff + 1:04d}")
            if pair is None:
                self.funnel.unstable_pages += 1
            else:
                self.funnel.num_no_diff += 1
                yield pair

    def _stage(self, renderer: Renderer, page: Page) -> Stage:
        self.funnel.num_pages += 1
        return Stage(renderer, page, self.funnel)
