"""The sweeps that put judges under the lamp, by the real command."""

from pathlib import Path

import polars as pl
import pytest
import sweep_cases as cases

from analysis.measured import hand_counts
from judge.__main__ import main


def _accuracy(runs: Path, source: str) -> dict[str, dict[str, float]]:
    table = pl.read_parquet(cases.only_run(runs) / "analysis" / "judge_accuracy.parquet")
    of_changed = table.filter((pl.col("scope_kind") == "overall") & (pl.col("pair_kind") == "changed"))
    return {row["judge"]: row for row in of_changed.filter(pl.col("source") == source).iter_rows(named=True)}


def test_the_probes_tell_a_lenient_judge_from_the_others(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 25)
    done = cases.run("+sweep=judges", "cluster=inline", dataset=dataset, runs=tmp_path / "runs")
    assert done.returncode == 0, done.stderr
    found = _accuracy(tmp_path / "runs", "probes")
    assert set(found) == {"rules", "similarity", "lenient"}
    for judge in ("rules", "similarity"):
        assert found[judge]["leniency_high"] < found["lenient"]["leniency_low"]
        assert found[judge]["youden_low"] > found["lenient"]["youden_high"]
    assert "judge: lenient (a probe, made to be found out: it ranks nobody)" in done.stdout
    assert done.stdout.count("lamp    probes: takes ") == 3
    probes = pl.read_parquet(cases.only_run(tmp_path / "runs") / "analysis" / "judge_probes.parquet")
    assert probes["probe"].n_unique() == 10


def test_any_judge_can_be_asked_of_the_hand_written_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--as-dataset", str(tmp_path / "answers")]) == 0
    pairs, predictions = map(Path, capsys.readouterr().out.split())
    path = f"models.hand_written.adapter.path={predictions}"
    done = cases.run("+sweep=hand_written", path, "cluster=inline", dataset=pairs, runs=tmp_path / "runs")
    assert done.returncode == 0, done.stderr
    for judge, row in _accuracy(tmp_path / "runs", "hand_written").items():
        kept = hand_counts({"kind": judge}, is_changed=True)
        assert kept is not None and (row["num_right"], row["num_wrong"]) == (22, 24)
        assert round(row["sensitivity"] * 22) == kept.accepted_right
        assert round(row["specificity"] * 24) == kept.rejected_wrong
