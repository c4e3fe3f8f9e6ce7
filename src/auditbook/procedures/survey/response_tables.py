"""回收 of each group: rates with intervals, AAPOR rates, and what each unit was to bring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from auditbook.case.survey_settings import Survey
from auditbook.facts import records
from auditbook.procedures.survey.consistency import quota_shortfall
from auditbook.procedures.survey.groups import NAMES, Group, by_group
from auditbook.procedures.survey.published import known_count
from auditbook.procedures.survey.response import ResponseRates, aapor_rates, response_rates

_OUTCOMES = ("partial", "refused", "non_contact", "other", "unknown")


def response_table(counts: pd.DataFrame, surveys: tuple[Survey, ...]) -> pd.DataFrame:
    """回收率, 有效回收率 and 有效率 of each group, each with what it divides by.

    Parameters
    ----------
    counts : DataFrame
        The table ``survey_counts``.
    surveys : tuple of Survey

    Returns
    -------
    DataFrame, one row per group and rate
        group, group_zh, group_en, rate_name (``return``, ``valid_return``, ``valid``),
        part_count, whole_count, share_rate, lower_rate, upper_rate (Wilson; of people asked in the
        same way), source_row. A group with nothing issued has no rates.
    """
    settings = {survey.group: survey for survey in surveys}
    rows: list[tuple[Any, ...]] = []
    for row in records(counts):
        survey, issued, returned = settings[row["group"]], int(row["issued"]), int(row["returned"])
        if not issued:
            continue
        valid = known_count(row, "valid")
        found = response_rates(
            issued=issued, returned=returned, valid=valid, confidence=float(survey.confidence)
        )
        for name, part, whole, limits in _parts(found, issued, returned, valid):
            rows.append(
                (survey.group, survey.zh, survey.en, name, part, whole, *limits, row["source_row"])
            )
    columns = [
        *NAMES, "rate_name", "part_count", "whole_count", "share_rate", "lower_rate", "upper_rate",
        "source_row",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _parts(found: ResponseRates, issued: int, returned: int, valid: int | None) -> list[Any]:
    parts = [
        ("return", returned, issued, found.return_rate),
        ("valid_return", valid, issued, found.valid_return_rate),
        ("valid", valid, returned, found.valid_rate),
    ]
    return [part for part in parts if part[3] is not None]


def aapor_table(counts: pd.DataFrame, surveys: tuple[Survey, ...]) -> pd.DataFrame:
    """AAPOR's RR1 to RR6 of the groups for which it is known what became of each form.

    Known it is where all cases add up to the forms issued: valid (complete), partial, refused,
    not contacted, other, and of unknown eligibility, beside those found not to be eligible. Where
    all of them are, there is nobody to answer, and no rate.

    Returns
    -------
    DataFrame, one row per group
        group, group_zh, group_en, rr1_rate to rr6_rate, eligible_share_rate (e), source_row.
    """
    settings = {survey.group: survey for survey in surveys}
    rows: list[tuple[Any, ...]] = []
    for row in records(counts):
        cases = {name: known_count(row, name) for name in ("valid", *_OUTCOMES)}
        ineligible = known_count(row, "ineligible")
        known = [n for n in cases.values() if n is not None]
        if cases["valid"] is None or sum(known) + (ineligible or 0) != int(row["issued"]):
            continue
        if not sum(known):
            continue
        survey = settings[row["group"]]
        found = aapor_rates(
            complete=cases["valid"],
            ineligible=ineligible,
            unknown_other=cases["unknown"] or 0,
            **{name: cases[name] or 0 for name in _OUTCOMES if name != "unknown"},
        )
        rows.append((survey.group, survey.zh, survey.en, *found, row["source_row"]))
    rates = [f"rr{number}_rate" for number in range(1, 7)]
    columns = [*NAMES, *rates, "eligible_share_rate", "source_row"]
    return pd.DataFrame(rows, columns=columns)


def quota_table(groups: Sequence[Group]) -> pd.DataFrame:
    """What each unit was to bring and has brought.

    Returns
    -------
    DataFrame, one row per group and unit
        group, group_zh, group_en, unit, quota_count, got_count, lacking_count, reached_rate,
        returned_count, return_rate; see :func:`quota_shortfall`. Forms that name no unit at all
        say nothing of any quota: what was brought is then missing.
    """

    def rows(group: Group) -> list[dict[str, Any]]:
        found = quota_shortfall(group.answers.frame["unit"], plan=group.units)
        if not group.answers.has("unit"):
            unknown = dict.fromkeys(("got_count", "short_count", "reached_rate"))
            found = found[found["unit"] != ""].assign(**unknown)
        return records(found.rename(columns={"short_count": "lacking_count"}))

    columns = [
        "unit", "quota_count", "got_count", "lacking_count", "reached_rate", "returned_count",
        "return_rate",
    ]  # fmt: skip
    return by_group([group for group in groups if len(group.units)], rows, columns)
