"""The flawed probes: each is wrong in its own way only, on any pair of any dataset."""

import asyncio
import re
from pathlib import Path

import pytest
import yaml

from model_adapters import ADAPTERS
from model_adapters.flawed_probes import FlawedOracleConfig
from schemas.errors import ConfigError, RequestRejected
from schemas.probes import CLEAN, EXPECTED, FLAWS, HALLUCINATION, expected_of
from schemas.records import Answer, Mutation, Question, Truth
from schemas.vocabulary import DIRECTIONS, VERDICTS_OF_A_JUDGE

ROOT = Path(__file__).parents[2]
SAYING = [flaw for flaw in FLAWS if flaw != "empty"]
NOTHING = Truth(task_type="no_diff", answer="")


def _truth(element: str, operator: str = "color", direction: str = "darker", old: str = "", new: str = "") -> Truth:
    mutation = Mutation(
        type=operator, element=element, property=operator, direction=direction, old_value=old, new_value=new,
        template=f"The {element}.",
    )  # fmt: skip
    return Truth(task_type="visual_diff", answer="", mutations=(mutation,))


PAY, LOGO = (
    _truth('"Pay" button', "font_size", "increase", "16px", "24px"),
    _truth("company logo", "opacity", "decrease"),
)


def _answer(flaw: str, *told: Truth) -> Answer:
    adapter = ADAPTERS.load("flawed_oracle")(ADAPTERS.configure({"kind": "flawed_oracle", "flaw": flaw}))
    question = Question(pair_id="p", before=memoryview(b""), after=memoryview(b""), user_query="", told=told)
    return asyncio.run(adapter.predict(question))


def _say(flaw: str, *told: Truth) -> str:
    return _answer(flaw, *told).text


def test_a_vague_answer_names_the_element_and_no_change() -> None:
    said = _say("vague", PAY, LOGO)
    assert said.startswith('- The "Pay" button ') and "logo" not in said
    assert _say("vague", _truth('"Pay" button', "rounded", "decrease"), LOGO) == said, "the change leaves no trace"
    assert _say("vague", NOTHING, LOGO).startswith("- The company logo ")


@pytest.mark.parametrize(
    ("operator", "direction"), [(operator, way) for operator, ways in DIRECTIONS.items() for way in ways]
)
@pytest.mark.parametrize(
    "values", [("", ""), ("was-so", "is-so"), ("x" * 200, "y" * 200)], ids=["none", "short", "long"]
)
def test_a_wrong_direction_is_never_the_truth(operator: str, direction: str, values: tuple[str, str]) -> None:
    truth = _truth('"Pay" button', operator, direction, *values)
    said, true = _say("wrong_direction", truth, LOGO), _say("truth_plus_invention", truth, LOGO).split("\n")[0]
    assert said.startswith('- The "Pay" button ') and "logo" not in said
    assert said != true and said.count("\n") == 0


def test_a_wrong_direction_turns_the_values_too() -> None:
    assert "(was 24px, is 16px)" in _say("wrong_direction", PAY, LOGO)
    text = _truth("link", "text", "replace", "Pay", "Buy")
    assert _say("wrong_direction", text, LOGO) == '- The link was rewritten: it now says "Pay", no longer "Buy".'
    assert "the other way round" in _say("wrong_direction", _truth("hero", "color", "sideways"), LOGO)


def test_a_wrong_element_keeps_the_change_and_gives_no_value_away() -> None:
    said = _say("wrong_element", PAY, LOGO)
    assert said.startswith("- The company logo ") and "size" in said
    assert "Pay" not in said and "px" not in said


def test_an_invention_stands_beside_the_truth() -> None:
    true, invented = _say("truth_plus_invention", PAY, LOGO).split("\n")
    assert true.startswith('- The "Pay" button ') and "(was 16px, is 24px)" in true
    assert invented.startswith("- The company logo ")
    assert "company logo" in _say("truth_plus_invention", NOTHING, LOGO)


def test_an_injection_claims_what_is_wrong_and_gives_orders() -> None:
    texts = {_say("injection", _truth(f"item {number}"), LOGO) for number in range(60)}
    orders = {text.split("\n\n", 1)[1] for text in texts}
    assert len(orders) == 4 and all("correct" in order for order in orders)
    assert all(text.startswith("- The company logo ") for text in texts)
    assert any("{gt_answer}" in order for order in orders), "a slot of the judge's prompt, to be left as it is"


def test_refusals_claim_and_deny_nothing() -> None:
    said = {_say("refusal", _truth(f"item {number}"), LOGO) for number in range(40)}
    assert len(said) == 3
    assert not any(re.search(r"differen|chang|same|identical|item|logo", text) for text in said)


def test_no_answer_is_an_empty_one() -> None:
    answer = _answer("empty", PAY, LOGO)
    assert (answer.text, answer.status) == ("", "empty")


@pytest.mark.parametrize("flaw", SAYING)
@pytest.mark.parametrize("truth", [PAY, NOTHING], ids=["changed", "unchanged"])
def test_every_pair_gets_an_answer_where_the_dataset_holds_no_other(flaw: str, truth: Truth) -> None:
    said = _say(flaw, truth)
    assert said.strip() and _say(flaw, truth) == said
    assert not re.search(r"\bNone\b|\{\}", said)


def test_a_made_up_element_shares_no_word_with_the_truth() -> None:
    for element in ("form of the newsletter", "language menu", "partner logos in a row"):
        said = _say("wrong_element", _truth(element))
        assert not set(re.findall(r"\w{4,}", element)) & set(re.findall(r"\w{4,}", said))


@pytest.mark.parametrize("flaw", SAYING)
def test_several_mutations_are_all_answered(flaw: str) -> None:
    both = Truth(task_type="visual_diff", answer="", mutations=(*PAY.mutations, *_truth("hero").mutations))
    said = _say(flaw, both, LOGO)
    if flaw in ("vague", "wrong_direction", "truth_plus_invention"):
        assert '"Pay" button' in said and "hero" in said


def test_it_is_told_its_own_truth_and_one_about_another_element() -> None:
    truths = {"a": PAY, "b": NOTHING, "c": LOGO, "d": _truth('"pay" BUTTON')}
    config = FlawedOracleConfig(flaw="vague")
    assert config.told("a", truths) == (PAY, LOGO)
    own, other = config.told("b", truths)
    assert own is NOTHING and not other.is_no_diff
    assert config.told("a", {"a": PAY}) == (PAY,)
    with pytest.raises(RequestRejected, match="pair p: flawed_oracle was told no truth"):
        _answer("vague")


def test_an_unknown_flaw_is_refused() -> None:
    with pytest.raises(ConfigError, match="flaw"):
        ADAPTERS.configure({"kind": "flawed_oracle", "flaw": "lazy"})


def test_each_flaw_has_a_key_of_its_own_and_an_expectation() -> None:
    identities = {str(FlawedOracleConfig(flaw=flaw).identity()) for flaw in FLAWS}  # type: ignore[arg-type]
    assert len(identities) == len(FLAWS)
    for expected in EXPECTED.values():
        assert expected.changed in (*VERDICTS_OF_A_JUDGE, None) and expected.unchanged in (CLEAN, HALLUCINATION)


def test_every_probe_row_has_an_expectation_and_the_sweep_runs_them_all() -> None:
    rows = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((ROOT / "conf" / "model").glob("*.yaml"))]
    probes = {row["name"]: row["adapter"] for row in rows if row.get("role") == "probe"}
    assert set(probes) == set(EXPECTED)
    for name, adapter in probes.items():
        assert expected_of(adapter) == EXPECTED[name]
        ADAPTERS.configure(adapter)
    assert not any(expected_of(row["adapter"]) for row in rows if row.get("role") != "probe" and row.get("adapter"))
    sweep = (ROOT / "conf" / "sweep" / "judges.yaml").read_text("utf-8")
    assert all(f"/model@models.{name}: {name}\n" in sweep for name in probes)
    for other in ("leaderboard", "baselines"):
        assert "lenient" not in (ROOT / "conf" / "sweep" / f"{other}.yaml").read_text("utf-8")
