"""A sample of pairs as pictures: what changed, what each model said, how each judge took it."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Final

import polars as pl

from analysis.markup import Html, element, join, table
from analysis.tally import RunTables
from records.datasets import PairImages
from schemas.vocabulary import NO_DIFF

Images = Callable[[str], PairImages | None]

MAX_SAMPLES: Final = 12
_MAX_UNCHANGED: Final = 2
MAX_IMAGE_CHARACTERS: Final = 18_000_000
"""Base64 of all pictures; with the text the report stays below 20 MB."""
_MAX_ANSWER_CHARACTERS: Final = 2_000


def sample_ids(pairs: pl.DataFrame) -> list[str]:
    """Return up to `MAX_SAMPLES` pair ids: changed ones spread evenly over operators and tiers, then two unchanged."""
    is_unchanged = pl.col("task_type") == NO_DIFF
    operator = pl.col("mutation_types").list.first()
    changed = pairs.filter(~is_unchanged).sort(operator, "difficulty", "id")["id"].to_list()
    unchanged = pairs.filter(is_unchanged).sort("id")["id"].to_list()
    num_unchanged = min(len(unchanged), max(_MAX_UNCHANGED, MAX_SAMPLES - len(changed)))
    return _spread(changed, MAX_SAMPLES - num_unchanged) + _spread(unchanged, num_unchanged)


def _spread(ids: list[str], count: int) -> list[str]:
    if len(ids) <= count:
        return ids
    return [ids[number * len(ids) // count] for number in range(count)]


def sample_section(tables: RunTables, images: Images | None) -> Html:
    """Return the section of sampled pairs; pictures are left out where there are none or they would grow too large."""
    ids = sample_ids(tables.pairs)
    if not ids:
        return Html("")
    rows = {row["id"]: row for row in tables.pairs.filter(pl.col("id").is_in(ids)).iter_rows(named=True)}
    is_sampled = (pl.col("repeat") == 0) & pl.col("pair_id").is_in(ids)
    answers, verdicts = (table.lazy().filter(is_sampled).collect() for table in (tables.predictions, tables.verdicts))
    num_left = MAX_IMAGE_CHARACTERS
    cards = []
    for pair_id in ids:
        pictures = _pictures(rows[pair_id], images, num_left)
        num_left -= len(pictures)
        said = _answers(answers.filter(pl.col("pair_id") == pair_id), verdicts.filter(pl.col("pair_id") == pair_id))
        cards.append(element("article", _truth(rows[pair_id]), pictures, said, class_="pair"))
    return join(element("h2", f"{len(ids)} of {len(tables.pairs):,} pairs"), *cards)


def _truth(row: Mapping[str, Any]) -> Html:
    operators = ", ".join(name.removeprefix("mutate_").replace("_", " ") for name in row["mutation_types"] or [])
    is_unchanged = row["task_type"] == NO_DIFF
    heading = "unchanged" if is_unchanged else f"{operators}, {row['difficulty']}"
    tag = element("span", row["id"], class_="tag")
    answer = "Nothing differs." if is_unchanged else f"Truth: {row['ground_truth_diff']}"
    return join(element("h3", heading, tag), element("p", answer))


def _pictures(row: Mapping[str, Any], images: Images | None, num_left: int) -> Html:
    both = images(row["id"]) if images else None
    if both is None:
        return Html("")
    figures = [
        element("figure", element("figcaption", caption), _picture(data, caption, box))
        for caption, data, box in (("before", both.before, None), ("after", both.after, _target(row)))
    ]
    drawn = element("div", *figures, class_="images")
    if len(drawn) > num_left:
        return element("p", "Pictures left out: the report would grow beyond 20 MB.", class_="soft")
    return drawn


def _target(row: Mapping[str, Any]) -> tuple[int, int, int, int] | None:
    x, y, w, h = (row[f"target_bbox_{side}"] for side in "xywh")
    return (x, y, w, h) if w is not None and w > 0 else None


def _picture(data: memoryview, caption: str, box: tuple[int, int, int, int] | None) -> Html:
    """Draw stored bytes as they are, with the truth's box around what changed."""
    from PIL import Image

    with Image.open(BytesIO(data)) as image:
        width, height = image.size
        media_type = Image.MIME[image.format or "PNG"]
    source = f"data:{media_type};base64,{b64encode(data).decode()}"
    drawn = [element("image", href=source, width=width, height=height)]
    if box:
        x, y, w, h = box
        drawn.append(element("rect", x=x - 4, y=y - 4, width=w + 8, height=h + 8, rx=4, class_="truth"))
    return element("svg", element("title", caption), *drawn, viewBox=f"0 0 {width} {height}", role="img")


def _answers(answers: pl.DataFrame, verdicts: pl.DataFrame) -> Html:
    judges = verdicts["judge"].unique().sort().to_list()
    by_cell = {(row["model"], row["judge"]): row for row in verdicts.iter_rows(named=True)}
    rows = [
        [
            element("td", row["model"], class_="name"),
            element("td", element("div", _said(row), class_="answer")),
            *(element("td", _verdict(by_cell.get((row["model"], judge)))) for judge in judges),
        ]
        for row in answers.sort("model").iter_rows(named=True)
    ]
    return table(["model", "answer", *judges], rows, class_="answers") if rows else Html("")


def _said(row: Mapping[str, Any]) -> str:
    text = row["text"] or ""
    if not text:
        return " ".join(filter(None, [row["status"], row["error_type"], row["error_message"]]))[:_MAX_ANSWER_CHARACTERS]
    return text if len(text) <= _MAX_ANSWER_CHARACTERS else text[:_MAX_ANSWER_CHARACTERS] + " [cut]"


def _verdict(row: Mapping[str, Any] | None) -> Html:
    if row is None or row["is_correct"] is None:
        return element("span", "unscored" if row is None else f"unscored: {row['status']}", class_="verdict soft")
    num_invented = row["num_hallucinations"] or 0
    invented = f", {num_invented} invented" if num_invented else ""
    word = row["verdict"] or ("right" if row["is_correct"] else "wrong")
    class_ = "good" if row["is_correct"] else "half" if word == "partial" else "bad"
    return element("span", word + invented, class_=f"verdict {class_}")
