"""A run for other programs: checked against the benchmark's described forms, and read back by what reads them."""

import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
import yaml
from analysis_frames import verdicts_frame
from polars.testing import assert_frame_equal
from report_runs import HOSTILE, published_entries, published_run

from analysis.__main__ import main
from analysis.export.benchmark import benchmark_scores
from analysis.export.formats import FORMATS, Exported, export, file_name, write_zip
from analysis.export.tables import all_tables, latex, markdown
from analysis.run import analyse, load
from model_adapters.imported import read_predictions
from records.files import read_table, write_table
from records.run_paths import RunPaths
from schemas.errors import ConfigError
from schemas.tables import PREDICTIONS, VERDICTS

MODEL, JUDGE = "gpt-5.4", "gpt-oss-120b"
ASKED_OF_A_LOG = {
    (): {"version", "status", "eval", "samples"},
    ("eval",): {"created", "task", "dataset", "model", "config"},
    ("results",): {"total_samples", "completed_samples", "scores"},
    ("results", "scores", 0): {"name", "scorer", "metrics"},
    ("samples", 0): {"id", "epoch", "input", "target", "messages", "output", "scores"},
    ("samples", 0, "output"): {"model", "choices"},
    ("samples", 0, "output", "choices", 0): {"message", "stop_reason"},
    ("samples", 0, "output", "choices", 0, "message"): {"role", "content"},
    ("samples", 0, "scores", "gpt-oss-120b"): {"value", "answer"},
}
"""By path, the fields that inspect_ai 0.3.285's reader asks for, of those that a log of ours has."""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    paths = RunPaths(tmp_path_factory.mktemp("runs") / "published")
    rows = [
        {"name": e["model"], "role": "model", "family": e["family"], "params": e["params"]} for e in published_entries()
    ]
    published_run(paths, num_per_cell=2, num_no_diff=12, words=HOSTILE, config={"models": rows})
    return Exported(paths=paths, models=[MODEL], num_resamples=20)


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_is_written_where_it_is_told_and_the_same_twice(
    form: str, exported: Exported, tmp_path: Path
) -> None:
    files = export(exported, form, tmp_path / "once")
    assert files and all(path.is_file() and path.is_relative_to(tmp_path) for path in files)
    again = export(exported, form, tmp_path / "twice")
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in again]


def test_predictions_are_the_benchmarks_lines(exported: Exported, tmp_path: Path) -> None:
    (path,) = export(exported, "predictions", tmp_path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    assert [line["id"] for line in lines] == exported.tables.pairs["id"].to_list()
    for line in lines:
        assert list(line) == ["id", "split", "model", "prompt_version", "raw_response", "prediction"]
        assert (line["split"], line["model"], line["prediction"], line["raw_response"]) == (
            "test",
            MODEL,
            HOSTILE,
            HOSTILE,
        )


def test_predictions_come_back_as_the_same_answers(exported: Exported, tmp_path: Path) -> None:
    (path,) = export(exported, "predictions", tmp_path)
    found = read_predictions(str(path))
    answers = exported.answers(MODEL)
    assert {pair_id: one.text for pair_id, one in found.items()} == dict(answers.select("pair_id", "text").iter_rows())


def test_a_failed_call_has_no_line_and_an_empty_answer_has_one(exported: Exported, tmp_path: Path) -> None:
    paths = RunPaths(tmp_path / "failed")
    published_run(paths, num_per_cell=1, num_no_diff=2)
    answers = read_table(paths.predictions, PREDICTIONS).with_row_index("place")
    answers = answers.with_columns(
        status=pl.when(pl.col("place") % 5 == 0).then(pl.lit("error")).when(pl.col("place") % 5 == 1)
        .then(pl.lit("empty")).otherwise("status"),
        text=pl.when(pl.col("place") % 5 < 2).then(None).otherwise("text"),
    ).drop("place")  # fmt: skip
    write_table(answers, paths.predictions, PREDICTIONS)
    (path,) = export(Exported(paths=paths, models=[MODEL]), "predictions", tmp_path / "out")
    told = {json.loads(line)["id"]: json.loads(line)["prediction"] for line in path.read_text().splitlines()}
    own = answers.filter(pl.col("model") == MODEL)
    assert set(told) == set(own.filter(pl.col("status") != "error")["pair_id"])
    assert {name for name, text in told.items() if text == ""} == set(
        own.filter(pl.col("status") == "empty")["pair_id"]
    )


def _cells(rows: list[tuple[str, str, dict[str, object]]]) -> pl.DataFrame:
    verdicts = verdicts_frame({"model": "m", "pair_id": str(place), **said} for place, (_, _, said) in enumerate(rows))
    return verdicts.with_columns(
        task_type=pl.Series([row[0] for row in rows]), difficulty=pl.Series([row[1] for row in rows])
    )


def test_scores_are_counted_as_the_scripts_count() -> None:
    unparsed = {"status": "unparsed", "is_correct": None}
    cells = _cells([
        ("visual_diff", "easy", {"is_correct": True, "verdict": "correct"}),
        ("visual_diff", "easy", {"is_correct": False, "verdict": "partial"}),
        ("visual_diff", "hard", {"is_correct": False, "status": "no_answer"}),
        ("visual_diff", "hard", unparsed | {"raw_text": '{"mutations": []}'}),
        ("no_diff", "unknown", {"is_correct": True}),
        ("no_diff", "no_diff", {"is_correct": False, "num_hallucinations": 1}),
        ("no_diff", "no_diff", unparsed | {"raw_text": 'So: {"verdict": "none"}'}),
        ("no_diff", "no_diff", unparsed | {"raw_text": '{"hallucinations": "none"}'}),
        ("no_diff", "no_diff", unparsed | {"raw_text": "no JSON at all"}),
        ("no_diff", "no_diff", {"status": "error", "is_correct": None}),
    ])  # fmt: skip
    assert benchmark_scores(cells) == {
        "easy_recall": 1 / 2, "med_recall": None, "hard_recall": 0.0, "diff_overall_recall": 1 / 3,
        "no_diff_specificity": 2 / 3, "overall_accuracy": 3 / 6,
    }  # fmt: skip


def test_scores_show_the_difference_to_ours(exported: Exported, tmp_path: Path) -> None:
    paths = RunPaths(tmp_path / "unscored")
    published_run(paths, num_per_cell=4, num_no_diff=40, judges=[JUDGE])
    verdicts = read_table(paths.verdicts, VERDICTS)
    lost = (pl.col("model") == MODEL) & pl.col("pair_id").str.ends_with("-3")
    verdicts = verdicts.with_columns(
        is_correct=pl.when(lost).then(None).otherwise("is_correct"),
        status=pl.when(lost).then(pl.lit("error")).otherwise("status"),
    )
    write_table(verdicts, paths.verdicts, VERDICTS)
    (path,) = export(Exported(paths=paths, models=[MODEL], num_resamples=0), "scores", tmp_path / "out")
    told = json.loads(path.read_text())
    own = verdicts.filter(pl.col("model") == MODEL)
    judged = own.filter(pl.col("is_correct").is_not_null())
    assert told["scores"]["overall_accuracy"] == pytest.approx(100 * judged["is_correct"].sum() / len(judged), abs=1e-3)
    assert told["scores_of_this_project"]["overall_accuracy"] == pytest.approx(
        100 * own["is_correct"].sum() / len(own), abs=1e-3
    )
    gap = told["scores"]["overall_accuracy"] - told["scores_of_this_project"]["overall_accuracy"]
    assert told["difference"]["overall_accuracy"] == pytest.approx(gap, abs=1e-3) and gap > 1
    assert told["num_unscored"] == len(own) - len(judged) > 0 and told["is_official"] is False


def test_a_submission_holds_predictions_scores_and_entry(exported: Exported, tmp_path: Path) -> None:
    wanted = Exported(paths=exported.paths, models=[MODEL], judge=JUDGE, num_resamples=0)
    (path,) = export(wanted, "submission", tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["predictions.jsonl", "scores.json", "entry.json", "conditions.json"]
        entry, scores = (json.loads(archive.read(f"{name}.json")) for name in ("entry", "scores"))
        conditions = json.loads(archive.read("conditions.json"))
        assert len(archive.read("predictions.jsonl").decode().split("\n")) == 1 + 90
    published = next(one for one in published_entries() if one["model"] == MODEL)
    assert (entry["model"], entry["family"], entry["params"]) == (MODEL, published["family"], published["params"])
    assert list(entry)[4:] == list(scores["scores"]) and len(conditions["conditions"]) == 9
    assert entry["overall_accuracy"] == round(scores["scores"]["overall_accuracy"], 1)


def test_tables_are_the_analysis_tables(exported: Exported, tmp_path: Path) -> None:
    files = export(exported, "tables", tmp_path)
    for name, frame in all_tables(exported.analysis).items():
        assert pl.read_parquet(tmp_path / f"{name}.parquet").equals(frame)
        assert pl.read_csv(tmp_path / f"{name}.csv", infer_schema_length=None).shape == frame.shape
    assert {path.suffix for path in files} == {".parquet", ".csv", ".md", ".tex"}
    board = (tmp_path / f"leaderboard-{JUDGE}.md").read_text().splitlines()
    assert len(board) == 2 + 13 and all(line.count("|") == 6 for line in board)


def test_marks_of_markdown_and_latex_are_escaped() -> None:
    rows = [["a|b", "c_d"], ["<b>\n50%", "\\x{y} & $#~^"]]
    assert markdown(rows) == "| a\\|b | c\\_d |\n| --- | --- |\n| \\<b\\> 50% | \\\\x{y} & $#~^ |\n"
    assert (
        r"\textless{}b\textgreater{} 50\% & \textbackslash{}x\{y\} \& \$\#\textasciitilde{}\textasciicircum{}"
        in latex(rows)
    )


def test_figures_are_svg_files(exported: Exported, tmp_path: Path) -> None:
    files = export(exported, "figures", tmp_path)
    assert {"leaderboard", "tiers", "cost", "ranks", "agreement"} <= {path.stem.split("-")[0] for path in files}
    for path in files:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_logs_have_the_fields_that_inspects_reader_asks_for(exported: Exported, tmp_path: Path) -> None:
    (path,) = export(exported, "inspect", tmp_path)
    # Inspect's listing knows JSON logs by their names
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\+00-00_diffspot_gpt-5\.4\.json", path.name)
    log = json.loads(path.read_text(encoding="utf-8"))
    for where, fields in ASKED_OF_A_LOG.items():
        part = log
        for step in where:
            part = part[step]
        assert fields <= part.keys(), where
    assert (log["version"], log["status"]) == (2, "success")
    assert len(log["samples"]) == 90 and log["samples"][0]["output"]["choices"][0]["message"]["content"] == HOSTILE
    verdicts = exported.verdicts(MODEL, JUDGE)
    grades = {one["id"]: one["scores"][JUDGE]["value"] for one in log["samples"]}
    right = {pair_id for pair_id, value in grades.items() if value == "C"}
    assert right == set(verdicts.filter(pl.col("is_correct"))["pair_id"])
    accuracy = log["results"]["scores"][0]["metrics"]["overall_accuracy"]["value"]
    assert accuracy == pytest.approx(len(right) / 90)


def test_card_and_citation_say_what_was_run(exported: Exported, tmp_path: Path) -> None:
    card, citation = export(exported, "card", tmp_path)
    text = card.read_text()
    assert MODEL in text and "Not official: dataset revision" in text and "Judge kimi-k2.5 is a contestant" in text
    assert yaml.safe_load(citation.read_text())["cff-version"] == "1.2.0"


def test_a_bundle_is_a_run_that_gives_the_same_tables(exported: Exported, tmp_path: Path) -> None:
    first = analyse(exported.paths.root, num_resamples=20)
    (path,) = export(exported, "bundle", tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None and not any("image" in name for name in archive.namelist())
        archive.extractall(tmp_path / "elsewhere")
    found = analyse(tmp_path / "elsewhere" / "published", num_resamples=20)
    assert all_tables(found).keys() == all_tables(first).keys()
    for name, frame in all_tables(first).items():
        # sums of floats may be added up in another order
        assert_frame_equal(all_tables(found)[name], frame, rel_tol=1e-12, abs_tol=0)


def test_names_make_safe_files_that_stay_apart(tmp_path: Path) -> None:
    assert file_name("gpt-5.4") == "gpt-5.4"
    names = ["../../etc", "a/b", "a_b", "a b", "...", "x" * 300]
    assert len({file_name(name) for name in names}) == len(names)
    assert all(Path(file_name(name)).name == file_name(name) and len(file_name(name)) < 120 for name in names)
    made = write_zip({"b": "1", "a": b"2"}, tmp_path / "x.zip").read_bytes()
    assert zipfile.ZipFile(io.BytesIO(made)).namelist() == ["b", "a"]


def test_the_door_writes_and_refuses(exported: Exported, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(exported.paths.root)
    assert main(["export", run, "--as", "predictions", "--model", MODEL, "--to", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / MODEL / 'predictions.jsonl'}\n"
    for arguments, message in (
        (["--as", "pdf"], "cannot export as 'pdf'"),
        (["--as", "scores", "--model", "gpt-5.5"], "did you mean gpt-5.4"),
        (["--as", "scores", "--judge", "nobody"], "no verdicts of judge 'nobody'"),
    ):
        assert main(["export", run, *arguments]) == 2
        assert message in capsys.readouterr().err
    with pytest.raises(ConfigError):
        export(exported, "nothing")
    assert load(exported.paths).pairs.height == 90
