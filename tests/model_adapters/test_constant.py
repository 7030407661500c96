import asyncio

import pytest

from model_adapters import ADAPTERS
from schemas.errors import ConfigError
from schemas.records import Question

QUESTION = Question(pair_id="p", before=memoryview(b"x"), after=memoryview(b"y"), user_query="")


def _answer(name: str) -> str:
    config = ADAPTERS.configure({"kind": "constant", "answer": name})
    return asyncio.run(ADAPTERS.load("constant")(config).predict(QUESTION)).text


def test_one_answer_denies_and_the_other_claims_without_naming_an_element() -> None:
    denial, claim = _answer("no_difference"), _answer("changed")
    assert "no differences" in denial.lower()
    assert claim.startswith("- ") and "changed" in claim
    assert "button" not in claim and "[" not in claim


def test_the_answer_enters_the_identity() -> None:
    one, two = (ADAPTERS.configure({"kind": "constant", "answer": name}) for name in ("no_difference", "changed"))
    assert one.identity() != two.identity()


def test_an_unknown_answer_is_refused() -> None:
    with pytest.raises(ConfigError, match="answer"):
        ADAPTERS.configure({"kind": "constant", "answer": "maybe"})
