"""The real command, inline and on Ray, on small datasets."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import polars as pl
import pytest
import sweep_cases as cases
import yaml

from schemas.tables import PREDICTIONS, RUN_PAIRS, VERDICTS, check

BASICS = (
    "+model@models.none=always_no_diff",
    "+model@models.all=always_changed",
    "+model@models.oracle=oracle",
    "+judge@judges.rules=rules",
)
SCRIPTED = (
    "+models.slow.name=slow",
    "+models.slow.adapter.kind=scripted",
    "+models.slow.adapter.median_latency_s=0.15",
    "+judge@judges.rules=rules",
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cases.write_dataset(tmp_path_factory.mktemp("data") / "pairs.parquet", 20)


@pytest.mark.parametrize("cluster", ["inline", "local"])
def test_a_sweep_ends_with_its_run_folder(dataset: Path, tmp_path: Path, cluster: str) -> None:
    done = cases.run(*BASICS, f"cluster={cluster}", dataset=dataset, runs=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "60/60 answers   60/60 verdicts   0 unscored" in done.stdout
    run_dir = cases.only_run(tmp_path)
    check(pl.read_parquet(run_dir / "pairs.parquet"), RUN_PAIRS, "pairs")
    check(pl.read_parquet(run_dir / "predictions.parquet"), PREDICTIONS, "predictions")
    check(pl.read_parquet(run_dir / "verdicts.parquet"), VERDICTS, "verdicts")
    board = {
        row["model"]: row for row in pl.read_parquet(run_dir / "analysis/leaderboard.parquet").iter_rows(named=True)
    }
    assert (board["always_no_diff"]["diff_recall"], board["always_no_diff"]["no_diff_specificity"]) == (0.0, 1.0)
    assert board["always_no_diff"]["overall_accuracy"] == pytest.approx(4 / 20)
    assert board["always_changed"]["no_diff_specificity"] == 0.0
    manifest = json.loads((run_dir / "manifest.json").read_text())
    assert {row["status"] for row in manifest["rows"]} == {"done"}
    config = yaml.safe_load((run_dir / "config.yaml").read_text())
    assert config["models"]["oracle"]["role"] == "probe"
    assert (run_dir / "report.html").stat().st_size > 1000


def test_the_same_command_again_asks_nothing_and_changes_nothing(dataset: Path, tmp_path: Path) -> None:
    first = cases.run(*BASICS, "cluster=inline", dataset=dataset, runs=tmp_path)
    before = cases.tables(cases.only_run(tmp_path))
    again = cases.run(*BASICS, "cluster=inline", dataset=dataset, runs=tmp_path)
    assert (first.returncode, again.returncode) == (0, 0)
    assert "to do       0 answers (60 are in the store)" in again.stdout
    assert len(list((tmp_path / "store").iterdir())) == 1
    assert all(frame.equals(before[name]) for name, frame in cases.tables(cases.only_run(tmp_path)).items())


def test_another_sweep_over_the_same_store_repeats_no_call(dataset: Path, tmp_path: Path) -> None:
    cases.run(*BASICS, "cluster=inline", dataset=dataset, runs=tmp_path)
    renamed = cases.run(
        *BASICS,
        "models.oracle.name=told",
        "+judge@judges.similarity=similarity",
        "cluster=inline",
        dataset=dataset,
        runs=tmp_path,
    )
    assert "to do       0 answers (60 are in the store)" in renamed.stdout
    assert max(cases.finished_rows(tmp_path).values()) == 1


def test_limit_asks_about_a_stratified_part(dataset: Path, tmp_path: Path) -> None:
    done = cases.run(*BASICS, "limit=10", "cluster=inline", dataset=dataset, runs=tmp_path)
    assert done.returncode == 0
    pairs = pl.read_parquet(cases.only_run(tmp_path) / "pairs.parquet")
    assert dict(pairs["task_type"].value_counts().iter_rows()) == {"visual_diff": 8, "no_diff": 2}


def test_ctrl_c_finishes_what_is_in_flight_and_prints_the_resume_command(dataset: Path, tmp_path: Path) -> None:
    words = cases.command(*SCRIPTED, dataset=dataset, runs=tmp_path)
    with subprocess.Popen(
        words, cwd=cases.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as driver:
        wait_for_rows(tmp_path, 3)
        os.killpg(driver.pid, signal.SIGINT)  # as a terminal does: the whole group gets it
        out, err = driver.communicate(timeout=60)
    assert driver.returncode == 3, err
    assert "stopping" in out
    assert f"dataset.path={dataset}" in out.splitlines()[-1]
    run_dir = cases.only_run(tmp_path)
    assert not (run_dir / "manifest.json").exists()
    predictions = pl.read_parquet(run_dir / "predictions.parquet")
    assert 3 <= predictions.height < 20
    assert set(predictions["status"]) == {"ok"}
    resumed = cases.run(*SCRIPTED, dataset=dataset, runs=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert "20/20 answers   20/20 verdicts" in resumed.stdout
    assert max(cases.finished_rows(tmp_path).values()) == 1
    assert (run_dir / "manifest.json").exists()


def wait_for_rows(runs: Path, number: int) -> None:
    for _ in range(600):
        if sum(path.read_bytes().count(b"\n") for path in (runs / "store").glob("*.log")) >= number:
            return
        time.sleep(0.1)
    raise AssertionError("the store stayed empty")


def test_a_failing_row_becomes_rows_with_a_reason_and_is_asked_again(dataset: Path, tmp_path: Path) -> None:
    failing = (
        *SCRIPTED[:2],
        "+models.slow.adapter.failures=[{error_type:rejected,pair_ids:[pair-001]}]",
        SCRIPTED[3],
        "cluster=inline",
    )
    done = cases.run(*failing, dataset=dataset, runs=tmp_path)
    assert done.returncode == 0, done.stderr
    run_dir = cases.only_run(tmp_path)
    failed = pl.read_parquet(run_dir / "predictions.parquet").filter(pl.col("status") == "error")
    assert failed.select("pair_id", "error_type").rows() == [("pair-001", "rejected")]
    verdict = pl.read_parquet(run_dir / "verdicts.parquet").filter(pl.col("pair_id") == "pair-001")
    assert verdict.select("status", "is_correct").rows() == [("no_prediction", None)]
    board = pl.read_parquet(run_dir / "analysis/leaderboard.parquet")
    assert (board["num_pairs"][0], board["num_unscored"][0]) == (20, 1)
    again = cases.run(*failing, dataset=dataset, runs=tmp_path)
    assert "to do       1 answers (19 are in the store)" in again.stdout


BAD_COMMANDS = {
    "no model 'pixel_dif': did you mean pixel_diff": ("+model@models.a=pixel_dif",),
    "no judge 'rule': did you mean rules": ("+judge@judges.a=rule",),
    "no sweep 'leaderbord': did you mean leaderboard": ("+sweep=leaderbord",),
    "write it with a plus: +sweep=leaderboard": ("sweep=leaderboard",),
    "unknown setting 'limt': did you mean limit": ("+sweep=baselines", "limt=3"),
    "limit=0": ("+sweep=baselines", "limit=0"),
    "no models to run": ("limit=3",),
    "unknown setting 'scal'": ("+sweep=baselines", "+models.pixel_diff.adapter.scal=2"),
    "set OPENAI_API_KEY": ("+sweep=baselines", "+model@models.mine=gpt_5_4"),
    "nothing answers at http://127.0.0.1:9": (
        "+sweep=baselines",
        "+model@models.mine=endpoint",
        "models.mine.name=mine",
        "models.mine.engine.base_url=http://127.0.0.1:9/v1",
        "models.mine.engine.model=m",
    ),
    "a value is plain text": ("+sweep=baselines", "models.oracle.family=${{oc.env:HOME}}"),
    "seed=-1: take 0 or more": ("+sweep=baselines", "seed=-1"),
    "no judges to run": ("+sweep=baselines", "~judges"),
    "belongs to another dataset: add dataset=parquet": ("+sweep=baselines", "dataset=embedded", "dataset.path=x"),
    "two models are called": ("+sweep=baselines", "models.oracle.name=pixel_diff"),
    "official prompts are read from a folder": ("+sweep=baselines", "prompts=official", "prompts.folder=null"),
    "prompts.folder=...": ("+sweep=baselines", "prompts=official"),
    "ids are not in this dataset": (
        "+sweep=baselines",
        "+model@models.mine=imported",
        "models.mine.name=mine",
        "models.mine.adapter.path={strangers}",
    ),
}


@pytest.mark.parametrize("message", BAD_COMMANDS)
def test_what_the_user_can_fix_is_one_clear_message(dataset: Path, tmp_path: Path, message: str) -> None:
    strangers = tmp_path / "predictions.jsonl"
    strangers.write_text('{"id": "nobody", "prediction": "x"}\n')
    words = [word.format(strangers=strangers) for word in BAD_COMMANDS[message]]
    done = cases.run(*words, "cluster=inline", dataset=dataset, runs=tmp_path / "runs")
    assert done.returncode == 2, done.stdout + done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 3


def test_help_is_there_without_arguments() -> None:
    done = subprocess.run(
        [*cases.command(dataset=Path("x"), runs=Path("y"))[:3], "--help"],
        cwd=cases.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "+sweep=NAME" in done.stdout


def test_names_that_look_like_numbers_are_names_and_a_closed_pipe_stops_nothing(dataset: Path, tmp_path: Path) -> None:
    words = cases.command(*BASICS, "models.none.name=4.5", "cluster=inline", dataset=dataset, runs=tmp_path)
    with subprocess.Popen(words, cwd=cases.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as driver:
        assert driver.stdout is not None
        driver.stdout.readline()
        driver.stdout.close()
        assert driver.wait(timeout=60) == 0
    board = pl.read_parquet(cases.only_run(tmp_path) / "analysis/leaderboard.parquet")
    assert "4.5" in board["model"].to_list()
