"""Answers turned into scores by a score map (赋分表); weights of questions checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import pandas as pd

from auditbook.procedures.errors import Number, PlanError, exact

ScoreMap: TypeAlias = Mapping[str, Number]
"""Label as printed → score. The direction of a scale is never inferred: the map says it."""

SHOWN = 3  # unknown labels named in a message


def scored(answers: pd.DataFrame, score_map: ScoreMap) -> pd.DataFrame:
    """Answers as scores.

    Parameters
    ----------
    answers : DataFrame of labels, one row per respondent, one column per question
        Missing answers (None, NaN) stay missing. A text is an answer whatever it says: ``"None"``
        and ``"NA"`` too, so read files with ``keep_default_na=False``.
    score_map : mapping
        Every label that occurs, with its score.

    Returns
    -------
    DataFrame
        float64, the same rows and columns.

    Raises
    ------
    PlanError
        A label that the map does not know: which, in which question and row.
    """
    scores = {label: float(exact(score)) for label, score in score_map.items()}
    check_labels(answers, scores)
    columns = {name: column.map(scores).astype("float64") for name, column in answers.items()}
    return pd.DataFrame(columns, index=answers.index, columns=answers.columns)


def check_labels(answers: pd.DataFrame, known: Iterable[str]) -> None:
    """Every answer is one of the labels that are known.

    Raises
    ------
    PlanError
        The first unknown labels, each with question and row.
    """
    allowed = set(known)
    unknown = []
    for name, column in answers.items():
        for label in column.dropna().unique():
            if label not in allowed:
                row = column.index[column == label][0]
                unknown.append((str(name), row, label))
    if unknown:
        zh = "；".join(f"题目 {name} 第 {row} 行 {label!r}" for name, row, label in unknown[:SHOWN])
        en = "; ".join(f"{label!r} in {name}, row {row}" for name, row, label in unknown[:SHOWN])
        labels = "、".join(map(str, sorted(allowed, key=str)))
        raise PlanError(
            f"有 {len(unknown)} 处答案不在已知选项（{labels}）之中：{zh}；请补全赋分表或改正答案",
            f"{len(unknown)} answers are none of the known labels ({labels}): {en}; complete the "
            "score map or correct the answers",
        )


def check_weights(
    what: str, names: Iterable[object], weights: Mapping[str, Number] | None
) -> dict[str, float]:
    """Weights divided by their sum; equal ones if none are given.

    Parameters
    ----------
    what : str
        What is weighted, for the message: ``"questions"``, ``"groups"``.
    names : iterable
        Everything that needs a weight.
    weights : mapping, optional
        Name → weight, none negative, with a positive sum.

    Raises
    ------
    PlanError
        Something has no weight, a weight names nothing, is negative, or all are 0.
    """
    wanted = [str(name) for name in names]
    if weights is None:
        return {name: 1 / len(wanted) for name in wanted}
    for name in [*wanted, *weights]:
        if name not in weights or name not in wanted:
            zh, en = ("没有权重", "has no weight") if name in wanted else ("不存在", "is unknown")
            raise PlanError(
                f"权重与 {what} 不一致：{name} {zh}；应为 {', '.join(wanted)} 各给一个权重",
                f"weights do not cover the {what}: {name} {en}; give one for each of "
                f"{', '.join(wanted)}",
            )
    numbers = {name: exact(weights[name]) for name in wanted}
    total = sum(numbers.values())
    if min(numbers.values()) < 0 or total == 0:
        given = ", ".join(f"{name}={weights[name]}" for name in wanted)
        raise PlanError(
            f"权重应为非负数且不全为零，给的是 {given}",
            f"weights should not be negative nor all 0, got {given}",
        )
    return {name: float(number / total) for name, number in numbers.items()}
