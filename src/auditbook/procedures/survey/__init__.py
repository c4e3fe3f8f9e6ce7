"""Satisfaction surveys (满意度调查): what answers, or a published figure, can support."""

from auditbook.procedures.survey.means import index_bounds, mean_ci, nonresponse_bounds
from auditbook.procedures.survey.proportions import Interval, proportion_ci, share_difference
from auditbook.procedures.survey.published import figures, findings, return_rates, satisfaction

__all__ = [
    "Interval",
    "figures",
    "findings",
    "index_bounds",
    "mean_ci",
    "nonresponse_bounds",
    "proportion_ci",
    "return_rates",
    "satisfaction",
    "share_difference",
]
