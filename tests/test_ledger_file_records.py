"""Records of a ledger: counted as Python's csv module counts them, read as they were written."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.case.errors import InputError
from auditbook.case.grid import Row
from auditbook.case.ledger_head import understood
from auditbook.case.ledger_problems import Tally
from auditbook.case.ledger_records import RecordSorter
from ledger_files import HEADER, frame, read

CELL = st.text(alphabet='",\n\r 　ａ１，”：合计注元1aé\u00a0', max_size=8)
ENDS = st.sampled_from(("\n", "\r\n"))


def _sorted(text: str) -> RecordSorter:
    header = Row(1, tuple(HEADER.strip().split(",")))
    raw = understood(
        Path("payments.csv"), "payments.csv", [header], table="payments", money_unit="元",
        columns={}, problems=[],
    )  # fmt: skip
    assert raw is not None
    sorter = RecordSorter(raw, io.StringIO(newline=""), Tally())
    sorter.add_lines(iter(io.StringIO(text, newline="")), 2)
    sorter.finish()
    return sorter


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='",\n\r 　ａ１合计注：P1', max_size=60))
def test_any_text_has_the_records_that_the_csv_module_finds(text):
    try:
        expected = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        with pytest.raises(InputError, match="引号没有成对"):
            _sorted(text)
        return

    sorter = _sorted(text)

    blank = [cells for cells in expected if not any(cell.strip() for cell in cells)]
    total = sorter.total is not None
    assert (sorter.records, sorter.blank) == (len(expected), len(blank))
    assert sorter.written + sorter.blank + sorter.notes + sorter.rejected + total == sorter.records


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=8), ENDS, st.booleans())
def test_entries_have_the_cells_that_were_written_and_the_line_on_which_they_begin(
    rows, end, all_quoted
):
    text = io.StringIO(newline="")
    writer = csv.writer(
        text, lineterminator=end, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    )
    begins = {}
    for number, row in enumerate(rows):
        cells = [f"P{number}", "2018-03-05", *row[2:]]
        if not all_quoted:  # csv leaves a bare \r without quotes in older Pythons
            cells = [cell.replace("\r", "") for cell in cells]
        begins[2 + len(io.StringIO(text.getvalue(), newline="").readlines())] = cells
        writer.writerow(cells)

    sorter = _sorted(text.getvalue())

    sorter.out.seek(0)
    kept = list(csv.reader(sorter.out))
    assert {int(line): cells for line, _, *cells in kept} == begins


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(CELL, CELL, st.integers(-(10**15), 10**15), st.booleans()), min_size=1),
    ENDS,
    st.sampled_from(("utf-8", "utf-8-sig", "gb18030")),
)
def test_what_is_read_is_what_was_written(entries, end, encoding):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER.strip().split(","))
    for number, (payee, note, fen, blank) in enumerate(entries):
        amount = f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
        writer.writerow((f"P{number}", "2018-03-05", "甲县", amount, payee, note))
        text.write(end if blank else "")

    with tempfile.TemporaryDirectory() as folder:
        ledger = read(Path(folder), text.getvalue().encode(encoding), encoding=None)
        found = frame(ledger)

    blanks = sum(blank for *_, blank in entries)
    assert (ledger.records, ledger.blank) == (len(entries) + blanks, blanks)
    assert found["amount"].tolist() == [fen for _, _, fen, _ in entries]
    assert found["payee"].tolist() == [payee.strip() for payee, *_ in entries]
    assert found["note"].tolist() == [note.strip() for _, note, *_ in entries]
    assert ledger.amount == sum(fen for _, _, fen, _ in entries)


def test_a_quoted_line_break_is_part_of_its_record(tmp_path):
    ledger = read(tmp_path, HEADER + 'P1,2018-03-05,甲县,1,"张\n三",\nP2,2018-03-05,甲县,1,,\n')

    assert ledger.records == 2
    assert frame(ledger)["payee"].tolist() == ["张\n三", ""]
    assert frame(ledger)["source_row"].tolist() == ["payments.csv:2", "payments.csv:4"]


def test_quotes_inside_cells_without_quotes_are_text_as_in_small_tables(tmp_path):
    ledger = read(tmp_path, HEADER + 'P1,2018-03-05,甲县,1,3" 管,a"b\n')

    assert frame(ledger)["payee"].tolist() == ['3" 管']


def test_line_ends_of_every_kind_end_a_record(tmp_path):
    line = "P{},2018-03-05,甲县,1,,"

    ledger = read(
        tmp_path, HEADER + line.format(1) + "\r\n" + line.format(2) + "\r" + line.format(3)
    )

    assert frame(ledger)["source_row"].str[13:].tolist() == ["2", "3", "4"]


def test_a_record_without_end_is_refused_before_it_is_held(tmp_path):
    text = HEADER + 'P1,2018-03-05,甲县,1,,\nP2,"' + ("x\n" * 50_000 + '","') * 60 + '"\n'

    (problem,) = read(tmp_path, text).problems

    assert (problem.row, "超过 2 MB 还没有结束" in problem.message) == (3, True)
