"""满意率 without and with 基本满意, per question, dimension and unit."""

from __future__ import annotations

import math
from collections.abc import Collection

import pandas as pd

from auditbook.procedures.errors import PlanError, check_confidence
from auditbook.procedures.survey.breakdown import Dimensions, Populations, parts
from auditbook.procedures.survey.index import row_index
from auditbook.procedures.survey.means import scale_ci
from auditbook.procedures.survey.proportions import Interval, proportion_ci
from auditbook.procedures.survey.scores import check_labels


def satisfaction_rates(
    answers: pd.DataFrame,
    *,
    satisfied: Collection[str],
    basic: Collection[str],
    others: Collection[str],
    dimensions: Dimensions | None = None,
    units: pd.Series | None = None,
    confidence: float = 0.95,
    populations: Populations | None = None,
) -> pd.DataFrame:
    """满意率 without and with 基本满意, per question, dimension and unit.

    Whether 基本满意 or 一般 counts moves the rate most: both are always given.

    Parameters
    ----------
    answers : DataFrame of labels, one row per respondent, one column per question
    satisfied, basic, others : collection of str
        All labels that may occur: those that count, those that count in the wider sense only,
        and those that do not.
    dimensions, units, confidence, populations
        As for :func:`~auditbook.procedures.survey.satisfaction_index`.

    Returns
    -------
    DataFrame
        unit, level, name, n (respondents with an answer there); rate, lower, upper without
        `basic`; basic_rate, basic_lower, basic_upper with it. One question: Wilson. Several: the
        mean over respondents of the share of their answers, :func:`scale_ci`. nan where nobody
        answered.

    Raises
    ------
    PlanError
        A label that none of the three lists knows, or that two of them do; and as
        :func:`~auditbook.procedures.survey.satisfaction_index`.
    """
    labels = [*satisfied, *basic, *others]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise PlanError(
            f"选项归入了两类：{', '.join(twice)}", f"labels are in two lists: {', '.join(twice)}"
        )
    check_labels(answers, labels)
    narrow, wide = (_counted(answers, label) for label in (satisfied, [*satisfied, *basic]))
    both = (parts(table, dimensions, units) for table in (narrow, wide))
    rows = []
    for part, wider in zip(*both, strict=True):
        population = (populations or {}).get(part.unit)
        single = part.answers.shape[1] == 1
        found = [row_index(one.answers).dropna() for one in (part, wider)]
        limits = [_rate(shares, single, confidence, population) for shares in found]
        rows.append((part.unit, part.level, part.name, len(found[0]), *limits[0], *limits[1]))
    limits_of = ["rate", "lower", "upper", "basic_rate", "basic_lower", "basic_upper"]
    return pd.DataFrame(rows, columns=["unit", "level", "name", "n", *limits_of])


def _counted(answers: pd.DataFrame, labels: Collection[str]) -> pd.DataFrame:
    """1 where an answer is one of the labels, 0 where it is another one, missing without one."""
    import numpy as np

    columns = {}
    for name, column in answers.items():
        codes, texts = pd.factorize(column)
        counts = [*(float(text in labels) for text in texts), math.nan]
        columns[name] = np.array(counts)[codes]
    return pd.DataFrame(columns, index=answers.index, columns=answers.columns)


def _rate(shares: pd.Series, single: bool, confidence: float, population: int | None) -> Interval:
    if shares.empty:
        check_confidence(confidence)
        return Interval(math.nan, math.nan, math.nan)
    if single:
        count, n = int(shares.sum()), len(shares)
        return proportion_ci(count=count, n=n, confidence=confidence, population=population)
    return scale_ci(shares, low=0.0, high=1.0, confidence=confidence, population=population)
