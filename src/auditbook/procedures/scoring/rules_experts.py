"""Points by experts (专家打分): their mean, and how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scipy import stats

from auditbook.procedures.errors import Number, PlanError, check_count
from auditbook.procedures.scoring.points import Points, full_mark, number, number_text, points_of


@dataclass(frozen=True)
class Opinion:
    """The points that one expert gives, and why."""

    expert: str
    points: Number
    reason: str = ""


@dataclass(frozen=True)
class Agreement:
    """How far experts rank the items alike.

    Attributes
    ----------
    w : Fraction or None
        Kendall's W, 0 (no agreement) to 1 (the same order); None where every expert gives all
        items the same rate, so that nothing was ranked.
    experts, items : int
    chi_square : Fraction or None
        Friedman's statistic, experts × (items − 1) × W.
    df : int
        items − 1.
    p : float or None
        Probability of a W so large if experts ranked at random, by the chi-square distribution;
        rough with 7 items or fewer.
    """

    w: Fraction | None
    experts: int
    items: int
    chi_square: Fraction | None
    df: int
    p: float | None


def experts(*, full: Number, opinions: Sequence[Opinion], trim: int = 0) -> Points:
    """专家打分: the mean of the experts' points, or the mean without the highest and the lowest.

    Points of 9, 8, 8.5 and 4 give 7.375 of 10; without the highest and the lowest 8.25.

    Parameters
    ----------
    full : number
        Full mark (分值).
    opinions : sequence of Opinion
        One of each expert; points below the full mark come with a reason.
    trim : int
        Opinions left out at each end (去掉最高分和最低分).

    Returns
    -------
    Points
        reason ``mean`` or ``trimmed_mean``; details experts (number), given, left_out, spread
        (highest − lowest of all opinions, in points).

    Raises
    ------
    PlanError
        An expert twice, points outside 0 … `full`, points lost without a reason, nobody left.

    Notes
    -----
    Common practice, no rule found. Which opinions were left out stands in the details.
    """
    marks = full_mark(full)
    least = 2 * check_count("trim", trim) + 1
    if len(opinions) < least:
        raise PlanError(
            f"各去掉 {trim} 个最高分和最低分，至少要 {least} 位专家，给的是 {len(opinions)} 位",
            f"with {trim} left out at each end, {least} experts are needed, got {len(opinions)}",
        )
    given = [_opinion(one, marks) for one in opinions]
    names = Counter(one.expert for one in opinions)
    if twice := "、".join(name for name, count in names.items() if count > 1):
        raise PlanError(f"专家重复打分：{twice}", f"experts with several opinions: {twice}")
    order = sorted(range(len(given)), key=lambda i: given[i])
    kept = order[trim : len(order) - trim]
    mean = sum((given[i] for i in kept), Fraction(0)) / len(kept)
    said = {i: f"{opinions[i].expert} {number_text(given[i])}" for i in order}
    return points_of(
        mean / marks, marks, reason="trimmed_mean" if trim else "mean", experts=len(given),
        given="；".join(said[i] for i in range(len(given))),
        left_out="；".join(said[i] for i in order if i not in kept),
        spread=given[order[-1]] - given[order[0]],
    )  # fmt: skip


def agreement(*, points: Mapping[str, Sequence[Number]], full: Sequence[Number]) -> Agreement:
    """Kendall's W of experts who scored the same items, with tied ranks corrected.

    Score rates are ranked, not points, since an item of 20 outranks one of 5 whatever the
    experts think. Three experts with rates ranked 1 2 3, 1 2 3 and 1 3 2 have W = 7/9.

    Parameters
    ----------
    points : dict of expert to sequence of number
        Points of each item, in one order.
    full : sequence of number
        Full mark of each item, in the same order.

    Returns
    -------
    Agreement

    Raises
    ------
    PlanError
        Fewer than two experts or items, another number of points, points outside 0 … full.

    Notes
    -----
    W = 12 S / (m² (n³ − n) − m Σ (t³ − t)), with S the sum of squared deviations of the rank sums
    of n items over m experts, and t the sizes of groups of equal ranks of each expert.

    References
    ----------
    Kendall, M. G. and Babington Smith, B. (1939), The problem of m rankings, Annals of
    Mathematical Statistics 10, 275-287; Siegel, S. and Castellan, N. J. (1988), Nonparametric
    Statistics for the Behavioral Sciences.
    """
    marks = [full_mark(one) for one in full]
    m, n = len(points), len(marks)
    if m < 2 or n < 2:
        raise PlanError(
            f"一致性至少要两位专家、两个项目，给的是 {m} 位、{n} 个",
            f"agreement needs two experts and two items, got {m} and {n}",
        )
    ranks = [_ranks(_rates(expert, given, marks)) for expert, given in points.items()]
    sums = [sum(column, Fraction(0)) for column in zip(*ranks, strict=True)]
    spread = sum((Fraction(total) - Fraction(m * (n + 1), 2)) ** 2 for total in sums)
    ties = sum(t**3 - t for row in ranks for t in Counter(row).values())
    most = m * m * (n**3 - n) - m * ties
    if not most:
        return Agreement(None, m, n, None, n - 1, None)
    w = Fraction(12 * spread) / most
    chi_square = m * (n - 1) * w
    return Agreement(w, m, n, chi_square, n - 1, float(stats.chi2.sf(float(chi_square), n - 1)))


def _opinion(opinion: Opinion, full: Fraction) -> Fraction:
    points = number(opinion.expert, opinion.points)
    if not 0 <= points <= full:
        most = number_text(full)
        raise PlanError(
            f"专家 {opinion.expert} 的打分应在 0 和分值 {most} 之间，给的是 {opinion.points}",
            f"points by {opinion.expert} should lie between 0 and {most}, got {opinion.points}",
        )
    if points < full and not opinion.reason.strip():
        raise PlanError(
            f"专家 {opinion.expert} 打 {opinion.points} 分，未写扣分理由；请补上",
            f"{opinion.expert} gives {opinion.points} points without a reason; state it",
        )
    return points


def _rates(expert: str, given: Sequence[Number], full: list[Fraction]) -> list[Fraction]:
    if len(given) != len(full):
        raise PlanError(
            f"专家 {expert} 应打 {len(full)} 个分，给的是 {len(given)} 个",
            f"{expert} should score {len(full)} items, got {len(given)}",
        )
    rates = []
    for points, mark in zip(given, full, strict=True):
        rates.append(_opinion(Opinion(expert, points, "ranked"), mark) / mark)
    return rates


def _ranks(rates: Sequence[Fraction]) -> list[Fraction]:
    """Ranks from 1 (lowest); equal rates share the mean of their ranks."""
    size = Counter(rates)
    start, below = {}, 0
    for rate in sorted(size):
        start[rate], below = Fraction(2 * below + size[rate] + 1, 2), below + size[rate]
    return [start[rate] for rate in rates]
