"""What the settings of a group say of its questions: names and labels that must be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditbook.case.errors import Problem
from auditbook.case.instrument import Instrument
from auditbook.case.instrument_reading import setting_problem
from auditbook.case.names import listed, nearest
from auditbook.case.survey_settings import Survey
from auditbook.case.yaml_settings import SettingsFile

_COLUMNS = ("unit", "stratum", "cluster", "weight")
_Doubt = tuple[str, str, str, str]


def check_instrument(
    instrument: Instrument, survey: Survey, index: int, file: SettingsFile
) -> Iterator[Problem]:
    """Settings of a group that name a question or a label which its instrument has not.

    Parameters
    ----------
    instrument : Instrument
    survey : Survey
    index : int
        Its place in ``surveys``.
    file : SettingsFile
    """
    for check in (_weights, _overall, _labels, _maps, _contradictions, _design):
        for key, value, zh, en in check(instrument, survey):
            yield setting_problem(file, f"surveys.{index}.{key}", value, zh, en)


def _weights(instrument: Instrument, survey: Survey) -> Iterator[_Doubt]:
    """Weights cover all rated questions or none of them, and are not all 0."""
    given = [q.id for q in instrument.rated if q.weight is not None]
    lacking = [q.id for q in instrument.rated if q.weight is None]
    if given and lacking:
        yield (
            "group",
            survey.group,
            f"题目 {listed(lacking)} 没有权重，而 {listed(given)} 有；都写，或都空着（等权）",
            f"questions {listed(lacking)} have no weight while {listed(given)} have one; give one "
            "to each or to none",
        )
    elif given and not sum(q.weight or 0 for q in instrument.rated):
        yield "group", survey.group, "各题权重全为零", "the weights of all questions are 0"


def _overall(instrument: Instrument, survey: Survey) -> Iterator[_Doubt]:
    scales = [question.id for question in instrument.of_kind("scale")]
    if survey.overall and survey.overall not in scales:
        yield "overall", survey.overall, *_unknown("量表题", "question of a scale", scales)


def _labels(instrument: Instrument, survey: Survey) -> Iterator[_Doubt]:
    known = _scored(instrument)
    for key in ("satisfied", "basic"):
        for label in getattr(survey, key):
            if label not in known:
                yield key, label, *_unknown("量表题的选项", "label of a scale", known, label)


def _maps(instrument: Instrument, survey: Survey) -> Iterator[_Doubt]:
    """A map knows every scored label of the rated questions, and no other one."""
    needed = _scored(instrument, rated=True)
    for number, setting in enumerate(survey.maps):
        key = f"maps.{number}.scores"
        for label in setting.scores:
            if label not in _scored(instrument):
                yield key, label, *_unknown("量表题的选项", "label of a scale", needed, label)
        lacking = [label for label in needed if label not in setting.scores]
        if lacking:
            yield (
                key,
                "",
                f"缺少选项 {listed(lacking)} 的分值",
                f"the labels {listed(lacking)} have no score",
            )


def _contradictions(instrument: Instrument, survey: Survey) -> Iterator[_Doubt]:
    known = {question.id: question for question in instrument.questions}
    for number, rule in enumerate(survey.quality.contradictions):
        for side in ("when", "never"):
            key = f"quality.contradictions.{number}.{side}"
            for name, labels in getattr(rule, side).items():
                if name not in known:
                    yield key, name, *_unknown("题目", "question", known, name)
                    continue
                texts = [label.text for label in known[name].labels]
                for label in labels:
                    if label not in texts:
                        yield key, label, *_unknown("选项", "label", texts, label)


def _design(instrument: Instrument, survey: Survey) -> Iterator[_Doubt]:
    if survey.design is None:
        return
    single = [q.id for q in instrument.questions if q.kind == "single"]
    for key, allowed in (
        ("strata", (*_COLUMNS[:3], *single)),
        ("cluster", _COLUMNS[:3]),
        ("weight", ("weight",)),
    ):
        name = getattr(survey.design, key)
        if name is not None and name not in allowed:
            yield f"design.{key}", name, *_unknown("答卷的列", "column of the answers", allowed)


def _scored(instrument: Instrument, *, rated: bool = False) -> list[str]:
    questions = instrument.rated if rated else instrument.of_kind("scale")
    labels = [label for q in questions for label in q.labels if label.score is not None]
    return list(dict.fromkeys(label.text for label in labels))


def _unknown(zh: str, en: str, known: Iterable[str], written: str = "") -> tuple[str, str]:
    known = list(known)
    near = nearest(written, known) if written else ""
    hint, hint_en = (f"；最相近的是 {near}", f"; nearest: {near}") if near else ("", "")
    return (
        f"没有这样的{zh}，应为 {listed(known) or '（没有）'} 之一{hint}",
        f"no such {en}; should be one of {listed(known)}{hint_en}",
    )
