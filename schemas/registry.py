"""One lazy plugin table per group: `kind -> dotted path`, nothing imported before it is asked for.

A component class takes its config as its only positional argument and names the config's dataclass
in `config_class`.
"""

import difflib
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, Protocol, TypeVar

from schemas.errors import ConfigError
from schemas.protocols import Engine, Json, Prompt

ConfigT_co = TypeVar("ConfigT_co", covariant=True)
ComponentT_co = TypeVar("ComponentT_co", covariant=True)
T = TypeVar("T")


class Factory(Protocol[ComponentT_co]):
    """Build a component: adapters and judges may be handed an engine and a prompt, engines are not."""

    config_class: type

    def __call__(
        self, config: object, /, *, engine: Engine | None = None, prompt: Prompt | None = None
    ) -> ComponentT_co:
        """Return a component that is not started yet."""
        ...


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a clause that names the known words, the nearest first, to end an error message."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known)}"


@dataclass(frozen=True, slots=True)
class Registry(Generic[ConfigT_co, ComponentT_co]):
    """Map kinds of one group (adapter, engine, judge) to the classes that implement them."""

    group: str
    paths: Mapping[str, str]

    def load(self, kind: str) -> Factory[ComponentT_co]:
        """Import and return the class; ConfigError where the kind is unknown."""
        if kind not in self.paths:
            raise ConfigError(f"unknown {self.group} kind {kind!r}: {nearest(kind, self.paths)}")
        module, _, name = self.paths[kind].partition(":")
        loaded: Factory[ComponentT_co] = getattr(importlib.import_module(module), name)
        return loaded

    def configure(self, values: Mapping[str, Json]) -> ConfigT_co:
        """Build the config that `values["kind"]` names from the other values; ConfigError says which one is wrong."""
        rest = dict(values)
        kind = rest.pop("kind", None)
        if not isinstance(kind, str):
            raise ConfigError(f"{self.group}: 'kind' is missing; known: {', '.join(sorted(self.paths))}")
        config_class: type[ConfigT_co] = self.load(kind).config_class
        return parse_config(config_class, rest, where=f"{self.group} {kind}")


def parse_config(config_class: type[T], values: Mapping[str, Any], *, where: str) -> T:
    """Build a config dataclass from plain values, nested dataclasses included.

    Unknown keys and wrong types raise ConfigError with the key's path; `__post_init__` may raise
    ValueError or ConfigError of its own.
    """
    from pydantic import TypeAdapter, ValidationError

    _refuse_unknown(config_class, values, where)
    try:
        return TypeAdapter(config_class).validate_python(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"])
        # a whole config is not shown: other settings of it are of no account, and may hold a secret
        got = "" if isinstance(first["input"], Mapping) else f" (got {first['input']!r})"
        raise ConfigError(f"{where}: {path or 'config'}: {first['msg']}{got}") from (None if not got else error)


def _refuse_unknown(config_class: type, values: Mapping[str, Any], where: str) -> None:
    known = {field.name: field.type for field in fields(config_class) if field.init}
    for key, value in values.items():
        if key not in known:
            raise ConfigError(f"{where}: unknown setting {key!r}: {nearest(key, known)}")
        nested = known[key]
        if is_dataclass(nested) and isinstance(nested, type) and isinstance(value, Mapping):
            _refuse_unknown(nested, value, f"{where}.{key}")
