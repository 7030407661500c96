"""Read a Markdown table in an answer: each row becomes one line of words, unchanged rows say so."""

import re

from judge.quotes import fold

_SAME = re.compile(r"(?:the |as )*(?:same|unchanged|identical|no (?:change|difference))\b|$")
_RULE = re.compile(r"^[\s|:+-]+$")


def unfold_tables(text: str) -> str:
    """Return the text with each table row told as a bullet, `- Logo: from blue to green`, headers dropped."""
    lines = text.split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if not _is_row(line):
            kept.append(line)
        elif not _RULE.match(line) and not (_is_row(following) and _RULE.match(following)):
            kept.append(_tell_row([cell.strip() for cell in line.strip().strip("|").split("|")]))
    return "\n".join(kept)


def _is_row(line: str) -> bool:
    return line.count("|") >= 2


def _tell_row(cells: list[str]) -> str:
    if len(cells) < 3:
        return f"- {': '.join(cells)}"
    head, before, after, *rest = cells
    if fold(before) == fold(after) or _SAME.match(fold(after)):
        return f"- {head}: unchanged"
    return f"- {': '.join([head, f'from {before} to {after}', *filter(None, rest)])}"
