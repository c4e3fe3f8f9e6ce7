"""问卷质量: gaps, codes off the scale, and the result with and without what was flagged.

A flag is a question, not a verdict, and no form is ever removed. How much hangs on the flagged
ones, :func:`with_and_without` says.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

import pandas as pd

from auditbook.procedures.errors import PlanError, check_rate
from auditbook.procedures.survey.flags import FLAG_COLUMNS, flagged
from auditbook.procedures.survey.index import Weights, row_index
from auditbook.procedures.survey.means import scale_ci


def item_nonresponse(answers: pd.DataFrame) -> pd.DataFrame:
    """题项缺答: how often each question was left unanswered.

    Parameters
    ----------
    answers : DataFrame, one row per respondent, one column per question
        A question that the form itself skipped (跳过) was not to be answered: take such rows out
        first, or it counts as missing.

    Returns
    -------
    DataFrame, one row per question, in their order
        item, n (answered), missing, missing_rate (nan without any form).
    """
    missing = answers.isna().sum().tolist()
    forms = len(answers)
    rows = [
        (str(name), forms - gaps, gaps, gaps / forms if forms else math.nan)
        for name, gaps in zip(answers.columns, missing, strict=True)
    ]
    return pd.DataFrame(rows, columns=["item", "n", "missing", "missing_rate"])


def unanswered(answers: pd.DataFrame, *, most: float = 0.5) -> pd.DataFrame:
    """Forms of which more than the share `most` of the questions was left unanswered.

    Returns
    -------
    DataFrame
        flag ``unanswered``, row, detail ``missing=…;questions=…``.

    Raises
    ------
    PlanError
        `most` is no rate.
    """
    limit = float(check_rate("most", most, zero=True)) * answers.shape[1]
    missing = answers.isna().sum(axis=1)
    questions = missing * 0 + answers.shape[1]
    where = missing > limit
    return flagged("unanswered", answers.index, where, missing=missing, questions=questions)


def out_of_scale(answers: pd.DataFrame, *, allowed: Collection[object]) -> pd.DataFrame:
    """Answers that are none of the codes or labels of the scale; missing ones are not meant.

    Parameters
    ----------
    answers : DataFrame, one row per respondent, one column per question of the scale
    allowed : collection
        ``range(1, 6)``, or labels.

    Returns
    -------
    DataFrame
        flag ``out_of_scale``, row, detail ``item=…;value=…``: one row per answer, by question.

    Raises
    ------
    PlanError
        Nothing is allowed.
    """
    if not len(allowed):
        raise PlanError("没有给出任何允许的选项", "no code is allowed; name those of the scale")
    found = []
    for name, column in answers.items():
        where = column.notna() & ~column.isin(list(allowed))
        items = [name] * len(column)
        found.append(flagged("out_of_scale", answers.index, where, item=items, value=column))
    return pd.concat([pd.DataFrame(columns=FLAG_COLUMNS), *found], ignore_index=True)


def with_and_without(
    scores: pd.DataFrame,
    flags: pd.DataFrame,
    *,
    low: float,
    high: float,
    weights: Weights | None = None,
    confidence: float = 0.95,
    population: int | None = None,
) -> pd.DataFrame:
    """The index of all forms, and without those of each flag, and without all flagged ones.

    Parameters
    ----------
    scores : DataFrame, one row per respondent, one column of scores per question
    flags : DataFrame
        flag, row, detail: what the tests returned, put together. Rows are those of the scores.
    low, high, weights, confidence, population
        As for :func:`~auditbook.procedures.survey.satisfaction_index`.

    Returns
    -------
    DataFrame, one row per way of counting
        without (``""``: nothing left out; each flag, by first appearance; ``any``), forms_count
        (left out), n (respondents that count), index, lower, upper, difference (from the index of
        all). nan where nobody is left.

    Raises
    ------
    PlanError
        A flag is on a row that the scores do not have; and as for the index.
    """
    unknown = ~flags["row"].isin(scores.index)
    if unknown.any():
        row = flags["row"][unknown].iloc[0]
        raise PlanError(
            f"标记的答卷不在分数表中：第 {row} 行", f"a flagged form is not among the scores: {row}"
        )
    index = row_index(scores, weights=weights)
    rows = []
    for without, left_out in _ways(flags, scores.index):
        kept = index[~left_out].dropna()
        found = [math.nan] * 3
        if len(kept):
            found = list(
                scale_ci(kept, low=low, high=high, confidence=confidence, population=population)
            )
        rows.append((without, int(left_out.sum()), len(kept), *found))
    columns = ["without", "forms_count", "n", "index", "lower", "upper"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(difference=table["index"] - table["index"].iloc[0])


def _ways(flags: pd.DataFrame, forms: pd.Index) -> Iterator[tuple[str, pd.Series]]:
    """What is left out, and which forms that are."""
    yield "", pd.Series(False, index=forms)
    for flag in pd.unique(flags["flag"]):
        rows = flags.loc[flags["flag"] == flag, "row"]
        yield str(flag), pd.Series(forms.isin(rows), index=forms)
    yield "any", pd.Series(forms.isin(flags["row"]), index=forms)
