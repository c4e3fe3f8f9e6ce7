"""Sampling (抽样): what was looked at, how it was chosen, and what may be said of the rest.

Only a sample in which every unit had a known chance above zero may be projected to the
population. Coverage by number or by money is not confidence (ISA 530;
中国注册会计师审计准则第1314号——审计抽样).
"""

from auditbook.procedures.sampling.coverage import coverage, figures, population, sampled_items
from auditbook.procedures.sampling.errors import PlanError
from auditbook.procedures.sampling.projection import findings, may_be_projected, projection

__all__ = [
    "PlanError",
    "coverage",
    "figures",
    "findings",
    "may_be_projected",
    "population",
    "projection",
    "sampled_items",
]
