import asyncio

import pytest
from judge_cases import NO_DIFF, SIGN_UP

from judge.scripted import Scripted, ScriptedConfig
from schemas.errors import ConfigError
from schemas.records import Case, Judgement, Truth


def score(config: ScriptedConfig, truth: Truth = SIGN_UP, pair_id: str = "p1") -> Judgement:
    return asyncio.run(Scripted(config).score(Case(pair_id=pair_id, truth=truth, text="x")))


@pytest.mark.parametrize(
    ("outcome", "truth", "expected"),
    [
        ("partial", SIGN_UP, ("ok", "partial", 0)),
        ("hallucination", SIGN_UP, ("ok", "missed", 1)),
        ("hallucination", NO_DIFF, ("ok", None, 1)),
        ("clean", NO_DIFF, ("ok", None, 0)),
        ("unparsed", SIGN_UP, ("unparsed", None, 0)),
    ],
)
def test_outcome_of_the_script(outcome: str, truth: Truth, expected: tuple[str, str | None, int]) -> None:
    found = score(ScriptedConfig(outcomes={"p1": outcome}), truth)
    assert (found.status, found.verdict, len(found.hallucinations)) == expected


def test_seeded_outcomes_repeat_and_differ() -> None:
    drawn = [score(ScriptedConfig(seed=3), pair_id=f"p{number}").verdict for number in range(40)]
    assert drawn == [score(ScriptedConfig(seed=3), pair_id=f"p{number}").verdict for number in range(40)]
    assert set(drawn) == {"correct", "partial", "missed"}


def test_delay_is_no_part_of_the_identity() -> None:
    assert ScriptedConfig(delay_s=1).identity() == ScriptedConfig().identity() != ScriptedConfig(seed=1).identity()


def test_bad_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"outcomes\.p1"):
        ScriptedConfig(outcomes={"p1": "great"})
    with pytest.raises(ConfigError, match="delay_s"):
        ScriptedConfig(delay_s=-1)
