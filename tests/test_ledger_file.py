"""Ledgers of any size: what is read is what a small table would give, to the fen and the line."""

from __future__ import annotations

import random
from datetime import date

import pandas as pd
import pytest

from auditbook.case.errors import InputError
from auditbook.case.ledger_file import read_ledger
from auditbook.query import connection
from case_files import SETTINGS, opened, problems_in, write_case
from ledger_files import COLUMNS, HEADER, frame, read, told, units, written

UNITS = "单位,层级,别名\n甲县,县,甲区、甲市\n乙县,县,\n"
AMOUNTS = (
    "{:.2f}", "{:,.2f}", "+{:.2f}", "({:.2f})", "（{:.2f}）", "-{:.2f}", "−{:.2f}", "¥{:.2f}",
    "{:.2f}元", "{:.2f} 元人民币", "{:.2f}00", " {:.2f} ", "{:.2f}万元",
)  # fmt: skip
DATES = (
    "{0}-{1:02d}-{2:02d}", "{0}-{1}-{2}", "{0}/{1}/{2}", "{0}.{1:02d}.{2:02d}", "{0}年{1}月{2}日",
    "{0}{1:02d}{2:02d}", "{0}-{1:02d}-{2:02d} 00:00:00", "　{0}－{1}－{2}",
)  # fmt: skip


def test_a_ledger_becomes_a_parquet_file_of_its_entries(tmp_path):
    ledger = read(
        tmp_path, HEADER + "P1,2018-03-05,甲县,12.30,张三,\nP2,2018-03-06,乙县,-0.01,,x\n"
    )

    entries = frame(ledger)

    assert (ledger.records, ledger.rows, ledger.rejected, ledger.amount) == (2, 2, 0, 1229)
    assert tuple(entries.columns) == COLUMNS
    assert entries["amount"].tolist() == [1230, -1]
    assert entries["date"].dt.date.tolist() == [date(2018, 3, 5), date(2018, 3, 6)]
    assert entries["source_row"].tolist() == ["payments.csv:2", "payments.csv:3"]
    assert entries["fund"].tolist() == ["", ""]
    with connection() as database:
        kinds = [str(kind) for kind in ledger.relation(database).types]
    assert (kinds[6], kinds[1], set(kinds) - {"BIGINT", "DATE"}) == ("BIGINT", "DATE", {"VARCHAR"})


def test_the_same_ledger_gives_the_same_frame_as_in_a_case(tmp_path):
    text = _many_forms(300)
    folder = write_case(
        tmp_path,
        {"units": UNITS, "payments": text},
        settings=SETTINGS.replace("万元\nfund", "元\nfund"),
    )
    small = opened(tmp_path).payments

    ledger = read_ledger(
        folder / "payments.csv",
        table="payments",
        money_unit="元",
        target=tmp_path / "payments.parquet",
        names=units(甲区="甲县", 甲市="甲县"),
    )

    large = frame(ledger)
    large["date"] = large["date"].astype("datetime64[ns]")
    pd.testing.assert_frame_equal(large.astype(small.dtypes), small)
    assert (ledger.blank, ledger.totals) == (30, 1)
    assert {use.written for use in ledger.uses} == {"甲区", "甲市"}


def test_a_bad_ledger_has_the_same_problems_as_in_a_case(tmp_path):
    folder = write_case(
        tmp_path, {"units": UNITS, "payments": _every_fault()},
        settings=SETTINGS.replace("万元\nfund", "元\nfund"),
    )  # fmt: skip
    small = problems_in(tmp_path)

    ledger = read_ledger(
        folder / "payments.csv",
        table="payments",
        money_unit="元",
        target=tmp_path / "payments.parquet",
        names=units(甲区="甲县", 甲市="甲县"),
    )

    assert set(told(ledger)) == {problem.line() for problem in small}
    assert ledger.problem_count == len(small)
    assert [problem.row for problem in ledger.problems] == sorted(p.row for p in small)


def test_a_title_line_and_the_unit_above_the_header_are_understood(tmp_path):
    ledger = read(
        tmp_path,
        "2018年支付明细账,,,\n单位：万元,,,\n\nEntry,Date,Unit,Amount\nP1,2018-03-05,甲县,1.000001\n",
    )

    assert frame(ledger)["amount"].tolist() == [1_000_001]
    assert frame(ledger)["source_row"].tolist() == ["payments.csv:5"]
    assert ledger.above == ("2018年支付明细账", "单位：万元")


def test_the_unit_of_a_title_goes_before_that_of_the_case(tmp_path):
    ledger = read(tmp_path, "编号,日期,单位,金额（分）\nP1,2018-03-05,甲县,12\n")

    assert frame(ledger)["amount"].tolist() == [12]


@pytest.mark.parametrize(
    ("unit", "text", "fen"),
    [
        ("元", "90071992547409.93", 9_007_199_254_740_993),
        ("元", "999999999999999.99", 99_999_999_999_999_999),
        ("元", "0.29", 29),
        ("万元", "0.000001", 1),
        ("万元", "12345678901.234567", 12_345_678_901_234_567),
        ("亿元", "9999999.9999999999", 99_999_999_999_999_999),
        ("分", "12.00", 12),
        ("元", "1,234,567.8", 123_456_780),
        ("千元", "1,234.5", 123_450_000),
    ],
)
def test_amounts_are_exact_to_the_fen(tmp_path, unit, text, fen):
    ledger = read(tmp_path, HEADER + f'P1,2018-03-05,甲县,"{text}",,\n', money_unit=unit)

    assert frame(ledger)["amount"].tolist() == [fen]


def test_the_printed_total_is_taken_out_and_checked(tmp_path):
    rows = HEADER + "P1,2018-03-05,甲县,12.30,,\nP2,2018-03-05,甲县,1.00,,\n"

    ledger = read(tmp_path, rows + "合计,,,13.30,,\n")
    assert (len(frame(ledger)), ledger.totals, ledger.records) == (2, 1, 3)

    wrong = read(tmp_path, rows + "合 计,,,13.31,,\n")
    assert told(wrong) == [
        "payments.csv › 第 4 行 › 金额：填写为“13.31”，合计应为 13.30元（2 行相加），相差 0.01元；"
        "原件如此的，在 adjustments.csv 里改正并写明依据"
    ]


def test_notes_below_the_table_are_no_entries(tmp_path):
    ledger = read(tmp_path, HEADER + "P1,2018-03-05,甲县,12.30,,\n注：含退回,,,,,\n2、另见,,,,,\n")

    assert (len(frame(ledger)), ledger.notes) == (1, 2)


def test_units_go_by_the_names_of_the_case(tmp_path):
    rows = HEADER + "P1,2018-03-05,甲 区,1,,\nP2,2018-03-05,甲县,1,,\n"

    ledger = read(tmp_path, rows, names=units(甲区="甲县"))

    assert frame(ledger)["unit"].tolist() == ["甲县", "甲县"]
    assert [(use.written, use.unit, use.place) for use in ledger.uses] == [
        ("甲区", "甲县", "payments.csv:2")
    ]


def test_entries_stand_in_the_order_of_the_file_and_the_file_is_the_same_each_time(tmp_path):
    lines = [f"P{i},2018-03-05,甲县,{'1.5' if i % 7 else '（1.5）'},,\n" for i in range(150_000)]
    text = HEADER + "".join(lines)

    first = read(tmp_path, text)
    content = first.path.read_bytes()

    assert frame(first)["source_row"].tolist() == [f"payments.csv:{i + 2}" for i in range(150_000)]
    assert read(tmp_path, text).path.read_bytes() == content


def test_a_refused_ledger_has_no_entries_and_takes_older_ones_away(tmp_path):
    good = read(tmp_path, HEADER + "P1,2018-03-05,甲县,1,,\n")
    assert good.path.is_file()

    bad = read(tmp_path, HEADER + "P1,2018-03-05,甲县,x,,\n")

    assert not bad.path.exists()
    with connection() as database, pytest.raises(InputError, match="应为以元计的金额"):
        bad.relation(database)


def test_a_ledger_is_never_overwritten_by_its_entries(tmp_path):
    path = written(tmp_path, "x", file="payments.parquet")

    with pytest.raises(ValueError, match="target"):
        read_ledger(path, table="payments", money_unit="元", target=path)

    assert path.read_text() == "x"


def _many_forms(count):
    random.seed(5)
    lines = ["支付明细账,,,,,,,,\n", "编号,日期,层级,单位,凭证号,金额,收款人,收款账号,摘要\n"]
    total = 0
    for number in range(count):
        day = (2018, random.randint(1, 12), random.randint(1, 28))
        form = random.choice(AMOUNTS)
        fen = random.randint(1, 9_999_999_99)
        minus = form[0] in "(（-−"
        total += (-fen if minus else fen) * (10_000 if "万" in form else 1)
        cells = [
            random.choice(("P{}", "Ｐ{}", "支付-{}号", " P{}x ", "“{}”")).format(number),
            random.choice(DATES).format(*day),
            random.choice(("县", "county", "", "社区", "乡镇")),
            random.choice(("甲县", "甲区", "甲 市", "乙县", " 乙县　")),
            random.choice(("记-0001", "记〔2018〕１号", "", "½")),
            form.format(fen / 100),
            random.choice(("张三", "　张三 ", '李"四', "王\n五", "a,b", "\u00a0x")),
            random.choice(("6222000011112222", "６２２２", "")),
            random.choice(("办公费", "3#楼", "# 1", "换\r\n行", "")),
        ]
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n")
        if number % 10 == 9:
            lines.append(random.choice(("\n", ",,,,,,,,\n", " ,　,,,,,,,\n")))
    lines.append(f"合计,,,,,{total // 100}.{total % 100:02d},,,\n")
    return "".join(lines)


def _every_fault():
    return HEADER.replace("备注", "层级,说明书") + (
        "P1,2018-03-05,甲县,1.00,,县,\n"
        "P2,2018-02-30,甲县,1.001,,x,\n"
        "P1,2018-03-05,甲州县,十元,,,\n"
        ",2018-03-05,,,,,\n"
        "P5,,乙县,1e5,#REF!,,\n"
        "P6,18-3-5,乙县,nan,张三,村,\n"
        "P6,20181301,乙县,10000000000000000,张三,,\n"
        "小计,,,3.00,,,\n"
        "P8,2018-03-05,甲县,1,234.00,张三,,x\n"
        "P9,2018-03-05\n"
        "合计,,,9.00,,,\n"
        "总计,,,9.00,,,\n"
        "Ｐ1,2018-03-05,甲县,5,,,\n"
        "#N/A,2018-03-05,甲县,5,,,\n"
    )


def test_a_path_is_not_needed_to_be_named_after_the_table(tmp_path):
    path = written(tmp_path, HEADER + "P1,2018-03-05,甲县,1,,\n", file="2018支付.csv")

    ledger = read_ledger(
        path, table="payments", money_unit="元", target=tmp_path / "p.parquet", file="账/支付.csv"
    )

    assert frame(ledger)["source_row"].tolist() == ["账/支付.csv:2"]
