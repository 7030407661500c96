import os
import shutil
from pathlib import Path

import pytest

from pairgen.attempt import Stage
from pairgen.browser import PlatformFont, Renderer
from pairgen.cells import Slot
from pairgen.fonts import find_font, font_digests, lacks_weight, missing_glyphs, other_weight
from pairgen.funnel import Funnel
from pairgen.records import Page


@pytest.fixture(autouse=True)
def need_fontconfig() -> None:
    if shutil.which("fc-list") is None:
        _lacks("no fontconfig on this machine")


def _lacks(what: str) -> None:
    """Fail in CI, which installs it with the fonts; else skip."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def drawn(renderer: Renderer, stack: str, text: str) -> tuple[PlatformFont, ...]:
    html = f"<html><head><meta charset=utf-8></head><body><p style='font-family: {stack}'>{text}</p></body></html>"
    renderer.load(Page(page_id="font", domain="other", html=html))
    (found,) = renderer.fonts([1]).values()
    return found


def test_glyphs_of_a_named_family_are_not_missing(renderer: Renderer) -> None:
    for stack in ("sans-serif", "monospace, serif"):
        assert missing_glyphs("Plain words", stack, drawn(renderer, stack, "Plain words")) is None


def test_a_family_that_nobody_named_is_a_fallback(renderer: Renderer) -> None:
    fonts = drawn(renderer, "monospace", "words")
    assert "stands in for" in str(missing_glyphs("words", "Inexistent Grotesk", fonts))


@pytest.mark.parametrize(("text", "is_fine"), [("Plain words", True), ("漢字かな", False), ("words 漢字", False)])
def test_a_page_that_names_no_font_may_be_drawn_in_the_systems_own(
    renderer: Renderer, text: str, is_fine: bool
) -> None:
    if find_font("NotoSans-Regular") is None:
        _lacks("no Noto Sans on this machine")
    fonts = drawn(renderer, "", text)
    assert (missing_glyphs(text, '"Times New Roman"', fonts) is None) == is_fine


def test_a_character_without_glyph_is_named(renderer: Renderer) -> None:
    fonts = drawn(renderer, "sans-serif", "words")
    unassigned = "\U0001fbca"
    if any(ord(unassigned) in part for part in (find_font(fonts[0].postscript_name) or pytest.fail()).ranges):
        pytest.skip("this system's sans-serif draws even that")
    assert unassigned in str(missing_glyphs(f"words {unassigned}", "sans-serif", fonts))


def test_digests_are_of_the_files(renderer: Renderer) -> None:
    (font,) = drawn(renderer, "sans-serif", "words")
    digests = font_digests([font])
    found = find_font(font.postscript_name)
    assert found is not None
    assert list(digests) == [Path(found.path).name]
    assert len(digests[Path(found.path).name]) == 64


@pytest.mark.parametrize(
    ("name", "weight", "expected"),
    [
        ("NotoSans-Bold", 700, None),
        ("NotoSans-Bold", 600, "NotoSans-Bold draws 700, not 600"),
        ("NotoSans-Regular", 500, "NotoSans-Regular draws 400, not 500"),
        ("NoSuchFont-Bold", 600, None),
    ],
)
def test_a_face_draws_its_own_weight_alone(name: str, weight: int, expected: str | None) -> None:
    if find_font("NotoSans-Bold") is None:
        _lacks("no Noto Sans on this machine")
    assert other_weight(weight, [PlatformFont("Noto Sans", name, 5)]) == expected


@pytest.mark.parametrize(
    ("name", "weight", "expected"),
    [
        ("NotoSans-Regular", 700, None),
        ("NotoSans-Regular", 600, "Noto Sans has no face of 600"),
        ("Inter-SemiBold", 500, None),
        ("NoSuchFont-Bold", 600, None),
    ],
)
def test_a_family_draws_the_weights_of_its_faces(name: str, weight: int, expected: str | None) -> None:
    if find_font("NotoSans-Bold") is None or find_font("Inter-SemiBold") is None:
        _lacks("no Noto Sans or Inter on this machine")
    assert lacks_weight(weight, [PlatformFont("Noto Sans", name, 5)]) == expected


@pytest.mark.parametrize(
    ("family", "tier", "kept"), [("Noto Sans", "hard", 0), ("Noto Sans", "easy", 1), ("Inter", "hard", 1)]
)
def test_a_weight_that_the_family_lacks_makes_no_pair(renderer: Renderer, family: str, tier: str, kept: int) -> None:
    if find_font("NotoSans-Bold") is None or find_font("Inter-SemiBold") is None:
        _lacks("no Noto Sans or Inter on this machine")
    weight = 700 if tier == "easy" else 600
    html = (
        "<html><head><meta charset=utf-8></head><body>"
        f"<h1 style='font: {weight} 32px {family}; padding: 40px'>Harbour walks at dusk</h1></body></html>"
    )
    funnel = Funnel()
    stage = Stage(renderer, Page(page_id="faces", domain="other", html=html), funnel)
    slot = Slot(operator="font_weight", tier=tier, number=1, mechanism="style_override")
    pair = stage.attempt(slot, slot.mechanism, "seed", 12)
    assert (pair is not None) == bool(kept)
    assert ("font_weight", "hard", "weight_face") in funnel.rejected or kept
    if pair is not None and pair.kept is not None:
        steps = int(pair.kept.candidate.new_value) - int(pair.kept.candidate.old_value)
        assert abs(steps) == (300 if tier == "easy" else 100)
