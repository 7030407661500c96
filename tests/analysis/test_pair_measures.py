"""Measures on the images against scikit-image on the whole pictures."""

from io import BytesIO

import numpy as np
import polars as pl
import pytest
from analysis_frames import pairs_frame
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity as ssim

from analysis.pair_measures import MAX_PIXELS, color_difference, pair_measures, structural_similarity
from records.datasets import PairImages
from schemas.analysis_tables import PAIR_MEASURES


def _picture(seed: int, height: int = 60, width: int = 90) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(("top", "left", "size"), [(20, 30, 12), (0, 0, 5), (50, 80, 10), (0, 0, 90), (59, 89, 1)])
def test_similarity_of_the_changed_part_is_that_of_the_whole(top: int, left: int, size: int) -> None:
    before = _picture(0)
    after = before.copy()
    after[top : top + size, left : left + size] //= 2
    weights = np.array([0.299, 0.587, 0.114])
    expected = ssim(before @ weights, after @ weights, win_size=7, data_range=255)
    assert structural_similarity(before, after) == pytest.approx(expected, abs=1e-9)


def test_equal_images_are_alike_and_tiny_ones_unknown() -> None:
    before = _picture(1)
    assert structural_similarity(before, before) == 1.0 and color_difference(before, before) == 0.0
    small = _picture(2, 5, 5)
    assert np.isnan(structural_similarity(small, 255 - small))


def test_colours_differ_by_scikit_images_measure_over_the_differing_pixels() -> None:
    before = _picture(3)
    after = before.copy()
    after[10:20, 5:9] = 255 - after[10:20, 5:9]
    expected = deltaE_ciede2000(rgb2lab(before), rgb2lab(after))[(before != after).any(axis=2)].mean()
    assert color_difference(before, after) == pytest.approx(expected)
    flat = np.zeros((200, 200, 3), dtype=np.uint8)
    assert len(flat.reshape(-1, 3)) > MAX_PIXELS
    whole = deltaE_ciede2000(rgb2lab(flat[:1, :1]), rgb2lab(flat[:1, :1] + 50)).mean()
    assert color_difference(flat, flat + 50) == pytest.approx(whole)


def _stored(picture: NDArray[np.uint8]) -> memoryview:
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return memoryview(file.getvalue())


def test_changed_pairs_with_images_are_measured() -> None:
    pairs = pairs_frame(
        [
            ("a", "visual_diff", "easy", ["color"]),
            ("b", "visual_diff", "easy", ["color"]),
            ("n", "no_diff", "no_diff", []),
        ]
    )
    both = PairImages(_stored(_picture(4)), _stored(_picture(5)))
    table = pair_measures(
        pairs,
        {"a": both, "n": both}.get,
        embed=lambda data: np.array([1.0, 0.0]) if data == both.before else np.array([0.6, 0.8]),
    )
    assert table.schema == PAIR_MEASURES
    rows = {row["measure"]: row["value"] for row in table.iter_rows(named=True)}
    assert set(table["pair_id"]) == {"a"}
    assert set(rows) == {"structural_similarity", "color_difference", "embedding_distance"}
    assert rows["embedding_distance"] == pytest.approx(0.4)
    assert rows["structural_similarity"] == pytest.approx(structural_similarity(_picture(4), _picture(5)))


def test_images_of_unlike_sizes_have_no_such_measure() -> None:
    pairs = pairs_frame([("a", "visual_diff", "easy", ["color"])])
    table = pair_measures(pairs, lambda _: PairImages(_stored(_picture(4)), _stored(_picture(4, 50, 50))))
    assert table.is_empty() and isinstance(table, pl.DataFrame)
