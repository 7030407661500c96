"""The dataset browser over real HTTP and in a real Chromium: what it gives, whom it refuses, what people can do."""

import http.client
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from orchestrator.door import PROJECT_ROOT
from pairgen.browse import main
from pairgen.browse_file import PairsFile
from pairgen.browse_page import PAGE
from pairgen.browse_server import BrowseConfig, BrowseServer
from pairgen.browser import find_executable
from pairgen.images import decode, level_difference
from pairgen.writer import arrow_schema
from schemas.errors import ConfigError, DatasetError, UserError
from schemas.tables import PUBLISHED_PAIRS

EMBEDDED = PROJECT_ROOT / "data/embedded/pairs.parquet"
HOSTILE = "</script><script>alert(1)</script><img src=http://example.com/x onerror=alert(2)> ${alert(3)} &amp;"


def _png(width: int = 320, height: int = 200, color: str = "white") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), color).save(file, "PNG")
    return file.getvalue()


def _row(pair_id: str | None, **values: Any) -> dict[str, Any]:
    image = {"bytes": _png(), "path": None}
    return {"id": pair_id, "image_before": image, "image_after": image, **values}


def _write(path: Path, rows: list[dict[str, Any]], schema: pa.Schema | None = None, **how: Any) -> Path:
    pq.write_table(pa.Table.from_pylist(rows, schema=schema or arrow_schema()), path, **how)
    return path


@contextmanager
def serving(path: Path) -> Iterator[BrowseServer]:
    with PairsFile(path) as pairs, BrowseServer(pairs, BrowseConfig()) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def embedded() -> Iterator[BrowseServer]:
    with serving(EMBEDDED) as server:
        yield server


class Answer:
    """Hold one HTTP answer."""

    def __init__(self, server: BrowseServer, path: str, method: str = "GET", host: str | None = "") -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        connection.putrequest(method, path, skip_host=True)
        if host is not None:
            connection.putheader("Host", host or f"127.0.0.1:{server.server_port}")
        connection.endheaders()
        reply = connection.getresponse()
        self.status, self.headers, self.body = reply.status, reply.headers, reply.read()
        connection.close()


def test_rows_are_those_of_the_file_without_images(embedded: BrowseServer) -> None:
    told = json.loads(Answer(embedded, "/rows").body)
    stored = pq.read_table(EMBEDDED, columns=["id", "difficulty", "domain", "ground_truth_diff", "page_id"]).to_pylist()
    assert [row["id"] for row in told["rows"]] == [row["key"] for row in told["rows"]] == [row["id"] for row in stored]
    assert [row["tier"] for row in told["rows"]] == [row["difficulty"] for row in stored]
    assert [row["sentence"] for row in told["rows"]] == [row["ground_truth_diff"] for row in stored]
    assert told["name"] == "pairs.parquet" and told["rows"][0]["operator"] == ["font_weight"]
    facts = json.loads(Answer(embedded, "/row/0").body)
    assert facts["magnitude"] == 3.0 and facts["mutation_types"] == ["mutate_font_weight"]
    assert not any(name.startswith("image_") for name in facts)
    assert "magnitude" not in json.loads(Answer(embedded, "/row/89").body)


def test_images_are_the_stored_bytes_and_the_difference_is_theirs(embedded: BrowseServer) -> None:
    stored = pq.read_table(EMBEDDED, columns=["image_before", "image_after"]).to_pylist()
    for row in (0, 29, 30, 89):
        for side in ("before", "after"):
            answer = Answer(embedded, f"/image/{row}/{side}?anything")
            assert answer.body == stored[row][f"image_{side}"]["bytes"]
            assert answer.headers["Content-Type"] == "image/png"
    before, after = (decode(stored[0][f"image_{side}"]["bytes"]) for side in ("before", "after"))
    drawn = decode(Answer(embedded, "/image/0/diff").body)
    assert (drawn[..., 0] == 255 - np.minimum(level_difference(before, after).astype(int) * 8, 255)).all()


@pytest.mark.parametrize(
    "path",
    ["/row/90", "/row/-1", "/image/90/before", "/image/90/diff", "/image/0/elsewhere", "/image/0", "/nothing",
     "/../pairs.parquet", "/rows/", "/row/٣"],
)  # fmt: skip
def test_what_is_not_there_is_404(embedded: BrowseServer, path: str) -> None:
    assert Answer(embedded, path.encode().decode("latin-1") if path.isascii() else "/row/%D9%A3").status == 404


@pytest.mark.parametrize(
    "host", ["example.com", "example.com:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", None]
)
def test_a_foreign_host_is_refused(embedded: BrowseServer, host: str | None) -> None:
    named = host.format(port=embedded.server_port) if host else None
    for path in ("/", "/rows", "/image/0/before"):
        answer = Answer(embedded, path, host=named)
        assert answer.status == 421 and embedded.address.encode() in answer.body and len(answer.body) < 100
    assert Answer(embedded, "/rows", host=f"localhost:{embedded.server_port}").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD", "CONNECT", "BREW"])
def test_anything_but_get_is_refused(embedded: BrowseServer, method: str) -> None:
    answer = Answer(embedded, "/rows", method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")


def test_only_this_machine_and_only_this_page(embedded: BrowseServer) -> None:
    assert embedded.server_address[0] == "127.0.0.1"
    answer = Answer(embedded, "/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src 'self'; connect-src 'self'; style-src 'sha256-")
    assert "unsafe" not in policy and "http" not in policy and "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert not re.search(r"https?:|//[a-z]+\.|\.innerHTML|eval\(", PAGE)
    assert "sandbox" in Answer(embedded, "/image/0/before").headers["Content-Security-Policy"]
    assert Answer(embedded, "/icon.svg").headers["X-Content-Type-Options"] == "nosniff"


def test_absent_and_null_columns_do_no_harm(tmp_path: Path) -> None:
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    bare = pa.schema([("id", pa.string()), ("image_before", image), ("image_after", image)])
    with serving(_write(tmp_path / "bare.parquet", [_row("a"), _row("a"), _row(None)], bare)) as server:
        rows = json.loads(Answer(server, "/rows").body)["rows"]
        assert [row["key"] for row in rows] == ["a", "a~2", "~3"]
        assert rows[0] == {"key": "a", "id": "a", "operator": ["none"], "tier": "none", "domain": "none",
                           "task": "none", "sentence": "", "page": ""}  # fmt: skip
        assert json.loads(Answer(server, "/row/0").body) == {"id": "a"}
        assert Answer(server, "/image/2/after").body == _png()
    published = pa.schema([arrow_schema().field(name) for name in PUBLISHED_PAIRS.names()])
    row = _row("b", mutations_text=["It is red."], task_type="visual_diff", pixel_diff=float("nan"))
    with serving(_write(tmp_path / "published.parquet", [row], published)) as server:
        assert json.loads(Answer(server, "/rows").body)["rows"][0]["sentence"] == "It is red."
        assert json.loads(Answer(server, "/row/0").body)["pixel_diff"] is None


def test_controls_and_screenshots_are_told_by_their_kind(tmp_path: Path) -> None:
    rows = [_row("c", task_type="benign", mechanism="jpeg"), _row("d/e.png", task_type="unlabelled")]
    with PairsFile(_write(tmp_path / "kinds.parquet", rows)) as pairs:
        index: Any = pairs.index()
    assert [row["operator"] for row in index["rows"]] == [["jpeg"], ["unlabelled"]]


def test_a_damaged_image_says_so_and_the_rest_works(tmp_path: Path) -> None:
    whole = _png()
    rows = [_row(name) for name in ("cut", "none", "text", "null", "sizes", "fine")]
    rows[0]["image_before"] = {"bytes": whole[:-30], "path": None}
    rows[1]["image_before"] = None
    rows[2]["image_before"] = {"bytes": b"<svg onload=alert(1)>", "path": None}
    rows[3]["image_before"] = {"bytes": None, "path": "elsewhere.png"}
    rows[4]["image_before"] = {"bytes": _png(320, 201), "path": None}
    with serving(_write(tmp_path / "damaged.parquet", rows)) as server:
        for row, says in enumerate([b"before cannot be decoded", b"holds no bytes", b"cannot be decoded", b"no bytes"]):
            for which in ("before", "diff"):
                answer = Answer(server, f"/image/{row}/{which}")
                assert answer.status == 422 and says in answer.body
                assert answer.headers["Content-Type"].startswith("text/plain")
            assert Answer(server, f"/image/{row}/after").body == whole
        assert b"320 x 201 px, after is 320 x 200" in Answer(server, "/image/4/diff").body
        assert Answer(server, "/image/4/before").status == Answer(server, "/image/5/diff").status == 200


@pytest.mark.parametrize("rows_per_group", [4, 40])
def test_few_images_are_held_whatever_the_row_groups_are(tmp_path: Path, rows_per_group: int) -> None:
    noise = np.random.default_rng(1)
    rows = []
    for number in range(40):
        file = io.BytesIO()
        Image.fromarray(noise.integers(0, 255, (60, 60, 3), np.uint8)).save(file, "PNG")  # 11 kB
        image = {"bytes": file.getvalue(), "path": None}
        rows.append(_row(str(number), image_before=image, image_after=image))
    path = _write(tmp_path / "groups.parquet", rows, row_group_size=rows_per_group)
    with PairsFile(path, max_held_bytes=250_000) as pairs:
        for row in (39, 0, 17, 18, 39, 3, 20, 17):
            assert pairs.picture(row, "after").data == rows[row]["image_after"]["bytes"]
            assert 0 < pairs.num_held_bytes <= 250_000


def test_what_cannot_be_browsed_is_said(tmp_path: Path) -> None:
    text = tmp_path / "text.parquet"
    text.write_text("id,before,after\n")
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"id": ["a"], "image_before": ["a.png"]}), other)
    paths = tmp_path / "paths.parquet"
    pq.write_table(pa.table({"id": ["a"], "image_before": ["a.png"], "image_after": ["b.png"]}), paths)
    empty = _write(tmp_path / "empty.parquet", [])
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(EMBEDDED.read_bytes()[:100_000])
    for path, says in {
        tmp_path / "none.parquet": "no file at",
        tmp_path: "is a folder",
        text: "cannot be read as Parquet",
        cut: "cannot be read as Parquet",
        other: "lacks image_after",
        paths: "must hold images",
        empty: "holds no pairs",
    }.items():
        with pytest.raises(DatasetError, match=says):
            main([str(path)])


def test_what_was_asked_wrongly_is_said(embedded: BrowseServer, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match=f"port {embedded.server_port} is in use; choose another, or port=0"):
        main([str(EMBEDDED), f"port={embedded.server_port}"])
    for arguments in ([], ["a", "b"], ["a", "port=x"], ["a", "port=1", "port=2"]):
        with pytest.raises(ConfigError, match="usage"):
            main(arguments)
    with pytest.raises(ConfigError, match="must be 0"):
        main([str(EMBEDDED), "port=65536"])
    assert main(["--help"]) == 0 and "Ctrl-C" in capsys.readouterr().out


def test_the_command_prints_one_line_and_ends_by_control_c() -> None:
    command = [sys.executable, "-m", "pairgen.browse", str(EMBEDDED)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT_ROOT, start_new_session=True
    )
    assert process.stdout
    line = process.stdout.readline()
    found = re.fullmatch(r"90 pairs: http://127\.0\.0\.1:(\d+)/   Ctrl-C ends it\n", line)
    assert found, line + process.communicate(timeout=60)[1]
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "") and process.returncode == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = find_executable("", playwright.chromium.executable_path)
        opened = playwright.chromium.launch(executable_path=found, chromium_sandbox=False, args=["--disable-gpu"])
        yield opened
        opened.close()


Open = Callable[..., Page]


@pytest.fixture
def look(browser: Browser) -> Iterator[Open]:
    """Open a server's page; at the end it must have complained of nothing and asked nobody else."""
    complaints: list[str] = []
    contexts = []

    def open_page(server: BrowseServer, place: str = "", expected: str = "^$", **how: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: re.search(expected, message.text) or complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda one: one.url.startswith(server.address) or complaints.append(one.url))
        page.goto(server.address + place)
        expect(page.locator(".option[aria-selected=true]")).to_have_count(1)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _pictures(page: Page) -> list[int]:
    """Return the rows whose pictures stand in the panes, once all three are there."""
    expect(page.locator(".pane[data-state=ready]")).to_have_count(3)
    sources = page.locator(".pane img").evaluate_all("all => all.map((one) => one.src)")
    return sorted({int(re.search(r"/image/(\d+)/", source)[1]) for source in sources})  # type: ignore[index]


def test_pairs_are_filtered_and_looked_through_by_keys(look: Open, embedded: BrowseServer) -> None:
    page = look(embedded)
    expect(page.locator("#count")).to_have_text("90 of 90")
    page.get_by_label("Operator").select_option("color")
    expect(page.locator("#count")).to_have_text("6 of 90")
    assert page.get_by_label("Tier").locator("option").all_inner_texts()[:2] == ["all", "easy (2)"]
    page.get_by_label("Tier").select_option("hard")
    expect(page.locator("#count")).to_have_text("2 of 90")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#tags .id")).to_have_text("hard-color-0001")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tags .id")).to_have_text("hard-color-0002")
    expect(page.locator("#place")).to_have_text("2 of 2")
    ids = [row["id"] for row in json.loads(Answer(embedded, "/rows").body)["rows"]]
    assert _pictures(page) == [ids.index("hard-color-0002")]
    assert page.url.endswith("#hard-color-0002")
    expect(page.locator("#told")).to_contain_text("element")
    page.get_by_role("button", name="Clear").click()
    page.keyboard.press("/")
    page.keyboard.type("no_diff-0003")
    expect(page.locator("#count")).to_have_text("1 of 90")
    expect(page.locator(".option .sentence")).to_have_text("Nothing changed.")


def test_views_blink_boxes_and_enlarging(look: Open, embedded: BrowseServer) -> None:
    page = look(embedded)
    assert _pictures(page) == [0]
    panes = page.locator("#panes")
    assert [page.locator(f".pane.{side} img").is_visible() for side in ("before", "after", "diff")] == [True] * 3
    page.keyboard.press(" ")
    told = """node => [node.dataset.side, ...['before', 'after', 'diff'].filter((side) =>
        getComputedStyle(node.querySelector(`.${side} img`)).visibility === 'visible')]"""
    for side in ("after", "before", "after"):
        expect(panes).to_have_attribute("data-side", side)
        shown = panes.evaluate(told)  # at one moment: by now the other may have its turn
        assert shown in (["before", "before"], ["after", "after"])
    page.keyboard.press(" ")
    expect(panes).to_have_attribute("data-mode", "three")
    frame, image = page.locator(".pane.before .box.target"), page.locator(".pane.before img")
    whole, box = image.bounding_box(), frame.bounding_box()
    assert whole and box
    stored = json.loads(Answer(embedded, "/row/0").body)
    assert abs((box["x"] - whole["x"]) / whole["width"] * 1280 - stored["target_bbox_x"]) < 2
    assert abs(box["width"] / whole["width"] * 1280 - stored["target_bbox_w"]) < 2
    page.get_by_label("target", exact=True).uncheck()
    assert not frame.is_visible() and page.locator(".pane.before .box.affected").is_visible()
    page.keyboard.press("z")
    enlarged = image.bounding_box()
    assert enlarged and enlarged["width"] > 2 * whole["width"]
    page.keyboard.press("s")
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    clip = page.locator(".pane.before .view").evaluate("node => getComputedStyle(node).clipPath")
    assert clip == "inset(0px 100% 0px 0px)"
    page.keyboard.press("ArrowDown")
    expect(page.locator("#place")).to_have_text("2 of 90")


def test_a_pair_is_opened_by_its_link_and_a_phone_shows_one_thing_at_a_time(look: Open, embedded: BrowseServer) -> None:
    page = look(embedded, "#hard-text-0002", viewport={"width": 390, "height": 844}, color_scheme="dark")
    expect(page.locator("#tags .id")).to_have_text("hard-text-0002")
    assert not page.locator("#list").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Back to the list").click()
    assert page.locator("#list").is_visible() and not page.locator("#panes").is_visible()
    page.locator(".option").first.click()
    expect(page.locator("#tags .id")).to_have_text("easy-font_weight-0001")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    light = look(embedded, color_scheme="light").evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light


def test_hostile_words_stay_words_and_a_damaged_picture_says_so(look: Open, tmp_path: Path) -> None:
    hostile = dict.fromkeys(("ground_truth_diff", "page_id", "mechanism", "template_id", "user_query"), HOSTILE)
    hostile |= {
        "difficulty": HOSTILE,
        "domain": HOSTILE,
        "renderer": json.dumps({"browser": HOSTILE, "fonts": {HOSTILE: 1}}),
    }
    mutations = [json.dumps({"type": HOSTILE, "__proto__": {"x": HOSTILE}, "old_value": HOSTILE}), HOSTILE, "[" * 5_000]
    row = _row(HOSTILE, **hostile, mutation_types=[HOSTILE], mutation_dicts_json=mutations, visual_effects=[HOSTILE])
    row["image_after"] = {"bytes": b"\x89PNG" + HOSTILE.encode(), "path": None}
    row |= {f"target_bbox_{side}": 2**60 for side in "xywh"}
    with serving(_write(tmp_path / f"{'<b>'}.parquet", [row, _row("fine")])) as server:
        page = look(server, expected="status of 422")
        expect(page.locator("#sentence")).to_have_text(HOSTILE)
        expect(page.locator("#told section").nth(0)).to_contain_text(HOSTILE)
        expect(page.locator("h1")).to_have_text("<b>.parquet")
        expect(page.locator(".pane.after .fault")).to_contain_text("after cannot be decoded")
        expect(page.locator(".pane.diff .fault")).to_contain_text("after cannot be decoded")
        assert page.locator(".pane.before img").is_visible()
        assert page.locator("script").count() == 1 and page.locator("img").count() == 3
        assert page.evaluate("() => ({}).x") is None
        page.keyboard.press("ArrowDown")
        assert _pictures(page) == [1] and page.locator(".fault").count() == 0
        assert page.url.endswith("#fine")
        page.keyboard.press("ArrowUp")
        page.reload()
        expect(page.locator("#sentence")).to_have_text(HOSTILE)
