"""What a published satisfaction figure can support where no answer can be counted again.

Two things can still be said without any assumption on the answers: the widest interval that a
mean on a bounded scale can have, and what the mean would be had every missing questionnaire been
the worst or the best.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.survey_settings import Survey
from auditbook.facts import Figure, FigureMaker, Finding, Severity, Verdict, records, steady
from auditbook.procedures.survey.caveats import caveat
from auditbook.procedures.survey.means import index_bounds, nonresponse_bounds
from auditbook.procedures.survey.proportions import Interval


def return_rates(counts: pd.DataFrame, surveys: tuple[Survey, ...]) -> pd.DataFrame:
    """回收率 = 收回/发放, and where valid forms are known 有效回收率 = 有效/发放.

    Parameters
    ----------
    counts : DataFrame, one row per group
        The table ``survey_counts``: group, issued, returned, valid, source_row.
    surveys : tuple of Survey
        What the groups are called.

    Returns
    -------
    DataFrame, one row per group
        group, group_zh, group_en, issued_count, returned_count, return_rate, valid_count,
        valid_rate, source_row.

    """
    names = {survey.group: survey for survey in surveys}
    rows = [
        {
            "group": row["group"],
            "group_zh": names[row["group"]].zh,
            "group_en": names[row["group"]].en,
            "issued_count": row["issued"],
            "returned_count": row["returned"],
            "return_rate": _share(int(row["returned"]), int(row["issued"])),
            "valid_count": known_count(row, "valid"),
            "valid_rate": _share(known_count(row, "valid"), int(row["issued"])),
            "source_row": row["source_row"],
        }
        for row in records(counts)
    ]
    columns = [
        "group", "group_zh", "group_en", "issued_count", "returned_count", "return_rate",
        "valid_count", "valid_rate", "source_row",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"issued_count": "Int64", "returned_count": "Int64",
                         "valid_count": "Int64"})  # fmt: skip


def satisfaction(counts: pd.DataFrame, surveys: tuple[Survey, ...]) -> pd.DataFrame:
    """Published satisfaction per group with the widest interval and the worst and best case.

    Parameters
    ----------
    counts : DataFrame
        The table ``survey_counts``.
    surveys : tuple of Survey
        Scale, confidence and way of selection per group.

    Returns
    -------
    DataFrame, one row per group that has a printed figure
        group, group_zh, group_en, printed, forms_count, population_count
        (:func:`people_served`), satisfaction_rate, lower_rate, upper_rate (:func:`index_bounds`),
        worst_rate, best_rate (:func:`nonresponse_bounds`), selection, source_row. Rates are
        shares of the scale, 0 its low end and 1 its high end. Valid forms count where they are
        known, returned ones elsewhere; fewer than two forms support no interval and are left out.

    """
    settings = {survey.group: survey for survey in surveys}
    rows = [
        _satisfaction_row(row, settings[row["group"]])
        for row in records(counts)
        if row.get("printed") and _forms(row) >= 2
    ]
    table = pd.DataFrame(rows, columns=_SATISFACTION_COLUMNS)
    return table.astype({"forms_count": "Int64", "population_count": "Int64"})


def people_served(counts: Mapping[str, Any], survey: Survey) -> int | None:
    """People of a group (N); of a census those who got a form, where it is not stated.

    Parameters
    ----------
    counts : mapping
        Its row of ``survey_counts``.
    survey : Survey
    """
    issued = known_count(counts, "issued") if survey.selection == "census" else None
    stated = known_count(counts, "population")
    return issued if stated is None else stated


def one_sided_bounds(row: Mapping[str, Any], survey: Survey) -> Interval:
    """The widest limits of a published figure, each at the confidence of its group.

    Parameters
    ----------
    row : mapping
        Of :func:`satisfaction`.
    survey : Survey
    """
    people = row["population_count"]
    return index_bounds(
        mean=float(row["satisfaction_rate"]),
        n=int(row["forms_count"]),
        confidence=float(2 * survey.confidence - 1),
        population=None if pd.isna(people) else int(people),
    )


def figures(
    rates: pd.DataFrame, table: pd.DataFrame, *, answered: Collection[str] = ()
) -> list[Figure]:
    """Return rates and satisfaction per group, ``survey.<group>.…``.

    Parameters
    ----------
    rates, table : DataFrame
        From :func:`return_rates` and :func:`satisfaction`.
    answered : collection of str
        Groups whose answers are there: their satisfaction is recomputed and not the printed one.

    """
    found = []
    for row in records(rates):
        make = FigureMaker(return_rates, (row["source_row"],))
        for measure in ("issued", "returned"):
            key, value = f"survey.{row['group']}.{measure}", int(row[f"{measure}_count"])
            found.append(make(key, value, "count", _FORMULAS[measure]))
        if row["return_rate"] is not None:
            key = f"survey.{row['group']}.return_rate"
            found.append(make(key, row["return_rate"], "rate", _FORMULAS["return_rate"]))
    for row in records(table[~table["group"].isin(answered)]):
        make = FigureMaker(satisfaction, (row["source_row"],))
        for measure in ("satisfaction", "lower", "upper", "worst", "best"):
            key, value = f"survey.{row['group']}.{measure}", row[f"{measure}_rate"]
            more = caveat(row["selection"]) if measure in ("lower", "upper") else ("", "")
            zh, en = (words + note for words, note in zip(_FORMULAS[measure], more, strict=True))
            found.append(make(key, value, "rate", (zh, en)))
    return found


_FORMULAS = {
    "issued": ("发放的问卷", "forms issued"),
    "returned": ("收回的问卷", "forms returned"),
    "return_rate": ("收回 ÷ 发放", "returned ÷ issued"),
    "satisfaction": (
        "公布的综合满意度，无答卷可重算",
        "as published; no answers to recompute from",
    ),
    "lower": ("最保守区间下限（Bhatia–Davis）", "lower end of the widest interval (Bhatia–Davis)"),
    "upper": ("最保守区间上限（Bhatia–Davis）", "upper end of the widest interval (Bhatia–Davis)"),
    "worst": ("没有有效收回的全部最不满意时", "had every missing form been the worst"),
    "best": ("没有有效收回的全部最满意时", "had every missing form been the best"),
}


def findings(
    table: pd.DataFrame, surveys: tuple[Survey, ...], *, answered: Collection[str] = ()
) -> list[Finding]:
    """A satisfaction figure whose answers are not there cannot be decided.

    Parameters
    ----------
    table : DataFrame
        From :func:`satisfaction`.
    surveys : tuple of Survey
    answered : collection of str
        Groups whose answers are there: they can be counted again.

    Returns
    -------
    list of Finding
        ``survey.no_answers``: nor are formula and items; ``survey.no_forms``: these are known.
    """
    settings = {survey.group: survey for survey in surveys}
    return [
        Finding(
            "survey.no_forms" if settings[row["group"]].instrument else "survey.no_answers",
            Severity.MEDIUM,
            Verdict.UNDECIDED,
            unit=row["group"],
            subject=row["group"],
            actual=row["printed"],
            expected_source=settings[row["group"]].place,
            actual_source=row["source_row"],
            details={
                "group_zh": settings[row["group"]].zh,
                "group_en": settings[row["group"]].en,
            },
        )
        for row in records(table)
        if row["group"] not in answered
    ]


_SATISFACTION_COLUMNS = [
    "group", "group_zh", "group_en", "printed", "forms_count", "population_count",
    "satisfaction_rate", "lower_rate", "upper_rate", "worst_rate", "best_rate", "selection",
    "source_row",
]  # fmt: skip


def _satisfaction_row(row: dict[str, Any], survey: Survey) -> dict[str, Any]:
    forms = _forms(row)
    share = survey.share(row["printed"])
    mean, people = float(share), people_served(row, survey)
    bounds = index_bounds(
        mean=mean, n=forms, confidence=float(survey.confidence), population=people
    )
    missing = nonresponse_bounds(estimate=mean, returned=forms, issued=int(row["issued"]))
    return {
        "group": row["group"],
        "group_zh": survey.zh,
        "group_en": survey.en,
        "printed": row["printed"],
        "forms_count": forms,
        "population_count": people,
        "satisfaction_rate": share,
        "lower_rate": steady(bounds.lower),
        "upper_rate": steady(bounds.upper),
        "worst_rate": steady(missing.lower),
        "best_rate": steady(missing.upper),
        "selection": survey.selection,
        "source_row": row["source_row"],
    }


def _forms(row: dict[str, Any]) -> int:
    """Forms behind a published figure: the valid ones where they are known."""
    valid = known_count(row, "valid")
    return int(row["returned"]) if valid is None else valid


def known_count(row: Mapping[str, Any], column: str) -> int | None:
    """A count of a row of ``survey_counts``; None where the case does not have it."""
    value = row.get(column)
    return None if value is None or pd.isna(value) else int(value)


def _share(part: int | None, whole: int) -> Fraction | None:
    return None if part is None or whole == 0 else Fraction(part, whole)
