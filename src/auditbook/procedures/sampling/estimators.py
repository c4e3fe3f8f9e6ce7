"""Estimators of a total (总体金额估计): point and residuals of one stratum, exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling.examined import Amount, Stratum

Method: TypeAlias = Literal["mean_per_unit", "difference", "ratio", "regression"]


@dataclass(frozen=True)
class Projection:
    """What one stratum says of its audited total.

    Attributes
    ----------
    stratum : Stratum
    point : Fraction
        Estimated audited total. Of a difference estimate without a book total of the stratum:
        the estimated difference (audited less book).
    variance : Fraction
        Of the point; 0 where all units were examined.
    second, third : Fraction
        Central moments of the point with the sample's own moments (divided by n) and without
        finite population correction, as Cochran's rule on skewness takes them.
    df : int
        Degrees of freedom; 0 where all units were examined.
    """

    stratum: Stratum
    point: Fraction
    variance: Fraction
    second: Fraction
    third: Fraction
    df: int


@dataclass(frozen=True)
class _Fit:
    """Point, residuals as whole multiples of 1 / scale, factor of the error, parameters."""

    point: Fraction
    residuals: list[Amount]
    scale: Amount
    factor: Fraction
    parameters: int


def project(stratum: Stratum, method: Method) -> Projection:
    """Project one stratum.

    SE² = N² (1 − n / N) Σe² / (m n), m = n − 1 (regression: n − 2); for the ratio times
    ((X / N) / x̄)².

    Raises
    ------
    PlanError
        Fewer than two units (regression: three) of a stratum not wholly examined, book values of
        the sample that add up to 0 (ratio) or are all the same (regression).

    References
    ----------
    Lohr, Sampling: Design and Analysis, sections 2.3 and 4.1 to 4.3; Lumley, R package survey,
    ``svytotal``, ``svyratio``.
    """
    if stratum.census:
        nothing, known = Fraction(0), sum(stratum.audited)
        if method == "difference":
            known = stratum.base + sum(stratum.differences)
        return Projection(stratum, Fraction(known), nothing, nothing, nothing, 0)
    _check_enough(stratum, method)
    fit = _FITS[method](stratum)
    n, units, m = stratum.n, stratum.population, stratum.n - fit.parameters
    unit = fit.factor / fit.scale
    squares = sum(e * e for e in fit.residuals) * unit**2
    cubes = sum(e * e * e for e in fit.residuals) * unit**3
    variance = units**2 * (1 - Fraction(n, units)) * squares / (m * n)
    second, third = units**2 * squares / n**2, units**3 * cubes / n**3
    return Projection(stratum, fit.point, variance, second, third, m)


def _check_enough(stratum: Stratum, method: Method) -> None:
    least = 3 if method == "regression" else 2
    if stratum.n < least:
        zh, en = (
            ("样本", "the sample")
            if stratum.name is None
            else (f"层 {stratum.name}", f"stratum {stratum.name}")
        )
        raise PlanError(
            f"{zh}只审查了 {stratum.n} 个单位，{method} 没有方差可言；至少审查 {least} 个，"
            "或与相近的层合并",
            f"{stratum.n} unit examined in {en} gives {method} no variance; examine at least "
            f"{least}, or merge it with a stratum like it",
        )


def _mean_per_unit(stratum: Stratum) -> _Fit:
    total = sum(stratum.audited)
    point = Fraction(stratum.population * total) / stratum.n
    return _Fit(point, _centred(stratum.audited), stratum.n, Fraction(1), 1)


def _difference(stratum: Stratum) -> _Fit:
    differences = stratum.differences
    point = Fraction(stratum.population * sum(differences)) / stratum.n
    residuals = _centred(differences)
    return _Fit(stratum.base + point, residuals, stratum.n, Fraction(1), 1)


def _ratio(stratum: Stratum) -> _Fit:
    y_total, x_total, known = sum(stratum.audited), sum(stratum.book), stratum.base
    if not x_total:
        raise PlanError(
            "样本的账面金额合计为 0，比率没有意义；改用 difference",
            'book values of the sample add up to 0: a ratio has no meaning; use "difference"',
        )
    pairs = zip(stratum.audited, stratum.book, strict=True)
    residuals = [y * x_total - x * y_total for y, x in pairs]
    # R survey and Lohr carry (X / N) / x̄ into the error; Cochran leaves it out.
    factor = Fraction(known * stratum.n) / (stratum.population * x_total)
    return _Fit(Fraction(known * y_total) / x_total, residuals, x_total, factor, 1)


def _regression(stratum: Stratum) -> _Fit:
    y_off, x_off = _centred(stratum.audited), _centred(stratum.book)
    spread = sum(x * x for x in x_off)
    if not spread:
        raise PlanError(
            "样本的账面金额全都相同，拟合不出直线；改用 difference",
            'book values of the sample are all the same: no line fits; use "difference"',
        )
    common = sum(y * x for y, x in zip(y_off, x_off, strict=True))
    slope = Fraction(common) / spread
    n, units = stratum.n, stratum.population
    away = stratum.base - Fraction(units * sum(stratum.book)) / n
    point = Fraction(units * sum(stratum.audited)) / n + slope * away
    residuals = [y * spread - x * common for y, x in zip(y_off, x_off, strict=True)]
    return _Fit(point, residuals, n * spread, Fraction(1), 2)


_FITS: dict[Method, Callable[[Stratum], _Fit]] = {
    "mean_per_unit": _mean_per_unit,
    "difference": _difference,
    "ratio": _ratio,
    "regression": _regression,
}


def _centred(amounts: Sequence[Amount]) -> list[Amount]:
    """Deviations from the mean, times their number: whole where the amounts are."""
    total = sum(amounts)
    return [len(amounts) * amount - total for amount in amounts]
