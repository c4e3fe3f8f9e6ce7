"""Tables of scored answers: one row per respondent, one column per question, checked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from auditbook.procedures.errors import PlanError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def scores_of(items: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Scored answers as floats, NaN where an answer is missing.

    Parameters
    ----------
    items : DataFrame, one row per respondent, one numeric column per question

    Raises
    ------
    PlanError
        A column holds texts, names are repeated, or a value is infinite.
    """
    import numpy as np

    if not items.columns.is_unique:
        twice = ", ".join(map(str, items.columns[items.columns.duplicated()].unique()))
        raise PlanError(f"题目名称重复：{twice}", f"names of questions are repeated: {twice}")
    for name, kind in items.dtypes.items():
        if not pd.api.types.is_numeric_dtype(kind):
            raise PlanError(
                f"题目 {name} 不是分数（{kind}）；请先按赋分表把答案换成分数",
                f"question {name} holds no scores ({kind}); turn its answers into scores first",
            )
    numbers = items.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise PlanError("分数中有无穷大的值；请核对赋分", "a score is infinite; check the scores")
    return numbers


def complete_scores(items: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The rows without a missing answer (listwise), as :func:`scores_of`.

    Raises
    ------
    PlanError
        As :func:`scores_of`; fewer than two questions or two complete rows.
    """
    import numpy as np

    numbers = scores_of(items)
    kept = numbers[~np.isnan(numbers).any(axis=1)]
    if kept.shape[1] < 2 or len(kept) < 2:
        raise PlanError(
            f"至少要两道题和两份完整答卷，现有 {kept.shape[1]} 道题、{len(kept)} 份",
            f"at least two questions and two complete rows, got {kept.shape[1]} and {len(kept)}",
        )
    return kept
