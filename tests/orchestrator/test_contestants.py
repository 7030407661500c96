"""A judge whose weights are also judged is found, and marked wherever its verdicts are shown."""

import json
from pathlib import Path

import row_cases
import sweep_cases as cases
import yaml

from model_adapters.engines.scripted_server import serving
from orchestrator.contestants import contestant_notes, find_contestants


def test_weights_are_the_same_by_the_engines_model_or_by_name() -> None:
    models = [
        row_cases.vlm("served", model="Org/Kimi"),
        row_cases.vlm("kimi", model="x"),
        row_cases.vlm("b", model="y"),
    ]
    judge = row_cases.llm_judge("Kimi", model="org/kimi", base_url="http://127.0.0.1:7/v1")
    other = row_cases.llm_judge("other", model="z")
    found = find_contestants([*models, row_cases.model("rules")], [judge, other, row_cases.judge("rules")])
    assert found == {"Kimi": ["served", "kimi"]}
    assert contestant_notes(found | {"second": ["kimi"]}) == {
        ("judge", "Kimi"): {"contestants": ["served", "kimi"]},
        ("judge", "second"): {"contestants": ["kimi"]},
        ("model", "served"): {"also_judges_as": ["Kimi"]},
        ("model", "kimi"): {"also_judges_as": ["Kimi", "second"]},
    }


def test_a_contestant_is_marked_on_console_in_report_and_manifest(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 5)
    with serving() as server:
        engine = f"engine:{{kind:openai,base_url:'{server.base_url}',model:"
        done = cases.run(
            f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},{engine}scripted}}}}",
            f"+models.theirs={{name:theirs,adapter:{{kind:vlm_chat}},{engine}another}}}}",
            f"+judges.llm={{name:llm,judge:{{kind:llm}},{engine}scripted}}}}",
            "+judge@judges.rules=rules",
            "cluster=inline",
            dataset=dataset,
            runs=tmp_path / "runs",
        )
    assert done.returncode == 0, done.stderr
    assert "judge: llm (unofficial prompt; judge is a contestant)" in done.stdout
    assert "judge: rules (unofficial: deterministic, no LLM)" in done.stdout
    assert done.stdout.count("mine (also judged here)") == 2, "under each judge"
    assert "theirs (also" not in done.stdout
    run_dir = cases.only_run(tmp_path / "runs")
    report = (run_dir / "report.html").read_text()
    assert report.count("This judge is a contestant: its weights also answer as mine.") == 1
    assert report.count(">also judged here<") == 2
    rows = {row["name"]: row for row in json.loads((run_dir / "manifest.json").read_text())["rows"]}
    assert rows["llm"]["contestants"] == ["mine"]
    assert rows["mine"]["also_judges_as"] == ["llm"]
    assert not {"contestants", "also_judges_as"} & (rows["theirs"].keys() | rows["rules"].keys())
    assert yaml.safe_load((run_dir / "config.yaml").read_text())["contestants"] == {"llm": ["mine"]}
