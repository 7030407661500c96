"""What is asked of workers, in an order that only the seed and the outcomes decide.

A phase hands out tasks and takes their outcomes back in the order of the tasks, whichever worker was faster. It looks
ahead a fixed number of tasks, never as many as there happen to be workers: so their number doesn't show in the result.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any, Protocol

from pairgen.cells import Plan, Slot
from pairgen.faults import PageFault
from pairgen.filters import FiltersConfig, distinct
from pairgen.funnel import Funnel
from pairgen.pages import Source
from pairgen.records import Page
from pairgen.tasks import BenignTask, ChangeTask, Outcome, RepeatTask, SurveyTask, Task, add_counts
from schemas.vocabulary import NO_DIFF

OnRow = Callable[[dict[str, Any]], None]


class PageSupply:
    """Pages, each given out once; those that came to nothing may come back."""

    def __init__(self, pages: Iterator[Page], limit: int) -> None:
        self._pages = pages
        self._back: list[Page] = []
        self._left = limit

    def fill(self, pages: Iterator[Page]) -> None:
        """Give out these from now on."""
        self._pages = pages

    def take(self) -> Page | None:
        """Return the next page; None where there is none, or the limit is reached."""
        if self._back:
            return self._back.pop(0)
        if not self._left:
            return None
        page = next(self._pages, None)
        self._left -= page is not None
        return page

    def give_back(self, pages: list[Page]) -> None:
        """Take pages back that nothing was made of; they come first."""
        self._back = pages + self._back

    @property
    def is_at_limit(self) -> bool:
        """Tell whether as many pages were given out as may be."""
        return self._left == 0


class Phase(Protocol):
    """Hand out tasks; take outcomes in their order."""

    def next(self) -> Task | None:
        """Return a task; None where none can be had before another outcome, or ever."""
        ...

    def commit(self, task: Task, outcome: Outcome) -> None:
        """Take the outcome of the oldest task that is out."""
        ...

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more is wanted; tasks still out are dropped."""
        ...

    def end(self) -> None:
        """Pass on what the next phases need."""
        ...


class SurveyPhase:
    """Look at every page of a foreign source, then let the fit and distinct ones be given out, the best first."""

    def __init__(
        self, sources: list[Source], supply: PageSupply, funnel: Funnel, config: FiltersConfig, read: "Reader"
    ) -> None:
        self._sources = {source.page_id: source for source in sources}
        self._ahead = iter(sources)
        self._num_out, self._is_read = 0, False
        self._supply, self._funnel, self._config, self._read = supply, funnel, config, read
        self._found: list[tuple[float, str, str]] = []
        for source in sources:
            for part in funnel.parts(source.group):
                part.num_found += 1

    def next(self) -> Task | None:
        """Return the next readable page's survey."""
        if self._num_out >= _SURVEYS_AHEAD:
            return None
        for source in self._ahead:
            page = self._read(source)
            if page is not None:
                self._num_out += 1
                return SurveyTask(page=page)
        self._is_read = True
        return None

    def commit(self, task: Task, outcome: Outcome) -> None:
        """Note a page's quality and looks, or why it isn't fit."""
        self._num_out -= 1
        if outcome.reason:
            for part in self._funnel.parts(task.page.group):
                part.unfit[outcome.reason] += 1
        else:
            self._found.append((outcome.score, outcome.looks, task.page.page_id))

    @property
    def is_over(self) -> bool:
        """Tell whether every page was looked at."""
        return self._is_read and not self._num_out

    def end(self) -> None:
        """Choose pages."""
        chosen, fallen = distinct(self._found, self._config)
        for page_id, reason in fallen.items():
            for part in self._funnel.parts(self._sources[page_id].group):
                part.unfit[reason] += 1
        sources = [self._sources[page_id] for page_id in chosen]
        for source in sources:
            for part in self._funnel.parts(source.group):
                part.num_chosen += 1
        read = map(self._read, in_turn(sources))
        self._supply.fill(page for page in read if page is not None)


def in_turn(sources: Sequence[Source]) -> Iterator[Source]:
    """Yield sources so that their groups take turns, each in its order: none is used up before the others are asked."""
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.group, []).append(source)
    for row in zip_longest(*(groups[name] for name in sorted(groups))):
        yield from (source for source in row if source is not None)


_SURVEYS_AHEAD = 32


class Reader:
    """Read sources, and count why some can't be."""

    def __init__(self, funnel: Funnel, max_bytes: int, say: Callable[[str], None]) -> None:
        self._funnel, self._max_bytes, self._say = funnel, max_bytes, say
        self._told: set[str] = set()

    def __call__(self, source: Source) -> Page | None:
        """Return the source's page; None where there is none, which is said and counted."""
        try:
            return source.read(self._max_bytes)
        except PageFault as fault:
            if source.page_id not in self._told:
                self._told.add(source.page_id)
                for part in self._funnel.parts(source.group):
                    part.unfit[fault.error_type] += 1
                self._say(f"{source.page_id} is skipped: {fault}")
            return None


_MISSES_PER_PAGE = 3
"""Misses after which one page more at a time is tried for a slot: few are then made in vain."""


class ChangePhase:
    """Make changed pairs until no slot is open or pages run out."""

    def __init__(
        self, plan: Plan, supply: PageSupply, funnel: Funnel, on_row: OnRow, *, lookahead: int, slots_per_page: int
    ) -> None:
        self._plan, self._supply, self._funnel, self._on_row = plan, supply, funnel, on_row
        self._lookahead, self._slots_per_page = lookahead, slots_per_page
        self._out: list[ChangeTask] = []
        self._asked: Counter[str] = Counter()
        self._is_dry = False

    def next(self) -> Task | None:
        """Return the next page with the slots that are least in others' hands, then least tried."""
        free = self._free_slots() if len(self._out) < self._lookahead else []
        if not free:
            return None
        page = self._supply.take()
        if page is None:
            self._is_dry = True
            return None
        ranked = sorted(free, key=lambda slot: self._asked[slot.pair_id])
        slots = list(islice(self._unlike(ranked), self._slots_per_page))
        self._asked.update(slot.pair_id for slot in slots)
        task = ChangeTask(page=page, tries=tuple((slot, self._plan.mechanisms(slot)) for slot in slots))
        self._out.append(task)
        return task

    def _free_slots(self) -> list[Slot]:
        """Return the open slots that not enough pages are at yet: one at first, more as pages yield nothing."""
        first = Counter(task.tries[0][0].pair_id for task in self._out)
        return [
            slot
            for slot in self._plan.open_slots
            if first[slot.pair_id] <= self._plan.num_misses(slot) // _MISSES_PER_PAGE
        ]

    def _unlike(self, slots: Iterable[Slot]) -> Iterator[Slot]:
        """Yield slots that ask of a page what none before asks: one that yields nothing once does so again."""
        asked: set[tuple[str, str, str]] = set()
        for slot in slots:
            kinds = {(slot.operator, slot.tier, name) for name in self._plan.mechanisms(slot)}
            if not kinds <= asked:
                asked |= kinds
                yield slot

    def commit(self, task: Task, outcome: Outcome) -> None:
        """Fill the slot that the page yielded a pair for, and note the misses."""
        assert isinstance(task, ChangeTask)
        self._out.pop(0)
        self._asked.subtract(slot.pair_id for slot, _ in task.tries)
        for part in self._funnel.parts(task.page.group):
            part.num_pages += 1
            add_counts(part, outcome.counts)
            if outcome.reason:
                part.failed[outcome.reason] += 1
        for missed in filter(None, map(self._plan.find, outcome.missed)):
            self._plan.miss(missed)
        if outcome.row is None:
            return
        slot = self._plan.find(outcome.row["id"])
        if slot is None:
            self._note_surplus(task, outcome.row["id"])
        else:
            self._plan.fill(slot)
            self._on_row(outcome.row)

    def _note_surplus(self, task: ChangeTask, pair_id: str) -> None:
        """Count a pair for a slot that an earlier page has filled meanwhile."""
        (cell,) = [(slot.operator, slot.tier) for slot, _ in task.tries if slot.pair_id == pair_id]
        for part in self._funnel.parts(task.page.group):
            part.kept[cell] -= 1
            part.rejected[(*cell, "surplus")] += 1

    @property
    def is_over(self) -> bool:
        """Tell whether all is made, or no page is left."""
        return self._plan.is_full or (self._is_dry and not self._out)

    def end(self) -> None:
        """Give the pages back that are still out."""
        self._supply.give_back([task.page for task in self._out])


class RepeatPhase:
    """Make no-diff pairs, or benign ones: `make` says what is asked of a page for the number-th pair."""

    def __init__(
        self,
        supply: PageSupply,
        num_wanted: int,
        make: Callable[[Page, int], RepeatTask | BenignTask],
        on_outcome: Callable[[Outcome], None],
        *,
        lookahead: int,
    ) -> None:
        self._supply, self._num_wanted, self._make, self._on_outcome = supply, num_wanted, make, on_outcome
        self._lookahead = lookahead
        self._out: list[Task] = []
        self._num_made = 0
        self._is_dry = False

    def next(self) -> Task | None:
        """Return the next page's task: for the pair that is made if all that are out go well."""
        number = self._num_made + len(self._out)
        if len(self._out) >= self._lookahead or number >= self._num_wanted:
            return None
        page = self._supply.take()
        if page is None:
            self._is_dry = True
            return None
        task = self._make(page, number)
        self._out.append(task)
        return task

    def commit(self, task: Task, outcome: Outcome) -> None:
        """Count the pair, or why there is none; later ones move up."""
        self._out.remove(task)
        self._num_made += outcome.row is not None
        if outcome.row is not None:
            # made as a later one, where one before it came to nothing
            outcome.row["id"] = self._make(task.page, self._num_made - 1).pair_id
        self._on_outcome(outcome)

    @property
    def is_over(self) -> bool:
        """Tell whether all is made, or no page is left."""
        return self._num_made >= self._num_wanted or (self._is_dry and not self._out)

    def end(self) -> None:
        """Give the pages back that are still out."""
        self._supply.give_back([task.page for task in self._out])


def no_diff_task(page: Page, number: int) -> RepeatTask:
    """Return what the number-th no-diff pair, from 0, asks of a page."""
    return RepeatTask(page=page, pair_id=f"{NO_DIFF}-{number + 1:04d}")
