"""Ranks, probes, and the lines that are printed."""

from io import StringIO

import polars as pl
import pytest
from analysis_frames import pairs_frame, verdicts_frame
from rich.console import Console

from analysis.console import render, show
from analysis.ranking import ranked, read_probe
from analysis.tables import leaderboard
from analysis.tally import Analysis, RunTables, build
from schemas.tables import PREDICTIONS, conform

NUM_PAIRS = 20
PAIRS = pairs_frame(
    [(f"c{number}", "visual_diff", "easy", ["color"]) for number in range(16)]
    + [(f"n{number}", "no_diff", "no_diff", []) for number in range(4)]
)


def _rows(model: str, num_changed: int, num_unchanged: int, **more: object) -> list[dict[str, object]]:
    changed = [(f"c{number}", number < num_changed) for number in range(16)]
    unchanged = [(f"n{number}", number < num_unchanged) for number in range(4)]
    verdicts = {True: "correct", False: "missed"}
    return [
        {"model": model, "pair_id": pair_id, "is_correct": is_right,
         "verdict": verdicts[is_right] if pair_id.startswith("c") else None,
         "num_hallucinations": int(pair_id.startswith("n") and not is_right)} | more
        for pair_id, is_right in changed + unchanged
    ]  # fmt: skip


def _board(*rows: list[dict[str, object]], **roles: str) -> pl.DataFrame:
    return leaderboard(verdicts_frame([cell for row in rows for cell in row]), PAIRS, roles)


def _analysis(*rows: list[dict[str, object]], **roles: str) -> Analysis:
    verdicts = verdicts_frame([cell for row in rows for cell in row])
    told = verdicts.select("model", "pair_id", "repeat").unique().with_columns(status=pl.lit("ok"))
    predictions = conform(told, PREDICTIONS, "predictions")
    return build(RunTables(pairs=PAIRS, predictions=predictions, verdicts=verdicts, roles=roles), num_resamples=50)


def test_ties_share_a_rank_and_recall_breaks_level_accuracy() -> None:
    board = _board(
        _rows("b", 8, 2), _rows("a", 8, 2), _rows("more_recall", 9, 1), _rows("best", 16, 4), _rows("last", 1, 0)
    )
    order = ranked(board).select("model", "rank").rows()
    assert order == [("best", 1), ("more_recall", 2), ("a", 3), ("b", 3), ("last", 5)]


def test_rows_with_unscored_cells_get_no_rank_and_say_why() -> None:
    broken = [cell | {"is_correct": None} if cell["pair_id"] == "c15" else cell for cell in _rows("broken", 16, 4)]
    rows = ranked(_board(broken, _rows("weak", 1, 1))).select("model", "rank", "unranked_reason").rows()
    assert rows == [("weak", 1, None), ("broken", None, "no rank: 5.0% unscored")]


def test_probes_are_not_ranked() -> None:
    assert ranked(_board(_rows("oracle", 16, 4), _rows("m", 3, 1), oracle="probe"))["model"].to_list() == ["m"]


@pytest.mark.parametrize(
    ("model", "num_right", "says", "is_ok"),
    [
        ("oracle", 16, "ok", True),
        ("oracle", 15, "too low: the judge misses true answers", False),
        ("shuffled_oracle", 0, "ok", True),
        ("shuffled_oracle", 1, "too high: the judge takes wrong answers", False),
        ("shotgun", 16, "not flagged: its claims pass for true", False),
        ("shotgun", 3, "flagged: claims everything", True),
        ("vague", 9, "", True),
    ],
)
def test_probes_are_held_against_what_a_sound_judge_gives(model: str, num_right: int, says: str, is_ok: bool) -> None:
    reading = read_probe(_board(_rows(model, num_right, 0), **{model: "probe"}).row(0, named=True))
    assert (reading.says, reading.is_ok, reading.rate) == (says, is_ok, num_right / 16)


def test_console_reads_like_the_agreed_form() -> None:
    analysis = _analysis(
        _rows("pixel_diff", 8, 4), _rows("always_no_diff", 0, 4), _rows("oracle", 16, 4), _rows("shotgun", 6, 0),
        pixel_diff="baseline", always_no_diff="baseline", oracle="probe", shotgun="probe",
    )  # fmt: skip
    lines = [line.text for line in render(analysis, header=["tiny: 20 pairs"], notes={"rules": "unofficial prompt"})]
    assert lines == [
        "tiny: 20 pairs",
        "",
        "judge: rules (unofficial prompt)    % [95%]",
        "rank  model           found  named        unchanged-ok  overall",
        "   1  pixel_diff         50   50 [28-72]  100 [51-100]       60",
        "   2  always_no_diff      0    0 [0-19]   100 [51-100]       20",
        "probes  oracle 100 ok   shotgun 38 not flagged: its claims pass for true",
        "",
        "every call went well: 80 answers, 80 verdicts",
    ]


def test_console_shows_the_table_of_outcomes_that_adds_up() -> None:
    failed = [cell | {"status": "error", "error_type": "timeout", "is_correct": None} for cell in _rows("m", 16, 4)[:3]]
    lines = [line.text for line in render(_analysis(failed, _rows("n", 3, 3)))]
    start = lines.index("outcome         answers  verdicts")
    assert lines[start + 1 :] == [
        "ok                   23        20",
        "absent               17        17",
        "error: timeout        -         3",
        "in all               40        40",
    ]


def test_boxes_are_shown_apart_only_where_a_judge_used_them() -> None:
    boxed = [cell | {"matched_by": "box"} for cell in _rows("m", 8, 4)]
    assert any("no box" in line.text for line in render(_analysis(boxed)))
    assert not any("no box" in line.text for line in render(_analysis(_rows("m", 8, 4))))


def test_a_log_gets_no_escape_codes_and_no_wrapped_lines() -> None:
    file = StringIO()
    show(_analysis(_rows("[red]" + "m" * 120, 8, 4)), Console(file=file, width=40, highlight=False))
    assert "[red]" + "m" * 120 + "     50   50 [28-72]" in file.getvalue()
    assert "\x1b" not in file.getvalue()


def test_nothing_to_rank_is_said() -> None:
    empty = verdicts_frame(_rows("m", 1, 1)).clear()
    tables = RunTables(pairs=PAIRS, predictions=conform(pl.DataFrame(), PREDICTIONS, "p"), verdicts=empty)
    assert "no verdicts: nothing to rank" in [line.text for line in render(build(tables))]
