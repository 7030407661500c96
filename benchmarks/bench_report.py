"""The report in Chromium: `python benchmarks/bench_report.py`; exit status 1 over a limit.

A synthetic sweep of 13 models x 3 judges over 4,400 pairs, and one over the embedded pairs; both with the embedded
pairs' screenshots. From the moment a page is asked for until the first
pair's two pictures are decoded and painted and a column has been sorted by a click, median of five fresh contexts:
at most 2 s. A file is below 20 MB. Pictures that nobody has looked at yet must not be decoded: the page holds two.

Without a browser it says so and measures nothing (a failure where CI=true).
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from analysis.report.document import render_report
from analysis.report.samples import Images
from analysis.tally import RunTables, build
from benchmarks.bench_analysis import make_tables
from records.datasets import Dataset, attach, fingerprint_files, pack
from schemas.errors import UserError
from schemas.tables import RUN_PAIRS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LIMIT_S: Final = 2.0
LIMIT_MB: Final = 20.0
NUM_OPENINGS: Final = 5
_EMBEDDED: Final = Path(__file__).parents[1] / "data" / "embedded" / "pairs.parquet"
_IS_SHOWN: Final = """() => {
  const pictures = [...document.querySelectorAll('#pair .stage img')];
  return document.readyState === 'complete' && pictures.length === 2 && pictures.every((one) => one.complete);
}"""
_PAINTED: Final = """async () => {
  await Promise.all([...document.querySelectorAll('#pair .stage img')].map((one) => one.decode()));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
_NUM_PICTURES: Final = "document.images.length"


class Opened(NamedTuple):
    """Hold what one opening took."""

    seconds: float
    num_pictures: int
    """Pictures in the page, decoded or about to be."""


def make_reports(folder: Path) -> Iterator[tuple[str, Path, float]]:
    """Write the two reports; yield what each is of, its file, and the seconds that drawing it took."""
    fingerprint = fingerprint_files([_EMBEDDED])
    pack([_EMBEDDED], folder / "pairs.arrow")
    dataset = attach(folder / "pairs.arrow", fingerprint)
    whole = make_tables()
    for tables in (whole, _over(whole, dataset)):
        analysis = build(tables, num_resamples=200)
        path = folder / f"report-{len(tables.pairs)}.html"
        start = time.perf_counter()
        page = render_report(analysis, tables, title="synthetic", images=_pictures(tables, dataset))
        elapsed_s = time.perf_counter() - start
        path.write_text(page, encoding="utf-8")
        yield f"{len(tables.pairs):,} pairs x 13 models x 3 judges", path, elapsed_s


def _over(tables: RunTables, dataset: Dataset) -> RunTables:
    """Return the sweep as if it had been over the embedded pairs."""
    names = dict(zip(tables.pairs["id"], dataset.frame["id"], strict=False))
    renamed = {
        name: table.lazy().filter(pl.col("pair_id").is_in(list(names)))
        .with_columns(pl.col("pair_id").replace_strict(names)).collect()
        for name, table in (("predictions", tables.predictions), ("verdicts", tables.verdicts))
    }  # fmt: skip
    return RunTables(pairs=dataset.frame.select(RUN_PAIRS.names()), **renamed)


def _pictures(tables: RunTables, dataset: Dataset) -> Images:
    """Return a look-up that gives pairs without pictures of their own the embedded ones in turn."""
    own, ids = list(dataset.truths), list(tables.pairs["id"])
    shown = {pair_id: own[place % len(own)] for place, pair_id in enumerate(ids)}
    return lambda pair_id: dataset.images(shown[pair_id])


@contextmanager
def _chromium() -> Iterator["Browser"]:
    """Yield a browser; UserError where there is none."""
    try:
        from playwright.sync_api import sync_playwright

        from pairgen.browser import find_executable
    except ImportError as error:
        raise UserError(f"{error.name} isn't installed: pip install -e '.[pairgen]'") from error
    with sync_playwright() as playwright:
        found = find_executable("", playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=found, chromium_sandbox=False, args=["--disable-gpu"])
        yield browser
        browser.close()


def open_once(browser: "Browser", path: Path) -> Opened:
    """Open a report in a fresh context, and use it."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(path.as_uri(), wait_until="commit")
    page.wait_for_function(_IS_SHOWN)
    page.evaluate(_PAINTED)
    head = page.locator(".by-judge:not([hidden]) table.standings thead th").nth(3)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") is not None, "the click sorted nothing"
    opened = Opened(time.perf_counter() - start, int(page.evaluate(_NUM_PICTURES)))
    context.close()
    return opened


def measure(browser: "Browser", name: str, path: Path, drawn_s: float) -> bool:
    """Print one report's figures; return whether they are within the limits."""
    openings: Sequence[Opened] = [open_once(browser, path) for _ in range(NUM_OPENINGS)]
    seconds = statistics.median(one.seconds for one in openings)
    num_pictures, size_mb = max(one.num_pictures for one in openings), path.stat().st_size / 1e6
    slowest = max(one.seconds for one in openings)
    print(f"{name}: {size_mb:.1f} MB (limit {LIMIT_MB:.0f} MB), drawn in {drawn_s:.1f} s")
    print(f"  from asking to usable: {seconds:.2f} s, slowest {slowest:.2f} s (limit {LIMIT_S} s)")
    print(f"  pictures in the page before any is asked for: {num_pictures} (limit 2)")
    return seconds <= LIMIT_S and size_mb <= LIMIT_MB and num_pictures <= 2


def main() -> int:
    """Measure, print and return the exit status."""
    try:
        with _chromium() as browser, tempfile.TemporaryDirectory() as folder:
            kept = [measure(browser, *made) for made in make_reports(Path(folder))]
            return int(not all(kept))
    except UserError as error:
        print(f"not measured: {error}")
        return int(os.environ.get("CI") == "true")


if __name__ == "__main__":
    sys.exit(main())
