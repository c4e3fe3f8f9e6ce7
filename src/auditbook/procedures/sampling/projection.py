"""Whether what was found in a sample may be projected (推断) to the population."""

from __future__ import annotations

import pandas as pd

from auditbook.case.sampling_settings import Sampling
from auditbook.case.settings import Survey
from auditbook.facts import Finding, Severity, Verdict, records, row_ranges

PROBABILITY_METHODS = ("random", "systematic", "monetary_unit")
"""Methods that give every unit a known chance; every other one is judgement."""


def projection(sample: pd.DataFrame, design: Sampling) -> pd.DataFrame:
    """Whether results of this sample may be projected (推断) to the population, and why not.

    A sample may be projected only where a probability method is stated for every item and no
    item was chosen for another purpose (a pilot).

    Returns
    -------
    DataFrame, one row per condition
        condition (``method_stated``, ``probability_method``, ``no_pilot``), holds, items
        (the sampled units that break it), source_row.

    """
    if sample.empty:
        return pd.DataFrame(columns=["condition", "holds", "items", "source_row"])
    method = sample["method"]
    broken = {
        "method_stated": sample[(method == "not_stated") | (design.method == "not_stated")],
        "probability_method": sample[~method.isin(PROBABILITY_METHODS)],
        "no_pilot": sample[sample["role"] != "sample"],
    }
    rows = [
        {
            "condition": name,
            "holds": "yes" if items.empty else "no",
            "items": "、".join(items["id"]),
            "source_row": "；".join(row_ranges(list(items["source_row"]))),
        }
        for name, items in broken.items()
    ]
    return pd.DataFrame(rows, columns=["condition", "holds", "items", "source_row"])


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
            ("no_pilot", Severity.MEDIUM, Verdict.DIFFERS),
        )
        if rule in broken
    ]
    if "probability_method" in broken:
        source = broken["probability_method"]["source_row"]
        called_random = [survey for survey in surveys if survey.selection == "random"]
        found += [_survey_finding(survey, design, source) for survey in called_random]
    return found


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
