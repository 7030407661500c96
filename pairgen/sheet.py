"""`pairs.html`: a contact sheet that needs nothing but itself; before, after, difference, boxes and the sentence."""

import base64
import html
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.parquet as pq
from PIL import Image, ImageDraw

from pairgen.funnel import Funnel
from pairgen.images import Pixels, decode, level_difference
from records.files import atomic_path

_WIDTH_PX: Final = 480
_QUALITY: Final = 72
_AMPLIFY: Final = 8
_TARGET, _AFFECTED = (220, 38, 38), (37, 99, 235)
_ROWS_AT_ONCE: Final = 8
_STYLE: Final = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 24px; color: #111827; background: #f9fafb }
h1 { font-size: 20px } h2 { font-size: 16px; margin: 24px 0 8px }
article { background: #fff; border: 1px solid #d1d5db; border-radius: 6px; padding: 12px; margin: 12px 0 }
article div { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px }
img { width: 100%; border: 1px solid #e5e7eb } p { margin: 4px 0 } small { color: #4b5563 }
nav label { margin-right: 12px } .key { color: #dc2626 } .key + .key { color: #2563eb }
"""
_SCRIPT: Final = """
const pick = (id) => document.getElementById(id), all = [...document.querySelectorAll('article')];
const differs = (a, name) => pick(name).value && a.dataset[name] !== pick(name).value;
const show = () => { for (const a of all) a.hidden = differs(a, 'operator') || differs(a, 'tier')
  || !a.textContent.toLowerCase().includes(pick('words').value.toLowerCase()); };
for (const id of ['operator', 'tier', 'words']) pick(id).addEventListener('input', show);
"""


def write_sheet(pairs: Path, funnel: Funnel, path: Path, per_cell: int) -> None:
    """Write the sheet of a Parquet file: the first `per_cell` pairs of each operator and tier, in the file's order."""
    with atomic_path(path) as unfinished, unfinished.open("w", encoding="utf-8") as file:
        operators, tiers, articles = Counter[str](), Counter[str](), []
        num_rows = 0
        for row in _rows(pairs):
            num_rows += 1
            operator = _operator(row)
            if _seen(operators, f"{operator}/{row['difficulty']}") > per_cell:
                continue
            tiers[row["difficulty"]] += 1
            articles.append(_article(row, operator))
        names = sorted({key.partition("/")[0] for key in operators})
        file.write(f"<!doctype html><html lang=en><meta charset=utf-8><title>Pairs</title><style>{_STYLE}</style>\n")
        file.write(
            f"<h1>{len(articles)} of {num_rows} pairs: {html.escape(pairs.name)}</h1>\n{_nav(names, list(tiers))}"
        )
        file.write(f"<h2>Candidates, by what became of them</h2>\n{funnel_figure(funnel)}\n<h2>Pairs</h2>\n")
        file.write(
            "<p><small>before, after, difference x 8; <span class=key>target</span> "
            "<span class=key>all that changed</span></small></p>\n"
        )
        file.writelines(articles)
        file.write(f"<script>{_SCRIPT}</script></html>\n")


def _seen(counts: Counter[str], key: str) -> int:
    counts[key] += 1
    return counts[key]


def _rows(pairs: Path) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(pairs, pre_buffer=False) as file:  # else it keeps all
        for batch in file.iter_batches(_ROWS_AT_ONCE):
            yield from batch.to_pylist()


def _operator(row: dict[str, Any]) -> str:
    return row["mutation_types"][0].removeprefix("mutate_") if row["mutation_types"] else row["mechanism"] or "no_diff"


def _nav(operators: list[str], tiers: list[str]) -> str:
    def choice(name: str, values: list[str]) -> str:
        listed = "".join(f"<option>{html.escape(value)}</option>" for value in values)
        return f"<label>{name} <select id={name}><option value=''>all</option>{listed}</select></label>"

    return f"<nav>{choice('operator', operators)}{choice('tier', tiers)}<label>words <input id=words></label></nav>\n"


def _article(row: dict[str, Any], operator: str) -> str:
    before, after = (decode(row[f"image_{side}"]["bytes"]) for side in ("before", "after"))
    pictures = (boxed(before, row), boxed(after, row), amplified(before, after))
    images = "".join(f'<img loading=lazy alt="" src="{_embedded(picture)}">' for picture in pictures)
    said = html.escape(row["ground_truth_diff"] or f"nothing changed ({operator})")
    facts = [row["id"], row["domain"], row["page_id"], row["mechanism"], row["magnitude"]]
    told = html.escape("  ".join(str(fact) for fact in facts if fact is not None))
    return (
        f'<article data-operator="{html.escape(operator)}" data-tier="{html.escape(row["difficulty"])}">'
        f"<p>{said}</p><div>{images}</div><p><small>{told}</small></p></article>\n"
    )


def boxed(pixels: Pixels, row: dict[str, Any]) -> Image.Image:
    """Return a picture with the boxes of a row's target (red) and of all that changed (blue)."""
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    for name, color, margin in (("affected", _AFFECTED, 5), ("target", _TARGET, 2)):
        x, y, w, h = (row[f"{name}_bbox_{side}"] for side in "xywh")
        if w > 0:
            draw.rectangle((x - margin, y - margin, x + w + margin, y + h + margin), outline=color, width=2)
    return picture


def amplified(before: Pixels, after: Pixels) -> Image.Image:
    """Return the difference of two pictures times eight, dark on white."""
    levels = level_difference(before, after).astype(np.uint16) * _AMPLIFY
    return Image.fromarray(255 - np.minimum(levels, 255).astype(np.uint8))


def _embedded(picture: Image.Image) -> str:
    height = round(picture.height * _WIDTH_PX / picture.width)
    file = io.BytesIO()
    picture.convert("RGB").resize((_WIDTH_PX, height), Image.Resampling.LANCZOS).save(file, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def funnel_figure(funnel: Funnel) -> str:
    """Return the funnel as SVG: one bar for what was kept, one for each predicate, the busiest first."""
    totals: Counter[str] = Counter()
    for (_, _, predicate), count in funnel.rejected.items():
        totals[predicate] += count
    bars = [("candidates", funnel.candidates.total()), ("kept", funnel.kept.total()), *totals.most_common()]
    whole = max(1, bars[0][1])
    drawn = "".join(
        f'<text x="150" y="{24 * place + 16}" text-anchor="end">{html.escape(name)}</text>'
        f'<rect x="160" y="{24 * place + 4}" width="{440 * count / whole:.1f}" height="16" '
        f'fill="{"#2563eb" if name == "kept" else "#9ca3af"}"/>'
        f'<text x="{168 + 440 * count / whole:.1f}" y="{24 * place + 16}">{count:,}</text>'
        for place, (name, count) in enumerate(bars)
    )
    height = 24 * len(bars) + 8
    return f'<svg width="700" height="{height}" font-family="system-ui, sans-serif" font-size="13">{drawn}</svg>'
