"""问卷质量: forms alike, the same answer throughout (直线作答), answers that hardly vary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from auditbook.procedures.errors import PlanError, check_count
from auditbook.procedures.survey.answers import scores_of
from auditbook.procedures.survey.flags import flagged

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def duplicates(answers: pd.DataFrame, *, among: Sequence[str] | None = None) -> pd.DataFrame:
    """Forms whose answers are all equal to those of another form.

    With few questions and many satisfied people equal forms are expected: of 291 real respondents
    of BSA 1990 206 repeat another one. Equality that reaches open answers, an IP or a telephone
    number says more.

    Parameters
    ----------
    answers : DataFrame, one row per respondent
    among : sequence of str, optional
        Only these columns count, for example ``["ip"]``.

    Returns
    -------
    DataFrame
        flag ``duplicate``, row, detail ``case=…;forms=…``: forms of one case are alike, cases
        counted by their first form. Gaps are equal to gaps, but a form of gaps only is not meant.

    Raises
    ------
    PlanError
        A column that the answers do not have, or none at all.
    """
    import numpy as np

    looked_at = list(answers.columns if among is None else among)
    unknown = [name for name in looked_at if name not in answers.columns]
    if unknown or not looked_at:
        raise PlanError(
            f"查重的列不在答卷中：{', '.join(map(str, unknown)) or '（未给出）'}",
            f"no such columns to look for duplicates in: {', '.join(map(str, unknown)) or 'none'}",
        )
    key = np.zeros(len(answers), dtype=np.int64)
    for name in looked_at:
        codes, labels = pd.factorize(answers[name])  # −1 for a gap
        key = pd.factorize(key * (len(labels) + 1) + codes + 1)[0]
    forms = np.bincount(key, minlength=1)[key]
    empty = answers[looked_at].isna().all(axis=1).to_numpy()
    where = (forms > 1) & ~empty
    case = np.zeros(len(key), dtype=np.int64)
    case[where] = pd.factorize(key[where])[0] + 1
    return flagged("duplicate", answers.index, where, case=case, forms=forms)


def longest_run(answers: pd.DataFrame) -> pd.Series:
    """The longest row of equal answers, one after the other, in each form; a gap ends it.

    Parameters
    ----------
    answers : DataFrame, one row per respondent, questions in the order in which they were asked

    Returns
    -------
    Series of int
        0 for a form without answers.

    References
    ----------
    Johnson, J. A. (2005), Ascertaining the validity of individual protocols from web-based
    personality inventories, Journal of Research in Personality 39, 103–129.
    """
    import numpy as np

    flat = pd.factorize(pd.Series(answers.to_numpy().ravel(order="F")))[0]
    codes = flat.reshape(answers.shape, order="F")
    before = np.full(len(answers), -1)
    run, longest = np.zeros(len(answers), dtype=np.int64), np.zeros(len(answers), dtype=np.int64)
    for column in codes.T:
        run = np.where(column < 0, 0, np.where(column == before, run + 1, 1))
        longest, before = np.maximum(longest, run), column
    return pd.Series(longest, index=answers.index, name="longest_run")


def straight_lines(answers: pd.DataFrame, *, least: int | None = None) -> pd.DataFrame:
    """直线作答: forms with at least so many equal answers one after the other.

    Only a questionnaire with reverse worded questions makes a straight line a contradiction; of
    291 real respondents of BSA 1990 105 gave six equal answers, all legitimate.

    Parameters
    ----------
    answers : DataFrame, one row per respondent, questions in the order in which they were asked
    least : int, optional
        From 2 to the number of questions; all of them if not given.

    Returns
    -------
    DataFrame
        flag ``straight_line``, row, detail ``run=…;questions=…``.

    Raises
    ------
    PlanError
        `least` is outside its range, or there are fewer than two questions.
    """
    questions = check_count("questions", answers.shape[1], least=2)
    limit = questions if least is None else check_count("least", least, least=2, most=questions)
    run = longest_run(answers)
    where = run >= limit
    return flagged("straight_line", answers.index, where, run=run, questions=run * 0 + questions)


def row_variability(scores: pd.DataFrame) -> pd.Series:
    """The standard deviation (n − 1) of each form's answers; NaN with fewer than two.

    References
    ----------
    Dunn, A. M. et al. (2018), Intra-individual response variability as an indicator of insufficient
    effort responding, Journal of Business and Psychology 33, 105–121.
    """
    import numpy as np

    numbers = scores_of(scores)
    answered: npt.NDArray[np.int64] = (~np.isnan(numbers)).sum(axis=1)
    centre = np.nansum(numbers, axis=1) / np.maximum(answered, 1)
    squares = np.nansum((numbers - centre[:, None]) ** 2, axis=1)
    spread = np.sqrt(squares / np.maximum(answered - 1, 1))
    return pd.Series(np.where(answered < 2, np.nan, spread), index=scores.index, name="sd")


def low_variability(scores: pd.DataFrame, *, below: float) -> pd.DataFrame:
    """Forms whose answers hardly vary: a standard deviation under `below`, in the scores' unit.

    Parameters
    ----------
    scores : DataFrame, one row per respondent, one column of scores per question
    below : float
        Above 0. There is no common limit: it depends on the scale and must be chosen.

    Returns
    -------
    DataFrame
        flag ``low_variability``, row, detail ``sd=…``.

    Raises
    ------
    PlanError
        Answers that are no scores, or a limit that is not above 0.
    """
    if not below > 0:
        raise PlanError(f"below 应大于 0，给的是 {below}", f"below should be above 0, got {below}")
    spread = row_variability(scores)
    return flagged("low_variability", scores.index, spread < below, sd=spread)
