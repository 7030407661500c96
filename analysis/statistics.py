"""The statistics behind the tables, each with its source; no frame of a run is known here."""

import itertools
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

Z_95: Final = 1.959963984540054
"""The standard normal quantile at 0.975."""
MAX_EXACT_ITEMS: Final = 8
"""Up to 8! = 40,320 permutations are enumerated; beyond, they are drawn."""
NUM_DRAWN_PERMUTATIONS: Final = 9_999
_BLOCK: Final = 250
"""Resamples drawn at once: 250 x 4,400 pairs is 9 MB of counts."""

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]


class Bounds(NamedTuple):
    """Hold the two ends of an interval as Polars expressions."""

    low: pl.Expr
    high: pl.Expr


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


def wilson(successes: pl.Expr, trials: pl.Expr) -> Bounds:
    """Return the 95% score interval of a binomial rate; null where there were no trials.

    Source: E. B. Wilson, "Probable inference", JASA 22 (1927); without continuity correction.
    """
    rate = successes / trials
    z2 = Z_95**2
    centre = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_95 * (rate * (1 - rate) / trials + z2 / (4 * trials**2)).sqrt() / (1 + z2 / trials)
    # At 0 and at all successes the bound is exact; rounding must not push it past the rate.
    low = pl.when(successes == 0).then(0.0).otherwise(centre - half)
    high = pl.when(successes == trials).then(1.0).otherwise(centre + half)
    has_trials = trials > 0
    return Bounds(pl.when(has_trials).then(low), pl.when(has_trials).then(high))


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


def bootstrap_tau(first: NDArray[np.bool_], second: NDArray[np.bool_], *, num_resamples: int, seed: int) -> Interval:
    """Return the 95% percentile interval of tau-b between two judges' model rankings, resampling pairs.

    first, second: (models, pairs), whether each judge found each model right on each pair. Both judges see the
    same resample. Resamples in which a ranking is all ties have no tau and are left out; the interval is
    (None, None) where those are more than half.
    Source: B. Efron, "Bootstrap methods", Annals of Statistics 7 (1979), percentile method.
    """
    num_models, num_pairs = first.shape
    if not num_models or not num_pairs or not num_resamples:
        return Interval(None, None)
    # float32 counts are exact up to 16.7 million pairs, and their product runs in BLAS.
    both = np.concatenate([first, second]).astype(np.float32).T
    generator = np.random.default_rng(seed)
    blocks = [min(_BLOCK, num_resamples - start) for start in range(0, num_resamples, _BLOCK)]
    resampled = [_resample_counts(generator, size, num_pairs) @ both for size in blocks]
    scores = np.concatenate(resampled).astype(np.float64)
    taus = _tau_b_rows(scores[:, :num_models], scores[:, num_models:])
    taus = taus[~np.isnan(taus)]
    if len(taus) * 2 < num_resamples:
        return Interval(None, None)
    low, high = np.quantile(taus, [0.025, 0.975])
    return Interval(float(low), float(high))


def _resample_counts(generator: np.random.Generator, num_resamples: int, num_pairs: int) -> NDArray[np.float32]:
    """Return how often each resample of `num_pairs` with replacement holds each pair: (resamples, pairs)."""
    drawn = generator.integers(0, num_pairs, size=(num_resamples, num_pairs))
    drawn += np.arange(num_resamples)[:, None] * num_pairs
    counts = np.bincount(drawn.ravel(), minlength=num_resamples * num_pairs)
    return counts.reshape(num_resamples, num_pairs).astype(np.float32)


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
