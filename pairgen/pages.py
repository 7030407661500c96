"""Where pages come from: the composer, or any folder of HTML files."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

from pairgen.assets import FolderAssets
from pairgen.records import Page
from schemas.errors import UserError
from schemas.vocabulary import DOMAINS

COMPOSER = "composer"
_SEED_STRIDE = 100_000


def open_pages(source: str, seed: int, skipped: Callable[[str], None]) -> Iterator[Page]:
    """Return pages in an order that only the source and the seed decide; the composer never ends.

    source: `composer`, or a folder whose *.html files are pages of domain `other`.
    skipped: told in one line of each file that isn't UTF-8, which yields no page.
    """
    return composed_pages(seed) if source == COMPOSER else folder_pages(Path(source), skipped)


def composed_pages(seed: int) -> Iterator[Page]:
    """Yield composed pages, the domains in turn."""
    from pairgen.composer import compose

    for number in itertools.count():
        yield compose(seed * _SEED_STRIDE + number, DOMAINS[number % len(DOMAINS)])


def folder_pages(folder: Path, skipped: Callable[[str], None]) -> Iterator[Page]:
    """Yield the HTML files below a folder that are UTF-8, by path; UserError where there is no HTML file."""
    if not folder.is_dir():
        raise UserError(f"no folder {str(folder)!r}: pages is 'composer' or a folder of HTML files")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".html", ".htm"))
    if not files:
        raise UserError(f"no HTML file below {str(folder)!r}")
    return _readable(files, folder, skipped)


def _readable(files: list[Path], folder: Path, skipped: Callable[[str], None]) -> Iterator[Page]:
    for path in files:
        try:
            html = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            skipped(f"{path} is skipped: not UTF-8 (byte {error.start})")
            continue
        yield Page(
            page_id=path.relative_to(folder).as_posix(), domain="other", html=html, assets=FolderAssets(str(folder))
        )
