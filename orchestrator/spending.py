"""A ceiling on what one command spends.

It bounds no call that is out already: what is in flight is finished and kept, so a sweep may end over its
ceiling by as much as the calls in flight cost.
"""

from collections.abc import Sequence

from orchestrator.dispatch import Failure
from orchestrator.executor import Ended
from orchestrator.ledger import canary_kind, kind_of
from orchestrator.rows import JudgeRow, ModelRow
from orchestrator.tasks import Task
from schemas.errors import ConfigError
from schemas.records import Answer, Judgement

Rows = Sequence[ModelRow | JudgeRow]

_EXAMPLE = "{input_usd_per_mtok:2.5,output_usd_per_mtok:15,as_of:2026-05-01}"


class Spending:
    """Add up what this command's calls cost, and say when that is enough.

    A paid call that ends without a known cost (the endpoint reports no usage) is enough, too: a sum that
    leaves calls out can't be held against a ceiling. Calls that failed and were asked again are not in the
    sum: an endpoint says what a call cost only in its reply.
    """

    def __init__(self, ceiling_usd: float | None, rows: Rows) -> None:
        self._ceiling_usd = ceiling_usd
        priced = [row for row in rows if _is_priced(row)]
        self._priced = {kind_of(row): row.name for row in priced}
        self._priced |= {canary_kind(row): row.name for row in priced if isinstance(row, ModelRow)}
        self._unknown: str | None = None
        self.spent_usd = 0.0

    def note(self, ended: Ended[Task, Answer | Judgement]) -> None:
        """Add one call's cost."""
        if isinstance(ended.result, Failure):
            return
        cost_usd = ended.result.cost_usd
        self.spent_usd += cost_usd or 0.0
        if cost_usd is None:
            self._unknown = self._unknown or self._priced.get(ended.job.kind)

    @property
    def reason(self) -> str | None:
        """Return why no further call may be made, or None where it may."""
        if self._ceiling_usd is None:
            return None
        if self.spent_usd >= self._ceiling_usd:
            return f"max_cost_usd={self._ceiling_usd:g} is reached"
        if self._unknown is not None:
            return f"{self._unknown} replies without token counts, so max_cost_usd={self._ceiling_usd:g} can't be kept"
        return None

    def line(self) -> str:
        """Say why it was stopped, and what was spent by then, calls in flight included."""
        return (
            f"{self.reason}: the calls of this command cost ${self.spent_usd:,.4f}, those in flight at the end included"
        )


def refuse_unknown_costs(rows: Rows) -> None:
    """Raise ConfigError where a row's calls cost money, but not how much is known: no ceiling could be kept."""
    for row in rows:
        if any(needs.is_priced and not needs.is_cost_known for needs in row.needs()):
            group = "models" if isinstance(row, ModelRow) else "judges"
            raise ConfigError(
                f"max_cost_usd is set, but what the calls of {row.name!r} cost is not known: "
                f"add '++{group}.{row.key}.engine.prices={_EXAMPLE}' with its own prices, or leave max_cost_usd out"
            )


def _is_priced(row: ModelRow | JudgeRow) -> bool:
    return any(needs.is_priced for needs in row.needs())
