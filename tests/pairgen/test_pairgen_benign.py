"""Benign differences: each kind differs where it says, and only where the page has a place for it."""

import numpy as np
import pytest

from pairgen.benign import KINDS, disturb
from pairgen.browser import Renderer
from pairgen.images import decode, level_difference
from pairgen.records import Page

BODY = "<p>Delivered {}</p><p>{}</p><form><input value=''><a href='#'>Link text</a></form>" + "<p>Line of text</p>" * 9


def page(stamp: str = "at last", prose: str = "Words") -> Page:
    html = f"<!doctype html><html><body style='font: 16px Inter'>{BODY.format(stamp, prose)}</body></html>"
    return Page(page_id="a.html", domain="other", html=html)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "clock"])
def test_each_kind_shows_and_leaves_the_page_as_large(renderer: Renderer, kind: str) -> None:
    first = renderer.load(page())
    after = disturb(renderer, first, kind, "seed")
    assert after is not None
    levels = level_difference(decode(first), decode(after))
    assert levels.shape == (800, 1280)
    assert levels.any()
    if kind in ("caret", "focus_ring", "scroll_bar"):
        assert (levels > 0).mean() < 0.01
    assert after == disturb(renderer, first, kind, "seed") or kind in ("caret", "focus_ring", "scroll_bar")


@pytest.mark.parametrize(
    ("stamp", "later"),
    [
        ("10:39", "10:30"),
        ("28 May", "27 May"),
        ("5 April", "6 April"),
        ("May 9", "May 10"),
        ("2026-02-03", "2026-02-04"),
    ],
)
def test_a_clock_or_date_reads_otherwise(renderer: Renderer, stamp: str, later: str) -> None:
    first = renderer.load(page(stamp))
    assert disturb(renderer, first, "clock", "seed") not in (None, first)
    assert f"Delivered {later}" in [e.own_text for e in renderer.snapshot().elements]


def test_a_date_in_a_sentence_is_content_and_stays(renderer: Renderer) -> None:
    first = renderer.load(page(prose="They met at 10:30 on 5 May 1998 in a long sentence about something else"))
    assert disturb(renderer, first, "clock", "seed") is None
    assert renderer.screenshot() == first


@pytest.mark.parametrize("kind", ["caret", "focus_ring", "clock"])
def test_a_page_without_a_place_for_it_is_passed_over(renderer: Renderer, kind: str) -> None:
    first = renderer.load(Page(page_id="a.html", domain="other", html="<p>Only words"))
    assert disturb(renderer, first, kind, "seed") is None


def test_a_shift_moves_everything_by_one_pixel(renderer: Renderer) -> None:
    first = renderer.load(page())
    after = disturb(renderer, first, "shift_1px", "seed")
    assert after is not None
    before, moved = decode(first), decode(after)
    assert any(
        np.array_equal(np.roll(before, step, axis)[2:-2, 2:-2], moved[2:-2, 2:-2])
        for axis in (0, 1)
        for step in (-1, 1)
    )
