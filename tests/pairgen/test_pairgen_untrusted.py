"""Pages that try to break out: each rule by a page that breaks it where the rule is off."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pairgen import browser
from pairgen.assets import FolderAssets, SiteAssets, TooLarge
from pairgen.browser import Renderer, open_browser
from pairgen.browser_config import BrowserConfig
from pairgen.faults import PageFault
from pairgen.records import Page


class Listener:
    """Count whoever knocks at a loopback port, over TCP or UDP."""

    def __init__(self) -> None:
        self.knocks: list[bytes] = []
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._receive, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            with connection:
                self.knocks.append(b"tcp")

    def _receive(self) -> None:
        while True:
            try:
                self._udp.recvfrom(2048)
            except OSError:
                return
            self.knocks.append(b"udp")

    def close(self) -> None:
        self._tcp.close()
        self._udp.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    opened = Listener()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def scripted(renderer: Renderer) -> Iterator[Renderer]:
    """Return a renderer in the session's browser whose pages may run scripts: they can try harder."""
    opened = renderer._context.browser
    assert opened is not None
    yield Renderer(opened, BrowserConfig(javascript=True, timeout_s=3, max_requests=20, max_assets_mb=0.1))


def page(body: str, head: str = "", **more: object) -> Page:
    html = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return Page(page_id="a.html", domain="other", html=html, **more)  # type: ignore[arg-type]


SILENT = {
    "image": '<img src="http://127.0.0.1:PORT/a.png">',
    "style": '<link rel=stylesheet href="http://127.0.0.1:PORT/a.css"><style>@import "http://127.0.0.1:PORT/b.css";</style>',
    "font": "<style>@font-face{font-family:x;src:url(http://127.0.0.1:PORT/f.woff)} p{font-family:x}</style><p>text",
    "frame": '<iframe src="http://127.0.0.1:PORT/"></iframe><object data="http://127.0.0.1:PORT/o"></object>'
    '<embed src="http://127.0.0.1:PORT/e">',
    "prefetch": '<link rel=prefetch href="http://127.0.0.1:PORT/p"><link rel=prerender href="http://127.0.0.1:PORT/q">'
    '<link rel=preload as=image href="http://127.0.0.1:PORT/r">',
    "preconnect": '<link rel=preconnect href="http://127.0.0.1:PORT"><link rel=dns-prefetch href="//localhost:PORT">',
    "media": '<video autoplay src="http://127.0.0.1:PORT/v.mp4"></video><audio autoplay src="http://127.0.0.1:PORT/a">',
    "svg": '<svg><image href="http://127.0.0.1:PORT/s.png"/><use href="http://127.0.0.1:PORT/s.svg#a"/></svg>',
    "name": '<img src="http://localhost:PORT/a.png"><img src="http://[::ffff:127.0.0.1]:PORT/a.png">',
}
SCRIPTED = {
    "fetch": "fetch('http://127.0.0.1:PORT/', {mode: 'no-cors'}).catch(() => 0)",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', 'http://127.0.0.1:PORT/'); x.send()",
    "beacon": "navigator.sendBeacon('http://127.0.0.1:PORT/', 'x')",
    "web_socket": "new WebSocket('ws://127.0.0.1:PORT/')",
    "event_source": "new EventSource('http://127.0.0.1:PORT/')",
    "web_rtc": "const c = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:PORT'}, {urls: "
    "'turn:127.0.0.1:PORT?transport=tcp', username: 'a', credential: 'b'}]}); c.createDataChannel('d');"
    "c.createOffer().then((o) => c.setLocalDescription(o))",
    "web_transport": "new WebTransport('https://127.0.0.1:PORT/').ready.catch(() => 0)",
    "location": "location = 'http://127.0.0.1:PORT/'",
    "popup": "open('http://127.0.0.1:PORT/')",
    "worker": "new Worker(URL.createObjectURL(new Blob([\"fetch('http://127.0.0.1:PORT/')\"])))",
    "service_worker": "navigator.serviceWorker.register('http://page.invalid/sw.js').catch(() => 0)",
    "form": "const f = document.body.appendChild(document.createElement('form')); f.method = 'post';"
    "f.action = 'http://127.0.0.1:PORT/'; f.submit()",
    "module": "import('http://127.0.0.1:PORT/m.js').catch(() => 0)",
    "prerender": "const s = document.createElement('script'); s.type = 'speculationrules'; s.textContent ="
    "JSON.stringify({prefetch: [{urls: ['http://127.0.0.1:PORT/']}]}); document.head.append(s)",
}


@pytest.mark.parametrize("name", SILENT)
def test_no_request_leaves_a_page_without_scripts(renderer: Renderer, listener: Listener, name: str) -> None:
    renderer.load(page("<p>Hello</p>" + SILENT[name].replace("PORT", str(listener.port))))
    time.sleep(0.1)
    assert listener.knocks == []
    assert any(e.own_text == "Hello" for e in renderer.snapshot().elements)


def test_no_request_leaves_by_a_meta_refresh(renderer: Renderer, listener: Listener) -> None:
    with pytest.raises(PageFault, match="refreshes"):
        renderer.load(page("", f'<meta http-equiv=refresh content="0;url=http://127.0.0.1:{listener.port}/">'))
    time.sleep(0.1)
    assert listener.knocks == []


@pytest.mark.parametrize("name", SCRIPTED)
def test_no_request_leaves_a_page_with_scripts(scripted: Renderer, listener: Listener, name: str) -> None:
    script = SCRIPTED[name].replace("PORT", str(listener.port))
    scripted.load(page("<p>Hello</p>", f"<script>addEventListener('load', () => {{ {script} }})</script>"))
    time.sleep(0.2)
    assert listener.knocks == []
    assert any(e.own_text == "Hello" for e in scripted.snapshot().elements)


def test_what_these_pages_try_would_be_heard(listener: Listener) -> None:
    """The listener hears a real knock: the tests above can fail."""
    heard = Listener()
    socket.create_connection(("127.0.0.1", heard.port)).close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", heard.port))
    deadline = time.monotonic() + 30
    while sorted(heard.knocks) != [b"tcp", b"udp"] and time.monotonic() < deadline:
        time.sleep(0.01)
    heard.close()
    assert sorted(heard.knocks) == [b"tcp", b"udp"]


def test_scripts_run_only_where_the_config_says_so(renderer: Renderer, scripted: Renderer) -> None:
    trying = page("<p>silent</p><script>document.querySelector('p').textContent = 'ran'</script>")
    for one, text in ((renderer, "silent"), (scripted, "ran")):
        one.load(trying)
        assert [e.own_text for e in one.snapshot().elements if e.tag == "p"] == [text]


def test_no_file_outside_the_folder_is_read(renderer: Renderer, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for name, colour in (("secret", "rgb(9, 9, 9)"), ("site/own", "rgb(1, 2, 3)")):
        (tmp_path / f"{name}.css").write_text(f"p {{ color: {colour} }}")
    (site / "link.css").symlink_to(tmp_path / "secret.css")
    (site / "loop.css").symlink_to(site / "loop.css")
    (site / "up").symlink_to(tmp_path)
    assets = FolderAssets(str(site))
    ways = [
        "../secret.css",
        "..%2fsecret.css",
        "%2e%2e/secret.css",
        "link.css",
        "loop.css",
        "up/secret.css",
        "/secret.css",
    ]
    ways += [f"file://{tmp_path}/secret.css", f"/{tmp_path}/secret.css", "nul%00.css", "x" * 300 + ".css"]
    links = "".join(f'<link rel=stylesheet href="{way}">' for way in ways)
    renderer.load(page("<p>text</p>", '<link rel=stylesheet href="own.css">' + links, assets=assets))
    assert [e.styles["color"] for e in renderer.snapshot().elements if e.tag == "p"] == ["rgb(1, 2, 3)"]
    frame = f'<iframe src="file://{tmp_path}/secret.css"></iframe><iframe src="file:///etc/passwd"></iframe>'
    renderer.load(page(frame, assets=assets))
    assert {frame.url for frame in renderer._tab.frames[1:]} <= {"", "about:blank", "chrome-error://chromewebdata/"}


def test_a_site_keeps_to_its_origin_and_its_allowance() -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer

    elsewhere = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/away":
                self.send_response(302)
                self.send_header("Location", f"http://127.0.0.1:{elsewhere.port}/")
                self.end_headers()
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * 1000)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = SiteAssets(f"http://127.0.0.1:{server.server_port}")
    fetched = site.fetch(f"{site.origin}/a", 1000)
    assert fetched is not None and not isinstance(fetched, TooLarge) and len(fetched.body) == 1000
    assert isinstance(site.fetch(f"{site.origin}/a", 999), TooLarge)
    assert site.fetch(f"{site.origin}/away", 1000) is None
    assert site.fetch(f"http://127.0.0.1:{elsewhere.port}/", 1000) is None
    assert site.fetch("file:///etc/passwd", 10**6) is None
    assert elsewhere.knocks == []
    server.shutdown()
    server.server_close()
    elsewhere.close()


@pytest.mark.parametrize("target", ["other.html", "a.html", "data:text/html,gone", "javascript:document.body.remove()"])
def test_a_meta_refresh_is_refused_and_the_next_page_is_itself(renderer: Renderer, target: str) -> None:
    with pytest.raises(PageFault, match="refreshes"):
        renderer.load(page("<p>Goes</p>", f'<meta http-equiv=Refresh content="0;url={target}">'))
    renderer.load(page("<p>Stays</p>"))
    assert [e.own_text for e in renderer.snapshot().elements if e.tag == "p"] == ["Stays"]


@pytest.mark.parametrize(
    ("trying", "reason"),
    [
        (page("x" * 6_000_000), "too_large"),
        (page("<i></i>" * 6000), "too_many_elements"),
        (page("".join(f'<img src="{i}.png">' for i in range(30)), assets=FolderAssets(".")), "too_many_requests"),
    ],
    ids=["large", "elements", "requests"],
)
def test_a_page_that_asks_for_too_much_is_refused_by_name(scripted: Renderer, trying: Page, reason: str) -> None:
    with pytest.raises(PageFault) as caught:
        scripted.load(trying)
    assert caught.value.error_type == reason


def test_large_files_are_refused_by_name(scripted: Renderer, tmp_path: Path) -> None:
    (tmp_path / "large.css").write_text("p { color: red }" + " " * 200_000)
    with pytest.raises(PageFault, match="too_large"):
        scripted.load(page("", '<link rel=stylesheet href="large.css">', assets=FolderAssets(str(tmp_path))))


def test_an_endless_alert_costs_its_page_alone(renderer: Renderer) -> None:
    opened = renderer._context.browser
    assert opened is not None
    scripted = Renderer(opened, BrowserConfig(javascript=True, timeout_s=2))
    with pytest.raises(PageFault, match="timeout"):
        scripted.load(page("", "<script>while (true) alert('again')</script>"))
    assert renderer.load(page("<p>Fine</p>"))


@pytest.mark.parametrize(("user", "sandbox"), [(0, False), (1000, True)])
def test_the_sandbox_is_on_but_for_root_and_then_it_is_said(
    monkeypatch: pytest.MonkeyPatch, user: int, sandbox: bool
) -> None:
    class Asked(Exception):
        """What the launcher was asked for."""

    class Chromium:
        executable_path = ""

        def launch(self, **options: object) -> None:
            raise Asked(options["chromium_sandbox"])

    class Fake:
        chromium = Chromium()

    monkeypatch.setattr(browser.os, "geteuid", lambda: user)
    with pytest.raises(Asked) as asked:
        browser.launch(Fake(), BrowserConfig())  # type: ignore[arg-type]
    assert asked.value.args == (sandbox,)
    note = browser.sandbox_note(BrowserConfig())
    assert note == "" if sandbox else "sandbox is off" in note


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo Chromium 88.0.4324.96", "too old: 120 or newer"),
        ("echo hello", "not a Chromium"),
        ("exit 1", "not a Chromium"),
    ],
)
def test_a_browser_that_is_too_old_or_none_is_named(tmp_path: Path, script: str, message: str) -> None:
    from schemas.errors import UserError

    fake = tmp_path / "chromium"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)

    def start() -> None:
        with open_browser(BrowserConfig(executable=str(fake)), lambda line: None):
            pass

    with ThreadPoolExecutor(1) as pool, pytest.raises(UserError, match=message):
        pool.submit(start).result()
