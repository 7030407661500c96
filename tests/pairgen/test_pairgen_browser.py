from pathlib import Path

import pytest
from pages_by_hand import bakery

from pairgen.assets import FolderAssets
from pairgen.browser import Renderer, find_executable
from pairgen.images import decode
from pairgen.records import Change, Element, Page, Snapshot
from schemas.errors import UserError
from schemas.records import Box


def named(snapshot: Snapshot, text: str, tag: str | None = None) -> Element:
    found = [e for e in snapshot.elements if e.own_text == text and tag in (None, e.tag)]
    assert len(found) == 1
    return found[0]


def test_a_page_looks_the_same_on_every_load(renderer: Renderer) -> None:
    first = renderer.load(bakery())
    assert renderer.screenshot() == first
    assert renderer.load(bakery()) == first
    assert decode(first).shape == (800, 1280, 3)


def test_the_pages_own_scripts_do_not_run(renderer: Renderer) -> None:
    renderer.load(bakery())
    assert named(renderer.snapshot(), "Rye and barley").tag == "h2"


def test_a_snapshot_tells_place_role_lines_and_style(renderer: Renderer) -> None:
    renderer.load(bakery())
    snapshot = renderer.snapshot()
    assert [e.ref for e in snapshot.elements] == list(range(len(snapshot.elements)))
    assert snapshot.elements[0].tag == "body"
    heading = named(snapshot, "Rye and barley")
    assert heading.box == Box(49, 113, 430, 32)
    assert heading.role == "heading"
    assert heading.styles["font-weight"] == "700"
    assert heading.hit_fraction == 1.0
    paragraph = next(e for e in snapshot.elements if e.tag == "p")
    assert paragraph.num_lines == paragraph.box.h // 24
    assert named(snapshot, "Order a loaf").role == "button"
    assert named(snapshot, "Home").role == "link"
    banner = next(e for e in snapshot.elements if "banner" in e.classes)
    assert banner.role == "banner"
    card = snapshot.elements[heading.parent or 0]
    assert card.role == "card"
    assert heading.ref in card.children


def test_visible_boxes_are_cut_and_covered_elements_are_seen(renderer: Renderer) -> None:
    renderer.load(bakery())
    snapshot = renderer.snapshot()
    cut = named(snapshot, "One line of text")
    assert cut.visible_box is not None
    assert (cut.box.w, cut.visible_box.w) == (300, 100)
    assert named(snapshot, "Under").hit_fraction == pytest.approx(0.5)
    assert named(snapshot, "Over").hit_fraction == 1.0


@pytest.mark.parametrize(
    "make",
    [
        lambda ref: Change(ref=ref, styles={"color": "#dc2626"}),
        lambda ref: Change(ref=ref, text=("Rye and barley", "Rye and oats")),
        lambda ref: Change(ref=ref, add_classes=("tight",), rules=(".card .tight { letter-spacing: -0.06em }",)),
    ],
    ids=["style", "text", "class"],
)
def test_a_change_shows_and_its_undo_restores_every_byte(renderer: Renderer, make: object) -> None:
    first = renderer.load(bakery())
    ref = named(renderer.snapshot(), "Rye and barley").ref
    assert callable(make)
    assert renderer.apply(make(ref))
    assert renderer.screenshot() != first
    renderer.undo()
    assert renderer.screenshot() == first
    assert named(renderer.snapshot(), "Rye and barley").classes == ()


def test_a_text_edit_without_its_text_node_changes_nothing(renderer: Renderer) -> None:
    first = renderer.load(bakery())
    ref = named(renderer.snapshot(), "Rye and barley").ref
    assert not renderer.apply(Change(ref=ref, text=("Wheat", "Spelt")))
    assert renderer.screenshot() == first


def test_fonts_that_drew_the_text_are_told(renderer: Renderer) -> None:
    renderer.load(bakery())
    heading = named(renderer.snapshot(), "Rye and barley").ref
    (font,) = renderer.fonts([heading])[heading]
    assert font.num_glyphs == len("Rye and barley")


def test_only_files_of_the_pages_folder_are_loaded(renderer: Renderer, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "own.css").write_text("h1 { color: rgb(1, 2, 3) }")
    (tmp_path / "secret.css").write_text("h1 { font-size: 99px }")
    (folder / "link.css").symlink_to(tmp_path / "secret.css")
    html = (
        '<html><head><link rel=stylesheet href="own.css"><link rel=stylesheet href="..%2Fsecret.css">'
        '<link rel=stylesheet href="link.css"></head><body><h1>Hello</h1></body></html>'
    )
    renderer.load(Page(page_id="a.html", domain="other", html=html, assets=FolderAssets(str(folder))))
    styles = named(renderer.snapshot(), "Hello").styles
    assert styles["color"] == "rgb(1, 2, 3)"
    assert styles["font-size"] == "32px"


def test_a_missing_browser_says_how_to_install_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DIFFSPOT_CHROMIUM", raising=False)
    with pytest.raises(UserError, match="playwright install chromium"):
        find_executable("", "")
    with pytest.raises(UserError, match="no browser at"):
        find_executable(str(tmp_path / "nothing"), "")
