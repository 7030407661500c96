import asyncio

import pytest

from model_adapters import ADAPTERS
from model_adapters.probes import OracleConfig, ShotgunConfig, ShuffledOracle, ShuffledOracleConfig
from schemas.errors import RequestRejected
from schemas.records import Mutation, Question, Truth
from schemas.vocabulary import DIRECTIONS


def _truth(element: str, operator: str = "color", direction: str = "darker", **values: str) -> Truth:
    mutation = Mutation(
        type=operator,
        element=element,
        property=operator,
        direction=direction,
        old_value=values.get("old", ""),
        new_value=values.get("new", ""),
        template="",
    )
    return Truth(task_type="visual_diff", answer="", mutations=(mutation,))


NOTHING = Truth(task_type="no_diff", answer="")


def _dataset(num_changed: int, num_same: int, num_elements: int) -> dict[str, Truth]:
    changed = {f"c{i}": _truth(f'"Item {i % num_elements}" button') for i in range(num_changed)}
    return changed | {f"n{i}": NOTHING for i in range(num_same)}


def _say(kind: str, *told: Truth) -> str:
    adapter = ADAPTERS.load(kind)(ADAPTERS.configure({"kind": kind}))
    question = Question(pair_id="p", before=memoryview(b""), after=memoryview(b""), user_query="", told=told)
    return asyncio.run(adapter.predict(question)).text


@pytest.mark.parametrize(
    ("operator", "direction"), [(operator, way) for operator, ways in DIRECTIONS.items() for way in ways]
)
def test_the_oracle_says_every_operator_and_direction_apart(operator: str, direction: str) -> None:
    said = _say("oracle", _truth('"Pay" button', operator, direction))
    assert said.startswith('- The "Pay" button ')
    others = [
        _say("oracle", _truth('"Pay" button', other, way))
        for other, ways in DIRECTIONS.items()
        for way in ways
        if (other, way) != (operator, direction)
    ]
    assert said not in others


def test_the_oracle_denies_where_nothing_changed_and_adds_short_values() -> None:
    assert "Nothing is different" in _say("oracle", NOTHING)
    assert "(was 16px, is 24px)" in _say("oracle", _truth("title", "font_size", "increase", old="16px", new="24px"))
    assert '"Buy" instead of "Pay"' in _say("oracle", _truth("link", "text", "replace", old="Pay", new="Buy"))
    assert len(_say("oracle", _truth("hero", "gradient", "rotate", old="x" * 300, new="y" * 300))) < 120


def test_the_oracle_leaves_a_foreign_direction_unsaid_and_names_a_foreign_operator_by_its_property() -> None:
    assert _say("oracle", _truth("hero", "color", "sideways")) == "- The hero has another colour."
    assert "shadow" in _say("oracle", _truth("hero", "shadow", "increase"))


def test_no_article_is_doubled() -> None:
    assert _say("oracle", _truth("the hero")).startswith("- The hero ")


def test_the_oracle_is_told_its_own_truth() -> None:
    truths = _dataset(5, 1, 5)
    assert OracleConfig().told("c3", truths) == (truths["c3"],)


@pytest.mark.parametrize("seed", range(5))
def test_the_shuffled_oracle_is_told_a_changed_pair_that_names_another_element(seed: int) -> None:
    truths = _dataset(30, 10, 7)
    config = ShuffledOracleConfig(seed=seed)
    for pair_id, truth in truths.items():
        (told,) = config.told(pair_id, truths)
        assert not told.is_no_diff
        assert {m.element for m in told.mutations}.isdisjoint(m.element for m in truth.mutations)
        assert config.told(pair_id, truths) == (told,)


def test_the_seed_decides_and_the_draw_spreads() -> None:
    truths = _dataset(200, 50, 200)
    one, two = ([ShuffledOracleConfig(seed=seed).told(p, truths) for p in truths] for seed in (0, 1))
    assert one != two
    assert len({told[0].mutations[0].element for told in one}) > 100


def test_a_scarce_dataset_still_finds_the_one_other_truth() -> None:
    truths = {f"n{i}": NOTHING for i in range(500)} | {"a": _truth("logo"), "b": _truth("title")}
    assert ShuffledOracleConfig().told("a", truths) == (truths["b"],)


def test_with_nothing_else_to_tell_the_call_fails_with_a_reason() -> None:
    truths = {"a": _truth("logo"), "b": _truth("Logo ")}
    assert ShuffledOracleConfig().told("a", truths) == ()
    question = Question(pair_id="a", before=memoryview(b""), after=memoryview(b""), user_query="")
    with pytest.raises(RequestRejected, match="pair a"):
        asyncio.run(ShuffledOracle(ShuffledOracleConfig()).predict(question))


def test_the_shotgun_claims_every_change_of_its_own_and_a_dozen_other_elements() -> None:
    truths = _dataset(40, 5, 40)
    told = ShotgunConfig(num_others=12).told("c7", truths)
    assert told[0] is truths["c7"]
    elements = {truth.mutations[0].element for truth in told}
    assert len(elements) == 13
    lines = _say("shotgun", *told).splitlines()
    assert len(lines) == 13 * sum(len(ways) for ways in DIRECTIONS.values()) == len(set(lines))


def test_a_whole_dataset_is_told() -> None:
    truths = _dataset(3900, 500, 3900)
    assert all(ShuffledOracleConfig().told(pair_id, truths) for pair_id in truths)
