import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from pages_by_hand import BAKERY

from orchestrator.door import EXIT_DONE, EXIT_FAILED, EXIT_STOPPED, PROJECT_ROOT
from pairgen.__main__ import main
from pairgen.browser import Renderer
from schemas.errors import ConfigError, UserError
from schemas.tables import PAIRS


def test_help_needs_no_browser(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == EXIT_DONE
    assert "+pairgen=embedded" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "out=PATH"),
        (["out=x.parquet", "sead=3"], "sead"),
        (["out=x.parquet", "browser.widht=3"], "widht"),
        (["out=x.parquet", "operators=[colour]"], "did you mean color"),
        (["out=x.parquet", "png_level=9"], "png_level"),
        (["out=x.parquet", "+languages.fr=1"], "unknown language 'fr': known: en, ar, el, he, hi, ja"),
        (["out=x.parquet", "languages.en=0"], "some are above 0"),
        (["out=x.parquet", "languages.ja=-1"], "0 or more"),
        (["out=x.csv"], r"x\.csv.*\.parquet"),
        (["out=x.parquet", "per_cell=two"], "per_cell"),
        (["out=x.parquet", "+pairgen=embeded"], "embeded"),
        (["frobnicate"], "frobnicate"),
    ],
)
def test_what_the_user_can_fix_is_said(arguments: list[str], message: str) -> None:
    with pytest.raises(ConfigError if "frobnicate" not in arguments else UserError, match=message):
        main(arguments)


@pytest.mark.parametrize("package", ["playwright", "deflate", "oxipng"])
def test_a_package_that_is_absent_is_named_with_the_remedy(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UserError, match=rf"{package}.*make pairgen.*pip install -c constraints\.txt"):
        main(["out=x.parquet"])


def test_the_embedded_recipe_is_the_documented_one() -> None:
    from orchestrator.door import compose
    from pairgen.pipeline import PairgenConfig
    from schemas.registry import parse_config

    config = parse_config(PairgenConfig, compose(["+pairgen=embedded"], "pairgen").values, where="pairgen")
    assert config.out == config.reference == "data/embedded/pairs.parquet"
    assert config.num_wanted == 90


def test_the_benchmarks_recipe_has_its_shape_and_languages() -> None:
    from orchestrator.door import compose
    from pairgen.pipeline import PairgenConfig
    from schemas.registry import parse_config

    values = compose(["+pairgen=benchmark", "out=x.parquet"], "pairgen").values
    config = parse_config(PairgenConfig, values, where="pairgen")
    assert config.num_wanted == 4400
    weights = config.languages
    assert sum(weights.values()) == 100
    assert (weights["en"], sum(weights[code] for code in ("zh", "ja", "ko"))) == (60, 15)


def run(out: Path, *more: str) -> int:
    """Run the command in a thread: a second browser beside the session's needs a loop of its own."""
    arguments = [f"out={out}", "operators=[text]", "per_cell=1", "no_diff=1", "png_level=0", *more]
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(main, arguments).result()


def test_a_set_is_made_twice_alike_and_every_pair_has_its_own_page(
    renderer: Renderer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "one.parquet") == EXIT_DONE
    assert run(tmp_path / "two.parquet", f"reference={tmp_path / 'one.parquet'}") == EXIT_DONE
    assert "byte-identical to the reference" in capfd.readouterr().out
    frame = pl.read_parquet(tmp_path / "one.parquet")
    assert frame.schema == PAIRS
    assert frame["page_id"].n_unique() == len(frame) == 4
    changed, same = frame.filter(task_type="visual_diff"), frame.filter(task_type="no_diff")
    assert sorted(changed["difficulty"]) == ["easy", "hard", "medium"]
    assert same["image_before"].struct.field("bytes")[0] == same["image_after"].struct.field("bytes")[0]
    assert (changed["pixel_diff"] > 0).all()
    assert (changed["outside_diff"] == 0).all()
    funnel = json.loads((tmp_path / "one.parquet.funnel.json").read_text())
    for cell in funnel["cells"]:
        assert cell["candidates"] == sum(cell["rejected"].values()) + cell["kept"]


def test_a_folder_of_pages_is_a_source_and_what_it_lacks_is_named(
    renderer: Renderer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "bakery.html").write_text(BAKERY)
    (site / "latin.html").write_bytes(b"<p>caf\xe9</p>")
    assert run(tmp_path / "out.parquet", f"pages={site}") == EXIT_FAILED
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame["page_id"].to_list() == ["bakery.html"]
    assert frame["domain"].to_list() == ["other"]
    said = capfd.readouterr().err
    assert "3 pairs were not made" in said
    assert "pages ran out: every pair wants a page of its own; give more pages" in said
    assert "latin.html is skipped: not_utf8: byte 6" in said
    assert "files skipped: 1" in said


def test_many_missing_pairs_are_counted_by_cell() -> None:
    from pairgen.__main__ import _counted

    few = ["no_diff-0001", "hard-text-0002"]
    assert _counted(few) == "no_diff-0001, hard-text-0002"
    many = [*few, *(f"hard-gradient-{number:04d}" for number in range(11))]
    assert _counted(many) == "11 of hard-gradient, 1 of no_diff, 1 of hard-text"


def test_a_limit_on_pages_that_was_reached_is_named(
    renderer: Renderer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "out.parquet", "max_pages=1") == EXIT_FAILED
    assert "the limit of 1 pages was reached: raise max_pages" in capfd.readouterr().err


@pytest.mark.parametrize(("number", "num_workers"), [(signal.SIGINT, 1), (signal.SIGTERM, 1), (signal.SIGTERM, 2)])
def test_an_interrupted_command_ends_in_order(
    number: signal.Signals, num_workers: int, renderer: Renderer, tmp_path: Path
) -> None:
    overrides = [f"out={tmp_path / 'out.parquet'}", "png_level=0", f"workers={num_workers}"]
    command = [sys.executable, "-m", "pairgen", *overrides]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as process:
        while process.poll() is None and not list(tmp_path.glob("*.work/images/*.png")):
            time.sleep(0.05)
        assert process.poll() is None
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # a terminal's Ctrl-C reaches every process of the group
        else:
            process.send_signal(number)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == EXIT_STOPPED, said
    lines = [line for line in said.splitlines() if not line.startswith("running as root")]
    assert lines[0] == "stopped; every finished page is kept. Go on with:"
    assert f"-m pairgen {' '.join(overrides)}" in lines[1]
    assert len(lines) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet.work"]
