"""A baseline on structural similarity: where two screenshots differ in structure, and in what respect.

Source: Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image Quality Assessment: From Error Visibility to
Structural Similarity", 2004; its three terms (luminance, contrast, structure; equations 6, 9, 10) tell the kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from model_adapters.base import AdapterDefaults
from schemas.protocols import Engine, Json, Needs, Prompt
from schemas.records import Answer, Box, Question

if TYPE_CHECKING:
    from model_adapters.findings import Finding
    from model_adapters.patches import Levels, Mask, Pixels

WINDOW_PX: Final = 7
"""Side of the similarity's sliding window, px."""
EDGE_PX: Final = 4
"""Surroundings that are read with a region, px."""
LUMINANCE_LEVELS: Final = 3.0
"""Change of mean grey from which a region counts as lighter or darker, levels."""
SAME_STRUCTURE: Final = 0.75
"""Correlation from which two regions show the same shapes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuralConfig(AdapterDefaults):
    """Choose how unlike a place must be."""

    threshold: float = 0.9
    """A pixel differs where its local similarity is below this, -1..1."""
    max_findings: int = 3
    """Regions that are reported at most, the largest first."""

    def identity(self) -> Mapping[str, Json]:
        """Return what goes into content keys."""
        settings: dict[str, Json] = {"threshold": self.threshold, "max_findings": self.max_findings}
        return {"kind": "structural", "version": "1", **settings}

    def needs(self) -> Needs:
        """Need the image packages, which are always installed."""
        return Needs(packages=("numpy", "scipy", "PIL", "skimage"))


class Structural:
    """Compare two screenshots by local structural similarity."""

    config_class = StructuralConfig

    def __init__(self, config: StructuralConfig, engine: Engine | None = None, prompt: Prompt | None = None) -> None:  # noqa: ARG002
        self._config = config

    async def start(self) -> None:
        """Import the image packages, which take about a second."""
        import skimage.metrics

        import model_adapters.patches  # noqa: F401

        _ = skimage.metrics.structural_similarity

    async def predict(self, question: Question) -> Answer:
        """Return one bullet per region, or a denial; RequestRejected where an image can't be decoded."""
        from model_adapters.patches import decode_pair
        from model_adapters.sentences import NO_DIFFERENCE, say_findings

        if question.before == question.after:
            return Answer(text=NO_DIFFERENCE)
        before, after = decode_pair(question)
        height, width = before.shape[:2]
        return Answer(text=say_findings(self._findings(before, after), width, height))

    async def close(self) -> None:
        """Release nothing."""

    def _findings(self, before: "Pixels", after: "Pixels") -> "list[Finding]":
        from model_adapters.patches import bounding_box, changed_mask, cut_patch

        changed = changed_mask(before, after)
        box = bounding_box(changed)
        if box is None:
            return []
        patch = cut_patch(before, after, changed, box)
        old, new = patch.before.mean(axis=2), patch.after.mean(axis=2)
        unlike = _similarity(old, new) < self._config.threshold
        regions = _regions(unlike if unlike.any() else patch.changed)
        found = [_name(old, new, region, patch.left, patch.top) for region in regions]
        return found[: self._config.max_findings]


def _similarity(old: "Levels", new: "Levels") -> "Levels":
    import numpy as np
    from skimage.metrics import structural_similarity

    window = min(WINDOW_PX, *(size - 1 + size % 2 for size in old.shape))
    if window < 3:
        return np.where(old == new, np.float32(1), np.float32(-1))
    _, local = structural_similarity(old, new, win_size=window, data_range=255.0, full=True)  # type: ignore[no-untyped-call]
    similarity: Levels = local
    return similarity


def _regions(unlike: "Mask") -> list[Box]:
    """Return the boxes of unlike pixels that lie within reach of one another, the largest first."""
    import numpy as np
    from scipy import ndimage

    labels, _ = ndimage.label(ndimage.maximum_filter(unlike, 33))
    slices = ndimage.find_objects(np.where(unlike, labels, 0))
    boxes = [Box(s[1].start, s[0].start, s[1].stop - s[1].start, s[0].stop - s[0].start) for s in slices]
    return sorted(boxes, key=lambda box: -box.area)


def _name(old: "Levels", new: "Levels", box: Box, left: int, top: int) -> "Finding":
    """Name the kind by which of the three terms of the similarity fell."""
    import numpy as np

    from model_adapters.findings import Finding

    # A flat fill has no structure of its own; its edge against the surroundings has.
    rows = slice(max(box.y - EDGE_PX, 0), box.y + box.h + EDGE_PX)
    columns = slice(max(box.x - EDGE_PX, 0), box.x + box.w + EDGE_PX)
    one, two = old[rows, columns].astype(np.float64), new[rows, columns].astype(np.float64)
    place = Box(box.x + left, box.y + top, box.w, box.h)
    spread = one.std() * two.std()
    structure = float(((one - one.mean()) * (two - two.mean())).mean() / spread) if spread > 1e-6 else 0.0
    lift = float(two.mean() - one.mean())
    if structure < SAME_STRUCTURE:
        return Finding(effect="text" if spread > 1.0 else "", box=place)
    if two.std() < 0.85 * one.std():
        return Finding(effect="opacity", box=place, direction="decrease")
    if abs(lift) > LUMINANCE_LEVELS:
        return Finding(effect="color", box=place, direction="lighter" if lift > 0 else "darker")
    return Finding(effect="", box=place)
