"""Ranks, probes, and the lines that are printed."""

from dataclasses import replace
from io import StringIO

import polars as pl
import pytest
from analysis_frames import pairs_frame, verdicts_frame
from rich.console import Console

from analysis.console import render, show
from analysis.facts import RunFacts
from analysis.figures import agreement_figures
from analysis.ranking import MIN_PROBED_PAIRS, ranked, read_probe, why_none_named
from analysis.tables import leaderboard
from analysis.tally import Analysis, RunTables, build
from schemas.tables import JUDGE_AGREEMENT, PREDICTIONS, conform

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
        ("vague", 9, "too high: the judge takes wrong answers", False),
        ("truth_plus_invention", 16, "ok", True),
        ("empty", 0, "ok", True),
        ("of_ones_own", 9, "", True),
    ],
)
def test_probes_are_held_against_what_a_sound_judge_gives(model: str, num_right: int, says: str, is_ok: bool) -> None:
    row = _board(_rows(model, num_right, 0), **{model: "probe"}).row(0, named=True)
    reading = read_probe(row, num_changed=MIN_PROBED_PAIRS)
    assert (reading.says, reading.is_ok, reading.rate) == (says, is_ok, num_right / 16)


def test_probes_raise_no_alarm_on_few_pairs_or_an_unfinished_run() -> None:
    low, high = (_board(_rows("oracle", right, 0), oracle="probe").row(0, named=True) for right in (1, 16))
    assert read_probe(low, num_changed=MIN_PROBED_PAIRS - 1).says == "too few pairs"
    unfinished = read_probe(low, num_changed=MIN_PROBED_PAIRS, is_whole=False)
    assert (unfinished.says, unfinished.is_ok) == ("too few pairs so far", True)
    assert read_probe(high, num_changed=1, is_whole=False).says == "ok"


def test_a_run_with_cells_absent_is_not_whole() -> None:
    whole = _analysis(_rows("m", 8, 4), _rows("oracle", 16, 4), oracle="probe")
    part = _analysis(_rows("m", 8, 4)[:-1], _rows("oracle", 16, 4), oracle="probe")
    assert (whole.is_whole, part.is_whole) == (True, False)


def _two_judges(num_named: int = 0) -> Analysis:
    """Let `rules` match 8 answers by box, and `similarity` `num_named` by words."""
    boxed = [cell | {"matched_by": "box"} for cell in _rows("pixel_diff", 8, 4)]
    oracles = [cell | {"judge": judge} for judge in ("rules", "similarity") for cell in _rows("oracle", 16, 4)]
    worded = [cell | {"judge": "similarity"} for cell in _rows("pixel_diff", num_named, 4)]
    return _analysis(boxed, oracles, worded, pixel_diff="baseline", oracle="probe")


def test_a_judge_by_whom_no_row_names_a_change_says_why() -> None:
    none, one = _two_judges(), _two_judges(1)
    words = "no ranked row names a change by this judge: it reads words, not pixel boxes"
    boxes = "no ranked row names a change by this judge: another one matched answers by their pixel boxes"
    told = [
        why_none_named(analysis.leaderboard, analysis.found, judge, kind)
        for analysis, judge, kind in (
            (none, "similarity", "similarity"), (none, "similarity", "llm"), (none, "rules", "rules"),
            (one, "similarity", "similarity"),
        )
    ]  # fmt: skip
    assert told == [words, boxes, None, None]
    facts = RunFacts(judge_kinds={"similarity": "similarity"})
    assert [line.text for line in render(replace(none, facts=facts))].count(words) == 1


def test_no_reason_is_given_where_the_oracle_fails_too_or_nothing_was_matched_by_box() -> None:
    failed = _analysis(_rows("pixel_diff", 0, 4), _rows("oracle", 8, 4), pixel_diff="baseline", oracle="probe")
    assert why_none_named(failed.leaderboard, failed.found, "rules", "similarity") is None
    worse = _analysis(_rows("m", 0, 4), _rows("oracle", 16, 4), oracle="probe")
    assert [why_none_named(worse.leaderboard, worse.found, "rules", kind) for kind in ("llm", "similarity")] == [
        None
    ] * 2


def test_notes_and_dataset_come_from_the_config_unless_given() -> None:
    facts = RunFacts(dataset="embedded; generated pairs", notes={"rules": "unofficial"})
    analysis = replace(_analysis(_rows("m", 8, 4)), facts=facts)
    own, given = ([line.text for line in render(analysis, notes=notes)] for notes in (None, {}))
    assert own[0] == "dataset: embedded; generated pairs (16 changed, 4 unchanged)"
    assert "judge: rules (unofficial)    % [95%]" in own
    assert given[:2] == ["", "judge: rules    % [95%]"]


def test_the_legend_stands_once_below_the_first_table() -> None:
    lines = [line.text for line in render(_two_judges())]
    legend = (
        "found: right element; named: right change too; no box: named without a pixel box; overall: both kinds of pair"
    )
    assert lines.count(legend) == 1
    assert lines.index(legend) < lines.index("judge: similarity    % [95%]")


@pytest.mark.parametrize(("low", "written"), [(0.63, "tau 0.63"), (0.5, "tau 0.63 [0.50, 0.63]")])
def test_an_interval_without_width_is_not_written(low: float, written: str) -> None:
    row = dict.fromkeys(JUDGE_AGREEMENT, None) | {"kendall_tau": 0.63, "kendall_tau_low": low, "kendall_tau_high": 0.63}
    assert agreement_figures(row) == written


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
        "found: right element; named: right change too; overall: both kinds of pair",
        "apart   1 of 1 differences in overall are beyond chance; with 20 pairs a gap below 37 points may go unnoticed",
        "probes  oracle 100 ok   shotgun 38 too few pairs",
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
