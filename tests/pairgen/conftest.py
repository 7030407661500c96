import os
from collections.abc import Iterator

import pytest

from pairgen.browser import Renderer, find_executable, open_browser
from pairgen.browser_config import BrowserConfig
from schemas.errors import UserError


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    """One Chromium for a module's tests, as Playwright keeps an event loop running meanwhile.

    Without one: a failure under CI=true, else a skip.
    """
    try:
        find_executable("", "")
    except UserError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    with open_browser(BrowserConfig(), say=lambda line: None) as opened:
        yield opened
