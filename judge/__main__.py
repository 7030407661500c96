"""`python -m judge`: print how far the deterministic judges agree with the sixty hand-written answers."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from judge.calibration import ANSWERS, Outcome, calibrate, confusion, hallucination_rate, load_examples, verdict_rate
from schemas.errors import DiffspotError, UserError

KINDS = ("rules", "similarity")
_ORDER = ("correct", "partial", "missed", "clean", "hallucination", "unparsed")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the agreement; return the exit status: 0 done, 1 failed, 2 the user can fix it."""
    options = _parser().parse_args(arguments)
    try:
        print(_report(options.answers, options.details))  # noqa: T201 - this is the door
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except DiffspotError as error:
        print(f"failed: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m judge", description=__doc__)
    parser.add_argument(
        "--answers", type=Path, default=ANSWERS, metavar="PATH", help="another file of answers (JSON lines)"
    )
    parser.add_argument("--details", action="store_true", help="list every answer on which a judge disagrees")
    return parser


def _report(path: Path, details: bool) -> str:
    from judge import JUDGES

    examples = load_examples(path)
    lines = [f"{len(examples)} hand-written answers, {path.name}"]
    for kind in KINDS:
        outcomes = calibrate(JUDGES.load(kind)(JUDGES.configure({"kind": kind})), examples)
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
