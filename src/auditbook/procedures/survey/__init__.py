"""Satisfaction surveys (满意度调查): what answers, or a published figure, can support.

Of a published figure alone: whether it can exist (:func:`possible_counts`), how wide its interval
can be at most (:func:`index_bounds`), what those who did not answer could change
(:func:`nonresponse_bounds`). Of answers: :func:`scored` turns labels into scores by a map that the
case states; then :func:`satisfaction_index`, :func:`satisfaction_rates` and the rest.

An interval supposes a simple random sample. Of any other sample it says what would hold if it
were random, and must be labelled so (非随机样本，仅供参考).
"""

from auditbook.procedures.survey.comparisons import ScoresCompared, compare_scores, holm
from auditbook.procedures.survey.crosstabs import TableTest, Trend, compare_answers, trend
from auditbook.procedures.survey.factors import Factor, one_factor
from auditbook.procedures.survey.fieldwork import bursts, outside_window, speeders
from auditbook.procedures.survey.flags import FLAG_COLUMNS
from auditbook.procedures.survey.index import (
    composite_index,
    index_by_maps,
    row_index,
    satisfaction_index,
)
from auditbook.procedures.survey.levels import level_distribution
from auditbook.procedures.survey.means import index_bounds, mean_ci, nonresponse_bounds, scale_ci
from auditbook.procedures.survey.patterns import (
    duplicates,
    longest_run,
    low_variability,
    row_variability,
    straight_lines,
)
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
from auditbook.procedures.survey.quality import (
    item_nonresponse,
    out_of_scale,
    unanswered,
    with_and_without,
)
from auditbook.procedures.survey.rates import satisfaction_rates
from auditbook.procedures.survey.reliability import Reliability, reliability
from auditbook.procedures.survey.response import (
    CaseRates,
    ResponseRates,
    aapor_rates,
    response_rates,
)
from auditbook.procedures.survey.scores import ScoreMap, scored
from auditbook.procedures.survey.targets import (
    Points,
    TargetTest,
    index_target,
    share_target,
    target_points,
    target_verdict,
)

__all__ = [
    "FLAG_COLUMNS",
    "CaseRates",
    "Factor",
    "Fits",
    "Interval",
    "Points",
    "PossibleCounts",
    "Reliability",
    "ResponseRates",
    "ScoreMap",
    "ScoresCompared",
    "SmallestN",
    "TableTest",
    "TargetTest",
    "Trend",
    "aapor_rates",
    "bursts",
    "compare_answers",
    "compare_scores",
    "composite_index",
    "duplicates",
    "figures",
    "findings",
    "holm",
    "index_bounds",
    "index_by_maps",
    "index_target",
    "item_nonresponse",
    "level_distribution",
    "longest_run",
    "low_variability",
    "mean_ci",
    "nonresponse_bounds",
    "one_factor",
    "out_of_scale",
    "outside_window",
    "possible_counts",
    "possible_items",
    "proportion_ci",
    "reliability",
    "response_rates",
    "return_rates",
    "row_index",
    "row_variability",
    "satisfaction",
    "satisfaction_index",
    "satisfaction_rates",
    "scale_ci",
    "scored",
    "share_difference",
    "share_target",
    "smallest_n",
    "speeders",
    "straight_lines",
    "target_points",
    "target_verdict",
    "trend",
    "unanswered",
    "with_and_without",
]
