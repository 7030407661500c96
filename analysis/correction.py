"""Rates corrected for a judge that errs: the estimator and its interval; no frame of a run is known here."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analysis.intervals import Z_95, Bounds, Numbers, divide, wilson

_PRIOR: Final = 2.0
"""Answers, half of them accepted, that are added to each calibration count."""


class Calibration(NamedTuple):
    """Hold what a judge made of answers that are known to be right or wrong, for each part of a dataset.

    Counts may be effective ones (divided by a design effect), so they need not be whole.
    """

    accepted_right: Numbers
    """(parts): right answers that the judge called right."""
    num_right: Numbers
    rejected_wrong: Numbers
    """(parts): wrong answers that the judge didn't call right."""
    num_wrong: Numbers

    @property
    def sensitivity(self) -> Numbers:
        """Return the share of right answers that are accepted; NaN where there are none."""
        return divide(self.accepted_right, self.num_right)

    @property
    def specificity(self) -> Numbers:
        """Return the share of wrong answers that are not accepted; NaN where there are none."""
        return divide(self.rejected_wrong, self.num_wrong)

    @property
    def youden(self) -> Numbers:
        """Return sensitivity + specificity - 1: how much a verdict tells, 0 for a coin.

        Source: W. J. Youden, "Index for rating diagnostic tests", Cancer 3 (1950), 32-35.
        """
        return self.sensitivity + self.specificity - 1

    @property
    def is_identifiable(self) -> bool:
        """Tell whether every part's index is clearly above 0, so that verdicts can be turned back into answers."""
        low = youden_bounds(self).low
        return bool(len(low)) and bool((low > 0).all())


def youden_bounds(held: Calibration) -> Bounds:
    """Return the 95% interval of Youden's index; NaN where right or wrong answers are lacking.

    The two Wilson intervals, squared and added: R. G. Newcombe, "Interval estimation for the difference between
    independent proportions", Statistics in Medicine 17 (1998), 873-890, method 10; the index is a difference of two
    shares of acceptance.
    """
    right = wilson(held.accepted_right, held.num_right)
    wrong = wilson(held.rejected_wrong, held.num_wrong)
    below = np.hypot(held.sensitivity - right.low, held.specificity - wrong.low)
    above = np.hypot(right.high - held.sensitivity, wrong.high - held.specificity)
    return Bounds(np.maximum(held.youden - below, -1.0), np.minimum(held.youden + above, 1.0))


def rogan_gladen(apparent: ArrayLike, sensitivity: ArrayLike, specificity: ArrayLike) -> Numbers:
    """Return the true rate behind an apparent one, not cut to 0..1; NaN where sensitivity + specificity is 1.

    Source: W. J. Rogan and B. Gladen, "Estimating prevalence from the results of a screening test", American J.
    Epidemiology 107 (1978), 71-76, equation 1.
    """
    seen, sensitive, specific = (np.asarray(one, dtype=np.float64) for one in (apparent, sensitivity, specificity))
    index = sensitive + specific - 1
    shape = np.broadcast_shapes(seen.shape, index.shape)
    found: Numbers = np.divide(
        seen + specific - 1, index, out=np.full(shape, np.nan), where=np.broadcast_to(index != 0, shape)
    )
    return found


class Corrected(NamedTuple):
    """Hold corrected rates with their 95% intervals, cut to 0..1.

    NaN where the judge's errors can't be undone, and where the whole interval lies outside 0..1: the judge then errs
    less, or more, on the row's answers than on those that it was calibrated by.
    """

    rate: Numbers
    low: Numbers
    high: Numbers


def corrected_rates(
    num_accepted: Numbers, num_pairs: Numbers, held: Calibration, *, effect: ArrayLike = 1.0
) -> Corrected:
    """Return each row's rate over all parts of a dataset, each part corrected by its own calibration.

    num_accepted: (rows, parts), answers that the judge called right; num_pairs: (parts); effect: the design effect of
    the rows' rates, (rows,) or one. The rate is the parts' Rogan-Gladen estimates weighted by their pairs
    (post-stratification); the interval takes up the uncertainty of sensitivity and specificity. One part makes it
    that of Z. Lang and J. Reiczigel, "Confidence limits for prevalence of disease adjusted for estimated sensitivity
    and specificity", Preventive Veterinary Medicine 113 (2014), 13-22: an adjusted Wald interval, each count with
    its pseudo-answers, the centre moved. Over several parts the pseudo-answers and the move are shared among them, the
    quotients' bias is taken off, and squared standard errors add up; `benchmarks.coverage_of_corrections` shows that
    this holds.
    """
    weights = divide(num_pairs, num_pairs.sum())
    if not held.is_identifiable or not num_pairs.sum():
        nothing = np.full(len(num_accepted), np.nan)
        return Corrected(nothing, nothing, nothing)
    plain = rogan_gladen(divide(num_accepted, num_pairs), held.sensitivity, held.specificity) @ weights
    centre, error = _adjusted(num_accepted, num_pairs, held, np.asarray(effect, dtype=np.float64).reshape(-1, 1))
    half = Z_95 * np.sqrt(error @ weights**2)
    ends = centre @ weights - half, centre @ weights + half
    fits = np.where((ends[1] < 0) | (ends[0] > 1), np.nan, 0.0)
    rate, low, high = (np.clip(one, 0.0, 1.0) + fits for one in (plain, *ends))
    return Corrected(rate, np.minimum(low, rate), np.maximum(high, rate))


def _adjusted(num_accepted: Numbers, num_pairs: Numbers, held: Calibration, effect: Numbers) -> tuple[Numbers, Numbers]:
    """Return the moved centre and the squared standard error of each row and part."""
    num_parts = len(num_pairs)
    trials = num_pairs / effect + Z_95**2 / num_parts
    seen = (num_accepted / effect + Z_95**2 / (2 * num_parts)) / trials
    sensitive, of_sensitive = _eased(held.accepted_right, held.num_right, num_parts)
    specific, of_specific = _eased(held.rejected_wrong, held.num_wrong, num_parts)
    rate = rogan_gladen(seen, sensitive, specific)
    squares = seen * (1 - seen) / trials + rate**2 * of_sensitive + (1 - rate) ** 2 * of_specific
    index = sensitive + specific - 1
    skew = rate * of_sensitive - (1 - rate) * of_specific
    # Over many parts skewness averages out, and what is left is the quotient's own bias, to second order.
    moved = rate + skew * (2 * Z_95**2 / num_parts - (1 - 1 / num_parts) / index**2)
    return moved, squares / index**2


def _eased(part: Numbers, whole: Numbers, num_parts: int) -> tuple[Numbers, Numbers]:
    """Return a share with its pseudo-answers, and its squared standard error."""
    trials = whole + _PRIOR / num_parts
    share = (part + _PRIOR / (2 * num_parts)) / trials
    return share, share * (1 - share) / trials
