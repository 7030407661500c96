"""`python -m orchestrator +sweep=leaderboard`: run a sweep and its analysis."""

import sys

from orchestrator.door import EXIT_DONE, compose, options, run_command, split_arguments
from schemas.errors import ConfigError

_USAGE = """\
usage: python -m orchestrator +sweep=NAME [KEY=VALUE | +KEY=VALUE | ~KEY ...]
       python -m orchestrator status [RUN] [--watch | --json]

Runs a sweep of models x judges over a dataset of screenshot pairs, then its analysis. Stopped or
killed, the same command goes on from where it was: no finished call is repeated. `status` says how
far a run is, the newest one where none is named.

  +sweep=NAME                   {sweeps}
  dataset=NAME                  {datasets}  (parquet: dataset.path=FILE)
  limit=N                       ask about N pairs only, spread over tiers and operators
  replay=N                      ask about N% of the pairs again and say how often verdicts flip
  seed=N                        seeds the samples and the bootstrap
  prompts=NAME                  {prompts}  (official: prompts.folder=PATH)
  +model@models.KEY=NAME        add a model row; ~models.KEY removes one
  +judge@judges.KEY=NAME        add a judge row; ~judges.KEY removes one
  details=preflight             say for every row whether it runs here and what it needs, then stop
  on_unavailable=skip|fail      rows that can't run here: leave them out, or refuse to start
  allow_paid=true               call endpoints that cost money
  max_cost_usd=N                stop cleanly once this command's calls cost so much; what is in flight is finished
  canary=false                  don't try models with known images before their calls
  cluster=NAME                  {clusters}
  runs=FOLDER                   where runs and the store are kept (runs)

exit status: 0 done, 1 failed, 2 you can fix it, 3 stopped and resumable
"""


def main() -> int:
    """Read the arguments and run the sweep."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["status"]:
        from orchestrator.status_door import show_status

        return show_status(arguments[1:])
    overrides, rest = split_arguments(arguments)
    if not arguments or {"-h", "--help"} & set(rest):
        groups = {f"{group}s": " | ".join(options(group)) for group in ("sweep", "dataset", "cluster")}
        print(_USAGE.format(**groups, prompts=" | ".join(options("prompts"))), end="")  # noqa: T201 (the door prints)
        return EXIT_DONE
    if rest:
        raise ConfigError(f"{rest[0]!r} is not a setting: settings are KEY=VALUE, see --help")
    composed = compose(overrides)

    from orchestrator.config import read_sweep
    from orchestrator.sweep import run_sweep

    return run_sweep(read_sweep(composed, overrides), composed, arguments)


if __name__ == "__main__":
    run_command(main)
