"""A run opens in Inspect's own log reader and in its viewer; inspect-ai lives in an environment of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import sync_playwright
from report_runs import published_run

from analysis.export.formats import Exported, export
from pairgen.browser import find_executable
from records.run_paths import RunPaths

ROOT = Path(__file__).parents[2]
VENV, PINS = ROOT / ".venv-inspect", ROOT / "constraints-inspect.txt"
MODEL = "gpt-5.4"
READ = """
import json, sys
from inspect_ai.log import list_eval_logs, read_eval_log
logs = [read_eval_log(info.name) for info in list_eval_logs(sys.argv[1])]
print(json.dumps([log.model_dump(mode="json") for log in logs]))
"""


def _installed() -> Path:
    """Return the environment's Python; install it once, and again where the pins have changed."""
    python, stamp = VENV / "bin" / "python", VENV / "installed"
    wanted = sha256(PINS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", PINS, "inspect-ai"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    if done.returncode:
        message = f"inspect-ai can't be installed here: {done.stderr[-800:]}"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    stamp.write_text(wanted)
    return python


@pytest.fixture(scope="module")
def python() -> Path:
    return _installed()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    paths = RunPaths(tmp_path_factory.mktemp("runs") / "read")
    published_run(paths, num_per_cell=1, num_no_diff=6)
    return Exported(paths=paths, models=[MODEL], num_resamples=0)


@pytest.fixture(scope="module")
def folder(exported: Exported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    export(exported, "inspect", folder)
    return folder


def test_its_reader_reads_every_answer_and_every_judges_score(python: Path, folder: Path, exported: Exported) -> None:
    told = subprocess.run([python, "-c", READ, folder], capture_output=True, text=True, check=True).stdout
    (log,) = json.loads(told)
    assert (log["status"], log["eval"]["task"], log["eval"]["model"]) == ("success", "diffspot", MODEL)
    assert len(log["samples"]) == len(exported.tables.pairs) == 45
    answers = dict(exported.answers(MODEL).select("pair_id", "text").iter_rows())
    assert {one["id"]: one["output"]["choices"][0]["message"]["content"] for one in log["samples"]} == answers
    for judge in exported.judges:
        right = dict(exported.verdicts(MODEL, judge).select("pair_id", "is_correct").iter_rows())
        assert {one["id"]: one["scores"][judge]["value"] == "C" for one in log["samples"]} == right
    _compare_metrics(log, exported)


def _compare_metrics(log: dict[str, Any], exported: Exported) -> None:
    board = exported.analysis.leaderboard.filter(pl.col("model") == MODEL)
    for score in log["results"]["scores"]:
        row = board.row(by_predicate=pl.col("judge") == score["name"], named=True)
        values = {name: metric["value"] for name, metric in score["metrics"].items()}
        assert values == {name: row[name] for name in values} and "overall_accuracy" in values


def test_its_viewer_shows_the_log(python: Path, folder: Path, tmp_path: Path) -> None:
    command = [python.with_name("inspect"), "view", "bundle", "--log-dir", folder, "--output-dir", tmp_path / "view"]
    subprocess.run(command, check=True, capture_output=True)
    with _served(tmp_path / "view") as address, sync_playwright() as playwright:
        found = find_executable("", playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=found, chromium_sandbox=False, args=["--disable-gpu"])
        page = browser.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        page.get_by_text("45 samples").first.wait_for(timeout=60_000)
        page.get_by_text("overall_accuracy").or_(page.get_by_text("easy_recall")).first.wait_for(timeout=60_000)
        shown = page.inner_text("body")
        browser.close()
    assert complaints == []
    assert MODEL in shown and "kimi-k2.5" in shown and "NaN" not in shown


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
