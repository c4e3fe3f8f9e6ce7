"""Whether what was found in a sample may be projected (推断) to the population."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from auditbook.case.money import percent_text
from auditbook.case.sampling_settings import Risks, Sampling
from auditbook.case.survey_settings import Survey
from auditbook.facts import Finding, Severity, Verdict, records, row_ranges
from auditbook.procedures.sampling.planning import risk_allowed

PROBABILITY_METHODS = ("random", "systematic", "monetary_unit")
"""Methods that give every unit a known chance; every other one is judgement."""


def projection(
    items: pd.DataFrame, drawn: pd.DataFrame, *, design: Sampling, needed: int | None = None
) -> pd.DataFrame:
    """Whether results of this sample may be projected (推断) to the population, and why not.

    A sample may be projected only where a probability method is stated for every item, anybody
    can draw it again, and no item was chosen for another purpose (a pilot).

    Parameters
    ----------
    items : DataFrame
        The sample, from :func:`auditbook.procedures.sampling.sampled_items`: id, role, method,
        source_row.
    drawn : DataFrame
        What the plan and its seed give, from :func:`auditbook.procedures.sampling.draw`.
    design : Sampling
    needed : int, optional
        Items, or hits, that the plan needs; see :func:`needed_size`.

    Returns
    -------
    DataFrame, one row per condition
        condition (``method_stated``, ``probability_method``, ``redrawn``: the sample is the one
        that the seed gives, ``enough``: it is as large as the plan needs, ``no_pilot``), holds,
        items (the sampled units that break it), source_row.

    """
    if items.empty:
        return pd.DataFrame(columns=["condition", "holds", "items", "source_row"])
    method = items["method"]
    other = items[~items["id"].isin(drawn["id"])]
    left_out = [item for item in drawn["id"] if item not in set(items["id"])]
    broken = {
        "method_stated": items[(method == "not_stated") | (design.method == "not_stated")],
        "probability_method": items[~method.isin(PROBABILITY_METHODS)],
        "redrawn": other,
        "enough": items.iloc[:0],
        "no_pilot": items[items["role"] != "sample"],
    }
    rows = [
        {
            "condition": name,
            "holds": "yes" if these.empty else "no",
            "items": "、".join(these["id"]),
            "source_row": "；".join(row_ranges(list(these["source_row"]))),
        }
        for name, these in broken.items()
        if design.plan is not None or name != "enough"
    ]
    table = pd.DataFrame(rows, columns=["condition", "holds", "items", "source_row"])
    if left_out:
        _break(table, "redrawn", left_out)
    if design.plan is not None and needed is not None and int(drawn["hits"].sum()) < needed:
        _break(table, "enough", [])
    return table


def _break(table: pd.DataFrame, condition: str, items: list[str]) -> None:
    row = table["condition"] == condition
    named = [name for name in [*table.loc[row, "items"], *items] if name]
    table.loc[row, ["holds", "items"]] = ["no", "、".join(named)]


def may_be_projected(conditions: pd.DataFrame) -> bool:
    """All conditions of :func:`projection` hold."""
    return len(conditions) > 0 and bool((conditions["holds"] == "yes").all())


def findings(
    conditions: pd.DataFrame, *, design: Sampling, surveys: tuple[Survey, ...]
) -> list[Finding]:
    """What the way of choosing the sample does not allow to be said.

    Parameters
    ----------
    conditions : DataFrame
        From :func:`projection`.
    design : Sampling
        The sampling design of the case.
    surveys : tuple of Survey
        A survey that calls itself random is so only inside the sampled units.

    """
    broken = {row["condition"]: row for row in records(conditions) if row["holds"] == "no"}
    found = [
        Finding(
            f"sampling.{rule}",
            severity,
            verdict,
            unit=broken[rule]["items"] if rule == "no_pilot" else "",
            subject=broken[rule]["items"],
            expected_source=design.method_place,
            actual_source=broken[rule]["source_row"],
        )
        for rule, severity, verdict in (
            ("method_stated", Severity.MEDIUM, Verdict.UNDECIDED),
            ("redrawn", Severity.HIGH, Verdict.DIFFERS),
            ("enough", Severity.MEDIUM, Verdict.DIFFERS),
            ("no_pilot", Severity.MEDIUM, Verdict.DIFFERS),
        )
        if rule in broken and (rule != "redrawn" or design.plan is not None)
    ]
    if design.plan is not None and design.plan.risks is not None:
        found += _too_little_confidence(design, design.plan.risks)
    if "probability_method" in broken:
        source = broken["probability_method"]["source_row"]
        called_random = [survey for survey in surveys if survey.selection == "random"]
        found += [_survey_finding(survey, design, source) for survey in called_random]
    return found


def _too_little_confidence(design: Sampling, risks: Risks) -> list[Finding]:
    """The plan's confidence is below 1 − detection risk of its own risk model."""
    allowed = risk_allowed(risks)
    if float(design.confidence) >= 1 - allowed:
        return []
    return [
        Finding(
            "sampling.confidence",
            Severity.MEDIUM,
            Verdict.DIFFERS,
            expected=percent_text(1 - allowed),
            actual=percent_text(Fraction(design.confidence)),
            expected_source=design.method_place,
        )
    ]


def _survey_finding(survey: Survey, design: Sampling, source: str) -> Finding:
    return Finding(
        "sampling.survey_random",
        Severity.LOW,
        Verdict.DIFFERS,
        subject=survey.zh,
        expected_source=survey.place,
        actual_source=f"{design.method_place}（{source}）",
        details={"group_zh": survey.zh, "group_en": survey.en},
    )
