import asyncio
import statistics

import pytest

from model_adapters import ADAPTERS
from model_adapters.scripted import Failure, Scripted, ScriptedConfig
from schemas.errors import CallError, ConfigError, RateLimited, ServerFailed
from schemas.records import Answer, Question


def _ask(adapter: Scripted, pair_id: str) -> Answer:
    question = Question(pair_id=pair_id, before=memoryview(b"x"), after=memoryview(b"y"), user_query="")
    return asyncio.run(adapter.predict(question))


def test_the_table_comes_before_the_template() -> None:
    adapter = Scripted(ScriptedConfig(answers={"a": "- The title moved."}, template="Same page: {pair_id}."))
    assert _ask(adapter, "a").text == "- The title moved."
    assert _ask(adapter, "b").text == "Same page: b."


def test_statuses_are_given_and_an_empty_answer_has_no_text() -> None:
    adapter = Scripted(ScriptedConfig(statuses={"a": "empty", "b": "refused"}))
    assert (_ask(adapter, "a").status, _ask(adapter, "a").text) == ("empty", "")
    assert _ask(adapter, "b").status == "refused"
    assert _ask(adapter, "c").status == "ok"


def test_failures_strike_the_named_pairs_for_so_many_calls() -> None:
    failure = Failure(error_type="rate_limited", pair_ids=("a",), attempts=2, retry_after_s=1.5)
    adapter = Scripted(ScriptedConfig(failures=(failure,)))
    for _ in range(2):
        with pytest.raises(RateLimited, match="pair a") as caught:
            _ask(adapter, "a")
        assert caught.value.retry_after_s == 1.5
    assert _ask(adapter, "a").status == "ok"
    assert _ask(adapter, "b").status == "ok"


def test_a_failure_without_ids_strikes_every_pair() -> None:
    adapter = Scripted(ScriptedConfig(failures=(Failure(error_type="server_error"),)))
    for pair_id in "ab":
        with pytest.raises(ServerFailed):
            _ask(adapter, pair_id)
        assert _ask(adapter, pair_id).text


def test_every_call_error_can_be_scripted() -> None:
    for error in [kind for kind in CallError.__subclasses__() if kind.__module__ == CallError.__module__]:
        with pytest.raises(error):
            _ask(Scripted(ScriptedConfig(failures=(Failure(error_type=error.error_type),))), "a")


def test_latency_is_lognormal_around_the_median_and_seeded() -> None:
    config = ScriptedConfig(median_latency_s=0.5, latency_sigma=0.4, seed=3)
    draws = [config.latency_s(f"p{index}") for index in range(2000)]
    assert statistics.median(draws) == pytest.approx(0.5, rel=0.1)
    assert min(draws) > 0
    assert draws == [config.latency_s(f"p{index}") for index in range(2000)]
    assert config.latency_s("p0") != ScriptedConfig(median_latency_s=0.5, seed=4).latency_s("p0")
    assert ScriptedConfig().latency_s("p0") == 0


def test_delays_and_failures_stay_out_of_the_identity_but_answers_enter_it() -> None:
    plain = ScriptedConfig().identity()
    slow = ScriptedConfig(median_latency_s=1, failures=(Failure(error_type="timeout"),))
    assert slow.identity() == plain
    assert ScriptedConfig(answers={"a": "b"}).identity() != plain
    assert ScriptedConfig(statuses={"a": "empty"}).identity() != plain


def test_configs_are_read_from_plain_values_and_mistakes_are_named() -> None:
    values = {"kind": "scripted", "failures": [{"error_type": "timeout", "attempts": 3}]}
    assert ADAPTERS.configure(values).failures == (Failure(error_type="timeout", attempts=3),)
    with pytest.raises(ConfigError, match="tiemout"):
        ADAPTERS.configure({"kind": "scripted", "failures": [{"error_type": "tiemout"}]})
    with pytest.raises(ConfigError, match="'error'"):
        ADAPTERS.configure({"kind": "scripted", "statuses": {"a": "error"}})
