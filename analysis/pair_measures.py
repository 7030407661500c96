"""How large a change is on the two screenshots: structural similarity, colour difference, embedding distance."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.cells import official_pairs
from analysis.report.samples import Images
from records.datasets import PairImages
from schemas.analysis_tables import PAIR_MEASURES

Embed = Callable[[memoryview], NDArray[np.floating]]
"""Gives an image's embedding from its stored bytes: any vision model's."""

_WINDOW: Final = 7
_RADIUS: Final = _WINDOW // 2
MAX_PIXELS: Final = 20_000
"""Differing pixels whose colours are compared; more are taken evenly."""

Image = NDArray[np.uint8]


def pair_measures(pairs: pl.DataFrame, images: Images, *, embed: Embed | None = None) -> pl.DataFrame:
    """Return PAIR_MEASURES of the changed pairs whose images are there, in the pairs' order.

    `structural_similarity`: mean SSIM of the luminances, 7 x 7 windows (Z. Wang et al., "Image quality assessment:
    from error visibility to structural similarity", IEEE Trans. Image Processing 13 (2004), 600-612).
    `color_difference`: mean CIEDE2000 over the pixels that differ (CIE 142-2001). `embedding_distance`, where `embed`
    is given: 1 - cosine of the two embeddings. Images of unlike sizes have none of the first two.
    """
    changed = official_pairs(pairs).filter(~pl.col("is_no_diff"))["pair_id"]
    rows = [
        {"pair_id": pair_id, "measure": measure, "value": value}
        for pair_id in changed
        if (both := images(pair_id)) is not None
        for measure, value in _measured(both, embed)
    ]
    return pl.DataFrame(rows, schema=PAIR_MEASURES)


def _measured(both: PairImages, embed: Embed | None) -> Iterator[tuple[str, float]]:
    before, after = _pixels(both.before), _pixels(both.after)
    if before.shape == after.shape:
        yield "structural_similarity", structural_similarity(before, after)
        yield "color_difference", color_difference(before, after)
    if embed is not None:
        yield "embedding_distance", _cosine_distance(embed(both.before), embed(both.after))


def _pixels(data: memoryview) -> Image:
    from PIL import Image as Pillow

    with Pillow.open(BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def structural_similarity(before: Image, after: Image) -> float:
    """Return the mean SSIM of two RGB images' luminances, 1 where they are equal.

    Windows without a differing pixel have an SSIM of exactly 1, so only the rectangle around the others is computed:
    the figure is that of the whole images, in a tenth of the time.
    """
    from skimage.metrics import structural_similarity as ssim

    rows, columns = np.nonzero((before != after).any(axis=2))
    height, width = before.shape[:2]
    if not len(rows) or min(height, width) < _WINDOW:
        return 1.0 if not len(rows) else float("nan")
    top, left = max(rows.min() - _WINDOW, 0), max(columns.min() - _WINDOW, 0)
    bottom, right = min(rows.max() + _WINDOW + 1, height), min(columns.max() + _WINDOW + 1, width)
    part = slice(max(min(top, height - _WINDOW), 0), bottom), slice(max(min(left, width - _WINDOW), 0), right)
    both = _luminance(before[part]), _luminance(after[part])
    _, similarity = ssim(*both, win_size=_WINDOW, data_range=255, full=True)  # type: ignore[no-untyped-call]
    lost = np.zeros((height, width))
    lost[part] = 1 - similarity
    return float(1 - lost[_RADIUS : height - _RADIUS, _RADIUS : width - _RADIUS].mean())


def _luminance(image: Image) -> NDArray[np.float64]:
    return np.asarray(image @ np.array([0.299, 0.587, 0.114]), dtype=np.float64)


def color_difference(before: Image, after: Image) -> float:
    """Return the mean CIEDE2000 of the pixels that differ, of `MAX_PIXELS` where there are more; 0 without any."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    places = np.flatnonzero((before != after).any(axis=2))
    if not len(places):
        return 0.0
    taken = places[:: -(-len(places) // MAX_PIXELS)]
    one, other = (rgb2lab(image.reshape(-1, 3)[taken]) for image in (before, after))
    return float(deltaE_ciede2000(one, other).mean())  # type: ignore[no-untyped-call]


def _cosine_distance(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return 1.0 - float(one @ other) / length if length else float("nan")
