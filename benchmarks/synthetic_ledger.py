"""A large synthetic ledger, for measuring: payments, transfers sent and receipts recorded.

    python benchmarks/synthetic_ledger.py FOLDER --lines 1000000

Writes ``payments.parquet`` with as many lines, ``sent.parquet`` with a fifth of them and
``received.parquet`` with nearly as many. Every line follows from its number: the same lines each
time. Units number their vouchers through the year and pay on working days; one line in 250
repeats another, one in 250 nearly, one in 1,000 is missing, one in 200 is five days late; of the
receipts one in ten writes the document number in another way, one in twenty has none, and some
are missing or differ.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path

import duckdb
from chinese_calendar import is_workday

UNITS = 2_000
_PAYMENTS = """
with numbers as (
    select i, case when hash(i, 1) % 250 = 0 and i >= {units} then i - {units} else i end as own,
           hash(i, 2) % 250 = 0 and i >= {units} as nearly
    from range({lines}) as r(i)
), basis as (
    select i, case when nearly then i - {units} else own end as k, nearly from numbers
)
select 'P' || lpad(i::varchar, 10, '0') as entry_id,
       day + case when hash(i, 3) % 200 = 0 then 5 when nearly then 2 else 0 end as date,
       'village' as level, '' as from_unit,
       '社区' || lpad((i % {units})::varchar, 5, '0') as unit,
       '记-' || lpad((i // {units} // 2 + 1)::varchar, 4, '0') as document_no,
       case when hash(k, 6) % 200 = 0 then (hash(k, 7) % 50 + 1)::bigint * 100000
            else floor(pow(10, 3 + (hash(k, 8) % 1000000) / 250000.0))::bigint end as amount,
       '收款人' || lpad((hash(k, 9) % ({lines} // 20 + 1))::varchar, 8, '0') as payee,
       '' as account,
       case hash(k, 10) % 100 when 0 then '招待费' when 1 then '车辆购置' else '网格员补贴' end
           as purpose,
       case when hash(k, 11) % 300 = 0 then '其他资金' else '网格资金' end as fund,
       '' as note, 'payments.parquet:' || (i + 1)::varchar as source_row
from basis join days on place = (k // {units}) * {days} // ({lines} // {units} + 1)
where hash(i, 12) % 1000 <> 0
"""
_SENT = """
select 'S' || lpad(i::varchar, 10, '0') as entry_id,
       date '2018-01-02' + (hash(i, 21) % 300)::integer as date,
       'county' as level, '县' || (hash(i, 22) % 200)::varchar as from_unit,
       '社区' || lpad((hash(i, 22) % {units})::varchar, 5, '0') as unit,
       '示财预〔2018〕' || i::varchar || '号' as document_no,
       floor(pow(10, 5 + (hash(i, 23) % 1000000) / 250000.0))::bigint as amount,
       '' as payee, '' as account, '' as purpose, '网格资金' as fund, '' as note,
       'sent.parquet:' || (i + 1)::varchar as source_row
from range({lines} // 5) as r(i)
"""
_RECEIVED = """
select 'R' || substr(entry_id, 2) as entry_id,
       date + (hash(entry_id, 31) % 20)::integer as date,
       'village' as level, from_unit, unit,
       case hash(entry_id, 32) % 20 when 0 then ''
            when 1 then replace(replace(document_no, '〔', '［'), '〕', '］')
            when 2 then replace(document_no, '号', ' 号') else document_no end as document_no,
       case when hash(entry_id, 33) % 200 = 0 then amount + 1 else amount end as amount,
       payee, account, purpose, fund, note,
       'received.parquet:' || row_number() over (order by entry_id) as source_row
from sent where hash(entry_id, 34) % 200 <> 0
"""


def _days(first: date, number: int) -> list[date]:
    return [first + timedelta(days=k) for k in range(number)]


def write(folder: Path, lines: int) -> None:
    """Write the three ledgers."""
    folder.mkdir(parents=True, exist_ok=True)
    days = [day for day in _days(date(2018, 1, 8), 350) if is_workday(day)]
    with duckdb.connect() as database:
        database.execute("create table days (place integer, day date)")
        database.executemany("insert into days values (?, ?)", list(enumerate(days)))
        for name, sql in (("payments", _PAYMENTS), ("sent", _SENT), ("received", _RECEIVED)):
            question = sql.format(lines=lines, units=UNITS, days=len(days))
            path = folder / f"{name}.parquet"
            database.execute(f"copy ({question}) to '{path}' (format parquet)")
            if name == "sent":
                database.execute(f"create view sent as from '{path}'")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=1_000_000)
    chosen = parser.parse_args()
    write(chosen.folder, chosen.lines)


if __name__ == "__main__":
    main()
