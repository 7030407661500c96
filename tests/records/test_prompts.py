"""Prompts are known by the SHA-256 of what is sent."""

import os
from pathlib import Path

import pytest

from records.prompts import MARKER, OFFICIAL_VERSIONS, is_official, read_official_prompt, read_prompt
from schemas.digest import digest_text
from schemas.errors import PromptError

OFFICIAL = Path(__file__).parents[3] / "shared" / "diffspot" / "prompts"


def test_all_is_body_without_a_marker(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("\n  What changed?\nSay it. \n\n", encoding="utf-8")
    prompt = read_prompt(tmp_path / "p.txt")
    assert prompt.text == "What changed?\nSay it."
    assert prompt.sha256 == digest_text(prompt.text)
    assert prompt.version == f"own-{prompt.sha256[:8]}"
    assert not is_official(prompt)


def test_what_stands_above_the_first_marker_is_comment(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text(f"licence\n# {MARKER} #\nbody\n{MARKER}\nmore\n", encoding="utf-8")
    assert read_prompt(tmp_path / "p.txt").text == f"body\n{MARKER}\nmore"


def test_comments_and_blanks_change_no_digest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("body", encoding="utf-8")
    (tmp_path / "b.txt").write_text(f"other comment\n{MARKER}\n\nbody\n\n", encoding="utf-8")
    assert read_prompt(tmp_path / "a.txt") == read_prompt(tmp_path / "b.txt")


@pytest.mark.parametrize("content", [b"", b" \n\t\n", f"comment\n{MARKER}\n  \n".encode()])
def test_an_empty_prompt_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.txt").write_bytes(content)
    with pytest.raises(PromptError, match=r"p.txt is empty"):
        read_prompt(tmp_path / "p.txt")


def test_a_prompt_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="cannot read the prompt"):
        read_prompt(tmp_path / "absent.txt")
    with pytest.raises(PromptError, match="cannot read the prompt"):
        read_prompt(tmp_path)
    (tmp_path / "p.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(PromptError, match="cannot read the prompt"):
        read_prompt(tmp_path / "p.txt")


def test_ones_own_prompt_is_not_official(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("What changed?", encoding="utf-8")
    with pytest.raises(
        PromptError, match=r"not an official DiffSpot prompt: .*SHA-256 [0-9a-f]{64}; take .*prompts.vlm=PATH"
    ):
        read_official_prompt(tmp_path / "p.txt")


@pytest.mark.parametrize(("name", "version"), [("vlm_diff", "v1.0"), ("vlm_nodiff", "v1.0"), ("judge", "v2.0")])
@pytest.mark.skipif(not OFFICIAL.exists() and not os.environ.get("CI"), reason="the official prompts are not here")
def test_the_official_prompts_are_known(name: str, version: str) -> None:
    prompt = read_official_prompt(OFFICIAL / f"{name}.txt")
    assert (prompt.version, OFFICIAL_VERSIONS[prompt.sha256]) == (version, version)


def test_windows_line_ends_are_the_same_prompt(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\ntwo\n")
    (tmp_path / "b.txt").write_bytes(b"one\r\ntwo\r\n")
    assert read_prompt(tmp_path / "a.txt") == read_prompt(tmp_path / "b.txt")
