"""Where a finished run's pictures are: the mapped dataset beside it, if it is still there."""

from collections.abc import Mapping
from typing import Any

import yaml

from analysis.samples import Images
from records.run_paths import RunPaths, RunsPaths


def find_images(paths: RunPaths) -> Images | None:
    """Return a look-up of stored images by pair id; None where the run's dataset isn't mapped on this machine.

    The run's `config.yaml` names the dataset's content under `dataset.fingerprint`.
    """
    fingerprint = _fingerprint(paths)
    pack = RunsPaths(paths.root.parent).image_pack(fingerprint) if fingerprint else None
    if fingerprint is None or pack is None or not pack.exists():
        return None
    from records.datasets import attach

    return attach(pack, fingerprint).images


def _fingerprint(paths: RunPaths) -> str | None:
    try:
        content: Any = yaml.safe_load(paths.config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        # `analysis.run.load` says what is wrong with the file; pictures are no reason to stop.
        return None
    dataset = content.get("dataset") if isinstance(content, Mapping) else None
    found = dataset.get("fingerprint") if isinstance(dataset, Mapping) else None
    return found if isinstance(found, str) else None
