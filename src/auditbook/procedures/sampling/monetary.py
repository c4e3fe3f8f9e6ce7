"""货币单元抽样 (monetary-unit sampling, MUS): how many yuan to draw, and what the errors show.

References
----------
AICPA Audit Guide, Audit Sampling (2017), chapter 6 and appendix C. GAO/CIGIE, Financial Audit
Manual, section 480. 中国注册会计师审计准则第1314号——审计抽样.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from auditbook.intervals import binomial_upper, poisson_upper
from auditbook.procedures.errors import (
    Number,
    PlanError,
    check_amount,
    check_choice,
    check_confidence,
    check_count,
    exact,
)
from auditbook.procedures.sampling.sizes import planned_size

_BOUNDS = ("stringer", "stringer_poisson")
_MANY = 20


@dataclass(frozen=True)
class MusEvaluation:
    """What a monetary-unit sample shows; amounts in the unit of `book_value`.

    Attributes
    ----------
    most_likely : float
        推断错报: over- and understatements of the draws projected, and of key items as found.
        Net: understatements count against overstatements here, and only here.
    basic_precision : float
        基本精确度: the limit that no error at all would have left.
    upper_limit : float
        错报上限 of overstatement, with the overstated key items.
    understatement_most_likely, understatement_limit : float
        低估 alone, as positive amounts, with the understated key items.
    key_items : float
        Net misstatement of the key items (必查项), without allowance.
    errors : int
        Draws overstated.
    steps : DataFrame, one row per overstated draw, largest taint first
        rank from 1, taint (as it enters the limit, at most 1), limit_rate p(i), step_rate
        p(i) − p(i − 1), amount = book_value × step_rate × taint. `basic_precision`, the amounts
        and the overstated key items make up `upper_limit`.
    warnings : tuple of str
        ``taint_above_one``: an audited value below zero; it counts 1 in the limit.
        ``understatement_above_one``: an audited value over twice the book value; counted in full,
        but the limit supposes at most the book value. ``understatements``: some were found, and
        MUS is weak against them. ``many_errors``: 20 or more, where the limit is needlessly high:
        compare with an estimate of the total.
    n, book_value, confidence, method
        As given.
    """

    most_likely: float
    basic_precision: float
    upper_limit: float
    understatement_most_likely: float
    understatement_limit: float
    key_items: float
    errors: int
    steps: pd.DataFrame
    warnings: tuple[str, ...]
    n: int
    book_value: float
    confidence: float
    method: str


def mus_sample_size(
    *,
    book_value: Number,
    tolerable_misstatement: Number,
    expected_misstatement: Number = 0,
    confidence: Number = 0.95,
    method: str = "poisson",
) -> int:
    """样本量: how many monetary units to draw; the interval (抽样间隔) is book value / n.

    The rule of :func:`~auditbook.procedures.sampling.attributes.attribute_sample_size` at the
    rates tolerable / book value and expected / book value. With nothing expected it is
    ceil(−ln(1 − confidence) × book value / tolerable): the confidence factor, 2.9957 at 95 %.

    Parameters
    ----------
    book_value : number
        账面金额 of the sampled part, without key items; for ``hypergeometric`` in 元, since the
        units drawn are yuan (a part of one counts as one).
    tolerable_misstatement : number
        可容忍错报, below the book value.
    expected_misstatement : number
        预计错报, below tolerable. The older expansion factors are not used.
    confidence : number
        One-sided: 1 − confidence is the risk of incorrect acceptance (误受风险).
    method : str
        ``poisson`` (AICPA table C-1), ``binomial``, ``hypergeometric``.

    Returns
    -------
    int
        n ≥ 1, at most 50,000.

    Raises
    ------
    PlanError
        An amount that is not positive, expected ≥ tolerable, tolerable ≥ book value, or a size
        of over 50,000.

    References
    ----------
    AICPA Audit Guide, Audit Sampling (2017), table C-1.

    Examples
    --------
    >>> mus_sample_size(
    ...     book_value=1_000_000, tolerable_misstatement=50_000, expected_misstatement=10_000
    ... )
    93
    """
    book = check_amount("book_value", book_value)
    tolerable = check_amount("tolerable_misstatement", tolerable_misstatement)
    expected = check_amount("expected_misstatement", expected_misstatement, zero=True)
    _check_order("tolerable_misstatement", tolerable_misstatement, "book_value", book_value)
    _check_order(
        "expected_misstatement", expected_misstatement,
        "tolerable_misstatement", tolerable_misstatement,
    )  # fmt: skip
    return planned_size(
        expected / book,
        tolerable=tolerable / book,
        confidence=check_confidence(confidence),
        population=math.ceil(book) if method == "hypergeometric" else None,
        method=method,
    )


def evaluate_mus(
    taintings: Iterable[Number],
    *,
    n: int,
    book_value: Number,
    confidence: Number = 0.95,
    method: str = "stringer",
    key_items: Iterable[Number] = (),
) -> MusEvaluation:
    """错报上限: the most likely misstatement and its upper limit (Stringer).

    Limit = book value × [p(0) + Σ (p(i) − p(i − 1)) × tᵢ], the taints tᵢ in falling order, where
    p(i) is the upper limit of the rate for i deviations in n. It usually covers more than stated.

    Parameters
    ----------
    taintings : iterable of number
        污点 (book − audited) / book of each draw in error, in any order; zeros may be left out.
        An item drawn twice counts twice; one that cannot be examined counts 1.
    n : int
        All draws, with those without error.
    book_value : number
        Of the sampled part: without key items.
    confidence : number
        One-sided.
    method : str
        ``stringer``: p binomial. ``stringer_poisson``: p Poisson, the AICPA factors, a little
        larger; p is capped at 1.
    key_items : iterable of number
        Misstatements (book − audited, amounts) of the items examined in full. Overstatements are
        added to the limit, understatements to the limit of understatement.

    Returns
    -------
    MusEvaluation
        Without errors the limit is the basic precision.

    Raises
    ------
    PlanError
        More errors than draws, a book value that is not positive, a number that is none.

    References
    ----------
    Stringer, K. W. (1963), Practical aspects of statistical sampling in auditing, Proceedings of
    the Business and Economic Statistics Section, American Statistical Association, 405-411. Touw,
    P. and Hoogduin, L. (2011), Statistiek voor audit en controlling, p. 138. AICPA Audit Guide,
    Audit Sampling (2017), appendix C (factors).
    """
    book = float(check_amount("book_value", book_value))
    size = check_count("n", n, least=1)
    level = float(check_confidence(confidence))
    check_choice("method", method, _BOUNDS)
    over, under = _by_sign("taintings", taintings)
    _check_draws(len(over) + len(under), size)
    key_over, key_under = (math.fsum(part) for part in _by_sign("key_items", key_items))

    basic = book * _rate(0, size, level, method)
    steps = _steps([min(taint, 1.0) for taint in over], size, book, level, method)
    under_steps = _steps(under, size, book, level, method)
    missed = book * math.fsum(under) / size + key_under
    return MusEvaluation(
        most_likely=book * math.fsum(over) / size + key_over - missed,
        basic_precision=basic,
        upper_limit=math.fsum([basic, *steps["amount"], key_over]),
        understatement_most_likely=missed,
        understatement_limit=math.fsum([basic, *under_steps["amount"], key_under]),
        key_items=key_over - key_under,
        errors=len(over),
        steps=steps,
        warnings=_warnings(over, under),
        n=size,
        book_value=book,
        confidence=level,
        method=method,
    )


def _steps(taints: Sequence[float], n: int, book: float, level: float, method: str) -> pd.DataFrame:
    """What each taint, largest first, adds to the limit."""
    rates = [_rate(i, n, level, method) for i in range(len(taints) + 1)]
    rows = [
        (i, taint, rates[i], rates[i] - rates[i - 1], book * (rates[i] - rates[i - 1]) * taint)
        for i, taint in enumerate(taints, 1)
    ]
    return pd.DataFrame(rows, columns=["rank", "taint", "limit_rate", "step_rate", "amount"])


def _rate(deviations: int, n: int, level: float, method: str) -> float:
    """p(i): the upper limit of the rate for so many deviations in n."""
    if method == "stringer":
        return binomial_upper(deviations, n, confidence=level)
    return min(1.0, poisson_upper(deviations, confidence=level) / n)


def _by_sign(name: str, numbers: Iterable[Number]) -> tuple[list[float], list[float]]:
    """Overstatements and, with their sign changed, understatements, each in falling order."""
    try:
        values = [float(exact(number)) for number in numbers]
    except (TypeError, ValueError, OverflowError):
        raise PlanError(
            f"{name} 应为一组数；无法检查的项目按污点 1 计",
            f"{name} should be numbers; an item that cannot be examined has taint 1",
        ) from None
    over = sorted((value for value in values if value > 0), reverse=True)
    under = sorted((-value for value in values if value < 0), reverse=True)
    return over, under


def _check_draws(errors: int, n: int) -> None:
    if errors > n:
        raise PlanError(
            f"错报 {errors} 项多于抽取次数 n = {n}：n 应为全部抽取次数，含无错报的",
            f"{errors} errors in n = {n} draws: n counts all draws, with those without error",
        )


def _check_order(name: str, value: Number, other: str, limit: Number) -> None:
    if exact(value) >= exact(limit):
        raise PlanError(
            f"{name} {value} 应小于 {other} {limit}；否则没有可行的样本量",
            f"{name} {value} should be below {other} {limit}; otherwise no sample size exists",
        )


def _warnings(over: Sequence[float], under: Sequence[float]) -> tuple[str, ...]:
    raised = {
        "taint_above_one": any(taint > 1 for taint in over),
        "understatement_above_one": any(taint > 1 for taint in under),
        "understatements": bool(under),
        "many_errors": len(over) + len(under) >= _MANY,
    }
    return tuple(code for code, holds in raised.items() if holds)
