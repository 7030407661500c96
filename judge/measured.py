"""What the judges that run anywhere say of the sixty hand-written answers, kept as data: analyses read it there.

An analysis imports no judge, and a run without probes has nothing else to correct a judge's figures by.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from judge.calibration import ANSWERS, Outcome, calibrate, load_examples
from schemas.protocols import Json

KINDS: Final = ("rules", "similarity", "lenient")
"""Judges that need no engine; each is measured with its default settings."""
MEASURED: Final = ANSWERS.with_name("measured.json")


def measure(path: Path = ANSWERS) -> Mapping[str, tuple[Outcome, ...]]:
    """Judge every answer by every kind; DatasetError where the answers can't be read."""
    from judge import JUDGES

    examples = load_examples(path)
    return {kind: calibrate(JUDGES.load(kind)(JUDGES.configure({"kind": kind})), examples) for kind in KINDS}


def as_json(measured: Mapping[str, tuple[Outcome, ...]]) -> str:
    """Return judge kind to `version` and its answers: id, expected and found outcome, one line each."""
    from judge import JUDGES

    blocks = []
    for kind, outcomes in measured.items():
        version = JUDGES.configure({"kind": kind}).identity()["version"]
        lines = ",\n    ".join(json.dumps(_row(outcome)) for outcome in outcomes)
        blocks.append(f'  "{kind}": {{"version": {json.dumps(version)}, "answers": [\n    {lines}\n  ]}}')
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _row(outcome: Outcome) -> dict[str, Json]:
    example = outcome.example
    operator = next((mutation.type for mutation in example.case.truth.mutations), None)
    return {
        "answer_id": example.answer_id, "operator": operator, "expected": example.expected, "found": outcome.found,
    }  # fmt: skip
