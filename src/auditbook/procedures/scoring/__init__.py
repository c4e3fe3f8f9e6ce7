"""Scoring (评分): rules, scores by level, the grade, and what the scores rest on."""

from auditbook.procedures.scoring.challenge import (
    contradictions,
    problem_checks,
    ratio_fits,
    rests_on,
    target_checks,
)
from auditbook.procedures.scoring.doubts import findings
from auditbook.procedures.scoring.indicators import (
    chart_rows,
    figures,
    grade,
    grade_table,
    roll_up,
    score_indicators,
    totals_to_grade,
)
from auditbook.procedures.scoring.rules import Score, score

__all__ = [
    "Score",
    "chart_rows",
    "contradictions",
    "figures",
    "findings",
    "grade",
    "grade_table",
    "problem_checks",
    "ratio_fits",
    "rests_on",
    "roll_up",
    "score",
    "score_indicators",
    "target_checks",
    "totals_to_grade",
]
