"""The three ledgers as files, and the truth with the entries they got."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from auditbook.query import connection, literal
from auditbook.synthesize.book import Book, Entry, Paid, Received, Sent, Truth
from auditbook.synthesize.settings import FUND, FUNDS, PURPOSES
from auditbook.synthesize.vouchers import Payments, payment_id
from auditbook.synthesize.world import LEVELS


@dataclass(frozen=True)
class Ledgers:
    """All lines of a year, numbered.

    Attributes
    ----------
    sent, received : lists in the order of the ledger
    regular : dict of (unit, period) to list of Received
        What was booked of each regular instalment.
    """

    sent: list[Sent]
    received: list[Received]
    regular: Mapping[tuple[int, int], list[Received]]
    payments: Payments


def number_flows(
    sent: Iterable[Sent], unsent: Iterable[Received]
) -> tuple[list[Sent], list[Received]]:
    """Transfers and receipts by date, numbered T00001 and R00001 on."""
    sent = sorted(sent, key=lambda line: (line.day, line.unit, line.document))
    received = [line for one in sent for line in one.received] + list(unsent)
    received.sort(key=lambda line: (line.day, line.unit, line.document, line.amount))
    for number, one in enumerate(sent, 1):
        one.entry = f"T{number:05d}"
    for number, line in enumerate(received, 1):
        line.entry = f"R{number:05d}"
    return sent, received


def write_flows(book: Book, ledgers: Ledgers, folder: Path) -> None:
    """``transfers.csv`` and ``receipts.csv``."""
    for name, lines in (("transfers", ledgers.sent), ("receipts", ledgers.received)):
        frame = pd.DataFrame(
            {
                "entry": [line.entry for line in lines],
                "day": np.array([line.day for line in lines], dtype="int64"),
                "level": [LEVELS[book.world.level[line.unit]] for line in lines],
                "from_unit": [book.world.names[line.sender] for line in lines],
                "unit": [book.world.names[line.unit] for line in lines],
                "document": [line.document for line in lines],
                "amount": np.array([line.amount for line in lines], dtype="int64"),
            }
        )
        sql = f"""
            select entry as 分录号, {_DATE} as 日期, level as 层级, from_unit as 拨出单位,
                unit as 单位, nullif(document, '') as 指标文号, {_YUAN} as "金额（元）",
                {literal(FUND)} as 资金名称
            from lines
        """
        _copy(sql, frame, folder / f"{name}.csv")


def write_payments(book: Book, payments: Payments, folder: Path) -> None:
    """``payments.csv``."""
    columns = payments.columns
    names, accounts = book.payees.texts()
    units = np.array(book.world.names, dtype=object)
    notes = np.full(len(columns["unit"]), "", dtype=object)
    for place, note in payments.notes.items():
        notes[place] = note
    frame = pd.DataFrame(
        {
            "line": np.arange(1, len(notes) + 1),
            "day": columns["day"],
            "level": np.array(LEVELS, dtype=object)[book.world.level[columns["unit"]]],
            "unit": units[columns["unit"]],
            "number": columns["number"],
            "amount": columns["amount"],
            "payee": names[columns["payee"]],
            "account": accounts[columns["payee"]],
            "purpose": np.array(PURPOSES, dtype=object)[columns["purpose"]],
            "fund": np.array(FUNDS, dtype=object)[columns["fund"]],
            "note": notes,
        }
    )
    sql = f"""
        select printf('P%05d', line) as 分录号, {_DATE} as 日期, level as 层级, unit as 单位,
            printf('记-%04d', number) as 凭证号, {_YUAN} as "金额（元）", payee as 收款人,
            nullif(account, '') as 收款账号, purpose as 用途, fund as 资金名称,
            nullif(note, '') as 备注
        from lines
    """
    _copy(sql, frame, folder / "payments.csv")


_DATE = "strftime(date '1970-01-01' + day::integer, '%Y-%m-%d')"
_YUAN = (
    "case when amount < 0 then '-' else '' end || printf('%d.%02d', abs(amount) // 100, "
    "abs(amount) % 100)"
)


def _copy(sql: str, lines: pd.DataFrame, path: Path) -> None:
    with connection() as database:
        database.execute("set preserve_insertion_order = true")
        database.register("lines", lines)
        database.execute(f"copy ({sql}) to {literal(str(path))} (format csv, header)")


def truth_table(book: Book, ledgers: Ledgers, year: int) -> pd.DataFrame:
    """What was planted.

    Returns
    -------
    DataFrame, one row per error or near miss
        kind, planted (``error``, ``decoy``), year, table, entries (joined by 、), note.
    """
    places = {id(line): len(book.alive) + i for i, line in enumerate(book.paid)}
    rows = [_truth_row(truth, ledgers, places, year) for truth in book.truth]
    return pd.DataFrame(rows, columns=["kind", "planted", "year", "table", "entries", "note"])


def _truth_row(
    truth: Truth, ledgers: Ledgers, places: Mapping[int, int], year: int
) -> tuple[str, str, int, str, str, str]:
    found: list[str] = []
    for entry in truth.entries:
        found += _entry_ids(entry, ledgers, places)
    entries = "、".join(dict.fromkeys(found))
    return truth.kind, truth.planted, year, truth.table, entries, truth.note


def _entry_ids(entry: Entry, ledgers: Ledgers, places: Mapping[int, int]) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    if isinstance(entry, tuple):
        return [line.entry for line in ledgers.regular[entry]]
    if isinstance(entry, Paid | int):
        place = places[id(entry)] if isinstance(entry, Paid) else entry
        return [payment_id(int(ledgers.payments.place[place]))]
    return [entry.entry]
