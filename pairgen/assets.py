"""Where a page's style sheets, images and fonts come from: its folder, its MHTML archive, its own site, or nowhere.

The browser has no network: `pairgen/guard.py` asks here for everything that a page requests.
"""

import http.client
import mimetypes
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPMessage
from pathlib import Path
from typing import IO, Final, Protocol
from urllib.parse import unquote, urlsplit

ORIGIN: Final = "http://page.invalid/"
"""Where a page of a folder or of the composer believes that it is."""


@dataclass(frozen=True, slots=True)
class Asset:
    """What a request is answered with."""

    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The answer to a request is larger than what is left of the page's allowance."""

    num_bytes: int


class Assets(Protocol):
    """Answer a page's requests."""

    def fetch(self, url: str, max_bytes: int) -> Asset | TooLarge | None:
        """Return what is at an absolute URL; None where there is nothing or the page may not have it."""
        ...


@dataclass(frozen=True, slots=True)
class NoAssets:
    """A document that stands alone."""

    def fetch(self, url: str, max_bytes: int) -> None:
        """Return None."""


@dataclass(frozen=True, slots=True)
class FolderAssets:
    """The regular files of one folder, links out of it left out."""

    root: str

    def fetch(self, url: str, max_bytes: int) -> Asset | TooLarge | None:
        """Return the file at the URL's path."""
        if not url.startswith(ORIGIN):
            return None
        path = file_within(Path(self.root), unquote(urlsplit(url).path).lstrip("/"))
        if path is None:
            return None
        if (size := path.stat().st_size) > max_bytes:
            return TooLarge(size)
        return Asset(path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")


def file_within(root: Path, relative: str) -> Path | None:
    """Return the regular file at a relative path, None where there is none or it lies outside after every link."""
    home = root.resolve()
    try:
        path = (home / relative).resolve()
        return path if path.is_relative_to(home) and path.is_file() else None
    except (OSError, RuntimeError, ValueError):  # a name that is too long, a loop of links, a NUL in the name
        return None


@dataclass(frozen=True, slots=True)
class ArchiveAssets:
    """The parts of an MHTML archive, by absolute URL."""

    parts: Mapping[str, Asset] = field(default_factory=dict)

    def fetch(self, url: str, max_bytes: int) -> Asset | TooLarge | None:
        """Return the part of that URL."""
        part = self.parts.get(url) or self.parts.get(url.partition("#")[0])
        if part is not None and len(part.body) > max_bytes:
            return TooLarge(len(part.body))
        return part


@dataclass(frozen=True, slots=True)
class SiteAssets:
    """What one origin serves; redirects that leave it are not followed."""

    origin: str
    """Scheme, host and port, as `http://127.0.0.1:8000`."""
    timeout_s: float = 20.0
    """Longest wait for a whole reply, s."""

    def fetch(self, url: str, max_bytes: int) -> Asset | TooLarge | None:
        """Get the URL, without proxies, cookies or credentials."""
        if origin_of(url) != self.origin:
            return None
        answers: list[Asset | TooLarge | None] = []
        # A timeout of the socket begins anew with each byte; a server that drips them would hold us for good.
        asking = threading.Thread(target=lambda: answers.append(self._get(url, max_bytes)), daemon=True)
        asking.start()
        asking.join(self.timeout_s)
        return answers[0] if answers else None

    def _get(self, url: str, max_bytes: int) -> Asset | TooLarge | None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayAtHome(self.origin))
        try:
            with opener.open(url, timeout=self.timeout_s) as reply:
                body = reply.read(max_bytes + 1)
                content_type = reply.headers.get("Content-Type") or "application/octet-stream"
        except (OSError, ValueError, http.client.HTTPException):  # refused, 404, hung, or no HTTP at all
            return None
        return TooLarge(len(body)) if len(body) > max_bytes else Asset(body, content_type)


class _StayAtHome(urllib.request.HTTPRedirectHandler):
    def __init__(self, origin: str) -> None:
        self._origin = origin

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if origin_of(newurl) != self._origin:
            raise urllib.error.HTTPError(newurl, code, "leaves the site", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def origin_of(url: str) -> str:
    """Return scheme, host and port of an http address; "" for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
