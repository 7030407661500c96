"""Where pages come from: folders, archives, addresses; and what in them is no page."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pairgen.browser import Renderer
from pairgen.faults import PageFault
from pairgen.pages import FileSource, SiteSource, find_sources, html_of
from schemas.errors import UserError

LIMIT = 1_000_000
CSS = "p { color: rgb(1, 2, 3); background: url(dot.png) }"
DOCUMENT = '<!doctype html><html><head><link rel=stylesheet href="{}"></head><body><p>Hello</p></body></html>'
ARCHIVE = """From: <Saved by Blink>
Snapshot-Content-Location: https://example.com/dir/page.html
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="--x--"

----x--
Content-Type: text/html
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://example.com/dir/page.html

<!doctype html><html><head><link rel=3Dstylesheet href=3D"{}"></head>
<body><p>Gr=C3=BC=C3=9Fe</p></body></html>
----x--
Content-Type: text/css
Content-ID: <css-1@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://example.com/style.css

p {{ color: rgb(1, 2, 3) }}
----x----
"""


@pytest.mark.parametrize(("pages", "message"), [("nowhere", "no folder"), (".", "no HTML file")])
def test_a_folder_without_pages_is_refused(tmp_path: Path, pages: str, message: str) -> None:
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    with pytest.raises(UserError, match=message):
        find_sources(str(tmp_path / pages), (), 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<p>caf\xe9</p>", "not_utf8"),
        (b"PK\x03\x04\x00\x00 <p>", "not_html"),
        (b"just words, no tag", "not_html"),
        (b"", "not_html"),
    ],
)
def test_what_is_no_page_is_rejected_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(PageFault) as caught:
        html_of(data)
    assert caught.value.error_type == reason


def test_a_declared_encoding_is_believed() -> None:
    assert html_of(b'<meta charset="iso-8859-1"><p>caf\xe9') == '<meta charset="iso-8859-1"><p>café'
    assert html_of("<p>café".encode("utf-8-sig")) == "<p>café"


def test_files_come_by_path_and_large_or_foreign_ones_are_rejected(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "b").mkdir(parents=True)
    (tmp_path / "secret.html").write_text("<p>secret")
    for name in ("z.htm", "b/a.HTML"):
        (site / name).write_text("<p>text")
    (site / "huge.html").write_text("<p>" + "x" * LIMIT)
    (site / "link.html").symlink_to(tmp_path / "secret.html")
    sources = find_sources(str(site), (), 1)
    assert [source.page_id for source in sources] == ["b/a.HTML", "huge.html", "link.html", "z.htm"]
    for name, reason in (("huge.html", "too_large"), ("link.html", "outside"), ("../secret.html", "outside")):
        with pytest.raises(PageFault) as caught:
            FileSource(str(site), name).read(LIMIT)
        assert caught.value.error_type == reason


@pytest.mark.parametrize("style", ["cid:css-1@mhtml.blink", "/style.css", "https://example.com/style.css"])
def test_an_archive_brings_its_parts(renderer: Renderer, tmp_path: Path, style: str) -> None:
    (tmp_path / "a.mhtml").write_text(ARCHIVE.format(style))
    (source,) = find_sources(str(tmp_path), (), 1)
    page = source.read(LIMIT)
    assert page.url == "https://example.com/dir/page.html"
    renderer.load(page)
    (paragraph,) = [e for e in renderer.snapshot().elements if e.tag == "p"]
    assert (paragraph.own_text, paragraph.styles["color"]) == ("Grüße", "rgb(1, 2, 3)")


def test_an_archive_of_nonsense_is_a_page_or_rejected_never_a_crash(tmp_path: Path) -> None:
    for place in ("http://[::/x", "\udcff", "cid:", "//[", ""):
        text = ARCHIVE.format("x").replace("https://example.com/style.css", place)
        (tmp_path / "a.mhtml").write_text(text, errors="surrogateescape")
        assert "Grüße" in FileSource(str(tmp_path), "a.mhtml").read(LIMIT).html
        text = text.replace("https://example.com/dir/page.html", place)
        (tmp_path / "b.mhtml").write_text(text, errors="surrogateescape")
        assert "Grüße" in FileSource(str(tmp_path), "b.mhtml").read(LIMIT).html


def test_a_file_whose_name_is_no_text_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a\udcff.html").write_text("<p>text")
    (source,) = find_sources(str(tmp_path), (), 1)
    with pytest.raises(PageFault, match="unreadable"):
        source.read(LIMIT)


def test_an_archive_without_a_page_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.mht").write_text("Content-Type: text/plain\n\nhello")
    with pytest.raises(PageFault, match="not_html"):
        FileSource(str(tmp_path), "a.mht").read(LIMIT)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    site = tmp_path / "site"
    site.mkdir()
    (site / "page.html").write_text(DOCUMENT.format("style.css"))
    (site / "style.css").write_text(CSS)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as opened:
        threading.Thread(target=opened.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{opened.server_port}"
        opened.shutdown()


def test_addresses_on_this_machine_are_loaded_with_their_assets(
    renderer: Renderer, server: str, tmp_path: Path
) -> None:
    (tmp_path / "pages.txt").write_text(f"# mine\n{server}/page.html\n\n{server}/none.html\n{server}/page.html\n")
    page, absent = find_sources(str(tmp_path / "pages.txt"), (), 5)
    renderer.load(page.read(LIMIT))
    (paragraph,) = [e for e in renderer.snapshot().elements if e.tag == "p"]
    assert paragraph.styles["color"] == "rgb(1, 2, 3)"
    with pytest.raises(PageFault, match="does_not_load"):
        absent.read(LIMIT)


def test_a_server_that_never_ends_its_answer_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n<p>")
                while True:
                    connection.sendall(b"x")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        with pytest.raises(PageFault, match="does_not_load"):
            SiteSource(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout_s=0.5).read(LIMIT)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://example.com/", r"allow_hosts=\[example.com\]"),
        ("file:///etc/passwd", "no http"),
        ("a b", "no http"),
        ("http://[::", "no http"),
        ("#", "no address"),
    ],
)
def test_other_machines_are_asked_only_where_the_user_says_so(tmp_path: Path, address: str, message: str) -> None:
    (tmp_path / "pages.txt").write_text(address + "\n")
    with pytest.raises(UserError, match=message):
        find_sources(str(tmp_path / "pages.txt"), (), 1)
    if "example" in address:
        assert len(find_sources(str(tmp_path / "pages.txt"), ("example.com",), 1)) == 1
