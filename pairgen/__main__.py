"""The door of pair generation: `python -m pairgen out=PATH ...`."""

import sys
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.door import EXIT_DONE, EXIT_FAILED, compose, run_command, split_arguments
from schemas.errors import UserError
from schemas.registry import parse_config

if TYPE_CHECKING:
    from pairgen.pipeline import Pipeline
    from pairgen.records import Pair

_HELP = """\
usage: python -m pairgen out=PATH.parquet [key=value ...]
       python -m pairgen +pairgen=embedded        remakes data/embedded/pairs.parquet

Makes pairs of before/after screenshots with Chromium and prints what became of every candidate.
  pages=composer|FOLDER   where pages come from; a folder of HTML files
  per_cell=2 no_diff=12   pairs for each operator and tier; pairs of a page rendered twice
  seed=7                  decides pages and candidates
  operators=[text,color]  only these
  reference=PATH          compares the result with an earlier one
All keys and their meaning: conf/pairgen.yaml and PairgenConfig in pairgen/pipeline.py.
Exit status: 0 all made; 1 some could not be made (named), or stopped; 2 something that you can fix."""
_PACKAGES = {"playwright": "playwright", "oxipng": "pyoxipng"}
"""What the extra `pairgen` installs: module -> distribution."""
_REPORT_EVERY_S = 30.0


def main(arguments: Sequence[str]) -> int:
    """Make pairs as the arguments say; return the exit status."""
    overrides, rest = split_arguments(arguments)
    if rest in (["-h"], ["--help"]):
        _say(_HELP)
        return EXIT_DONE
    if rest:
        raise UserError(f"not understood: {' '.join(rest)}; see python -m pairgen --help")
    try:
        return _make(overrides)
    except KeyboardInterrupt:
        # Not the exit status of what can be resumed: pairs of an unfinished file are not kept.
        _note("stopped: nothing was written")
        return EXIT_FAILED


def _make(overrides: Sequence[str]) -> int:
    _need_packages()
    from pairgen.compare import compare, read_reference
    from pairgen.pipeline import PairgenConfig, Pipeline
    from pairgen.writer import write_pairs

    config: PairgenConfig = parse_config(PairgenConfig, compose(overrides, "pairgen").values, where="pairgen")
    reference = read_reference(Path(config.reference)) if config.reference else None
    pipeline, out, start = Pipeline(config), Path(config.out), time.monotonic()
    with closing(_reported(pipeline)) as pairs:
        write_pairs(pairs, out, config.png_level)
    out.with_name(out.name + ".funnel.json").write_text(pipeline.funnel.to_json(), encoding="utf-8")
    _say(f"\n{pipeline.funnel.table()}\n{pipeline.funnel.summary()}")
    _say(f"{out}   {out.stat().st_size / 1e6:.1f} MB   {_clock(time.monotonic() - start)}")
    if config.reference:
        _say(compare(out.read_bytes(), reference) if reference else f"no reference at {config.reference} yet")
    return _end(pipeline)


def _need_packages() -> None:
    absent = [name for name in _PACKAGES if find_spec(name) is None]
    if absent:
        raise UserError(
            f"making pairs needs {' and '.join(absent)}: run 'make pairgen' (packages, browser and fonts), or "
            f"pip install -c constraints.txt {' '.join(_PACKAGES.values())}"
        )


def _end(pipeline: "Pipeline") -> int:
    if pipeline.num_skipped:
        _say(f"files skipped: {pipeline.num_skipped}", to_error=True)
    missing = pipeline.missing()
    if not missing:
        return EXIT_DONE
    _say(f"{len(missing)} pairs were not made: {', '.join(missing)}", to_error=True)
    _say(pipeline.shortage(), to_error=True)
    return EXIT_FAILED


def _reported(pipeline: "Pipeline") -> Generator["Pair"]:
    """Pass pairs on, with a line of progress each 30 s, and on a terminal one that renews itself."""
    start = last = time.monotonic()
    is_terminal = sys.stderr.isatty()
    with closing(pipeline.run(_note)) as pairs:
        for pair in pairs:
            now = time.monotonic()
            if is_terminal or now - last > _REPORT_EVERY_S:
                last = now
                funnel = pipeline.funnel
                done = f"pairs {funnel.num_kept}/{pipeline.config.num_wanted}"
                line = f"{done}   pages {funnel.num_pages}   {_clock(now - start)}"
                sys.stderr.write(f"\r{line}" if is_terminal else f"{line}\n")
                sys.stderr.flush()
            yield pair


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _note(text: str) -> None:
    """Say it in a line of its own, also where a terminal shows progress."""
    _say(f"\r\x1b[K{text}" if sys.stderr.isatty() else text, to_error=True)


def _say(text: str, *, to_error: bool = False) -> None:
    print(text, file=sys.stderr if to_error else sys.stdout, flush=True)


if __name__ == "__main__":
    run_command(lambda: main(sys.argv[1:]))
