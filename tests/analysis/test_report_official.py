"""The official badge line by line, and the published rows: only beside the benchmark's own pairs."""

import copy
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from analysis_frames import published_pairs, verdicts_frame
from report_runs import published_entries, published_run
from scipy.stats import fisher_exact

from analysis.console import render
from analysis.facts import read_facts
from analysis.official import MET, badges, claims_to_be_official
from analysis.published import against_published, is_comparable, newcombe, published_rows
from analysis.report.document import render_report
from analysis.run import load
from analysis.tally import Analysis, RunTables, build
from records.prompts import OFFICIAL_VERSIONS
from records.run_paths import RunPaths
from schemas.tables import PREDICTIONS

DIGESTS = {version: sha256 for sha256, version in OFFICIAL_VERSIONS.items()}
SAMPLING = {"temperature": 0, "max_output_tokens": 16384}
CONFIG: dict[str, Any] = {
    "dataset": {
        "kind": "hub", "name": "diffspot", "path": None, "revision": "c6dd79d5e1c0cbb4e7ca234c9f53c418a75e30ce",
    },
    "prompts_read": {"vlm": {"sha256": DIGESTS["v1.0"], "version": "v1.0"},
                     "judge": {"sha256": DIGESTS["v2.0"], "version": "v2.0"}},
    "models": {"a": {"name": "gpt-5.4", "role": "model", "adapter": {"kind": "vlm_chat", "sampling": SAMPLING},
                     "engine": {"kind": "openai", "model": "gpt-5.4"}}},
    "judges": {"g": {"name": "gpt-oss-120b",
                     "judge": {"kind": "llm", "sampling": SAMPLING | {"reasoning_effort": "high"}},
                     "engine": {"kind": "vllm", "model": "openai/gpt-oss-120b"}}},
}  # fmt: skip


def _analysis(config: dict[str, Any], *, pairs: pl.DataFrame | None = None, num_wrong: int = 2_000) -> Analysis:
    pairs = published_pairs() if pairs is None else pairs
    verdicts = verdicts_frame(
        {"judge": "gpt-oss-120b", "model": "gpt-5.4", "pair_id": pair_id, "is_correct": number >= num_wrong}
        for number, pair_id in enumerate(pairs["id"])
    )
    tables = RunTables(
        pairs=pairs, predictions=PREDICTIONS.to_frame(), verdicts=verdicts, roles={"gpt-5.4": "model"},
        facts=read_facts(config),
    )  # fmt: skip
    return build(tables, num_resamples=0)


def _changed(path: str, value: Any) -> dict[str, Any]:
    config = copy.deepcopy(CONFIG)
    *parents, last = path.split(".")
    place = config
    for name in parents:
        place = place[name]
    place[last] = value
    return config


def test_a_run_that_holds_every_line_is_official() -> None:
    analysis = _analysis(CONFIG)
    (badge,) = badges(analysis)
    assert badge.is_official and badge.open == [] and len(badge.conditions) == 9
    assert claims_to_be_official(analysis)
    assert "official  gpt-oss-120b: official" in [line.text for line in render(analysis)]


@pytest.mark.parametrize(
    ("path", "value", "name", "says"),
    [
        ("dataset.kind", "embedded", "dataset revision", "not DiffSpot"),
        ("dataset.path", "pairs.parquet", "dataset revision", "a file doesn't tell its revision"),
        ("dataset.revision", "abc", "dataset revision", "revision abc"),
        ("prompts_read.vlm", {"sha256": DIGESTS["v2.0"]}, "question", "not v1.0"),
        ("prompts_read.vlm", "user_query", "question", "the dataset's own column"),
        ("prompts_read.judge", None, "judge's prompt", "not recorded"),
        ("judges.g.engine.model", "moonshotai/Kimi-K2.5", "judge", "not gpt-oss-120b"),
        ("judges.g.judge.sampling.reasoning_effort", "low", "judge", "effort low"),
        ("judges.g.judge.constrained", True, "judge", "constrained"),
        ("judges.g.judge.sampling.temperature", 1.0, "temperature 0", "the judge"),
        ("models.a.adapter.sampling.temperature", 0.7, "temperature 0", "gpt-5.4"),
        ("models.a.engine.omit_fields", ["temperature"], "temperature 0", "gpt-5.4"),
        ("models.a.adapter.sampling.max_output_tokens", 8_192, "output budget", "gpt-5.4"),
        ("models.a.adapter.prompt_opens_thought", True, "output budget", "gpt-5.4"),
        ("models.a.engine.max_pixels", 500_000, "images at their stored size", "gpt-5.4"),
    ],
)
def test_each_line_fails_by_itself(path: str, value: Any, name: str, says: str) -> None:
    (badge,) = badges(_analysis(_changed(path, value)))
    assert [one.name for one in badge.open] == [name]
    assert says in badge.open[0].says


def test_imported_answers_are_never_official() -> None:
    imported = {"name": "gpt-5.4", "role": "model", "adapter": {"kind": "imported", "path": "x.jsonl"}, "engine": None}
    (badge,) = badges(_analysis(_changed("models.a", imported)))
    assert {one.name: one.state for one in badge.open} == dict.fromkeys(
        ("question", "temperature 0", "output budget", "images at their stored size"), "unknown"
    )


def test_other_pairs_and_unscored_cells_are_not_official() -> None:
    fewer = published_pairs(99, 500, 28)
    assert [one.name for one in badges(_analysis(CONFIG, pairs=fewer))[0].open] == ["4,400 pairs"]
    # as many pairs, spread otherwise
    moved = published_pairs().with_columns(
        difficulty=pl.when(pl.col("id") == "color-easy-0").then(pl.lit("hard")).otherwise("difficulty")
    )
    assert [one.name for one in badges(_analysis(CONFIG, pairs=moved))[0].open] == ["4,400 pairs"]
    shorter = verdicts_frame(
        {"judge": "gpt-oss-120b", "model": "gpt-5.4", "pair_id": pair_id, "is_correct": None if number == 7 else True}
        for number, pair_id in enumerate(published_pairs()["id"])
    )
    tables = RunTables(
        pairs=published_pairs(), predictions=PREDICTIONS.to_frame(), verdicts=shorter,
        roles={"gpt-5.4": "model"}, facts=read_facts(CONFIG),
    )  # fmt: skip
    (badge,) = badges(build(tables, num_resamples=0))
    assert [(one.name, one.says) for one in badge.open] == [("nothing unscored", "1 of 4,400 cells are unscored")]


def test_an_empty_config_is_never_official_and_says_nothing_on_the_console() -> None:
    analysis = _analysis({})
    (badge,) = badges(analysis)
    assert not badge.is_official and {one.state for one in badge.conditions} >= {MET, "failed", "unknown"}
    assert not claims_to_be_official(analysis)
    assert not any("official" in line.text for line in render(analysis))


@pytest.mark.parametrize(
    ("config", "pairs"),
    [
        (_changed("dataset.kind", "parquet"), None),
        (_changed("dataset.kind", "embedded"), None),
        (CONFIG, published_pairs(10, 50, 2)),
        ({}, None),
    ],
)
def test_published_rows_stand_with_no_other_pairs(config: dict[str, Any], pairs: pl.DataFrame | None) -> None:
    analysis = _analysis(config, pairs=pairs)
    assert not is_comparable(analysis) and published_rows(analysis) == []
    assert against_published(analysis, "gpt-oss-120b") == []


def test_the_difference_to_the_published_row_is_tested() -> None:
    published = next(entry for entry in published_entries() if entry["model"] == "gpt-5.4")["overall_accuracy"]
    level = round(4_400 * (1 - published / 100))
    (same,) = against_published(_analysis(CONFIG, num_wrong=level), "gpt-oss-120b")
    assert not same.is_significant and same.low < 0 < same.high and abs(same.difference) < 0.001
    (worse,) = against_published(_analysis(CONFIG, num_wrong=level + 200), "gpt-oss-120b")
    assert worse.is_significant and worse.high < 0
    right, theirs = 4_400 - level - 200, round(published * 44)
    assert worse.p_value == pytest.approx(fisher_exact([[right, 4_400 - right], [theirs, 4_400 - theirs]])[1])  # type: ignore[arg-type]


def test_newcombes_own_examples() -> None:
    # Newcombe (1998), table II, method 10: 56 of 70 against 48 of 80, and 10 of 10 against 0 of 10
    assert newcombe([56, 48], [70, 80]) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe([10, 0], [10, 10]) == pytest.approx((0.6075, 1.0), abs=5e-5)


def test_the_report_shows_badge_and_published_rows(tmp_path: Path) -> None:
    paths = RunPaths(tmp_path / "official")
    asked = CONFIG["models"]["a"] | {
        "adapter": {"kind": "vlm_chat", "sampling": SAMPLING | {"max_output_tokens": 32_768}}
    }
    models = [asked | {"name": entry["model"]} for entry in published_entries()]
    parts = {key: CONFIG[key] for key in ("dataset", "prompts_read", "judges")}
    published_run(paths, config=parts | {"models": models})
    tables = load(paths)
    analysis = build(tables, num_resamples=0)
    text = render_report(analysis, tables, title="official")
    assert text.count('data-role="published"') == 13 * 3
    assert "Against the published rows" in text and ">differs<" in text and ">inconclusive<" in text
    assert "Not official" in text and "dataset revision: tencent/DiffSpot at c6dd79d5" in text
    lines = [line.text for line in render(analysis) if line.text.startswith("official")]
    assert lines == [
        "official  gpt-oss-120b: official",
        "official  kimi-k2.5: not official: judge",
        "official  qwen3.5-vl-397b: not official: judge",
    ]
