import asyncio
import io
import re

import pytest
from PIL import Image, ImageDraw, ImageFont

from model_adapters.structural import Structural, StructuralConfig
from schemas.records import Box, Question

PLACE = Box(200, 120, 181, 49)


def _page(fill: str, words: str = "Start now", ground: str = "white") -> Image.Image:
    image = Image.new("RGB", (640, 400), ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((200, 120, 380, 168), fill=fill)
    font = ImageFont.load_default(18)
    draw.text((225, 134), words, fill="#f8fafc", font=font)
    draw.text((40, 330), "Footer of the page", fill="#475569", font=font)
    return image


def _png(image: Image.Image) -> memoryview:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return memoryview(buffer.getvalue())


def _ask(before: Image.Image, after: Image.Image, **settings: float) -> str:
    adapter = Structural(StructuralConfig(**settings))  # type: ignore[arg-type]
    question = Question(pair_id="p", before=_png(before), after=_png(after), user_query="")
    return asyncio.run(adapter.predict(question)).text


def _boxes(text: str) -> list[Box]:
    return [Box(*(int(part) for part in found)) for found in re.findall(r"box \[(\d+), (\d+), (\d+), (\d+)\] px", text)]


@pytest.mark.parametrize(
    ("new", "ground", "phrase"), [("#1e3a8a", "white", "darker"), ("#60a5fa", "#020617", "lighter")]
)
def test_a_change_of_luminance_that_keeps_contrast_is_a_colour(new: str, ground: str, phrase: str) -> None:
    text = _ask(_page("#2563eb", ground=ground), _page(new, ground=ground))
    assert phrase in text
    assert _boxes(text)[0].iou(PLACE) > 0.8


def test_a_loss_of_contrast_is_a_fade() -> None:
    page = _page("#0f172a")
    faded = Image.blend(Image.new("RGB", page.size, "white"), page, 0.4)
    faded.paste(page.crop((0, 300, 640, 400)), (0, 300))
    assert "more transparent" in _ask(page, faded)


def test_other_shapes_are_other_text() -> None:
    text = _ask(_page("#2563eb"), _page("#2563eb", "Go home"))
    assert "text content" in text
    assert _boxes(text)[0].intersection(PLACE) == _boxes(text)[0].area


def test_what_it_reports_is_limited() -> None:
    after = _page("#2563eb")
    for x in range(20, 620, 120):
        ImageDraw.Draw(after).rectangle((x, 20, x + 30, 50), fill="#e11d48")
    assert len(_ask(_page("#2563eb"), after).splitlines()) == 3
    assert len(_ask(_page("#2563eb"), after, max_findings=5).splitlines()) == 5


def test_the_settings_enter_the_identity() -> None:
    assert StructuralConfig().identity() != StructuralConfig(threshold=0.5).identity()
