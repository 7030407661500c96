"""A canary fails in a minute, not at hour three: each of its failures, its passes and its doubts."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import canary_cases as canary
import polars as pl
import pytest
import row_cases
import sweep_cases as cases
from ledger_cases import Sweep

from model_adapters.engines.scripted_replies import Asked, RawReply
from model_adapters.engines.scripted_server import serving
from orchestrator.canary import Finding, read_canary, read_order
from orchestrator.canary_gate import CanaryGate
from orchestrator.config import CanaryConfig
from orchestrator.dispatch import Failure
from orchestrator.executor import Ended
from schemas.records import Answer

HTML = RawReply(body=b"<html>Bad gateway</html>")
PAIR = ("LEMON", "RIVER")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return canary.write_dataset(tmp_path_factory.mktemp("data") / "pairs.parquet")


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("first=LEMON second=RIVER", "right"),
        ("first=RIVER second=LEMON", "swapped"),
        ("The second image shows RIVER, the first one Lemon.", "right"),
        ("RIVER is in the second image and LEMON in the first.", "right"),
        ("LEMON first, RIVER second", "right"),
        ("**First:** river\n**Second:** lemon", "swapped"),
        ("LEMON, RIVER", "right"),
        ("RIVER LEMON", "swapped"),
        ("first=LEMON second=LEMON", "unclear"),
        ("first=LEMON", "unclear"),
        ("LEMON", "unclear"),
        ("The first image shows a word.", "unclear"),
        ("first=LEMON second=RIVER or first=RIVER second=LEMON", "unclear"),
        ("LEMONADE, RIVER", "unclear"),
        ("", "unclear"),
    ],
)
def test_the_order_is_read_from_a_reply_or_left_open(text: str, order: str) -> None:
    assert read_order(text, PAIR) == order


def too_large(asked: Asked) -> str | RawReply:
    if any(image in canary.LARGE for image in asked.images):
        message = "This model's maximum context length is 4096 tokens, the prompt has 9000."
        return RawReply(status=400, body=json.dumps({"error": {"message": message}}).encode())
    return "- The box is red."


def all_rejected(asked: Asked) -> RawReply:
    return RawReply(status=400, body=b'{"error": {"message": "unknown field seed"}}')


def cut(asked: Asked) -> RawReply:
    whole = json.loads(canary.completion(asked, "- The box", 1_000).body)
    whole["choices"][0]["finish_reason"] = "length"
    return RawReply(body=json.dumps(whole).encode())


def refused(asked: Asked) -> RawReply:
    whole = json.loads(canary.completion(asked, "", 1_000).body)
    whole["choices"][0]["message"] = {"content": None, "refusal": "I can't look at this."}
    return RawReply(body=json.dumps(whole).encode())


def swapped(words: list[str]) -> str:
    return f"first={words[1]} second={words[0]}"


SICK: dict[str, tuple[canary.Endpoint, str]] = {
    "swapped images": (
        canary.Endpoint(read=swapped),
        "images arrive swapped: of LEMON and RIVER it saw the second first",
    ),
    "context too small": (canary.Endpoint(say=too_large), "context too small: the largest pair is rejected"),
    "empty answer": (canary.Endpoint(say=lambda asked: ""), "the answer is empty after 0 tokens (finish reason stop)"),
    "cut answer": (canary.Endpoint(say=cut), "the answer is cut after 3 tokens (finish reason length): raise"),
    "refusal": (canary.Endpoint(say=refused), 'it refuses to answer: "I can\'t look at this."'),
    "template without images": (
        canary.Endpoint(read=lambda words: "I see no image.", tokens_per_image=0),
        "the template takes no images: 26 prompt tokens without an image, 26 with one, 26 with two",
    ),
    "template with one image": (
        canary.Endpoint(read=lambda words: f"I see {words[0]} alone.", max_images=1),
        "the template takes one image of two: 26 prompt tokens without an image, 1026 with one, 1026 with two",
    ),
    "prompt rejected": (canary.Endpoint(say=all_rejected), "its own prompt is rejected: scripted at"),
}


@pytest.mark.parametrize("sickness", SICK)
def test_a_sick_row_ends_with_its_reason_and_the_sweep_goes_on(
    sickness: str, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint, reason = SICK[sickness]
    endpoint.canary.clear()
    endpoint.pairs.clear()
    with serving(answerer=endpoint) as server:
        assert canary.sweep(server.base_url, dataset, tmp_path) == 0
    assert len(endpoint.canary) <= 6
    assert len(endpoint.pairs) == (sickness == "context too small"), "no other call was spent"
    assert_row_failed(tmp_path, reason)
    printed = capsys.readouterr().out
    assert f"canary     mine failed: {reason}" in printed
    assert f"{canary.NUM_PAIRS} calls are not made" in printed
    assert f"{2 * canary.NUM_PAIRS}/{2 * canary.NUM_PAIRS} answers" in printed


def assert_row_failed(runs: Path, reason: str) -> None:
    run_dir = cases.only_run(runs)
    predictions = pl.read_parquet(run_dir / "predictions.parquet")
    mine = predictions.filter(pl.col("model") == "mine")
    assert Counter(mine.select("status", "error_type").iter_rows()) == {("error", "canary"): canary.NUM_PAIRS}
    assert mine["error_message"].str.starts_with(reason).all()
    assert set(predictions.filter(pl.col("model") != "mine")["status"]) == {"ok"}
    verdicts = pl.read_parquet(run_dir / "verdicts.parquet").filter(pl.col("model") == "mine")
    assert set(verdicts["status"]) == {"no_prediction"}
    rows = {row["name"]: row for row in manifest(run_dir)["rows"]}
    assert (rows["mine"]["status"], rows["always_no_diff"]["status"]) == ("failed", "done")
    assert rows["mine"]["reason"].startswith(reason)


def manifest(run_dir: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run_dir / "manifest.json").read_text())
    return found


def test_a_mended_row_is_tried_again_and_a_passed_canary_never(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint = canary.Endpoint(read=swapped)
    with serving(answerer=endpoint) as server:
        assert canary.sweep(server.base_url, dataset, tmp_path) == 0
        assert "canary     mine failed" in capsys.readouterr().out
        endpoint.read = canary.Endpoint().read
        endpoint.canary.clear()
        assert canary.sweep(server.base_url, dataset, tmp_path) == 0
        assert len(endpoint.canary) == 3
        assert len(endpoint.pairs) == canary.NUM_PAIRS
        assert all(image in canary.LARGE for image in endpoint.pairs[0].images), "the largest pair goes first"
        assert {row["status"] for row in manifest(cases.only_run(tmp_path))["rows"]} == {"done"}
        # another set of pairs, the same row: its canary is known
        more = cases.write_dataset(tmp_path / "more.parquet", 60)
        assert canary.sweep(server.base_url, more, tmp_path, "seed=1") == 0
        assert len(endpoint.canary) == 3
    assert max(cases.finished_rows(tmp_path).values()) == 1
    assert "canary" not in capsys.readouterr().out


@pytest.mark.parametrize("more", ["canary=false", "canary_min_calls=25", "limit=19"])
def test_few_calls_or_canary_false_are_asked_at_once(more: str, dataset: Path, tmp_path: Path) -> None:
    endpoint = canary.Endpoint(read=swapped)
    with serving(answerer=endpoint) as server:
        assert canary.sweep(server.base_url, dataset, tmp_path, more) == 0
    assert not endpoint.canary
    assert len(endpoint.pairs) == (19 if more == "limit=19" else canary.NUM_PAIRS)


@pytest.mark.parametrize(
    ("endpoint", "doubt"),
    [
        (canary.Endpoint(read=lambda words: "two words"), "the order of images is unclear"),
        (canary.Endpoint(read=lambda words: "first=LEMON second=RIVER"), "the order of images is unclear"),
        (canary.Endpoint(read=lambda words: "", tokens_per_image=None), "whether images arrive is unclear"),
        (
            canary.Endpoint(read=lambda words: "", min_images=2),
            "whether images arrive is unclear",
        ),
        (canary.Endpoint(read=lambda words: HTML), "whether images arrive is unclear"),
    ],
    ids=["reads nothing", "says the same of both orders", "no usage", "wants two images", "broken replies"],
)
def test_a_weak_model_is_doubted_and_asked(
    endpoint: canary.Endpoint, doubt: str, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(answerer=endpoint) as server:
        assert canary.sweep(server.base_url, dataset, tmp_path) == 0
    assert f"canary     mine: {doubt}" in capsys.readouterr().out
    assert len(endpoint.pairs) == canary.NUM_PAIRS


REJECTED = Failure("rejected", "two images are one too many", is_retryable=False)
LATE = Failure("timeout", "no reply", is_retryable=True)
RIGHT = {"order": Answer(text="LEMON, RIVER", prompt_tokens=900), "swapped": Answer(text="RIVER, LEMON")}
NOTHING = {"order": Answer(text="?", prompt_tokens=900), "swapped": Answer(text="?", prompt_tokens=900)}
OK, EMPTY = {"answer": Answer(text="- Bolder.")}, Answer(text="", status="empty")


@pytest.mark.parametrize(
    ("seen", "finding"),
    [
        ({}, Finding(steps=("order", "swapped", "answer"))),
        (RIGHT | OK, Finding()),
        (RIGHT | {"swapped": REJECTED} | OK, Finding()),
        (RIGHT | {"swapped": LATE} | OK, Finding()),
        (
            RIGHT | {"order": REJECTED, "swapped": REJECTED} | OK,
            Finding(failure=f"two images are rejected: {REJECTED.message}"),
        ),
        (NOTHING | OK, Finding(steps=("bare", "single"))),
        (NOTHING | {"answer": EMPTY}, Finding(steps=("bare", "single", "answer_again"))),
        (RIGHT | {"answer": EMPTY}, Finding(steps=("answer_again",))),
        (RIGHT | {"answer": EMPTY, "answer_again": OK["answer"]}, Finding()),
        (RIGHT | {"answer": REJECTED, "answer_again": OK["answer"]}, Finding()),
        (RIGHT | {"answer": LATE}, Finding(warnings=("its answer is not known: no reply",))),
        (RIGHT | {"answer": EMPTY, "answer_again": LATE}, Finding(warnings=("its answer is not known: no reply",))),
    ],
)
def test_what_the_steps_show_so_far(seen: dict[str, Answer | Failure], finding: Finding) -> None:
    assert read_canary(seen) == finding


@pytest.mark.parametrize("error_type", ["worker_died", "start_out_of_memory", "auth"])
def test_a_row_without_a_worker_keeps_that_reason(error_type: str, dataset: Path, tmp_path: Path) -> None:
    pairs, row = row_cases.opened(dataset), row_cases.vlm()
    sweep = Sweep(tmp_path / "store", pairs, [row], [row_cases.judge()])
    told: list[str] = []
    gate = CanaryGate(sweep.ledger, sweep.store, sweep.keys, pairs, CanaryConfig(min_calls=2), told.append)
    first, *others = gate.first_jobs([row])
    lost = Failure(error_type, "no worker is left for it", is_retryable=False)
    assert [gate.on_end(Ended(job=job, result=lost, attempts=0, latency_s=0.0)) for job in (first, *others)] == [[]] * 3
    assert set(sweep.tables()[0]["error_type"]) == {error_type}
    assert gate.notes() == {("model", "vlm"): {"status": "failed", "reason": lost.message}}
    assert told == ["canary     vlm failed: no worker is left for it; 2 calls are not made"]


def test_one_pair_that_an_endpoint_dislikes_is_no_small_context(dataset: Path, tmp_path: Path) -> None:
    def dislike(asked: Asked) -> str | RawReply:
        if any(image in canary.LARGE for image in asked.images):
            return RawReply(status=400, body=b'{"error": {"message": "flagged by the moderators"}}')
        return "- The box is red."

    endpoint = canary.Endpoint(say=dislike)
    with serving(answerer=endpoint) as server:
        assert canary.sweep(server.base_url, dataset, tmp_path) == 0
    predictions = pl.read_parquet(cases.only_run(tmp_path) / "predictions.parquet")
    mine = Counter(predictions.filter(pl.col("model") == "mine").select("status", "error_type").iter_rows())
    assert mine == {("ok", None): canary.NUM_PAIRS - 1, ("error", "rejected"): 1}
