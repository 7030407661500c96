"""Changes of colour in place: fades, gradients, recolouring. Nothing moved, every shape stays.

The test: the change of a pixel depends on its old colour alone.
"""

from typing import Final

import numpy as np
from scipy import ndimage

from model_adapters.colours import difference, name_colour, to_lch
from model_adapters.findings import Finding
from model_adapters.patches import Levels, Mask, Patch, main_colour

FADE_RESIDUAL: Final = 0.08
"""RMS left by the fade's one factor, as a share of the RMS change; a palette's own steps leave 0.12 and more."""
REPAINT_RESIDUAL: Final = 0.22
"""RMS left by a map from old colour to new, as a share of the RMS change; moved glyphs leave 0.6 and more."""
HUE_DEGREES: Final = 28.0
"""Turn of the CIELAB hue from which two colours of some chroma are said to differ in hue."""


def find_fade(patch: Patch) -> Finding | None:
    """Find everything drawn toward (or away from) the ground by one factor, as opacity does.

    The ground is that of the surroundings or, for text on a fill, what stayed the same in between.
    """
    kept = ~patch.changed[patch.inner]
    grounds = [patch.ground]
    if kept.any():
        grounds.append(main_colour(patch.after[patch.inner][kept]))
    for ground in grounds:
        direction = _fade_direction(patch, ground)
        if direction is not None:
            return Finding(effect="opacity", box=patch.box, direction=direction)
    return None


def _fade_direction(patch: Patch, ground: Levels) -> str | None:
    old, new = patch.before[patch.changed] - ground, patch.after[patch.changed] - ground
    factor = float((old * new).sum() / max(float((old * old).sum()), 1.0))
    if not 0.03 < factor < 12.0 or _rms(new - factor * old) > FADE_RESIDUAL * _rms(new - old) + 0.4:
        return None
    # One ink that grew stronger is sooner another colour than an element that was see-through before.
    if factor > 1 and _is_one_ink(old):
        return None
    return "decrease" if factor < 1 else "increase"


def _is_one_ink(offsets: Levels) -> bool:
    """Tell whether colours, as offsets from a ground, shape (n, 3), lie on one line, as antialiased ink does."""
    strengths = np.linalg.eigvalsh(offsets.T.astype(np.float64) @ offsets)
    return bool(strengths[1] < 0.02 * strengths[2])


def find_gradient(patch: Patch) -> Finding | None:
    """Find a smooth blend of many colours that changed: reversed, turned, or blended anew."""
    smooth = patch.changed & _smooth(patch.before) & _smooth(patch.after)
    if smooth.sum() < max(0.45 * patch.changed.sum(), 400):
        return None
    if max(_num_shades(patch.before, smooth), _num_shades(patch.after, smooth)) < 4 or not _keeps_shapes(patch):
        return None
    return Finding(effect="gradient", box=patch.box, direction=_gradient_direction(patch, smooth))


def find_repaint(patch: Patch) -> Finding | None:
    """Find the same shapes in another colour."""
    delta = patch.delta[patch.changed]
    if is_erased(patch) or _unexplained(patch) > REPAINT_RESIDUAL:
        return None
    size = np.abs(delta).sum(axis=1)
    # Antialiased edges change less than the core of a glyph: the strongest changes show the pure colours.
    core = size >= 0.8 * np.percentile(size, 98)
    old, new = main_colour(patch.before[patch.changed][core]), main_colour(patch.after[patch.changed][core])
    return Finding(
        effect="color",
        box=patch.box,
        direction=colour_direction(old, new),
        old_colour=name_colour(old),
        new_colour=name_colour(new),
    )


def colour_direction(old: Levels, new: Levels) -> str | None:
    """Say `lighter`, `darker` or `recolor`; None where the two colours barely differ."""
    if difference(old, new) < 2:
        return None
    one, two = to_lch(old), to_lch(new)
    turn = abs((one.hue - two.hue + 180) % 360 - 180)
    is_turned = turn > HUE_DEGREES and min(one.chroma, two.chroma) > 12
    if is_turned or min(one.chroma, two.chroma) < 10 < max(one.chroma, two.chroma) - 10:
        return "recolor"
    return "lighter" if two.lightness > one.lightness else "darker"


def is_erased(patch: Patch) -> bool:
    """Tell whether one image shows nothing but one plain colour where the other shows something."""
    for image in (patch.before, patch.after):
        colours = image[patch.changed]
        if np.abs(colours - np.median(colours, axis=0)).max(axis=1).mean() < 1.0:
            other = patch.after if image is patch.before else patch.before
            return bool(np.abs(colours - patch.ground).max(axis=1).mean() < 3.0 and other[patch.changed].std() > 3.0)
    return False


def _keeps_shapes(patch: Patch) -> bool:
    """Tell whether what lies on the changed pixels (text on a banner) stayed where it was."""
    one, two = (_range(image, 3)[patch.changed] > 40 for image in (patch.before, patch.after))
    either = int((one | two).sum())
    return either < 60 or int((one & two).sum()) > 0.5 * either


def _unexplained(patch: Patch) -> float:
    """Return the share of the change that the old colour doesn't determine, 0..1 (an RMS ratio)."""
    old, delta = patch.before.reshape(-1, 3), patch.delta.reshape(-1, 3)
    coarse = old.astype(np.int32) >> 3
    keys = (coarse[:, 0] << 10) | (coarse[:, 1] << 5) | coarse[:, 2]
    counts = np.bincount(keys, minlength=1 << 15)
    rest = 0.0
    for channel in range(3):
        values = delta[:, channel].astype(np.float64)
        means = np.bincount(keys, values, minlength=1 << 15) / np.maximum(counts, 1)
        rest += float(((values - means[keys]) ** 2).sum())
    total = float((delta.astype(np.float64) ** 2).sum())
    return float(np.sqrt(rest / total)) if total else 1.0


def _rms(values: Levels) -> float:
    return float(np.sqrt(np.mean(values.astype(np.float64) ** 2)))


def _smooth(image: Levels) -> Mask:
    return _range(image, 5) < 8


def _range(image: Levels, size: int) -> Levels:
    grey = image.mean(axis=2)
    return ndimage.maximum_filter(grey, size) - ndimage.minimum_filter(grey, size)


def _num_shades(image: Levels, where: Mask) -> int:
    """Count the shades (8 levels wide, all channels) that each cover at least 2% of a region."""
    coarse = image[where].astype(np.int32) >> 3
    counts = np.bincount((coarse[:, 0] << 10) | (coarse[:, 1] << 5) | coarse[:, 2])
    return int((counts >= 0.02 * len(coarse)).sum())


def _gradient_direction(patch: Patch, smooth: Mask) -> str:
    old, new, where = patch.before[patch.inner], patch.after[patch.inner], smooth[patch.inner]
    turned = where & where[::-1, ::-1]
    if turned.sum() > 100 and _rms((new - old[::-1, ::-1])[turned]) < 0.3 * _rms((new - old)[turned]):
        return "reverse"
    angle = abs(_axis(old, where) - _axis(new, where)) % 180
    return "rotate" if min(angle, 180 - angle) > 15 else "recolor"


def _axis(image: Levels, where: Mask) -> float:
    """Return the axis along which colours vary most, degrees 0..180, from the structure tensor of a plane fit."""
    y, x = np.nonzero(where)
    design = np.column_stack([x - x.mean(), y - y.mean()]).astype(np.float64)
    colours = image[where].astype(np.float64)
    slopes, *_ = np.linalg.lstsq(design, colours - colours.mean(axis=0), rcond=None)
    tensor = slopes @ slopes.T
    return float(np.degrees(0.5 * np.arctan2(2 * tensor[0, 1], tensor[0, 0] - tensor[1, 1])) % 180)
