"""Findings about the scores: what cannot be recomputed, and what does not follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from auditbook.case.money import percent_text
from auditbook.facts import Finding, Severity, Verdict, records, row_ranges
from auditbook.procedures.scoring.rules import trimmed


def findings(
    *,
    fits: pd.DataFrame,
    targets: pd.DataFrame,
    problems: pd.DataFrame,
    contradicted: pd.DataFrame,
    scores: pd.DataFrame,
) -> list[Finding]:
    """Everything about the scores that cannot be recomputed or does not follow.

    Parameters
    ----------
    fits, targets, problems, contradicted : DataFrame
        From :func:`ratio_fits`, :func:`target_checks`, :func:`problem_checks`, :func:`rests_on`.
    scores : DataFrame
        From :func:`score_indicators`: the indicator system that a target is missing from.

    """
    system = "；".join(row_ranges([row.partition("；")[0] for row in scores["source_row"]]))
    return [
        *(_unpublished(row) for row in records(fits) if row["verdict"] == Verdict.UNDECIDED),
        *(_contradicted(row) for row in records(contradicted)),
        *(
            _unmeasured(row, system)
            for row in records(targets)
            if row["verdict"] == Verdict.UNDECIDED
        ),
        *(_missed(row) for row in records(targets) if row["verdict"] == Verdict.DIFFERS),
        *(_free(row) for row in records(problems) if not row["lost_points"]),
        *(_light(row) for row in records(problems) if _costs_less_than_spread(row)),
    ]


def _unpublished(row: Mapping[str, Any]) -> Finding:
    return Finding(
        "scoring.unpublished_rule",
        Severity.MEDIUM,
        Verdict.UNDECIDED,
        unit=row["code"],
        subject=row["name"],
        expected=str(row["ratio_points"]),
        actual=str(row["points_points"]),
        difference=str(trimmed(row["points_points"] - row["ratio_points"])),
        expected_source=f"{row['full_points']} × {percent_text(row['rate_rate'])}",
        actual_source=row["source_row"],
        details={"fits": row["fits"] or "—"},
    )


def _contradicted(row: Mapping[str, Any]) -> Finding:
    return Finding(
        "scoring.rests_on_contradicted",
        Severity.HIGH,
        Verdict.DIFFERS,
        unit=row["code"],
        subject=row["name"],
        expected=row["recomputed"],
        actual=row["published"],
        expected_source=row["finding"],
        actual_source=row["source_row"],
        details={"points": str(row["points_points"]), "full": str(row["full_points"]),
                 "evidence": row["evidence_name"]},
    )  # fmt: skip


def _unmeasured(row: Mapping[str, Any], system: str) -> Finding:
    return Finding(
        "scoring.target_unmeasured" if row["indicator"] else "scoring.target_untested",
        Severity.MEDIUM,
        Verdict.UNDECIDED,
        unit=row["code"],
        subject=row["target_text"],
        expected=row["target"],
        expected_source=f"{row['source']}（{row['source_row']}）",
        actual_source=system,
    )


def _missed(row: Mapping[str, Any]) -> Finding:
    return Finding(
        "scoring.target_missed",
        Severity.MEDIUM,
        Verdict.DIFFERS,
        unit=row["code"],
        subject=row["target_text"],
        expected=row["target"],
        actual=row["actual"],
        expected_source=f"{row['source']}（{row['source_row']}）",
        actual_source=row["source_row"],
    )


def _free(row: Mapping[str, Any]) -> Finding:
    return Finding(
        "scoring.problem_cost_nothing",
        Severity.MEDIUM,
        Verdict.DIFFERS,
        unit=row["id"],
        subject=row["problem"],
        expected_source=row["source_row"],
        actual_source=row["score_source"],
        details={"indicator": row["indicator"] or "—", "full": str(row["full_points"])},
    )


def _light(row: Mapping[str, Any]) -> Finding:
    return Finding(
        "scoring.deduction_below_spread",
        Severity.LOW,
        Verdict.UNDECIDED,
        unit=row["id"],
        subject=row["problem"],
        expected=percent_text(row["units_rate"]),
        actual=percent_text(row["lost_rate"]),
        expected_source=row["source_row"],
        actual_source=row["score_source"],
        details={"lost": str(row["lost_points"]), "full": str(row["full_points"]),
                 "units": row["units"]},
    )  # fmt: skip


def _costs_less_than_spread(row: Mapping[str, Any]) -> bool:
    known = row["units_rate"] is not None and row["lost_points"]
    return bool(known and row["lost_rate"] < row["units_rate"])
