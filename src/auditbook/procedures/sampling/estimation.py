"""Estimates of totals (总额推断) from a random sample, with or without strata."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from auditbook.procedures.errors import (
    Number,
    PlanError,
    check_choice,
    check_confidence,
)
from auditbook.procedures.sampling.estimators import Method, Projection, project
from auditbook.procedures.sampling.examined import (
    Amount,
    PerStratum,
    amount,
    check_tie,
    examined_strata,
)

METHODS: tuple[Method, ...] = ("mean_per_unit", "difference", "ratio", "regression")
ENOUGH_DIFFERENCES = 20
"""Rule of thumb: no normal interval under so many differences; use Stringer's limit."""


@dataclass(frozen=True)
class Estimate:
    """An estimated audited total; amounts in the unit of the sample (fen).

    Attributes
    ----------
    method : str
    point : float
        Estimated audited total.
    lower, upper : float
        Two-sided limits of the audited total.
    standard_error : float
    df : int
        Degrees of freedom of Student's t; 0 where every unit was examined.
    n, population : int
        Units examined, units in the population.
    confidence : float
    book_total : int, float or None
    misstatement : float or None
        高估 above zero: book total less point; None without a book total.
    misstatement_lower, misstatement_upper : float or None
        The book total less `upper`, less `lower`.
    differences : int or None
        Examined units whose audited amount is not their book amount; None without book values.
    table : DataFrame, one row per stratum (one in all without strata)
        stratum, population_count, sample_count, differences_count, book_total, point,
        standard_error, misstatement, df. Point and book total of a stratum are missing (nan) for a
        difference estimate with the book total of all strata only.
    warnings : tuple of str
        ``census``: every unit was examined, there is no sampling error. ``no_differences``,
        ``few_differences``: none, or fewer than 20, among the units of strata not wholly
        examined; the standard error of a difference, ratio or regression estimate is then nil or
        far too small: use ``evaluate_mus``. ``skewed``: n ≤ 25 G², by Cochran's rule too few units
        for a normal interval. ``ratio_without_meaning``: book values of nought or of both signs.
    """

    method: Method
    point: float
    lower: float
    upper: float
    standard_error: float
    df: int
    n: int
    population: int
    confidence: float
    book_total: int | float | None
    misstatement: float | None
    misstatement_lower: float | None
    misstatement_upper: float | None
    differences: int | None
    table: pd.DataFrame
    warnings: tuple[str, ...]


def estimate_total(
    sample: pd.DataFrame,
    *,
    population: PerStratum,
    method: Method,
    audited: str,
    book: str | None = None,
    book_total: PerStratum | None = None,
    strata: str | None = None,
    confidence: Number = 0.95,
) -> Estimate:
    """Estimate the audited total of a population from a random sample of its units.

    Sums of money and of squares are exact; the same rows in another order give the same bytes.
    Limits are Student's t with the finite population correction, and are not cut at zero.
    Strata are estimated one by one and their points, variances and degrees of freedom added up
    (n − H; n − 2H for regression, whose every line takes two). A stratum wholly examined enters
    with its audited total, without allowance and without degrees of freedom.

    Parameters
    ----------
    sample : DataFrame, one row per examined unit
        Drawn at random without replacement (in each stratum), never a judgement sample or
        monetary-unit draws. A column ``id``, where there is one, names each unit once.
    population : int, or mapping or Series by stratum
        Units in the population.
    method : str
        ``mean_per_unit``: N ȳ. ``difference``: X + N (ȳ − x̄). ``ratio``: X Σy / Σx.
        ``regression``: N [ȳ + b (X / N − x̄)].
    audited, book : str
        Columns of amounts: int fen; another number counts as the decimal that it prints. `book` is
        needed but for ``mean_per_unit``.
    book_total : number, or mapping or Series by stratum
        X, of the whole population; needed but for ``mean_per_unit``. With `strata` ratio and
        regression need one per stratum.
    strata : str
        Column of strata.
    confidence : number between 0 and 1
        Of the two-sided interval.

    Returns
    -------
    Estimate
        Where every unit was examined: the exact total, lower = point = upper.

    Raises
    ------
    PlanError
        No book values or book total where the method needs them, rows without amounts, more units
        examined than there are, a stratum without sample, too few units for a variance (two;
        regression: three), book values that add up to 0 (ratio) or do not vary (regression), a
        census that does not tie to the book total, a confidence of 95.

    References
    ----------
    Cochran, Sampling Techniques (3rd ed. 1977), section 2.15 (n > 25 G², G the skewness; here of
    the residuals), chapters 5 to 7; Lohr, Sampling: Design and Analysis, chapters 2 to 4 (error of
    the ratio); Lumley, R package survey 4.1-1; AICPA, Audit Guide Audit Sampling.
    """
    level = check_confidence(confidence)
    check_choice("method", method, METHODS)
    _check_book(method, book, book_total, strata)
    examined = examined_strata(
        sample, population=population, audited=audited, book=book, book_total=book_total,
        strata=strata,
    )  # fmt: skip
    projections = [project(stratum, method) for stratum in examined]
    of_strata = [stratum.book_total for stratum in examined]
    total = sum(t for t in of_strata if t is not None) if None not in of_strata else None
    point = sum((p.point for p in projections), Fraction(0))
    if total is None and book_total is not None:
        total = amount("book_total", book_total)
        check_tie("book_total", examined, total)
        point += total if method == "difference" else 0
    return _estimate(method, projections, point, total, level)


def _check_book(
    method: Method, book: str | None, book_total: PerStratum | None, strata: str | None
) -> None:
    if method == "mean_per_unit":
        return
    missing = [
        name for name, given in (("book", book), ("book_total", book_total)) if given is None
    ]
    if missing:
        raise PlanError(
            f"{method} 需要账面金额，没有给 {'、'.join(missing)}；没有账面金额时用 mean_per_unit",
            f"{method} needs book values, {' and '.join(missing)} not given; without them use "
            "mean_per_unit",
        )
    by_stratum = isinstance(book_total, Mapping | pd.Series)
    if strata is not None and method in ("ratio", "regression") and not by_stratum:
        raise PlanError(
            f"分层的 {method} 需要各层的账面总额（层名: 金额），给的 book_total 是 {book_total!r}",
            f"{method} with strata needs the book total of each stratum, got {book_total!r}",
        )


def _estimate(
    method: Method,
    projections: Sequence[Projection],
    point: Fraction,
    total: Amount | None,
    level: Fraction,
) -> Estimate:
    error = _root(sum((p.variance for p in projections), Fraction(0)))
    df = sum(p.df for p in projections)
    width = Fraction(_quantile(level, df) * error) if df else Fraction(0)
    strata = [p.stratum for p in projections]
    return Estimate(
        method=method,
        point=float(point),
        lower=float(point - width),
        upper=float(point + width),
        standard_error=error,
        df=df,
        n=sum(s.n for s in strata),
        population=sum(s.population for s in strata),
        confidence=float(level),
        book_total=_plain(total),
        misstatement=None if total is None else float(total - point),
        misstatement_lower=None if total is None else float(total - point - width),
        misstatement_upper=None if total is None else float(total - point + width),
        differences=sum(map(_counted, projections)) if strata[0].book else None,
        table=_table(method, projections),
        warnings=_warnings(method, projections),
    )


def _quantile(level: Fraction, df: int) -> float:
    """The two-sided quantile of Student's t."""
    from scipy.special import stdtrit  # not above, nor scipy.stats: half a second to import

    return float(-stdtrit(df, float((1 - level) / 2)))


def _root(variance: Fraction) -> float:
    return math.sqrt(variance)


def _plain(number: Amount | None) -> int | float | None:
    return float(number) if isinstance(number, Fraction) else number


def _counted(projection: Projection) -> int:
    """Differences that are not nought."""
    return sum(d != 0 for d in projection.stratum.differences)


def _table(method: Method, projections: Sequence[Projection]) -> pd.DataFrame:
    strata = [p.stratum for p in projections]
    counts = [_counted(p) if p.stratum.book else None for p in projections]
    known = [s.book_total is not None for s in strata]
    points = [
        p.point if tied or method != "difference" else None
        for p, tied in zip(projections, known, strict=True)
    ]
    misstated = [
        p.stratum.base - p.point if tied or method == "difference" else None
        for p, tied in zip(projections, known, strict=True)
    ]
    return pd.DataFrame(
        {
            "stratum": [s.name for s in strata],
            "population_count": [s.population for s in strata],
            "sample_count": [s.n for s in strata],
            "differences_count": pd.array(counts, dtype="Int64"),
            "book_total": _floats(s.book_total for s in strata),
            "point": _floats(points),
            "standard_error": _floats(_root(p.variance) for p in projections),
            "misstatement": _floats(misstated),
            "df": [p.df for p in projections],
        }
    )


def _floats(numbers: Iterable[Amount | float | None]) -> list[float]:
    """Numbers for a column; nan where there is none."""
    return [math.nan if number is None else float(number) for number in numbers]


def _warnings(method: Method, projections: Sequence[Projection]) -> tuple[str, ...]:
    sampled = [p for p in projections if not p.stratum.census]
    if not sampled:
        return ("census",)
    count = sum(map(_counted, sampled))
    by_book = method != "mean_per_unit"
    found = {
        "no_differences": by_book and not count,
        "few_differences": by_book and 0 < count < ENOUGH_DIFFERENCES,
        "skewed": _skewed(sampled),
        "ratio_without_meaning": method == "ratio" and any(map(_without_meaning, sampled)),
    }
    return tuple(code for code, holds in found.items() if holds)


def _skewed(sampled: Sequence[Projection]) -> bool:
    """Whether n ≤ 25 G², that is, the skewness of the sum is 1 / 5 or more."""
    second = sum((p.second for p in sampled), Fraction(0))
    third = sum((p.third for p in sampled), Fraction(0))
    return second > 0 and 25 * third**2 >= second**3


def _without_meaning(projection: Projection) -> bool:
    """A ratio of amounts that are nought, or of both signs, in the sample or in the total."""
    known = [*projection.stratum.book, projection.stratum.base]
    return min(known) <= 0 <= max(known)
