"""A team's own screenshots: what becomes of every name, and what models say of those that can be compared."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from orchestrator.door import EXIT_DONE, EXIT_FAILED, PROJECT_ROOT
from pairgen.__main__ import main
from pairgen.images import Pixels, decode
from pairgen.screenshots import Outcomes, ScreenshotsConfig, write_screenshots
from records.images import MAX_IMAGE_PIXELS
from schemas.errors import ConfigError, UserError
from schemas.tables import PAIRS

EMBEDDED = "data/embedded/pairs.parquet"


@pytest.fixture(scope="module")
def pages() -> list[Pixels]:
    rows = pl.read_parquet(EMBEDDED, columns=["image_before"]).head(3)
    return [decode(row["bytes"]) for row in rows["image_before"]]


def put(root: Path, side: str, name: str, pixels: Pixels, **options: object) -> None:
    path = root / side / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)  # type: ignore[arg-type]


def outcomes(root: Path) -> dict[str, dict[str, str]]:
    table = csv.DictReader(io.StringIO((root / "out.parquet.outcomes.csv").read_text()))
    return {row["name"]: row for row in table}


def test_every_name_comes_to_a_status_with_its_reason(
    tmp_path: Path, pages: list[Pixels], capfd: pytest.CaptureFixture[str]
) -> None:
    shots = tmp_path / "shots"
    page, other, _ = pages
    edited = page.copy()
    edited[40:60, 40:90] ^= 90
    moved = np.vstack([np.full((90, page.shape[1], 3), 230, np.uint8), page[:-90]])
    pairs = {"same.png": page, "deep/er/edited.png": edited, "moved.PNG": moved, "other.png": other,
             "longer.png": np.vstack([page, page])}  # fmt: skip
    for name, actual in pairs.items():
        put(shots, "expected", name, page)
        put(shots, "actual", name, actual)
    put(shots, "expected", "Home.png", page)
    put(shots, "actual", "home.png", page)
    put(shots, "expected", "photo.jpg", page)
    put(shots, "actual", "photo.jpg", page)
    (shots / "expected" / "broken.png").write_bytes((shots / "expected" / "same.png").read_bytes()[:900])
    put(shots, "actual", "broken.png", page)
    (shots / "expected" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    put(shots, "actual", "gone.png", page)
    (shots / "actual" / "notes.txt").write_text("not a screenshot")
    assert main([f"screenshots.folder={shots}", f"out={tmp_path / 'out.parquet'}"]) == EXIT_FAILED
    found = outcomes(tmp_path)
    assert {name: row["status"] for name, row in found.items()} == {
        "same.png": "comparable", "deep/er/edited.png": "comparable", "moved.PNG": "comparable",
        "other.png": "not_comparable", "longer.png": "not_comparable",
        "Home.png": "no_partner", "home.png": "no_partner",
        "photo.jpg": "unreadable", "broken.png": "unreadable", "gone.png": "unreadable",
    }  # fmt: skip
    assert found["longer.png"]["reason"] == "other size: expected 1280x800, actual 1280x1600"
    assert found["other.png"]["reason"].startswith("other layout: ")
    assert found["Home.png"]["reason"].endswith("actual/ has home.png, which differs in upper and lower case")
    assert found["photo.jpg"]["reason"] == "expected is no PNG; convert it"
    assert found["gone.png"]["reason"] == "No such file or directory"
    assert float(found["deep/er/edited.png"]["pixel_diff"]) == pytest.approx(20 * 50 / (1280 * 800))
    said = capfd.readouterr().out
    assert "10 names: 3 comparable, 2 not_comparable, 2 no_partner, 3 unreadable" in said
    frame = pl.read_parquet(tmp_path / "out.parquet")
    assert frame.schema == PAIRS
    assert frame["id"].to_list() == ["deep/er/edited.png", "moved.PNG", "same.png"]
    assert frame["ground_truth_diff"].is_null().all()
    stored = frame["image_before"].struct.field("bytes")[2]
    assert stored == (shots / "expected" / "same.png").read_bytes()


def test_a_screenshot_too_large_to_send_is_named_and_not_decoded(tmp_path: Path, pages: list[Pixels]) -> None:
    shots = tmp_path / "shots"
    for side in ("expected", "actual"):
        put(shots, side, "a.png", pages[0])
        Image.new("1", (10_000, MAX_IMAGE_PIXELS // 10_000 + 1)).save(shots / side / "huge.png")
    made = write_screenshots(ScreenshotsConfig(folder=str(shots)), tmp_path / "out.parquet")
    (huge,) = [row for row in made.rows if row.name == "huge.png"]
    assert huge.status == "unreadable"
    assert "10000x5001 px, more than 50,000,000" in huge.reason


@pytest.mark.parametrize(
    ("folders", "message"),
    [
        ([], "no folder"),
        (["shots"], r"lacks the folder expected and actual; it holds nothing"),
        (["shots/expected", "shots/Actual"], r"lacks the folder actual; it holds Actual, expected"),
        (["shots/expected", "shots/actual"], "no PNG below"),
    ],
)
def test_a_folder_without_screenshots_is_refused(tmp_path: Path, folders: list[str], message: str) -> None:
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    with pytest.raises(UserError, match=message):
        write_screenshots(ScreenshotsConfig(folder=str(tmp_path / "shots")), tmp_path / "out.parquet")


def test_where_nothing_can_be_compared_the_table_says_why_and_there_is_no_file(
    tmp_path: Path, pages: list[Pixels]
) -> None:
    put(tmp_path / "shots", "expected", "a.png", pages[0])
    put(tmp_path / "shots", "actual", "a.png", pages[0][:-1])
    with pytest.raises(UserError, match=r"a\.png: not_comparable: other size"):
        main([f"screenshots.folder={tmp_path / 'shots'}", f"out={tmp_path / 'out.parquet'}"])
    assert not (tmp_path / "out.parquet").exists()
    assert outcomes(tmp_path)["a.png"]["status"] == "not_comparable"


@pytest.mark.parametrize("arguments", [["screenshots.folder=x"], ["screenshots.folder=x", "out=x.csv"]])
def test_the_file_to_write_must_be_named(arguments: list[str]) -> None:
    with pytest.raises(ConfigError, match="out=PATH"):
        main(arguments)


def test_long_lists_of_outcomes_are_cut() -> None:
    from pairgen.screenshots import Comparison

    rows = [Comparison(name=str(number), status="no_partner", reason="r") for number in range(5)]
    assert list(Outcomes(rows).lines(limit=3))[-1] == "  and 2 more"


def sweep(pairs: Path, runs: Path) -> tuple[Path, str]:
    """Ask the baselines about pairs; return the run's folder and what the console said."""
    arguments = ["+sweep=screenshots", "dataset=parquet", f"dataset.path={pairs}", f"runs={runs}", "cluster=inline"]
    command = [sys.executable, "-m", "orchestrator", *arguments]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == EXIT_DONE, done.stderr
    (run,) = runs.glob("screenshots-*")
    return run, done.stdout


def test_models_are_asked_about_screenshots_and_nothing_is_judged(tmp_path: Path, pages: list[Pixels]) -> None:
    shots, out = tmp_path / "shots", tmp_path / "out.parquet"
    edited = pages[0].copy()
    edited[200:300, 200:400] ^= 90
    put(shots, "expected", "a/home.png", pages[0])
    put(shots, "actual", "a/home.png", edited)
    assert main([f"screenshots.folder={shots}", f"out={out}"]) == EXIT_DONE
    run, said_on_console = sweep(out, tmp_path)
    assert "1 without truth: answers are kept and none is judged" in said_on_console
    said = pl.read_parquet(run / "predictions.parquet")
    assert said.select("pair_id", "status").unique().rows() == [("a/home.png", "ok")]
    assert said["text"].str.len_chars().min() > 10
    verdicts = pl.read_parquet(run / "verdicts.parquet")
    assert verdicts["status"].unique().to_list() == ["no_truth"]
    assert verdicts["is_correct"].is_null().all()
    assert pl.read_parquet(run / "analysis" / "leaderboard.parquet").is_empty()
    report = (run / "report.html").read_text()
    assert "1 without truth, of which none is judged" in report
    assert "a/home.png" in report
    assert "Nobody says what differs here: nothing is judged." in report


def test_beside_pairs_with_a_truth_those_without_are_in_no_rate(tmp_path: Path, pages: list[Pixels]) -> None:
    both = tmp_path / "both"
    both.mkdir()
    pl.read_parquet(EMBEDDED).head(3).write_parquet(both / "stated.parquet")
    put(tmp_path / "shots", "expected", "home.png", pages[0])
    put(tmp_path / "shots", "actual", "home.png", pages[0])
    assert main([f"screenshots.folder={tmp_path / 'shots'}", f"out={both / 'shots.parquet'}"]) == EXIT_DONE
    run, said_on_console = sweep(both, tmp_path)
    assert "6/6 verdicts   0 unscored" in said_on_console
    verdicts = pl.read_parquet(run / "verdicts.parquet")
    stated = verdicts.filter(pl.col("pair_id") != "home.png")
    assert stated["status"].to_list() == ["ok"] * 6
    assert verdicts.filter(pair_id="home.png")["status"].to_list() == ["no_truth"] * 2
    assert pl.read_parquet(run / "analysis" / "leaderboard.parquet")["num_pairs"].to_list() == [3, 3]
