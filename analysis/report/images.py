"""Where a finished run's pictures are: the mapped dataset beside it, if it is still there."""

import json
from collections.abc import Mapping
from typing import Any

from analysis.report.samples import Images
from records.run_paths import RunPaths, RunsPaths


def find_images(paths: RunPaths) -> Images | None:
    """Return a look-up of stored images by pair id; None where the run's dataset isn't mapped on this machine.

    The run's `manifest.json` names the dataset's content as `dataset_sha256`; an unfinished run has none.
    """
    fingerprint = _fingerprint(paths)
    pack = RunsPaths(paths.root.parent).image_pack(fingerprint) if fingerprint else None
    if fingerprint is None or pack is None or not pack.exists():
        return None
    from records.datasets import attach

    return attach(pack, fingerprint).images


def _fingerprint(paths: RunPaths) -> str | None:
    try:
        content: Any = json.loads(paths.manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # Pictures are no reason to stop: the tables don't need the manifest.
        return None
    found = content.get("dataset_sha256") if isinstance(content, Mapping) else None
    return found if isinstance(found, str) else None
