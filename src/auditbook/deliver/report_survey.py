"""What the report says of satisfaction: each group, all together, the targets, the units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditbook.case.money import percent_text
from auditbook.deliver.labels import coded, label
from auditbook.facts import records

if TYPE_CHECKING:
    from auditbook.deliver.report import Report


def survey_section(report: Report) -> None:
    """The section on the survey: what the answers give, or else what was published."""
    lang = report.lang
    report.section(label("report.survey", lang))
    for survey in report.case.settings.surveys:
        recomputed = f"survey.{survey.group}.forms" in report.figures
        key = "report.survey_answers" if recomputed else "report.survey_group"
        report.say(key, GROUP=survey.group, name=survey.in_(lang))
    if "survey.composite.satisfaction" in report.figures:
        report.say("report.survey_composite")
    _targets(report)
    _, units = report.kept("unit_index")
    if len(units):
        report.chart("03.7_unit_index")


def _targets(report: Report) -> None:
    name, targets = report.kept("target_tests")
    place = name.partition("_")[0]
    for row in records(targets):
        words = label(
            "report.survey_target",
            report.lang,
            name=row[f"group_{report.lang}"],
            target=percent_text(row["target_rate"]),
            verdict=coded("target_verdict", row["target_verdict"], report.lang),
            at_least=percent_text(row["one_lower_rate"]),
            at_most=percent_text(row["one_upper_rate"]),
        )
        report.page.paragraph(f"{words}[{place}]")
