"""The same bytes with any number of workers, and after a kill in the middle; nothing is done twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from orchestrator.door import EXIT_DONE, PROJECT_ROOT
from pairgen.__main__ import main
from pairgen.benign import KINDS, BenignConfig
from schemas.errors import ConfigError, UserError
from schemas.tables import PAIRS

CHOSEN = {"jpeg", "shift_1px", "focus_ring", "scroll_bar"}
WANTED = ["operators=[text]", "per_cell=1", "no_diff=2", "png_level=0", "benign.num=4",
          *(f"benign.shares.{kind}=0" for kind in set(KINDS) - CHOSEN)]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a set that one worker made, undisturbed."""
    out = tmp_path_factory.mktemp("made") / "pairs.parquet"
    assert main([f"out={out}", *WANTED]) == EXIT_DONE
    return out


def test_four_workers_make_the_same_bytes(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "pairs.parquet"
    # in a process of its own: one that has started Ray may not learn how its later children end
    command = [sys.executable, "-m", "pairgen", f"out={out}", "workers=4", *WANTED]
    assert subprocess.run(command, cwd=PROJECT_ROOT, check=False, stdout=subprocess.DEVNULL).returncode == EXIT_DONE
    assert out.read_bytes() == made.read_bytes()
    assert (
        out.with_name("pairs.parquet.funnel.json").read_text()
        == made.with_name("pairs.parquet.funnel.json").read_text()
    )


@pytest.mark.parametrize("num_workers", [1, 4])
def test_after_kill_9_the_same_command_makes_the_same_bytes_and_repeats_nothing(
    num_workers: int, made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "pairs.parquet"
    command = [sys.executable, "-m", "pairgen", f"out={out}", f"workers={num_workers}", *WANTED]
    images = Path(f"{out}.work") / "images"
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        deadline = time.monotonic() + 120
        while len(list(images.glob("*.png"))) < 5 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert process.poll() is None, "it was over before it could be killed"
        os.killpg(process.pid, signal.SIGKILL)
    assert not out.exists()
    assert main([f"out={out}", *WANTED]) == EXIT_DONE
    assert out.read_bytes() == made.read_bytes()
    said = capfd.readouterr().out
    (line,) = [line for line in said.splitlines() if line.endswith("were done before and not done again")]
    assert int(line.split()[0]) >= 2
    assert not [path.name for path in tmp_path.iterdir() if ".work" in path.name or ".tmp" in path.name]


def test_benign_controls_are_rows_of_their_own_kind(made: Path) -> None:
    frame = pl.read_parquet(made)
    assert frame.schema == PAIRS
    benign = frame.filter(task_type="benign")
    assert sorted(benign["mechanism"]) == sorted(CHOSEN)
    assert (benign["pixel_diff"] > 0).all()
    assert (benign["target_bbox_x"] == -1).all()
    assert benign["mutations_text"].list.len().sum() == 0
    assert benign["page_id"].n_unique() == 4
    changed = {row["mechanism"]: row["pixel_diff"] for row in benign.iter_rows(named=True)}
    assert changed["focus_ring"] < 0.01 < changed["jpeg"]
    counts = json.loads(made.with_name("pairs.parquet.funnel.json").read_text())
    assert counts["benign"] == 4


def test_each_kind_gets_its_share_and_unknown_ones_are_named() -> None:
    kinds = BenignConfig(num=100, shares={"jpeg": 3, "caret": 1, "clock": 0}).kinds()
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"jpeg": 75, "caret": 25}
    assert set(BenignConfig(num=len(KINDS)).kinds()) == set(KINDS)
    for shares, message in (
        ({"jpg": 1.0}, "did you mean jpeg"),
        ({"jpeg": -1.0}, "0 or more"),
        ({"jpeg": 0.0}, "above 0"),
    ):
        with pytest.raises(ConfigError, match=message):
            BenignConfig(num=1, shares=shares)


def test_a_browser_that_is_not_there_ends_the_command_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no browser at"):
        main([f"out={tmp_path / 'a.parquet'}", f"browser.executable={tmp_path / 'none'}"])
    assert not list(tmp_path.iterdir())
