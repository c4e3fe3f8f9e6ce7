"""What svy would not say of an estimate by design, as codes with their words in zh and en."""

from __future__ import annotations

from typing import Literal, get_args

import pandas as pd

from auditbook.procedures.survey.crosstabs import SMALL_GROUP

Guard = Literal[
    "population_and_weights",
    "lone_psu",
    "nulls",
    "all_alike",
    "no_variance",
    "small_cell",
    "few_psu",
]
SMALL_CELL = SMALL_GROUP
FEW_DF = 10

GUARDS: dict[Guard, tuple[str, str]] = {
    "population_and_weights": (
        "权重之和与总体人数相差超过 1%：请核对 populations（逐层写该层的数，不是总数）和权重",
        "the sum of weights differs from the people by more than 1%: check populations (of each "
        "stratum, not of all) and weights",
    ),
    "lone_psu": (
        "有的层只抽到一个群（或一人），层内方差无从得知；按它与总均值之差计算，偏保守",
        "a stratum has a single cluster (or person), so that its variance is not known; its "
        "distance from the mean of all is taken instead, which is conservative",
    ),
    "nulls": (
        "有缺答，作为样本中的一个子域处理，没有删行",
        "answers are missing; those given are a domain of the sample, no row was removed",
    ),
    "all_alike": (
        "回答完全一致，区间为有效样本量下的 Wilson 区间",
        "all answers are alike; the interval is Wilson's with the effective number of answers",
    ),
    "no_variance": (
        "只有一个群，或各群（各层内）结果相同，看不出设计方差；区间为有效样本量下的 Wilson 区间，"
        "不含群间差异",
        "there is one cluster, or clusters (within strata) are alike, so that no design variance "
        "is seen; the interval is Wilson's with the effective number of answers, without "
        "differences between clusters",
    ),
    "small_cell": (
        f"不足 {SMALL_CELL} 份，仅供参考",
        f"fewer than {SMALL_CELL} answers: for reference only",
    ),
    "few_psu": (
        f"自由度（群数减层数）不足 {FEW_DF}，标准误本身不稳",
        f"fewer than {FEW_DF} degrees of freedom (clusters less strata): the standard error "
        "itself is unstable",
    ),
}
"""Code → what it says, in Chinese and English."""


def ordered(found: dict[Guard, bool]) -> tuple[Guard, ...]:
    """The codes that hold, in the order of :data:`GUARDS`."""
    return tuple(code for code in get_args(Guard) if found.get(code))


def kish_deff(weights: pd.Series) -> float:
    """What unequal weights alone cost: n·Σw²/(Σw)² = 1 + cv² (Kish 1965)."""
    return len(weights) * float((weights**2).sum()) / float(weights.sum()) ** 2
