"""问卷质量: gaps, codes off the scale, and the result with and without what was flagged.

A flag is a question, not a verdict, and no form is ever removed. How much hangs on the flagged
ones, :func:`with_and_without` says.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from auditbook.procedures.errors import PlanError, check_rate
from auditbook.procedures.survey.flags import FLAG_COLUMNS, flagged
from auditbook.procedures.survey.index import Weights, row_index
from auditbook.procedures.survey.means import scale_ci

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Places: TypeAlias = "npt.NDArray[np.intp]"


def item_nonresponse(answers: pd.DataFrame, *, skipped: pd.DataFrame | None = None) -> pd.DataFrame:
    """题项缺答: how often each question was left unanswered.

    Parameters
    ----------
    answers : DataFrame, one row per respondent, one column per question
    skipped : DataFrame of bool, optional
        Of the same rows and columns: the form itself passed over the question (跳过), which then
        was not to be answered. Without it every gap counts as missing.

    Returns
    -------
    DataFrame, one row per question, in their order
        item, asked (only where `skipped` is given: answered or missing), n (answered), missing,
        missing_rate (of those asked; nan where nobody was).

    Raises
    ------
    PlanError
        `skipped` is of other rows or questions.
    """
    asked_for = _asked(answers, skipped)
    asked, answered = asked_for.sum(), (answers.notna() & asked_for).sum()
    missing = asked - answered
    columns = {
        "item": [str(name) for name in answers.columns],
        "asked": asked.to_numpy(),
        "n": answered.to_numpy(),
        "missing": missing.to_numpy(),
        "missing_rate": (missing / asked.where(asked > 0)).to_numpy(dtype=float),
    }
    if skipped is None:
        del columns["asked"]
    return pd.DataFrame(columns)


def unanswered(
    answers: pd.DataFrame, *, most: float = 0.5, skipped: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Forms of which more than the share `most` of the questions was left unanswered.

    Parameters
    ----------
    answers, skipped : DataFrame
        As for :func:`item_nonresponse`; skipped questions are none of the form's questions.
    most : float
        As a fraction.

    Returns
    -------
    DataFrame
        flag ``unanswered``, row, detail ``missing=…;questions=…``.

    Raises
    ------
    PlanError
        `most` is no rate, or `skipped` is of other rows or questions.
    """
    limit = float(check_rate("most", most, zero=True))
    asked = _asked(answers, skipped)
    questions = asked.sum(axis=1)
    missing = (answers.isna() & asked).sum(axis=1)
    where = missing > limit * questions
    return flagged("unanswered", answers.index, where, missing=missing, questions=questions)


def _asked(answers: pd.DataFrame, skipped: pd.DataFrame | None) -> pd.DataFrame:
    """Whether a question was put to a respondent."""
    if skipped is None:
        return pd.DataFrame(True, index=answers.index, columns=answers.columns)
    if not (skipped.index.equals(answers.index) and skipped.columns.equals(answers.columns)):
        raise PlanError(
            f"跳过表与答卷不一致：{skipped.shape} 对 {answers.shape}（行、题）；请用同样的行和题",
            f"skipped is not of the same rows and questions: {skipped.shape} and {answers.shape}",
        )
    return ~skipped.astype(bool)


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
        values = column[where]
        items = [name] * len(values)
        every = [True] * len(values)
        found.append(flagged("out_of_scale", values.index, every, item=items, value=values))
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
    import numpy as np

    forms, names = pd.factorize(scores.index)
    places = names.get_indexer(pd.Index(flags["row"]))
    if (places < 0).any():
        row = flags["row"].iloc[(places < 0).argmax()]
        raise PlanError(
            f"标记的答卷不在分数表中：第 {row} 行", f"a flagged form is not among the scores: {row}"
        )
    index = row_index(scores, weights=weights).reset_index(drop=True)
    rows = []
    for without, marked in _ways(flags["flag"], places):
        left_out = np.isin(forms, marked)
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


def _ways(flags: pd.Series, places: Places) -> Iterator[tuple[str, Places]]:
    """What is left out, and which forms that are."""
    yield "", places[:0]
    for flag in pd.unique(flags):
        yield str(flag), places[flags.to_numpy() == flag]
    yield "any", places
