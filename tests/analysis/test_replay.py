"""How often a verdict flips when asked again: the table, the console's line, the report's section."""

import polars as pl
import pytest
from analysis_frames import pairs_frame, verdicts_frame

from analysis.console import render
from analysis.replay import flips, replay
from analysis.report.document import render_report
from analysis.tables import leaderboard
from analysis.tally import RunTables, build
from schemas.tables import PREDICTIONS, REPLAY, conform

PAIRS = pairs_frame([(f"p{number}", "visual_diff", "easy", ["color"]) for number in range(10)])
IDS = PAIRS["id"].to_list()


def verdicts(repeats: dict[str, bool | None]) -> pl.DataFrame:
    """Every first verdict is right; `repeats` says what the second one is."""
    rows = [{"model": "mine", "pair_id": pair_id, "is_correct": True, "verdict": "correct"} for pair_id in IDS]
    rows += [
        {"model": "mine", "pair_id": pair_id, "repeat": 1, "is_correct": is_correct, "verdict": None}
        for pair_id, is_correct in repeats.items()
    ]
    return verdicts_frame(rows)


def predictions(repeats: dict[str, str]) -> pl.DataFrame:
    rows = [{"model": "mine", "pair_id": pair_id, "repeat": 0, "text": "first", "status": "ok"} for pair_id in IDS]
    rows += [
        {"model": "mine", "pair_id": pair_id, "repeat": 1, "text": text, "status": "ok"}
        for pair_id, text in repeats.items()
    ]
    types = {name: dtype for name, dtype in PREDICTIONS.items() if name in rows[0]}
    return conform(pl.DataFrame(rows, schema=types), PREDICTIONS, "predictions")


SAID = {"p0": "first", "p1": "second", "p2": "second", "p3": "first"}


def test_flips_and_changed_texts_are_counted_over_what_was_scored_twice() -> None:
    table = replay(predictions(SAID), verdicts({"p0": True, "p1": False, "p2": True, "p3": None}))
    assert table.schema == REPLAY
    (row,) = table.to_dicts()
    assert (row["model"], row["judge"]) == ("mine", "rules")
    assert (row["num_replayed"], row["num_texts_changed"], row["num_flipped"]) == (3, 2, 1)
    assert row["flip_rate"] == pytest.approx(1 / 3)
    assert (row["flip_rate_low"], row["flip_rate_high"]) == pytest.approx((0.0615, 0.7923), abs=1e-4)
    assert flips(row) == "1 of 3 verdicts flip when asked again (33% [6-79])"


def test_without_repeats_there_is_no_row_and_no_word() -> None:
    tables = RunTables(pairs=PAIRS, predictions=predictions({}), verdicts=verdicts({}))
    analysis = build(tables, num_resamples=10)
    assert analysis.replay.is_empty()
    assert not [line for line in render(analysis) if "asked again" in line.text]
    assert "asked again" not in render_report(analysis, tables, title="t")


def test_leaderboards_count_first_answers_alone_and_the_noise_stands_beside() -> None:
    repeats: dict[str, bool | None] = dict.fromkeys(IDS[:4], False)
    tables = RunTables(pairs=PAIRS, predictions=predictions(SAID), verdicts=verdicts(repeats))
    analysis = build(tables, num_resamples=10)
    assert analysis.leaderboard.equals(leaderboard(verdicts({}), PAIRS, {}))
    lines = [line.text for line in render(analysis)]
    assert "noise   mine: 4 of 4 verdicts flip when asked again (100% [51-100])" in lines
    assert "What changes when asked again?" in render_report(analysis, tables, title="t")
