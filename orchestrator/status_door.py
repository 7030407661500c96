"""`python -m orchestrator status [RUN]`: say how far a run is, from any shell that sees its folder."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from orchestrator.status import AT_WORK, Status, read_status
from orchestrator.status_table import is_gone, render
from records.run_paths import RunPaths, RunsPaths
from schemas.errors import ConfigError, StoreError
from schemas.registry import nearest

_REFRESH_S: Final = 2.0
_DONE: Final = 0


def show_status(arguments: Sequence[str]) -> int:
    """Print a run's status; ConfigError where there is no such run."""
    words = [f"--{word}" if word.startswith("runs=") else word for word in arguments]
    options = _parser().parse_args(words)
    paths = find_run(options.run, RunsPaths(Path(options.runs)))
    console = Console(highlight=False, markup=False)
    if options.json:
        sys.stdout.write(paths.status.read_text(encoding="utf-8"))
    elif options.watch:
        _watch(paths, console)
    else:
        console.print(render(read_status(paths.status)), soft_wrap=True)
    return _DONE


def find_run(name: str | None, runs: RunsPaths) -> RunPaths:
    """Return the run of a name or a folder, without either the one heard of last; ConfigError where there is none."""
    known = {path.parent.name: path for path in runs.statuses()}
    if name is None:
        if not known:
            raise ConfigError(f"no run below {runs.root} has a status yet: name a run's folder, or runs=FOLDER")
        newest = max(known.values(), key=lambda path: path.stat().st_mtime)
        return RunPaths(newest.parent)
    for folder in (Path(name), runs.root / name):
        if RunPaths(folder).status.is_file():
            return RunPaths(folder)
    if RunPaths(Path(name)).config.is_file() or runs.run(name).config.is_file():
        raise ConfigError(f"{name} has no status: no driver of this version has run it")
    raise ConfigError(f"no run {name!r}: {nearest(Path(name).name, known) if known else f'none below {runs.root}'}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m orchestrator status",
        description="Say how far a run is: progress, rates, time left, outcomes, engines, GPU-seconds, cost.",
    )
    parser.add_argument("run", nargs="?", metavar="RUN", help="a run's folder or name; default: the newest below runs")
    parser.add_argument("--runs", default="runs", metavar="FOLDER", help="where runs are kept, also as runs=FOLDER")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print the file as it is")
    how.add_argument("--watch", action="store_true", help="go on until the run ends; Ctrl-C ends the watching only")
    return parser


def _watch(paths: RunPaths, console: Console) -> None:
    status = read_status(paths.status)
    try:
        with Live(Text(render(status)), console=console, auto_refresh=False) as live:
            while status.state in AT_WORK and not is_gone(status):
                time.sleep(_REFRESH_S)
                status = _read_again(paths, status)
                live.update(Text(render(status)), refresh=True)
    except KeyboardInterrupt:
        return


def _read_again(paths: RunPaths, before: Status) -> Status:
    """Return the status now; on a shared file system a file may be away for a moment."""
    try:
        return read_status(paths.status)
    except StoreError:
        return before
