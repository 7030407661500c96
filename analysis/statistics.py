"""The statistics behind the tables, each with its source; no frame of a run is known here."""

import itertools
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.clusters import percentile_interval, resampled_sums

MAX_EXACT_ITEMS: Final = 8
"""Up to 8! = 40,320 permutations are enumerated; beyond, they are drawn."""
NUM_DRAWN_PERMUTATIONS: Final = 9_999

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]


class Interval(NamedTuple):
    """Hold the two ends of an interval; None where there is none."""

    low: float | None
    high: float | None


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Return the correctly rounded quotient, so that 49 of 49 is 1; null where `whole` is 0.

    Polars multiplies by the reciprocal when a divisor is one value for the whole column: 49 * (1 / 49) < 1.
    """
    both = pl.struct(part.cast(pl.Float64).alias("part"), whole.cast(pl.Float64).alias("whole"))
    return both.map_batches(_divide, return_dtype=pl.Float64, is_elementwise=True)


def _divide(both: pl.Series) -> pl.Series:
    part, whole = both.struct.field("part").to_numpy(), both.struct.field("whole").to_numpy()
    quotient = np.divide(part, whole, out=np.full(len(both), np.nan), where=whole > 0)
    return pl.Series(quotient, dtype=pl.Float64).fill_nan(None)


def kendall_tau_b(first: Counts, second: Counts) -> float | None:
    """Return the rank correlation of two score vectors, -1..1; None where a vector is all ties or shorter than 2.

    Source: M. G. Kendall, "The treatment of ties in ranking problems", Biometrika 33 (1945). Importing SciPy for
    this one figure would take longer than every table of a run; the tests hold it against SciPy's.
    """
    tau = float(_tau_b_rows(first[None].astype(np.float64), second[None].astype(np.float64))[0])
    return None if np.isnan(tau) else tau


def kendall_p_value(first: Counts, second: Counts, *, seed: int) -> float | None:
    """Return the two-sided permutation p-value of tau-b; None where tau is.

    The share of orders of `second` whose |tau-b| reaches the observed one: all of them up to
    `MAX_EXACT_ITEMS` items, else `NUM_DRAWN_PERMUTATIONS` seeded draws with the observed order counted in
    (B. Phipson and G. K. Smyth, "Permutation p-values should never be zero", 2010). Ties stay as they are
    under permutation, so only the numerator of tau-b varies.
    """
    if kendall_tau_b(first, second) is None:
        return None
    one, other = first.astype(np.float64), second.astype(np.float64)
    observed = abs(_concordance(one[None], other[None])[0])
    orders = _orders(len(first), seed)
    num_reached = int((np.abs(_concordance(one[None], other[orders])) >= observed).sum())
    if len(first) <= MAX_EXACT_ITEMS:
        return num_reached / len(orders)
    return (num_reached + 1) / (len(orders) + 1)


def _orders(num_items: int, seed: int) -> Counts:
    if num_items <= MAX_EXACT_ITEMS:
        return np.array(list(itertools.permutations(range(num_items))), dtype=np.int64)
    drawn = np.tile(np.arange(num_items), (NUM_DRAWN_PERMUTATIONS, 1))
    return np.random.default_rng(seed).permuted(drawn, axis=1)


def _signs(scores: Numbers) -> NDArray[np.int8]:
    """Return the sign of every difference of two items, for each row: (rows, items) to (rows, item pairs)."""
    one, other = np.triu_indices(scores.shape[1], k=1)
    left, right = scores[:, one], scores[:, other]
    return np.sign(left - right).astype(np.int8)


def _concordance(first: Numbers, second: Numbers) -> Counts:
    """Return concordant minus discordant item pairs for each row; a single row of `first` meets every row."""
    products = _signs(first) * _signs(second)
    return np.asarray(products.sum(axis=1, dtype=np.int64))


def _tau_b_rows(first: Numbers, second: Numbers) -> Numbers:
    """Return tau-b for each row; NaN where a row is all ties."""
    untied = (_signs(first) != 0).sum(axis=1) * (_signs(second) != 0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(_concordance(first, second) / np.sqrt(untied), dtype=np.float64)


def bootstrap_tau(
    first: NDArray[np.generic], second: NDArray[np.generic], *, num_resamples: int, seed: int
) -> Interval:
    """Return the 95% percentile interval of tau-b between two judges' model rankings, resampling pairs.

    first, second: (models, pairs), whether each judge found each model right on each pair; or (models, clusters),
    how often it did within each cluster of pairs. Both judges see the same resample. Resamples in which a ranking
    is all ties have no tau and are left out; the interval is (None, None) where those are more than half.
    Source: B. Efron, "Bootstrap methods", Annals of Statistics 7 (1979), percentile method.
    """
    if not first.size or not num_resamples:
        return Interval(None, None)
    both = np.concatenate([first, second]).astype(np.float64)
    scores = np.concatenate(list(resampled_sums(both, num_resamples=num_resamples, seed=seed)))
    low, high = percentile_interval(_tau_b_rows(scores[:, : len(first)], scores[:, len(first) :]))
    return Interval(None, None) if np.isnan(low) else Interval(float(low), float(high))


def cohen_kappa(both_right: int, only_first: int, only_second: int, both_wrong: int) -> float | None:
    """Return the agreement of two judges beyond chance; None without cells or where chance alone is certain to agree.

    Source: J. Cohen, "A coefficient of agreement for nominal scales", 1960.
    """
    total = both_right + only_first + only_second + both_wrong
    if not total:
        return None
    first, second = both_right + only_first, both_right + only_second
    by_chance = first * second + (total - first) * (total - second)
    if by_chance == total * total:
        return None
    observed = (both_right + both_wrong) * total
    return (observed - by_chance) / (total * total - by_chance)


def krippendorff_alpha(
    num_right: NDArray[np.integer], num_ratings: NDArray[np.integer], times: NDArray[np.integer] | None = None
) -> float | None:
    """Return the agreement of any number of judges beyond chance; None where nothing can be disagreed on.

    num_right, num_ratings: of each unit (an answer), how many judges found it right, of how many that scored it; units
    with fewer than two ratings don't count. times: how many such units there are; one of each unless given.
    Source: K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), nominal data, missing values
    allowed.
    """
    alphas = krippendorff_alphas(num_right.reshape(1, -1), num_ratings.reshape(1, -1), times)
    return None if np.isnan(alphas[0]) else float(alphas[0])


def krippendorff_alphas(
    num_right: NDArray[np.integer], num_ratings: NDArray[np.integer], times: NDArray[np.integer] | None = None
) -> Numbers:
    """Return `krippendorff_alpha` of each row of (rows, units); NaN where there is none."""
    weight = np.float64(1) if times is None else times
    ratings = np.where(num_ratings >= 2, num_ratings, 0).astype(np.float64)
    right = np.where(num_ratings >= 2, num_right, 0).astype(np.float64)
    disagreed = (weight * right * (ratings - right) / np.maximum(ratings - 1, 1)).sum(axis=-1)
    all_right, total = (weight * right).sum(axis=-1), (weight * ratings).sum(axis=-1)
    by_chance = all_right * (total - all_right)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(by_chance > 0, 1 - (total - 1) * disagreed / by_chance, np.nan), dtype=np.float64)
