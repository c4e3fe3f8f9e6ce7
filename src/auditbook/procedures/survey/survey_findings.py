"""What notebook 03 finds: figures that cannot be, forms to look at, targets that are not shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.money import percent_text
from auditbook.case.printed import parse_printed
from auditbook.case.survey_settings import Survey
from auditbook.facts import Finding, Severity, Verdict, records, steady
from auditbook.procedures.survey.caveats import caveat
from auditbook.procedures.survey.groups import Group
from auditbook.procedures.survey.published import known_count

TELLING = Fraction(1, 20)
"""Share of flagged forms from which they are a finding."""


def answer_findings(
    groups: Sequence[Group],
    *,
    satisfaction: pd.DataFrame,
    flags: pd.DataFrame,
    sensitivity: pd.DataFrame,
    quotas: pd.DataFrame,
    targets: pd.DataFrame,
    items: pd.DataFrame,
) -> list[Finding]:
    """Findings of the groups whose answers are there, and of targets.

    Parameters
    ----------
    groups : sequence of Group
    satisfaction, flags, sensitivity, quotas, targets, items : DataFrame
        From ``satisfaction_table``, ``flags_table``, ``sensitivity_table``, ``quota_table``,
        ``target_table`` and ``items_table``.

    Returns
    -------
    list of Finding
        ``survey.printed_differs``: the printed figure is not what the answers give, to its last
        printed digit; ``survey.valid_differs``: other forms than were counted as valid;
        ``survey.flagged``: at least 5% of the forms are marked; ``survey.quota_short``;
        ``survey.target_failed``, ``survey.target_not_shown``; ``survey.looks_reversed``.
    """
    found: list[Finding] = []
    for group in groups:
        found += _printed(group, satisfaction)
        found += _valid(group)
        found += _flagged(group, flags, sensitivity)
        found += _short(group, quotas)
        found += _reversed(group, items)
    return [*found, *_targets(targets)]


def impossible_findings(
    percentages: pd.DataFrame, *, answered: Collection[str] = ()
) -> list[Finding]:
    """Printed percentages that no count of the forms gives, rounded or cut.

    Parameters
    ----------
    percentages : DataFrame
        From :func:`~auditbook.procedures.survey.published_tables.existing_percentages`.
    answered : collection of str
        Groups whose answers are there: how their figure came about is known.
    """
    found = []
    for group, part in percentages.groupby("group", sort=False):
        if group in answered or (part["possible"] == "yes").any():
            continue
        row, smallest = records(part)[0], min(part["smallest_count"])
        found.append(
            Finding(
                "survey.no_share",
                Severity.LOW,
                Verdict.UNDECIDED,
                unit=row["group"],
                subject=row["group"],
                actual=row["printed"],
                details={
                    "group_zh": row["group_zh"],
                    "group_en": row["group_en"],
                    "n": str(row["forms_count"]),
                    "smallest": str(smallest),
                },
            )
        )
    return found


def _printed(group: Group, satisfaction: pd.DataFrame) -> Iterator[Finding]:
    """The printed satisfaction is the recomputed one, rounded half up or cut, or it differs."""
    printed = group.counts.get("printed")
    own = satisfaction[(satisfaction["group"] == group.survey.group)]
    own = own[own["scope"] == "all"]
    if not printed or own.empty or not own["n_count"].iloc[0]:
        return
    found = steady(own["satisfaction_rate"].iloc[0])
    if agrees(printed, found, group.survey):
        return
    yield _finding(
        group,
        "survey.printed_differs",
        Severity.HIGH,
        Verdict.DIFFERS,
        expected=percent_text(found),
        actual=printed,
        actual_source=group.counts["source_row"],
    )


def agrees(printed: str, share: Fraction, survey: Survey) -> bool:
    """Whether a share of the scale could have been printed so, rounded half up or cut off."""
    text = parse_printed(printed, "%" if survey.high == 1 else "")
    low, high = Fraction(survey.low), Fraction(survey.high)
    as_share = survey.high == 1 or printed.strip().endswith(("%", "％"))
    return text.fits(share if as_share else low + share * (high - low)) is not None


def _valid(group: Group) -> Iterator[Finding]:
    valid = known_count(group.counts, "valid")
    if valid is None or valid == len(group.answers.frame):
        return
    yield _finding(
        group,
        "survey.valid_differs",
        Severity.MEDIUM,
        Verdict.DIFFERS,
        expected=str(valid),
        actual=str(len(group.answers.frame)),
        expected_source=group.counts["source_row"],
    )


def _flagged(group: Group, flags: pd.DataFrame, sensitivity: pd.DataFrame) -> Iterator[Finding]:
    marked = _own(flags, group).set_index("flag")
    if "any" not in marked.index or not marked["share_rate"]["any"] >= TELLING:
        return
    without = _own(sensitivity, group).set_index("without")["satisfaction_rate"]
    yield _finding(
        group,
        "survey.flagged",
        Severity.LOW,
        Verdict.UNDECIDED,
        expected=_percent(without["none"]),
        actual=_percent(without["any"]),
        difference=str(int(marked["forms_count"]["any"])),
        details={"share": percent_text(float(marked["share_rate"]["any"]))},
    )


def _percent(share: float) -> str:
    """A share of the scale; a dash where nobody is left that it could be of."""
    return "—" if pd.isna(share) else percent_text(float(share))


def _short(group: Group, quotas: pd.DataFrame) -> Iterator[Finding]:
    for row in records(_own(quotas, group)):
        if pd.isna(row["lacking_count"]) or row["lacking_count"] <= 0:
            continue
        yield _finding(
            group,
            "survey.quota_short",
            Severity.LOW,
            Verdict.DIFFERS,
            subject=row["unit"],
            expected=str(int(row["quota_count"])),
            actual=str(int(row["got_count"])),
            difference=str(int(row["lacking_count"])),
        )


def _reversed(group: Group, items: pd.DataFrame) -> Iterator[Finding]:
    for row in records(_own(items, group)):
        if row["looks_reversed"]:
            number = format(row["item_rest_number"], ".3f")
            yield _finding(
                group,
                "survey.looks_reversed",
                Severity.MEDIUM,
                Verdict.UNDECIDED,
                subject=row["scope_name"],
                actual=number,
            )


_TARGET_RULES = {
    "failed": ("survey.target_failed", Severity.HIGH, Verdict.DIFFERS),
    "not_shown": ("survey.target_not_shown", Severity.MEDIUM, Verdict.UNDECIDED),
}


def _targets(targets: pd.DataFrame) -> Iterator[Finding]:
    for row in records(targets):
        if row["target_verdict"] not in _TARGET_RULES:
            continue
        rule, severity, verdict = _TARGET_RULES[row["target_verdict"]]
        zh, en = caveat(row["selection"], design=row["rests_upon"] == "answers_plain")
        yield Finding(
            rule,
            severity,
            verdict,
            unit=row["group"],
            subject=row["group"],
            expected=percent_text(float(row["target_rate"])),
            actual=percent_text(float(row["satisfaction_rate"])),
            details={
                "group_zh": row["group_zh"],
                "group_en": row["group_en"],
                "at_least": percent_text(float(row["one_lower_rate"])),
                "at_most": percent_text(float(row["one_upper_rate"])),
                "caveat_zh": zh,
                "caveat_en": en,
            },
        )


def _own(table: pd.DataFrame, group: Group) -> pd.DataFrame:
    return table[table["group"] == group.survey.group]


def _finding(
    group: Group, rule: str, severity: Severity, verdict: Verdict, **fields: Any
) -> Finding:
    names = {"group_zh": group.survey.zh, "group_en": group.survey.en, **fields.pop("details", {})}
    own = {"unit": group.survey.group, "subject": group.survey.group, **fields}
    return Finding(rule, severity, verdict, details=names, **own)
