"""The instrument of each group, from the table ``questions`` or from ``case.yaml``, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from auditbook.case.body import RawTable
from auditbook.case.cells import LIST_SIGNS
from auditbook.case.errors import Problem
from auditbook.case.grid import Row
from auditbook.case.instrument import Instrument, Question
from auditbook.case.labels_text import LabelsError, parse_labels
from auditbook.case.names import listed, nearest, tidy
from auditbook.case.survey_settings import Survey
from auditbook.case.table import Table
from auditbook.case.values import cell_problem
from auditbook.case.yaml_settings import SettingsFile

TABLE = "questions"


@dataclass(frozen=True)
class _Place:
    """Where a question stands: a row of the table, or an item of ``case.yaml``."""

    raw: RawTable | None
    row: Row | None
    file: SettingsFile
    dotted: str = ""

    @property
    def source(self) -> str:
        if self.raw is not None and self.row is not None:
            return self.raw.place(self.row)
        return self.file.source(self.dotted)

    def problem(self, name: str, value: str, zh: str, en: str) -> Problem:
        """A problem in one of the columns or keys of the question."""
        if self.raw is not None and self.row is not None:
            column = self.raw.find(name)
            if column is not None:
                return cell_problem(self.raw, self.row, column, zh, en)
            title = self.raw.schema.titles()[name].zh
            return Problem(self.raw.grid.file, self.row.number, title, value, zh, en)
        return setting_problem(self.file, f"{self.dotted}.{name}", value, zh, en)


def setting_problem(file: SettingsFile, dotted: str, value: str, zh: str, en: str) -> Problem:
    """A problem of a setting, with its line."""
    place, _, line = file.source(dotted).partition(":")
    shown = ".".join(f"[{part}]" if part.isdigit() else part for part in dotted.split("."))
    return Problem(place, int(line), shown.replace(".[", "["), value, zh, en)


def read_instruments(
    file: SettingsFile, tables: Mapping[str, Table], raws: Mapping[str, RawTable]
) -> tuple[dict[str, Instrument], list[Problem]]:
    """The instrument of every group; one without questions has none of them.

    Parameters
    ----------
    file : SettingsFile
    tables, raws : mapping
        With ``questions`` where the case has the table and it could be read.
    """
    from auditbook.case.instrument_checks import check_instrument

    problems: list[Problem] = []
    found = {}
    for index, survey in enumerate(file.settings.surveys):
        given = [*_of_table(survey, file, tables, raws)]
        own = [*_of_settings(index, survey, file)]
        if given and own:
            problems.append(_both(file, index, raws[TABLE]))
        questions = []
        for place, record in own or given:
            question = _question(place, record, problems)
            if question is not None:
                problems += _doubts(place, question, survey)
                questions.append(question)
        instrument = Instrument(
            survey.group, tuple(questions), survey.low, survey.high, survey.overall
        )
        if questions and not problems:
            problems += check_instrument(instrument, survey, index, file)
        found[survey.group] = instrument
    if TABLE in tables:
        problems += _groups(tables[TABLE], raws[TABLE], file)
    return found, list(dict.fromkeys(problems))


def _of_table(
    survey: Survey,
    file: SettingsFile,
    tables: Mapping[str, Table],
    raws: Mapping[str, RawTable],
) -> Iterable[tuple[_Place, dict[str, Any]]]:
    if TABLE not in tables:
        return
    raw = raws[TABLE]
    records: list[dict[str, Any]] = tables[TABLE].frame.to_dict("records")  # type: ignore[assignment]
    for row, record in zip(raw.body.rows, records, strict=True):
        groups = _parts(record["group"])
        if not groups or survey.group in groups:
            yield _Place(raw, row, file), record


def _of_settings(
    index: int, survey: Survey, file: SettingsFile
) -> Iterable[tuple[_Place, dict[str, Any]]]:
    for number, setting in enumerate(survey.questions):
        place = _Place(None, None, file, f"surveys.{index}.questions.{number}")
        yield place, setting.model_dump()


def _question(place: _Place, record: Mapping[str, Any], problems: list[Problem]) -> Question | None:
    kind = record["kind"]
    if kind not in ("scale", "single", "multiple", "open"):
        return None  # told already
    try:
        labels = parse_labels(str(record["labels"] or ""), kind)
    except LabelsError as error:
        problems.append(
            place.problem("labels", str(record["labels"]), error.message, error.message_en)
        )
        return None
    weight = record["weight"]
    return (
        Question(
            str(record["id"]),
            tidy(str(record["text"])),
            kind,
            labels,
            record["direction"] == "reversed",
            weight if isinstance(weight, Decimal) and weight.is_finite() else None,
            tidy(str(record["dimension"] or "")),
            place.source,
        )
        if not _undirected(place, record, problems)
        else None
    )


def _undirected(place: _Place, record: Mapping[str, Any], problems: list[Problem]) -> bool:
    """A scale without a direction: which end is the good one is never guessed."""
    if record["kind"] != "scale" or record["direction"]:
        return False
    problems.append(
        place.problem(
            "direction",
            "",
            "量表题应写明方向：正向（分值越高越满意）或反向；程序不猜",
            "a scale needs its direction: positive (a high score is a satisfied one) or "
            "reversed; it is never guessed",
        )
    )
    return True


def _doubts(place: _Place, question: Question, survey: Survey) -> Iterable[Problem]:
    off = [
        label
        for label in question.labels
        if label.score is not None and not survey.low <= label.score <= survey.high
    ]
    if off:
        named = "、".join(f"{label.text}={label.score}" for label in off)
        yield place.problem(
            "labels",
            named,
            f"分值不在量表 {survey.low} 到 {survey.high} 之内；量表写在 case.yaml 的 surveys"
            "（low、high）",
            f"scores off the scale {survey.low} to {survey.high}, which stands in surveys of "
            "case.yaml (low, high)",
        )
    if question.weight is not None and question.weight < 0:
        yield place.problem(
            "weight", str(question.weight), "权重不能为负数", "a weight should not be negative"
        )


def _both(file: SettingsFile, index: int, raw: RawTable) -> Problem:
    return setting_problem(
        file,
        f"surveys.{index}.questions",
        "",
        f"{raw.grid.file} 里也有这一组的题目；两处只能写一处",
        f"{raw.grid.file} has questions of this group too; keep one of them",
    )


def _groups(table: Table, raw: RawTable, file: SettingsFile) -> Iterable[Problem]:
    """Groups that the settings do not have."""
    declared = [survey.group for survey in file.settings.surveys]
    column = raw.find("group")
    for row, written in zip(raw.body.rows, table.frame["group"], strict=True):
        for part in _parts(written):
            if column is not None and part not in declared:
                near = nearest(part, declared)
                hint = f"；最相近的是 {near}" if near else ""
                known = listed(declared) or "（没有定义）"
                yield cell_problem(
                    raw,
                    row,
                    column,
                    f"{part} 不在 case.yaml 的 surveys 中，应为 {known} 之一{hint}",
                    f"{part} is not in surveys of case.yaml, which has {known}",
                )


def _parts(written: Any) -> list[str]:
    return [part for part in map(tidy, LIST_SIGNS.split(str(written or ""))) if part]
