"""Satisfaction surveys (满意度调查): what answers, or a published figure, can support.

Of a published figure alone: whether it can exist (:func:`possible_counts`), how wide its interval
can be at most (:func:`index_bounds`), what those who did not answer could change
(:func:`nonresponse_bounds`). Of answers: :func:`scored` turns labels into scores by a map that the
case states; then :func:`satisfaction_index`, :func:`satisfaction_rates` and the rest.

An interval supposes a simple random sample. Of any other sample it says what would hold if it
were random, and must be labelled so (非随机样本，仅供参考).
"""

from auditbook.procedures.survey.compared_tables import (
    comparisons_table,
    pairs_table,
    share_differences,
    trends_table,
    years_table,
)
from auditbook.procedures.survey.comparisons import ScoresCompared, compare_scores, holm
from auditbook.procedures.survey.consistency import contradictions, quota_shortfall
from auditbook.procedures.survey.crosstabs import TableTest, Trend, compare_answers, trend
from auditbook.procedures.survey.design import design_index, design_share
from auditbook.procedures.survey.design_columns import DesignColumns
from auditbook.procedures.survey.design_compare import DesignCompared, compare_design
from auditbook.procedures.survey.design_guards import GUARDS
from auditbook.procedures.survey.design_tables import design_table, margins_table
from auditbook.procedures.survey.factors import Factor, one_factor
from auditbook.procedures.survey.fieldwork import bursts, outside_window, speeders
from auditbook.procedures.survey.flags import FLAG_COLUMNS
from auditbook.procedures.survey.form_tables import (
    flagged_forms,
    flags_table,
    sensitivity_table,
    unanswered_table,
)
from auditbook.procedures.survey.forms import form_flags
from auditbook.procedures.survey.groups import Group, asked_groups, instrument_table
from auditbook.procedures.survey.importance import importance_performance
from auditbook.procedures.survey.index import (
    composite_index,
    index_by_maps,
    row_index,
    satisfaction_index,
)
from auditbook.procedures.survey.index_tables import (
    composite_table,
    maps_table,
    rates_table,
    satisfaction_table,
    unit_bars,
    units_table,
)
from auditbook.procedures.survey.levels import level_distribution
from auditbook.procedures.survey.masking import masked
from auditbook.procedures.survey.means import index_bounds, mean_ci, nonresponse_bounds, scale_ci
from auditbook.procedures.survey.open_answers import keyword_counts, quotes
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
from auditbook.procedures.survey.published_tables import (
    existing_percentages,
    published_differences,
    published_targets,
)
from auditbook.procedures.survey.quality import (
    item_nonresponse,
    out_of_scale,
    unanswered,
    with_and_without,
)
from auditbook.procedures.survey.rates import satisfaction_rates
from auditbook.procedures.survey.reliability import Reliability, reliability
from auditbook.procedures.survey.reliability_tables import items_table, reliability_table
from auditbook.procedures.survey.response import (
    CaseRates,
    ResponseRates,
    aapor_rates,
    response_rates,
)
from auditbook.procedures.survey.response_tables import aapor_table, quota_table, response_table
from auditbook.procedures.survey.scores import ScoreMap, scored
from auditbook.procedures.survey.spread import answer_counts, choice_counts
from auditbook.procedures.survey.spread_tables import (
    answer_rows,
    answers_table,
    choices_table,
    importance_table,
    quotes_table,
    topics_table,
)
from auditbook.procedures.survey.survey_figures import answer_figures
from auditbook.procedures.survey.survey_findings import answer_findings, impossible_findings
from auditbook.procedures.survey.svy_adapter import MissingSvyError, svy_available
from auditbook.procedures.survey.target_tables import target_table
from auditbook.procedures.survey.targets import (
    Points,
    TargetTest,
    index_target,
    share_target,
    target_points,
    target_verdict,
)
from auditbook.procedures.survey.weighting import (
    Weighted,
    post_stratify,
    rake,
    trim,
    weighting_classes,
)

__all__ = [
    "FLAG_COLUMNS",
    "GUARDS",
    "CaseRates",
    "DesignColumns",
    "DesignCompared",
    "Factor",
    "Fits",
    "Group",
    "Interval",
    "MissingSvyError",
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
    "Weighted",
    "aapor_rates",
    "aapor_table",
    "answer_counts",
    "answer_figures",
    "answer_findings",
    "answer_rows",
    "answers_table",
    "asked_groups",
    "bursts",
    "choice_counts",
    "choices_table",
    "compare_answers",
    "compare_design",
    "compare_scores",
    "comparisons_table",
    "composite_index",
    "composite_table",
    "contradictions",
    "design_index",
    "design_share",
    "design_table",
    "duplicates",
    "existing_percentages",
    "figures",
    "findings",
    "flagged_forms",
    "flags_table",
    "form_flags",
    "holm",
    "importance_performance",
    "importance_table",
    "impossible_findings",
    "index_bounds",
    "index_by_maps",
    "index_target",
    "instrument_table",
    "item_nonresponse",
    "items_table",
    "keyword_counts",
    "level_distribution",
    "longest_run",
    "low_variability",
    "maps_table",
    "margins_table",
    "masked",
    "mean_ci",
    "nonresponse_bounds",
    "one_factor",
    "out_of_scale",
    "outside_window",
    "pairs_table",
    "possible_counts",
    "possible_items",
    "post_stratify",
    "proportion_ci",
    "published_differences",
    "published_targets",
    "quota_shortfall",
    "quota_table",
    "quotes",
    "quotes_table",
    "rake",
    "rates_table",
    "reliability",
    "reliability_table",
    "response_rates",
    "response_table",
    "return_rates",
    "row_index",
    "row_variability",
    "satisfaction",
    "satisfaction_index",
    "satisfaction_rates",
    "satisfaction_table",
    "scale_ci",
    "scored",
    "sensitivity_table",
    "share_difference",
    "share_differences",
    "share_target",
    "smallest_n",
    "speeders",
    "straight_lines",
    "svy_available",
    "target_points",
    "target_table",
    "target_verdict",
    "topics_table",
    "trend",
    "trends_table",
    "trim",
    "unanswered",
    "unanswered_table",
    "unit_bars",
    "units_table",
    "weighting_classes",
    "with_and_without",
    "years_table",
]
