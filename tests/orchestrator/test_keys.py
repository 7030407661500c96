"""What a call reads decides its key, and nothing else does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from row_cases import ENGINE, dataset, judge, llm_judge, model, opened, prompt, renamed, vlm
from sweep_cases import png

from orchestrator.keys import Keys
from orchestrator.rows import ModelRow
from records.datasets import Dataset

PAIR = "pair-000"
IMAGE = pl.Struct({"bytes": pl.Binary, "path": pl.String})


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return dataset(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def keys(pairs: Dataset) -> Keys:
    return Keys(pairs)


ENTERS: dict[str, ModelRow] = {
    "base_url": vlm(base_url="http://127.0.0.1:10/v1"),
    "model": vlm(model="other"),
    "revision": vlm(revision="0123abc"),
    "extra_body": vlm(extra_body={"top_k": 1}),
    "omit_fields": vlm(omit_fields=["temperature"]),
    "reasoning": vlm(reasoning={"effort": "high"}),
    "temperature": vlm(sampling={"temperature": 0.5}),
    "top_p": vlm(sampling={"top_p": 0.5}),
    "max_output_tokens": vlm(sampling={"max_output_tokens": 1}),
    "reasoning_effort": vlm(sampling={"reasoning_effort": "high"}),
    "sampling seed": vlm(sampling={"seed": 1}),
    "prompt": vlm(text="What is different?"),
    "adapter": model(),
}


@pytest.mark.parametrize("row", ENTERS.values(), ids=ENTERS)
def test_what_can_change_an_answer_changes_its_key(keys: Keys, row: ModelRow) -> None:
    assert keys.prediction(row, PAIR, 0) != keys.prediction(vlm(), PAIR, 0)


def test_no_two_of_them_share_a_key(keys: Keys) -> None:
    found = [
        keys.prediction(row, pair, repeat)
        for row in ENTERS.values()
        for pair in (PAIR, "pair-001")
        for repeat in (0, 1)
    ]
    assert len(set(found)) == len(found)


STAYS_OUT: dict[str, ModelRow] = {
    "timeout_s": vlm(timeout_s=1.0),
    "max_in_flight": vlm(max_in_flight=1),
    "api_key_env": vlm(api_key_env="SOME_KEY"),
    "prices": vlm(prices={"input_usd_per_mtok": 1.0, "output_usd_per_mtok": 1.0, "as_of": "2026-01-01"}),
    "a slash": vlm(base_url=ENGINE["base_url"] + "/"),
    "names": replace(vlm("other"), name="another", role="baseline", is_by_hand=True),
    "the prompt's version": replace(vlm(), prompt=replace(prompt("What changed?"), version="v9")),
}


@pytest.mark.parametrize("row", STAYS_OUT.values(), ids=STAYS_OUT)
def test_what_cannot_change_an_answer_leaves_its_key(keys: Keys, row: ModelRow) -> None:
    assert keys.prediction(row, PAIR, 0) == keys.prediction(vlm(), PAIR, 0)


def test_the_datasets_question_is_known_by_its_text(keys: Keys) -> None:
    """Every pair of this dataset asks `What changed?`, which is what the named prompt asks too."""
    assert keys.prompt_sha256(vlm(text=None), PAIR) == keys.prompt_sha256(vlm(), PAIR) == prompt("What changed?").sha256
    assert keys.prompt_sha256(model(), PAIR) is None


def edited(pairs: Dataset, folder: Path, **columns: pl.Expr) -> Keys:
    """Return the keys of the same pairs with columns changed."""
    images = [pairs.images(pair_id) for pair_id in pairs.truths]
    stored = pairs.frame.drop("before_sha256", "after_sha256").with_columns(
        pl.Series("image_before", [{"bytes": bytes(image.before), "path": None} for image in images], dtype=IMAGE),
        pl.Series("image_after", [{"bytes": bytes(image.after), "path": None} for image in images], dtype=IMAGE),
    )
    stored.with_columns(**columns).write_parquet(folder / "edited.parquet")
    return Keys(opened(folder / "edited.parquet"))


def image(color: str) -> pl.Expr:
    return pl.lit({"bytes": png(7, color), "path": None}, dtype=IMAGE)


ORACLE, SHUFFLED, SCRIPTED = model("o", "oracle"), model("s", "shuffled_oracle"), model("t")
EDITS: dict[str, tuple[dict[str, pl.Expr], list[bool]]] = {
    # does the key of (vlm, vlm with user_query, oracle, scripted, verdict) change?
    "nothing": ({}, [False, False, False, False, False]),
    "domain": ({"domain": pl.lit("finance")}, [False, False, False, False, False]),
    "before": ({"image_before": image("green")}, [True, True, True, True, True]),
    "after": ({"image_after": image("green")}, [True, True, True, True, True]),
    "question": ({"user_query": pl.lit("And now?")}, [False, True, False, False, False]),
    "truth": ({"ground_truth_diff": pl.lit("Other words.")}, [False, False, True, False, True]),
    "box": ({"target_bbox_x": pl.lit(11, dtype=pl.Int64)}, [False, False, True, False, True]),
    "effects": ({"visual_effects": pl.lit(["size"])}, [False, False, True, False, True]),
    "id": ({"id": pl.concat_str(pl.lit("new-"), "id")}, [False, False, False, True, False]),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "changes"), EDITS.values(), ids=EDITS)
def test_what_a_row_reads_of_a_pair_is_in_its_key(
    columns: dict[str, pl.Expr], changes: list[bool], pairs: Dataset, keys: Keys, tmp_path: Path
) -> None:
    new, new_pair = edited(pairs, tmp_path, **columns), f"new-{PAIR}" if "id" in columns else PAIR
    asked: list[Callable[[Keys, str], str]] = [
        lambda keys, pair: keys.prediction(vlm(), pair, 0),
        lambda keys, pair: keys.prediction(vlm(text=None), pair, 0),
        lambda keys, pair: keys.prediction(ORACLE, pair, 0),
        lambda keys, pair: keys.prediction(SCRIPTED, pair, 0),
        lambda keys, pair: keys.verdict(judge(), pair, "text", 0),
    ]
    assert [ask(new, new_pair) != ask(keys, PAIR) for ask in asked] == changes


def test_a_probe_is_keyed_by_what_it_is_told(keys: Keys) -> None:
    rows = [
        ORACLE,
        SHUFFLED,
        model("s2", "shuffled_oracle", seed=1),
        model("g", "shotgun"),
        model("g2", "shotgun", seed=1),
    ]
    assert len({keys.prediction(row, PAIR, 0) for row in rows}) == len(rows)


def test_a_script_is_known_by_its_answers_and_not_by_its_delays(keys: Keys) -> None:
    plain = keys.prediction(SCRIPTED, PAIR, 0)
    assert keys.prediction(model("t", answers={PAIR: "x"}), PAIR, 0) != plain
    assert keys.prediction(model("t", median_latency_s=1.0, seed=4), PAIR, 0) == plain


VERDICT_CHANGES: dict[str, Any] = {
    "text": lambda keys: keys.verdict(judge(), PAIR, "other text", 0),
    "pair": lambda keys: keys.verdict(judge(), "pair-001", "text", 0),
    "repeat": lambda keys: keys.verdict(judge(), PAIR, "text", 1),
    "judge": lambda keys: keys.verdict(judge(kind="rules"), PAIR, "text", 0),
    "its settings": lambda keys: keys.verdict(judge(seed=1), PAIR, "text", 0),
    "llm": lambda keys: keys.verdict(llm_judge(), PAIR, "text", 0),
    "its prompt": lambda keys: keys.verdict(llm_judge(text="{gt_json}{gt_answer}{vlm_response}"), PAIR, "text", 0),
    "its endpoint": lambda keys: keys.verdict(llm_judge(base_url="http://127.0.0.1:10/v1"), PAIR, "text", 0),
    "its model": lambda keys: keys.verdict(llm_judge(model="other"), PAIR, "text", 0),
}


def test_what_can_change_a_verdict_changes_its_key(keys: Keys) -> None:
    found = [keys.verdict(judge(), PAIR, "text", 0), *(ask(keys) for ask in VERDICT_CHANGES.values())]
    assert len(set(found)) == len(found)


def test_what_cannot_change_a_verdict_leaves_its_key(keys: Keys) -> None:
    plain = keys.verdict(llm_judge(), PAIR, "text", 0)
    assert keys.verdict(llm_judge("other", timeout_s=1.0, max_in_flight=1), PAIR, "text", 0) == plain
    assert keys.verdict(judge("a", text="one"), PAIR, "t", 0) == keys.verdict(judge("b", text="two"), PAIR, "t", 0)


def test_two_models_that_say_the_same_are_judged_once(keys: Keys) -> None:
    """A verdict's key knows the answer, not who gave it."""
    one, two = model("a", answers={PAIR: "same"}), renamed(vlm(), "b")
    assert keys.prediction(one, PAIR, 0) != keys.prediction(two, PAIR, 0)
    assert keys.verdict(judge(), PAIR, "same", 0) == Keys(keys._dataset).verdict(judge(), PAIR, "same", 0)


def test_any_text_has_a_key(keys: Keys) -> None:
    texts = ["", "\0", "ünï", "🙂", '"{}"']
    assert len({keys.verdict(judge(), PAIR, text, 0) for text in texts}) == len(texts)
