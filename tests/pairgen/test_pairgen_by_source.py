"""Several named sources: their pages take turns, and the funnel is told for each."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pages_by_hand import BAKERY

from orchestrator.door import EXIT_FAILED, compose
from pairgen.__main__ import main
from pairgen.browser import Renderer
from pairgen.by_source import operator_table, source_table
from pairgen.funnel import Funnel
from pairgen.pages import draw, find_all
from pairgen.phases import in_turn
from pairgen.pipeline import PairgenConfig
from schemas.errors import ConfigError, UserError
from schemas.registry import parse_config


def folder(root: Path, name: str, num_pages: int, document: str = "<p>Hello</p>") -> str:
    made = root / name
    made.mkdir()
    for number in range(num_pages):
        (made / f"{number}.html").write_text(document)
    return str(made)


def test_pages_of_several_sources_are_drawn_by_the_seed_and_take_turns(tmp_path: Path) -> None:
    named = {"b": folder(tmp_path, "one", 9), "a": folder(tmp_path, "two", 2)}
    found = find_all(named, (), 1)
    assert [source.page_id for source in found[:3]] == ["a/0.html", "a/1.html", "b/0.html"]
    drawn = draw(found, 4, seed=1)
    assert [source.group for source in drawn] == ["a"] * 2 + ["b"] * 4
    assert drawn == draw(found, 4, seed=1) != draw(found, 4, seed=2)
    assert draw(found, 0, seed=1) == found
    assert [source.group for source in in_turn(drawn)] == ["a", "b", "a", "b", "b", "b"]


def test_a_source_without_pages_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no folder 'nowhere'.*'mine'"):
        find_all({"mine": "nowhere"}, (), 1)
    addresses = tmp_path / "pages.txt"
    addresses.write_text("http://127.0.0.1:9/x\n")
    with pytest.raises(UserError, match="two sources"):
        find_all({"a": str(addresses), "b": str(addresses)}, (), 1)


def test_pages_and_sources_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="pages and sources are both given"):
        PairgenConfig(out="x.parquet", pages="here", sources={"a": "there"})


def test_the_recipe_of_real_pages_names_what_its_script_fetches() -> None:
    values = compose(["+pairgen=real", "out=x.parquet"], "pairgen").values
    config = parse_config(PairgenConfig, values, where="pairgen")
    script = Path("pairgen/fetch_real_pages.sh").read_text(encoding="utf-8")
    assert len(config.sources) >= 5
    assert {path for path in config.sources.values() if path.startswith("real-pages/npm/")} == {
        f"real-pages/npm/{name}{suffix}"
        for name, suffix in (("tabler", "/dist"), ("gentelella", "/dist"), ("sb-admin", ""), ("startbootstrap", ""))
        if f" {name}" in script
    }


def test_tables_tell_sources_apart_and_add_up() -> None:
    funnel = Funnel()
    for name, candidates in (("docs", 5), ("shop", 3)):
        for part in funnel.parts(name):
            part.num_found += 2
            part.candidates["text", "easy"] += candidates
            part.rejected["text", "easy", "leak"] += candidates - 1
            part.kept["text", "easy"] += 1
    rows = [line.split() for line in source_table(funnel).splitlines()]
    assert rows[1] == ["docs", "-", "4", "leak", "2", "0", "0", "0", "0", "5", "1"]
    assert rows[-1] == ["all", "4", "0", "0", "0", "0", "8", "2"]
    assert operator_table(funnel).splitlines()[1].split() == ["text", "1/5", "1/3"]
    assert source_table(Funnel()) == operator_table(Funnel()) == ""


def test_assets_of_each_source_come_from_its_own_folder_and_the_funnel_is_told_for_each(
    renderer: Renderer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    styled = BAKERY.replace("<head>", '<head><link rel=stylesheet href="own.css">')
    sources = [folder(tmp_path, "with", 1, styled), folder(tmp_path, "without", 1, styled)]
    Path(sources[0], "own.css").write_text(".card { width: 420px }")
    out = tmp_path / "out.parquet"
    arguments = [f"out={out}", "operators=[text]", "per_cell=1", "no_diff=0", "png_level=0", "sheet_per_cell=0"]
    with ThreadPoolExecutor(1) as pool:
        status = pool.submit(main, [*arguments, f"+sources.with={sources[0]}", f"+sources.no={sources[1]}"]).result()
    assert status == EXIT_FAILED
    groups = json.loads(out.with_name("out.parquet.funnel.json").read_text())["groups"]
    assert groups["no"]["unfit"] == {"missing_assets": 1}
    assert (groups["with"]["found"], groups["with"]["chosen"], groups["with"]["pages"]) == (1, 1, 1)
    assert sum(cell["kept"] for cell in groups["with"]["cells"]) == 1
    assert "1 missing_assets" in capfd.readouterr().out
