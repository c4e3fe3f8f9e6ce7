"""问卷质量: answers that exclude each other, forms from one address, units that fell short."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from auditbook.case.answers import Answers
from auditbook.case.instrument import SKIPPED, Question
from auditbook.case.survey_settings import Contradiction
from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey.flags import FLAG_COLUMNS, flagged
from auditbook.procedures.survey.patterns import duplicates

JOINED = "┋"
"""Between the labels that were chosen in a question of several."""
_WRITTEN = re.compile("〖.*?〗")
_PLACE = re.compile(r"\s*[(（].*$")


def contradictions(answers: Answers, *, rules: Sequence[Contradiction]) -> pd.DataFrame:
    """Forms whose answers exclude each other by a rule of the case.

    Parameters
    ----------
    answers : Answers
    rules : sequence of Contradiction
        Whoever gave one of the labels of ``when``, in each of its questions, cannot mean any of
        the labels of ``never``: each question there contradicts by itself. A question of several
        labels holds one of them where any that was chosen is in the list; an option that excludes
        all others (以上都没有) is a rule of one question with itself. The same label in both
        contradicts nothing.

    Returns
    -------
    DataFrame
        flag ``contradiction``, row, detail ``rule=…;when=Q1:…;never=Q2:…``, rule by rule.

    Raises
    ------
    PlanError
        A rule names a question that was not asked, or a label that the question has not: it would
        never find anything.
    """
    found = [pd.DataFrame(columns=FLAG_COLUMNS)]
    for rule in rules:
        when, never = _given(answers, rule, rule.when), _given(answers, rule, rule.never)
        where = when.notna().all(axis=1) & never.notna().any(axis=1)
        first, second = _shown(when[where]), _shown(never[where])
        names, every = [rule.name] * len(first), [True] * len(first)
        rows = when.index[where]
        found.append(flagged("contradiction", rows, every, rule=names, when=first, never=second))
    return pd.concat(found, ignore_index=True)


def _given(answers: Answers, rule: Contradiction, lists: Mapping[str, Collection[str]]) -> Any:
    """One column per question of a rule: the labels of its list that were given, or missing."""
    known = {question.id: question for question in answers.instrument.questions}
    columns = {}
    for name, labels in lists.items():
        _check(rule, name, labels, known)
        column = answers.frame[name]
        codes, texts = pd.factorize(column)
        given = [[one for one in chosen(known[name], text) if one in labels] for text in texts]
        among = [JOINED.join(some) or None for some in given]
        columns[name] = pd.Series([*among, None], dtype=object).take(codes).to_numpy()
    return pd.DataFrame(columns, index=answers.frame.index)


def chosen(question: Question, text: str) -> list[str]:
    """The labels that an answer is made of, without what was written beside one: 其他〖…〗."""
    parts = text.split(JOINED) if question.kind == "multiple" else [text]
    return [_WRITTEN.sub("", part) for part in parts]


def _check(
    rule: Contradiction, name: str, labels: Collection[str], known: Mapping[str, Question]
) -> None:
    if name not in known:
        raise PlanError(
            f"矛盾规则“{rule.name}”中的题目 {name} 不在问卷中；应为 {'、'.join(known)} 之一",
            f"rule {rule.name!r} names question {name}, which is none of {', '.join(known)}",
        )
    options = [label.text for label in known[name].labels]
    unknown = [label for label in labels if options and label not in (*options, SKIPPED)]
    if unknown:
        raise PlanError(
            f"矛盾规则“{rule.name}”：题目 {name} 没有选项 {'、'.join(unknown)}；"
            f"应为 {'、'.join(options)}",
            f"rule {rule.name!r}: question {name} has no label {', '.join(unknown)}; it has "
            f"{', '.join(options)}",
        )


def _shown(given: pd.DataFrame) -> list[str]:
    """``Q1:…，Q2:…``: what was given in each question, left out where nothing was."""
    return [
        "，".join(f"{name}:{text}" for name, text in zip(given.columns, row, strict=True) if text)
        for row in given.astype(object).where(given.notna(), None).itertuples(index=False)
    ]


def same_address(answers: Answers) -> pd.DataFrame:
    """Forms handed in from an address from which another one came.

    Offices, schools and mobile networks share an address: with a few forms it says little. The
    place that some platforms write behind it, ``1.2.3.4(云南-昆明)``, does not count.

    Returns
    -------
    DataFrame
        flag ``same_ip``, row, detail ``case=…;forms=…`` as for
        :func:`~auditbook.procedures.survey.duplicates`. The address itself, personal data, is not
        repeated. A form without one is not judged.
    """
    given = answers.frame["ip"]
    bare = given.astype("object").where(given.notna(), None)
    bare = bare.str.replace(_PLACE, "", regex=True).str.strip().str.lower()
    found = duplicates(pd.DataFrame({"ip": bare.where(bare != "", None)}))
    return found.assign(flag="same_ip")


def quota_shortfall(answers_units: pd.Series, *, plan: pd.DataFrame) -> pd.DataFrame:
    """配额缺口: forms that each unit was to bring, and those that it brought.

    Parameters
    ----------
    answers_units : Series of str
        Unit of each respondent, None where it is not known.
    plan : DataFrame, one row per unit
        The table ``survey_units`` of one group: unit, quota, and if they are known population,
        issued, returned.

    Returns
    -------
    DataFrame
        unit, quota_count, got_count, short_count (0 where the quota is reached), reached_rate
        (got/quota), returned_count, return_rate (returned/issued). Every unit of the plan, those
        without any form too, then units that are not in the plan (no quota), last ``""``: forms of
        no known unit, if there are any. Counts are Int64, <NA> where not known; rates nan.

    Raises
    ------
    PlanError
        A unit is twice in the plan, more were returned than issued, or a unit has more answers
        than people.
    """
    units = plan["unit"]
    if units.duplicated().any():
        twice = "、".join(units[units.duplicated()].unique())
        raise PlanError(
            f"分单位问卷表中重复的单位：{twice}", f"units are twice in the plan: {twice}"
        )
    given = answers_units.astype("object").fillna("")
    counted = given.value_counts()
    others = [name for name in pd.unique(given) if name and name not in set(units)]
    rest = [""] if "" in counted.index else []
    table = plan.set_index("unit").reindex([*units, *others, *rest])
    got = counted.reindex(table.index, fill_value=0)
    numbers = {name: _counts(table, name) for name in ("quota", "population", "issued", "returned")}
    _possible(got, numbers)
    quota, returned = numbers["quota"], numbers["returned"]
    return pd.DataFrame(
        {
            "unit": list(table.index),
            "quota_count": quota.array,
            "got_count": got.astype("Int64").array,
            "short_count": (quota - got).clip(lower=0).array,
            "reached_rate": _rate(got, quota),
            "returned_count": returned.array,
            "return_rate": _rate(returned, numbers["issued"]),
        }
    )


def _counts(plan: pd.DataFrame, name: str) -> pd.Series:
    if name not in plan.columns:
        return pd.Series(pd.NA, index=plan.index, dtype="Int64")
    return plan[name].astype("Int64")


def _rate(part: pd.Series, whole: pd.Series) -> Any:
    import numpy as np

    of = whole.where(whole > 0)
    return (part / of).astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _possible(got: pd.Series, numbers: Mapping[str, pd.Series]) -> None:
    """A part that is larger than its whole says that a form was counted wrongly."""
    for zh, part, whole_zh, whole_name in (
        ("收回", numbers["returned"], "发放", "issued"),
        ("答卷", got, "总体人数", "population"),
    ):
        whole = numbers[whole_name]
        wrong = (part > whole).fillna(False)
        if wrong.any():
            unit = got.index[wrong][0]
            en = "returned" if whole_name == "issued" else "answers"
            raise PlanError(
                f"{unit}：{zh} {part[unit]} 份多于{whole_zh} {whole[unit]}；请核对分单位问卷表",
                f"{unit}: {part[unit]} {en} are more than {whole_name} = {whole[unit]}; check the "
                "table survey_units",
            )
