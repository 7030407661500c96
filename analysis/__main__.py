"""The door: `python -m analysis RUN` rebuilds a run's tables and report, and prints the leaderboard."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

DONE, USER_CAN_FIX = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Rebuild and print; return 0, or 2 where RUN isn't a run's folder or isn't finished."""
    options = _parser().parse_args(arguments)
    from rich.console import Console

    from analysis.console import show
    from analysis.images import find_images
    from analysis.run import analyse, measure_images
    from records.run_paths import RunPaths
    from schemas.errors import StoreError, UserError

    paths = RunPaths(options.run)
    try:
        images = find_images(paths)
        if options.image_measures:
            measure_images(paths, images)
        analysis = analyse(options.run, images=images, num_resamples=options.resamples, seed=options.seed)
    except (StoreError, UserError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - this is the door
        return USER_CAN_FIX
    console = Console(highlight=False)
    show(analysis, console)
    console.print(f"tables     {paths.analysis_dir}\npictures   {paths.report}", soft_wrap=True, markup=False)
    if paths.manifest.exists():
        return DONE
    unfinished = f"{paths.root} is not finished, and what is absent counts as not right: run its sweep command again"
    print(unfinished, file=sys.stderr)  # noqa: T201
    return USER_CAN_FIX


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__.split(": ", 1)[1])
    parser.add_argument("run", metavar="RUN", type=Path, help="a run's folder, such as runs/leaderboard-1a2b3c4d")
    parser.add_argument("--resamples", type=int, default=2_000, help="bootstrap resamples (default 2000)")
    parser.add_argument("--seed", type=int, help="seed of the bootstrap (default: the run's own)")
    help_measures = "first measure each change on its images, once: structural similarity, colour difference"
    parser.add_argument("--image-measures", action="store_true", help=help_measures)
    return parser


if __name__ == "__main__":
    sys.exit(main())
