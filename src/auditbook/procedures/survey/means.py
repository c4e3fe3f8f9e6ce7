"""Intervals of a mean: of answers at hand, of a published mean, and for forms that are missing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, get_args

from auditbook.procedures.errors import PlanError, check_choice, check_confidence, check_count
from auditbook.procedures.survey.proportions import (
    Interval,
    Method,
    proportion_ci,
    student_quantile,
    uncovered,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MeanMethod = Literal["t", "bootstrap"]
RESAMPLES = 9999
_CELLS = 2_000_000  # counts held at a time: 16 MB


def mean_ci(
    values: Any,
    *,
    confidence: float = 0.95,
    population: int | None = None,
    method: MeanMethod = "t",
    seed: int | None = None,
) -> Interval:
    """The mean of one number per respondent, with its two-sided interval.

    Items answered by the same person go together: give the mean or index of each row
    (:func:`~auditbook.procedures.survey.row_index`), never items × people as if independent.

    Parameters
    ----------
    values : sequence of numbers, array or Series
        One per respondent, at least two unless they are the whole population; none missing.
    confidence : float
        As a fraction.
    population : int, optional
        People in the group (N); with it the variance is multiplied by 1 − n/N, and a census
        (n = N) has no margin.
    method : str
        ``"t"``: Student's t with n − 1. ``"bootstrap"``: percentiles of 9,999 resampled means,
        each deviation stretched by √((1 − n/N)·n/(n − 1)) so that their variance is that of the
        mean (Rao and Wu 1988); for skewed answers.
    seed : int, optional
        Of the bootstrap, and required there: the same seed gives the same limits.

    Returns
    -------
    Interval
        In the unit of the values, not clipped to any scale. No width where all values are equal.

    Raises
    ------
    PlanError
        A value missing, too few of them, a confidence such as 95, population < n, an unknown
        method, or a bootstrap without a seed.

    References
    ----------
    Cochran, W. G. (1977), Sampling Techniques, 3rd ed., eq. 2.20. Rao, J. N. K. and Wu, C. F. J.
    (1988), Resampling inference with complex survey data, JASA 83, 231–241.
    """
    check_choice("method", method, get_args(MeanMethod))
    level = float(check_confidence(confidence))
    numbers = numbers_given("values", values)
    n = len(numbers)
    left = uncovered(n, population)
    mean = math.fsum(numbers.tolist()) / n if n else math.nan
    if n and left == 0:
        return Interval(mean, mean, mean)
    check_count("n", n, least=2)
    if method == "bootstrap":
        return _bootstrap(numbers, mean, level, left, seed)
    error = math.sqrt(left * math.fsum(((numbers - mean) ** 2).tolist()) / (n - 1) / n)
    margin = student_quantile(level, n - 1) * error
    return Interval(mean, mean - margin, mean + margin)


def _bootstrap(
    numbers: npt.NDArray[np.float64], mean: float, level: float, left: float, seed: int | None
) -> Interval:
    import numpy as np

    if seed is None:
        raise PlanError(
            "bootstrap 需要随机种子 seed，否则结果不能复算；例如 seed=20181231",
            "a bootstrap needs a seed so that it can be repeated, for example seed=20181231",
        )
    random, n = np.random.default_rng(check_count("seed", seed)), len(numbers)
    # How often each distinct value is drawn: the same as drawing n values, at a scale's few costs.
    distinct, times = np.unique(numbers, return_counts=True)
    block = max(1, _CELLS // len(distinct))
    sizes = [min(block, RESAMPLES - start) for start in range(0, RESAMPLES, block)]
    sums = [random.multinomial(n, times / n, size) @ distinct for size in sizes]
    spread = (np.concatenate(sums) / n - mean) * math.sqrt(left * n / (n - 1))
    below, above = np.quantile(spread, [(1 - level) / 2, (1 + level) / 2])
    return Interval(mean, mean + float(below), mean + float(above))


def scale_ci(
    values: Any,
    *,
    low: float,
    high: float,
    confidence: float = 0.95,
    population: int | None = None,
) -> Interval:
    """The mean of scores on the scale [low, high], never of no width but in a census.

    The t interval of :func:`mean_ci`, clipped to the scale. Where all n scores equal v its width
    would be 0, as if nobody else could think otherwise. Then at least a share L of the group
    scores v, L being the exact lower limit of n of n, and the others may score anything on the
    scale: low + L·(v − low) to high − L·(high − v).

    Parameters
    ----------
    values : sequence of numbers
        One per respondent, none missing.
    low, high : float
        Ends of the scale.
    confidence : float
        As a fraction, two-sided.
    population : int, optional
        As for :func:`mean_ci`.

    Raises
    ------
    PlanError
        As :func:`mean_ci`; a value off the scale; no values.
    """
    numbers = numbers_given("values", values)
    n = check_count("n", len(numbers), least=1)
    if not low <= numbers.min() <= numbers.max() <= high:
        raise PlanError(
            f"分数应在量表 {low} 到 {high} 之内，现有 {numbers.min()} 到 {numbers.max()}",
            f"scores should be on the scale {low} to {high}, got {numbers.min()} to "
            f"{numbers.max()}",
        )
    left = uncovered(n, population)
    if numbers.min() < numbers.max() or left == 0:
        found = mean_ci(numbers, confidence=confidence, population=population)
        return Interval(found.estimate, max(low, found.lower), min(high, found.upper))
    method: Method = "clopper-pearson" if population is None else "hypergeometric"
    alike = proportion_ci(
        count=n, n=n, confidence=confidence, method=method, population=population
    ).lower
    value = float(numbers[0])
    return Interval(value, low + alike * (value - low), high - alike * (high - value))


def index_bounds(
    *,
    mean: float,
    n: int,
    low: float = 0.0,
    high: float = 1.0,
    confidence: float = 0.95,
    population: int | None = None,
) -> Interval:
    """The widest interval that a mean on the scale [low, high] can have.

    The sample variance of n values on a bounded scale with this mean is at most
    (mean − low)(high − mean) n/(n − 1), reached when every answer is an extreme one. With it the
    t interval is the widest possible, so the true one lies inside: conservative. Where answers are
    of 0 and 1 only it is the t interval itself, which covers too little near the ends of the scale
    and has no width there: at 98 % and 50 answers, 64 %.

    Parameters
    ----------
    mean : float
        The published mean, on the scale.
    n : int
        Answers behind it, at least 2.
    low, high : float
        Ends of the scale.
    confidence : float
        As a fraction, two-sided.
    population : int, optional
        People in the group; with it the finite population correction 1 − n/N is applied, and a
        census (n = N) has no margin.

    Returns
    -------
    Interval
        Limits clipped to the scale.

    Raises
    ------
    PlanError
        confidence not inside (0, 1), fewer than two answers, mean off the scale, population < n.

    References
    ----------
    Bhatia, R. and Davis, C. (2000), A better bound on the variance, American Mathematical
    Monthly 107(4), 353–357.

    """
    level = float(check_confidence(confidence))
    check_count("n", n, least=2)
    if not low <= mean <= high:
        raise PlanError(
            f"均值 {mean} 不在量表 {low} 到 {high} 之内；请核对 mean、low、high",
            f"the mean {mean} is not on the scale {low} to {high}; check mean, low and high",
        )
    variance = (mean - low) * (high - mean) * n / (n - 1)
    margin = student_quantile(level, n - 1) * math.sqrt(uncovered(n, population) * variance / n)
    return Interval(mean, max(low, mean - margin), min(high, mean + margin))


def nonresponse_bounds(*, estimate: float, returned: int, issued: int) -> Interval:
    """What a mean on the 0–1 scale becomes if all who did not return were worst, or best.

    With m the mean of `returned` questionnaires out of N `issued`:
    [m·n/N, (m·n + N − n)/N].

    Raises
    ------
    PlanError
        More returned than issued, none issued, or an estimate outside 0–1.

    References
    ----------
    Manski, C. F. (2003), Partial Identification of Probability Distributions, chapter 1.

    """
    if not 0 <= estimate <= 1:
        raise PlanError(
            f"estimate 应为 0 到 1 之间的比率，给的是 {estimate}",
            f"estimate must be a fraction between 0 and 1, got {estimate}",
        )
    if not 0 < returned <= issued:
        raise PlanError(
            f"收回数 returned 应在 1 和发放数 issued = {issued} 之间，给的是 {returned}",
            f"returned must lie between 1 and issued = {issued}, got {returned}",
        )
    known = estimate * returned
    return Interval(estimate, known / issued, (known + issued - returned) / issued)


def numbers_given(name: str, values: Any) -> npt.NDArray[np.float64]:
    """Values as floats.

    Raises
    ------
    PlanError
        Some of them are missing, infinite or no numbers.
    """
    import numpy as np

    try:
        given = values if hasattr(values, "__array__") else list(values)
        numbers = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise PlanError(
            f"{name} 中有不是数的值；请先按赋分表换成分数",
            f"{name} holds values that are no numbers; turn answers into scores first",
        ) from None
    absent = int((~np.isfinite(numbers)).sum())
    if absent:
        raise PlanError(
            f"{name} 有 {absent} 个缺失值；请先列出缺答，再只给有效的值",
            f"{name} holds {absent} missing values; list them, then give the valid ones only",
        )
    return numbers
