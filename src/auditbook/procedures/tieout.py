"""Tie-out (勾稽核对): printed figures and statements in words, held against recomputed figures.

A verdict is one of ties, differs, cannot be decided. Printed figures are compared at the
precision in which they were printed, rounded or cut; score points must agree exactly, since a
total printed more coarsely than its parts hides a difference.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.money import FEN_PER_UNIT, amount_text, percent_text, round_half_up
from auditbook.case.printed import Printed, parse_printed
from auditbook.facts import Figure, Finding, Severity, Verdict, records

PUBLISHED_COLUMNS = [
    "id", "published_key", "published_name", "printed", "place", "figure", "recomputed", "fit",
    "factor", "verdict", "source_row", "figure_source",
]  # fmt: skip
CLAIM_COLUMNS = [
    "id", "claim", "place", "figure", "operator", "bound", "recomputed", "verdict", "source_row",
    "figure_source",
]  # fmt: skip
_OPERATORS = {
    "ge": operator.ge, "gt": operator.gt, "le": operator.le, "lt": operator.lt, "eq": operator.eq,
}  # fmt: skip
_INEXACT = re.compile("以上|以下|以内|不少于|不超过|左右|约|余|多")
"""Words that make a printed number no exact statement: 3500以上."""
_FACTORS = {Fraction(a, b) for a in FEN_PER_UNIT.values() for b in FEN_PER_UNIT.values() if a > b}


def against_published(
    published: pd.DataFrame, figures: Mapping[str, Figure], *, money_unit: str
) -> pd.DataFrame:
    """Each published figure that one of `figures` recomputes, and whether they tie.

    Parameters
    ----------
    published : DataFrame
        The table ``published``: id, key, printed, unit, place, figure, source_row.
    figures : dict of key to Figure
    money_unit : str
        Unit in which recomputed amounts are shown.

    Returns
    -------
    DataFrame, one row per published figure whose ``figure`` is in `figures`
        id, published_key, published_name, printed (with unit), place, figure, recomputed, fit
        (exact, rounded, cut, none), factor (10ⁿ where the two differ by just that: a slip of
        units), verdict, source_row, figure_source.

    """
    rows = []
    for record in records(published):
        figure = figures.get(record["figure"])
        if figure is None:
            continue
        fit, factor, verdict = _hold(record["printed"], record["unit"], figure)
        row = {
            "id": record["id"],
            "published_key": record["key"],
            "published_name": record.get("name") or record["key"],
            "printed": record["printed"] + record["unit"],
            "place": record["place"],
            "figure": figure.key,
            "recomputed": value_text(figure, money_unit),
            "fit": fit,
            "factor": factor,
            "verdict": verdict,
            "source_row": record["source_row"],
            "figure_source": "；".join(figure.source),
        }
        rows.append(row)
    return pd.DataFrame(rows, columns=PUBLISHED_COLUMNS)


def without_counterpart(published: pd.DataFrame, known_keys: set[str]) -> pd.DataFrame:
    """Published figures that nothing recomputes: their verdict cannot be decided.

    Returns
    -------
    DataFrame
        id, published_key, published_name, printed, place, reason (the row's own note), verdict,
        source_row.

    """
    open_ones = published[~published["figure"].isin(known_keys)]
    return pd.DataFrame(
        {
            "id": open_ones["id"],
            "published_key": open_ones["key"],
            "published_name": open_ones["name"].where(open_ones["name"] != "", open_ones["key"]),
            "printed": open_ones["printed"] + open_ones["unit"],
            "place": open_ones["place"],
            "reason": open_ones.get("note", pd.Series("", index=open_ones.index)),
            "verdict": Verdict.UNDECIDED,
            "source_row": open_ones["source_row"],
        }
    ).reset_index(drop=True)


def published_findings(ties: pd.DataFrame) -> list[Finding]:
    """One finding for each published figure that differs from what is recomputed."""
    return [
        Finding(
            "tieout.unit_slip" if row["factor"] else "tieout.published",
            Severity.HIGH if _is_headline(row) else Severity.MEDIUM,
            Verdict.DIFFERS,
            subject=row["published_key"],
            expected=row["recomputed"],
            actual=row["printed"],
            difference=f"× {row['factor']}" if row["factor"] else "",
            expected_source=f"{row['figure']}（{row['figure_source']}）",
            actual_source=f"{row['place']}（{row['source_row']}）",
            details={"name": row["published_name"], "place": row["place"], "factor": row["factor"]},
        )
        for row in records(ties)
        if row["verdict"] == Verdict.DIFFERS
    ]


def against_claims(
    claims: pd.DataFrame, figures: Mapping[str, Figure], *, money_unit: str
) -> pd.DataFrame:
    """Each statement in words whose figure is in `figures`, and whether the figure bears it out.

    A figure that is only a limit decides a statement only where every value within the limit
    gives the same answer.

    Returns
    -------
    DataFrame
        id, claim, place, figure, operator, bound (the value the statement needs), recomputed,
        verdict, source_row, figure_source.

    """
    rows = []
    for record in records(claims):
        figure = figures.get(record["key"])
        if figure is None:
            continue
        row = {
            "id": record["id"],
            "claim": record["text"],
            "place": record["place"],
            "figure": figure.key,
            "operator": record["operator"],
            "bound": record["value"] + record["unit"],
            "recomputed": value_text(figure, money_unit),
            "verdict": _claim_verdict(record, figure),
            "source_row": record["source_row"],
            "figure_source": "；".join(figure.source),
        }
        rows.append(row)
    return pd.DataFrame(rows, columns=CLAIM_COLUMNS)


def claim_findings(ties: pd.DataFrame) -> list[Finding]:
    """One finding for each statement that its figure does not bear out."""
    return [
        Finding(
            "tieout.claim",
            Severity.MEDIUM,
            Verdict.DIFFERS,
            subject=row["claim"],
            expected=row["recomputed"],
            actual=row["bound"],
            expected_source=f"{row['figure']}（{row['figure_source']}）",
            actual_source=f"{row['place']}（{row['source_row']}）",
            details={"operator": row["operator"], "place": row["place"]},
        )
        for row in records(ties)
        if row["verdict"] == Verdict.DIFFERS
    ]


def name_findings(alias_uses: pd.DataFrame, known: pd.DataFrame) -> list[Finding]:
    """One finding for each unit that the material calls by more than one name.

    Parameters
    ----------
    alias_uses : DataFrame
        written, unit, place: each cell whose name went through an alias of the case.
    known : DataFrame
        unit, source_row: where the name that holds stands.

    """
    places = known.drop_duplicates("unit").set_index("unit")["source_row"].to_dict()
    return [
        Finding(
            "tieout.two_names",
            Severity.LOW,
            Verdict.DIFFERS,
            unit=str(unit),
            subject=str(written),
            expected=str(unit),
            actual=str(written),
            expected_source=places.get(unit, ""),
            actual_source="；".join(uses["place"]),
        )
        for (unit, written), uses in alias_uses.groupby(["unit", "written"], sort=False)
    ]


def value_text(figure: Figure, money_unit: str) -> str:
    """A figure as people read it, with ≤ or ≥ where it is only a limit."""
    sign = {"at_most": "≤ ", "at_least": "≥ "}.get(figure.bound, "")
    value = figure.value
    if figure.unit == "fen":
        return sign + amount_text(int(value), money_unit)
    if figure.unit == "fen_per_item":
        return sign + f"{round_half_up(Fraction(value) / FEN_PER_UNIT['元'], 2)}元"
    if figure.unit == "rate":
        return sign + percent_text(Fraction(value))
    return sign + str(value)


def _hold(printed: str, unit: str, figure: Figure) -> tuple[str, str, Verdict]:
    if figure.unit == "text":
        same = printed == figure.value
        return ("exact" if same else "none"), "", Verdict.TIES if same else Verdict.DIFFERS
    try:
        shown = parse_printed(printed, unit)
    except ValueError:
        return "none", "", Verdict.UNDECIDED
    if _INEXACT.search(printed):
        return "none", "", Verdict.UNDECIDED
    value = Fraction(figure.value)
    fit = shown.fits(value)
    if figure.unit == "points" and fit != "exact":
        fit = None
    if figure.bound != "exact":
        return fit or "none", "", _within(shown, value, figure.bound)
    if fit:
        return fit, "", Verdict.TIES
    return "none", _factor(shown, value) if figure.unit == "fen" else "", Verdict.DIFFERS


def _within(shown: Printed, limit: Fraction, bound: str) -> Verdict:
    """A printed value on the wrong side of a limit differs; on the right side, who knows."""
    step = shown.scale / 10**shown.places
    beyond = shown.exact - limit if bound == "at_most" else limit - shown.exact
    return Verdict.DIFFERS if beyond >= step else Verdict.UNDECIDED


def _factor(shown: Printed, value: Fraction) -> str:
    """How many times one amount is the other, where two money units are that far apart."""
    if not value or not shown.value:
        return ""
    times = max(shown.exact / value, value / shown.exact)
    return f"{int(times):,}" if times in _FACTORS else ""


def _claim_verdict(record: Mapping[str, Any], figure: Figure) -> Verdict:
    holds = _OPERATORS[record["operator"]]
    if figure.unit == "text":
        return Verdict.UNDECIDED
    printed = parse_printed(record["value"], record["unit"])
    needed, value = printed.exact, Fraction(figure.value)
    true_at_limit = holds(value, needed)
    if figure.bound == "exact":
        same = record["operator"] == "eq" and printed.fits(value) is not None
        return Verdict.TIES if true_at_limit or same else Verdict.DIFFERS
    upward = record["operator"] in ("ge", "gt", "eq")
    short = value < needed or (record["operator"] == "gt" and value == needed)
    if figure.bound == "at_most" and upward and short:
        return Verdict.DIFFERS
    downward = record["operator"] in ("le", "lt", "eq")
    over = value > needed or (record["operator"] == "lt" and value == needed)
    if figure.bound == "at_least" and downward and over:
        return Verdict.DIFFERS
    certain = record["operator"] in (("le", "lt") if figure.bound == "at_most" else ("ge", "gt"))
    return Verdict.TIES if certain and true_at_limit else Verdict.UNDECIDED


def _is_headline(row: Mapping[str, Any]) -> bool:
    """A slip of units, a limit that is passed and a wrong grade are 重大."""
    return (
        bool(row["factor"]) or row["recomputed"].startswith(("≤", "≥")) or "grade" in row["figure"]
    )
