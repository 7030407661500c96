"""Wraps a body into a self-contained document whose stylesheet holds just the rules in use."""

import re
from collections.abc import Mapping
from typing import Final

from pairgen.composer.draft import Draft
from pairgen.composer.markup import classes_of, el, text
from pairgen.composer.setting import Setting

_CLASSES: Final = re.compile(r'class="([^"]*)"')


def document(draft: Draft, body: str, plain_rules: Mapping[str, str]) -> str:
    """Return the HTML document; `plain_rules` maps classes that are no utilities to their declarations."""
    theme = draft.theme
    page = _CLASSES.sub(
        lambda found: f'class="{theme.drawn(found[1])}"',
        el("body", f"{theme.body_font} {theme.page} {theme.ink}", body),
    )
    setting = theme.setting
    rules = "\n".join(_rule(name, plain_rules, setting) for name in classes_of(page))
    title = el("title", "", text(draft.voice.listed(draft.voice.brand, draft.voice.home)))
    icon = '<link rel="icon" href="data:,">'
    head = el("head", "", '<meta charset="utf-8">', title, icon, f"<style>\n{setting.reset}\n{rules}\n</style>")
    return f"<!DOCTYPE html>\n{el('html', '', head, page, **setting.attributes)}\n"


def _rule(name: str, plain_rules: Mapping[str, str], setting: Setting) -> str:
    if name in plain_rules:
        return f".{name}{{{plain_rules[name]}}}"
    rule = setting.rule(name)
    if rule is None:
        raise ValueError(f"class {name!r} of a composed page has no rule: add it to utility_css")
    return rule
