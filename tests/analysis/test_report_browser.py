"""The report in a real browser: sorted, filtered, looked through by pointer and keys; nothing is asked of a network."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect, sync_playwright
from report_runs import HOSTILE, published_run

from analysis.run import analyse
from pairgen.browser import find_executable
from records.datasets import PairImages
from records.run_paths import RunPaths

WIDTH, HEIGHT = 320, 200


def _picture(pair_id: str, *, is_after: bool) -> memoryview:
    """Draw a page of its own for each pair; the change is a square of 100 pixels in its middle."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    draw.text((4, 4), pair_id, fill="black")
    if is_after and not pair_id.startswith("same"):
        draw.rectangle((155, 95, 164, 104), fill="red")
    file = BytesIO()
    image.save(file, "PNG")
    return memoryview(file.getvalue())


def _images(pair_id: str) -> PairImages:
    return PairImages(_picture(pair_id, is_after=False), _picture(pair_id, is_after=True))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    paths = RunPaths(tmp_path_factory.mktemp("runs") / "looked-at")
    published_run(paths, num_per_cell=12, num_no_diff=60, words=HOSTILE)
    analyse(paths.root, images=_images, num_resamples=20)
    return paths.report


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = find_executable("", playwright.chromium.executable_path)
        opened = playwright.chromium.launch(executable_path=found, chromium_sandbox=False, args=["--disable-gpu"])
        yield opened
        opened.close()


class Watched:
    """Hold a page, and everything that it asked for or complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        if not url.startswith(("data:", "blob:", "file:")) or (url.startswith("file:") and "report.html" not in url):
            self.complaints.append(f"request: {url}")


@pytest.fixture(scope="module")
def opened(browser: Browser, report: Path) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    watched = Watched(context.new_page())
    watched.page.goto(report.as_uri())
    yield watched
    assert watched.complaints == []
    context.close()


@pytest.fixture
def page(opened: Watched) -> Page:
    """Return the page anew, and fail the test in which it complains."""
    opened.complaints.clear()
    opened.page.reload()
    return opened.page


@pytest.fixture(autouse=True)
def no_complaint(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "page" in request.fixturenames:
        assert request.getfixturevalue("opened").complaints == []


def _column(page: Page, place: int) -> list[str]:
    cells = page.locator(f".by-judge:not([hidden]) table.standings tbody tr:visible > :nth-child({place})")
    return [text.strip() for text in cells.all_inner_texts()]


def _values(page: Page, place: int) -> list[float]:
    cells = page.locator(f".by-judge:not([hidden]) table.standings tbody tr:visible > :nth-child({place})")
    return cells.evaluate_all("cells => cells.map((cell) => Number(cell.dataset.v))")


def test_columns_sort_both_ways_by_pointer_and_by_key(page: Page) -> None:
    head = page.locator(".by-judge:not([hidden]) table.standings thead th").nth(6)
    button = head.get_by_role("button")
    button.click()
    assert head.get_attribute("aria-sort") == "descending"
    assert _values(page, 7) == sorted(_values(page, 7), reverse=True) and len(_values(page, 7)) == 13
    button.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending" and _values(page, 7) == sorted(_values(page, 7))
    page.locator(".by-judge:not([hidden]) table.standings thead th").nth(2).get_by_role("button").click()
    names = [name.split("\n")[0] for name in _column(page, 3)]
    assert names == sorted(names) and head.get_attribute("aria-sort") is None


def test_rows_are_filtered_by_name_in_every_table(page: Page) -> None:
    page.get_by_role("searchbox").fill("GLM")
    assert [name.split("\n")[0] for name in _column(page, 3)] == ["glm-4.6v-flash", "glm-4.6v"]
    assert page.locator(".by-judge:not([hidden]) table.heat tbody tr:visible").count() == 2
    expect(page.locator("#shown")).to_have_text("2 shown")
    page.get_by_role("searchbox").fill("")
    page.get_by_role("checkbox", name="models").uncheck()
    assert _column(page, 3) == []


def test_one_judge_is_shown_at_a_time(page: Page) -> None:
    shown = page.locator("h3:visible", has_text="Leaderboard, judge")
    expect(shown).to_have_count(1)
    page.get_by_role("button", name="kimi-k2.5", exact=True).click()
    expect(shown).to_have_text("Leaderboard, judge kimi-k2.5")
    page.emulate_media(media="print")
    assert page.locator("h3:visible", has_text="Leaderboard, judge").count() == 3
    page.set_viewport_size({"width": 760, "height": 1000})
    assert page.locator("table.standings").evaluate_all("all => Math.max(...all.map((one) => one.offsetWidth))") <= 760
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(media="screen")


def test_the_slider_uncovers_by_key_and_by_pointer(page: Page) -> None:
    slider, stage = page.locator(".stage input"), page.locator(".stage")
    slider.focus()
    slider.press("Home")
    assert stage.evaluate("node => node.style.getPropertyValue('--cut')") == "0%"
    slider.press("ArrowRight")
    assert stage.evaluate("node => node.style.getPropertyValue('--cut')") == "1%"
    box = slider.bounding_box()
    assert box
    slider.click(position={"x": box["width"] * 0.8, "y": box["height"] / 2})
    cut = float(stage.evaluate("node => node.style.getPropertyValue('--cut')").removesuffix("%"))
    assert 75 < cut < 85
    clip = page.locator(".stage img.before").evaluate("node => getComputedStyle(node).clipPath")
    shown = re.fullmatch(r"inset\(0px ([0-9.]+)% 0px 0px\)", clip)
    assert shown and abs(float(shown[1]) - (100 - cut)) < 0.01


def test_keys_look_through_pairs_and_views(page: Page) -> None:
    page.locator("#browser").focus()
    first = page.locator("#pair .id").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("#pair .id").inner_text() != first
    page.keyboard.press("ArrowLeft")
    assert page.locator("#pair .id").inner_text() == first
    page.keyboard.press("d")
    assert page.locator(".stage").get_attribute("data-mode") == "difference"
    expect(page.locator("#counted")).to_have_text("100 pixels differ (0.16%)")
    read = "(node, at) => [...node.getContext('2d').getImageData(...at, 1, 1).data]"
    corner, middle = (page.locator(".stage canvas").evaluate(read, at) for at in ([300, 190], [160, 100]))
    assert corner[0] == corner[1] == corner[2] and middle[0] - middle[1] > 100
    page.keyboard.press("b")
    assert page.locator(".stage img.after").is_visible() is False
    page.keyboard.press("a")
    assert page.locator(".stage img.before").is_visible() is False


def test_pairs_are_chosen_by_change_tier_and_outcome(page: Page) -> None:
    page.locator("select[name=change]").select_option("gradient")
    page.locator("select[name=tier]").select_option("hard")
    assert page.locator("#pair h3").inner_text().startswith("gradient")
    page.locator("select[name=change]").select_option("unchanged")
    expect(page.locator("#place")).to_have_text("no such pair")
    page.locator("select[name=tier]").select_option("unchanged")
    expect(page.locator("#place")).to_have_text("1 of 6")
    page.locator("select[name=outcome]").select_option(label="gpt-5.4: wrong by a judge")
    told = page.locator("#place").inner_text()
    assert told == "no such pair" or int(told.split(" of ")[1]) <= 6


def test_hostile_words_stay_words(page: Page) -> None:
    assert page.locator("blockquote").first.text_content() == HOSTILE
    page.locator(".verdicts summary").first.click()
    assert page.locator(".verdicts dd").first.text_content() == HOSTILE
    assert page.locator("#pair script, #pair img:not(.before):not(.after)").count() == 0
    assert page.locator("img[src*=example]").count() == 0


def test_figures_are_saved_as_svg_and_png(page: Page) -> None:
    figure = page.locator("figure.plot:visible").first
    with page.expect_download() as drawn:
        figure.get_by_role("button", name="SVG").click()
    assert drawn.value.suggested_filename.endswith(".svg")
    assert Path(drawn.value.path()).read_text(encoding="utf-8").startswith("<svg")
    with page.expect_download() as painted:
        figure.get_by_role("button", name="PNG").click()
    with Image.open(painted.value.path()) as image:
        assert image.format == "PNG" and image.getextrema()[0][0] < 255 and image.width > 400


def test_light_and_dark_and_a_phone(browser: Browser, report: Path) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
        watched = Watched(context.new_page())
        watched.page.goto(report.as_uri())
        grounds[scheme] = watched.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390
        watched.page.locator("#theme").click()
        assert watched.page.evaluate("getComputedStyle(document.body).backgroundColor") != grounds[scheme]
        assert watched.complaints == []
        context.close()
    assert grounds["light"] != grounds["dark"]


def test_published_rows_are_filtered_apart_from_the_runs_own(browser: Browser, tmp_path: Path) -> None:
    paths = RunPaths(tmp_path / "benchmark")
    published_run(paths, config={"dataset": {"kind": "hub", "name": "diffspot"}})
    analyse(paths.root, num_resamples=0)
    page = browser.new_page()
    page.goto(paths.report.as_uri())
    assert len(_column(page, 3)) == 2 * 13
    page.get_by_role("checkbox", name="published rows").uncheck()
    assert len(_column(page, 3)) == 13 and not any("published" in name for name in _column(page, 3))
    assert page.locator(".by-judge:not([hidden]) table.heat tbody tr:visible").count() == 13
    page.get_by_role("checkbox", name="models").uncheck()
    assert _column(page, 3) == []
    page.close()


def test_without_scripts_the_figures_stand(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator("table.standings").count() == 3 and page.locator("table.standings >> nth=2").is_visible()
    assert page.locator("svg.panel").first.is_visible()
    assert page.get_by_text("Looking through pairs needs scripts").is_visible()
    context.close()
