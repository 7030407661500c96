"""The browser's server: one page of ours, rows as JSON, images; on this machine's own address alone, by GET alone.

Another site's page can't read from it: a request must name this address as its host (DNS rebinding), and no answer
may be embedded elsewhere. The page itself may load nothing but what this server gives.
"""

import errno
import json
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Final

from pairgen.browse_file import DIFFERENCE, SIDES, PairsFile
from pairgen.browse_page import ICON, PAGE, POLICY
from schemas.errors import ConfigError, DatasetError, UserError

_ADDRESS: Final = "127.0.0.1"
_NAMES: Final = (_ADDRESS, "localhost")
_IMAGE: Final = re.compile(rf"/image/([0-9]{{1,9}})/({'|'.join(SIDES)}|{DIFFERENCE})")
_ROW: Final = re.compile(r"/row/([0-9]{1,9})")
_TEXT: Final = "text/plain; charset=utf-8"
_GUARD: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_KEEP: Final = "private, max-age=3600"
"""For images, whose address names this start of the server: shown again, they needn't be read again."""
_NOTHING: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The policy of what is not our page: it runs and loads nothing, also where someone opens it by itself."""


@dataclass(kw_only=True, slots=True, frozen=True)
class BrowseConfig:
    """Where the browser is served."""

    port: int = 0
    """On 127.0.0.1; 0 takes any that is free."""

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise ConfigError(f"port={self.port}: must be 0 (any that is free) to 65535")


@dataclass(slots=True, frozen=True)
class _Reply:
    body: bytes
    media_type: str = _TEXT
    status: HTTPStatus = HTTPStatus.OK
    policy: str = _NOTHING
    caching: str = "no-store"


class BrowseServer(ThreadingHTTPServer):
    """Serve the browser of one file. UserError where the port can't be had."""

    def __init__(self, pairs: PairsFile, config: BrowseConfig) -> None:
        self.pairs = pairs
        start = {"start": secrets.token_hex(8)}
        self.index = json.dumps(start | pairs.index(), separators=(",", ":")).encode()
        try:
            super().__init__((_ADDRESS, config.port), _Handler)
        except OSError as error:
            why = "is in use" if error.errno == errno.EADDRINUSE else f"can't be had: {error.strerror}"
            raise UserError(f"port {config.port} {why}; choose another, or port=0 for any that is free") from error
        self.hosts = {f"{name}:{self.server_port}" for name in _NAMES}
        if self.server_port == 80:
            self.hosts.update(_NAMES)  # a browser leaves the usual port out

    @property
    def address(self) -> str:
        """Return the address to open."""
        return f"http://{_ADDRESS}:{self.server_port}/"

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Say nothing of a browser that went away in the middle; it does so whenever pairs are skipped through."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: BrowseServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "pairgen", ""
    timeout = 60
    """Seconds for which a connection may idle."""

    def parse_request(self) -> bool:
        """Refuse, before anything else is looked at, what doesn't come from the page that this server gave."""
        if not super().parse_request():
            return False
        if self.headers.get("Host", "").lower() not in self.server.hosts:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, f"open {self.server.address}")
        elif self.command != "GET":
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, "only GET", {"Allow": "GET"})
        else:
            return True
        return False

    def do_GET(self) -> None:
        """Answer a request."""
        self._send(self._reply(self.path.partition("?")[0]))

    def _reply(self, path: str) -> _Reply:
        if path == "/":
            return _Reply(PAGE.encode(), "text/html; charset=utf-8", policy=POLICY)
        if path == "/icon.svg":
            return _Reply(ICON.encode(), "image/svg+xml")
        if path == "/rows":
            return _Reply(self.server.index, "application/json")
        try:
            if found := _ROW.fullmatch(path):
                return _Reply(json.dumps(self.server.pairs.facts(int(found[1]))).encode(), "application/json")
            if found := _IMAGE.fullmatch(path):
                picture = self.server.pairs.picture(int(found[1]), found[2])
                return _Reply(picture.data, picture.media_type, caching=_KEEP)
        except DatasetError as error:
            return _Reply(str(error).encode(errors="replace"), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        except IndexError:
            return _Reply(b"no such pair", status=HTTPStatus.NOT_FOUND)
        return _Reply(b"nothing here", status=HTTPStatus.NOT_FOUND)

    def _refuse(self, status: HTTPStatus, why: str, headers: Mapping[str, str] | None = None) -> None:
        self.close_connection = True  # a body that nobody read may follow
        self._send(_Reply(why.encode(), status=status), {"Connection": "close", **(headers or {})})

    def _send(self, reply: _Reply, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(reply.status)
        told = {"Content-Type": reply.media_type, "Content-Length": str(len(reply.body))}
        told |= {"Content-Security-Policy": reply.policy, "Cache-Control": reply.caching}
        for name, value in {**told, **_GUARD, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the command prints one line."""
