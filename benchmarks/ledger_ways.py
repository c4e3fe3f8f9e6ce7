"""One way of testing and matching large ledgers, in a process of its own, for measuring.

    python benchmarks/ledger_ways.py product FOLDER --memory 4GB
    python benchmarks/ledger_ways.py pandas FOLDER

FOLDER is what ``synthetic_ledger.py`` wrote. Prints one JSON object: seconds and peak MiB of each
part, and for each test and rule how many lines it names and a hash of them: two ways that agree
print the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

PURPOSES = ("网格员补贴",)
LIMIT, SPLIT_DAYS, NEAR_DAYS, ROUND = 5_000_000, 10, 5, 100_000
CUT_OFF = date(2018, 12, 20)
DAYS = 30
KEYS = ("unit", "payee", "amount", "date")

Lines = dict[str, pd.Series]
"""Test or rule to what it names, one text a line."""


def product(folder: Path, memory: str) -> dict[str, Callable[[], Lines]]:
    """The procedures of auditbook on files."""
    from auditbook.case.ledger_settings import Days, Ledger, Split
    from auditbook.procedures.funds import match_transfers
    from auditbook.procedures.ledger import benford, ledger_tests
    from auditbook.query import connection

    settings = Ledger(
        fund="网格资金",
        duplicate_payments=KEYS,
        near_duplicates=Days(days=NEAR_DAYS),
        split_payments=Split(limit="5万元", days=SPLIT_DAYS),
        before_arrival=True,
        after_cut_off=True,
        purposes=PURPOSES,
        mixed_funds=True,
        round_sums="1000元",
        non_working_days=True,
        voucher_gaps=True,
    )

    def tests() -> Lines:
        with connection(memory=memory, folder=folder / "spill") as database:
            payments, received = (
                database.read_parquet(str(folder / f"{name}.parquet"))
                for name in ("payments", "received")
            )
            found = ledger_tests(payments, settings, receipts=received, cut_off=CUT_OFF)
            digits = benford(payments.select("amount"), digits=1)
        lines = {str(test): rows["entry_id"] for test, rows in found.groupby("test")}
        return lines | {"benford": digits.table["amounts_count"].astype(str)}

    def matching() -> Lines:
        with connection(memory=memory, folder=folder / "spill") as database:
            sent, received = (
                database.read_parquet(str(folder / f"{name}.parquet"))
                for name in ("sent", "received")
            )
            matches = match_transfers(sent, received, days=DAYS).matches
        pairs = matches["sent_id"] + matches["received_id"]
        rules = ("document_amount", "amount_unit_days")
        return {rule: pairs[matches["rule"] == rule] for rule in rules}

    return {"tests": tests, "matching": matching}


def by_hand(folder: Path, _: str) -> dict[str, Callable[[], Lines]]:
    """The same with pandas, as one writes it without a library for it."""
    import ledger_pandas as plain

    def read(name: str) -> pd.DataFrame:
        frame = pd.read_parquet(folder / f"{name}.parquet")
        return frame.assign(date=pd.to_datetime(frame["date"]))

    def tests() -> Lines:
        return plain.tests(read("payments"), read("received"))

    def matching() -> Lines:
        return plain.matching(read("sent"), read("received"), days=DAYS)

    return {"tests": tests, "matching": matching}


def datacompy(folder: Path, _: str) -> dict[str, Callable[[], Lines]]:
    """What datacompy says of transfers and receipts, joined by document number and unit."""
    from datacompy import PandasCompare  # type: ignore[import-not-found]

    def matching() -> Lines:
        sent = pd.read_parquet(folder / "sent.parquet")
        received = pd.read_parquet(folder / "received.parquet")
        columns = ["document_no", "unit", "amount"]
        compared = PandasCompare(sent[columns], received[columns], join_columns=columns[:2])
        rows = compared.intersect_rows
        equal = rows[rows["amount_match"]]
        return {"equal": equal["document_no"], "only_sent": compared.df1_unq_rows["document_no"]}

    return {"matching": matching}


def measured(part: Callable[[], Lines]) -> dict[str, Any]:
    """Seconds, and what came out: how many lines, and their hash."""
    begun = time.perf_counter()
    lines = part()
    seconds = time.perf_counter() - begun
    found = {
        name: [len(rows), hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()[:12]]
        for name, rows in sorted(lines.items())
        if len(rows)
    }
    return {"seconds": round(seconds, 2), "found": found}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=("product", "pandas", "datacompy"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("tests", "matching"), required=True)
    parser.add_argument("--memory", default="4GB")
    chosen = parser.parse_args()
    ways = {"product": product, "pandas": by_hand, "datacompy": datacompy}
    result = measured(ways[chosen.way](chosen.folder, chosen.memory)[chosen.part])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result | {"peak_mib": round(peak)}, ensure_ascii=False))  # noqa: T201


if __name__ == "__main__":
    main()
