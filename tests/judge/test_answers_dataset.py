"""The sixty answers as a dataset: the same truths, the same texts, readable as any other."""

import json
from pathlib import Path

import polars as pl
import pytest

from judge.__main__ import main
from judge.calibration import load_examples
from records.datasets import attach, fingerprint_files, pack
from schemas.tables import PAIRS, check


def test_the_dataset_holds_the_same_truths_and_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--as-dataset", str(tmp_path / "made")]) == 0
    pairs, predictions = map(Path, capsys.readouterr().out.split())
    check(pl.read_parquet(pairs), PAIRS, "pairs")
    fingerprint = fingerprint_files([pairs])
    pack([pairs], tmp_path / "packed")
    dataset = attach(tmp_path / "packed", fingerprint)
    said = {one["id"]: one["prediction"] for one in map(json.loads, predictions.read_text("utf-8").splitlines())}
    examples = load_examples()
    assert len(said) == len(examples) == 60
    for example in examples:
        assert said[example.answer_id] == example.case.text
        assert dataset.truths[example.answer_id] == example.case.truth
