"""SLURM's own commands."""

import shutil
import subprocess

from schemas.errors import ConfigError

_TIMEOUT_S = 60.0


def has_tool(name: str) -> bool:
    """Tell whether a command is there."""
    return shutil.which(name) is not None


def run_tool(name: str, *arguments: str, stdin: str = "") -> str:
    """Run one of SLURM's commands and return what it says; ConfigError with its own words where it fails."""
    if not has_tool(name):
        raise ConfigError(f"{name} is not here: run this where SLURM's commands are, such as a login node")
    try:
        done = subprocess.run(
            [name, *arguments], input=stdin, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(f"{name} says nothing for {_TIMEOUT_S:.0f} s: is SLURM's controller up?") from None
    if done.returncode:
        raise ConfigError(f"{name}: {done.stderr.strip() or f'exit status {done.returncode}'}")
    return done.stdout
