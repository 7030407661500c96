"""The contact sheet and the data card say what is in the file, and need nothing else."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from test_pairgen_writer import pairs

from pairgen.card import write_card
from pairgen.funnel import Funnel
from pairgen.sheet import funnel_figure, write_sheet
from pairgen.writer import write_pairs


@pytest.fixture
def funnel() -> Funnel:
    made = Funnel(num_pages=3, num_no_diff=1)
    made.candidates["color", "easy"] = 5
    made.rejected["color", "easy", "unseen"] = 3
    made.rejected["color", "easy", "leak"] = 1
    made.kept["color", "easy"] = 1
    return made


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.articles: list[dict[str, str | None]] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "article":
            self.articles.append(values)
        self.sources += [value for name, value in attrs if name in ("src", "href") and value]


def test_the_sheet_shows_each_pair_and_asks_for_nothing(tmp_path: Path, funnel: Funnel) -> None:
    write_pairs(pairs(), tmp_path / "pairs.parquet", png_level=1)
    write_sheet(tmp_path / "pairs.parquet", funnel, tmp_path / "pairs.html", 3)
    text = (tmp_path / "pairs.html").read_text()
    tags = Tags()
    tags.feed(text)
    assert [(one["data-operator"], one["data-tier"]) for one in tags.articles] == [
        ("color", "easy"),
        ("no_diff", "no_diff"),
    ]
    assert len(tags.sources) == 6
    assert all(source.startswith("data:image/jpeg;base64,") for source in tags.sources)
    assert "The text of the &quot;Pay&quot; button is darker." in text
    assert "2 of 2 pairs" in text


def test_the_sheet_holds_no_more_of_a_cell_than_asked(tmp_path: Path, funnel: Funnel) -> None:
    write_pairs(pairs() * 3, tmp_path / "pairs.parquet", png_level=1)
    write_sheet(tmp_path / "pairs.parquet", funnel, tmp_path / "pairs.html", 1)
    text = (tmp_path / "pairs.html").read_text()
    assert text.count("<article") == 2
    assert "2 of 6 pairs" in text


def test_the_figure_shows_the_funnel_in_proportion(funnel: Funnel) -> None:
    figure = funnel_figure(funnel)
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', figure)]
    assert widths == [440.0, 88.0, 264.0, 88.0]
    assert re.findall(r">(\w+)</text><rect", figure) == ["candidates", "kept", "unseen", "leak"]


def test_the_card_counts_what_is_in_the_file(tmp_path: Path, funnel: Funnel) -> None:
    changed, same = pairs()
    write_pairs([changed, same], tmp_path / "pairs.parquet", png_level=1)
    import polars as pl

    frame = pl.read_parquet(tmp_path / "pairs.parquet").with_columns(
        renderer=pl.lit('{"browser": "C 1", "fonts": {"a.ttf": "ab"}}')
    )
    frame.write_parquet(tmp_path / "pairs.parquet")
    write_card(tmp_path / "pairs.parquet", funnel, tmp_path / "card.md", "out=pairs.parquet")
    text = (tmp_path / "card.md").read_text()
    assert "2 pairs of before/after screenshots (1 `no_diff`, 1 `visual_diff`) of 1 pages." in text
    assert "| color | 1 | 0 | 0 |" in text
    assert "`python -m pairgen out=pairs.parquet` with C 1." in text
    assert "- `a.ttf` ab" in text
    assert funnel.table() in text
