"""A real HTTP endpoint on loopback serves a model and an LLM judge in one sweep, faults included."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import sweep_cases as cases

from model_adapters.engines.scripted_replies import Asked, RawReply, Script, answer
from model_adapters.engines.scripted_server import ScriptedServer, serving
from orchestrator.sweep import RETRY_BUDGETS

NUM_PAIRS = 30
ASKED_WITH_IMAGES: set[str] = set()
"""Contents of the model's requests; a judge may ask the same of two unchanged pairs."""


def answer_or_refuse(asked: Asked) -> str | RawReply:
    """Answer by script, but reject one call in nine for good, as an endpoint does that dislikes an image."""
    if asked.images:
        ASKED_WITH_IMAGES.add(asked.content)
    if asked.images and int(asked.content[:4], 16) % 9 == 0:
        return RawReply(status=400, body=b'{"error": {"message": "image rejected"}}')
    return answer(asked)


FAULTS = Script(
    seed=3,
    median_s=0.05,
    rate_limited_share=0.08,
    server_error_share=0.08,
    hang_share=0.03,
    cut_json_share=0.05,
    html_share=0.03,
    empty_share=0.06,
    length_share=0.06,
)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving(FAULTS, answer_or_refuse) as started:
        yield started


def rows_at(base_url: str) -> tuple[str, ...]:
    engine = f"{{kind:openai,base_url:'{base_url}',model:scripted,timeout_s:2,max_in_flight:16}}"
    judge = "{kind:llm,sampling:{temperature:0,max_output_tokens:16384}}"
    return (
        f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{engine}}}",
        "+model@models.none=always_no_diff",
        f"+judges.mine={{name:llm,judge:{judge},engine:{engine}}}",
        "+judge@judges.rules=rules",
    )


@pytest.mark.timeout(300)
def test_model_and_judge_over_http_with_faults_add_up_to_every_cell(tmp_path: Path, server: ScriptedServer) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", NUM_PAIRS)
    runs = tmp_path / "runs"
    done = cases.run(*rows_at(server.base_url), dataset=dataset, runs=runs, timeout_s=200)
    assert done.returncode == 0, done.stderr
    run_dir = cases.only_run(runs)
    predictions = pl.read_parquet(run_dir / "predictions.parquet")
    verdicts = pl.read_parquet(run_dir / "verdicts.parquet")
    assert predictions.group_by("model").len()["len"].to_list() == [NUM_PAIRS, NUM_PAIRS]
    assert verdicts.group_by("model", "judge").len()["len"].to_list() == [NUM_PAIRS] * 4
    mine = predictions.filter(pl.col("model") == "mine")
    statuses = Counter(mine["status"])
    assert statuses["ok"] > 0
    assert statuses["error"] > 0
    assert set(statuses) <= {"ok", "truncated", "empty", "error"}
    assert mine.filter((pl.col("status") == "error") & pl.col("error_type").is_null()).is_empty()
    assert mine.filter(pl.col("status") == "ok")["prompt_tokens"].null_count() == 0
    assert_every_verdict_has_its_reason(verdicts, mine)
    assert_outcomes_are_printed(done.stdout, predictions, verdicts)
    assert set(cases.finished_rows(runs).values()) <= {0, 1}, "a finished call was kept twice"
    assert max(server.finished[content] for content in ASKED_WITH_IMAGES) == 1, "a finished call was repeated"
    assert {"rate_limited", "server_error", "cut_json"} <= set(server.outcomes), "the faults did not happen"


def assert_every_verdict_has_its_reason(verdicts: pl.DataFrame, mine: pl.DataFrame) -> None:
    judged = verdicts.filter(pl.col("model") == "mine").join(mine, on="pair_id", suffix="_of_answer")
    for row in judged.iter_rows(named=True):
        expected = {"error": "no_prediction", "empty": "no_answer"}.get(row["status_of_answer"])
        if expected:
            assert row["status"] == expected
        assert (row["is_correct"] is None) == (row["status"] in ("no_prediction", "unparsed", "error"))


def assert_outcomes_are_printed(stdout: str, predictions: pl.DataFrame, verdicts: pl.DataFrame) -> None:
    """The console's table of outcomes adds up to every answer and every verdict."""
    lines = stdout[stdout.index("\noutcome ") :].splitlines()[2:]
    total = next(number for number, line in enumerate(lines) if line.startswith("in all"))
    counts = [
        [int(cell.replace(",", "").replace("-", "0")) for cell in line.split()[-2:]] for line in lines[: total + 1]
    ]
    assert counts[total] == [predictions.height, verdicts.height], stdout
    assert [sum(column) for column in zip(*counts[:total], strict=True)] == counts[total]


def test_the_same_row_at_another_address_shares_no_stored_answer(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 5)
    runs = tmp_path / "runs"
    with serving() as first, serving() as second:
        for server in (first, second):
            done = cases.run(*rows_at(server.base_url), "cluster=inline", dataset=dataset, runs=runs)
            assert done.returncode == 0, done.stderr
            assert sum(server.finished.values()) == 5 * 3, "a model call, and a judge call for each of two models"
        again = cases.run(*rows_at(first.base_url), "cluster=inline", dataset=dataset, runs=runs)
        assert again.returncode == 0
        assert sum(first.finished.values()) == 5 * 3


def test_a_stranger_who_never_answers_right_leaves_reasons_not_silence(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 4)
    with serving(Script(html_share=1.0)) as server:
        done = cases.run(*rows_at(server.base_url), "cluster=inline", dataset=dataset, runs=tmp_path / "runs")
    predictions = pl.read_parquet(cases.only_run(tmp_path / "runs") / "predictions.parquet")
    failed = predictions.filter(pl.col("model") == "mine")
    assert done.returncode == 0
    assert set(failed["error_type"]) == {"bad_reply"}
    assert set(failed["attempts"]) == {RETRY_BUDGETS["bad_reply"]}


def test_an_endpoint_that_bears_two_calls_at_once_answers_every_pair(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 40)
    engine = "{{kind:openai,base_url:'{}',model:scripted,max_in_flight:32}}"
    with serving(Script(median_s=0.05, sigma=0.1, capacity=2, retry_after_s=0.1)) as server:
        row = f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{engine.format(server.base_url)}}}"
        words = (row, "+judge@judges.rules=rules", "cluster=inline", "canary=false")
        done = cases.run(*words, dataset=dataset, runs=tmp_path / "runs")
    assert done.returncode == 0, done.stderr
    predictions = pl.read_parquet(cases.only_run(tmp_path / "runs") / "predictions.parquet")
    assert set(predictions["status"]) == {"ok"}
    refused = server.outcomes["over_capacity"]
    assert 0 < refused <= 40, "thirty refusals come of the first sixteen calls and few after them"
    assert predictions["attempts"].sum() == 40 + refused, "every call that was sent counts as an attempt, no other does"
