"""The status file, what is printed of it, and the verb that finds it."""

import json
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sweep_cases as cases
import watch_cases
from watch_cases import status

from orchestrator.status import RowStatus, StatusFile, read_status, write_status
from orchestrator.status_door import find_run, show_status
from orchestrator.status_table import is_gone, render
from records.processes import Process
from records.run_paths import RunsPaths
from schemas.errors import ConfigError, StoreError

NOON = datetime.fromisoformat(watch_cases.NOW)
ELSEWHERE = Process(host="elsewhere", pid=7, machine="another boot")


def dead_driver() -> Process:
    """Return a process of this machine that has ended."""
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    return replace(Process.this(), pid=int(done.stdout))


def test_a_status_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "run" / "status.json"
    written = status(gpu_seconds={"useful": 1.5}, outcomes={"ok": 3}, reason="a reason")
    write_status(written, path)
    assert read_status(path) == written
    assert [each.name for each in path.parent.iterdir()] == ["status.json"]


def test_what_a_newer_version_adds_is_passed_over_and_damage_has_its_error(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    write_status(status(), path)
    values = json.loads(path.read_text())
    values["weather"], values["rows"][0]["weather"], values["driver"]["weather"] = "fine", "fine", "fine"
    path.write_text(json.dumps(values))
    assert read_status(path) == status()
    for damaged in (b"{", b"[]", b"null", b'{"driver": {}}', b"\xff"):
        path.write_bytes(damaged)
        with pytest.raises(StoreError, match="damaged"):
            read_status(path)


def test_the_last_status_is_written_even_where_the_end_follows_at_once(tmp_path: Path) -> None:
    for number in range(200):
        file = StatusFile(tmp_path / "status.json")
        file.put(status(answers=0))
        file.put(status(answers=number))
        file.close()
        assert read_status(tmp_path / "status.json").answers == number


def test_a_status_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file where the folder should be")
    file = StatusFile(tmp_path / "run" / "status.json")
    file.put(status())
    file.close()
    assert not any(thread.name == "status" for thread in threading.enumerate())


def test_a_run_at_work_is_shown_with_its_rates() -> None:
    text = render(status(), NOON)
    assert "sweep-12345678   running, pid" in text
    assert "answers     40/100   40%   2.0/s" in text
    assert "time left   0:30" in text
    assert text.splitlines()[-2:] == [
        "row             ready  in flight  ended  left  calls/s",
        "model my-model      1          8     40    60      2.0",
    ]


def test_gpu_seconds_cost_and_tokens_are_shown_where_there_are_some() -> None:
    row = RowStatus(
        group="judge", row="llm", name="llm", input_tokens_per_s=1234.5, output_tokens_per_s=60.2, cost_usd=2
    )
    seconds = {"useful": 60.0, "idle": 20.0, "warming": 15.0, "lost": 5.0, "held": 100.0}
    text = render(status(rows=(row,), gpu_seconds=seconds, cost_usd=2.0, max_cost_usd=20.0, time_left_s=None), NOON)
    assert "judge llm     1,234         60  $2.00" in text or "judge llm     1,235         60  $2.00" in text
    assert "GPU-seconds useful 60 (60%)   idle 20 (20%)   warming 15 (15%)   lost 5 (5%)   of 100" in text
    assert "cost        $2.00 of at most $20.00, for this command" in text
    assert "time left   unknown" in text


def test_a_dead_driver_is_said_to_be_gone_with_what_goes_on() -> None:
    gone = status(driver=dead_driver(), folder="/some/where")
    text = render(gone, NOON + timedelta(minutes=3))
    assert "is gone: last heard 3:00 ago" in text
    assert text.endswith("go on with, in /some/where:\n  python -m orchestrator +sweep=mine")
    assert "time left" not in text


@pytest.mark.parametrize(
    ("driver", "state", "silent_s", "gone"),
    [
        (Process.this(), "running", 5, False),
        (Process.this(), "running", 300, False),
        (Process.this(), "analysing", 300, False),
        (ELSEWHERE, "running", 5, False),
        (ELSEWHERE, "running", 300, True),
        (ELSEWHERE, "analysing", 300, False),
        (ELSEWHERE, "done", 300, False),
        (ELSEWHERE, "stopped", 300, False),
    ],
)
def test_a_driver_is_gone_when_its_process_is_or_it_is_silent(
    driver: Process, state: str, silent_s: float, gone: bool
) -> None:
    assert is_gone(status(driver=driver, state=state), NOON + timedelta(seconds=silent_s)) is gone


def test_a_process_that_ended_is_gone_at_once_whatever_it_was_at() -> None:
    driver = dead_driver()
    assert is_gone(status(driver=driver, state="analysing"), NOON)
    assert is_gone(status(driver=driver), NOON)
    assert not is_gone(status(driver=driver, state="done"), NOON)


def test_a_pid_that_came_back_is_another_process() -> None:
    assert is_gone(status(driver=replace(Process.this(), started="1")), NOON)


def test_a_process_that_is_there_but_silent_is_said_to_be_silent() -> None:
    text = render(status(), NOON + timedelta(minutes=3))
    assert "but silent for 3:00" in text
    assert "go on with" not in text


def write_run(runs: Path, name: str, **other: object) -> Path:
    write_status(status(run=name, updated_at=datetime.now(UTC).isoformat(), **other), runs / name / "status.json")
    return runs / name


def test_a_run_is_found_by_folder_by_name_and_as_the_newest(tmp_path: Path) -> None:
    runs = RunsPaths(tmp_path)
    first, second = write_run(tmp_path, "leaderboard-1"), write_run(tmp_path, "mine-2")
    assert find_run(None, runs).root == second
    write_run(tmp_path, "leaderboard-1")
    assert find_run(None, runs).root == first
    assert find_run("mine-2", runs).root == second
    assert find_run(str(second), RunsPaths(tmp_path / "elsewhere")).root == second
    with pytest.raises(ConfigError, match="did you mean leaderboard-1"):
        find_run("leaderbord-1", runs)
    with pytest.raises(ConfigError, match="no run below"):
        find_run(None, RunsPaths(tmp_path / "elsewhere"))
    (tmp_path / "older-3").mkdir()
    (tmp_path / "older-3" / "config.yaml").touch()
    with pytest.raises(ConfigError, match="no driver of this version"):
        find_run("older-3", runs)


def test_watching_ends_with_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_run(tmp_path, "mine-2", answers=41)
    threading.Timer(0.5, write_run, (tmp_path, "mine-2"), {"state": "done", "leaderboard": "a/file"}).start()
    assert show_status(["mine-2", f"runs={tmp_path}", "--watch"]) == 0
    shown = capsys.readouterr().out
    assert "done after" in shown
    assert "leaderboard a/file" in shown
    assert path.is_dir()


def test_the_verb_prints_the_file_and_exits_2_where_there_is_no_run(tmp_path: Path) -> None:
    write_run(tmp_path, "mine-2")
    words = [sys.executable, "-m", "orchestrator", "status", f"runs={tmp_path}"]
    shown = subprocess.run([*words, "--json"], cwd=cases.ROOT, capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout)["run"] == "mine-2"
    absent = subprocess.run([*words, "mine-3"], cwd=cases.ROOT, capture_output=True, text=True, check=False)
    assert absent.returncode == 2
    assert absent.stderr == "error: no run 'mine-3': did you mean mine-2?\n"
