"""The door of pair generation: `python -m pairgen out=PATH ...`."""

import os
import shlex
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.door import EXIT_DONE, EXIT_FAILED, EXIT_STOPPED, compose, run_command, split_arguments
from schemas.errors import ConfigError, UserError
from schemas.registry import parse_config

if TYPE_CHECKING:
    from pairgen.pipeline import Pipeline

_HELP = """\
usage: python -m pairgen out=PATH.parquet [key=value ...]
       python -m pairgen +pairgen=embedded        remakes data/embedded/pairs.parquet

Makes pairs of before/after screenshots with Chromium and prints what became of every candidate.
  pages=composer|PATH     where pages come from: a folder of HTML and MHTML files, or a text file of addresses
  +sources.NAME=PATH      several of them in the place of pages, told apart in the funnel
  per_cell=2 no_diff=12   pairs for each operator and tier; pairs of a page rendered twice
  seed=7                  decides pages and candidates
  operators=[text,color]  only these
  workers=2               browsers at once; the result is the same for any number
  screenshots.folder=PATH in the place of pages, a folder of expected/ and actual/ PNGs: pairs without truth
  benign.num=100          controls whose images differ although nothing in the page does
  reference=PATH          compares the result with an earlier one
Then: python -m pairgen.browse PAIRS (look through), pairgen.tiles (review), pairgen.split (train, validation, test),
pairgen.polish (an engine rewords the sentences).
All keys and their meaning: conf/pairgen.yaml and PairgenConfig in pairgen/pipeline.py.
Exit status: 0 all made; 1 some could not be made (named); 2 something that you can fix; 3 stopped."""
_PACKAGES = {"playwright": "playwright", "deflate": "deflate", "oxipng": "pyoxipng"}
"""What the extra `pairgen` installs: module -> distribution."""
_MAX_NAMED = 12
_REPORT_EVERY_S = 30.0
_RENEW_EVERY_S = 0.5


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
        command = shlex.join([os.path.relpath(sys.executable), "-m", "pairgen", *arguments])
        _note(f"stopped; every finished page is kept. Go on with:\n  {command}")
        return EXIT_STOPPED


def _make(overrides: Sequence[str]) -> int:
    values = compose(overrides, "pairgen").values
    if values["screenshots"]["folder"]:
        return _pair_up(values)
    _need_packages()
    from pairgen.by_source import operator_table, source_table
    from pairgen.card import write_card
    from pairgen.compare import compare, read_reference
    from pairgen.pipeline import PairgenConfig, Pipeline
    from pairgen.sheet import write_sheet

    config: PairgenConfig = parse_config(PairgenConfig, values, where="pairgen")
    reference = read_reference(Path(config.reference)) if config.reference else None
    pipeline, out, start = Pipeline(config, _note), Path(config.out), time.monotonic()
    pipeline.run(_Progress(pipeline))
    out.with_name(out.name + ".funnel.json").write_text(pipeline.funnel.to_json(), encoding="utf-8")
    _say(f"\n{pipeline.funnel.table()}\n{pipeline.funnel.summary()}")
    if config.sources:
        _say(f"\n{source_table(pipeline.funnel)}\n\n{operator_table(pipeline.funnel)}")
    if pipeline.num_cached:
        _say(f"{pipeline.num_cached} pages were done before and not done again")
    _say(f"{out}   {out.stat().st_size / 1e6:.1f} MB   {_clock(time.monotonic() - start)}")
    if config.sheet_per_cell:
        sheet, card = out.with_suffix(".html"), out.with_suffix(".card.md")
        write_sheet(out, pipeline.funnel, sheet, config.sheet_per_cell)
        write_card(out, pipeline.funnel, card, shlex.join(overrides))
        _say(f"{sheet}   {card}")
    if config.reference:
        _say(compare(out.read_bytes(), reference) if reference else f"no reference at {config.reference} yet")
    return _end(pipeline)


def _pair_up(values: Mapping[str, Any]) -> int:
    """Make pairs without truth of a team's screenshots; that needs no browser."""
    from pairgen.screenshots import ScreenshotsConfig, write_screenshots

    config = parse_config(ScreenshotsConfig, values["screenshots"], where="pairgen: screenshots")
    out = Path(str(values["out"]))
    if out.suffix != ".parquet":
        raise ConfigError("pairgen: say where to write: out=PATH.parquet")
    outcomes = write_screenshots(config, out)
    for line in outcomes.lines():
        _say(line)
    _say(f"{out}   {out.stat().st_size / 1e6:.1f} MB   {out}.outcomes.csv")
    _say(
        "these pairs have no truth: models can be asked about them, and nothing is judged.\n"
        f"  python -m orchestrator +sweep=screenshots dataset=parquet dataset.path={out} +model@models.mine=..."
    )
    return EXIT_DONE if outcomes.is_whole else EXIT_FAILED


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
    _say(f"{len(missing)} pairs were not made: {_counted(missing)}", to_error=True)
    _say(pipeline.shortage(), to_error=True)
    return EXIT_FAILED


def _counted(ids: Sequence[str]) -> str:
    """Return ids of pairs; where they are many, how many of each cell: 3 of hard-gradient, 1 of no_diff."""
    if len(ids) <= _MAX_NAMED:
        return ", ".join(ids)
    cells = Counter(pair_id.rpartition("-")[0] for pair_id in ids)
    return ", ".join(f"{count} of {cell}" for cell, count in cells.most_common())


class _Progress:
    """Say how far it is: a line each 30 s, and on a terminal one that renews itself."""

    def __init__(self, pipeline: "Pipeline") -> None:
        self._pipeline = pipeline
        self._start = self._last = time.monotonic()
        self._is_terminal = sys.stderr.isatty()

    def __call__(self) -> None:
        now, funnel = time.monotonic(), self._pipeline.funnel
        if now - self._last < (_RENEW_EVERY_S if self._is_terminal else _REPORT_EVERY_S):
            return
        self._last = now
        done = f"pairs {funnel.num_kept}/{self._pipeline.config.num_wanted}"
        line = f"{done}   pages {funnel.num_pages}   {_clock(now - self._start)}"
        sys.stderr.write(f"\r{line}" if self._is_terminal else f"{line}\n")
        sys.stderr.flush()


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _note(text: str) -> None:
    """Say it in a line of its own, also where a terminal shows progress."""
    _say(f"\r\x1b[K{text}" if sys.stderr.isatty() else text, to_error=True)


def _say(text: str, *, to_error: bool = False) -> None:
    print(text, file=sys.stderr if to_error else sys.stdout, flush=True)


if __name__ == "__main__":
    run_command(lambda: main(sys.argv[1:]))
