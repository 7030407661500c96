"""The door: Hydra overrides in, plain values out. Hydra stops here.

Every room with a command composes through `compose`; every command ends through `run_command`.
"""

import contextlib
import io
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from schemas.errors import ConfigError, DiffspotError, UserError
from schemas.registry import nearest

EXIT_DONE, EXIT_FAILED, EXIT_FIXABLE, EXIT_STOPPED = 0, 1, 2, 3

PROJECT_ROOT = Path(__file__).resolve().parent.parent
CONF_DIR = PROJECT_ROOT / "conf"

_OVERRIDE = re.compile(r"^(\+\+|\+|~)?[\w/@.:-]+(=.*)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Composed:
    """What Hydra composed: plain values, and which option was chosen per group (`sweep` -> `leaderboard`)."""

    values: dict[str, Any]
    choices: dict[str, str]


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split arguments into Hydra overrides (`key=value`, `+key=value`, `~key`) and the rest, in order."""
    overrides = [word for word in arguments if _OVERRIDE.match(word) and ("=" in word or word.startswith("~"))]
    return overrides, [word for word in arguments if word not in overrides]


def compose(overrides: Sequence[str], config_name: str = "config") -> Composed:
    """Compose `conf/<config_name>.yaml` with overrides; ConfigError names what is unknown and what is near."""
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    for word in overrides:
        if "${" in word:
            raise ConfigError(
                f"{word.partition('=')[0]}: a value is plain text; a secret is named, never written: api_key_env=NAME"
            )
    overrides = [_settable(word) for word in overrides]
    try:
        with initialize_config_dir(config_dir=str(CONF_DIR), version_base="1.3"):
            config = hydra_compose(config_name, overrides=list(overrides), return_hydra_config=True)
            choices = OmegaConf.to_container(config.hydra.runtime.choices)
            config = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
            _refuse_missing(OmegaConf.missing_keys(config))
            values = OmegaConf.to_container(config, resolve=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(_explain(error, overrides, config_name)) from error
    assert isinstance(values, dict)
    assert isinstance(choices, dict)
    return Composed({str(key): value for key, value in values.items()}, {str(k): str(v) for k, v in choices.items()})


def _settable(word: str) -> str:
    """Let a row's settings be set whether or not its file names them; the dataclasses refuse what they don't know."""
    return f"++{word}" if re.match(r"(models|judges)\.\w+\.[^=]+=", word) else word


def options(group: str) -> list[str]:
    """Return the names that `conf/<group>/` offers."""
    return sorted(path.stem for path in (CONF_DIR / group).glob("*.yaml"))


def run_command(main: Callable[[], int]) -> NoReturn:
    """Run a command and exit with its status; an error that the user can fix prints as one message."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        status = main()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 (the door prints)
        status = EXIT_FIXABLE
    except DiffspotError as error:
        print(f"failed: {error}", file=sys.stderr)  # noqa: T201
        status = EXIT_FAILED
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)  # noqa: T201
        status = EXIT_STOPPED
    sys.exit(status)


def _refuse_missing(keys: set[str]) -> None:
    if keys:
        named = ", ".join(f"{key}=..." for key in sorted(keys))
        raise ConfigError(f"a value is needed: add {named} to the command")


def _explain(error: Exception, overrides: Sequence[str], config_name: str) -> str:
    """Turn Hydra's words into one line that says which argument is wrong and what is near it."""
    text = str(error)
    if found := re.search(r"[Cc]ould not find '([\w./-]+)'", text):
        group, _, name = found[1].rpartition("/")
        return f"no {group} {name!r}: {nearest(name, options(group))}" if group else f"no config {name!r}"
    if found := re.search(r"full_key: (\S+)", text) or re.search(r"Could not override '([^']+)'", text):
        return _explain_unknown_key(found[1], overrides, config_name)
    if "Lexer" in text or "LexerNoViable" in type(error).__name__ or "mismatched input" in text:
        advice = "put a value with blanks, commas, = or accents in quotes: KEY='\"...\"'"
        return f"cannot read one of the arguments: {advice} ({_first_line(text)})"
    first = " ".join(line.strip() for line in text.splitlines()[:2])
    return f"cannot read the arguments: {first}"


def _explain_unknown_key(key: str, overrides: Sequence[str], config_name: str) -> str:
    word = next((word for word in overrides if word.lstrip("+~").startswith(key)), key)
    name = key.partition("@")[0]
    if (CONF_DIR / name).is_dir() and not word.startswith("+"):
        return f"{word!r}: write it with a plus: +{word}"
    return f"unknown setting {key!r}: {nearest(key, _known_keys(overrides, config_name))}"


def _known_keys(overrides: Sequence[str], config_name: str) -> list[str]:
    """Return the keys of the chosen options, or of the usual ones where those can't be composed alone."""
    for chosen in ([word for word in overrides if _chooses_an_option(word)], []):
        with contextlib.suppress(ConfigError):
            return _keys(compose(chosen, config_name).values)
    return []


def _chooses_an_option(word: str) -> bool:
    return (CONF_DIR / word.lstrip("+").partition("=")[0].partition("@")[0]).is_dir()


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else ""


def _keys(values: dict[str, Any], prefix: str = "") -> list[str]:
    found = []
    for key, value in values.items():
        found.append(prefix + key)
        if isinstance(value, dict):
            found += _keys(value, f"{prefix}{key}.")
    return found
