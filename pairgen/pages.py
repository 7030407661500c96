"""Where pages come from: the composer, a folder of HTML and MHTML files, or a list of addresses."""

import ipaddress
import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

from pairgen.assets import ORIGIN, FolderAssets, SiteAssets, TooLarge, file_within, origin_of
from pairgen.faults import PageFault
from pairgen.mhtml import read_archive
from pairgen.records import Page
from schemas.errors import UserError
from schemas.vocabulary import DOMAINS

COMPOSER = "composer"
_SEED_STRIDE = 100_000
_LANGUAGE_STREAM = 1 << 40
"""Added to a page's seed where its language is drawn."""
_PARTS = 1 << 30
_ENGLISH: Mapping[str, float] = {"en": 1.0}
_OTHER = "other"
_HTML, _ARCHIVES = (".html", ".htm", ".xhtml"), (".mhtml", ".mht")
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_LOOKS_HTML = re.compile(r"<(!doctype\s+html|html|head|body|[a-z][a-z0-9]*[\s>/])", re.IGNORECASE)


class Source(Protocol):
    """One page that isn't read yet."""

    @property
    def page_id(self) -> str:
        """Return the page's name among its like."""
        ...

    @property
    def group(self) -> str:
        """Return what the funnel tells pages apart by."""
        ...

    def read(self, max_bytes: int) -> Page:
        """Return the page; PageFault says why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class FileSource:
    """An HTML or MHTML file below a folder, whose other files are its assets."""

    root: str
    path: str
    """Below the folder."""
    name: str = ""
    """What the source is called among several."""

    @property
    def page_id(self) -> str:
        """Return the path, below the source's name where it has one."""
        return f"{self.name}/{self.path}" if self.name else self.path

    @property
    def group(self) -> str:
        """Return the source's name."""
        return self.name or _OTHER

    def read(self, max_bytes: int) -> Page:
        """Read the file."""
        if not self.path.isprintable():
            raise PageFault("unreadable", "its name is no printable text")
        path = file_within(Path(self.root), self.path)
        if path is None:
            raise PageFault("outside", "a link out of the folder, or no file")
        try:
            size = path.stat().st_size
            if size > max_bytes:
                raise PageFault("too_large", f"document of {size / 1e6:.1f} MB")
            data = path.read_bytes()
        except OSError as error:
            raise PageFault("unreadable", error.strerror or str(error)) from error
        if path.suffix.lower() in _ARCHIVES:
            return replace(read_archive(data, self.page_id), source=self.name)
        return Page(
            page_id=self.page_id, domain=_OTHER, html=html_of(data), assets=FolderAssets(self.root),
            address=ORIGIN + quote(self.path) if self.name else "", source=self.name,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SiteSource:
    """A page that a server on this machine, or an allowed one, serves."""

    page_id: str
    timeout_s: float
    name: str = ""
    """What the source is called among several."""

    @property
    def group(self) -> str:
        """Return the source's name."""
        return self.name or _OTHER

    def read(self, max_bytes: int) -> Page:
        """Get the page."""
        assets = SiteAssets(origin_of(self.page_id), self.timeout_s)
        found = assets.fetch(self.page_id, max_bytes)
        if found is None:
            raise PageFault("does_not_load", "nothing is served there, or not in time")
        if isinstance(found, TooLarge):
            raise PageFault("too_large", f"document of more than {max_bytes / 1e6:g} MB")
        address = self.page_id.partition("#")[0]
        return Page(
            page_id=self.page_id, domain=_OTHER, html=html_of(found.body), assets=assets, address=address,
            source=self.name,
        )  # fmt: skip


def html_of(data: bytes) -> str:
    """Return a document's text: UTF-8, or the encoding that it declares; PageFault where it is neither, or no HTML."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        declared = _CHARSET.search(data[:2048])
        try:
            text = data.decode(declared[1].decode() if declared else "utf-8")
        except (LookupError, UnicodeDecodeError):
            raise PageFault("not_utf8", f"byte {error.start}") from error
    if "\0" in text or not _LOOKS_HTML.search(text):
        raise PageFault("not_html", "no tag is in it")
    return text


def composed_pages(seed: int, languages: Mapping[str, float] = _ENGLISH) -> Iterator[Page]:
    """Yield composed pages, the domains in turn, each in a language that its own seed draws; never ends.

    languages: language -> weight.
    """
    from pairgen.composer import compose

    for number in itertools.count():
        own = seed * _SEED_STRIDE + number
        yield compose(own, DOMAINS[number % len(DOMAINS)], drawn_language(own, languages))


def drawn_language(seed: int, languages: Mapping[str, float]) -> str:
    """Return a page's language by weight, from dice apart from the page's, so that English pages stay as they are."""
    from pairgen.composer.dice import Dice

    names = sorted(name for name, weight in languages.items() if weight > 0)
    at = Dice(_LANGUAGE_STREAM + seed).below(_PARTS) / _PARTS * sum(languages[name] for name in names)
    ends = itertools.accumulate(languages[name] for name in names)
    return next((name for name, end in zip(names, ends, strict=True) if at < end), names[-1])


def find_sources(pages: str, allow_hosts: Sequence[str], timeout_s: float, name: str = "") -> list[Source]:
    """Return the pages of a folder, by path, or of a list of addresses, in its order; UserError where there are none.

    pages: a folder, or a text file of addresses, one a line; lines that begin with # are left out.
    name: what the source is called among several.
    """
    path = Path(pages)
    if path.is_dir():
        return list(_files(path, name))
    if path.is_file():
        return list(_addresses(path, allow_hosts, timeout_s, name))
    called = f" (source {name!r})" if name else ""
    raise UserError(
        f"no folder {pages!r}{called}: pages is 'composer', a folder of HTML files, or a text file of addresses"
    )


def find_all(named: Mapping[str, str], allow_hosts: Sequence[str], timeout_s: float) -> list[Source]:
    """Return the pages of several sources, by name; UserError where one has none, or two share an address."""
    found = [
        source for name, pages in sorted(named.items()) for source in find_sources(pages, allow_hosts, timeout_s, name)
    ]
    seen: set[str] = set()
    for source in found:
        if source.page_id in seen:
            raise UserError(f"{source.page_id} stands in two sources: every page is one source's")
        seen.add(source.page_id)
    return found


def draw(sources: Sequence[Source], num: int, seed: int) -> list[Source]:
    """Return at most `num` pages of each group, drawn by the seed, in their order; 0 returns all."""
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.group, []).append(source)
    chosen: set[str] = set()
    for name, group in groups.items():
        drawn = random.Random(f"{seed}/{name}").sample(group, min(num or len(group), len(group)))
        chosen.update(source.page_id for source in drawn)
    return [source for source in sources if source.page_id in chosen]


def _files(folder: Path, name: str) -> Iterator[Source]:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (*_HTML, *_ARCHIVES))
    if not files:
        raise UserError(f"no HTML file below {str(folder)!r} (nor MHTML)")
    for path in files:
        yield FileSource(str(folder), path.relative_to(folder).as_posix(), name)


def _addresses(path: Path, allow_hosts: Sequence[str], timeout_s: float, name: str) -> Iterator[Source]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no text file of addresses") from error
    wanted = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not wanted:
        raise UserError(f"no address in {str(path)!r}: one a line, as http://127.0.0.1:8000/index.html")
    for address in dict.fromkeys(wanted):
        host = (urlsplit(address).hostname or "") if origin_of(address) else ""
        if not host:
            raise UserError(f"{path}: {address!r} is no http address")
        if host not in allow_hosts and not _is_loopback(host):
            raise UserError(f"{path}: {host} is not this machine; if you may load its pages: allow_hosts=[{host}]")
        yield SiteSource(address, timeout_s, name)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
