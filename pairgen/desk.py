"""Do one task with one renderer: what a browser worker does, without the browser's keeping."""

import hashlib
from dataclasses import dataclass
from functools import singledispatchmethod
from pathlib import Path

from pairgen.attempt import Stage
from pairgen.benign import disturb
from pairgen.browser import Renderer
from pairgen.browser_config import BrowserConfig
from pairgen.cells import Slot
from pairgen.faults import PageFault
from pairgen.filters import FiltersConfig, survey
from pairgen.funnel import Funnel
from pairgen.records import Page, Pair
from pairgen.tasks import BenignTask, ChangeTask, Outcome, RepeatTask, SurveyTask, Task, counts_of
from pairgen.writer import row_of, small_images
from records.files import atomic_path


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskConfig:
    """What every task of a run shares."""

    images: str
    """Folder for the kept screenshots, by digest; the same for all workers."""
    seed: int
    max_candidates: int
    png_level: int
    """`images.FAST`, or oxipng's level."""
    browser: BrowserConfig
    filters: FiltersConfig


class Desk:
    """Turn tasks into outcomes; a page that can't be used is an outcome, too."""

    def __init__(self, renderer: Renderer, config: DeskConfig) -> None:
        self._renderer, self._config = renderer, config

    def do(self, task: Task) -> Outcome:
        """Return what became of a task."""
        try:
            return self._do(task)
        except PageFault as fault:
            return Outcome(reason=fault.error_type, detail=fault.detail[:500])

    @singledispatchmethod
    def _do(self, task: Task) -> Outcome:
        raise TypeError(task)

    @_do.register
    def _(self, task: SurveyTask) -> Outcome:
        score, looks = survey(self._renderer, task.page, self._config.filters)
        return Outcome(score=score, looks=looks)

    @_do.register
    def _(self, task: ChangeTask) -> Outcome:
        funnel = Funnel()
        stage = Stage(self._renderer, task.page, funnel)
        missed: list[str] = []
        pair = None
        for slot, mechanisms in task.tries:
            pair = self._first_pair(stage, task.page, slot, mechanisms)
            if pair is not None:
                break
            missed.append(slot.pair_id)
        row = None if pair is None else self._keep(pair)
        return Outcome(missed=missed, row=row, counts=counts_of(funnel))

    @_do.register
    def _(self, task: RepeatTask) -> Outcome:
        pair = Stage(self._renderer, task.page, Funnel()).repeat(task.pair_id)
        return Outcome(reason="unstable") if pair is None else Outcome(row=self._keep(pair))

    @_do.register
    def _(self, task: BenignTask) -> Outcome:
        stage = Stage(self._renderer, task.page, Funnel())
        seed = f"{self._config.seed}/{task.page.page_id}/{task.pair_id}"
        pair = stage.disturbed(task.pair_id, task.kind, lambda png: disturb(self._renderer, png, task.kind, seed))
        return Outcome(reason="no_effect") if pair is None else Outcome(row=self._keep(pair))

    def _first_pair(self, stage: Stage, page: Page, slot: Slot, mechanisms: tuple[str, ...]) -> Pair | None:
        for mechanism in mechanisms:
            seed = f"{self._config.seed}/{page.page_id}/{slot.pair_id}/{mechanism}"
            pair = stage.attempt(slot, mechanism, seed, self._config.max_candidates)
            if pair is not None:
                return pair
        return None

    def _keep(self, pair: Pair) -> dict[str, object]:
        before, after = small_images(pair, self._config.png_level)
        folder = Path(self._config.images)
        return row_of(pair) | {"before": _store(before, folder), "after": _store(after, folder)}


def _store(png: bytes, folder: Path) -> str:
    """Keep an image under its digest and return that."""
    digest = hashlib.sha256(png).hexdigest()
    path = folder / f"{digest}.png"
    if not path.exists():
        with atomic_path(path) as unfinished:
            unfinished.write_bytes(png)
    return digest
