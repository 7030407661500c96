"""What an image analysis says of one place: a kind of change, perhaps a direction, and how sure the words may be."""

from dataclasses import dataclass

from schemas.records import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Say what kind of change a box shows.

    `effect` is one of vocabulary.VISUAL_EFFECTS, or "" where no test fits; `direction` is one of the
    vocabulary's directions, or None where the pixels don't decide it.
    """

    effect: str
    box: Box
    direction: str | None = None
    old_colour: str = ""
    new_colour: str = ""
    distance_px: int | None = None
    """How far something moved, px of the original image."""
