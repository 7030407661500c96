"""`python -m records verify|compact|export RUNS`: look after the store that all runs below a folder share."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from schemas.errors import ConfigError, DiffspotError, UserError

DONE, FAILED, USER_CAN_FIX, STOPPED = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked; return the exit status: 0 done, 1 failed or damaged, 2 the user can fix it, 3 stopped."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.work(options)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - this is the door
        return USER_CAN_FIX
    except DiffspotError as error:
        print(f"failed: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    except KeyboardInterrupt:
        print("stopped: nothing is lost", file=sys.stderr)  # noqa: T201
        return STOPPED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m records", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="verify | compact | export")
    for name, work, does in (
        ("verify", _verify, "read every row and every table; exit status 1 where something is damaged"),
        ("compact", _compact, "make one Parquet file of all segments that no driver writes any more"),
        ("export", _export, "write the row that counts for each key to a file of your own"),
    ):
        verb = verbs.add_parser(name, help=does, description=does)
        verb.add_argument("runs", metavar="RUNS", type=Path, nargs="?", default=Path("runs"), help="default: runs")
        verb.set_defaults(work=work)
        if work is _export:
            verb.add_argument("--to", required=True, type=Path, metavar="FILE", help="FILE.jsonl or FILE.parquet")
            verb.add_argument("--kind", help="prediction or verdict; default: all")
    return parser


def _store(options: argparse.Namespace) -> Path:
    from records.run_paths import RunsPaths

    store = RunsPaths(options.runs).store
    if not store.is_dir():
        raise ConfigError(f"no store below {options.runs}: name the folder that holds your runs")
    return store


def _verify(options: argparse.Namespace) -> int:
    from records.inspection import damaged_tables, inspect_store
    from records.run_paths import RunsPaths

    reports = list(inspect_store(_store(options)))
    width = max([len(report.name) for report in reports], default=0)
    for report in reports:
        line = f"{report.name:{width}}  {report.num_finished:>9,} finished  {report.num_errors:>7,} errors"
        print(f"{line}  {len(report.damage):>5,} damaged{'  (being written)' * report.is_live}")  # noqa: T201
    lost = [f"{damage}; that call is asked again" for report in reports for damage in report.damage]
    tables = list(damaged_tables(RunsPaths(options.runs)))
    for message in (*lost, *tables):
        print(message)  # noqa: T201
    print(f"{len(reports)} files, {len(lost)} damaged places, {len(tables)} damaged tables")  # noqa: T201
    return FAILED if lost or tables else DONE


def _compact(options: argparse.Namespace) -> int:
    from records.compaction import compact

    done = compact(_store(options), say=print)
    for damage in done.damage:
        print(f"{damage}; that call is asked again")  # noqa: T201
    if done.num_live:
        print(f"{done.num_live} segments left alone: their drivers run")  # noqa: T201
    if done.path is None:
        print("nothing to compact")  # noqa: T201
    else:
        sizes = f"{done.bytes_before / 1e6:,.1f} MB -> {done.bytes_after / 1e6:,.1f} MB"
        print(f"{done.num_rows:,} rows of {done.num_files} files in {done.path}, {sizes}")  # noqa: T201
    return DONE


def _export(options: argparse.Namespace) -> int:
    from records.export import export

    num_rows = export(_store(options), options.to, options.kind)
    print(f"{num_rows:,} rows in {options.to}")  # noqa: T201
    return DONE


if __name__ == "__main__":
    sys.exit(main())
