"""`replay` asks a sample again, of models that may answer otherwise, and defines another run."""

from pathlib import Path

import polars as pl
import pytest
import row_cases
import sweep_cases as cases

from model_adapters.engines.scripted_replies import Asked, Script
from model_adapters.engines.scripted_server import serving
from orchestrator.rows import ModelRow, read_model_row
from schemas.tables import REPLAY, check

PROBE = read_model_row("p", {"role": "probe", "adapter": {"kind": "scripted"}}, None, is_by_hand=False)


@pytest.mark.parametrize(
    ("row", "is_replayed"),
    [(row_cases.vlm(), True), (row_cases.model(), True), (row_cases.model("d", "pixel_diff"), False), (PROBE, False)],
)
def test_who_is_asked_again(row: ModelRow, is_replayed: bool) -> None:
    assert row.is_replayed == is_replayed


class Wavering:
    """Claim a change at first, see none when asked again: every verdict on a changed or unchanged pair may flip."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, asked: Asked) -> str:
        is_new = asked.content not in self.seen
        self.seen.add(asked.content)
        return "- The footer is bolder." if is_new else "There is no difference between the two images."


@pytest.mark.timeout(300)
def test_a_sample_is_asked_again_and_its_flips_are_told(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 20)
    runs = tmp_path / "runs"
    with serving(Script(), Wavering()) as server:
        engine = f"{{kind:openai,base_url:'{server.base_url}',model:scripted,max_in_flight:1}}"
        words = (
            f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{engine}}}",
            "+model@models.none=always_no_diff",
            "+judge@judges.rules=rules",
            "cluster=inline",
        )
        done = cases.run(*words, "replay=25", dataset=dataset, runs=runs)
        assert done.returncode == 0, done.stderr
        num_asked = len(server.exchanges)
        again = cases.run(*words, "replay=25", dataset=dataset, runs=runs)
    assert "to do       45 answers (0 are in the store), at most 45 verdicts; 5 of the answers" in done.stdout
    assert "45/45 answers   45/45 verdicts" in done.stdout
    assert "to do       0 answers (45 are in the store)" in again.stdout
    assert len(server.exchanges) == num_asked, "a replay is kept like any other answer"
    run_dir = cases.only_run(runs)
    predictions = pl.read_parquet(run_dir / "predictions.parquet")
    assert predictions.filter(pl.col("repeat") == 1).group_by("model").len().rows() == [("mine", 5)]
    noise = check(pl.read_parquet(run_dir / "analysis/replay.parquet"), REPLAY, "replay")
    assert noise.select("model", "judge", "num_replayed", "num_texts_changed").rows() == [("mine", "rules", 5, 5)]
    assert f"noise   mine: {noise['num_flipped'][0]} of 5 verdicts flip when asked again" in done.stdout
    assert noise["num_flipped"][0] >= 1, "the unchanged pair's verdict flips"
    board = pl.read_parquet(run_dir / "analysis/leaderboard.parquet")
    assert dict(board.select("model", "num_pairs").iter_rows()) == {"mine": 20, "always_no_diff": 20}


def test_a_replay_defines_another_run_and_repeats_no_first_answer(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 10)
    words = ("+models.slow.name=slow", "+models.slow.adapter.kind=scripted", "+judge@judges.rules=rules")
    for replay in ("replay=0", "replay=100"):
        done = cases.run(*words, "cluster=inline", replay, dataset=dataset, runs=tmp_path / "runs")
        assert done.returncode == 0, done.stderr
    assert "to do       10 answers (10 are in the store)" in done.stdout
    assert "noise   slow: 0 of 10 verdicts flip when asked again (0% [0-28])" in done.stdout
    assert len([path for path in (tmp_path / "runs").iterdir() if path.name.startswith("sweep-")]) == 2
    refused = cases.run(*words, "cluster=inline", "replay=101", dataset=dataset, runs=tmp_path / "runs")
    assert (refused.returncode, "replay=101: a share of the pairs in percent" in refused.stderr) == (2, True)
