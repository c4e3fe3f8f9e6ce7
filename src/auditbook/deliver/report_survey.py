"""What the report says of satisfaction: each group, all together, the targets, the units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditbook.case.money import percent_text
from auditbook.deliver.labels import coded, label
from auditbook.facts import records
from auditbook.procedures.survey.caveats import caveat

if TYPE_CHECKING:
    from auditbook.case.survey_settings import Survey
    from auditbook.deliver.report import Report


def survey_section(report: Report) -> None:
    """The section on the survey: what the answers give, or else what was published."""
    lang = report.lang
    report.section(label("report.survey", lang))
    for survey in report.case.settings.surveys:
        _group(report, survey)
    if "survey.composite.satisfaction" in report.figures:
        composite = report.kept("composite")[1].iloc[-1]
        design = any(survey.design for survey in report.case.settings.surveys)
        words = caveat(composite["selection"], design=design)[lang == "en"]
        report.say("report.survey_composite", caveat=words)
    _targets(report)
    _, units = report.kept("unit_index")
    if len(units):
        report.chart("03.7_unit_index")


def _group(report: Report, survey: Survey) -> None:
    """What came back of a group, how satisfied it is, and what those not heard could change."""
    key, lang = f"survey.{survey.group}", report.lang
    recomputed = f"{key}.forms" in report.figures
    if f"{key}.return_rate" in report.figures:
        report.say("report.survey_returned", GROUP=survey.group, name=survey.in_(lang))
    said = caveat(survey.selection, design=recomputed and survey.design is not None)
    report.say(
        "report.survey_answers" if recomputed else "report.survey_group",
        GROUP=survey.group,
        name=survey.in_(lang),
        confidence=f"{(survey.confidence * 100).normalize():f}%",
        caveat=said[lang == "en"],
    )
    if f"{key}.worst" in report.figures:
        report.say("report.survey_missing", GROUP=survey.group, name=survey.in_(lang))


def _targets(report: Report) -> None:
    name, targets = report.kept("target_tests")
    place = name.partition("_")[0]
    for row in records(targets):
        said = caveat(row["selection"], design=row["rests_upon"] == "answers_plain")
        words = label(
            "report.survey_target",
            report.lang,
            name=row[f"group_{report.lang}"],
            target=percent_text(row["target_rate"]),
            verdict=coded("target_verdict", row["target_verdict"], report.lang),
            at_least=percent_text(row["one_lower_rate"]),
            at_most=percent_text(row["one_upper_rate"]),
            caveat=said[report.lang == "en"],
        )
        report.page.paragraph(f"{words}[{place}]")
