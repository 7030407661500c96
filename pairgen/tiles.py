"""Pictures for looking pairs over: `python -m pairgen.tiles PAIRS.parquet FOLDER [pairs=300] [rows=6] [seed=0]`.

Writes `tile-001.png` and so on, each with `rows` changed pairs drawn at random: the whole page with the target's box
(red) and all that changed (blue), then before, after and the difference times eight around both boxes, enlarged alike;
above them the id and the sentence. `tiles.csv` lists what is where, with an empty column for the verdict.
"""

import csv
import random
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
from PIL import Image, ImageDraw, ImageFont

from pairgen.images import Pixels, decode, union
from pairgen.sheet import amplified, boxed
from schemas.errors import ConfigError, UserError
from schemas.records import Box
from schemas.vocabulary import VISUAL_DIFF

_WHOLE: Final = (320, 200)
_PART: Final = (320, 200)
_GAP: Final = 8
_TEXT_PX: Final = 46
_LINE_PX: Final = 21
_BASE_PX: Final = 15
"""From the top of a line of the caption to where its letters stand, px."""
_MAIN_FAMILY: Final = "Noto Sans"
_FAMILIES: Final = {
    "Noto Sans Hebrew": range(0x590, 0x600), "Noto Sans Arabic": range(0x600, 0x780),
    "Noto Sans Devanagari": range(0x900, 0x980), "Noto Sans Thai": range(0xE00, 0xE80),
    "Noto Sans CJK SC": range(0x2E80, 0xFFF0),
}  # fmt: skip
"""Family -> the characters that it draws; the main family draws the others."""
_MARGIN_PX: Final = 40
"""How much of the surroundings an enlarged part shows, px of the screenshot."""


@dataclass(kw_only=True, slots=True, frozen=True)
class TilesConfig:
    """What is drawn, and how many rows a picture has."""

    pairs: int = 300
    """Changed pairs drawn at random; all where there are fewer."""
    rows: int = 6
    """Pairs in one picture."""
    seed: int = 0
    """Decides which pairs, and their order."""


def write_tiles(pairs: Path, folder: Path, config: TilesConfig) -> int:
    """Write the pictures and the list; return how many pairs they show. UserError where there is no changed pair."""
    with pq.ParquetFile(pairs) as file:
        kinds = file.read(columns=["task_type"])["task_type"].to_pylist()
        changed = [place for place, kind in enumerate(kinds) if kind == VISUAL_DIFF]
        if not changed:
            raise UserError(f"{pairs} holds no changed pair")
        chosen = random.Random(config.seed).sample(changed, min(config.pairs, len(changed)))
        found = _rows(file, set(chosen))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "tiles.csv").open("w", encoding="utf-8", newline="") as listing:
        lines = csv.writer(listing)
        lines.writerow(["tile", "row", "id", "sentence", "verdict"])
        for number, start in enumerate(range(0, len(chosen), config.rows), 1):
            group = [found[place] for place in chosen[start : start + config.rows]]
            _tile([_strip(row) for row in group]).save(folder / f"tile-{number:03d}.png")
            for place, row in enumerate(group, 1):
                lines.writerow([number, place, row["id"], row["ground_truth_diff"], ""])
    return len(chosen)


def _rows(file: pq.ParquetFile, wanted: set[int]) -> dict[int, dict[str, Any]]:
    """Return the rows at some places; one group of rows is held at a time beside them."""
    found: dict[int, dict[str, Any]] = {}
    start = 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        places = [place for place in range(start, start + size) if place in wanted]
        if places:
            table = file.read_row_group(group)
            found |= {place: table.slice(place - start, 1).to_pylist()[0] for place in places}
        start += size
    return found


def _strip(row: dict[str, Any]) -> Image.Image:
    """Draw one pair."""
    before, after = (decode(row[f"image_{side}"]["bytes"]) for side in ("before", "after"))
    strip = Image.new("RGB", (_WHOLE[0] + 3 * (_PART[0] + _GAP), _TEXT_PX + _WHOLE[1] + _GAP), "white")
    said = textwrap.wrap(f"{row['id']}  {row['ground_truth_diff']}", 150)[:2]
    for number, line in enumerate(said):
        _write(ImageDraw.Draw(strip), 2 + _LINE_PX * number, line)
    strip.paste(boxed(before, row).resize(_WHOLE, Image.Resampling.LANCZOS), (0, _TEXT_PX))
    place = _around(row, before)
    for number, picture in enumerate((Image.fromarray(before), Image.fromarray(after), amplified(before, after))):
        part = _fitted(picture.convert("RGB").crop(place))
        strip.paste(part, (_WHOLE[0] + _GAP + number * (_PART[0] + _GAP), _TEXT_PX))
    return strip


def _around(row: dict[str, Any], pixels: Pixels) -> tuple[int, int, int, int]:
    """Return (left, top, right, bottom) of both boxes with their surroundings, cut to the picture."""
    boxes = [Box(*(row[f"{name}_bbox_{side}"] for side in "xywh")) for name in ("target", "affected")]
    whole, (height, width) = union(*boxes), pixels.shape[:2]
    left, top = max(0, whole.x - _MARGIN_PX), max(0, whole.y - _MARGIN_PX)
    return left, top, min(width, whole.x + whole.w + _MARGIN_PX), min(height, whole.y + whole.h + _MARGIN_PX)


def _fitted(picture: Image.Image) -> Image.Image:
    """Scale into a part's place; small ones are enlarged with their pixels kept."""
    scale = min(_PART[0] / picture.width, _PART[1] / picture.height, 4.0)
    size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    way = Image.Resampling.NEAREST if scale >= 2 else Image.Resampling.LANCZOS
    place = Image.new("RGB", _PART, (229, 231, 235))
    place.paste(picture.resize(size, way), (0, 0))
    return place


def _write(draw: ImageDraw.ImageDraw, top: float, line: str) -> None:
    """Write a line, each of its scripts in a font that has it."""
    left = 2.0
    for family, run in _runs(line):
        font = _font(family)
        draw.text((left, top + _BASE_PX), run, fill="black", font=font, anchor="ls")
        left += draw.textlength(run, font=font)


def _runs(line: str) -> list[tuple[str, str]]:
    """Return the line as stretches of one family; blanks belong to what comes before."""
    found: list[tuple[str, str]] = []
    for char in line:
        family = next((name for name, block in _FAMILIES.items() if ord(char) in block), _MAIN_FAMILY)
        if found and (char == " " or found[-1][0] == family):
            found[-1] = (found[-1][0], found[-1][1] + char)
        else:
            found.append((family, char))
    return found


@lru_cache(maxsize=8)
def _font(family: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return a family's font, where fontconfig has one."""
    try:
        asked = ["fc-match", family, "--format", "%{file}"]
        path = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        return ImageFont.truetype(path, 15)
    except (OSError, subprocess.CalledProcessError):
        return ImageFont.load_default(15)


def _tile(strips: Sequence[Image.Image]) -> Image.Image:
    tile = Image.new("RGB", (strips[0].width, sum(strip.height for strip in strips)), "white")
    top = 0
    for strip in strips:
        tile.paste(strip, (0, top))
        top += strip.height
    return tile


def main(arguments: Sequence[str]) -> int:
    """Write tiles as the arguments say; return the exit status."""
    places = [argument for argument in arguments if "=" not in argument]
    given = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    unknown = set(given) - {"pairs", "rows", "seed"}
    if len(places) != 2 or unknown or not all(value.isdecimal() for value in given.values()):
        raise ConfigError("usage: python -m pairgen.tiles PAIRS.parquet FOLDER [pairs=300] [rows=6] [seed=0]")
    config = TilesConfig(**{name: int(value) for name, value in given.items()})
    if not Path(places[0]).is_file():
        raise UserError(f"no file at {places[0]}")
    num = write_tiles(Path(places[0]), Path(places[1]), config)
    sys.stdout.write(f"{num} pairs in {-(-num // max(1, config.rows))} pictures: {places[1]}\n")
    return 0


if __name__ == "__main__":
    from orchestrator.door import run_command

    run_command(lambda: main(sys.argv[1:]))
