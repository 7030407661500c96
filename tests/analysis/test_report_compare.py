"""Two runs on the same pairs, and questions in SQL."""

from pathlib import Path

import polars as pl
import pytest
from analysis_frames import random_pairs, random_verdicts, verdicts_frame
from report_runs import published_run
from statsmodels.stats.contingency_tables import mcnemar

from analysis.__main__ import main
from analysis.compare import CHANGES, compare
from analysis.query import as_text, query
from analysis.run import analyse
from analysis.tally import RunTables
from records.run_paths import RunPaths
from schemas.errors import ConfigError, StoreError
from schemas.tables import PREDICTIONS


def _run(pairs: pl.DataFrame, verdicts: pl.DataFrame) -> RunTables:
    return RunTables(pairs=pairs, predictions=PREDICTIONS.to_frame(), verdicts=verdicts)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("num_pages", [None, 30])
def test_figures_equal_a_count_by_hand(seed: int, num_pages: int | None) -> None:
    pairs = random_pairs(seed, num_pages=num_pages)
    first, second = (random_verdicts(10 * seed + side, pairs, num_models=2) for side in (1, 2))
    found = compare(_run(pairs, first), _run(pairs, second))
    assert found.changes.schema == CHANGES and found.num_pairs == len(pairs)
    keys = ["judge", "model", "pair_id"]
    both = first.select(*keys, "is_correct").join(second.select(*keys, now="is_correct"), on=keys).drop_nulls()
    for one in found.changes.filter(pl.col("scope_kind") == "overall").iter_rows(named=True):
        rows = both.filter((pl.col("judge") == one["judge"]) & (pl.col("model") == one["model"]))
        better = rows.filter(~pl.col("is_correct") & pl.col("now")).height
        worse = rows.filter(pl.col("is_correct") & ~pl.col("now")).height
        assert (one["num_pairs"], one["num_better"], one["num_worse"]) == (len(rows), better, worse)
        assert one["rate_a"] == pytest.approx(rows["is_correct"].mean())
        assert one["rate_b"] == pytest.approx(rows["now"].mean())
        assert one["difference"] == pytest.approx(one["rate_b"] - one["rate_a"])
        assert one["difference_low"] <= one["difference"] + 0.02 and one["difference_high"] >= one["difference"] - 0.02
        exact = mcnemar([[0, better], [worse, 0]], exact=True).pvalue
        assert one["p_mcnemar"] == pytest.approx(exact)
        assert one["p_holm"] >= one["p_value"]


def test_swapping_the_runs_turns_every_sign() -> None:
    pairs = random_pairs(5)
    runs = [_run(pairs, random_verdicts(side, pairs)) for side in (3, 4)]
    there, back = compare(*runs).changes, compare(*reversed(runs)).changes
    key = ["judge", "model", "scope_kind", "scope"]
    both = there.join(back, on=key, suffix="_back", nulls_equal=True)
    assert len(both) == len(there)
    for one, other in (("difference", "difference"), ("difference_low", "difference_high")):
        gap = (both[one] + both[f"{other}_back"]).abs().max()
        assert isinstance(gap, float) and gap < 1e-12
    assert both["num_better"].equals(both["num_worse_back"].alias("num_better"))


def test_examples_name_pairs_that_turned() -> None:
    pairs = random_pairs(1)
    ids = pairs["id"].to_list()
    first = verdicts_frame({"model": "m", "pair_id": name, "is_correct": False, "verdict": "missed"} for name in ids)
    second = verdicts_frame({"model": "m", "pair_id": name, "is_correct": True, "verdict": "correct"} for name in ids)
    found = compare(_run(pairs, first), _run(pairs, second)).examples
    assert found["is_better"].to_list() == [True] * 3 and set(found["was"]) == {"missed"}


def test_only_equal_pairs_are_compared() -> None:
    pairs = random_pairs(2)
    other = pairs.with_columns(
        ground_truth_diff=pl.when(pl.int_range(pl.len()) < 20)
        .then(pl.lit("something else"))
        .otherwise("ground_truth_diff")
    )
    found = compare(_run(pairs, random_verdicts(1, pairs)), _run(other, random_verdicts(2, pairs)))
    assert (found.num_pairs, found.num_only_a, found.num_only_b) == (len(pairs) - 20, 20, 20)
    with pytest.raises(ConfigError, match="share no pair"):
        compare(_run(pairs.head(5), random_verdicts(1, pairs)), _run(pairs.tail(5), random_verdicts(2, pairs)))


def test_rows_of_other_names_are_compared_when_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = random_pairs(4)
    runs = [_run(pairs, random_verdicts(side, pairs)) for side in (1, 2)]
    assert set(compare(*runs, rows={"m0": "m3"}).changes["model"]) == {"m0 > m3"}
    with pytest.raises(ConfigError, match="run 2 has no verdicts of model 'm9'; known: m0, m1, m2, m3"):
        compare(*runs, rows={"m0": "m9"})
    lone = [_run(pairs, random_verdicts(1, pairs, judges=judge)) for judge in "ab"]
    with pytest.raises(ConfigError, match="share no judge"):
        compare(*lone)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunPaths:
    paths = RunPaths(tmp_path_factory.mktemp("runs") / "asked")
    published_run(paths, num_per_cell=2, num_no_diff=12)
    analyse(paths.root, num_resamples=0)
    return paths


def test_the_door_compares(run: RunPaths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(run.root), str(run.root)]) == 0
    told = capsys.readouterr().out
    assert "90 pairs in both" in told and told.count("inconclusive") >= 39
    assert not any(line.startswith(("better  ", "worse  ")) for line in told.splitlines())
    assert main(["compare", str(run.root), str(run.root), "--csv"]) == 0
    assert capsys.readouterr().out.startswith("judge,model,scope_kind")
    assert main(["compare", str(run.root), str(run.root), "--rows", "gpt-5.4"]) == 2
    assert "FIRST=SECOND" in capsys.readouterr().err


def test_questions_reach_every_table(run: RunPaths) -> None:
    rows = query(run, "SELECT judge, count(*) AS n FROM verdicts WHERE is_correct GROUP BY judge ORDER BY judge")
    right = pl.read_parquet(run.verdicts).filter("is_correct").group_by("judge").agg(n=pl.len()).sort("judge")
    assert rows["n"].to_list() == right["n"].to_list()
    joined = query(
        run,
        "SELECT p.domain, avg(v.is_correct) AS rate FROM verdicts v JOIN pairs p ON v.pair_id = p.id GROUP BY p.domain",
    )
    assert set(joined["domain"]) == set(pl.read_parquet(run.pairs)["domain"])
    for path in run.analysis_dir.glob("*.parquet"):
        assert query(run, f"SELECT * FROM {path.stem} LIMIT 1").columns == pl.read_parquet(path).columns


def test_wrong_questions_are_answered_with_the_tables(run: RunPaths, tmp_path: Path) -> None:
    for sql in ("SELEC model", "SELECT nothing FROM leaderboard", "SELECT * FROM nowhere", ""):
        with pytest.raises(ConfigError, match="tables: pairs, predictions, verdicts"):
            query(run, sql)
    with pytest.raises(StoreError, match="is not a run's folder"):
        query(RunPaths(tmp_path), "SELECT 1")


def test_the_door_prints_lines_or_csv(run: RunPaths, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "SELECT model, overall_accuracy FROM leaderboard ORDER BY model"
    assert main([str(run.root), "--query", sql]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 39
    assert main([str(run.root), "--query", sql, "--csv"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "model,overall_accuracy"
    shown = as_text(pl.DataFrame({"a": [1, 2, 3], "b": ["x\ny", None, "z" * 100]}), max_rows=2)
    assert shown == "a  b\n1  x y\n2\n... 1 rows more: add LIMIT, or --csv for all"
