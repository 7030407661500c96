"""Languages that pages are composed in, beside English: one module each, which holds `TONGUE`."""

import importlib
from collections.abc import Mapping
from typing import Final

from pairgen.composer.tongue import Tongue
from schemas.errors import ConfigError

TONGUES: Final[Mapping[str, str]] = {
    code: f"pairgen.composer.tongues.{code}:TONGUE" for code in ("ar", "el", "he", "hi", "ja", "ko", "ru", "th", "zh")
}
"""Language -> where it is; a module is read when a page first speaks it."""


def check_language(language: str) -> None:
    """Raise ConfigError for a language that pages aren't composed in."""
    if language != "en" and language not in TONGUES:
        # all of them: of two letters none is near another
        raise ConfigError(f"unknown language {language!r}: known: {', '.join(('en', *TONGUES))}")


def find_tongue(language: str) -> Tongue:
    """Return the tongue of a language beside English, which has none; ConfigError for an unknown one."""
    check_language(language)
    module, _, name = TONGUES[language].partition(":")
    found: Tongue = getattr(importlib.import_module(module), name)
    return found
