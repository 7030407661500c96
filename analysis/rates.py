"""A row's rates as right cells of countable ones: what leaderboard, intervals and the bootstrap share."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.cells import Cells, Places
from analysis.clusters import Clusters
from analysis.intervals import Rates
from analysis.scopes import changed_mask, tier_mask
from schemas.tables import RATES
from schemas.vocabulary import CHANGED_TIERS

PRECISION: Final = "precision"


class CountedRate(NamedTuple):
    """Hold what a rate divides, for each row and pair of its part of the dataset."""

    name: str
    pairs: Places
    """Places of the pairs that count."""
    num_right: NDArray[np.generic]
    """(rows, pairs that count)."""
    num_trials: NDArray[np.generic] | None
    """The same shape; None: one for each pair."""
    num_unscored: NDArray[np.int64]
    """Of each row's pairs that count."""

    def interval(self, clusters: Clusters) -> Rates:
        """Return the rate of each row with its interval; `clusters` are of all pairs."""
        return clusters.within(self.pairs).rates(self.num_right, self.num_trials)


def counted_rates(cells: Cells) -> Iterator[CountedRate]:
    """Yield the rates of `RATES`, in order, over the rows of `cells`.

    `precision` is over claims: right changed pairs against those and the hallucinations on all pairs.
    """
    changed = changed_mask(cells.pairs)
    masks = {f"{tier}_recall": tier_mask(cells.pairs, tier) for tier in CHANGED_TIERS}
    masks |= {"diff_recall": changed, "no_diff_specificity": ~changed, "overall_accuracy": np.ones_like(changed)}
    for name in RATES:
        if name == PRECISION:
            named = cells.is_right & changed
            unscored = (~cells.is_scored).sum(axis=1)
            yield CountedRate(name, np.arange(len(changed)), named, named + cells.num_invented, unscored)
            continue
        places = np.flatnonzero(masks[name])
        unscored = (~cells.is_scored[:, places]).sum(axis=1)
        yield CountedRate(name, places, cells.is_right[:, places], None, unscored)
