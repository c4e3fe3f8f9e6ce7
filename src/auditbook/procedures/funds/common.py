"""What the parts of fund reconciliation share."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from auditbook.case.settings import Materiality
from auditbook.facts import Severity, Verdict

TOTAL = "合计"


def materiality_fen(allocation: pd.DataFrame, materiality: Materiality) -> int:
    """重要性水平: the case's share of the money that arrived, in whole fen (cut off)."""
    return int(Fraction(materiality.rate) * int(allocation["arrived"].sum()))


def ratio(part: int, whole: int) -> Fraction | None:
    """An exact rate; None over zero."""
    return Fraction(int(part), int(whole)) if whole else None


def verdict_of(holds: bool) -> Verdict:
    """Ties where the check holds, differs where it does not."""
    return Verdict.TIES if holds else Verdict.DIFFERS


def severity_of(difference: int, material: int) -> Severity:
    """重大 from the materiality of the case upward, 一般 below it (both fen)."""
    return Severity.HIGH if abs(difference) >= material else Severity.MEDIUM
