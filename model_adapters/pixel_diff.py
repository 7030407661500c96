"""A baseline without a neural network: classical image analysis of what differs, and what that looks like.

It can't read, so it never names an element by its text: it gives a place and a pixel box.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from model_adapters.base import AdapterDefaults
from schemas.protocols import Engine, Json, Needs, Prompt
from schemas.records import Answer, Question

if TYPE_CHECKING:
    from model_adapters.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelDiffConfig(AdapterDefaults):
    """Choose the resolution at which the images are compared."""

    scale: float = 1.0
    """Both images are shrunk by this factor first, 0..1; boxes are scaled back."""
    max_findings: int = 5
    """Changes that are reported at most, the largest first."""

    def __post_init__(self) -> None:
        """Refuse a scale that would enlarge or erase."""
        if not 0.0 < self.scale <= 1.0:
            raise ValueError(f"scale must be above 0 and at most 1, is {self.scale}")

    def identity(self) -> Mapping[str, Json]:
        """Return what goes into content keys."""
        return {"kind": "pixel_diff", "version": "1", "scale": self.scale, "max_findings": self.max_findings}

    def needs(self) -> Needs:
        """Need the image packages, which are always installed."""
        return Needs(packages=("numpy", "scipy", "PIL", "skimage"))


class PixelDiff:
    """Compare two screenshots pixel by pixel and say what kind of change it looks like."""

    config_class = PixelDiffConfig

    def __init__(self, config: PixelDiffConfig, engine: Engine | None = None, prompt: Prompt | None = None) -> None:  # noqa: ARG002
        self._config = config

    async def start(self) -> None:
        """Import the image packages, which take about a second."""
        import skimage.color

        import model_adapters.kinds  # noqa: F401

        _ = skimage.color.rgb2lab, skimage.color.deltaE_ciede2000

    async def predict(self, question: Question) -> Answer:
        """Return one bullet per change, or a denial; RequestRejected where an image can't be decoded."""
        from model_adapters.sentences import NO_DIFFERENCE

        if question.before == question.after:
            return Answer(text=NO_DIFFERENCE)
        return Answer(text=self._describe(question))

    async def close(self) -> None:
        """Release nothing."""

    def _describe(self, question: Question) -> str:
        from model_adapters.kinds import read_page
        from model_adapters.patches import decode_pair
        from model_adapters.sentences import say_findings

        before, after = decode_pair(question, self._config.scale)
        height, width = (round(size / self._config.scale) for size in before.shape[:2])
        findings = read_page(before, after)[: self._config.max_findings]
        return say_findings([self._enlarge(finding, width, height) for finding in findings], width, height)

    def _enlarge(self, finding: "Finding", width: int, height: int) -> "Finding":
        from model_adapters.places import resize_box

        distance = finding.distance_px and round(finding.distance_px / self._config.scale)
        box = resize_box(finding.box, 1 / self._config.scale, width, height)
        return replace(finding, box=box, distance_px=distance)
