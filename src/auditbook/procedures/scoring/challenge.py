"""What the scores rest on: rules that were not published, targets, problems and contradictions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.money import percent_text, round_half_up
from auditbook.case.printed import parse_printed
from auditbook.facts import Figure, Finding, Verdict, records
from auditbook.procedures.scoring.indicators import in_unit, indicator_name, target_number
from auditbook.procedures.scoring.rules import score, trimmed

_SEPARATOR = "、"
_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "="}


def ratio_fits(indicators: pd.DataFrame, scores: pd.DataFrame,
               figures: Mapping[str, Figure]) -> pd.DataFrame:  # fmt: skip
    """What the plain ratio gives where points were deducted by an unpublished rule.

    For an indicator scored by deduction that names a figure and a target: full × rate, and each
    whole number a of marks for which a × rate + (full − a) rounds to the points given (a part
    scored by the ratio, the rest granted). A fit is an inference, not the rule.

    Returns
    -------
    DataFrame
        code, level3, full_points, points_points, rate_rate, ratio_points, fits (texts such as
        ``5 × 83.99% + 4``), verdict, source_row.

    """
    rows = []
    given = scores.set_index("code")
    for row in records(indicators):
        figure = figures.get(row["figure"])
        if row["rule"] != "deduct" or figure is None or not row["target"]:
            continue
        points = given.loc[row["code"], "points_points"]
        rate = min(Fraction(1), in_unit(figure, row["unit"]) / target_number(row))
        plain = score("ratio", full=row["full"], actual=rate, target=1)
        rows.append(
            {
                "code": row["code"],
                "name": indicator_name(row),
                "full_points": row["full"],
                "points_points": points,
                "rate_rate": rate,
                "ratio_points": trimmed(round_half_up(plain.unrounded, 2)),
                "fits": "；".join(_fits(row["full"], points, rate)),
                "verdict": Verdict.TIES if plain.unrounded == Fraction(points)
                else Verdict.UNDECIDED,
                "source_row": row["source_row"],
            }
        )  # fmt: skip
    columns = ["code", "name", "full_points", "points_points", "rate_rate", "ratio_points",
               "fits", "verdict", "source_row"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def target_checks(targets: pd.DataFrame) -> pd.DataFrame:
    """Each performance target with its actual value, and whether an indicator tests it.

    Returns
    -------
    DataFrame
        code, target_text, target, actual, indicator, verdict (undecided where the actual value
        is not there), source, source_row.

    """
    rows = [
        {
            "code": row["code"],
            "target_text": row["text"],
            "target": f"{_SIGNS.get(row['operator'], '')}{row['target']}{row['unit']}",
            "actual": row["actual"] + (row["unit"] if row["actual"] else ""),
            "indicator": row["indicator"],
            "verdict": _target_verdict(row),
            "source": row["source"],
            "source_row": row["source_row"],
        }
        for row in records(targets)
    ]
    columns = ["code", "target_text", "target", "actual", "indicator", "verdict", "source"]
    return pd.DataFrame(rows, columns=[*columns, "source_row"])


def problem_checks(
    problems: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    judgements: pd.DataFrame,
    sample: pd.DataFrame,
) -> pd.DataFrame:
    """Each problem with the indicator it bears on, what it cost, and how widespread it was.

    Parameters
    ----------
    problems : DataFrame
        The table ``problems``: id, text, indicator, unit, place, source_row.
    scores : DataFrame
        From :func:`score_indicators`.
    judgements : DataFrame
        The table ``judgements``: indicator, kind, points, finding.
    sample : DataFrame
        The table ``sample``: id; no rows where there was no sample.

    Returns
    -------
    DataFrame, one row per problem
        id, problem, indicator, full_points, lost_points (by the deductions that name it),
        lost_rate, units (names), units_rate (share of the sampled units, where all that are
        named were sampled), source_row, score_source.

    """
    rows = []
    deducted = judgements[judgements["kind"] == "deduction"]
    sampled = set(sample["id"])
    for row in records(problems):
        names = deducted["finding"].map(_split)
        naming = deducted[names.map(lambda ids, sought=row["id"]: sought in ids).astype(bool)]
        wanted = naming["indicator"] if len(naming) else _split(row["indicator"])
        over = scores[scores["code"].isin(wanted)]
        units = _split(row["unit"])
        lost = sum(naming["points"], Decimal(0))
        full = sum(over["full_points"], Decimal(0))
        rows.append(
            {
                "id": row["id"],
                "problem": row["text"],
                "indicator": _SEPARATOR.join(over["code"]),
                "full_points": full,
                "lost_points": lost,
                "lost_rate": Fraction(lost) / Fraction(full) if full else None,
                "units": row["unit"],
                "units_rate": Fraction(len(units), len(sampled))
                if units and sampled.issuperset(units)
                else None,
                "source_row": row["source_row"],
                "score_source": "；".join(over["source_row"]),
            }
        )
    columns = ["id", "problem", "indicator", "full_points", "lost_points", "lost_rate", "units",
               "units_rate", "source_row", "score_source"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def rests_on(
    indicators: pd.DataFrame, scores: pd.DataFrame, contradictions: Mapping[str, Finding]
) -> pd.DataFrame:
    """Indicators with full points whose published evidence was found to be contradicted.

    Parameters
    ----------
    indicators : DataFrame
        code, evidence (keys of published figures, joined by 、), source_row.
    contradictions : dict of published key to Finding
        Findings of earlier working papers with the verdict differs.

    Returns
    -------
    DataFrame
        code, name, full_points, points_points, evidence, evidence_name, published, recomputed,
        finding (its code), source_row.

    """
    given = scores.set_index("code")
    rows = []
    for row in records(indicators):
        points = given.loc[row["code"], "points_points"]
        for key in _split(row["evidence"]):
            finding = contradictions.get(key)
            if finding is not None and points == row["full"]:
                known_as = finding.details.get("name", key)
                rows.append((row["code"], indicator_name(row), row["full"], points, key, known_as,
                             finding.actual, finding.expected, finding.code,
                             row["source_row"]))  # fmt: skip
    columns = ["code", "name", "full_points", "points_points", "evidence", "evidence_name",
               "published", "recomputed", "finding", "source_row"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def contradictions(findings: list[Finding]) -> dict[str, Finding]:
    """Published figures that earlier working papers found to differ, by key."""
    return {
        finding.subject: finding
        for finding in findings
        if finding.rule.startswith("tieout.") and finding.verdict == Verdict.DIFFERS
    }


def _fits(full: Decimal, points: Decimal, rate: Fraction) -> list[str]:
    """Whole marks a with a × rate + (full − a) = points at the points' own precision."""
    places = max(0, -int(points.as_tuple().exponent))
    return [
        f"{a} × {percent_text(rate)} + {trimmed(full - a)}"
        for a in range(1, int(full))
        if round_half_up(a * rate + Fraction(full) - a, places) == points
    ]


def _target_verdict(row: Mapping[str, Any]) -> Verdict:
    """Ties where the actual value reaches the target; undecided where either cannot be read."""
    if not (row["actual"] and row["target"] and row["operator"]):
        return Verdict.UNDECIDED
    try:
        actual = parse_printed(row["actual"], row["unit"]).exact
        target = parse_printed(row["target"], row["unit"]).exact
    except ValueError:
        return Verdict.UNDECIDED
    met = {
        "ge": actual >= target,
        "gt": actual > target,
        "le": actual <= target,
        "lt": actual < target,
        "eq": actual == target,
    }[row["operator"]]
    return Verdict.TIES if met else Verdict.DIFFERS


def _split(cell: str) -> list[str]:
    return [part for part in str(cell).split(_SEPARATOR) if part]
