"""Stored images: there, decodable, and no bomb; else the pair is named."""

import re

import pytest
from dataset_cases import encoded, png, png_header
from hypothesis import given, settings
from hypothesis import strategies as st

from records.images import MAX_IMAGE_PIXELS, check_image
from schemas.errors import DatasetError


def test_a_good_image_passes_byte_for_byte() -> None:
    data = png("navy")
    assert check_image("p1", "image_before", {"bytes": data, "path": None}) == data


@pytest.mark.parametrize("cell", [None, {"bytes": None, "path": "on/disk.png"}, {"bytes": b"", "path": None}])
def test_an_image_without_bytes_is_refused(cell: dict[str, object] | None) -> None:
    with pytest.raises(DatasetError, match="pair 'p1': image_after holds no bytes; store the encoded image"):
        check_image("p1", "image_after", cell)


WHOLE = png("navy", (64, 48))


@pytest.mark.parametrize(
    "data",
    [b"not an image", WHOLE[:8], WHOLE[:40], WHOLE[:-20], WHOLE.replace(b"IDAT", b"IDXT"), encoded("JPEG")[:20]],
    ids=["text", "signature", "header", "tail", "chunk", "jpeg"],
)
def test_an_image_that_cannot_be_decoded_is_refused(data: bytes) -> None:
    with pytest.raises(DatasetError, match=r"pair 'p1': image_before cannot be decoded: .*; replace or drop the pair"):
        check_image("p1", "image_before", {"bytes": data, "path": None})


@pytest.mark.parametrize("size", [(10_000, 10_000), (100_000, 100_000), (1, MAX_IMAGE_PIXELS + 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(
        DatasetError, match=r"pair 'p1': image_before (is .* px, more than|cannot be decoded: .*exceeds)"
    ):
        check_image("p1", "image_before", {"bytes": png_header(*size), "path": None})


def test_the_largest_allowed_image_passes() -> None:
    data = png_header(5_000, MAX_IMAGE_PIXELS // 5_000)
    assert check_image("p1", "image_before", {"bytes": data, "path": None}) == data


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "BMP", "WEBP"])
def test_another_format_is_refused(kind: str) -> None:
    """Images go out as stored and as image/png, so a JPEG would be sent under a false name."""
    with pytest.raises(DatasetError, match=f"pair 'p1': image_before is {kind}, must be PNG; convert it"):
        check_image("p1", "image_before", {"bytes": encoded(kind), "path": None})


@given(place=st.integers(0, len(WHOLE) - 1), byte=st.integers(1, 255), cut=st.integers(0, len(WHOLE)))
@settings(max_examples=300, deadline=None)
def test_damage_is_refused_and_never_crashes(place: int, byte: int, cut: int) -> None:
    flipped = bytearray(WHOLE)
    flipped[place] ^= byte
    for data in (bytes(flipped), WHOLE[:cut], bytes(flipped)[:cut]):
        try:
            passed = check_image("p1", "image_before", {"bytes": data, "path": None})
        except DatasetError as error:
            assert re.match("pair 'p1': image_before ", str(error))
        else:
            assert passed == data
