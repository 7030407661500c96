"""The log: lines with ids, bounded, without secrets, and never in the way."""

import base64
import json
from pathlib import Path

import pytest
import row_cases as rows

from orchestrator.logs import LogConfig, Redaction, RunLog

KEY = "sk-test-0123456789abcdef"


def write(folder: Path, *messages: str, config: LogConfig | None = None, redaction: Redaction | None = None) -> Path:
    path = folder / "logs" / "driver.jsonl"
    with RunLog(path, redaction or Redaction([KEY]), config or LogConfig()) as log:
        for message in messages:
            log.note("executor", "call failed", {"key": "k1", "message": message, "retry_after_s": None})
    return path


def test_a_line_is_an_object_with_time_level_component_event_and_ids(tmp_path: Path) -> None:
    (line,) = write(tmp_path, 'quotes " and\nnew lines').read_text(encoding="utf-8").splitlines()
    values = json.loads(line)
    assert list(values) == ["time", "level", "component", "event", "key", "message"]
    assert values["message"] == 'quotes " and\nnew lines'
    assert values["time"].endswith("+00:00")


@pytest.mark.parametrize(
    "said",
    [
        f"the key {KEY} is wrong",
        f"cut off in the middle: {KEY[:15]}",
        f"Authorization: Bearer {KEY}",
        f'{{"authorization": "Bearer {KEY}"}}',
        "Authorization: Bearer unknown-secret-token-123",
        "{'Authorization': 'Basic " + base64.b64encode(b"user:unknown-secret-token-123").decode() + "'}",
        "x-api-key: unknown-secret-token-123",
        "http://user:unknown-secret-token-123@host/v1 refused",
    ],
)
def test_secrets_are_hidden(tmp_path: Path, said: str) -> None:
    text = write(tmp_path, said).read_text(encoding="utf-8")
    assert "***" in text
    for secret in (KEY, KEY[:10], KEY[5:15], "unknown-secret", base64.b64encode(b"user:unknown").decode()[:12]):
        assert secret not in text


def test_a_short_stand_in_for_a_key_hides_no_part_of_a_word() -> None:
    assert Redaction(["x"]).text("x marks the box") == "*** marks the box"
    assert Redaction(["", "  "]).text("as it was") == "as it was"


def test_the_secrets_are_those_that_rows_name(monkeypatch: pytest.MonkeyPatch) -> None:
    row = rows.vlm(api_key_env="MINE_KEY")
    redaction = Redaction.of([row, rows.judge()], {"MINE_KEY": KEY, "OTHER": "something else"})
    assert redaction.clean({"a": [KEY, {"b": f"{KEY}!"}], "c": 3}) == {"a": ["***", {"b": "***!"}], "c": 3}
    assert redaction.text("something else") == "something else"


def test_the_log_is_bounded(tmp_path: Path) -> None:
    path = write(tmp_path, *("x" * 1000 for _ in range(100)), config=LogConfig(max_mb=0.01, num_kept=2))
    files = sorted(each.name for each in path.parent.iterdir())
    assert files == ["driver.jsonl", "driver.jsonl.1", "driver.jsonl.2"]
    assert max(each.stat().st_size for each in path.parent.iterdir()) <= 10_000


def test_a_second_command_goes_on_in_the_same_log(tmp_path: Path) -> None:
    write(tmp_path, "first")
    path = write(tmp_path, "second")
    assert [json.loads(line)["message"] for line in path.read_text().splitlines()] == ["first", "second"]


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    write(tmp_path, "first")
    if Path("/dev/full").exists():
        with RunLog(Path("/dev/full"), Redaction([]), LogConfig(max_mb=0)) as log:
            log.note("executor", "call failed")
    assert capfd.readouterr() == ("", "")
