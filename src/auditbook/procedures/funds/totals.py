"""The figures of fund reconciliation."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pandas as pd

from auditbook.case.settings import Fund
from auditbook.facts import Bound, Figure, FigureMaker, Unit, row_ranges
from auditbook.procedures.funds.statements import used_differently

APPROVED = ("case.yaml: fund.approved_budget",)

FORMULAS: dict[str, tuple[Unit, str, str]] = {
    "funds.units.count": ("count", "分配表中的单位数", "units in the allocation table"),
    "funds.budget.approved": ("fen", "预算批复数", "approved budget"),
    "funds.arrived.total": ("fen", "各单位到位资金之和", "sum of money arrived over all units"),
    "funds.used.total": ("fen", "分配表所列使用资金之和", "sum of money used, allocation table"),
    "funds.balance.total": ("fen", "分配表所列结余资金之和", "sum of balances, allocation table"),
    "funds.arrival_rate": ("rate", "到位 ÷ 批复预算", "arrived ÷ approved budget"),
    "funds.use_rate": ("rate", "使用 ÷ 到位", "used ÷ arrived"),
    "funds.sample.disbursed": ("fen", "抽查单位拨付资金之和", "sum disbursed to units visited"),
    "funds.sample.used": ("fen", "抽查单位使用资金之和", "sum used by units visited"),
    "funds.sample.balance": ("fen", "抽查单位年末结余之和", "sum of balances of units visited"),
    "funds.sample.use_rate": ("rate", "抽查单位使用 ÷ 拨付", "used ÷ disbursed, units visited"),
    "funds.unspent.at_least": (
        "fen",
        "分配表所列使用 − 两表合看的使用额",
        "used as allocated − used by both tables together",
    ),
    "funds.used.at_most": (
        "fen",
        "抽查单位按使用表、其余单位按分配表所列使用之和",
        "sum used: units visited by the table of use, the others by the allocation table",
    ),
    "funds.grids.count": ("count", "单位表所列网格数之和", "sum of grids, units table"),
    "funds.grid_workers.count": ("count", "单位表所列网格员数之和", "sum of workers, units table"),
    "funds.cost_per_grid": ("fen_per_item", "到位资金 ÷ 网格数", "arrived ÷ grids"),
    "funds.cost_per_grid_worker": ("fen_per_item", "到位资金 ÷ 网格员数", "arrived ÷ grid workers"),
}
"""Unit and formula of each figure; the execution rates have theirs from the case's denominator."""


def figures(
    *, allocation: pd.DataFrame, use: pd.DataFrame, units: pd.DataFrame, fund: Fund
) -> list[Figure]:
    """Key figures of fund reconciliation; what cannot be computed is left out.

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
        make("funds.units.count", len(allocation)),
        make("funds.arrived.total", arrived),
        make("funds.used.total", used),
        make("funds.balance.total", balance),
    ]
    if arrived:
        found.append(make("funds.use_rate", Fraction(used, arrived)))
    if fund.approved_fen:
        rate = Fraction(arrived, fund.approved_fen)
        found.append(
            _maker(_allocation_figures, APPROVED)("funds.budget.approved", fund.approved_fen)
        )
        found.append(_maker(_allocation_figures, rows + APPROVED)("funds.arrival_rate", rate))
    return found + _execution(used, arrived, fund, rows)


def _use_figures(use: pd.DataFrame) -> list[Figure]:
    make = _maker(_use_figures, row_ranges(list(use["source_row"])))
    disbursed, used, balance = (int(use[c].sum()) for c in ("disbursed", "used", "balance"))
    found = [
        make("funds.sample.disbursed", disbursed),
        make("funds.sample.used", used),
        make("funds.sample.balance", balance),
    ]
    if disbursed:
        found.append(make("funds.sample.use_rate", Fraction(used, disbursed)))
    return found


def _bound_figures(allocation: pd.DataFrame, use: pd.DataFrame, fund: Fund) -> list[Figure]:
    """What was used at most, as far as the table of use is right where the two disagree.

    Units that were not visited count as the allocation table states them. Where no visited unit
    disagrees the figures are no limits: they say what the allocation table says.
    """
    differ = used_differently(allocation, use)
    listed, apart = int(allocation["used"].sum()), int(differ["difference_fen"].sum())
    rows = row_ranges([*differ["left_source"], *differ["right_source"]])
    every = row_ranges([*allocation["source_row"], *differ["right_source"]])
    arrived = int(allocation["arrived"].sum())
    limited = len(differ) > 0
    used = _maker(_bound_figures, every, "at_most" if limited else "exact")
    found = [used("funds.used.at_most", listed - apart)]
    if apart > 0:
        unspent = _maker(_bound_figures, rows, "at_least")
        found.insert(0, unspent("funds.unspent.at_least", apart))
    return found + _execution(listed - apart, arrived, fund, every, at_most=True, exact=not limited)


def _execution(
    used: int,
    arrived: int,
    fund: Fund,
    rows: tuple[str, ...],
    *,
    at_most: bool = False,
    exact: bool = True,
) -> list[Figure]:
    """预算执行率 with the denominator that the case names; nothing over zero."""
    by_arrived = fund.execution_denominator == "arrived"
    base = arrived if by_arrived else fund.approved_fen
    if not base:
        return []
    zh, en = ("到位资金", "arrived") if by_arrived else ("批复预算", "approved budget")
    rows = rows if by_arrived else rows + APPROVED
    key = "funds.execution_rate" + (".at_most" if at_most else "")
    formula = (f"使用 ÷ {zh}", f"used ÷ {en}")
    make = FigureMaker(_execution, rows)
    bound: Bound = "exact" if exact else "at_most"
    return [make(key, Fraction(used, base), "rate", formula, bound=bound)]


def _size_figures(allocation: pd.DataFrame, units: pd.DataFrame) -> list[Figure]:
    """Unit costs need totals of grids and workers: the rows of one level that state them."""
    arrived = int(allocation["arrived"].sum())
    found = []
    for column, cost in (("grids", "cost_per_grid"), ("grid_workers", "cost_per_grid_worker")):
        if units[column].isna().all():
            continue
        stated = units[units[column].notna()]
        stated = stated[stated["level"] == stated["level"].iloc[0]]
        number = int(stated[column].sum())
        rows = list(stated["source_row"])
        found.append(_maker(_size_figures, row_ranges(rows))(f"funds.{column}.count", number))
        if number:
            both = row_ranges([*rows, *allocation["source_row"]])
            found.append(_maker(_size_figures, both)(f"funds.{cost}", Fraction(arrived, number)))
    return found


def _maker(
    function: Callable[..., object], rows: tuple[str, ...], bound: Bound = "exact"
) -> Callable[[str, int | Fraction], Figure]:
    """Make figures whose unit and formula stand in :data:`FORMULAS`."""
    make = FigureMaker(function, rows)

    def figure(key: str, value: int | Fraction) -> Figure:
        unit, zh, en = FORMULAS[key]
        return make(key, value, unit, (zh, en), bound=bound)

    return figure
