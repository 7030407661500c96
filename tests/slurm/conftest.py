"""One SLURM for all tests of this folder."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import slurm_cases


@pytest.fixture(scope="session")
def cluster() -> Iterator[slurm_cases.Cluster]:
    """Start a real SLURM; absent, it is a failure in CI and a reason to skip elsewhere."""
    missing = slurm_cases.missing_programs()
    if missing:
        reason = f"not installed: {', '.join(missing)} (Debian: apt-get install slurm-wlm munge)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="slurm-") as folder, slurm_cases.slurm(Path(folder)) as started:
        yield started
