"""Which pages of a foreign source are fit: each reason by a page that has it."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pairgen.assets import FolderAssets
from pairgen.browser import Renderer
from pairgen.faults import PageFault
from pairgen.filters import FiltersConfig, distinct, survey
from pairgen.looks import difference_hash, distance
from pairgen.records import Page

CONFIG = FiltersConfig(settle_s=0.2)
LINES = "".join(f"<p style='background: #eef'>Line number {number} of a page</p>" for number in range(12))
STYLE = "<style>body { font-family: Inter, 'Noto Sans', sans-serif }</style>"


def page(body: str, folder: Path | None = None) -> Page:
    html = f"<!doctype html><html><head><title>t</title>{STYLE}</head><body>{body}</body></html>"
    made = Page(page_id="a.html", domain="other", html=html)
    return replace(made, assets=FolderAssets(str(folder))) if folder else made


def gif() -> bytes:
    frames = [Image.new("RGB", (80, 80), (shade, 0, 0)) for shade in (0, 250)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=60, loop=0)
    return file.getvalue()


REASONS = {
    "blank": [""],
    "too_short": ["<h1 style='font-size: 99px'>One element with a large text</h1>",
                  '<svg width=900 height=600><rect width=500 height=500 fill="teal"/><text y=90>A drawing</text></svg>',
                  "<h1 style='font-size:300px'>ABC</h1>" + "<div style='width:0;height:0;overflow:hidden'>0</div>" * 9],
    "too_long": [LINES + "<div style='height:50000px'></div>"],
    "embeds": [LINES + "<iframe></iframe>", LINES + "<video controls></video>",
               LINES + "<object data=x width=50 height=50></object>", LINES + "<marquee>x</marquee>"],
    "shadow_dom": [LINES + "<div><template shadowrootmode=open><p>Hidden</p></template></div>"],
    "missing_assets": [LINES + '<img src="gone.png" alt="gone">', '<link rel=stylesheet href="gone.css">' + LINES,
                       "<style>@font-face{font-family:x;src:url(gone.woff2)} p{font-family:x}</style>" + LINES],
    "unsettled": [LINES + '<img src="two.gif" alt="">'],
    "missing_glyphs": [LINES + "<p>\U0001E5D0\U0001E5D1 \U000130A0 text in a script without a font \U0001CF00</p>"],
}  # fmt: skip


@pytest.mark.parametrize(("reason", "body"), [(reason, body) for reason, bodies in REASONS.items() for body in bodies])
def test_an_unfit_page_is_rejected_by_name(renderer: Renderer, tmp_path: Path, reason: str, body: str) -> None:
    (tmp_path / "two.gif").write_bytes(gif())
    with pytest.raises(PageFault) as caught:
        survey(renderer, page(body, tmp_path), CONFIG)
    assert caught.value.error_type == reason


@pytest.mark.parametrize(
    "extra",
    ["<style>p { color: ; } } @media { b: {{{ </style>", "<svg width=50 height=50></svg>", "<img src=gone.png alt=''>",
     "<style>p { animation: x 1s infinite } @keyframes x { to { color: red } }</style>", "<div style='width:0'></div>"],
    ids=["broken_css", "svg", "tracker", "animation", "zero"],
)  # fmt: skip
def test_a_fit_page_has_a_score_and_looks(renderer: Renderer, extra: str) -> None:
    score, looks = survey(renderer, page(LINES + extra), CONFIG)
    assert 0 < score <= 1
    assert len(looks) == 64


def test_looks_tell_pages_apart_but_not_a_shade() -> None:
    rng = np.random.default_rng(5)
    blocks = np.kron(rng.integers(0, 255, (10, 16, 1)), np.ones((80, 80, 3))).astype(np.uint8)
    other = np.kron(rng.integers(0, 255, (10, 16, 1)), np.ones((80, 80, 3))).astype(np.uint8)
    touched = blocks.copy()
    touched[100:140, 100:160] ^= 40
    first = difference_hash(blocks)
    assert distance(first, difference_hash(blocks)) == 0
    assert distance(first, difference_hash(touched)) <= CONFIG.max_distance
    assert distance(first, difference_hash(other)) > 60


def test_of_near_duplicates_the_best_is_chosen_and_low_scores_fall() -> None:
    same, far = "0" * 64, "f" * 64
    found = [(0.5, same, "b"), (0.9, same, "c"), (0.5, far, "a"), (0.1, "0f" * 32, "d"), (0.9, "1" + "0" * 63, "e")]
    chosen, fallen = distinct(found, CONFIG)
    assert chosen == ["c", "a"]
    assert fallen == {"b": "duplicate", "d": "low_score", "e": "duplicate"}
    assert distinct(found, replace(CONFIG, max_distance=-1, min_score=0))[0] == ["c", "e", "a", "b", "d"]
