"""A browser of pairs that needs nothing but the file: `python -m pairgen.browse PAIRS.parquet [port=0]`.

Serves one page on 127.0.0.1: every pair of the file, filtered by operator, tier, domain, task type and words; before,
after and their difference with a slider, a blink and boxes; the sentence and all that the file says. Ctrl-C ends it.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from schemas.errors import ConfigError

_USAGE: Final = """\
usage: python -m pairgen.browse PAIRS.parquet [port=0]

Looks through the pairs of a file in a web browser; prints the address, which only this machine can open.
  port=8000   instead of any port that is free
Exit status: 0 ended by Ctrl-C; 2 something that you can fix."""


def main(arguments: Sequence[str]) -> int:
    """Serve the file until Ctrl-C; return the exit status."""
    if list(arguments) in (["-h"], ["--help"]):
        sys.stdout.write(f"{_USAGE}\n")
        return 0
    places = [argument for argument in arguments if not argument.startswith("port=")]
    ports = [argument.removeprefix("port=") for argument in arguments if argument.startswith("port=")]
    if len(places) != 1 or len(ports) > 1 or not all(port.isdecimal() for port in ports):
        raise ConfigError(_USAGE.partition("\n")[0])
    from pairgen.browse_file import PairsFile
    from pairgen.browse_server import BrowseConfig, BrowseServer

    config = BrowseConfig(port=int(ports[0])) if ports else BrowseConfig()
    with PairsFile(Path(places[0])) as pairs, BrowseServer(pairs, config) as server:
        try:
            sys.stdout.write(f"{len(pairs):,} pairs: {server.address}   Ctrl-C ends it\n")
            sys.stdout.flush()
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    from orchestrator.door import run_command

    run_command(lambda: main(sys.argv[1:]))
