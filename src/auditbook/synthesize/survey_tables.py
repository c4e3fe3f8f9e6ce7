"""The tables of a synthetic survey: counts, units, earlier years, questions and answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditbook.synthesize.answers import Answers
from auditbook.synthesize.survey_forms import header, row
from auditbook.synthesize.survey_questions import QUESTIONNAIRES, TITLES
from auditbook.synthesize.survey_sites import LOST

Table = tuple[str, Sequence[str], Sequence[Sequence[object]]]
"""Name of a table, its titles, its rows."""

_CODED = ("staff",)
"""Groups whose answers are codes under the ids of questions; the others' are texts."""


def survey_tables(answers: Sequence[Answers], earlier: Sequence[Answers]) -> Iterator[Table]:
    """Every table of the survey; that of earlier years only where there are any."""
    yield _counts(answers)
    yield _units(answers)
    if earlier:
        titles = ["对象组", "年度", "有效份数", "满意份数", "公布满意度", "出处"]
        yield "survey_history", titles, [one.history_row() for one in earlier]
    yield "questions", TITLES, [line for asked in QUESTIONNAIRES for line in asked.rows()]
    for one in answers:
        group, coded = one.asked.group, one.asked.group in _CODED
        rows = [row(form, one.asked, one.sites[form.site].name, coded=coded) for form in one.forms]
        yield f"answers_{group}", header(one.asked, coded=coded), rows


def _counts(answers: Sequence[Answers]) -> Table:
    titles = ["对象组", "总体人数", "发放份数", "收回份数", "有效份数", "部分完成", "拒答份数",
              "未联系上", "其他未答", "资格不明", "不属于对象", "公布满意度"]  # fmt: skip
    rows: list[list[object]] = []
    for one in answers:
        sums = [
            sum(getattr(site, name) for site in one.sites)
            for name in ("population", "issued", "returned", "valid")
        ]
        lost = [sum(site.lost[name] for site in one.sites) for name in LOST]
        rows.append([one.asked.group, *sums, *lost, one.printed])
    return "survey_counts", titles, rows


def _units(answers: Sequence[Answers]) -> Table:
    titles = ["对象组", "单位", "总体人数", "发放份数", "收回份数", "计划份数"]
    rows = [
        [one.asked.group, site.name, site.population, site.issued, site.returned, site.quota]
        for one in answers
        for site in one.sites
    ]
    return "survey_units", titles, rows
