"""For which respondents and questions a figure is given: all, each dimension, question and unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

import pandas as pd

from auditbook.procedures.errors import PlanError

Dimensions: TypeAlias = Mapping[str, Sequence[str]]
Populations: TypeAlias = Mapping[str, int]
Level = Literal["all", "dimension", "question"]


class Part(NamedTuple):
    """What one figure is about.

    Attributes
    ----------
    unit : str
        Empty for all respondents.
    level : str
    name : str
        Of the dimension or question; empty for all.
    answers : DataFrame
        Of its respondents to its questions, as in the table given; the index counts.
    """

    unit: str
    level: Level
    name: str
    answers: pd.DataFrame


def parts(
    table: pd.DataFrame, dimensions: Dimensions | None, units: pd.Series | None
) -> Iterator[Part]:
    """All respondents first, then each unit by first appearance; all questions first in each.

    Raises
    ------
    PlanError
        Units are not of the same rows or missing, or a dimension names an unknown question.
    """
    for dimension, questions in (dimensions or {}).items():
        unknown = [name for name in questions if name not in table.columns]
        if unknown or not questions:
            named = ", ".join(unknown) or "0"
            raise PlanError(
                f"维度 {dimension} 的题目不在答卷中：{named}",
                f"dimension {dimension} names no question of the answers: {named}",
            )
    for unit, answers in _units(table, units):
        yield Part(unit, "all", "", answers)
        for dimension, questions in (dimensions or {}).items():
            yield Part(unit, "dimension", dimension, answers[list(questions)])
        for question in table.columns:
            yield Part(unit, "question", str(question), answers[[question]])


def _units(table: pd.DataFrame, units: pd.Series | None) -> Iterator[tuple[str, pd.DataFrame]]:
    plain = table.reset_index(drop=True)  # rows are taken often; their names are not needed
    yield "", plain
    if units is None:
        return
    if not units.index.equals(table.index) or units.isna().any():
        raise PlanError(
            f"单位与答卷不一致：{len(units)} 行对 {len(table)} 行，缺 {int(units.isna().sum())} 个",
            f"units are not of the same rows: {len(units)} and {len(table)}, "
            f"{int(units.isna().sum())} missing",
        )
    codes, names = pd.factorize(units)
    for code, unit in enumerate(names):
        yield str(unit), plain[codes == code]
