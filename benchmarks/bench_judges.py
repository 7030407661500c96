"""What a deterministic verdict costs: `python benchmarks/bench_judges.py`; exit status 1 over 2 ms of CPU an answer."""

import sys
import time
from typing import Final

from judge import JUDGES
from judge.calibration import calibrate, load_examples

LIMIT_MS: Final = 2.0


def measure_ms(kind: str) -> float:
    """Return CPU milliseconds for one of the sixty hand-written answers, after a first pass."""
    examples, judge = load_examples(), JUDGES.load(kind)(JUDGES.configure({"kind": kind}))
    calibrate(judge, examples)
    started = time.process_time()
    calibrate(judge, examples)
    return (time.process_time() - started) / len(examples) * 1e3


def main() -> int:
    """Print each figure with its limit; return the exit status."""
    figures = {kind: measure_ms(kind) for kind in ("rules", "similarity")}
    for kind, figure in figures.items():
        print(f"{kind:10} {figure:.2f} ms  limit {LIMIT_MS:g}  {'pass' if figure <= LIMIT_MS else 'FAIL'}")
    return 0 if all(figure <= LIMIT_MS for figure in figures.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
