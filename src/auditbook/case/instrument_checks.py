"""Settings of a survey against its instrument: every question and label that they name is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditbook.case.errors import Problem
from auditbook.case.instrument_reading import ReadInstrument
from auditbook.case.names import listed, nearest
from auditbook.case.questions_stated import setting_problem
from auditbook.case.survey_settings import Survey
from auditbook.case.yaml_settings import SettingsFile

Place = tuple[str | int, ...]
Doubt = tuple[Place, str, str, str]

DESIGN_COLUMNS = ("unit", "stratum", "cluster")
"""Columns of the answers that tell parts of a sample apart, beside questions of one choice."""


def check_instruments(
    instruments: Mapping[str, ReadInstrument], settings_file: SettingsFile
) -> Iterator[Problem]:
    """What the settings say of questions and labels that the instrument does not have.

    A group without questions has nothing to hold its settings against, and one whose questions
    could not all be read is left alone.
    """
    for index, survey in enumerate(settings_file.settings.surveys):
        read = instruments[survey.group]
        if not read.instrument.questions or read.incomplete:
            continue
        doubts = [*_overall(survey, read), *_straight(survey, read), *_design(survey, read)]
        if not read.doubted:
            doubts += [*_satisfied(survey, read), *_maps(survey, read)]
        doubts += _contradictions(survey, read)
        for place, value, zh, en in doubts:
            yield setting_problem(settings_file, ("surveys", index, *place), value, zh, en)


def _overall(survey: Survey, read: ReadInstrument) -> Iterator[Doubt]:
    scales = [question.id for question in read.instrument.of_kind("scale")]
    if survey.overall and survey.overall not in scales:
        words = _choose("量表题", "question of a scale", survey.overall, scales)
        yield ("overall",), survey.overall, *words


def _straight(survey: Survey, read: ReadInstrument) -> Iterator[Doubt]:
    """A straight line is no longer than the questions of the scale."""
    least, count = survey.quality.straight_lines, len(read.instrument.of_kind("scale"))
    if least is not None and least > count:
        yield (
            ("quality", "straight_lines"),
            str(least),
            f"多于量表题的题数（{count}）；不足两道量表题时删去这一项",
            f"more than there are questions of a scale ({count}); with fewer than two leave it out",
        )


def _satisfied(survey: Survey, read: ReadInstrument) -> Iterator[Doubt]:
    """Labels that count as satisfied are labels of a scale."""
    known = _scale_labels(read)
    for key in ("satisfied", "basic"):
        for number, label in enumerate(getattr(survey, key)):
            if label not in known:
                yield (key, number), label, *_choose("选项", "label of a scale", label, known)


def _maps(survey: Survey, read: ReadInstrument) -> Iterator[Doubt]:
    """A score map has every label that counts, and no other."""
    known = _scale_labels(read)
    for number, score_map in enumerate(survey.maps):
        for label in score_map.scores:
            if label not in known:
                words = _choose("选项", "label of a scale", label, known)
                yield ("maps", number, "scores", label), label, *words
        missing = [label for label in known if label not in score_map.scores]
        if missing:
            yield (
                ("maps", number, "scores"),
                score_map.name,
                f"缺少选项 {listed(missing)} 的分值：量表题的选项都要有分值",
                f"has no score for {listed(missing)}: every label of the scale needs one",
            )


def _contradictions(survey: Survey, read: ReadInstrument) -> Iterator[Doubt]:
    questions = {question.id: question for question in read.instrument.questions}
    for number, one in enumerate(survey.quality.contradictions):
        place: Place = ("quality", "contradictions", number)
        for key, side in (("when", one.when), ("never", one.never)):
            for name, labels in side.items():
                if name not in questions:
                    words = _choose("题目", "question", name, [*questions])
                    yield (*place, key, name), name, *words
                    continue
                known = [label.text for label in questions[name].labels]
                for label in labels if name not in read.doubted else ():
                    if label not in known:
                        words = _choose(f"选项（{name}）", f"label of {name}", label, known)
                        yield (*place, key, name), label, *words


def _design(survey: Survey, read: ReadInstrument) -> Iterator[Doubt]:
    """Parts of the sample are columns of the answers; weights are the column ``weight``."""
    if survey.design is None:
        return
    singles = [question.id for question in read.instrument.of_kind("single")]
    known = [*DESIGN_COLUMNS, *singles]
    for key in ("strata", "cluster"):
        name = getattr(survey.design, key)
        if name is not None and name not in known:
            yield ("design", key), name, *_choose("列", "column of answers", name, known)
    if survey.design.weight not in (None, "weight"):
        name = str(survey.design.weight)
        yield ("design", "weight"), name, *_choose("列", "column of answers", name, ["weight"])
    weighting = survey.design.weighting
    for name in weighting.rake if weighting else ():
        if name not in known:
            words = _choose("列", "column of answers", name, known)
            yield ("design", "weighting", "rake", name), name, *words


def _scale_labels(read: ReadInstrument) -> list[str]:
    """Labels of questions of a scale that count: those of no opinion have no place in a rate."""
    labels = (label for question in read.instrument.of_kind("scale") for label in question.labels)
    return list(dict.fromkeys(label.text for label in labels if label.score is not None))


def _choose(zh: str, en: str, written: str, known: Sequence[str]) -> tuple[str, str]:
    near = nearest(written, known)
    hint, hint_en = (f"；最相近的是 {near}", f"; nearest: {near}") if near else ("", "")
    some = listed(known, at_most=30) or "（没有）"
    return (
        f"问卷没有这个{zh}，应为 {some} 之一{hint}",
        f"the instrument has no such {en}; should be one of {some}{hint_en}",
    )
