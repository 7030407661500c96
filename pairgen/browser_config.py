"""How Chromium is found and run, and what one page may cost."""

from dataclasses import dataclass


@dataclass(kw_only=True, slots=True, frozen=True)
class BrowserConfig:
    """How Chromium is found and run, and what one page may cost."""

    executable: str = ""
    """Path of a Chromium; "" looks at $DIFFSPOT_CHROMIUM, Playwright's own, then the PATH."""
    width: int = 1280
    """Viewport and screenshot, px."""
    height: int = 800
    """Viewport and screenshot, px."""
    timeout_s: float = 20.0
    """Limit for loading one page, s."""
    page_s: float = 120.0
    """Limit for all work on one page, s; a browser that takes longer is replaced."""
    memory_mb: float = 1500.0
    """Largest resident size of any process of the browser while a page is open, MB; watched where there is /proc."""
    pages: int = 400
    """Pages after which a browser gives way to a fresh one, since what it and its driver keep of each adds up."""
    max_page_mb: float = 5.0
    """Largest document, MB."""
    max_assets_mb: float = 50.0
    """What a page's files may come to in one load, MB."""
    max_requests: int = 500
    """What a page may ask for in one load."""
    max_elements: int = 5000
    """Most elements of a page."""
    javascript: bool = False
    """Whether the page's own scripts run. What they show is then theirs to say, and they can't be timed."""
