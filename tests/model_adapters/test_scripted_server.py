"""The scripted server is a product: its latencies, faults, counts and answers are promises."""

import asyncio
import hashlib
import json
import statistics
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from model_adapters.engines.openai import OpenAIConfig, OpenAIEngine
from model_adapters.engines.scripted_replies import FAULTS, SEES_NOTHING, Script, canned, find_mutations
from model_adapters.engines.scripted_server import ScriptedServer, serving
from schemas.errors import BadReply, CallError, RateLimited
from schemas.protocols import ChatReply, ChatRequest, ImagePart, TextPart

ROOT = Path(__file__).parents[2]


def pair(before: bytes, after: bytes) -> ChatRequest:
    return ChatRequest(parts=(TextPart("what changed?"), ImagePart(memoryview(before)), ImagePart(memoryview(after))))


async def ask_once(url: str, request: ChatRequest) -> ChatReply:
    engine = OpenAIEngine(OpenAIConfig(model="m", base_url=url, timeout_s=5))
    await engine.start()
    try:
        return await engine.chat(request)
    finally:
        await engine.close()


def test_a_plan_depends_on_seed_content_and_attempt_alone() -> None:
    script = Script(seed=3, median_s=0.5, rate_limited_share=0.3)
    assert script.plan("a", 0) == Script(seed=3, median_s=0.5, rate_limited_share=0.3).plan("a", 0)
    assert len({script.plan("a", 0), script.plan("a", 1), script.plan("b", 0)}) == 3
    assert script.plan("a", 0) != Script(seed=4, median_s=0.5).plan("a", 0)


def test_faults_leave_latencies_alone() -> None:
    calm, wild = Script(median_s=0.5), Script(median_s=0.5, server_error_share=1.0)
    assert calm.plan("a", 0).latency_s == wild.plan("a", 0).latency_s


def test_latencies_and_shares_are_as_configured() -> None:
    shares = {f"{fault}_share": 0.05 for fault in FAULTS}
    script = Script(median_s=0.5, slow_share=0.03, **shares)
    plans = [script.plan(f"{number}", 0) for number in range(4_000)]
    assert statistics.median(plan.latency_s for plan in plans) == pytest.approx(0.5, rel=0.06)
    assert sum(plan.latency_s > 2.5 for plan in plans) / len(plans) == pytest.approx(0.03, abs=0.01)
    outcomes = Counter(plan.outcome for plan in plans)
    assert set(outcomes) == {*FAULTS, "ok"}
    for fault in FAULTS:
        assert outcomes[fault] / len(plans) == pytest.approx(0.05, abs=0.015)


def test_faults_stop_after_max_faults_attempts() -> None:
    script = Script(server_error_share=1.0, max_faults=2)
    assert [script.plan("a", attempt).outcome for attempt in range(3)] == ["server_error", "server_error", "ok"]


def test_shares_above_one_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to"):
        Script(hang_share=0.7, html_share=0.7)


def test_requests_are_counted_by_content() -> None:
    async def three() -> ScriptedServer:
        async with ScriptedServer() as server:
            for after in (b"b", b"b", b"c"):
                await ask_once(server.base_url, pair(b"a", after))
            return server

    server = asyncio.run(three())
    assert sorted(server.finished.values()) == [1, 2]
    assert [exchange.attempt for exchange in server.exchanges] == [0, 1, 0]


def test_a_client_that_left_got_nothing() -> None:
    async def leave() -> ScriptedServer:
        async with ScriptedServer(Script(median_s=3.0, sigma=0.0)) as server:
            engine = OpenAIEngine(OpenAIConfig(model="m", base_url=server.base_url, timeout_s=2.0))
            await engine.start()
            with pytest.raises(CallError):
                await engine.chat(pair(b"a", b"b"))
            await engine.close()
            await asyncio.sleep(1.5)
            return server

    server = asyncio.run(leave())
    assert len(server.exchanges) == 1
    assert not server.finished


def test_above_capacity_it_says_when_to_come_back() -> None:
    async def crowd() -> list[ChatReply | BaseException]:
        async with ScriptedServer(Script(median_s=0.1, sigma=0.0, capacity=2, retry_after_s=0.7)) as server:
            calls = [ask_once(server.base_url, pair(b"a", bytes([number]))) for number in range(5)]
            return await asyncio.gather(*calls, return_exceptions=True)

    replies = asyncio.run(crowd())
    refused = [reply for reply in replies if isinstance(reply, RateLimited)]
    assert len(refused) == 3
    assert {reply.retry_after_s for reply in refused} == {0.7}


def test_answers_follow_the_images() -> None:
    key = ":".join(hashlib.sha256(data).hexdigest() for data in (b"a", b"b"))
    with serving(answerer=canned({key: "the canned one"})) as server:
        assert asyncio.run(ask_once(server.base_url, pair(b"a", b"b"))).text == "the canned one"
        assert asyncio.run(ask_once(server.base_url, pair(b"a", b"a"))).text == SEES_NOTHING
        assert asyncio.run(ask_once(server.base_url, pair(b"b", b"a"))).text.startswith("- ")


def test_a_request_without_images_gets_a_verdict() -> None:
    mutations = [{"type": "color", "element": "a"}, {"type": "text", "element": "b"}]
    prompt = f"Rules [see below].\n{json.dumps(mutations, indent=2)}\nAnswer: [{{}}]"
    with serving() as server:
        reply = asyncio.run(ask_once(server.base_url, ChatRequest(parts=(TextPart(prompt),))))
    verdict = json.loads(reply.text)
    assert [entry["type"] for entry in verdict["mutations"]] == ["color", "text"]
    assert {entry["verdict"] for entry in verdict["mutations"]} <= {"correct", "partial", "missed"}
    assert isinstance(verdict["hallucinations"], list)


def test_no_mutation_in_the_prompt() -> None:
    assert find_mutations("truth: []\nanswer: nothing [{") == []


def test_cut_text_and_empty_text() -> None:
    with serving(Script(length_share=1.0)) as server:
        cut = asyncio.run(ask_once(server.base_url, pair(b"a", b"b")))
    with serving(Script(empty_share=1.0)) as server:
        empty = asyncio.run(ask_once(server.base_url, pair(b"a", b"b")))
    assert cut.finish_reason == "length"
    assert cut.text
    assert (empty.finish_reason, empty.text) == ("stop", "")


@pytest.mark.parametrize("fault", ["cut_json", "html"])
def test_broken_bodies(fault: str) -> None:
    with serving(Script(**{f"{fault}_share": 1.0})) as server, pytest.raises(BadReply):
        asyncio.run(ask_once(server.base_url, pair(b"a", b"b")))


def test_as_a_process_it_prints_its_address_and_reports_what_it_did() -> None:
    command = [sys.executable, "-m", "model_adapters.engines.scripted_server", "--seed", "5", "--median-s", "0.001"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            asyncio.run(ask_once(url, pair(b"a", b"b")))
            with urllib.request.urlopen(f"{url}/models") as models:
                assert json.load(models)["data"][0]["id"] == "scripted"
            with urllib.request.urlopen(url.removesuffix("/v1") + "/stats") as answer:
                stats = json.load(answer)
        finally:
            process.terminate()
    assert process.returncode == 0
    assert stats["outcomes"] == {"ok": 1}
    assert stats["max_finished_per_content"] == 1
    planned = Script(seed=5, median_s=0.001).plan(stats["exchanges"][0]["content"], 0)
    assert stats["exchanges"][0]["latency_s"] == planned.latency_s


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1beta/models/m:generateContent"])
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"messages": [1]}', b'{"contents": [{"parts": 5}]}'])
def test_what_is_no_chat_request_is_refused_in_every_format(path: str, body: bytes) -> None:
    with serving() as server:
        request = urllib.request.Request(server.root_url + path, data=body, method="POST")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        said = json.loads(caught.value.read())
        caught.value.close()
    assert caught.value.code == 400
    assert said["error"]["message"] == "the body is no chat request"
    assert server.exchanges == []
