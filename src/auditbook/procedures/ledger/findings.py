"""Exceptions of ledger tests as findings, without personal data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

import pandas as pd

from auditbook.case.money import amount_text
from auditbook.facts import Finding, Severity, Verdict, records, row_ranges
from auditbook.procedures.ledger.benford import Benford

SEVERITIES = {
    "duplicate_payments": Severity.HIGH,
    "purpose_not_allowed": Severity.HIGH,
    "staff_payees": Severity.HIGH,
    "round_sums": Severity.LOW,
    "non_working_days": Severity.LOW,
    "voucher_gaps": Severity.LOW,
    "benford": Severity.LOW,
}
"""How serious an exception of a test is; of any other: 重大 from the materiality upward, else 一般.

Those of 提示 stay that whatever their sum: a date or a round sum says nothing against the money.
"""

_BY_VOUCHER = ("mixed_funds", "voucher_gaps")


def ledger_findings(exceptions: pd.DataFrame, *, money_unit: str, material: int) -> list[Finding]:
    """One finding per exception; returns that are explained are none.

    Payees are masked but for the first character (王＊＊), accounts never stand in a finding.

    Parameters
    ----------
    exceptions : DataFrame
        As :func:`~auditbook.procedures.ledger.ledger_tests` gives it.
    money_unit : str
        In which amounts are written: ``万元``.
    material : int, fen
        重要性水平.

    Returns
    -------
    list of Finding
        rule ``ledger.<test>``, or ``ledger.calendar_unknown``; subject: the voucher for tests of
        vouchers, else the payee; actual: the sum of its lines; details: those of ``detail``
        (``…_fen`` as text without that ending), ``lines_count``, ``first_date``, ``last_date``.
    """
    found = exceptions[exceptions["test"] != "returns"]
    cases = groupby(records(found), key=lambda record: (record["test"], record["case_no"]))
    return [_finding(test, list(lines), money_unit, material) for (test, _), lines in cases]


def benford_findings(results: Iterable[Benford]) -> list[Finding]:
    """A finding for each result that does not conform to Benford's law."""
    return [
        Finding(
            "ledger.benford",
            SEVERITIES["benford"],
            Verdict.UNDECIDED,
            subject=str(len(str(result.table["digits"].iloc[0]))),
            actual=f"{result.mad:.4f}",
            details={
                "n": str(result.n),
                "chi_square": f"{result.chi_square:.2f}",
                "p_value": f"{result.p_value:.4f}",
                "warnings": "、".join(result.warnings),
            },
        )
        for result in results
        if result.conformity == "nonconforming"
    ]


def masked(name: str) -> str:
    """A name of which only the first character is left: 王＊＊."""
    return f"{name[0]}＊＊" if name else ""


def _finding(test: str, lines: list[dict[str, Any]], money_unit: str, material: int) -> Finding:
    total = sum(int(line["amount_fen"]) for line in lines)
    severity = Severity.HIGH if abs(total) >= material else Severity.MEDIUM
    details = _details(lines[0]["detail"], money_unit)
    unknown = details.get("reason") == "calendar_unknown"
    rule = "calendar_unknown" if unknown else test
    documents = test in _BY_VOUCHER
    subject = _joined(lines, "document_no") if documents else _joined(lines, "payee", masked)
    return Finding(
        f"ledger.{rule}",
        SEVERITIES.get(test, severity),
        Verdict.UNDECIDED if unknown else Verdict.DIFFERS,
        unit=_joined(lines, "unit"),
        subject=subject,
        actual=amount_text(total, money_unit),
        actual_source="；".join(row_ranges([line["source_row"] for line in lines])),
        details=details | _counts(lines),
    )


def _details(detail: str, money_unit: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in detail.split(";"):
        key, separator, value = part.partition("=")
        if not separator:
            found["reason"] = key
        elif key.endswith("_fen"):
            found[key.removesuffix("_fen")] = amount_text(int(value), money_unit)
        else:
            found[key] = value
    return found


def _counts(lines: list[dict[str, Any]]) -> dict[str, str]:
    days = sorted(f"{line['date']:%Y-%m-%d}" for line in lines)
    return {"lines_count": str(len(lines)), "first_date": days[0], "last_date": days[-1]}


def _joined(lines: list[dict[str, Any]], column: str, shown: Callable[[str], str] = str) -> str:
    """Each value once, in the order of the lines."""
    return "、".join(dict.fromkeys(shown(line[column]) for line in lines if line[column]))
