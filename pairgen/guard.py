"""What stands between an untrusted page and the world.

No request leaves the browser: each is answered here from the page's own assets, or refused. What can't be
intercepted (sockets, WebRTC, preconnects, names) meets a browser that is offline, resolves no name and knows only a
proxy that nobody listens at; a content policy forbids it once more.
"""

from typing import Final

from playwright.sync_api import BrowserContext, Route, WebSocketRoute
from playwright.sync_api import Page as Tab

from pairgen.assets import Asset, TooLarge
from pairgen.browser_config import BrowserConfig
from pairgen.faults import PageFault
from pairgen.images import is_animated
from pairgen.records import Page

NO_NETWORK: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://0.0.0.0:1",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--disable-domain-reliability",
)
_POLICY: Final = (
    "default-src 'self' data: blob:; style-src 'self' 'unsafe-inline' data:; font-src 'self' data:; "
    "img-src 'self' data: blob:; connect-src 'none'; frame-src 'none'; object-src 'none'; worker-src 'none'; "
    "form-action 'none'; base-uri 'self'; webrtc 'block'"
)
_SCRIPTS: Final = "; script-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"
_NO_SCRIPTS: Final = "; script-src 'none'"
_NOTICED: Final = ("stylesheet", "font")
"""Kinds of request whose failure shows in the whole picture; of images, those that show are asked for."""


class Guard:
    """Answer every request of a context's tabs; one document per load, which can't send the tab elsewhere."""

    def __init__(self, context: BrowserContext, config: BrowserConfig) -> None:
        self._config = config
        self._page: Page | None = None
        self._is_open = False
        self._num_requests = 0
        self._num_bytes = 0
        self._fault: PageFault | None = None
        self.missing: list[str] = []
        """Style sheets and fonts that the present page asked for and didn't get."""
        self.animated: list[str] = []
        """Images of several frames that the present page got."""
        context.set_offline(True)
        context.route("**/*", self._serve)
        context.route_web_socket("**/*", _close_socket)

    def admit(self, page: Page) -> None:
        """Let one page in, with a fresh allowance; PageFault where its document is too large."""
        self._page, self._is_open, self._fault, self.missing, self.animated = page, False, None, [], []
        self._num_requests = self._num_bytes = 0
        size = len(page.html.encode("utf-8", "surrogatepass"))
        if size > self._config.max_page_mb * 1e6:
            raise PageFault("too_large", f"document of {size / 1e6:.1f} MB")

    def check(self) -> None:
        """Raise PageFault where the page has asked for more than it may."""
        if self._fault is not None:
            raise self._fault

    def _serve(self, route: Route) -> None:
        page, request = self._page, route.request
        if request.resource_type == "document":
            self._serve_document(route)
            return
        asset = None if page is None else self._asset(page, request.url)
        if asset is not None:
            headers = {"Content-Type": asset.content_type, "Access-Control-Allow-Origin": "*"}
            route.fulfill(body=asset.body, headers=headers)
            return
        if request.resource_type in _NOTICED:
            self.missing.append(request.url)
        route.abort()

    def _serve_document(self, route: Route) -> None:
        page = self._page
        if page is None or self._is_open or route.request.url != page.url:
            # A frame, a form, a meta refresh: 204 leaves what is there in place, an error would replace it.
            route.fulfill(status=204)
            return
        self._is_open = True
        policy = _POLICY + (_SCRIPTS if self._config.javascript else _NO_SCRIPTS)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        route.fulfill(body=page.html, headers=headers)

    def _asset(self, page: Page, url: str) -> Asset | None:
        self._num_requests += 1
        if self._num_requests > self._config.max_requests:
            self._fault = self._fault or PageFault("too_many_requests", f"more than {self._config.max_requests}")
        if self._fault is not None:
            return None
        left = int(self._config.max_assets_mb * 1e6) - self._num_bytes
        found = page.assets.fetch(url, left)
        if isinstance(found, TooLarge):
            self._fault = PageFault("too_large", f"assets of more than {self._config.max_assets_mb:g} MB")
            return None
        if found is not None:
            self._num_bytes += len(found.body)
            if is_animated(found.body):
                self.animated.append(url)
        return found


def close_popups(context: BrowserContext, tab: Tab) -> None:
    """Close every tab that a page opens beside its own."""

    def close(opened: Tab) -> None:
        if opened is not tab:
            opened.close()

    context.on("page", close)


def _close_socket(socket: WebSocketRoute) -> None:
    socket.close()
