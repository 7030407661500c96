"""A team's own screenshots: `expected/` and `actual/` become pairs whose truth nobody states."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from pairgen.images import Pixels, decode, is_animated, level_difference
from pairgen.looks import difference_hash, distance
from pairgen.writer import open_writer, unlabelled_row, with_images
from records.files import write_text
from records.images import check_image
from schemas.errors import DatasetError, UserError

SIDES: Final = ("expected", "actual")
COMPARABLE, NOT_COMPARABLE, NO_PARTNER, UNREADABLE = STATUSES = (
    "comparable", "not_comparable", "no_partner", "unreadable",
)  # fmt: skip
_IMAGES: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".avif", ".tif", ".tiff")
"""What counts as a screenshot; but for the first they are told to be converted."""
_PNG: Final = b"\x89PNG\r\n"
_MAX_FILE_MB: Final = 200.0


@dataclass(kw_only=True, slots=True, frozen=True)
class ScreenshotsConfig:
    """Where a team's screenshots are, and from when on two of them show different layouts."""

    folder: str = ""
    """Folder that holds `expected/` and `actual/`; "" makes pairs from pages."""
    max_distance: int = 64
    """Bits, of 256, up to which difference hashes are of one layout (1 in 100 pairs of different pages has fewer)."""
    min_shared: float = 0.2
    """Share of one's rows or columns that the other has too, 0..1, from which both are of one layout: content that
    moved keeps its rows (all of them, by 20 to 300 px), different pages have 0.08 in common at most in 99 of 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of one name."""

    name: str
    """Path below `expected/` and `actual/`."""
    status: str
    """One of STATUSES."""
    reason: str = ""
    """Why it is not comparable; "" where it is."""
    expected_px: str = ""
    """Size as `1280x800`; "" where it can't be read."""
    actual_px: str = ""
    pixel_diff: float | None = None
    """Share of pixels that differ at all, 0..1; None where there is nothing to compare."""


@dataclass(slots=True)
class Outcomes:
    """What became of every name, in order."""

    rows: list[Comparison] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """Return how many names came to which status."""
        return Counter(row.status for row in self.rows)

    @property
    def is_whole(self) -> bool:
        """Tell whether every name has two images that can be read; being not comparable is no failure."""
        return not (self.counts[NO_PARTNER] or self.counts[UNREADABLE])

    def lines(self, limit: int = 20) -> Iterator[str]:
        """Yield the counts, then up to `limit` of the names that made no pair, with the reason."""
        counts = self.counts
        yield f"{len(self.rows)} names: " + ", ".join(f"{counts[status]} {status}" for status in STATUSES)
        others = [row for row in self.rows if row.status != COMPARABLE]
        yield from (f"  {row.name}: {row.status}: {row.reason}" for row in others[:limit])
        if len(others) > limit:
            yield f"  and {len(others) - limit} more"

    def to_csv(self) -> str:
        """Return a table of one line a name."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Comparison.__dataclass_fields__)
        for row in self.rows:
            told = (getattr(row, name) for name in Comparison.__dataclass_fields__)
            writer.writerow(["" if value is None else value for value in told])
        return file.getvalue()


def write_screenshots(config: ScreenshotsConfig, out: Path) -> Outcomes:
    """Write the pairs that can be compared to `out`, and what became of every name to `<out>.outcomes.csv`.

    UserError where there are no screenshots, or none that can be compared: then only the table is written.
    """
    folder, outcomes = Path(config.folder), Outcomes()
    names = _names(folder)
    table = out.with_name(out.name + ".outcomes.csv")
    try:
        with open_writer(out) as writer:
            for name in names:
                row, images = _compare(folder, name, config)
                outcomes.rows.append(row)
                if images is not None:
                    writer.write(with_images(unlabelled_row(name, row.pixel_diff), *images))
            if not outcomes.counts[COMPARABLE]:
                said = "\n".join(outcomes.lines())
                raise UserError(f"no two screenshots in {str(folder)!r} can be compared; see {table}\n{said}")
    finally:
        if outcomes.rows:
            write_text(outcomes.to_csv(), table)
    return outcomes


def _names(folder: Path) -> list[str]:
    """Return the names below either side, sorted; UserError where there are none."""
    if not folder.is_dir():
        raise UserError(f"no folder {str(folder)!r}: screenshots.folder holds expected/ and actual/")
    absent = [side for side in SIDES if not (folder / side).is_dir()]
    if absent:
        held = ", ".join(sorted(path.name for path in folder.iterdir())[:10]) or "nothing"
        raise UserError(f"{str(folder)!r} lacks the folder {' and '.join(absent)}; it holds {held}")
    found = {
        path.relative_to(folder / side).as_posix()
        for side in SIDES
        for path in (folder / side).rglob("*")
        if path.suffix.lower() in _IMAGES and not path.is_dir()
    }
    if not found:
        raise UserError(f"no PNG below {str(folder / SIDES[0])!r} nor {str(folder / SIDES[1])!r}")
    return sorted(found)


def _compare(folder: Path, name: str, config: ScreenshotsConfig) -> tuple[Comparison, tuple[bytes, bytes] | None]:
    """Return what became of a name, and both images as stored where they can be compared."""
    if not name.isprintable():
        return Comparison(name=ascii(name), status=UNREADABLE, reason="its name is no printable text"), None
    files = [folder / side / name for side in SIDES]
    for side, other, path in zip(SIDES, reversed(SIDES), files, strict=True):
        if not path.exists() and not path.is_symlink():
            return Comparison(name=name, status=NO_PARTNER, reason=f"only in {other}/{_like(path, side)}"), None
    try:
        before, after = (_read(path, side) for path, side in zip(files, SIDES, strict=True))
        pixels = decode(before), decode(after)
    except (DatasetError, OSError, SyntaxError, ValueError) as error:
        return Comparison(name=name, status=UNREADABLE, reason=_said(error)), None
    outcome = _judge(name, *pixels, config)
    return outcome, (before, after) if outcome.status == COMPARABLE else None


def _judge(name: str, before: Pixels, after: Pixels, config: ScreenshotsConfig) -> Comparison:
    why = _why_not(before, after, config)
    return Comparison(
        name=name,
        status=NOT_COMPARABLE if why else COMPARABLE,
        reason=why,
        expected_px=_px(before),
        actual_px=_px(after),
        pixel_diff=None if why else float((level_difference(before, after) > 0).mean()),
    )


def _like(path: Path, side: str) -> str:
    """Say which names of the side differ from this one in their case alone."""
    beside = path.parent.iterdir() if path.parent.is_dir() else iter(())
    like = sorted(other.name for other in beside if other.name.casefold() == path.name.casefold())
    return f"; {side}/ has {', '.join(like)}, which differs in upper and lower case" if like else ""


def _read(path: Path, side: str) -> bytes:
    size = path.stat().st_size / 1e6
    if size > _MAX_FILE_MB:
        raise DatasetError(f"{side}: a file of {size:.0f} MB, more than {_MAX_FILE_MB:g}")
    data = path.read_bytes()
    if not data.startswith(_PNG):
        raise DatasetError(f"{side} is no PNG; convert it")
    data = check_image(path.name, side, {"bytes": data})
    if is_animated(data):
        raise DatasetError(f"{side} is an image of several frames")
    return data


def _said(error: Exception) -> str:
    said = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return said.partition(": ")[2] if said.startswith("pair ") else said


def _px(pixels: Pixels) -> str:
    return f"{pixels.shape[1]}x{pixels.shape[0]}"


def _why_not(before: Pixels, after: Pixels, config: ScreenshotsConfig) -> str:
    if before.shape != after.shape:
        return f"other size: expected {_px(before)}, actual {_px(after)}"
    bits = distance(difference_hash(before), difference_hash(after))
    if bits <= config.max_distance:
        return ""
    shared = _shared(before, after)
    if shared >= config.min_shared:
        return ""
    return f"other layout: {bits} of 256 bits differ, {shared:.0%} of rows or columns are in both"


def _shared(before: Pixels, after: Pixels) -> float:
    """Return the larger share, of rows and of columns that aren't of one colour, that both images have, 0..1."""
    return max(
        _overlap(_lines(before), _lines(after)),
        _overlap(_lines(before.transpose(1, 0, 2)), _lines(after.transpose(1, 0, 2))),
    )


def _overlap(one: Counter[int], other: Counter[int]) -> float:
    least = min(one.total(), other.total())
    return (one & other).total() / least if least else 0.0


def _lines(pixels: Pixels) -> Counter[int]:
    return Counter(hash(line.tobytes()) for line in pixels if np.any(line != line[:1]))
