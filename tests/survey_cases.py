"""Cases with a survey of one group, written from text, for tests."""

from __future__ import annotations

from pathlib import Path

from case_files import ALLOCATION, SETTINGS, opened, write_case

GROUP = (
    "surveys:\n"
    "  - {group: residents, zh: 群众, en: residents, selection: random, confidence: 0.95,\n"
    "     low: 1, high: 5%s}\n"
)
LINE = SETTINGS.count("\n") + 3
"""Of ``case.yaml``: where the scale of the group stands, and its further keys follow."""

LABELS = "1:很满意=5；2:满意=4；3:一般=3；4:不满意=1；9:不了解=不计"
QUESTIONS = f"""\
题号,题目,题型,选项,方向
Q1,您对走访是否满意？,量表,{LABELS},正向
Q2,您的性别,单选,1:男；2:女,
Q3,您反映过什么问题？,多选,A:治安；B:环境；C:其他,
Q4,您有什么建议？,开放,,
"""
ANSWERS = """\
序号,Q1,Q2,Q3,Q4
1,很满意,男,治安,多走访
2,满意,女,治安┋其他,
"""


def write_survey(
    root: Path,
    answers: str | bytes | None = ANSWERS,
    *,
    questions: str | None = QUESTIONS,
    more: str = "",
    settings: str = "",
    tables: dict[str, str | bytes] | None = None,
) -> Path:
    """Write a case with questions and answers.

    Parameters
    ----------
    more : str
        Further keys of the group, in flow style: ``, overall: Q1``.
    settings : str
        Further settings of the case.
    """
    found: dict[str, str | bytes] = {"allocation": ALLOCATION, **(tables or {})}
    if questions is not None:
        found["questions"] = questions
    if answers is not None:
        found["answers_residents"] = answers
    folder: Path = write_case(root, found, settings=SETTINGS + GROUP % more + settings)
    return folder


def answers_in(root: Path, question: str) -> list[object]:
    """What the respondents of the case answered to a question; None where nothing."""
    answers = opened(root).answers_of("residents")
    assert answers is not None
    column = answers.frame[question].astype("object")
    found: list[object] = column.where(column.notna(), None).tolist()
    return found
