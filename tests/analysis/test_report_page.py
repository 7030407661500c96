"""The report as a file: what it runs and loads, how large it grows, what it says and what it escapes."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
from analysis_frames import pairs_frame, published_pairs, verdicts_frame
from PIL import Image
from report_runs import HOSTILE, published_run

from analysis.report.changes import heat_cells, nameability_figures, tier_curves
from analysis.report.document import findings, render_report
from analysis.report.drawing import as_file
from analysis.report.judges import rank_slopes
from analysis.report.markup import data_block, element
from analysis.report.samples import MAX_SAMPLES, sample_ids, take_sample
from analysis.run import load
from analysis.tables import recall_by_operator
from analysis.tally import Analysis, RunTables, build
from records.datasets import PairImages
from records.run_paths import RunPaths

PAIRS = published_pairs(2, 12, 2)


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "style")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def _png(colour: str = "white") -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 40), colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> RunTables:
    paths = RunPaths(tmp_path_factory.mktemp("runs") / "hostile")
    published_run(paths, num_per_cell=2, num_no_diff=12, words=HOSTILE)
    return load(paths)


@pytest.fixture(scope="module")
def counted(hostile: RunTables) -> Analysis:
    return build(hostile, num_resamples=20)


def test_runs_only_its_own_script_and_loads_nothing(hostile: RunTables, counted: Analysis) -> None:
    before, after = memoryview(_png()), memoryview(_png("red"))
    text = render_report(counted, hostile, title=HOSTILE, images=lambda _: PairImages(before, after))
    page = _Page(text)
    assert page.tags.count("link") == page.tags.count("img") == page.tags.count("iframe") == 0
    assert all(address.startswith("#") for address in page.addresses) and page.handlers == []
    script, style = (
        re.search(r"<script>(.*)</script>\n</body>", text, re.S),
        re.search(r"<style>(.*?)</style>", text, re.S),
    )
    assert script and style
    for held, kind in ((script, "script-src"), (style, "style-src")):
        digest = b64encode(sha256(held[1].encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}';" in text
    assert "default-src 'none'; img-src data:;" in text
    policy = re.search(r'content="(default-src[^"]*)"', text)
    assert policy and "unsafe" not in policy[1] and "http" not in policy[1]


def test_hostile_words_end_no_block(hostile: RunTables, counted: Analysis) -> None:
    text = render_report(counted, hostile, title=HOSTILE)
    page = _Page(text)
    assert page.tags.count("script") == 1 + text.count('<script type="application/json"')
    assert "<img" not in text and "<!--" not in text and "alert(1)>" not in text
    block = re.search(r'id="pairs-data">(.*?)</script>', text, re.S)
    assert block and "\u2028" not in block[1]
    assert json.loads(block[1])[0]["answers"][0]["text"] == HOSTILE


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "]]>", "\u2028\u2029", "a\x00b", "\\u003c"])
def test_data_blocks_hold_any_text(text: str) -> None:
    block = data_block("x", {"a": [text]})
    assert block.count("<") == 2
    assert json.loads(block.split(">", 1)[1].removesuffix("</script>")) == {"a": [text]}


def test_pictures_are_kept_once_and_stay_below_the_limit(hostile: RunTables) -> None:
    same, other = memoryview(_png()), memoryview(_png("red"))
    sample = take_sample(hostile, lambda _: PairImages(same, other))
    assert len(sample.pictures) == 2 and sample.num_pictureless == 0
    assert all(pair["size"] == (64, 40) for pair in sample.pairs)
    unchanged = take_sample(hostile, lambda _: PairImages(same, same)).pairs[0]
    assert unchanged["before"] == unchanged["after"]


def test_pictures_that_would_grow_too_large_are_left_out(hostile: RunTables, counted: Analysis) -> None:
    # Bytes after the image's end don't keep it from decoding: a picture of 2 MB without drawing one.
    def images(pair_id: str) -> PairImages:
        return PairImages(*(memoryview(_png() + f"{end}{pair_id}".encode() + bytes(2_000_000)) for end in "ba"))

    text = render_report(counted, hostile, title="large", images=images)
    assert len(text.encode()) < 20_000_000
    assert f"Of {MAX_SAMPLES - 2} the pictures are left out" in text


def test_sample_spreads_over_operators_and_keeps_a_few_unchanged() -> None:
    ids = sample_ids(PAIRS, 12)
    assert len(ids) == len(set(ids)) == 12 and sum(name.startswith("same") for name in ids) == 6
    ids = sample_ids(PAIRS)
    assert len(ids) == len(set(ids)) == MAX_SAMPLES and sum(name.startswith("same") for name in ids) == 6
    assert len({name.split("-")[0] for name in ids[:-6]}) == 13
    assert len(sample_ids(PAIRS.filter(pl.col("task_type") == "no_diff"))) == 12


def test_heat_map_hides_thin_operators_and_adds_up_families() -> None:
    cells = verdicts_frame(
        {"model": "m", "pair_id": pair_id, "is_correct": True, "verdict": "correct"}
        for pair_id in PAIRS.filter(pl.col("task_type") != "no_diff")["id"]
    )
    table = recall_by_operator(cells, PAIRS).filter(pl.col("tier") == "all")
    assert heat_cells(table).select("column", "num_pairs", "recall").rows() == [
        ("typography", 30, 1.0), ("colour", 18, 1.0), ("layout", 18, 1.0), ("shape", 12, 1.0),
    ]  # fmt: skip


def test_findings_say_what_is_beyond_chance_and_what_is_not(counted: Analysis) -> None:
    said = findings(counted)
    assert len(said) == 3 + 3
    leads = counted.statistics["comparisons"].filter(
        (pl.col("scope_kind") == "overall") & (pl.col("judge") == "gpt-oss-120b")
    )
    order = counted.statistics["ranks"].filter(pl.col("judge") == "gpt-oss-120b").sort("rank")["model"].to_list()
    first = leads.filter(pl.col("model_a").is_in(order[:2]) & pl.col("model_b").is_in(order[:2]))
    word = "beyond chance" if first["is_significant"][0] else "inconclusive"
    assert any(text.startswith("By gpt-oss-120b") and text.endswith(f"is {word}.") for text in said)


def test_unranked_rows_and_empty_runs_are_said_plainly() -> None:
    pairs = pairs_frame([(f"p{n}", "visual_diff", "easy", ["color"]) for n in range(12)])
    rows = [
        {"model": "m", "pair_id": f"p{n}", "status": "error", "is_correct": None} for n in range(12)
    ]  # fmt: skip
    for verdicts in (verdicts_frame(rows), verdicts_frame(rows).clear()):
        tables = RunTables(pairs=pairs, predictions=_no_predictions(), verdicts=verdicts)
        analysis = build(tables, num_resamples=5)
        text = render_report(analysis, tables, title="empty")
        assert ("no rank: 100.0% unscored" in text) == (not verdicts.is_empty())
        assert "nan" not in re.sub(r"<(script|style).*?</\1>", "", text, flags=re.S).lower().split()


def _no_predictions() -> pl.DataFrame:
    from schemas.tables import PREDICTIONS

    return PREDICTIONS.to_frame()


def test_figures_are_files_that_an_xml_reader_takes(counted: Analysis) -> None:
    drawings = [*tier_curves(counted, "kimi-k2.5"), rank_slopes(counted), *nameability_figures(counted, "kimi-k2.5")]
    assert len(drawings) == 13 + 1 + 2
    for drawing in drawings:
        root = ElementTree.fromstring(as_file(drawing).encode())
        assert root.tag == "{http://www.w3.org/2000/svg}svg" and root.get("aria-label")
    ElementTree.fromstring(as_file(element("svg", element("text", "\x00\x1f" + HOSTILE))).encode())


def test_the_report_is_small_for_a_large_run(tmp_path: Path) -> None:
    paths = RunPaths(tmp_path / "whole")
    published_run(paths)
    tables = load(paths)
    text = render_report(build(tables, num_resamples=0), tables, title="whole")
    assert "48 of 4,400 pairs are in this file" in text
    assert len(text.encode()) < 3_000_000
