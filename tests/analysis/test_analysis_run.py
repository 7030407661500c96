"""A run's folder in, tables, report and exit status out."""

import json
import random
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from analysis_frames import published_pairs, verdicts_frame
from PIL import Image

from analysis.__main__ import main
from analysis.report.images import find_images
from analysis.run import analyse, load, measure_images, read_families, read_roles
from analysis.tables import leaderboard, recall_by_operator
from analysis.tally import build
from records.datasets import PairImages, fingerprint_files, pack
from records.files import read_table, write_table, write_text
from records.run_paths import RunPaths, RunsPaths
from schemas.analysis_tables import STATISTICS
from schemas.errors import StoreError
from schemas.tables import LEADERBOARD, PREDICTIONS, RECALL_BY_OPERATOR, RUN_PAIRS, VERDICTS, conform
from schemas.tables import PAIRS as PAIRS_WITH_IMAGES

HOSTILE = '<script>alert("x")</script> & <img src=https://example.org/x.png>'
CONFIG = "models:\n  a: {name: pixel_diff, role: baseline}\n  b: {name: oracle, role: probe}\njudges: {}\n"
PAIRS = published_pairs(2, 12, 2).with_columns(
    ground_truth_diff=pl.lit("The heading became bolder."),
    target_bbox_x=pl.lit(10, pl.Int64), target_bbox_y=pl.lit(20, pl.Int64),
    target_bbox_w=pl.lit(30, pl.Int64), target_bbox_h=pl.lit(8, pl.Int64),
)  # fmt: skip


def _png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 40), "white").save(file, "PNG")
    return file.getvalue()


def _verdicts() -> pl.DataFrame:
    return verdicts_frame(
        {"judge": judge, "model": model, "pair_id": pair_id,
         **_said(is_same=pair_id.startswith("same"), is_right=model == "oracle" or number % 3 == 0)}
        for judge in ("rules", "similarity")
        for model in ("pixel_diff", "oracle")
        for number, pair_id in enumerate(PAIRS["id"])
    )  # fmt: skip


def _said(*, is_same: bool, is_right: bool) -> dict[str, object]:
    verdict = None if is_same else "correct" if is_right else "partial"
    return {"is_correct": is_right, "verdict": verdict, "num_hallucinations": int(is_same and not is_right)}


@pytest.fixture
def run(tmp_path: Path) -> RunPaths:
    paths = RunPaths(tmp_path / "runs" / "tiny-00000000")
    verdicts = _verdicts()
    told = verdicts.filter(pl.col("judge") == "rules").select("model", "pair_id", "repeat", "status")
    predictions = conform(told.with_columns(text=pl.lit(HOSTILE)), PREDICTIONS, "predictions")
    write_table(PAIRS, paths.pairs, RUN_PAIRS)
    write_table(predictions, paths.predictions, PREDICTIONS)
    write_table(verdicts, paths.verdicts, VERDICTS)
    write_text(CONFIG, paths.config)
    write_text("{}", paths.manifest)
    return paths


def test_tables_are_written_and_equal_the_pure_functions(run: RunPaths) -> None:
    analysis = analyse(run.root, num_resamples=20)
    roles = {"pixel_diff": "baseline", "oracle": "probe"}
    assert read_table(run.analysis("leaderboard"), LEADERBOARD).equals(leaderboard(_verdicts(), PAIRS, roles))
    kept = read_table(run.analysis("recall_by_operator"), RECALL_BY_OPERATOR)
    assert kept.equals(recall_by_operator(_verdicts(), PAIRS))
    assert analysis.verdicts["num_cells"].sum() == 90 * 2 * 2
    assert {path.stem for path in run.analysis_dir.iterdir()} == {
        "leaderboard", "recall_by_operator", "judge_agreement", *STATISTICS,
    }  # fmt: skip
    for name, frame in analysis.statistics.items():
        assert read_table(run.analysis(name), STATISTICS[name]).equals(frame)


def test_tables_too_large_to_read_whole_give_the_same_figures(run: RunPaths) -> None:
    whole, scanned = load(run), load(run, max_read_bytes=0)
    assert isinstance(whole.verdicts, pl.DataFrame) and isinstance(scanned.verdicts, pl.LazyFrame)
    one, other = (build(tables, num_resamples=20) for tables in (whole, scanned))
    assert one.leaderboard.equals(other.leaderboard) and one.verdicts.equals(other.verdicts)
    assert all(table.equals(other.statistics[name]) for name, table in one.statistics.items())
    run.verdicts.write_bytes(b"PAR1 cut short")
    with pytest.raises(StoreError, match="is damaged"):
        load(run, max_read_bytes=0)


def test_the_door_measures_images_once_and_says_where_they_are_not(
    run: RunPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(run.root), "--resamples", "0", "--image-measures"]) == 2
    assert "its dataset's images aren't on this machine" in capsys.readouterr().err
    data = memoryview(_png())
    measured = measure_images(run, lambda _: PairImages(data, data))
    assert set(measured["measure"]) == {"structural_similarity", "color_difference"} and len(measured) == 78 * 2
    found = analyse(run.root, num_resamples=0).statistics["magnitude"].filter(pl.col("measure") == "color_difference")
    assert set(found["reason"]) <= {"the measure is the same for every pair", "fewer than 10 pairs"}


def test_the_door_prints_and_returns_0(run: RunPaths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(run.root), "--resamples", "20"]) == 0
    out, err = capsys.readouterr()
    assert "judge: rules" in out and str(run.report) in out.replace("\n", "")
    assert err == ""


def test_report_and_door_say_what_is_unofficial(run: RunPaths, capsys: pytest.CaptureFixture[str]) -> None:
    judges = "judges:\n  r: {name: rules, judge: {kind: rules}}\n  s: {name: similarity, judge: {kind: llm}}\n"
    dataset = "dataset: {kind: embedded, name: embedded}\nprompts_read: {judge: {version: own-1}}\n"
    write_text(CONFIG.replace("judges: {}\n", judges) + dataset, run.config)
    assert main([str(run.root), "--resamples", "20"]) == 0
    out, report = capsys.readouterr().out, run.report.read_text(encoding="utf-8")
    for said in ("rules (unofficial: deterministic, no LLM)", "similarity (unofficial prompt)"):
        assert f"judge: {said}" in out and f"Leaderboard, judge {said}" in report
    assert "dataset: embedded; generated pairs, not DiffSpot's 4,400 (78 changed, 12 unchanged)" in out
    assert "Dataset: embedded; generated pairs, not DiffSpot&#x27;s 4,400." in report


def test_unfinished_runs_are_shown_with_a_word(run: RunPaths, capsys: pytest.CaptureFixture[str]) -> None:
    run.manifest.unlink()
    assert main([str(run.root), "--resamples", "20"]) == 2
    out, err = capsys.readouterr()
    assert "judge: rules" in out
    assert "is not finished" in err


@pytest.mark.parametrize("lost", ["config.yaml", "pairs.parquet", "verdicts.parquet", "predictions.parquet"])
def test_folders_that_are_no_run_are_refused(run: RunPaths, lost: str, capsys: pytest.CaptureFixture[str]) -> None:
    (run.root / lost).unlink()
    assert main([str(run.root)]) == 2
    assert f"is not a run's folder: it holds no {lost}" in capsys.readouterr().err


def test_damaged_tables_are_refused(run: RunPaths, capsys: pytest.CaptureFixture[str]) -> None:
    run.verdicts.write_bytes(b"PAR1 cut short")
    assert main([str(run.root)]) == 2
    assert "verdicts.parquet is damaged" in capsys.readouterr().err
    assert main([str(run.root / "nowhere")]) == 2
    assert "is not a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("models: [", "is damaged"),
        ("[]", "`models` must list rows"),
        ("models: [{role: model}]", "`models` must list rows"),
        ("models: [{name: a, role: king}]", "model a has role 'king'; known: model, baseline, probe"),
    ],
)
def test_configs_that_say_no_roles_are_refused(tmp_path: Path, text: str, message: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=re.escape(message)):
        read_roles(config)


def test_models_may_be_a_list_or_a_mapping(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("models: [{name: a}, {name: b.2, role: probe}]", encoding="utf-8")
    assert read_roles(config) == {"a": "model", "b.2": "probe"}
    config.write_text("models: {}", encoding="utf-8")
    assert read_roles(config) == {}


def test_families_come_from_the_config(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("models: {a: {name: m, family: open}, b: {name: n}}", encoding="utf-8")
    assert read_families(config) == {"m": "open"}


def test_the_bootstrap_draws_by_the_runs_own_seed(run: RunPaths) -> None:
    write_text(CONFIG + "seed: 7\n", run.config)
    write_table(pl.concat([read_table(run.verdicts, VERDICTS), _noisy_verdicts()]), run.verdicts, VERDICTS)
    own, told, other = (analyse(run.root, num_resamples=60, seed=seed).judge_agreement for seed in (None, 7, 8))
    assert own.equals(told)
    assert not own.equals(other)


def _noisy_verdicts() -> pl.DataFrame:
    draw = random.Random(0)
    return verdicts_frame(
        {"judge": judge, "model": f"noisy_{model}", "pair_id": pair_id,
         **_said(is_same=pair_id.startswith("same"), is_right=draw.random() < 0.5)}
        for judge in ("rules", "similarity")
        for model in range(6)
        for pair_id in PAIRS["id"]
    )  # fmt: skip


def test_the_guide_names_every_column() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
    for table, schema in STATISTICS.items():
        assert f"{table}.parquet" in guide
        plain = {name for name in schema if not name.endswith(("_low", "_high"))}
        unnamed = {name for name in plain if f"`{name}`" not in guide}
        assert unnamed <= {"latency_p90_s", "latency_p95_s", "latency_p99_s"}, (table, unnamed)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, analysis.__main__ as door; door._parser(); print({'polars', 'scipy', 'numpy'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert told.stdout.strip() == "set()"


def test_pictures_come_from_the_mapped_dataset_that_the_manifest_names(run: RunPaths, tmp_path: Path) -> None:
    cell = {"bytes": _png(), "path": "x.png"}
    row = {"id": "same-0", "task_type": "no_diff", "difficulty": "no_diff", "image_before": cell, "image_after": cell}
    types = {name: dtype for name, dtype in PAIRS_WITH_IMAGES.items() if name in row}
    source = tmp_path / "pairs.parquet"
    conform(pl.DataFrame([row], schema=types), PAIRS_WITH_IMAGES, "pairs").write_parquet(source)
    fingerprint = fingerprint_files([source])
    assert find_images(run) is None
    write_text(json.dumps({"dataset_sha256": fingerprint}), run.manifest)
    assert find_images(run) is None
    pack([source], RunsPaths(run.root.parent).image_pack(fingerprint))
    images = find_images(run)
    assert images is not None
    both = images("same-0")
    assert both is not None and bytes(both.after) == _png()
