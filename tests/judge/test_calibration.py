import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from judge import JUDGES
from judge.__main__ import main
from judge.calibration import Outcome, Rate, calibrate, confusion, hallucination_rate, load_examples, verdict_rate
from schemas.errors import DatasetError

ROOT = Path(__file__).parents[2]


def outcomes_of(kind: str) -> tuple[Outcome, ...]:
    return calibrate(JUDGES.load(kind)(JUDGES.configure({"kind": kind})), load_examples())


@pytest.mark.parametrize(("kind", "num_verdicts", "num_counts"), [("rules", 56, 55), ("similarity", 43, 41)])
def test_agreement_with_the_sixty_answers_holds(kind: str, num_verdicts: int, num_counts: int) -> None:
    outcomes = outcomes_of(kind)
    assert len(outcomes) == sum(confusion(outcomes).values()) == 60
    assert verdict_rate(outcomes).num >= num_verdicts
    assert hallucination_rate(outcomes).num >= num_counts


def test_wilson_interval_against_published_figures() -> None:
    low, high = Rate(num=57, of=60).bounds
    assert (round(low, 3), round(high, 3)) == (0.863, 0.983)
    assert Rate(num=0, of=60).bounds[0] == 0.0
    assert round(Rate(num=0, of=60).bounds[1], 3) == 0.060


def test_command_prints_rates_and_disagreements(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--details"]) == 0
    printed = capsys.readouterr().out
    assert "judge: rules" in printed
    assert "judge: similarity" in printed
    assert "found" in printed


def test_absent_answers_are_the_users_to_mend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--answers", str(tmp_path / "none.jsonl")]) == 2
    assert "--answers PATH" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"answer_id": "a"}', '{"answer_id": "a", "text": "x", "truth": {"task_type": "no_diff"}}']
)
def test_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="line 2"):
        load_examples(path)


@pytest.mark.parametrize("path", sorted((ROOT / "conf" / "judge").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_judge_config_builds(path: Path) -> None:
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(values) == {"name", "judge", "engine"}
    config = JUDGES.configure(values["judge"])
    assert config.uses_prompt == (values["engine"] is not None)
    assert config.identity()["kind"] == values["judge"]["kind"]


def test_rules_import_nothing_heavy() -> None:
    code = (
        "import sys, judge.rules, judge.similarity, judge.llm; "
        "print(sorted({'polars', 'ray', 'openai', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
