"""Real sweeps, watched from another process; what an endpoint echoes of its key; what Ray exports."""

import contextlib
import http.server
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import sweep_cases as cases
import watch_cases

from orchestrator.metrics import refuse_without_exporter
from orchestrator.status import Status, read_status
from schemas.errors import ConfigError, StoreError

SLOW = (
    "+models.slow.name=slow",
    "+models.slow.adapter.kind=scripted",
    "+models.slow.adapter.median_latency_s=0.5",
    "+judge@judges.rules=rules",
)
KEY = "sk-echo-0123456789abcdefghij"
_GUARD_S = 120.0


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cases.write_dataset(tmp_path_factory.mktemp("data") / "pairs.parquet", 60)


@contextlib.contextmanager
def driving(*words: str, dataset: Path, runs: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run the real command beside the test; it and its group are gone at the end."""
    command = cases.command(*words, dataset=dataset, runs=runs)
    with subprocess.Popen(
        command, cwd=cases.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as driver:
        try:
            yield driver
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(driver.pid, signal.SIGKILL)
            driver.communicate()


def wait_for(runs: Path, is_there: str, count: int) -> Status:
    """Wait until a status counts so much."""
    deadline_s = time.monotonic() + _GUARD_S
    while time.monotonic() < deadline_s:
        for path in runs.glob("*/status.json"):
            with contextlib.suppress(StoreError):
                status = read_status(path)
                if getattr(status, is_there) >= count:
                    return status
        time.sleep(0.1)
    raise AssertionError(f"no {count} {is_there} in time")


def show(runs: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "orchestrator", "status", f"runs={runs}", *words]
    return subprocess.run(command, cwd=cases.ROOT, capture_output=True, text=True, timeout=_GUARD_S, check=False)


@pytest.mark.timeout(300)
def test_a_sweep_is_watched_and_its_death_is_told(dataset: Path, tmp_path: Path) -> None:
    with driving(*SLOW, dataset=dataset, runs=tmp_path) as driver:
        status = wait_for(tmp_path, "answers", 5)
        shown = show(tmp_path)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert f"running, pid {driver.pid} on" in shown.stdout
        assert (status.state, status.driver.pid, status.num_answers) == ("running", driver.pid, 60)
        by_name = {row.name: row for row in status.rows}
        assert by_name["slow"].ready > 0
        assert by_name["slow"].in_flight > 0
        assert by_name["slow"].calls_ended + by_name["slow"].calls_left == 60
        assert interrupted_watching(tmp_path) == 0
        os.killpg(driver.pid, signal.SIGKILL)
        driver.wait(_GUARD_S)
        gone = show(tmp_path)
    assert f"its driver (pid {driver.pid} on" in gone.stdout
    assert gone.stdout.endswith(f"  {status.command}\n")


def interrupted_watching(runs: Path) -> int:
    """Return how watching ends by Ctrl-C; it must be quiet."""
    command = [sys.executable, "-m", "orchestrator", "status", f"runs={runs}", "--watch"]
    with subprocess.Popen(
        command, cwd=cases.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as watching:
        time.sleep(3)  # it shows nothing to a pipe until it ends
        os.killpg(watching.pid, signal.SIGINT)
        _, err = watching.communicate(timeout=_GUARD_S)
    assert err == ""
    return watching.returncode


def test_a_stopped_sweep_says_so_and_a_finished_one_names_its_leaderboard(dataset: Path, tmp_path: Path) -> None:
    with driving(*SLOW, "limit=30", dataset=dataset, runs=tmp_path) as driver:
        wait_for(tmp_path, "answers", 3)
        os.killpg(driver.pid, signal.SIGINT)
        driver.communicate(timeout=_GUARD_S)
    stopped = show(tmp_path).stdout
    assert "   stopped after " in stopped
    assert "go on with" in stopped
    done = cases.run(*SLOW, "limit=30", dataset=dataset, runs=tmp_path)
    assert done.returncode == 0, done.stderr
    status = wait_for(tmp_path, "answers", 30)
    assert (status.state, status.time_left_s, status.outcomes) == ("done", None, {"ok": 30})
    assert status.leaderboard is not None
    assert Path(status.leaderboard).is_file()
    events = watch_cases.events(cases.only_run(tmp_path))
    assert [event for event in events if event.startswith("sweep")] == [
        *("sweep begins", "sweep stopping", "sweep analysing", "sweep stopped"),
        *("sweep begins", "sweep analysing", "sweep done"),
    ]


class _Echo(http.server.BaseHTTPRequestHandler):
    """Refuse every chat with the request's own headers in the message, in turn as the server's fault."""

    numbers = itertools.count()

    def do_GET(self) -> None:
        self._say(200, {"object": "list", "data": [{"id": "echo", "object": "model"}]})

    def do_POST(self) -> None:
        number = next(self.numbers)
        self.rfile.read(int(self.headers["Content-Length"]))
        said = f"you sent {self.headers['Authorization']}, headers {dict(self.headers)}, key {KEY[:20]}"
        self._say(422 if number % 2 else 500, {"error": {"message": said}})

    def _say(self, status: int, value: dict[str, object]) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.timeout(300)
@pytest.mark.parametrize("cluster", ["inline", "local"])
def test_a_key_that_an_endpoint_echoes_is_written_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: str
) -> None:
    monkeypatch.setenv("ECHO_KEY", KEY)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v1"
    engine = f"{{kind:openai,base_url:'{url}',model:echo,api_key_env:ECHO_KEY,timeout_s:5}}"
    words = (f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{engine}}}", "+judge@judges.rules=rules")
    path, runs = cases.write_dataset(tmp_path / "pairs.parquet", 4), tmp_path / "runs"
    try:
        done = cases.run(*words, f"cluster={cluster}", "canary=false", dataset=path, runs=runs)
    finally:
        server.shutdown()
        server.server_close()
    assert done.returncode == 0, done.stderr
    lines = watch_cases.log_lines(cases.only_run(runs))
    said = [line["message"] for line in lines if line["event"] in ("call failed", "call retried")]
    assert any("you sent" in message and "***" in message for message in said), "the echo was not met"
    assert {line["event"] for line in lines} >= {"call failed", "call retried"}
    written = {str(each): each.read_bytes() for each in runs.rglob("*") if each.is_file()}
    written |= {"stdout": done.stdout.encode(), "stderr": done.stderr.encode()}
    for piece in (KEY, KEY[:12], KEY[8:20]):
        assert [name for name, content in written.items() if piece.encode() in content] == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def scraped(port: int) -> dict[str, float]:
    """Return this project's samples, by name and the tags that are its own."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as reply:
        lines = reply.read().decode().splitlines()
    found = {}
    for line in lines:
        name, _, rest = line.partition("{")
        if name.startswith("ray_diffspot_"):
            tags, _, value = rest.rpartition("} ")
            own = [tag for tag in tags.split(",") if tag.split("=")[0] in ("kind", "outcome", "row", "table", "use")]
            found[f"{name}{{{','.join(sorted(own))}}}"] = float(value)
    return found


@pytest.mark.timeout(300)
def test_ray_serves_what_the_status_says(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        refuse_without_exporter()
    except ConfigError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    monkeypatch.setenv("RAY_metrics_report_interval_ms", "500")
    port, found = free_port(), dict[str, float]()
    with driving(*SLOW, f"cluster.metrics_port={port}", dataset=dataset, runs=tmp_path) as driver:
        wait_for(tmp_path, "answers", 5)
        while (
            driver.poll() is None and found.get('ray_diffspot_calls_total{kind="model",outcome="ok",row="slow"}', 0) < 5
        ):
            time.sleep(0.2)
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                found = scraped(port)
        status = wait_for(tmp_path, "answers", 5)
    assert 5 <= found['ray_diffspot_calls_total{kind="model",outcome="ok",row="slow"}'] <= 60
    assert found['ray_diffspot_cells_planned{table="answers"}'] == status.num_answers
    assert found['ray_diffspot_cells{table="answers"}'] >= 5
    assert found['ray_diffspot_in_flight{kind="model",row="slow"}'] > 0
    assert found['ray_diffspot_gpu_seconds{use="useful"}'] == 0


def test_metrics_without_an_exporter_are_refused_with_the_remedy(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = cases.run(*SLOW, "cluster=inline", "cluster.metrics_port=8080", dataset=dataset, runs=tmp_path)
    assert done.returncode == 2
    assert "cluster.metrics_port is for cluster=local" in done.stderr
    monkeypatch.setattr("orchestrator.metrics._NEEDED", ("ray", "no_such_package.at_all"))
    with pytest.raises(ConfigError, match=r"lacks no_such_package.at_all: pip install 'ray\[default\]'"):
        refuse_without_exporter()


@pytest.mark.timeout(300)
def test_a_row_on_gpus_has_its_seconds_told_apart(tmp_path: Path) -> None:
    engine = "{kind:scripted,num_gpus:2,gpu_memory_gb:20,start_s:1,dies_after:8,max_in_flight:4,script:{median_s:0.2}}"
    row = f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{engine}}}"
    cluster = ("cluster.num_gpus=2", "cluster.gpu_memory_gb=80", "canary=false")
    path = cases.write_dataset(tmp_path / "pairs.parquet", 20)
    done = cases.run(row, "+judge@judges.rules=rules", *cluster, dataset=path, runs=tmp_path / "runs")
    assert done.returncode == 0, done.stderr
    run_dir = cases.only_run(tmp_path / "runs")
    status = read_status(run_dir / "status.json")
    (mine,) = [each for each in status.rows if each.name == "mine"]
    seconds = status.gpu_seconds
    num_deaths = watch_cases.events(run_dir).count("worker died")
    assert num_deaths >= 2
    assert (mine.num_gpus, mine.calls_ended, mine.in_flight) == (2, 20, 0)
    assert seconds["warming"] >= 2 * 1.0 * (1 + num_deaths), "each start takes a second on two GPUs"
    assert seconds["useful"] >= 2 * 0.2, "twenty calls of a fifth of a second, four at once"
    assert seconds["lost"] > 0
    used = sum(seconds[use] for use in ("useful", "idle", "warming", "lost"))
    assert used == pytest.approx(seconds["held"])
    assert seconds["held"] <= 2 * status.elapsed_s
