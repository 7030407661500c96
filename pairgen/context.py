"""What all tasks of a run share, as one digest: program, browser, fonts, settings."""

import hashlib
import json
import shutil
import subprocess
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pairgen.browser import check_version, find_executable
from pairgen.pages import COMPOSER

if TYPE_CHECKING:
    from pairgen.pipeline import PairgenConfig


def run_context(config: "PairgenConfig") -> str:
    """Return the digest; UserError where there is no browser, or one that is too old."""
    settings = {
        "seed": config.seed,
        "max_candidates": config.max_candidates,
        "png_level": config.level,
        "browser": asdict(config.browser),
        "filters": asdict(config.filters),
        "files": [_files_digest(pages) for pages in (config.pages, *sorted(config.sources.values()))],
    }
    told = [
        _program_digest(),
        check_version(_executable(config)),
        _fonts_digest(),
        json.dumps(settings, sort_keys=True),
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _executable(config: "PairgenConfig") -> str:
    """Return the browser, Playwright's own included; asking for that one starts a process, so only where it is due."""
    from schemas.errors import UserError

    try:
        return find_executable(config.browser.executable, "")
    except UserError:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            return find_executable(config.browser.executable, playwright.chromium.executable_path)


@lru_cache(maxsize=1)
def _program_digest() -> str:
    """Return the digest of this package: another version makes everything anew."""
    here = Path(__file__).parent
    whole = hashlib.sha256()
    for path in sorted(here.rglob("*.py")):
        whole.update(path.relative_to(here).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()


def _fonts_digest() -> str:
    if shutil.which("fc-list") is None:
        return ""
    listed = subprocess.run(["fc-list"], capture_output=True, text=True, check=True).stdout
    return hashlib.sha256("\n".join(sorted(listed.splitlines())).encode()).hexdigest()


def _files_digest(pages: str) -> str:
    """Return the digest of the names, sizes and times of a folder's files: its pages' assets are among them."""
    root = Path(pages)
    if pages == COMPOSER or not root.is_dir():
        return ""
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file():
            told = path.stat()
            whole.update(f"{path.relative_to(root)}\t{told.st_size}\t{told.st_mtime_ns}\n".encode("utf-8", "replace"))
    return whole.hexdigest()
