"""Personal data on pages: found by kind, never repeated, and never asked of a network."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.door import PROJECT_ROOT
from pairgen.__main__ import main
from pairgen.browser import Renderer
from pairgen.faults import PageFault
from pairgen.filters import FiltersConfig, survey
from pairgen.personal import PACKAGES, kinds_in
from pairgen.records import Page
from schemas.errors import UserError

LINES = "".join(f"<p style='background: #eef'>Line number {number} of a page</p>" for number in range(12))
ON = FiltersConfig(settle_s=0, personal_data=True)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Write to Ana.Lind+desk@mill-river.co.uk.", ["email"]),
        ("desk@müller.de", ["email"]),
        ("Call +49 30 901820 or ask at the desk", ["phone"]),
        ("(202) 456-1111", ["phone"]),
        ("020 7946 0018", ["phone"]),
        ("Tel. 030 901820-55", ["phone"]),
        ("01 42 68 53 00", ["phone"]),
        ("03-3581-0101", ["phone"]),
        ("IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFF", ["iban"]),
        ("GB82WEST12345698765432", ["iban"]),
        ("4242 4242 4242 4242", ["card"]),
        ("3782-822463-10005 until 09/28", ["card"]),
        ("SSN 536-90-4399", ["us_ssn"]),
        ("ana@mill.org, (202) 456-1111", ["email", "phone"]),
    ],
)
def test_each_kind_is_found(text: str, kinds: list[str]) -> None:
    assert kinds_in(f"Baked at four. {text}\nOpen on Sundays") == kinds


@pytest.mark.parametrize(
    "text",
    [
        "anna@example.org and anna@shop.example are nobody's; so is anna@printer.local",
        "pip install package@1.2.3, @media print, 3 @ 2.50",
        "DE88 3704 0044 0532 0130 00 has other check digits, and AB12 CDEF GHIJ KLMN no country",
        "4242 4242 4242 4243; 1234 5678 9012 3456; 978-3-16-148410-0; 0.4242424242424242",
        "2026-11-22 18:30, 22.11.2026, 1 299 000 EUR, 12,450.00, 3.14159265, v10.4.2-1, 192.168.10.24",
        "order 20261122, 5000000017 items, 1280x800, 50-60 %, 8:00-18:00",
        "900-12-3456, 000-45-6789; Boston, MA 02110-1301 USA",
        "",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert kinds_in(text) == []


def test_text_without_end_is_cut_and_takes_no_time() -> None:
    assert kinds_in("1 " * 200_000 + "a." * 200_000 + "ana@mill.org") == []


def page(body: str) -> Page:
    html = f"<!doctype html><html><head><title>t</title></head><body>{LINES}{body}</body></html>"
    return Page(page_id="a.html", domain="other", html=html)


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("<p>Write to <a href='#'>ana@</a><b>mill.org</b></p>", "email"),
        ("<p>(202)\n 456-<span>1111</span></p><p>DE89 3704 0044 0532 0130 00</p>", "iban, phone"),
        ("<input value='ana@mill.org'>", "email"),
        ("<input placeholder='(202) 456-1111'>", "phone"),
        ("<select><option>one</option><option selected>ana@mill.org</option></select>", "email"),
        ("<svg width=300 height=50><text y=20>ana@mill.org</text></svg>", "email"),
    ],
    ids=["inline", "split", "value", "placeholder", "select", "svg"],
)
def test_a_page_that_shows_it_is_unfit_and_the_reason_holds_none_of_it(
    renderer: Renderer, body: str, kinds: str
) -> None:
    with pytest.raises(PageFault) as caught:
        survey(renderer, page(body), ON)
    assert caught.value.error_type == "personal_data"
    assert str(caught.value) == f"personal_data: {kinds}"
    assert survey(renderer, page(body), FiltersConfig(settle_s=0))[0] > 0


@pytest.mark.parametrize(
    "body",
    [
        "<p>No address here</p>",
        "<p style='visibility: hidden'>ana@mill.org</p><p style='opacity: 0'>ana@mill.org</p><p hidden>a@mill.org</p>",
        "<div style='height: 2000px'></div><p>ana@mill.org</p>",
        "<a href='mailto:ana@mill.org' title='ana@mill.org'>Write</a><!-- ana@mill.org -->",
        "<script>let to = 'ana@mill.org'</script><style>/* ana@mill.org */</style>",
        "<input type=password value='ana@mill.org'><select><option>1</option><option>ana@mill.org</option></select>",
        "<table><tr><td>202</td><td>456</td><td>1111</td></tr></table><p>ana</p><p>@mill.org</p>",
    ],
    ids=["none", "hidden", "below", "attributes", "scripts", "masked", "apart"],
)
def test_what_a_screenshot_does_not_show_is_no_matter(renderer: Renderer, body: str) -> None:
    assert survey(renderer, page(body), ON)[0] > 0


def test_looking_for_it_opens_no_socket() -> None:
    program = """
import sys
seen = []
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith("socket.") else None)
from pairgen.personal import kinds_in
found = kinds_in("ana@mill.org (202) 456-1111 DE89 3704 0044 0532 0130 00 4242 4242 4242 4242 536-90-4399")
assert found == ["card", "email", "iban", "phone", "us_ssn"], found
assert not seen, seen
import socket
socket.socket().close()
assert seen
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT_ROOT, timeout=120)


@pytest.mark.parametrize("module", PACKAGES)
def test_without_the_packages_the_option_is_refused_before_any_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / "a.html").write_text("<p>Never loaded</p>")
    arguments = [f"out={tmp_path}/out.parquet", f"pages={tmp_path}", "filters.personal_data=true"]
    with pytest.raises(UserError, match=rf"needs {module}: pip install .*{PACKAGES[module]}"):
        main(arguments)
    assert not (tmp_path / "out.parquet.work").exists()
    assert FiltersConfig().personal_data is False
