"""How many pages each limit of `filters.*` costs: `python -m benchmarks.limits_of_filters +pairgen=real`.

Every page that loads is measured, whatever the filters would say of it; then counted is how many would fall by one
limit alone at half its value, at its default and at twice that. No limit of its own: these are the figures by which
the defaults in docs/pairs.md are argued. `pages=composer` measures 120 composed pages.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from orchestrator.door import compose, run_command
from pairgen.browser import Renderer, open_browser
from pairgen.faults import PageFault
from pairgen.filters import FiltersConfig, num_shown_texts, score, share_of_one_color
from pairgen.images import decode
from pairgen.looks import difference_hash, distance
from pairgen.pages import COMPOSER, composed_pages, draw, find_all, find_sources
from pairgen.pipeline import PairgenConfig
from pairgen.records import Page
from schemas.registry import parse_config

_NUM_COMPOSED: Final = 120
_FACTORS: Final = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the filters look at."""

    num_texts: int
    height_px: int
    one_color: float
    moved_after_s: float
    """The shortest wait, s, after which the page looked otherwise; infinity where it never did."""
    score: float
    looks: str


def measure(renderer: Renderer, page: Page, waits_s: Sequence[float]) -> Measured:
    """Return a page's measures; PageFault where it doesn't load."""
    png = renderer.load(page)
    snapshot, pixels = renderer.snapshot(), decode(png)
    one_color, num_texts = share_of_one_color(pixels), num_shown_texts(snapshot)
    height_px = int(renderer.evaluate("() => document.documentElement.scrollHeight"))
    moved, waited_s = float("inf"), 0.0
    for wait_s in sorted(waits_s):
        time.sleep(wait_s - waited_s)
        waited_s = wait_s
        if renderer.screenshot() != png:
            moved = wait_s
            break
    return Measured(
        num_texts=num_texts, height_px=height_px, one_color=one_color, moved_after_s=moved,
        score=score(snapshot, num_texts, 1 - one_color), looks=difference_hash(pixels),
    )  # fmt: skip


def fallen(found: Sequence[Measured], config: FiltersConfig, factor: float) -> dict[str, int]:
    """Return how many pages fall by each limit alone, at `factor` of its default."""
    best_first = sorted(found, key=lambda page: -page.score)
    chosen: list[str] = []
    for page in best_first:
        if all(distance(page.looks, other) > factor * config.max_distance for other in chosen):
            chosen.append(page.looks)
    # the share that may be of one colour nears 1: its distance from there is what is halved or doubled
    most = 1 - factor * (1 - config.max_one_color)
    return {
        "min_texts": sum(page.num_texts < factor * config.min_texts for page in found),
        "max_height_px": sum(page.height_px > factor * config.max_height_px for page in found),
        "1 - max_one_color": sum(page.one_color > most for page in found),
        "settle_s": sum(page.moved_after_s <= factor * config.settle_s for page in found),
        "max_distance": len(found) - len(chosen),
        "min_score": sum(page.score < factor * config.min_score for page in found),
    }


def pages_of(config: PairgenConfig) -> Iterator[Page | PageFault]:
    """Yield the pages that a recipe names, or why one can't be read."""
    if config.pages == COMPOSER and not config.sources:
        yield from islice(composed_pages(config.seed), _NUM_COMPOSED)
        return
    timeout_s = config.browser.timeout_s
    if config.sources:
        sources = find_all(config.sources, config.allow_hosts, timeout_s)
    else:
        sources = find_sources(config.pages, config.allow_hosts, timeout_s)
    for source in draw(sources, config.pages_per_source, config.seed):
        try:
            yield source.read(int(config.browser.max_page_mb * 1e6))
        except PageFault as fault:
            yield fault


def main(arguments: Sequence[str]) -> int:
    """Measure the pages of a recipe and print what each limit costs."""
    values = compose([*arguments, "out=unused.parquet"], "pairgen").values
    config = parse_config(PairgenConfig, values, where="pairgen")
    limits = config.filters
    found, faults = list[Measured](), Counter[str]()
    with open_browser(config.browser, _say) as renderer:
        for page in pages_of(config):
            try:
                if isinstance(page, PageFault):
                    raise page
                found.append(measure(renderer, page, [factor * limits.settle_s for factor in _FACTORS]))
            except PageFault as fault:
                faults[fault.error_type] += 1
    _say(f"{len(found)} pages measured; not measured: {dict(faults) or 'none'}")
    _say(f"{'falls by':20}" + "".join(f"{f'x {factor:g}':>8}" for factor in _FACTORS))
    counts = [fallen(found, limits, factor) for factor in _FACTORS]
    for name in counts[0]:
        _say(f"{name:20}" + "".join(f"{count[name]:>8}" for count in counts))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    run_command(lambda: main(sys.argv[1:]))
