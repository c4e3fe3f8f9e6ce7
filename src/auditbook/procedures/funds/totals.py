"""The figures of fund reconciliation."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.settings import Fund
from auditbook.facts import Figure, computed_by, row_ranges
from auditbook.procedures.funds.statements import side_by_side, unspent_rows


def figures(
    *, allocation: pd.DataFrame, use: pd.DataFrame, units: pd.DataFrame, fund: Fund
) -> list[Figure]:
    """The figures of fund reconciliation; what cannot be computed is left out.

    Parameters
    ----------
    allocation, use, units : DataFrame
        Tables of the case; may be empty.
    fund : Fund
        Settings: approved budget and the denominator of the execution rate.

    """
    found = [] if allocation.empty else _allocation_figures(allocation, fund)
    if not use.empty:
        found += _use_figures(use)
    if not (allocation.empty or use.empty):
        found += _bound_figures(allocation, use, fund)
    if not (allocation.empty or units.empty):
        found += _size_figures(allocation, units)
    return found


def _allocation_figures(allocation: pd.DataFrame, fund: Fund) -> list[Figure]:
    rows = row_ranges(list(allocation["source_row"]))
    arrived, used, balance = (int(allocation[c].sum()) for c in ("arrived", "used", "balance"))
    make = _maker(_allocation_figures, rows)
    found = [
        make("funds.units.count", len(allocation), "count", "分配表中的单位数"),
        make("funds.arrived.total", arrived, "fen", "各单位到位资金之和"),
        make("funds.used.total", used, "fen", "各单位使用资金之和（分配表所列）"),
        make("funds.balance.total", balance, "fen", "各单位结余资金之和（分配表所列）"),
    ]
    if arrived:
        found.append(make("funds.use_rate", Fraction(used, arrived), "rate", "使用 ÷ 到位"))
    if fund.approved_fen:
        approved = fund.approved_fen
        place = ("case.yaml: fund.approved_budget",)
        found += [
            make("funds.budget.approved", approved, "fen", "预算批复数", source=place),
            make("funds.arrival_rate", Fraction(arrived, approved), "rate", "到位 ÷ 批复预算",
                 source=rows + place),
        ]  # fmt: skip
    base, words = _execution_base(arrived, fund)
    if base:
        found.append(make("funds.execution_rate", Fraction(used, base), "rate", words))
    return found


def _use_figures(use: pd.DataFrame) -> list[Figure]:
    make = _maker(_use_figures, row_ranges(list(use["source_row"])))
    disbursed, used, balance = (int(use[c].sum()) for c in ("disbursed", "used", "balance"))
    found = [
        make("funds.sample.disbursed", disbursed, "fen", "抽查单位拨付资金之和"),
        make("funds.sample.used", used, "fen", "抽查单位使用资金之和"),
        make("funds.sample.balance", balance, "fen", "抽查单位年末结余之和"),
    ]
    if disbursed:
        rate = Fraction(used, disbursed)
        found.append(make("funds.sample.use_rate", rate, "rate", "抽查单位使用 ÷ 拨付"))
    return found


def _bound_figures(allocation: pd.DataFrame, use: pd.DataFrame, fund: Fund) -> list[Figure]:
    both = side_by_side(allocation, use)
    unspent = unspent_rows(both)
    least = -int(unspent["difference_fen"].sum())
    rows = row_ranges([*unspent["left_source"], *unspent["right_source"]])
    most = int(allocation["used"].sum()) - least
    all_rows = row_ranges([*allocation["source_row"], *unspent["right_source"]])
    make = _maker(_bound_figures, all_rows)
    found = [
        make("funds.unspent.at_least", least, "fen", "使用表有而分配表没有的结余之和",
             source=rows, bound="at_least"),
        make("funds.used.at_most", most, "fen", "分配表所列使用 − 使用表显示未用的部分",
             bound="at_most"),
    ]  # fmt: skip
    base, words = _execution_base(int(allocation["arrived"].sum()), fund)
    if base:
        found.append(
            make("funds.execution_rate.at_most", Fraction(most, base), "rate",
                 words.replace("使用", "使用上限"), bound="at_most")
        )  # fmt: skip
    return found


def _size_figures(allocation: pd.DataFrame, units: pd.DataFrame) -> list[Figure]:
    """Unit costs need totals of grids and workers, from the rows that state them."""
    arrived = int(allocation["arrived"].sum())
    found = []
    for column, cost, words in (
        ("grids", "cost_per_grid", "到位资金 ÷ 网格数"),
        ("grid_workers", "cost_per_grid_worker", "到位资金 ÷ 网格员数"),
    ):
        if column not in units or units[column].isna().all():
            continue
        stated = units[units[column].notna()]
        stated = stated[stated["level"] == stated["level"].iloc[0]]
        number = int(stated[column].sum())
        rows = row_ranges(list(stated["source_row"]))
        make = _maker(_size_figures, rows)
        found.append(make(f"funds.{column}.count", number, "count", "单位表所列数之和"))
        if number:
            found.append(make(f"funds.{cost}", Fraction(arrived, number), "fen_per_item", words))
    return found


def _execution_base(arrived: int, fund: Fund) -> tuple[int, str]:
    if fund.execution_denominator == "arrived":
        return arrived, "使用 ÷ 到位资金"
    return fund.approved_fen or 0, "使用 ÷ 批复预算"


def _maker(function: Any, rows: tuple[str, ...]) -> Any:
    def make(key: str, value: Any, unit: Any, formula: str, **more: Any) -> Figure:
        more = {"source": rows, "function": computed_by(function)} | more
        return Figure(key, value, unit, formula, **more)

    return make
