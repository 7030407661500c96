"""What the real engines' tests share: the tiny model on disk, and an event loop that outlives one test."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_adapters.engines import tiny_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    tiny_model.build(folder)
    return folder


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()
