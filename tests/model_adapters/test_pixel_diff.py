import asyncio
import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from model_adapters import ADAPTERS
from schemas.errors import ConfigError, RequestRejected
from schemas.records import Box, Question

EXAMPLES = Path(__file__).parents[2].parent / "shared/diffspot/examples.parquet"
BOX = re.compile(r"box \[(-?\d+), (-?\d+), (\d+), (\d+)\] px")
TEXT = "Quiet harbour tickets"
Rectangle = tuple[int, int, int, int, int]
Draw = Callable[[ImageDraw.ImageDraw], None]


def _page(width: int = 640, height: int = 400) -> Image.Image:
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, 40), fill="#1e293b")
    draw.text((20, 360), "Footer of the page", fill="#475569", font=_font(14))
    return image


def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _png(image: Image.Image) -> memoryview:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return memoryview(buffer.getvalue())


def _ask(before: memoryview, after: memoryview, kind: str = "pixel_diff", **settings: float) -> str:
    adapter = ADAPTERS.load(kind)(ADAPTERS.configure({"kind": kind, **settings}))
    question = Question(pair_id="p", before=before, after=after, user_query="")

    async def predict() -> str:
        await adapter.start()
        return (await adapter.predict(question)).text

    return asyncio.run(predict())


def _compare(draw_one: Draw, draw_two: Draw) -> str:
    before, after = _page(), _page()
    draw_one(ImageDraw.Draw(before))
    draw_two(ImageDraw.Draw(after))
    return _ask(_png(before), _png(after))


def _boxes(text: str) -> list[Box]:
    return [Box(*(int(part) for part in found)) for found in BOX.findall(text)]


def _button(draw: ImageDraw.ImageDraw, x: int = 200, y: int = 120, radius: int = 0, fill: str = "#2563eb") -> None:
    draw.rounded_rectangle((x, y, x + 179, y + 47), radius, fill=fill)
    draw.text((x + 30, y + 14), "Start now", fill="white", font=_font(18))


def _lines(draw: ImageDraw.ImageDraw, leading: float, *, tracking: int = 0, size: int = 16, stroke: float = 0) -> None:
    for line in range(4):
        x = 60.0
        for letter in TEXT:
            y = 100 + round(line * leading)
            draw.text((x, y), letter, fill="#334155", font=_font(size), stroke_width=stroke)
            x += _font(size).getlength(letter) + tracking


CASES = {
    "moved right": (_button, lambda d: _button(d, x=212), "moved right"),
    "moved up": (_button, lambda d: _button(d, y=96), "moved up"),
    "recoloured": (_button, lambda d: _button(d, fill="#e11d48"), "different hue"),
    "darker": (_button, lambda d: _button(d, fill="#1e3a8a"), "darker"),
    "rounder": (_button, lambda d: _button(d, radius=16), "more rounded"),
    "squarer": (lambda d: _button(d, radius=20), lambda d: _button(d, radius=6), "less rounded"),
    "larger": (lambda d: _lines(d, 26, size=14), lambda d: _lines(d, 26, size=18), "larger"),
    "bolder": (lambda d: _lines(d, 26), lambda d: _lines(d, 26, stroke=0.5), "bolder"),
    "line height": (lambda d: _lines(d, 26), lambda d: _lines(d, 30), "line height appears larger"),
    "letter spacing": (lambda d: _lines(d, 26), lambda d: _lines(d, 26, tracking=2), "letter spacing appears wider"),
    "thicker border": (
        lambda d: d.rectangle((100, 100, 400, 250), outline="#94a3b8", width=1),
        lambda d: d.rectangle((100, 100, 400, 250), outline="#94a3b8", width=5),
        "border appears thicker",
    ),
    "border colour": (
        lambda d: d.rectangle((100, 100, 400, 250), outline="#94a3b8", width=2),
        lambda d: d.rectangle((100, 100, 400, 250), outline="#e11d48", width=2),
        "border appears to have another colour",
    ),
    "other word": (
        lambda d: d.text((60, 100), "Tickets for the evening tour", fill="#111827", font=_font(18)),
        lambda d: d.text((60, 100), "Tickets for the morning tour", fill="#111827", font=_font(18)),
        "text content",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_kind_and_direction_of_a_drawn_change(name: str) -> None:
    one, two, phrase = CASES[name]
    text = _compare(one, two)
    assert phrase in text
    assert len(text.splitlines()) == 1


def test_a_fade_is_told_from_a_recolouring() -> None:
    before, layer = _page(), _page()
    _button(ImageDraw.Draw(layer))
    text = _ask(_png(layer), _png(Image.blend(before, layer, 0.5)))
    assert "more transparent" in text
    assert _boxes(text)[0].iou(Box(200, 120, 180, 48)) > 0.9


def test_a_gradient_that_runs_the_other_way() -> None:
    before, after = _page(), _page()
    ramp = Image.linear_gradient("L").rotate(90).resize((400, 120))
    band = Image.merge("RGB", (ramp, ramp.point(lambda level: level // 2), ramp.point(lambda level: 255 - level)))
    before.paste(band, (80, 100))
    after.paste(band.rotate(180), (80, 100))
    assert "gradient appears to run in reverse" in _ask(_png(before), _png(after))


def test_two_changes_far_apart_make_two_claims() -> None:
    before, after = _page(), _page()
    _button(ImageDraw.Draw(before), x=20, y=60)
    _button(ImageDraw.Draw(after), x=20, y=60, fill="#1e3a8a")
    ImageDraw.Draw(before).text((400, 250), "Museum opens at nine", fill="#111827", font=_font(18))
    ImageDraw.Draw(after).text((400, 250), "Museum closes at five", fill="#111827", font=_font(18))
    lines = _ask(_png(before), _png(after)).splitlines()
    assert len(lines) == 2
    assert any("colour" in line for line in lines) and any("text content" in line for line in lines)


def test_the_box_is_scaled_back_at_a_quarter_of_the_resolution() -> None:
    before, after = _page(), _page()
    _button(ImageDraw.Draw(before))
    _button(ImageDraw.Draw(after), fill="#e11d48")
    (box,) = _boxes(_ask(_png(before), _png(after), scale=0.25))
    assert box.iou(Box(200, 120, 180, 48)) > 0.85


@pytest.mark.parametrize("kind", ["pixel_diff", "structural"])
def test_equal_pixels_in_other_bytes_are_no_difference(kind: str) -> None:
    image, buffer = _page(), io.BytesIO()
    image.save(buffer, "PNG", compress_level=0)
    data = memoryview(buffer.getvalue())
    assert data != _png(image)
    assert _ask(_png(image), data, kind).startswith("No differences")


def test_equal_bytes_are_never_decoded() -> None:
    assert _ask(memoryview(b"not a png"), memoryview(b"not a png")).startswith("No differences")


def test_an_undecodable_image_names_the_pair_and_the_side() -> None:
    with pytest.raises(RequestRejected, match="pair p: the after image"):
        _ask(_png(_page()), memoryview(b"not a png"))


@pytest.mark.parametrize("kind", ["pixel_diff", "structural"])
def test_images_of_two_sizes_are_compared_over_both(kind: str) -> None:
    (box, *_) = _boxes(_ask(_png(_page(640, 400)), _png(_page(640, 460)), kind))
    assert box.y + box.h == 460


@pytest.mark.parametrize("scale", [0.0, 1.5])
def test_a_scale_outside_0_to_1_is_refused(scale: float) -> None:
    with pytest.raises(ConfigError, match="scale"):
        ADAPTERS.configure({"kind": "pixel_diff", "scale": scale})


@settings(max_examples=40, deadline=None)
@given(
    patches=st.lists(
        st.tuples(st.integers(0, 119), st.integers(0, 79), st.integers(1, 60), st.integers(1, 40), st.integers(0, 255)),
        min_size=1,
        max_size=4,
    ),
    kind=st.sampled_from(["pixel_diff", "structural"]),
)
def test_any_change_gives_boxes_within_the_image_and_the_same_answer_twice(
    patches: list[tuple[int, int, int, int, int]], kind: str
) -> None:
    before, after = _page(120, 80), _page(120, 80)
    for x, y, w, h, level in patches:
        ImageDraw.Draw(after).rectangle((x, y, x + w, y + h), fill=(level, 255 - level, 40))
    one, two = _png(before), _png(after)
    text = _ask(one, two, kind)
    assert text == _ask(one, two, kind)
    for box in _boxes(text):
        assert box.x >= 0 and box.y >= 0 and box.w > 0 and box.h > 0
        assert box.x + box.w <= 120 and box.y + box.h <= 80


def _examples() -> list[dict[str, Any]]:
    if not EXAMPLES.exists():
        assert not os.environ.get("CI"), f"{EXAMPLES} is missing"
        pytest.skip(f"{EXAMPLES} is missing")
    return pl.read_parquet(EXAMPLES).to_dicts()


@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_real_pairs_are_found_and_real_twins_are_left_alone(scale: float) -> None:
    rows = _examples()
    assert sum(row["task_type"] == "visual_diff" for row in rows) == 3
    for row in rows:
        before, after = (memoryview(row[side]["bytes"]) for side in ("image_before", "image_after"))
        text = _ask(before, after, scale=scale)
        if row["task_type"] == "no_diff":
            assert text.startswith("No differences")
        else:
            truth = Box(*(row[f"target_bbox_{side}"] for side in "xywh"))
            assert _boxes(text)[0].intersection(truth) > 0.9 * _boxes(text)[0].area


def test_the_kinds_of_the_real_pairs_are_right() -> None:
    phrases = {"font_size": "larger", "opacity": "more transparent", "rounded": "more rounded"}
    for row in _examples():
        if row["task_type"] == "visual_diff":
            text = _ask(memoryview(row["image_before"]["bytes"]), memoryview(row["image_after"]["bytes"]))
            assert phrases[row["mutation_types"][0].removeprefix("mutate_")] in text
