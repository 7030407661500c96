"""The adapter over a real engine and a scripted endpoint."""

import asyncio
from collections.abc import Callable

import pytest

from model_adapters import ADAPTERS
from model_adapters.engines.openai import OpenAIConfig, OpenAIEngine
from model_adapters.engines.scripted_replies import Asked, RawReply
from model_adapters.engines.scripted_server import ScriptedServer, json_reply
from model_adapters.vlm_chat import VlmChat, VlmChatConfig, split_thought, to_answer
from schemas.errors import ConfigError, RequestRejected
from schemas.protocols import ChatReply, Prompt, Sampling
from schemas.records import Answer, Question

PROMPT = Prompt(text="our prompt", version="own-1", sha256="0" * 64)


def question(user_query: str = "the dataset's question") -> Question:
    return Question(pair_id="p1", before=memoryview(b"before"), after=memoryview(b"after"), user_query=user_query)


def predict(
    answerer: Callable[[Asked], str | RawReply], prompt: Prompt | None = PROMPT, asked: Question | None = None
) -> Answer:
    async def once() -> Answer:
        async with ScriptedServer(answerer=answerer) as server:
            engine = OpenAIEngine(OpenAIConfig(model="m", base_url=server.base_url, revision="r1"))
            config = VlmChatConfig(sampling=Sampling(max_output_tokens=99))
            await engine.start()
            adapter = VlmChat(config, engine=engine, prompt=prompt)
            await adapter.start()
            try:
                return await adapter.predict(asked or question())
            finally:
                await adapter.close()
                await engine.close()

    return asyncio.run(once())


def test_text_then_before_then_after() -> None:
    seen: list[Asked] = []

    def keep(asked: Asked) -> str:
        seen.append(asked)
        return "a change"

    answer = predict(keep)
    content = seen[0].body["messages"][0]["content"]  # type: ignore[index]
    assert [part["type"] for part in content] == ["text", "image_url", "image_url"]
    assert content[0]["text"] == "our prompt"
    assert [part["image_url"]["url"].partition(",")[2] for part in content[1:]] == ["YmVmb3Jl", "YWZ0ZXI="]
    assert seen[0].body["max_completion_tokens"] == 99
    assert (answer.text, answer.status, answer.raw_text) == ("a change", "ok", None)
    assert (answer.engine, answer.served_model, answer.model_revision) == ("openai", "m", "r1")
    assert answer.completion_tokens == 2


def test_without_a_prompt_the_dataset_asks() -> None:
    assert predict(lambda asked: asked.text, prompt=None).text == "the dataset's question"


def test_without_any_question_nothing_is_asked() -> None:
    with pytest.raises(RequestRejected, match="p1"):
        predict(lambda asked: "x", prompt=None, asked=question(" "))


@pytest.mark.parametrize(
    ("reply", "status", "text"),
    [
        (ChatReply(text="x", finish_reason="stop"), "ok", "x"),
        (ChatReply(text="x", finish_reason="length"), "truncated", "x"),
        (ChatReply(text=" \n", finish_reason="length"), "empty", " \n"),
        (ChatReply(text="", finish_reason="stop"), "empty", ""),
        (ChatReply(text="no", is_refusal=True), "refused", "no"),
        (ChatReply(text="<think>never ends", finish_reason="length"), "empty", ""),
    ],
)
def test_status(reply: ChatReply, status: str, text: str) -> None:
    answer = to_answer(reply)
    assert (answer.status, answer.text, answer.finish_reason) == (status, text, reply.finish_reason)


@pytest.mark.parametrize(
    ("raw", "text", "reasoning"),
    [
        ("<think>hm\nhm</think>\n\nan answer", "an answer", "hm\nhm"),
        ("  <think>hm</think>an answer", "an answer", "hm"),
        ("hm</think>an answer", "an answer", "hm"),
        ("<think></think>an answer", "an answer", None),
        ("an answer", "an answer", None),
        ("the tag <think>x</think> is text here", "the tag <think>x</think> is text here", None),
    ],
)
def test_leading_thought_is_split_off(raw: str, text: str, reasoning: str | None) -> None:
    assert split_thought(raw) == (text, reasoning)
    assert to_answer(ChatReply(text=raw)).raw_text == (None if raw == text else raw)


OPENED = VlmChatConfig(prompt_opens_thought=True)


@pytest.mark.parametrize(
    ("reply", "status", "text", "reasoning"),
    [
        (ChatReply(text="hm</think>\n\nan answer", finish_reason="stop"), "ok", "an answer", "hm"),
        (ChatReply(text="hm, the second card", finish_reason="length"), "empty", "", "hm, the second card"),
        (ChatReply(text="hm</think>", finish_reason="length"), "empty", "", "hm"),
        (ChatReply(text="hm</think>an ans", finish_reason="length"), "truncated", "an ans", "hm"),
        (ChatReply(text="an answer", reasoning="hm", finish_reason="stop"), "ok", "an answer", "hm"),
        (ChatReply(text="", reasoning="hm", finish_reason="length"), "empty", "", "hm"),
    ],
)
def test_where_the_prompt_opens_the_thought_only_its_end_begins_the_answer(
    reply: ChatReply, status: str, text: str, reasoning: str
) -> None:
    answer = to_answer(reply, OPENED)
    assert (answer.status, answer.text, answer.reasoning) == (status, text, reasoning)
    assert to_answer(ChatReply(text="hm, the second card", finish_reason="length")).status == "truncated"


BOXED = VlmChatConfig(answer_marks=("<|begin_of_box|>", "<|end_of_box|>"))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<think>hm</think>\n<|begin_of_box|>The heading is bolder.<|end_of_box|>", "The heading is bolder."),
        ("Only this: <|begin_of_box|>the heading<|end_of_box|> is bolder.", "Only this: the heading is bolder."),
        ("<|begin_of_box|>cut sho", "cut sho"),
        ("  no box ", "  no box "),
    ],
)
def test_marks_around_an_answer_are_taken_out(raw: str, text: str) -> None:
    answer = to_answer(ChatReply(text=raw, finish_reason="stop"), BOXED)
    assert answer.text == text
    assert answer.raw_text == (None if raw == text else raw)


def test_an_empty_box_is_an_empty_answer() -> None:
    assert to_answer(ChatReply(text="<|begin_of_box|> <|end_of_box|>", finish_reason="stop"), BOXED).status == "empty"


def test_how_a_reply_is_read_enters_the_key_where_it_is_not_the_usual_way() -> None:
    identities = [config.identity() for config in (VlmChatConfig(), OPENED, BOXED)]
    assert set(identities[0]) == {"kind", "version", "sampling"}
    assert len({str(identity) for identity in identities}) == 3


def test_a_servers_own_reasoning_field_is_kept() -> None:
    message = {"choices": [{"message": {"content": "an answer", "reasoning": "because"}, "finish_reason": "stop"}]}
    answer = predict(lambda asked: json_reply(message))
    assert (answer.text, answer.reasoning) == ("an answer", "because")


def test_config() -> None:
    config = ADAPTERS.configure({"kind": "vlm_chat", "sampling": {"temperature": 0, "max_output_tokens": 32_768}})
    assert config.uses_prompt
    assert not config.reads_pair_id
    assert config.told("p1", {}) == ()
    assert config.identity() != VlmChatConfig().identity()
    with pytest.raises(ConfigError, match="needs an engine"):
        VlmChat(VlmChatConfig())
