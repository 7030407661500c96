"""Addresses that no connection could be tried to."""

import pytest

from orchestrator.preflight import _check_address
from schemas.errors import ConfigError
from schemas.protocols import Needs

SECRET = "sk-live-0123456789abcdef"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:99999/v1", "http://127.0.0.1:abc/v1", f"http://u:{SECRET}@[::1/v1", "http://a..b:80/v1",
        f"http://{'x' * 64}:80/v1", f"u:{SECRET}@host/v1",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="model 'm'") as caught:
        _check_address("model 'm'", Needs(url=url))
    assert SECRET not in str(caught.value)
