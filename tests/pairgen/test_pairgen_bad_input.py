"""Bad input, each kind in one folder with a good page: a counted reason for each, and the good page's pair is made."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from pages_by_hand import BAKERY

from orchestrator.door import EXIT_FAILED
from pairgen.__main__ import main
from pairgen.attempt import Stage
from pairgen.browser import Renderer, find_executable
from pairgen.browser_config import BrowserConfig
from pairgen.cells import Slot
from pairgen.faults import PageFault
from pairgen.filters import FiltersConfig, survey
from pairgen.funnel import Funnel
from pairgen.operators.tiers import MECHANISMS
from pairgen.records import Page
from schemas.errors import UserError

LINES = "".join(f"<p style='background: #eef'>Line number {number} of a page</p>" for number in range(12))
SVG = '<svg width=900 height=600><rect width=500 height=500 fill="teal"/><text y=90>A drawing</text></svg>'
SHADOW = "<div><template shadowrootmode={}><p>Hidden in the shadow</p></template></div>"
UNFIT = {
    "alert.html": (LINES + "<script>while (true) alert('again')</script>", ""),
    "broken_css.html": (LINES + "<style>p { color: ; } } @media { b: {{{ </style>", ""),
    "closed_shadow.html": (LINES + SHADOW.format("closed"), "shadow_dom"),
    "empty.html": ("", "blank"),
    "font.html": (LINES.replace("<p ", "<p class=x ") + "<style>.x { font-family: Nowhere }</style>", ""),
    "fonts.html": ("<style>@font-face{font-family:x;src:url(gone.woff2)} p{font-family:x}</style>" + LINES,
                   "missing_assets"),
    "one.html": ("<h1 style='font-size: 90px'>One element</h1>", "too_short"),
    "open_shadow.html": (LINES + SHADOW.format("open"), "shadow_dom"),
    "refresh.html": (LINES + "<meta http-equiv=refresh content='5;url=one.html'>", "refreshes"),
    "svg.html": (SVG, "too_short"),
    "zero.html": ("<div style='width:0;height:0;overflow:hidden'>" + LINES + "</div>", "blank"),
}  # fmt: skip


def document(body: str) -> str:
    return f"<!doctype html><html><head><title>t</title></head><body>{body}</body></html>"


def test_a_folder_of_bad_pages_is_counted_by_reason_and_the_good_page_makes_its_pair(
    renderer: Renderer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for name, (body, _) in UNFIT.items():
        (site / name).write_text(document(body))
    (site / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (site / "notes.pdf").write_bytes(b"%PDF")
    with (site / "large.html").open("wb") as file:
        file.write(document(LINES).encode())
        file.truncate(50_000_000)
    (site / "good.html").write_text(BAKERY)
    out = tmp_path / "out.parquet"
    arguments = [f"out={out}", f"pages={site}", "operators=[text]", "per_cell=1", "no_diff=0", "png_level=0",
                 "filters.settle_s=0", "filters.max_distance=-1", "sheet_per_cell=0"]  # fmt: skip
    with ThreadPoolExecutor(1) as pool:  # a second browser beside the session's needs a loop of its own
        assert pool.submit(main, arguments).result() in (0, EXIT_FAILED)
    reasons = [reason for _, reason in UNFIT.values() if reason]
    funnel = json.loads(out.with_name("out.parquet.funnel.json").read_text())
    assert funnel["unfit"] == {reason: reasons.count(reason) for reason in reasons} | {"not_utf8": 1, "too_large": 1}
    assert funnel["found"] == len(UNFIT) + 3
    said = capfd.readouterr().err
    assert "large.html is skipped: too_large: document of 50.0 MB" in said
    assert "picture.html is skipped: not_utf8" in said
    assert "good.html" in pl.read_parquet(out)["page_id"].to_list()


@pytest.mark.parametrize("body", ["", "text alone", "<h1>One element</h1>", SVG, SHADOW.format("open"),
                                  "<div style='width:0;height:0;overflow:hidden'><p>Nothing</p></div>"],
                         ids=["empty", "text", "one", "svg", "shadow", "zero"])  # fmt: skip
def test_pages_with_next_to_nothing_come_to_an_end_under_every_operator(renderer: Renderer, body: str) -> None:
    funnel = Funnel()
    stage = Stage(renderer, Page(page_id="a", domain="other", html=document(body)), funnel)
    for operator, mechanisms in MECHANISMS.items():
        for mechanism in mechanisms:
            stage.attempt(Slot(operator=operator, tier="easy", number=1, mechanism=mechanism), mechanism, "seed", 2)
    assert funnel.candidates.total() == funnel.rejected.total() + funnel.kept.total()


def test_a_field_of_the_browsers_own_is_no_shadow(renderer: Renderer) -> None:
    body = LINES + "<input value=text><select><option>one</select><details open><summary>s</summary>d</details>"
    assert survey(renderer, Page(page_id="a", domain="other", html=document(body)), FiltersConfig(settle_s=0))[0] > 0


def test_a_closed_shadow_is_found_where_scripts_make_it(renderer: Renderer) -> None:
    opened = renderer._context.browser
    assert opened is not None

    scripted = Renderer(opened, BrowserConfig(javascript=True))
    script = "<script>document.body.firstChild.attachShadow({mode: 'closed'}).innerHTML = '<b>x</b>'</script>"
    with pytest.raises(PageFault, match="shadow_dom"):
        survey(scripted, Page(page_id="a", domain="other", html=document(LINES + script)), FiltersConfig(settle_s=0))


def test_a_machine_without_a_browser_is_told_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DIFFSPOT_CHROMIUM", raising=False)
    with pytest.raises(UserError, match=r"no Chromium found\. Install one.*make pairgen"):
        find_executable("", "")
    with pytest.raises(UserError, match="no browser at"):
        find_executable(str(tmp_path / "none"), "")
