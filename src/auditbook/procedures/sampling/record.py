"""What a sample leaves for the report: figures and findings of its plan, results and conclusion."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.money import amount_text, percent_text
from auditbook.case.sampling_settings import Sampling
from auditbook.facts import Figure, FigureMaker, Finding, Severity, Verdict, records, row_ranges
from auditbook.procedures.sampling.evaluation import Projected, project_results, whole_fen
from auditbook.procedures.sampling.planning import (
    Population,
    needed_size,
    planned_size,
    risk_allowed,
    tolerable_fen,
)
from auditbook.procedures.sampling.results import NOT_EXAMINABLE, differing


def plan_figures(
    population: Population, design: Sampling, *, rate: Any, source: str
) -> list[Figure]:
    """What was planned; nothing where the case has no plan.

    Parameters
    ----------
    rate : Decimal
        The materiality of the case.
    source : str
        Where the plan stands: ``case.yaml:28``.
    """
    if design.plan is None:
        return []
    make = FigureMaker(needed_size, (source,))
    needed = needed_size(design, population, rate=rate)
    size = planned_size(design, population, rate=rate)
    made = [
        make("sampling.plan.needed", needed, "count",
             ("达到计划要证明的程度所需的样本量", "items or hits that the plan needs")),
        make("sampling.plan.size", size, "count",
             ("抽取的样本量", "items or hits drawn")),
        make("sampling.plan.confidence", Fraction(design.confidence), "rate",
             ("置信水平", "confidence level")),
    ]  # fmt: skip
    made.append(
        make("sampling.plan.tolerable", tolerable_fen(design, population, rate=rate), "fen",
             ("可容忍错报", "tolerable misstatement"))
    )  # fmt: skip
    if design.plan.by_money:
        made.append(
            make("sampling.plan.expected", design.plan.expected_fen, "fen",
                 ("预计错报", "expected misstatement"))
        )  # fmt: skip
    if design.plan.tolerable_rate is not None:
        made.append(
            make("sampling.plan.tolerable_rate", Fraction(design.plan.tolerable_rate), "rate",
                 ("可容忍偏差率", "tolerable rate of deviation"))
        )  # fmt: skip
    return made + _risk_figures(design, source)


def _risk_figures(design: Sampling, source: str) -> list[Figure]:
    """The audit risk model: how sure the sample must be."""
    assert design.plan is not None
    risks = design.plan.risks
    if risks is None:
        return []
    make = FigureMaker(risk_allowed, (source,))
    allowed = Fraction(str(risk_allowed(risks)))
    formula = ("审计风险 ÷（固有风险 × 控制风险 × 分析程序风险）",
               "audit risk ÷ (inherent × control × analytical risk)")  # fmt: skip
    return [
        make("sampling.plan.detection_risk", allowed, "rate", formula),
        make("sampling.plan.confidence_needed", 1 - allowed, "rate",
             ("1 − 检查风险", "1 − detection risk")),
    ]  # fmt: skip


def result_figures(
    found: pd.DataFrame, projections: list[Projected], *, source: str
) -> list[Figure]:
    """What was found and projected; nothing found is a figure, nothing examined none.

    Parameters
    ----------
    found : DataFrame
        From :func:`auditbook.procedures.sampling.results`.
    projections : list of Projected
    source : str
        Where the design of the sample stands.
    """
    rows = row_ranges(list(found["source_row"])) or (source,)
    make = FigureMaker(project_results, rows)
    made = []
    examined = found[found["visit"] != "pending"]
    if len(examined):
        differences = [int(fen) for fen in examined["difference_fen"]]
        made += [
            make("sampling.examined.count", len(examined), "count",
                 ("已核查的样本数", "items examined")),
            make("sampling.differing.count", sum(fen != 0 for fen in differences), "count",
                 ("有差异的样本数", "items that differ")),
            make("sampling.difference.found", sum(differences), "fen",
                 ("样本的账面数 − 核定数", "book less audited value of the sample")),
        ]  # fmt: skip
    for one in projections:
        made += list(_projected_figures(one, make))
    return made


def _projected_figures(one: Projected, make: FigureMaker) -> list[Figure]:
    words = {
        "overstatement": ("高估", "overstatement"),
        "understatement": ("低估", "understatement"),
        "misstatement": ("错报", "misstatement"),
        "deviation_rate": ("偏差率", "deviation rate"),
    }[one.measure]
    likely = (f"推断的{words[0]}（{one.method}）", f"most likely {words[1]} ({one.method})")
    limit = (f"{words[0]}上限（{one.method}）", f"upper limit of {words[1]} ({one.method})")
    key = f"sampling.{one.measure}"
    if one.in_money:
        return [
            make(f"{key}.most_likely", round(one.most_likely), "fen", likely),
            make(f"{key}.limit", whole_fen(one.limit), "fen", limit, bound="at_most"),
        ]
    return [
        make(f"{key}.found", Fraction(one.most_likely), "rate", likely),
        make(f"{key}.limit", Fraction(str(float(one.limit))), "rate", limit, bound="at_most"),
    ]


def result_findings(
    found: pd.DataFrame, projections: list[Projected], *, money_unit: str, material: int
) -> list[Finding]:
    """A finding for each item that differs or could not be examined, and each limit exceeded.

    Parameters
    ----------
    material : int, fen
        重要性水平: differences from it upward are 重大.
    """
    made = [_item_finding(row, money_unit, material) for row in records(differing(found))]
    made += [
        Finding(
            "sampling.over_tolerable",
            Severity.HIGH,
            Verdict.DIFFERS,
            subject=one.measure,
            expected=_shown(one, one.tolerable, money_unit),
            actual=_shown(one, one.limit, money_unit),
            details={"most_likely": _shown(one, one.most_likely, money_unit)},
        )
        for one in projections
        if one.limit > one.tolerable
    ]
    return made


def _item_finding(row: dict[str, Any], money_unit: str, material: int) -> Finding:
    unseen = row["visit"] == NOT_EXAMINABLE
    difference = int(row["difference_fen"])
    return Finding(
        "sampling.not_examinable" if unseen else "sampling.misstated",
        Severity.HIGH if abs(difference) >= material else Severity.MEDIUM,
        Verdict.UNDECIDED if unseen else Verdict.DIFFERS,
        subject=row["id"],
        expected=amount_text(int(row["audited_fen"]), money_unit),
        actual=amount_text(int(row["book_fen"]), money_unit),
        difference=amount_text(difference, money_unit),
        actual_source=row["source_row"],
    )


def _shown(one: Projected, value: Any, money_unit: str) -> str:
    return amount_text(whole_fen(value), money_unit) if one.in_money else percent_text(value)
