"""Hypothesis draws anew at every run on a developer's machine, and the same at every run of CI."""

import os

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


LONG_FILES = (
    "test_slurm_jobs.py",
    "test_chaos.py",
    "test_kill.py",
    "test_tiny_vllm_sweep.py",
    "test_vllm_engine.py",
    "test_watching_sweep.py",
    "test_hf_against_vllm.py",
)
"""Minutes each, most of it waiting: begun first, so that short files fill what is left."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: number for number, name in enumerate(LONG_FILES)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))
