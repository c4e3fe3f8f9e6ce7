"""What is wrong with a plan, under the name by which sampling has always imported it."""

from auditbook.procedures.errors import (
    Number,
    PlanError,
    check_amount,
    check_choice,
    check_confidence,
    check_count,
    check_rate,
    exact,
)

__all__ = [
    "Number",
    "PlanError",
    "check_amount",
    "check_choice",
    "check_confidence",
    "check_count",
    "check_rate",
    "exact",
]
