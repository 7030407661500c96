"""Prompts: read from files, known by the SHA-256 of what is sent."""

from pathlib import Path
from typing import Final

from schemas.digest import digest_text
from schemas.errors import PromptError
from schemas.protocols import Prompt

MARKER: Final = ">>> PROMPT BEGINS BELOW THIS LINE >>>"

OFFICIAL_VERSIONS: Final = {
    "a371b0bf8d1b1e75d6a074445f0e3f185ea43ec5ca979989ad285f4d541b9a6e": "v1.0",
    "8fc35fe9ede168820edd44376a4751ab802afad7f19c09a3811d10f7c2b9d7e5": "v2.0",
}
"""SHA-256 of the benchmark's prompt bodies: what a model is asked, and what the judge is asked."""


def read_prompt(path: Path) -> Prompt:
    """Read a prompt file; what stands above a line with MARKER is a comment.

    The version is the benchmark's where the digest is, else `own-` and eight digits of the digest.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"cannot read the prompt {path}: {error}") from error
    lines = text.splitlines(keepends=True)
    start = next((number + 1 for number, line in enumerate(lines) if MARKER in line), 0)
    body = "".join(lines[start:]).strip()
    if not body:
        raise PromptError(f"the prompt {path} is empty")
    sha256 = digest_text(body)
    return Prompt(text=body, version=OFFICIAL_VERSIONS.get(sha256, f"own-{sha256[:8]}"), sha256=sha256)


def read_official_prompt(path: Path) -> Prompt:
    """Read a prompt that must be the benchmark's own; PromptError where its digest is another."""
    prompt = read_prompt(path)
    if not is_official(prompt):
        raise PromptError(
            f"{path} is not an official DiffSpot prompt: its body has SHA-256 {prompt.sha256}; "
            "take the files of the benchmark's repository, or name your own with prompts.vlm=PATH or prompts.judge=PATH"
        )
    return prompt


def is_official(prompt: Prompt) -> bool:
    """Tell whether a prompt is the benchmark's, by digest."""
    return prompt.sha256 in OFFICIAL_VERSIONS
