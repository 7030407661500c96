"""Chromium under Playwright: pages in, snapshots, screenshots and applied changes out.

The page's own scripts don't run and nothing but the document and its own assets is loaded, so a page
looks the same on every load.
"""

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, CDPSession, Error, Playwright, sync_playwright
from playwright.sync_api import Page as Tab
from playwright.sync_api import TimeoutError as Timeout

from pairgen.browser_config import BrowserConfig
from pairgen.faults import PageFault
from pairgen.guard import NO_NETWORK, Guard, close_popups
from pairgen.records import Change, Page, Snapshot
from pairgen.snapshot import ELEMENTS, SCRIPT, STYLES, parse_snapshot
from schemas.errors import UserError

_FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-lcd-text", "--font-render-hinting=none",
    "--force-color-profile=srgb", "--disable-partial-raster", "--hide-scrollbars", *NO_NETWORK,
)  # fmt: skip
# Repainting only what changed leaves pixels of rounded corners nearby off by one; whole tiles don't
# (--disable-partial-raster: 4 of 44 undos unclean without it, 0 with it).
_ENV_EXECUTABLE = "DIFFSPOT_CHROMIUM"
_ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is Chromium without windows: the same pixels for a tenth less CPU time."""
_MIN_VERSION = 120
"""Chromium's major version from which on all that is asked of it is known to work."""

# What is important in the first layer outweighs whatever a page calls important; but for its inline styles.
_STILL = """
@layer still { *, *::before, *::after { animation: none !important; transition: none !important;
  caret-color: transparent !important; scroll-behavior: auto !important; pointer-events: auto !important; } }
"""
_SETTLE = """
async (css) => {
  const style = document.createElement('style');
  style.textContent = css;
  document.head.prepend(style);
  // what lies over an element must be hit, also where it lets the pointer through
  for (const e of document.querySelectorAll('[style*=pointer-events]')) e.style.removeProperty('pointer-events');
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => null)));
}
"""
_FITNESS = """
() => [document.getElementsByTagName('*').length, document.querySelector('meta[http-equiv=refresh i]') !== null]
"""
_APPLY = """
([selector, change]) => {
  const element = document.querySelectorAll(selector)[change.ref];
  const old = {ref: change.ref, classes: element.getAttribute('class'), style: element.getAttribute('style'),
               node: -1, text: ''};
  element.classList.remove(...change.remove_classes);
  element.classList.add(...change.add_classes);
  for (const [name, value] of Object.entries(change.styles)) element.style.setProperty(name, value, 'important');
  if (change.text) {
    const fold = (text) => text.replace(/\\s+/g, ' ').trim();
    old.node = [...element.childNodes].findIndex((n) => n.nodeType === 3 && fold(n.data) === fold(change.text[0]));
    if (old.node < 0) return null;
    const node = element.childNodes[old.node];
    old.text = node.data;
    node.data = node.data.match(/^\\s*/)[0] + change.text[1] + node.data.match(/\\s*$/)[0];
  }
  if (change.rules.length) {
    const style = document.createElement('style');
    style.id = 'added-rules';
    style.textContent = change.rules.join('\\n');
    document.head.append(style);
  }
  return old;
}
"""
_UNDO = """
([selector, old]) => {
  const element = document.querySelectorAll(selector)[old.ref];
  for (const [name, value] of [['class', old.classes], ['style', old.style]]) {
    if (value === null) element.removeAttribute(name); else element.setAttribute(name, value);
  }
  if (old.node >= 0) element.childNodes[old.node].data = old.text;
  document.getElementById('added-rules')?.remove();
}
"""


class PlatformFont(NamedTuple):
    """A font that really drew glyphs, as Chromium reports it."""

    family: str
    postscript_name: str
    num_glyphs: int


class _Old(NamedTuple):
    """What `_UNDO` needs to take a change back."""

    ref: int
    classes: str | None
    style: str | None
    node: int
    text: str


class Renderer:
    """One Chromium tab that holds one page and at most one change to it."""

    def __init__(self, browser: Browser, config: BrowserConfig) -> None:
        self.version = f"Chromium {browser.version}"
        self.process_id = _process_id(browser)
        self._config = config
        self._context = browser.new_context(
            viewport={"width": config.width, "height": config.height},
            device_scale_factor=1,
            java_script_enabled=config.javascript,
            reduced_motion="reduce",
            locale="en-US",
            timezone_id="UTC",
            service_workers="block",
        )
        self._context.set_default_timeout(config.timeout_s * 1000)
        self.guard = Guard(self._context, config)
        self._tab: Tab = self._context.new_page()
        close_popups(self._context, self._tab)
        self._is_crashed = False
        self._tab.on("crash", self._note_crash)
        self._cdp: CDPSession = self._context.new_cdp_session(self._tab)
        self._cdp.send("DOM.enable")
        self._cdp.send("CSS.enable")
        self._page: Page | None = None
        self._first = b""
        self._old: _Old | None = None
        self._nodes: list[int] = []

    def load(self, page: Page) -> bytes:
        """Load the page anew and return its screenshot, PNG; PageFault where the page can't be had."""
        self._page, self._old, self._nodes = page, None, []
        self.guard.admit(page)
        try:
            self._tab.goto(page.url, timeout=self._config.timeout_s * 1000)
            self.guard.check()
            self._refuse_unfit()
            self._tab.evaluate(_SETTLE, _STILL)
        except Timeout as error:
            raise PageFault("timeout", f"not loaded after {self._config.timeout_s:g} s") from error
        except Error as error:
            if not self.is_alive():
                raise
            raise PageFault("does_not_load", _first_line(error)) from error
        self.guard.check()
        self._first = self.screenshot()
        return self._first

    def _refuse_unfit(self) -> None:
        count, refreshes = self._tab.evaluate(_FITNESS)
        if refreshes:
            # What it still has in store would meet the next page's load.
            self._tab.goto("about:blank")
            raise PageFault("refreshes", "a meta refresh sends it elsewhere")
        if count > self._config.max_elements:
            raise PageFault("too_many_elements", f"{count}, and {self._config.max_elements} are the limit")

    def _note_crash(self, _: Tab) -> None:
        self._is_crashed = True

    def is_alive(self) -> bool:
        """Tell whether the browser and its tab are there."""
        browser = self._context.browser
        return browser is not None and browser.is_connected() and not self._tab.is_closed() and not self._is_crashed

    def evaluate(self, script: str) -> Any:  # noqa: ANN401 (whatever the script returns)
        """Return what a script of ours says of the page."""
        return self._tab.evaluate(script)

    def is_moving(self) -> bool:
        """Tell whether a transition or an animation runs, which only inline styles can bring about."""
        return bool(self._tab.evaluate("() => document.getAnimations().some((a) => a.playState === 'running')"))

    def snapshot(self) -> Snapshot:
        """Return all elements as they are now."""
        return parse_snapshot(self._tab.evaluate(SCRIPT, [ELEMENTS, list(STYLES)]))

    def screenshot(self) -> bytes:
        """Return the viewport as PNG, lightly compressed (RGB, 8 bit); asked twice, since a busy browser may refuse."""
        try:
            return self._capture()
        except Error:
            if not self.is_alive():
                raise
            return self._capture()

    def _capture(self) -> bytes:
        reply = self._cdp.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
        return base64.b64decode(reply["data"])

    def apply(self, change: Change) -> bool:
        """Change one element; False where a text edit finds no text node that holds its old text."""
        assert self._old is None, "undo the last change first"
        old = self._tab.evaluate(_APPLY, [ELEMENTS, asdict(change)])
        if old is None:
            return False
        self._old = _Old(**old)
        return True

    def undo(self) -> None:
        """Take the change back, and load the page anew unless every byte of its screenshot is as at first.

        Of 3,208 undos in place 393 left pixels off by one.
        """
        assert self._page is not None, "load a page first"
        if self._old is None:
            return
        self._tab.evaluate(_UNDO, [ELEMENTS, self._old._asdict()])
        self._old = None
        first = self._first
        if self.screenshot() != first:
            self.load(self._page)
            self._first = first

    def num_shadow_roots(self) -> int:
        """Return how many elements hold a shadow tree of the page's, closed ones included, which no script sees."""
        self._nodes = []  # a document asked for again numbers its nodes anew
        nodes = [self._cdp.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]]
        count = 0
        while nodes:
            node = nodes.pop()
            count += sum(root["shadowRootType"] != "user-agent" for root in node.get("shadowRoots", ()))
            nodes += node.get("children", ())
        return count

    def fonts(self, refs: list[int]) -> dict[int, tuple[PlatformFont, ...]]:
        """Return the fonts that drew each element's text and its children's, about 1 ms an element."""
        if not self._nodes:
            root = self._cdp.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
            self._nodes = self._cdp.send("DOM.querySelectorAll", {"nodeId": root, "selector": ELEMENTS})["nodeIds"]
        return {ref: self._fonts_of(self._nodes[ref]) for ref in refs}

    def _fonts_of(self, node: int) -> tuple[PlatformFont, ...]:
        fonts = self._cdp.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        found = (PlatformFont(f["familyName"], f["postScriptName"], int(f["glyphCount"])) for f in fonts)
        return tuple(sorted(found))


def _first_line(error: Error) -> str:
    return str(error).splitlines()[0]


def _process_id(browser: Browser) -> int:
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return int(next(process["id"] for process in processes if process["type"] == "browser"))


def find_executable(configured: str, own: str) -> str:
    """Return the Chromium to start: configured, $DIFFSPOT_CHROMIUM, Playwright's `own`, or on the PATH."""
    named = configured or os.environ.get(_ENV_EXECUTABLE, "")
    if named:
        if not Path(named).is_file():
            raise UserError(f"no browser at {named!r} (browser.executable or ${_ENV_EXECUTABLE}): correct the path")
        return named
    if Path(own).is_file():
        return own
    for name in _ON_PATH:
        found = shutil.which(name)
        if found:
            return found
    raise UserError(
        "no Chromium found. Install one: 'python -m playwright install chromium', or as root 'make pairgen' (which "
        f"installs the system's with fonts), or name one in ${_ENV_EXECUTABLE} or browser.executable=PATH"
    )


@contextmanager
def open_browser(config: BrowserConfig, say: Callable[[str], None]) -> Iterator[Renderer]:
    """Start Chromium and yield a renderer; UserError where there is none, it doesn't start or is too old.

    say: told once where the sandbox is off, which Chromium insists on for root.
    """
    with sync_playwright() as playwright:
        if note := sandbox_note(config):
            say(note)
        browser = launch(playwright, config)
        try:
            yield Renderer(browser, config)
        finally:
            browser.close()


def sandbox_note(config: BrowserConfig) -> str:
    """Return what must be said where the sandbox is off; "" where it is on."""
    if not is_root():
        return ""
    gets = "scripts, but no network" if config.javascript else "no scripts and no network"
    return f"running as root: Chromium's sandbox is off (it can't run as root); pages get {gets}"


def launch(playwright: Playwright, config: BrowserConfig) -> Browser:
    """Start Chromium; UserError where there is none, it doesn't start or is too old."""
    executable = find_executable(config.executable, playwright.chromium.executable_path)
    check_version(executable)
    try:
        return playwright.chromium.launch(
            executable_path=executable,
            chromium_sandbox=not is_root(),
            args=list(_FLAGS),
            handle_sigint=False,  # else Ctrl-C ends the driver before open_browser can close the browser
        )
    except Error as error:
        raise UserError(f"{executable} does not start: {_first_line(error)}") from error


def is_root() -> bool:
    """Tell whether this process is root's, for whom Chromium has no sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def check_version(executable: str) -> str:
    """Return what the browser says of its version; UserError where that is too old, or it says nothing."""
    try:
        answer = subprocess.run([executable, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"{executable} does not start: {error}") from error
    said = answer.stdout.strip()
    found = re.search(r"(\d+)\.\d+", said)
    if found is None:
        why = said or answer.stderr.strip()
        raise UserError(f"{executable} is not a Chromium: --version says {why[:200]!r}")
    if int(found[1]) < _MIN_VERSION:
        raise UserError(f"{said} at {executable} is too old: {_MIN_VERSION} or newer is needed; see --help")
    return said
