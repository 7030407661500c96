from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from pages_by_hand import bakery

from pairgen import grounding
from pairgen.browser import Renderer
from pairgen.grounding import LAYOUT_PREDICATES, PIXEL_PREDICATES, first_failure, measure
from pairgen.images import bounds, color_difference, decode
from pairgen.records import Candidate, Change, Page, Snapshot
from pairgen.rendering import Rendering
from schemas.records import Box


def candidate(change: Change, operator: str = "spacing", tier: str = "easy", magnitude: float = 1.0) -> Candidate:
    return Candidate(
        operator=operator,
        tier=tier,
        mechanism="style_override",
        change=change,
        property="",
        direction="",
        old_value="",
        new_value="",
        magnitude=magnitude,
    )


def ref_of(snapshot: Snapshot, text: str) -> int:
    (found,) = [e.ref for e in snapshot.elements if e.own_text == text]
    return found


def ref_of_class(snapshot: Snapshot, name: str) -> int:
    (found,) = [e.ref for e in snapshot.elements if name in e.classes]
    return found


def render(
    renderer: Renderer,
    target: str,
    styles: Mapping[str, str],
    operator: str = "spacing",
    tier: str = "easy",
    page: Page | None = None,
) -> Rendering:
    """Render one change of the element with that text, or of that `.class`."""
    png = renderer.load(page or bakery())
    before = renderer.snapshot()
    ref = ref_of_class(before, target[1:]) if target.startswith(".") else ref_of(before, target)
    change = Change(ref=ref, styles=styles)
    assert renderer.apply(change)
    return Rendering(
        candidate(change, operator, tier), decode(png), decode(renderer.screenshot()), before, renderer.snapshot()
    )


def verdict(rendering: Rendering) -> str | None:
    failure = first_failure(rendering, PIXEL_PREDICATES) or first_failure(rendering, LAYOUT_PREDICATES)
    return failure.predicate if failure else None


@pytest.mark.parametrize(
    ("target", "styles", "expected"),
    [
        ("Rye and barley", {"color": "#dc2626"}, None),
        ("Rye and barley", {"font-size": "30px"}, None),
        ("Order a loaf", {"translate": "24px 0"}, None),
        ("Rye and barley", {"color": "#121828"}, "unseen"),
        ("Under", {"color": "#dc2626"}, "unseen"),
        (".under", {"background-color": "#4ade80"}, "covered"),
        (".card", {"margin-bottom": "60px"}, "elsewhere"),
        (".card", {"height": "300px"}, "leak"),
        ("One line of text", {"width": "500px", "background-color": "#bbf7d0"}, "clipped"),
        ("Order a loaf", {"width": "60px", "white-space": "nowrap"}, "overflow"),
        ("Rye and barley", {"translate": "0 20px"}, "overlap"),
        ("Home", {"translate": "20px 0"}, "overlap"),
    ],
)
def test_the_gate_keeps_and_rejects(
    renderer: Renderer, target: str, styles: Mapping[str, str], expected: str | None
) -> None:
    assert verdict(render(renderer, target, styles)) == expected


@pytest.mark.parametrize(
    ("tier", "operator", "expected"),
    [("easy", "letter_spacing", None), ("hard", "letter_spacing", "rewraps"), ("easy", "font_weight", "rewraps")],
)
def test_lines_that_break_elsewhere_are_for_easy_tiers(
    renderer: Renderer, tier: str, operator: str, expected: str | None
) -> None:
    """One word goes to the next line; the number of lines stays."""
    page = bakery()
    page = Page(page_id="by-hand/wrap", domain="other", html=page.html.replace("<p>", '<p class="lead">'))
    rendering = render(renderer, ".lead", {"letter-spacing": "-0.4px"}, operator, tier, page)
    assert rendering.old.num_lines == rendering.new.num_lines == 3
    assert rendering.old.line_starts != rendering.new.line_starts
    assert verdict(rendering) == expected


def test_a_hairline_needs_strong_pixels(renderer: Renderer) -> None:
    """A box of 480 x 240 px has 1,436 px of border: many, but no one sees them a few levels lighter."""
    faint = render(renderer, ".card", {"border-color": "#e7e9ed"}, "border", "hard")
    assert int(faint.changed.sum()) > 1000
    assert verdict(faint) == "unseen"
    assert verdict(render(renderer, ".card", {"border-color": "#9ca3af"}, "border", "hard")) is None
    assert verdict(render(renderer, ".banner", {"background": "#e0e2e6"}, "color", "hard")) is None


def test_letters_larger_than_their_line_are_refused(renderer: Renderer) -> None:
    assert verdict(render(renderer, "Rye and barley", {"font-size": "32px"}, "font_size")) is None
    assert verdict(render(renderer, "Rye and barley", {"font-size": "34px"}, "font_size")) == "magnitude"


@pytest.mark.parametrize(
    ("target", "line_height", "expected"),
    [(".free", "1.62", None), (".held", "1.62", None), (".words", "1.62", "magnitude"), (".words", "1.38", "unseen")],
)
def test_line_height_is_measured_by_the_lines_and_not_by_their_box(
    renderer: Renderer, target: str, line_height: str, expected: str | None
) -> None:
    """`.held` has room to spare; the lines of `.words` are as far apart as its paragraph's, if not more."""
    text = "Rye, barley and spelt come from the mill across the river on Mondays and Thursdays, " * 2
    html = (
        "<!doctype html><html><head><style>p { margin: 0; width: 300px; font: 20px/1.5 Inter } "
        ".held { min-height: 240px }</style></head><body><section style='height: 240px'>"
        f'<p class="free">{text}</p></section><section style="height: 240px"><p class="held">{text}</p></section>'
        f'<section style="height: 300px"><p style="line-height: 1.55"><span class="words" style="line-height: 1.5">'
        f"{text}</span></p></section></body></html>"
    )
    page = Page(page_id="by-hand/lines", domain="other", html=html)
    rendering = render(renderer, target, {"line-height": line_height}, "line_height", "medium", page)
    assert rendering.old.num_lines > 4
    assert verdict(replace(rendering, candidate=replace(rendering.candidate, magnitude=0.12))) == expected


@pytest.mark.parametrize(
    ("target", "styles", "expected"),
    [
        (".roomy", {"padding": "36px"}, None),
        (".roomy", {"padding": "12px"}, "magnitude"),
        (".tall", {"padding": "36px"}, "magnitude"),
        ("Go on", {"padding": "36px"}, None),
        ("Wide", {"padding": "36px"}, "magnitude"),
    ],
)
def test_padding_must_show_at_every_side(
    renderer: Renderer, target: str, styles: Mapping[str, str], expected: str | None
) -> None:
    html = (
        "<html><head><style>* { box-sizing: border-box } p { margin: 0 } div, span { border: 1px solid #334155; "
        "padding: 24px; width: 300px } span { display: inline-block; width: auto }</style></head><body>"
        '<section style="height: 260px"><div class="roomy"><p>Bread</p></div></section>'
        '<section style="height: 260px"><div class="tall" style="height: 240px"><p>Cake</p></div></section>'
        '<section><span>Go on</span> <span style="width: 400px">Wide</span></section></body></html>'
    )
    page = Page(page_id="by-hand/rooms", domain="other", html=html)
    rendering = render(renderer, target, styles, "spacing", "medium", page)
    spaced = replace(rendering.candidate, property="padding", direction="increase", magnitude=12)
    assert verdict(replace(rendering, candidate=spaced)) == expected


def test_a_rule_that_loses_against_the_page_is_not_applied(renderer: Renderer) -> None:
    rendering = render(renderer, "Rye and barley", {})
    assert grounding.not_applied(rendering) is not None


@pytest.mark.parametrize(("tier", "expected"), [("hard", "magnitude"), ("medium", "magnitude"), ("easy", None)])
def test_justify_is_measured_by_the_child_that_moves_farthest(
    renderer: Renderer, tier: str, expected: str | None
) -> None:
    page = bakery()
    page = Page(page_id="by-hand/nav", domain="other", html=page.html.replace("<header>", '<header class="bar">'))
    rendering = render(renderer, ".bar", {"justify-content": "flex-end"}, "justify", tier, page)
    assert verdict(rendering) == expected
    shift = next(e for e in rendering.before.elements if e.own_text == "Home").box.x
    assert measure(rendering).magnitude > 1000 > shift


@pytest.mark.parametrize(
    ("image", "expected"),
    [("linear-gradient(270deg, #2563eb, #9333ea)", None), ("linear-gradient(92deg, #2563eb, #9333ea)", "magnitude")],
)
def test_a_gradient_must_differ_on_average(renderer: Renderer, image: str, expected: str | None) -> None:
    rendering = render(renderer, ".banner", {"background-image": image}, "gradient")
    failure = first_failure(rendering, LAYOUT_PREDICATES)
    assert (failure.predicate if failure else None) == expected


def test_position_has_the_union_of_its_places_as_target(renderer: Renderer) -> None:
    rendering = render(renderer, "Order a loaf", {"translate": "24px 0"}, "position")
    old = rendering.old.box
    measured = measure(rendering)
    assert measured.target_box == Box(old.x, old.y, old.w + 24, old.h)
    assert measured.affected_box.intersection(measured.target_box) == measured.affected_box.area
    assert measured.outside_diff == 0


def test_the_measures_are_the_benchmarks(renderer: Renderer) -> None:
    """pixel_diff counts any difference; target_diff averages each pixel's largest channel difference."""
    rendering = render(renderer, ".banner", {"background-image": "none"}, "gradient")
    levels = np.abs(rendering.before_pixels.astype(int) - rendering.after_pixels.astype(int))
    measured = measure(rendering)
    box = measured.target_box
    assert measured.pixel_diff == pytest.approx(levels.any(axis=2).mean())
    inside = levels[box.y : box.y + box.h, box.x : box.x + box.w]
    assert measured.target_diff == pytest.approx(inside.max(axis=2).mean())
    assert measured.affected_box == bounds(levels.any(axis=2))


def test_colour_difference_is_ciede2000() -> None:
    """Sharma, Wu, Dalal 2005 gives 100 for black and white; equal colours differ by 0."""
    black, white = np.zeros((2, 3), np.uint8), np.full((2, 3), 255, np.uint8)
    assert color_difference(black, white) == pytest.approx([100, 100], abs=0.01)
    assert color_difference(white, white) == pytest.approx([0, 0])
