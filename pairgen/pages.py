"""Where pages come from: the composer, or any folder of HTML files."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from pairgen.records import Page
from schemas.errors import UserError
from schemas.vocabulary import DOMAINS

COMPOSER = "composer"
_SEED_STRIDE = 100_000


def open_pages(source: str, seed: int) -> Iterator[Page]:
    """Return pages in an order that only the source and the seed decide; the composer never ends.

    source: `composer`, or a folder whose *.html files are pages of domain `other`.
    """
    return composed_pages(seed) if source == COMPOSER else folder_pages(Path(source))


def composed_pages(seed: int) -> Iterator[Page]:
    """Yield composed pages, the domains in turn."""
    from pairgen.composer import compose

    for number in itertools.count():
        yield compose(seed * _SEED_STRIDE + number, DOMAINS[number % len(DOMAINS)])


def folder_pages(folder: Path) -> Iterator[Page]:
    """Yield the HTML files below a folder, by path; UserError where there is none or one isn't UTF-8."""
    if not folder.is_dir():
        raise UserError(f"no folder {str(folder)!r}: pages is 'composer' or a folder of HTML files")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".html", ".htm"))
    if not files:
        raise UserError(f"no HTML file below {str(folder)!r}")
    return (_read(path, folder) for path in files)


def _read(path: Path, folder: Path) -> Page:
    try:
        html = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 (byte {error.start}): convert it or move it away") from error
    return Page(page_id=path.relative_to(folder).as_posix(), domain="other", html=html, folder=str(folder))
