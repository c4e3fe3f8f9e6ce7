"""Transfers sent against receipts recorded, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditbook.case.money import amount_text
from auditbook.facts import Finding, Verdict, records
from auditbook.procedures.funds.common import severity_of
from auditbook.procedures.funds.exceptions import exceptions, no_exceptions
from auditbook.procedures.funds.lump_sums import lump_sums
from auditbook.procedures.funds.pairs import Rest, pair_rules, pairs, same_document_and_amount
from auditbook.query import Table, no_rows

MATCH_COLUMNS = [
    "match_no", "rule", "sent_id", "received_id", "unit", "sent_fen", "received_fen",
    "difference_fen", "days", "sent_source", "received_source",
]  # fmt: skip

_WHOLE = ("match_no", "sent_fen", "received_fen", "difference_fen", "days")


@dataclass(frozen=True)
class Matches:
    """Transfers and receipts that belong together, and what is left of either.

    Every line is in exactly one of the four tables.

    Attributes
    ----------
    matches : DataFrame, one row per transfer and receipt, in the order of the rules
        match_no, rule (``document_amount``, ``amount_unit_days``, ``lump_sent``,
        ``lump_received``), sent_id, received_id, unit, sent_fen, received_fen, difference_fen =
        sent − received, days from transfer to receipt, sent_source, received_source. A lump sum
        has a row per part, and each row the share of the lump that the part makes up; what a
        tolerance lets pass stands in the last one.
    unmatched_sent, unmatched_received : DataFrame
        Exceptions of these names, one line each.
    differences : DataFrame
        Exceptions ``amount_mismatch``, two lines each: the transfer and the receipt of the same
        document number and unit; detail ``sent_fen=…;received_fen=…``.
    """

    matches: pd.DataFrame
    unmatched_sent: pd.DataFrame
    unmatched_received: pd.DataFrame
    differences: pd.DataFrame

    @property
    def exceptions(self) -> pd.DataFrame:
        """All that did not match: unmatched_sent, unmatched_received, amount_mismatch."""
        tables = [self.unmatched_sent, self.unmatched_received, self.differences]
        return pd.concat(tables, ignore_index=True)

    def by_rule(self) -> pd.DataFrame:
        """How much each rule matched, and what is left.

        Returns
        -------
        DataFrame, one row per rule that matched something, then per kind of exception
            rule, sent_count, received_count (lines), sent_fen, received_fen.
        """
        rows = [
            {
                "rule": rule,
                "sent_count": lines["sent_id"].nunique(),
                "received_count": lines["received_id"].nunique(),
                "sent_fen": int(lines["sent_fen"].sum()),
                "received_fen": int(lines["received_fen"].sum()),
            }
            for rule, lines in self.matches.groupby("rule", sort=False)
        ]
        rows += [
            _left(str(test), lines) for test, lines in self.exceptions.groupby("test", sort=False)
        ]
        columns = ["rule", "sent_count", "received_count", "sent_fen", "received_fen"]
        return pd.DataFrame(rows, columns=columns)


class _Match(NamedTuple):
    rule: str
    sent: tuple[int, ...]
    received: tuple[int, ...]


def match_transfers(sent: Table, received: Table, *, days: int = 30, tolerance: int = 0) -> Matches:
    """Transfers sent against receipts recorded; a line is used once, whatever order rows have.

    Rules one after another, each on what those before it left. Money returned (negative on both
    sides) is matched by the same rules; lines of different sign never belong together.

    1. ``document_amount``: the same document number (as
       :func:`~auditbook.procedures.funds.documents.normal_document_no` has it), receiving unit
       and amount, the first with the first by date and entry; days do not matter. Then, where
       there is a tolerance, amounts within it, the closest first.
    2. ``amount_unit_days``: the same unit and amount, received 0 to `days` days after it was sent,
       and at least one of the two without document number; the nearest in days first, then the
       earliest. Then, where there is a tolerance, amounts within it.
    3. ``lump_sent``, ``lump_received``: one transfer received in several sums, several transfers
       received as one, within the days; bounds as in
       :func:`~auditbook.procedures.funds.lump_sums.lump_sums`: at most 6 parts among the 20
       nearest lines.
    4. Same document number and unit but another amount: a difference, the closest first.

    Parameters
    ----------
    sent, received : DataFrame or DuckDB relation, one row per line
        entry_id unique, date, unit (the receiving one), payee, document_no, amount in fen,
        source_row. Both of one kind.
    days : int
        A receipt before its transfer is no match by rules 2 and 3.
    tolerance : int, fen
    """
    if no_rows(sent, received):
        return _nothing()
    exact, only_sent, only_received = same_document_and_amount(sent, received)
    left, right = Rest(only_sent), Rest(only_received)
    found = []
    for rule, condition, order in pair_rules(days, tolerance):
        found += [_Match(rule, (s,), (r,)) for s, r in pairs(left, right, condition, order)]
    found += _lumps(left, right, days=days, tolerance=tolerance)
    differing = pairs(left, right, "s.no = r.no and s.no <> ''", "gap, abs(days)")
    return Matches(
        _table(exact, found, left.lines, right.lines),
        _unmatched("unmatched_sent", left.open),
        _unmatched("unmatched_received", right.open),
        _differences(differing, left.lines, right.lines),
    )


def _nothing() -> Matches:
    """What comes of ledgers without lines."""
    kinds = dict.fromkeys(MATCH_COLUMNS, "str") | dict.fromkeys(_WHOLE, "int64")
    matches, lines = pd.DataFrame(columns=MATCH_COLUMNS).astype(kinds), no_exceptions()
    return Matches(matches, lines, lines, lines)


def matching_findings(table: pd.DataFrame, *, money_unit: str, material: int) -> list[Finding]:
    """One finding for each exception of :func:`match_transfers`.

    Parameters
    ----------
    table : DataFrame
        :attr:`Matches.exceptions` or any of its parts.
    money_unit : str
    material : int, fen
        From this amount, or difference, upward a finding is 重大.
    """
    findings = []
    for _, lines in table.groupby(["test", "case_no"], sort=False):
        first, *others = records(lines)
        sides = _sent_and_received(first, others)
        amounts = [0 if side is None else int(side["amount_fen"]) for side in sides]
        rule = {
            "unmatched_sent": "funds.unmatched_sent",
            "unmatched_received": "funds.unmatched_received",
            "amount_mismatch": "funds.amount_mismatch",
        }[first["test"]]
        findings.append(
            Finding(
                rule,
                severity_of(amounts[0] - amounts[1], material),
                Verdict.DIFFERS,
                unit=first["unit"],
                subject=first["document_no"],
                expected=amount_text(amounts[0], money_unit),
                actual=amount_text(amounts[1], money_unit),
                difference=amount_text(amounts[0] - amounts[1], money_unit),
                expected_source="" if sides[0] is None else sides[0]["source_row"],
                actual_source="" if sides[1] is None else sides[1]["source_row"],
                details={
                    "date": f"{first['date']:%Y-%m-%d}",
                    "document_no": first["document_no"] or "—",
                },
            )
        )
    return findings


def _lumps(left: Rest, right: Rest, *, days: int, tolerance: int) -> list[_Match]:
    """Lump sums of either side; looking back in time is looking forward with days negated."""
    found = []
    limits = {"days": days, "tolerance": tolerance}
    for whole, parts in lump_sums(left.as_lines(sign=1), right.as_lines(sign=1), **limits):
        found.append(_Match("lump_sent", (whole,), parts))
        left.use([whole])
        right.use(parts)
    for whole, parts in lump_sums(right.as_lines(sign=-1), left.as_lines(sign=-1), **limits):
        found.append(_Match("lump_received", parts, (whole,)))
        left.use(parts)
        right.use([whole])
    return found


def _table(
    exact: pd.DataFrame, found: Sequence[_Match], sent: pd.DataFrame, received: pd.DataFrame
) -> pd.DataFrame:
    counts = np.array([max(len(match.sent), len(match.received)) for match in found], dtype=int)
    sides = [
        lines.iloc[[place for match in found for place in _one_per_row(match)[side]]]
        for side, lines in enumerate((sent, received))
    ]
    left, right = (lines.reset_index(drop=True) for lines in sides)
    later = pd.DataFrame(
        {
            "sent_id": left["entry_id"],
            "received_id": right["entry_id"],
            "unit": left["unit"],
            "days": (right["date"] - left["date"]).dt.days,
            "sent_source": left["source_row"],
            "received_source": right["source_row"],
        }
    )
    later["sent_fen"], later["received_fen"] = _shares(found, left["amount"], right["amount"])
    rows = pd.concat([exact, later], ignore_index=True)
    rules = [match.rule for match in found]
    rows["rule"] = ["document_amount"] * len(exact) + np.repeat(rules, counts).tolist()
    numbers = np.repeat(np.arange(len(found)), counts) + len(exact) + 1
    rows["match_no"] = np.concatenate([np.arange(1, len(exact) + 1), numbers])
    rows["difference_fen"] = rows["sent_fen"] - rows["received_fen"]
    kinds = dict.fromkeys(MATCH_COLUMNS, "str") | dict.fromkeys(_WHOLE, "int64")
    return rows[MATCH_COLUMNS].astype(kinds)


def _left(test: str, lines: pd.DataFrame) -> dict[str, Any]:
    """An exception of one side counts there; of an amount that differs the two lines on both."""
    sent: list[int] = []
    received: list[int] = []
    for _, case in lines.groupby("case_no"):
        first, *others = records(case)
        for side, line in zip((sent, received), _sent_and_received(first, others), strict=True):
            side += [] if line is None else [int(line["amount_fen"])]
    return {
        "rule": test,
        "sent_count": len(sent),
        "received_count": len(received),
        "sent_fen": sum(sent),
        "received_fen": sum(received),
    }


def _one_per_row(match: _Match) -> tuple[tuple[int, ...], tuple[int, ...]]:
    rows = max(len(match.sent), len(match.received))
    return match.sent * (rows // len(match.sent)), match.received * (rows // len(match.received))


def _shares(
    found: Sequence[_Match], sent: pd.Series[Any], received: pd.Series[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Amounts of both sides by row; a lump's are its parts', and the last row takes the rest."""
    left, right = (side.to_numpy(dtype=np.int64, copy=True) for side in (sent, received))
    start = 0
    for match in found:
        rows = slice(start, start + max(len(match.sent), len(match.received)))
        if match.rule == "lump_sent":
            left[rows] = _spread(int(left[start]), right[rows])
        elif match.rule == "lump_received":
            right[rows] = _spread(int(right[start]), left[rows])
        start = rows.stop
    return left, right


def _spread(whole: int, parts: NDArray[np.int64]) -> NDArray[np.int64]:
    shares = parts.copy()
    shares[-1] += whole - int(parts.sum())
    return shares


def _unmatched(test: str, lines: pd.DataFrame) -> pd.DataFrame:
    return exceptions(test, lines.assign(amount_fen=lines["amount"], detail=""), case="place")


def _differences(
    differing: Sequence[tuple[int, int]], sent: pd.DataFrame, received: pd.DataFrame
) -> pd.DataFrame:
    places = [[s for s, _ in differing], [r for _, r in differing]]
    left, right = (
        lines.iloc[at].assign(pair=range(len(at)))
        for lines, at in zip((sent, received), places, strict=True)
    )
    details = [
        f"sent_fen={s};received_fen={r}"
        for s, r in zip(left["amount"], right["amount"], strict=True)
    ]
    both = pd.concat([left.assign(detail=details), right.assign(detail=details)])
    return exceptions("amount_mismatch", both.assign(amount_fen=both["amount"]), case="pair")


def _sent_and_received(
    first: dict[str, Any], others: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    if first["test"] == "unmatched_sent":
        return first, None
    if first["test"] == "unmatched_received":
        return None, first
    (other,) = others
    sent_first = first["detail"].startswith(f"sent_fen={first['amount_fen']};")
    return (first, other) if sent_first else (other, first)
