"""Everything that is counted in a run, in one object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from analysis.agreement import judge_agreement_of
from analysis.cells import lay_out
from analysis.clusters import own_clusters
from analysis.facts import RunFacts
from analysis.false_alarms import false_alarms
from analysis.lamp import lamp_tables
from analysis.replay import replay
from analysis.statistics_tables import Settings, cost_tables, rate_tables, size_tables
from analysis.tables import found_rates_of, leaderboard_of, outcomes, recall_by_operator_of
from schemas.vocabulary import BENIGN, NO_DIFF, UNLABELLED, VISUAL_DIFF


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTables:
    """Hold a run's three tables, and what its config says of the rows."""

    pairs: pl.DataFrame
    predictions: pl.DataFrame | pl.LazyFrame
    verdicts: pl.DataFrame | pl.LazyFrame
    roles: Mapping[str, str] = field(default_factory=dict)
    """Model name to `model`, `baseline` or `probe`."""
    contestants: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Judge name to the models that have its weights."""
    facts: RunFacts = field(default_factory=RunFacts)
    """What has to be said beside the figures."""
    families: Mapping[str, str] = field(default_factory=dict)
    """Model name to family; rows without one are left out."""
    measures: pl.DataFrame | None = None
    """PAIR_MEASURES: how large each change is on the images, where that was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Hold every table that console and report show."""

    leaderboard: pl.DataFrame
    found: pl.DataFrame
    recall_by_operator: pl.DataFrame
    judge_agreement: pl.DataFrame
    answers: pl.DataFrame
    """Outcomes of the predictions, adding up to every (pair, model)."""
    verdicts: pl.DataFrame
    """Outcomes of the verdicts, adding up to every (pair, model, judge)."""
    replay: pl.DataFrame
    """How often verdicts flip when asked again; no rows where nothing was."""
    num_changed: int
    num_unchanged: int
    contestants: Mapping[str, Sequence[str]]
    """Judge name to the models that have its weights, among the judges and models that have verdicts."""
    facts: RunFacts
    statistics: Mapping[str, pl.DataFrame]
    """The tables of `schemas.analysis_tables.STATISTICS` by name."""
    num_benign: int = 0
    """Benign controls, beside the official pairs."""
    num_unlabelled: int = 0
    """Pairs without truth: their answers are kept, and none is judged."""

    @property
    def judging_models(self) -> frozenset[str]:
        """Return the models whose weights also judge here."""
        return frozenset(name for names in self.contestants.values() for name in names)

    @property
    def num_pairs(self) -> int:
        """Return how many pairs the official rates divide by."""
        return self.num_changed + self.num_unchanged

    @property
    def is_whole(self) -> bool:
        """Tell whether every cell has ended; the manifest can't say so, it is written after the report."""
        return not any("absent" in table["status"] for table in (self.answers, self.verdicts))


def build(tables: RunTables, *, num_resamples: int = 2_000, seed: int = 0) -> Analysis:
    """Compute every analysis table; pure. A row without a prediction or verdict isn't in them."""
    pairs, verdicts, roles = tables.pairs, tables.verdicts, tables.roles
    cells = lay_out(verdicts, pairs)
    clusters = own_clusters(cells.pairs)
    settings = Settings(
        roles=roles, families=tables.families, clusters=clusters, num_resamples=num_resamples, seed=seed
    )
    board = leaderboard_of(cells, roles, clusters)
    judges, models = _names(verdicts, "judge"), _names(tables.predictions, "model") | _names(verdicts, "model")
    num_cells = len(pairs) * len(models)
    contestants = _present(tables.contestants, judges, models)
    return Analysis(
        leaderboard=board,
        found=found_rates_of(cells),
        recall_by_operator=recall_by_operator_of(cells, clusters),
        judge_agreement=judge_agreement_of(cells, roles, clusters, num_resamples=num_resamples, seed=seed),
        answers=outcomes(tables.predictions, num_cells),
        verdicts=outcomes(verdicts, num_cells * len(judges)),
        replay=replay(tables.predictions, verdicts),
        num_changed=int((pairs["task_type"] == VISUAL_DIFF).sum()),
        num_unchanged=int((pairs["task_type"] == NO_DIFF).sum()),
        num_benign=int((pairs["task_type"] == BENIGN).sum()),
        num_unlabelled=int((pairs["task_type"] == UNLABELLED).sum()),
        contestants=contestants,
        facts=tables.facts,
        statistics=rate_tables(cells, board, settings)
        | size_tables(cells, pairs, tables.measures, settings)
        | {"false_alarms": false_alarms(cells, verdicts, pairs)}
        | cost_tables(cells, tables.predictions, verdicts)
        | lamp_tables(cells, board, tables.facts.config, contestants, clusters),
    )


def _names(table: pl.DataFrame | pl.LazyFrame, column: str) -> set[str]:
    return set(table.lazy().select(pl.col(column).unique()).collect()[column])


def _present(contestants: Mapping[str, Sequence[str]], judges: set[str], models: set[str]) -> dict[str, list[str]]:
    found = {judge: [name for name in names if name in models] for judge, names in contestants.items()}
    return {judge: names for judge, names in found.items() if judge in judges and names}
