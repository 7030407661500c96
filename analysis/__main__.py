"""The door: `python -m analysis RUN` rebuilds a run's tables and report; with a verb it exports or compares."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.pair_measures import Embed

DONE, USER_CAN_FIX = 0, 2

_EPILOG = """
verbs:
  python -m analysis export RUN --as FORM     a run for other programs: python -m analysis export --help
  python -m analysis compare RUN_A RUN_B      paired tests on the same pairs, what got better and worse
(a folder of that name is ./export or ./compare)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked; return 0, or 2 where the user can fix it, such as a RUN that is not one or isn't finished."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    verbs: Mapping[str, Callable[[Sequence[str]], int]] = {"export": _export, "compare": _compare}
    does, rest = (verbs[given[0]], given[1:]) if given and given[0] in verbs else (_rebuild, given)
    from schemas.errors import StoreError, UserError

    try:
        return does(rest)
    except (StoreError, UserError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - this is the door
        return USER_CAN_FIX


def _rebuild(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.query is not None:
        return _query(options.run, options.query, is_csv=options.csv)
    from rich.console import Console

    from analysis.console import show
    from analysis.report.images import find_images
    from analysis.run import analyse, measure_images
    from records.run_paths import RunPaths

    paths = RunPaths(options.run)
    images = find_images(paths)
    if options.image_measures or options.vision_model:
        measure_images(paths, images, embed=_embedding(options.vision_model))
    analysis = analyse(options.run, images=images, num_resamples=options.resamples, seed=options.seed)
    console = Console(highlight=False)
    show(analysis, console)
    console.print(f"tables     {paths.analysis_dir}\npictures   {paths.report}", soft_wrap=True, markup=False)
    if paths.manifest.exists():
        return DONE
    unfinished = f"{paths.root} is not finished, and what is absent counts as not right: run its sweep command again"
    print(unfinished, file=sys.stderr)  # noqa: T201
    return USER_CAN_FIX


def _embedding(folder: Path | None) -> "Embed | None":
    from analysis.vision_model import load_embedding

    return None if folder is None else load_embedding(folder)


def _query(run: Path, sql: str, *, is_csv: bool) -> int:
    from analysis.query import as_text, query
    from records.run_paths import RunPaths

    found = query(RunPaths(run), sql)
    print(found.write_csv() if is_csv else as_text(found), end="" if is_csv else "\n")  # noqa: T201
    return DONE


def _export(arguments: Sequence[str]) -> int:
    options = _export_parser().parse_args(arguments)
    from analysis.export.formats import Exported, export
    from records.run_paths import RunPaths

    wanted = Exported(
        paths=RunPaths(options.run), models=options.model, judge=options.judge, num_resamples=options.resamples
    )
    for path in export(wanted, options.form, options.to):
        print(path)  # noqa: T201
    return DONE


def _compare(arguments: Sequence[str]) -> int:
    options = _compare_parser().parse_args(arguments)
    from analysis.compare import compare, lines
    from analysis.run import load
    from records.run_paths import RunPaths
    from schemas.errors import ConfigError

    if not all("=" in pair for pair in options.rows):
        raise ConfigError("--rows takes FIRST=SECOND: a model of the first run, and one of the second")
    twins = dict(pair.split("=", 1) for pair in options.rows)
    found = compare(load(RunPaths(options.first)), load(RunPaths(options.second)), rows=twins or None)
    if options.csv:
        print(found.changes.write_csv(), end="")  # noqa: T201
    else:
        print("\n".join(lines(found, str(options.first), str(options.second))))  # noqa: T201
    return DONE


def _parser() -> argparse.ArgumentParser:
    description, form = __doc__.split(": ", 1)[1], argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m analysis", description=description, epilog=_EPILOG, formatter_class=form
    )
    parser.add_argument("run", metavar="RUN", type=Path, help="a run's folder, such as runs/leaderboard-1a2b3c4d")
    _add_resamples(parser)
    parser.add_argument("--seed", type=int, help="seed of the bootstrap (default: the run's own)")
    help_measures = "first measure each change on its images, once: structural similarity, colour difference"
    parser.add_argument("--image-measures", action="store_true", help=help_measures)
    help_vision = "measure the distance of a vision model's embeddings, too: the model's folder, such as CLIP's"
    parser.add_argument("--vision-model", metavar="FOLDER", type=Path, help=help_vision)
    help_query = "print what a SELECT over the run's tables gives (pairs, predictions, verdicts, leaderboard, ...)"
    parser.add_argument("--query", metavar="SQL", help=help_query)
    parser.add_argument("--csv", action="store_true", help="print the query's rows as CSV, all of them")
    return parser


def _export_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis export", description="Write a run for other programs.")
    parser.add_argument("run", metavar="RUN", type=Path, help="a run's folder")
    forms = "predictions, scores, submission, tables, figures, inspect, card or bundle: docs/exchange.md"
    parser.add_argument("--as", dest="form", metavar="FORM", required=True, help=forms)
    parser.add_argument("--to", metavar="FOLDER", type=Path, help="where to (default: RUN/export/FORM)")
    parser.add_argument("--model", action="append", default=[], help="only this row; may be given again")
    parser.add_argument("--judge", help="only this judge's verdicts")
    _add_resamples(parser)
    return parser


def _compare_parser() -> argparse.ArgumentParser:
    description = "Compare two runs over the pairs that both hold."
    parser = argparse.ArgumentParser(prog="python -m analysis compare", description=description)
    parser.add_argument("first", metavar="RUN_A", type=Path, help="the run before")
    parser.add_argument("second", metavar="RUN_B", type=Path, help="the run after")
    help_rows = "compare a row of the first run with one of another name; may be given again"
    parser.add_argument("--rows", action="append", default=[], metavar="FIRST=SECOND", help=help_rows)
    parser.add_argument("--csv", action="store_true", help="print every part's figures as CSV")
    return parser


def _add_resamples(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--resamples", type=int, default=2_000, help="bootstrap resamples (default 2000)")


if __name__ == "__main__":
    sys.exit(main())
