"""The report's section on judges: there where something is known of them, escaped, and in the figures' export."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
from analysis_frames import random_pairs, verdicts_frame
from report_runs import HOSTILE

from analysis.console import render
from analysis.export.figures import write_figures
from analysis.export.formats import Exported
from analysis.export.tables import all_tables, write_tables
from analysis.facts import read_facts
from analysis.report.document import render_report
from analysis.report.drawing import as_file
from analysis.report.lamp import lamp, leniency_figure, probe_figure
from analysis.tally import Analysis, RunTables, build
from records.files import write_table, write_text
from records.run_paths import RunPaths
from schemas.analysis_tables import STATISTICS
from schemas.tables import PREDICTIONS, RUN_PAIRS, VERDICTS

PAIRS = random_pairs(3, num_pairs=160)
ADAPTERS = {"oracle": {"kind": "oracle"}, HOSTILE: {"kind": "flawed_oracle", "flaw": "vague"},
            "empty": {"kind": "flawed_oracle", "flaw": "empty"}}  # fmt: skip
CONFIG = {
    "models": {f"p{n}": {"name": name, "role": "probe", "adapter": ADAPTERS[name]} for n, name in enumerate(ADAPTERS)}
    | {name: {"name": name, "role": "model"} for name in ("m0", "m1", "m2", "m3")},
    "judges": {name: {"name": name, "judge": {"kind": name}} for name in ("rules", "lenient")},
    "contestants": {"rules": ["m0"]},
}  # fmt: skip


def _verdicts(models: tuple[str, ...]) -> pl.DataFrame:
    rows = []
    for judge in ("rules", "lenient"):
        for place, model in enumerate(models):
            for number, (pair_id, task_type) in enumerate(PAIRS.select("id", "task_type").iter_rows()):
                taken = {"oracle": True, "empty": False, HOSTILE: number % 3 == 0 and judge == "lenient"}.get(
                    model, (number * (place + 2)) % 7 < 2 + place + (judge == "lenient")
                )
                status = "no_answer" if model == "empty" else "ok"
                verdict = None if model == "empty" or task_type == "no_diff" else "correct" if taken else "missed"
                invented = int(task_type == "no_diff" and not taken and model != "empty")
                rows.append({"judge": judge, "model": model, "pair_id": pair_id, "is_correct": taken, "status": status,
                             "verdict": verdict, "num_hallucinations": invented})  # fmt: skip
    return verdicts_frame(rows)


def _tables(verdicts: pl.DataFrame, config: dict[str, object]) -> RunTables:
    roles = dict.fromkeys(ADAPTERS, "probe")
    return RunTables(pairs=PAIRS, predictions=PREDICTIONS.to_frame(), verdicts=verdicts, roles=roles,
                     contestants={"rules": ["m0"]}, facts=read_facts(config))  # fmt: skip


TABLES = _tables(_verdicts((*ADAPTERS, "m0", "m1", "m2", "m3")), CONFIG)


@pytest.fixture(scope="module")
def counted() -> Analysis:
    return build(TABLES, num_resamples=5)


def test_the_section_says_what_each_judge_takes_and_what_rates_would_be(counted: Analysis) -> None:
    text = render_report(counted, TABLES, title="lamp")
    section = text[text.index('id="lamp"') : text.index('id="costs"')]
    assert 'href="#lamp"' in text
    for said in ("What judges make of right and wrong answers", "Raw and corrected rates, judge rules",
                 "not judged: no answer counts as wrong by itself", "Does a judge favour itself?",
                 "rules on its own m0, against lenient", "should be partial"):  # fmt: skip
        assert said in section, said
    assert HOSTILE not in section and "onerror=alert(1)&gt;" in section
    assert "nan" not in section.lower().replace("finance", "").split()


def test_nothing_is_said_where_nothing_is_known() -> None:
    tables = RunTables(pairs=PAIRS, predictions=PREDICTIONS.to_frame(), verdicts=_verdicts(("m0", "m1")))
    analysis = build(tables, num_resamples=0)
    assert lamp(analysis) == ""
    assert not any(line.text.startswith(("lamp", "favour")) for line in render(analysis))


def test_a_judge_that_also_answers_is_spoken_of_where_no_probe_is() -> None:
    tables = replace(_tables(_verdicts(("m0", "m1", "m2", "m3")), {"models": {}}), contestants={"rules": ["m0"]})
    section = lamp(build(tables, num_resamples=0))
    assert "Does a judge favour itself?" in section and "<table" not in section


def test_the_console_says_it_in_lines(counted: Analysis) -> None:
    lines = [line.text for line in render(counted)]
    assert any(line.startswith("judge: lenient (a probe, made to be found out: it ranks nobody)") for line in lines)
    assert sum(line.startswith("lamp    probes: takes 100% [") for line in lines) == 2
    assert any(line.startswith("lamp    hand-written answers: takes ") for line in lines)
    assert any("corrected by the probes: " in line for line in lines)
    assert any(line.startswith("favour  rules on its own m0, against lenient: ") for line in lines)


def test_figures_are_drawn_for_an_xml_reader_and_left_out_where_there_are_none(counted: Analysis) -> None:
    for drawn in (probe_figure(counted, "rules"), leniency_figure(counted, "lenient")):
        assert drawn is not None
        assert ElementTree.fromstring(as_file(drawn).encode()).get("aria-label")
    assert probe_figure(counted, "absent") is None and leniency_figure(counted, "absent") is None


def test_exports_hold_the_tables_and_the_figures(counted: Analysis, tmp_path: Path) -> None:
    assert set(STATISTICS) <= set(all_tables(counted))
    paths = RunPaths(tmp_path / "run")
    write_table(PAIRS, paths.pairs, RUN_PAIRS)
    write_table(PREDICTIONS.to_frame(), paths.predictions, PREDICTIONS)
    write_table(TABLES.verdicts.lazy().collect(), paths.verdicts, VERDICTS)
    write_text(json.dumps(CONFIG), paths.config)
    tables = write_tables(Exported(paths=paths, num_resamples=0), tmp_path / "tables")
    assert {"judge_accuracy.md", "judge_accuracy.tex", "judge_accuracy.csv", "corrected.parquet"} <= {
        path.name for path in tables
    }
    told = (tmp_path / "tables" / "judge_accuracy.md").read_text("utf-8").splitlines()
    assert len(told) == 2 + 8 and told[2].startswith("| lenient | probes | changed | 100% ")
    names = {path.name for path in write_figures(Exported(paths=paths, num_resamples=0), tmp_path / "figures")}
    assert {"probes-rules.svg", "probes-lenient.svg", "leniency-rules.svg", "leniency-lenient.svg"} <= names
