import os
import shutil
from pathlib import Path

import pytest

from pairgen.browser import PlatformFont, Renderer
from pairgen.fonts import find_font, font_digests, missing_glyphs
from pairgen.records import Page


@pytest.fixture(autouse=True)
def need_fontconfig() -> None:
    if shutil.which("fc-list") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no fontconfig: .ci/run installs it with the fonts")
        pytest.skip("no fontconfig on this machine")


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
