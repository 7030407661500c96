"""`python -m judge`: print how far the judges that need no engine agree with the sixty hand-written answers."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from judge.answers_dataset import write_dataset
from judge.calibration import ANSWERS, Outcome, confusion, hallucination_rate, load_examples, verdict_rate
from judge.measured import as_json, measure
from schemas.errors import DiffspotError, UserError

_ORDER = ("correct", "partial", "missed", "clean", "hallucination", "unparsed")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the agreement; return the exit status: 0 done, 1 failed, 2 the user can fix it."""
    options = _parser().parse_args(arguments)
    try:
        print(_told(options), end="" if options.json else "\n")  # noqa: T201 - this is the door
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except DiffspotError as error:
        print(f"failed: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _told(options: argparse.Namespace) -> str:
    if options.as_dataset is not None:
        files = write_dataset(load_examples(options.answers), options.as_dataset)
        return "\n".join(map(str, files))
    measured = measure(options.answers)
    return as_json(measured) if options.json else _report(measured, options.answers, options.details)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m judge", description=__doc__)
    parser.add_argument(
        "--answers", type=Path, default=ANSWERS, metavar="PATH", help="another file of answers (JSON lines)"
    )
    parser.add_argument("--details", action="store_true", help="list every answer on which a judge disagrees")
    help_json = "print what each judge says as JSON: data/judge_answers/measured.json, which analyses read, is made so"
    help_dataset = "write the answers as pairs and predictions, which +sweep=hand_written has any judge judge"
    parser.add_argument("--as-dataset", type=Path, metavar="FOLDER", help=help_dataset)
    parser.add_argument("--json", action="store_true", help=help_json)
    return parser


def _report(measured: Mapping[str, tuple[Outcome, ...]], path: Path, details: bool) -> str:
    num_answers = len(next(iter(measured.values())))
    lines = [f"{num_answers} hand-written answers, {path.name}"]
    for kind, outcomes in measured.items():
        lines += ["", *_summary(kind, outcomes)]
        if details:
            lines += [line for outcome in outcomes for line in _detail(outcome)]
    return "\n".join(lines)


def _summary(kind: str, outcomes: tuple[Outcome, ...]) -> list[str]:
    table = confusion(outcomes)
    rows = [name for name in _ORDER if any(expected == name for expected, _ in table)]
    columns = [name for name in _ORDER if any(found == name for _, found in table)]
    cells = [[f"{row:>15}", *(f"{table.get((row, column), 0) or '.':>15}" for column in columns)] for row in rows]
    return [
        f"judge: {kind}",
        f"  verdict as expected            {verdict_rate(outcomes)}",
        f"  number of inventions expected  {hallucination_rate(outcomes)}",
        f"{'expected, found':>15}" + "".join(f"{column:>15}" for column in columns),
        *("".join(row) for row in cells),
    ]


def _detail(outcome: Outcome) -> list[str]:
    if outcome.agrees and outcome.agrees_on_hallucinations:
        return []
    example, judgement = outcome.example, outcome.judgement
    return [
        f"  {example.answer_id}: expected {example.expected} and {example.expected_hallucinations} inventions, "
        f"found {outcome.found} and {len(judgement.hallucinations)}",
        f"      answer: {' / '.join(example.case.text.split(chr(10)))}",
        *(f"      counted as invented: {claim}" for claim in judgement.hallucinations),
        *([f"      matched by {judgement.matched_by}: {judgement.matched_text}"] if judgement.matched_by else []),
    ]


if __name__ == "__main__":
    sys.exit(main())
