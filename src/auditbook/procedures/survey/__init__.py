"""Satisfaction surveys (满意度调查): what answers, or a published figure, can support."""

from auditbook.procedures.survey.comparisons import ScoresCompared, compare_scores, holm
from auditbook.procedures.survey.crosstabs import TableTest, Trend, compare_answers, trend
from auditbook.procedures.survey.factors import Factor, one_factor
from auditbook.procedures.survey.means import index_bounds, mean_ci, nonresponse_bounds
from auditbook.procedures.survey.possible import (
    Fits,
    PossibleCounts,
    SmallestN,
    possible_counts,
    possible_items,
    smallest_n,
)
from auditbook.procedures.survey.proportions import Interval, proportion_ci, share_difference
from auditbook.procedures.survey.published import figures, findings, return_rates, satisfaction
from auditbook.procedures.survey.reliability import Reliability, reliability
from auditbook.procedures.survey.response import (
    CaseRates,
    ResponseRates,
    aapor_rates,
    response_rates,
)

__all__ = [
    "CaseRates",
    "Factor",
    "Fits",
    "Interval",
    "PossibleCounts",
    "Reliability",
    "ResponseRates",
    "ScoresCompared",
    "SmallestN",
    "TableTest",
    "Trend",
    "aapor_rates",
    "compare_answers",
    "compare_scores",
    "figures",
    "findings",
    "holm",
    "index_bounds",
    "mean_ci",
    "nonresponse_bounds",
    "one_factor",
    "possible_counts",
    "possible_items",
    "proportion_ci",
    "reliability",
    "response_rates",
    "return_rates",
    "satisfaction",
    "share_difference",
    "smallest_n",
    "trend",
]
