"""Whether groups differ, by the sampling design: Rao and Scott's chi-square, rank and t tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey import svy_adapter
from auditbook.procedures.survey.design_columns import DesignColumns
from auditbook.procedures.survey.design_guards import FEW_DF, SMALL_CELL, Guard, ordered

_COLUMNS = ["test", "statistic", "df", "residual_df", "p_value"]


@dataclass(frozen=True)
class DesignCompared:
    """Whether the answers of groups differ, by design.

    Attributes
    ----------
    tests : DataFrame
        test, statistic, df, residual_df, p_value. Of labels ``rao_scott`` (F, with fractional
        degrees of freedom). Of numbers ``rank`` (t of two groups, F of more) and, of two groups,
        ``t``; their statistic is positive where the second group, in sorted order, is higher. No
        row where fewer than two groups have answers; p = 1 where all answers are alike.
    n, left_out : int
        Answers used; answers missing, a domain of the sample.
    codes : tuple of str
        Of :data:`GUARDS`.
    """

    tests: pd.DataFrame
    n: int
    left_out: int
    codes: tuple[Guard, ...]


def compare_design(
    answers: pd.Series, groups: pd.Series, *, design: DesignColumns
) -> DesignCompared:
    """Test by design whether answers differ between groups.

    svy corrects for the finite population in t tests and, without a second stage, in tables; where
    it does not, the test is as if clusters were drawn with replacement.

    Parameters
    ----------
    answers : Series
        Numbers (scores, indexes) or labels; missing where there is none.
    groups : Series
        Group of each respondent; every one has one.
    design : DesignColumns
        Of the same rows.

    Raises
    ------
    MissingSvyError
        svy is not installed.
    PlanError
        What :meth:`DesignColumns.frame` refuses; groups missing, or of other rows.

    References
    ----------
    Rao, J. N. K. and Scott, A. J. (1984), Annals of Statistics 12, 46–60. Lumley, T. and Scott, A.
    (2013), Two-sample rank tests under complex sampling, Biometrika 100, 831–842.
    """
    svy_adapter.check_svy()
    frame = design.frame(answers.index)
    if not groups.index.equals(answers.index) or groups.isna().any():
        raise PlanError(
            f"每份答卷都要有分组：{len(groups)} 行对 {len(answers)} 行，缺 "
            f"{int(groups.isna().sum())} 个",
            f"every form needs a group: {len(groups)} and {len(answers)} rows, "
            f"{int(groups.isna().sum())} missing",
        )
    used = answers.notna()
    sizes = groups[used].value_counts()
    sizes = sizes[sizes > 0]
    codes: dict[Guard, bool] = {
        "population_and_weights": design.differs(frame),
        "lone_psu": bool(design.lone(frame).any()),
        "nulls": not bool(used.all()),
        "all_alike": len(answers[used].unique()) == 1,
        "small_cell": bool((sizes < SMALL_CELL).any()),
    }
    data = frame.assign(
        group=pd.factorize(groups, sort=True)[0], used=used.to_numpy(dtype=bool)
    )  # fmt: skip
    rows = [] if len(sizes) < 2 else _tests(answers, data, alike=codes["all_alike"])
    table = pd.DataFrame(rows, columns=_COLUMNS)
    codes["few_psu"] = bool((table["residual_df"] < FEW_DF).any())
    return DesignCompared(table, int(used.sum()), int((~used).sum()), ordered(codes))


def _tests(answers: pd.Series, data: pd.DataFrame, *, alike: bool) -> list[tuple[Any, ...]]:
    numeric = pd.api.types.is_numeric_dtype(answers)
    if alike:
        return [("rank" if numeric else "rao_scott", 0.0, math.nan, math.nan, 1.0)]
    if not numeric:
        table = data if "members" not in data else data.drop(columns=["size", "members"])
        found = svy_adapter.independence(table.assign(value=pd.factorize(answers)[0])).f
        return [("rao_scott", found.value, found.df_num, found.df_den, found.p_value)]
    data = data.assign(value=answers.fillna(0.0).to_numpy(dtype="float64"))
    ranks = svy_adapter.rank_test(data.drop(columns=["size", "members"], errors="ignore"))
    if data.loc[data["used"], "group"].nunique() > 2:
        return [("rank", ranks.value, ranks.df_num, ranks.df_den, ranks.p_value)]
    means = svy_adapter.t_test(data)
    return [
        ("rank", ranks.value, 1, ranks.df, ranks.p_value),
        ("t", means.t, 1, means.df, means.p_value),
    ]
