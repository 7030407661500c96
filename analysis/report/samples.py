"""A sample of pairs to look through: what changed, what each row said, how each judge took it and in which words."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

import polars as pl

from analysis.figures import ABSENT
from analysis.report.markup import Html, element, join
from analysis.tally import RunTables
from records.datasets import PairImages
from schemas.vocabulary import BENIGN, NO_DIFF, UNLABELLED

Images = Callable[[str], PairImages | None]

MAX_SAMPLES: Final = 48
_MAX_UNCHANGED: Final = 6
_MAX_BENIGN: Final = 10
_NO_TRUTH: Final = "no_truth"
MAX_IMAGE_CHARACTERS: Final = 13_000_000
"""Base64 of all pictures."""
MAX_TEXT_CHARACTERS: Final = 4_000_000
"""Answers and verdicts; with the pictures the report stays below 20 MB."""
_MAX_ANSWER_CHARACTERS: Final = 2_000
_MAX_WORDS_CHARACTERS: Final = 1_200


@dataclass(slots=True)
class Sample:
    """Hold what the page's script shows: pairs in order, pictures by name, and what was left out."""

    pairs: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)
    """Name to data address; pictures of equal bytes are kept once."""
    num_pictureless: int = 0
    """Pairs whose pictures would have grown the report too large."""


def sample_ids(pairs: pl.DataFrame, max_samples: int = MAX_SAMPLES) -> list[str]:
    """Return up to `max_samples` ids: changed pairs spread over operators and tiers, then a few unchanged and benign.

    Benign controls are spread over their kinds.
    """
    is_unchanged, is_benign = pl.col("task_type") == NO_DIFF, pl.col("task_type") == BENIGN
    operator = pl.col("mutation_types").list.first()
    changed = pairs.filter(~is_unchanged & ~is_benign).sort(operator, "difficulty", "id")["id"].to_list()
    unchanged = pairs.filter(is_unchanged).sort("id")["id"].to_list()
    benign = pairs.filter(is_benign).sort("mechanism", "id")["id"].to_list()
    num_benign = min(len(benign), max(_MAX_BENIGN, max_samples - len(changed) - len(unchanged)))
    num_unchanged = min(len(unchanged), max(_MAX_UNCHANGED, max_samples - len(changed) - num_benign))
    spread = _spread(changed, max_samples - num_unchanged - num_benign)
    return spread + _spread(unchanged, num_unchanged) + _spread(benign, num_benign)


def _spread(ids: list[str], count: int) -> list[str]:
    if len(ids) <= count:
        return ids
    return [ids[number * len(ids) // count] for number in range(count)]


def take_sample(tables: RunTables, images: Images | None) -> Sample:
    """Return the sampled pairs with their answers, verdicts and pictures, as large as the report may grow."""
    ids = sample_ids(tables.pairs)
    rows = {one["id"]: one for one in tables.pairs.filter(pl.col("id").is_in(ids)).iter_rows(named=True)}
    is_sampled = (pl.col("repeat") == 0) & pl.col("pair_id").is_in(ids)
    answers, verdicts = (table.lazy().filter(is_sampled).collect() for table in (tables.predictions, tables.verdicts))
    said = {str(key[0]): group for key, group in answers.group_by("pair_id")}
    judged = {str(key[0]): group for key, group in verdicts.group_by("pair_id")}
    sample, num_characters = Sample(), 0
    for pair_id in ids:
        told = _answers(said.get(pair_id, answers.clear()), judged.get(pair_id, verdicts.clear()), tables.roles)
        num_characters += sum(len(str(answer)) for answer in told)
        if num_characters > MAX_TEXT_CHARACTERS and sample.pairs:
            break
        sample.pairs.append({**_pair(rows[pair_id]), **_pictures(pair_id, images, sample), "answers": told})
    return sample


def _pair(one: Mapping[str, Any]) -> dict[str, Any]:
    operators = [name.removeprefix("mutate_").replace("_", " ") for name in one["mutation_types"] or []]
    box = [one[f"target_bbox_{side}"] for side in "xywh"]
    kind, tier, truth = ", ".join(operators), one["difficulty"] or ABSENT, one["ground_truth_diff"] or ""
    if one["task_type"] == NO_DIFF:
        kind, tier, truth = "unchanged", "unchanged", "Nothing differs."
    if one["task_type"] == UNLABELLED:
        kind, tier, truth = UNLABELLED, UNLABELLED, "Nobody says what differs here: nothing is judged."
    if one["task_type"] == BENIGN:
        kind, tier = f"benign: {(one['mechanism'] or 'unnamed').replace('_', ' ')}", BENIGN
        truth = "The images differ, and nothing in the page does."
    return {
        "id": one["id"],
        "kind": kind,
        "tier": tier,
        "domain": one["domain"] or "",
        "truth": truth,
        "box": box if box[2] is not None and box[2] > 0 else None,
    }


def _pictures(pair_id: str, images: Images | None, sample: Sample) -> dict[str, Any]:
    """Keep a pair's pictures, and return their names and size; nothing where there are none or they grow too large."""
    both = images(pair_id) if images else None
    if both is None:
        return {}
    held = {sha256(data).hexdigest()[:16]: data for data in (both.before, both.after)}
    new = {name: _address(data) for name, data in held.items() if name not in sample.pictures}
    if sum(map(len, [*sample.pictures.values(), *new.values()])) > MAX_IMAGE_CHARACTERS:
        sample.num_pictureless += 1
        return {}
    sample.pictures |= new
    names = [*held, *held][:2] if len(held) == 1 else list(held)
    return {"before": names[0], "after": names[1], "size": _size(both.before)}


def _address(data: memoryview) -> str:
    from PIL import Image

    with Image.open(BytesIO(data)) as image:
        media_type = Image.MIME[image.format or "PNG"]
    return f"data:{media_type};base64,{b64encode(data).decode()}"


def _size(data: memoryview) -> tuple[int, int]:
    from PIL import Image

    with Image.open(BytesIO(data)) as image:
        return image.size


def _answers(answers: pl.DataFrame, verdicts: pl.DataFrame, roles: Mapping[str, str]) -> list[dict[str, Any]]:
    by_cell: dict[str, list[dict[str, Any]]] = {}
    for one in verdicts.sort("judge").iter_rows(named=True):
        by_cell.setdefault(one["model"], []).append(_verdict(one))
    return [
        {
            "model": one["model"],
            "role": roles.get(one["model"], "model"),
            "text": _said(one),
            "verdicts": by_cell.get(one["model"], []),
        }
        for one in answers.sort("model").iter_rows(named=True)
    ]


def _said(one: Mapping[str, Any]) -> str:
    whole = one["text"] or " ".join(filter(None, [one["status"], one["error_type"], one["error_message"]]))
    return _cut(whole, _MAX_ANSWER_CHARACTERS)


def _cut(whole: str, length: int) -> str:
    return whole if len(whole) <= length else whole[:length] + " [cut]"


def _verdict(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return a verdict as the page shows it: a word, how good it is, and the judge's own words."""
    if one["status"] == _NO_TRUTH:
        word, class_ = "not judged", "soft"
    elif one["is_correct"] is None:
        word, class_ = f"unscored: {one['status']}", "soft"
    else:
        word = one["verdict"] or ("right" if one["is_correct"] else "wrong")
        class_ = "good" if one["is_correct"] else "half" if word == "partial" else "bad"
    invented = [_cut(claim, _MAX_WORDS_CHARACTERS) for claim in (one["hallucinations"] or [])[:20]]
    num_invented = one["num_hallucinations"] or 0
    word += f", {num_invented} invented" if num_invented else ""
    return {
        "judge": one["judge"],
        "word": word,
        "class": class_,
        "by": one["matched_by"] or "",
        "matched": _cut(one["matched_text"] or "", _MAX_WORDS_CHARACTERS),
        "invented": invented,
        "said": _cut(one["raw_text"] or one["error_message"] or "", _MAX_WORDS_CHARACTERS),
    }


def sample_section(sample: Sample, num_pairs: int) -> Html:
    """Return the frame that the page's script fills with one pair at a time."""
    if not sample.pairs:
        return Html("")
    says = (
        f"{len(sample.pairs):,} of {num_pairs:,} pairs are in this file, spread over kinds of change and tiers; all "
        "answers and verdicts stand in predictions.parquet and verdicts.parquet."
        + ("" if sample.pictures else " Their pictures aren't on the machine that wrote this report.")
        + (f" Of {sample.num_pictureless:,} the pictures are left out: the report would grow too large."
           if sample.num_pictureless else "")
    )  # fmt: skip
    keys = "Keys: left and right arrow for other pairs; s slider, d difference, b before, a after."
    return join(
        element("h2", "Pairs, answers, verdicts", id="pairs"),
        element("p", says, class_="soft"),
        element(
            "div",
            element("p", "Looking through pairs needs scripts, which are off here."),
            id="browser",
            class_="browser",
            tabindex=0,
            role="region",
            aria_label="Pairs",
        ),
        element("p", keys, class_="soft keys-said"),
    )
