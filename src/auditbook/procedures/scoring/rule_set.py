"""The closed set of scoring rules, by the name that an indicator states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from auditbook.procedures.scoring.points import Points
from auditbook.procedures.scoring.rules_combined import summed
from auditbook.procedures.scoring.rules_compared import SurveyPoints, compare, survey, trend
from auditbook.procedures.scoring.rules_deducted import deduct
from auditbook.procedures.scoring.rules_experts import experts
from auditbook.procedures.scoring.rules_judged import attain, checklist, level
from auditbook.procedures.scoring.rules_measured import bands, linear, ratio

RULES: Mapping[str, Callable[..., Points | SurveyPoints]] = MappingProxyType({
    "attain": attain,
    "ratio": ratio,
    "linear": linear,
    "bands": bands,
    "checklist": checklist,
    "deduct": deduct,
    "level": level,
    "trend": trend,
    "compare": compare,
    "survey": survey,
    "experts": experts,
    "sum": summed,
})  # fmt: skip
"""One function each, with keyword arguments only."""
