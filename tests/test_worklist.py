"""The work list of site visits: written, filled in by people, read back, and not to be forged."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from auditbook.case import open_case
from auditbook.case.list_file import LIST_SHEET, SEAL_SHEET, seal
from auditbook.case.money import FEN_PER_UNIT, exact_text
from auditbook.cli import main
from auditbook.deliver.worklist import (
    FilledError,
    items_to_visit,
    worklist_bytes,
    write_worklist,
)
from auditbook.procedures.sampling import PlanError, population
from case_files import (
    PROJECT,
    SETTINGS,
    YEAR,
    only_problem_in,
    opened,
    problems_in,
    write_case,
    write_workbook,
)

ALLOCATION = """\
单位,到位资金,使用资金,结余资金
甲县,10.123456,10.123456,-
乙县,20.00,15.00,5.00
丙县,30.10,30.10,-
丁县,40.00,40.00,-
"""
SAMPLE = (
    "编号,身份,方法,理由\n甲县,样本,随机抽样,\n丙县,样本,随机抽样,\n丁县,样本兼试点,随机抽样,\n"
)
TABLES = {"allocation": ALLOCATION, "sample": SAMPLE}
FIRST = 6  # the row of the list's first item, as Excel counts

VOUCHERS = SETTINGS.replace("frame: allocation", "frame: payments").replace(
    "amount: arrived", "amount: amount"
)
PAYMENTS = """\
分录号,日期,单位,凭证号,金额（元）,收款人,收款账号,用途
V1,2018-03-01,甲县,记-1,1234.56,王小二,6222001,办公用品
V2,2018-04-02,乙县,记-2,-20.00,李大,6222002,退款
V3,2018-05-03,甲县,记-3,0.07,赵三,6222003,培训
"""
OF_VOUCHERS = {
    "payments": PAYMENTS,
    "sample": "编号,身份,方法\nV1,样本,随机抽样\nV2,样本,随机抽样\n",
}

needs_calc = pytest.mark.skipif(
    not shutil.which("soffice")
    or not Path(shutil.which("soffice") or "").resolve().with_name("libsclo.so").exists(),
    reason="needs LibreOffice: apt-get install libreoffice-calc",
)


def sent_out(tmp_path, tables=TABLES, *, settings=SETTINGS, **options):
    """A case and its list as it is sent out, in the folder of the case; the list's path."""
    folder = write_case(tmp_path, tables, settings=settings)
    case = opened(tmp_path)
    design = case.settings.sampling
    frame = population(case.table(design.frame))
    path = folder / "verified_funds.xlsx"
    items = items_to_visit(frame, case.sample, amount=design.amount)
    write_worklist(path, items, case.settings, **options)
    return path


def edited(path, change):
    """The list as a person saves it who changed something in it."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def fill(path, *rows):
    """Fill in rows from the first one on, each by title: what a person does on site."""

    def change(book):
        sheet = book[LIST_SHEET]
        titles = {cell.value: cell.column for cell in sheet[FIRST - 1]}
        for number, row in enumerate(rows, FIRST):
            for title, value in row.items():
                assert not sheet.cell(number, titles[title]).protection.locked
                sheet.cell(number, titles[title]).value = value

    edited(path, change)


def put(cell, value):
    """What somebody does who writes over a locked cell."""

    def change(book):
        book[LIST_SHEET][cell].value = value

    return change


def place(problem):
    return problem.file.partition("!")[2], problem.row, problem.column, problem.value


FOUND = (
    {"核定数": 10.123455, "结果": "已核查", "所见凭证": "记-1", "核查人": "张三",
     "核查日期": pd.Timestamp(2019, 3, 5), "说明": "少一分"},
    {"结果": "无法核查", "说明": "已拆迁"},
    {"核定数": 0, "结果": "替代程序"},
)  # fmt: skip


def test_a_list_that_was_filled_in_is_read_back_to_the_fen(tmp_path):
    path = sent_out(tmp_path)
    fill(path, *FOUND)

    table = opened(tmp_path).verified_funds

    assert table["id"].tolist() == ["甲县", "丙县", "丁县"]
    assert table["book"].tolist() == [10_123_456, 30_100_000, 40_000_000]
    assert table["audited"].tolist() == [10_123_455, pd.NA, 0]
    assert table["outcome"].tolist() == ["examined", "not_examinable", "alternative"]
    assert table["seen"].tolist() == ["记-1", "", ""]
    assert table["examined_by"].tolist() == ["张三", "", ""]
    assert table["date"].tolist()[0] == pd.Timestamp(2019, 3, 5)
    assert table["note"].tolist() == ["少一分", "已拆迁", ""]
    assert table["source_row"].tolist()[0] == f"verified_funds.xlsx!{LIST_SHEET}:{FIRST}"


def test_what_was_not_examined_yet_is_missing_not_zero(tmp_path):
    sent_out(tmp_path)

    case = opened(tmp_path)

    assert case.verified_funds["audited"].isna().all()
    assert case.verified_funds["outcome"].tolist() == ["", "", ""]
    assert case.total("verified_funds")["book"] == 80_223_456


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_vouchers_are_listed_with_what_names_them_and_read_back(tmp_path, lang):
    path = sent_out(tmp_path, OF_VOUCHERS, settings=VOUCHERS, lang=lang)
    fill(path, {"核定数": 1000.01} if lang == "zh" else {"Audited value": 1000.01})

    table = opened(tmp_path).verified_funds

    assert table["book"].tolist() == [123_456, -2_000]
    assert table["audited"].tolist() == [1_000_010_000, pd.NA]  # the case counts in 万元
    assert table["date"].isna().all()  # a voucher's own date is not that of the visit


def test_personal_data_stand_on_the_teams_own_copy_only(tmp_path):
    def texts(path):
        return {cell.value for row in openpyxl.load_workbook(path)[LIST_SHEET] for cell in row}

    path = sent_out(tmp_path, OF_VOUCHERS, settings=VOUCHERS)
    assert not texts(path) & {"王小二", "6222001", "收款人", "收款账号"}
    assert {"记-1", "办公用品"} <= texts(path)

    path.unlink()
    path = sent_out(tmp_path, OF_VOUCHERS, settings=VOUCHERS, own_copy=True)
    assert {"王小二", "6222001", "收款人", "收款账号"} <= texts(path)
    assert opened(tmp_path).verified_funds["id"].tolist() == ["V1", "V2"]


@needs_calc
def test_a_list_saved_by_libreoffice_ties_and_its_sums_are_those_we_stored(tmp_path):
    """Saved by openpyxl it has no stored sums, so LibreOffice works them out itself."""
    path = sent_out(tmp_path)
    stored = opened(tmp_path).total("verified_funds")["book"]
    fill(path, *FOUND)
    saved = tmp_path / "saved"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = ["soffice", "--headless", profile, "--convert-to", "xlsx", "--outdir", str(saved)]
    subprocess.run([*convert, str(path)], check=True, capture_output=True, timeout=120)
    shutil.copy(saved / path.name, path)

    case = opened(tmp_path)

    assert case.verified_funds["audited"].tolist() == [10_123_455, pd.NA, 0]
    assert case.total("verified_funds")["book"] == stored == 80_223_456
    assert case.total("verified_funds")["audited"] == 10_123_455


@pytest.mark.parametrize(
    "home", ["verified_funds.csv", "inputs.xlsx", "declared", "its only sheet"]
)
def test_a_list_is_found_wherever_tables_of_a_case_may_stand(tmp_path, home):
    rows: list[list[object]] = [
        ["编号", "账面数", "核定数"],
        ["甲县", 10.123456, 1],
        ["丙县", 30.1, ""],
        ["丁县", 40, 0],
    ]
    folder = write_case(tmp_path, TABLES)
    if home == "verified_funds.csv":
        text = "\n".join(",".join(map(str, row)) for row in rows)
        (folder / home).write_text(text, encoding="utf-8")
    elif home == "inputs.xlsx":
        write_workbook(folder / home, {"notes": [["x"]], "verified_funds": rows})
    elif home == "its only sheet":
        write_workbook(folder / "verified_funds.xlsx", {"Sheet1": rows})
    else:
        source = "sources: {verified_funds: {place: 现场, file: sub/清单.xlsx}}\n"
        write_case(tmp_path, TABLES, settings=SETTINGS + source)
        (folder / "sub").mkdir()
        write_workbook(folder / "sub" / "清单.xlsx", {"封面": [["x"]], LIST_SHEET: rows})

    assert opened(tmp_path).verified_funds["audited"].tolist() == [1_000_000, pd.NA, 0]


@pytest.mark.parametrize("name", ["worklist.xlsx", "现场核查清单（张三）.xlsx"])
def test_a_filled_list_under_another_name_is_never_passed_over(tmp_path, name):
    path = sent_out(tmp_path)
    path.rename(path.with_name(name))

    problem = only_problem_in(tmp_path)

    assert problem.file == name
    assert "请改名为 verified_funds.xlsx" in problem.message


TAMPERED = {
    "a row was added": (
        lambda book: book[LIST_SHEET].insert_rows(FIRST + 3)
        or put(f"B{FIRST + 3}", "乙县")(book)
        or put(f"D{FIRST + 3}", 20)(book),
        (FIRST + 3, "样本单位", "乙县"),
        "样本表（sample.csv）中没有它",
    ),
    "a row was removed": (
        lambda book: book[LIST_SHEET].delete_rows(FIRST + 1),
        (0, "样本单位", "丙县"),
        "清单缺少这一行：它在样本中（sample.csv:3）",
    ),
    "an id was changed": (
        put(f"B{FIRST}", "乙县"),
        (FIRST, "样本单位", "乙县"),
        "样本表（sample.csv）中没有它",
    ),
    "an amount was changed by a fen": (
        put(f"D{FIRST}", 10.123457),
        (FIRST, "账面数", "10.123457"),
        "应为 10.123456万元（allocation.csv:2）",
    ),
    "an amount was made negative": (
        put(f"D{FIRST + 1}", "(30.10)"),
        (FIRST + 1, "账面数", "(30.10)"),
        "应为 30.10万元（allocation.csv:4）",
    ),
    "an amount was cleared": (
        put(f"D{FIRST + 1}", None),
        (FIRST + 1, "账面数", ""),
        "金额为空",
    ),
    "a row was doubled": (
        put(f"B{FIRST + 1}", "甲县"),
        (FIRST + 1, "样本单位", "甲县"),
        "与第 6 行重复",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TAMPERED)
def test_a_list_that_was_tampered_with_is_refused_with_the_place(tmp_path, kind):
    change, where, words = TAMPERED[kind]
    path = sent_out(tmp_path)
    edited(path, change)

    problems = problems_in(tmp_path)

    told = {place(problem): problem for problem in problems}
    assert (LIST_SHEET, *where) in told
    assert words in told[LIST_SHEET, *where].message
    assert told[LIST_SHEET, *where].message_en


def test_an_id_that_was_changed_is_missing_under_its_old_name(tmp_path):
    path = sent_out(tmp_path)
    edited(path, put(f"B{FIRST}", "乙县"))

    found = [place(problem)[1:] for problem in problems_in(tmp_path)]

    assert (0, "样本单位", "甲县") in found


def test_all_that_was_tampered_with_is_told_at_once(tmp_path):
    path = sent_out(tmp_path)
    fill(path, {}, {}, {"结果": "已核查"})
    edited(path, put(f"D{FIRST}", 1))
    edited(path, lambda book: book[LIST_SHEET].delete_rows(FIRST + 1))

    found = [place(problem)[:3] for problem in problems_in(tmp_path)]

    assert [where for where in found if where[0] == LIST_SHEET] == [
        (LIST_SHEET, 0, "样本单位"),
        (LIST_SHEET, FIRST, "账面数"),
        (LIST_SHEET, FIRST + 1, "核定数"),
    ]
    assert found[-1][0] == SEAL_SHEET


def test_a_list_changed_in_step_with_the_sample_breaks_its_seal(tmp_path):
    """Sample and frame agree with it, so that nothing but the seal can tell."""
    path = sent_out(tmp_path)
    edited(path, lambda book: book[LIST_SHEET].delete_rows(FIRST + 1))
    sample = SAMPLE.replace("丙县,样本,随机抽样,\n", "")
    (path.parent / "sample.csv").write_text(sample, encoding="utf-8")

    problem = only_problem_in(tmp_path)

    sealed = seal([("甲县", 10_123_456), ("丙县", 30_100_000), ("丁县", 40_000_000)])
    assert (place(problem)[0], problem.column) == (SEAL_SHEET, "封签（SHA-256）")
    assert problem.value == sealed
    assert seal([("甲县", 10_123_456), ("丁县", 40_000_000)])[:12] in problem.message


def test_the_seal_itself_can_be_neither_cleared_nor_changed(tmp_path):
    def change_seal(value):
        def change(book):
            sheet = book[SEAL_SHEET]
            sheet.cell(sheet.max_row, sheet.max_column).value = value

        return change

    path = sent_out(tmp_path)
    for value in (None, "0" * 64):
        edited(path, change_seal(value))
        problem = only_problem_in(tmp_path)
        assert (place(problem)[0], problem.value) == (SEAL_SHEET, value or "")

    edited(path, lambda book: book[SEAL_SHEET].delete_rows(1, 30))
    assert place(only_problem_in(tmp_path))[0] == SEAL_SHEET


def test_rows_in_another_order_are_the_same_list(tmp_path):
    path = sent_out(tmp_path)

    def swap(book):
        for letter in "ABCD":
            first, second = (book[LIST_SHEET][f"{letter}{FIRST + n}"] for n in (0, 2))
            first.value, second.value = second.value, first.value

    edited(path, swap)

    assert opened(tmp_path).verified_funds["id"].tolist() == ["丁县", "丙县", "甲县"]


def test_a_frame_corrected_since_wants_the_list_written_again_or_corrected_too(tmp_path):
    """A correction of the list is one of its figures, not of what was sealed."""
    path = sent_out(tmp_path)
    head = "表,行,列,原值,新值,调整人,日期,原因\n"
    change = "{},丁县,{},40.00,41.00,某,2019-01-01,凭证\n"
    frame = change.format("allocation", "到位资金") + change.format("allocation", "使用资金")
    (path.parent / "adjustments.csv").write_text(head + frame, encoding="utf-8")

    problem = only_problem_in(tmp_path)
    assert (problem.row, problem.column) == (FIRST + 2, "账面数")
    assert "应为 41.00万元" in problem.message

    both = head + frame + change.format("verified_funds", "账面数")
    (path.parent / "adjustments.csv").write_text(both, encoding="utf-8")
    assert opened(tmp_path).verified_funds["book"].tolist()[2] == 41_000_000


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"结果": "已核查"}, "应填写核定数"),
        ({"结果": "替代程序"}, "应填写核定数"),
        ({"核定数": 3, "结果": "无法核查"}, "核定数应留空"),
        ({"核定数": 0, "结果": "无法核查"}, "核定数应留空"),
    ],
)
def test_an_outcome_that_contradicts_the_audited_value_is_refused(tmp_path, row, words):
    path = sent_out(tmp_path)
    fill(path, {}, row)

    problem = only_problem_in(tmp_path)

    assert (problem.row, problem.column) == (FIRST + 1, "核定数")
    assert words in problem.message


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("allocation", "30.10,30.10", "三十,30.10"),  # stands for 0 while reading goes on
        ("sample", "丙县,样本", "丙先,样本"),
        ("sample", "编号", "名"),
    ],
)
def test_a_problem_of_sample_or_frame_is_not_told_as_tampering(tmp_path, table, old, new):
    path = sent_out(tmp_path)
    text = TABLES[table].replace(old, new)
    (path.parent / f"{table}.csv").write_text(text, encoding="utf-8")

    assert {problem.file for problem in problems_in(tmp_path)} == {f"{table}.csv"}


@pytest.mark.parametrize("table", ["sample", "allocation"])
def test_a_list_without_sample_or_frame_cannot_be_compared(tmp_path, table):
    path = sent_out(tmp_path)
    (path.parent / f"{table}.csv").unlink()

    assert f"案卷没有 {table} 这张表" in only_problem_in(tmp_path).message


def test_text_never_becomes_a_formula(tmp_path):
    """Formulas, DDE and links as spreadsheets take them: =, +, -, @, and addresses."""
    evil = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "=HYPERLINK(1)", "12"]
    evil.append("http://127.0.0.1")
    payments = "分录号,日期,单位,凭证号,金额（元）,用途\n" + "".join(
        f'"{text}",2018-01-01,甲县,"{text}",1,"{text}"\n' for text in evil
    )
    sample = "编号,身份,方法,理由\n" + "".join(f'"{t}",样本,随机抽样,"{t}"\n' for t in evil)
    path = sent_out(tmp_path, {"payments": payments, "sample": sample}, settings=VOUCHERS)

    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row]

    assert sum(cell.value in evil for cell in cells) == 4 * len(evil)
    assert {cell.data_type for cell in cells if cell.value in evil} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert [cell.value[:7] for cell in cells if cell.data_type == "f"] == ["=ROUND("] * 2
    assert opened(tmp_path).verified_funds["id"].tolist() == evil


@pytest.mark.parametrize("unit", FEN_PER_UNIT)
def test_every_amount_is_read_back_to_the_fen_in_every_money_unit(tmp_path, unit):
    """Up to the largest that a case may hold, beyond the 15 digits of a spreadsheet too."""
    draw = random.Random(20180101)
    fen = [0, 1, -1, 10**15 - 1, 10**15 + 1, 10**17, 1 - 10**17]
    for digits in range(1, 15):
        fen += [draw.randrange(10**digits) for _ in range(8)]
    for amounts in (fen, [a for a in fen if abs(a) < 10**13]):
        ids = [f"V{number}" for number in range(len(amounts))]
        lines = [f"{i},2018-01-01,甲县,{a}" for i, a in zip(ids, amounts, strict=True)]
        payments = "分录号,日期,单位,金额（分）\n" + "\n".join(lines)
        sample = "编号,身份,方法\n" + "\n".join(f"{i},样本,随机抽样" for i in ids)
        settings = VOUCHERS.replace("money_unit: 万元", f"money_unit: {unit}")
        path = sent_out(
            tmp_path, {"payments": payments, "sample": sample}, settings=settings, force=True
        )

        assert opened(tmp_path).verified_funds["book"].tolist() == amounts
        assert opened(tmp_path).total("verified_funds")["book"] == sum(amounts)
        path.unlink()


def test_exact_text_shows_what_two_decimals_hide():
    fen = [40_000_000, 40_000_001, -1_230_000, 123_456_789_012]
    assert [exact_text(f, "万元") for f in fen] == ["40.00", "40.000001", "-1.23", "123,456.789012"]
    assert (exact_text(7, "元"), exact_text(1_234, "分")) == ("0.07", "1,234")


def test_the_same_list_has_the_same_bytes_and_no_time_of_its_own(tmp_path):
    path = sent_out(tmp_path)
    content = path.read_bytes()
    path.unlink()

    assert sent_out(tmp_path).read_bytes() == content
    core = zipfile.ZipFile(io.BytesIO(content)).read("docProps/core.xml").decode()
    assert core.count("2000-01-01T00:00:00Z") == 2


def test_the_seal_does_not_hang_on_the_order_and_tells_a_fen_apart():
    """Computed apart: printf 'A,1\\nB,20' | sha256sum (GNU coreutils 9.1)."""
    known = "38fe7acf44afdee41c6a4abf697bb2eab19d6dc2875cc7d8c3413bfbba3e8ab9"

    assert seal([("B", 20), ("A", 1)]) == known
    assert seal([("B", 20), ("A", 2)]) != known


def test_only_the_empty_cells_can_be_edited_and_they_take_what_can_be_read(tmp_path):
    book = openpyxl.load_workbook(sent_out(tmp_path))
    sheet = book[LIST_SHEET]

    unlocked = {cell.coordinate for row in sheet for cell in row if not cell.protection.locked}
    rules = {rule.type: rule for rule in sheet.data_validations.dataValidation}

    assert unlocked == {f"{letter}{FIRST + n}" for letter in "EFGHIJ" for n in range(3)}
    assert [s.protection.sheet for s in book] == [True, True]
    assert not sheet.protection.password
    assert rules["list"].formula1 == '"已核查,无法核查,替代程序"'
    assert {str(rules[kind].sqref) for kind in ("decimal", "date")} == {"E6:E8", "I6:I8"}


def test_the_list_prints_on_a4_across_with_its_header_on_each_page(tmp_path):
    sheet = openpyxl.load_workbook(sent_out(tmp_path))[LIST_SHEET]

    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 9, 0)
    assert sheet.print_title_rows == f"${FIRST - 1}:${FIRST - 1}"
    assert sheet.freeze_panes == f"C{FIRST}"


def test_the_second_sheet_says_how_the_sample_was_drawn(tmp_path):
    record = {"method": "monetary_unit", "seed": 7, "frame_hash": "ab12", "note to self": "x"}
    path = sent_out(tmp_path, record=record)

    notes = {row[0].value: row[1].value for row in openpyxl.load_workbook(path)[SEAL_SHEET]}

    assert notes["方法"] == "货币单元抽样"
    assert (notes["随机种子"], notes["总体的哈希值"], notes["note to self"]) == ("7", "ab12", "x")
    assert notes["账面数合计"] == "80.223456 万元"
    assert len(notes["封签（SHA-256）"]) == 64


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_list_of_a_synthetic_case_says_so(tmp_path, synthetic):
    settings = SETTINGS.replace("synthetic: true", f"synthetic: {str(synthetic).lower()}")
    sheet = openpyxl.load_workbook(sent_out(tmp_path, settings=settings))[LIST_SHEET]

    said = any("合成数据" in str(cell.value) for row in sheet for cell in row)
    assert said is synthetic


def test_a_list_without_items_is_a_list_that_cannot_be_read_back(tmp_path):
    path = sent_out(tmp_path)
    case = open_case(PROJECT, YEAR, root=tmp_path)
    none = items_to_visit(population(case.allocation), case.sample.head(0), amount="arrived")

    path.write_bytes(worklist_bytes(none, case.settings))

    assert any("标题行下面没有数据" in problem.message for problem in problems_in(tmp_path))


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ({"id": ["甲", "甲"], "amount_fen": [1, 2]}, "样本编号重复：甲"),
        ({"id": ["甲", "乙"], "amount_fen": [1, pd.NA]}, "样本没有账面数：乙"),
    ],
)
def test_items_that_cannot_be_listed_are_named(tmp_path, items, words):
    write_case(tmp_path, TABLES)

    with pytest.raises(PlanError, match=words):
        worklist_bytes(pd.DataFrame(items), opened(tmp_path).settings)


def test_only_an_empty_list_is_overwritten(tmp_path):
    path = sent_out(tmp_path)
    sent_out(tmp_path, lang="en")  # nobody has filled it in
    fill(path, {"Note": "x"})

    case = opened(tmp_path)
    items = items_to_visit(population(case.allocation), case.sample, amount="arrived")
    with pytest.raises(FilledError):
        write_worklist(path, items, case.settings)
    path.write_bytes(b"something else")
    with pytest.raises(FilledError):
        write_worklist(path, items, case.settings)
    write_worklist(path, items, case.settings, force=True)

    assert opened(tmp_path).verified_funds["note"].tolist() == ["", "", ""]


@pytest.fixture
def worklist(tmp_path, monkeypatch, capfd):
    """Run ``auditbook worklist``; exit code and everything said."""
    monkeypatch.setenv("AUDITBOOK_ROOT", str(tmp_path))
    monkeypatch.delenv("AUDITBOOK_OUT", raising=False)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["worklist", PROJECT, str(YEAR), *map(str, arguments)])
        said = capfd.readouterr()
        return ended.value.code or 0, said.out + said.err

    return run


def test_the_command_writes_into_the_outputs_and_spares_what_was_filled_in(tmp_path, worklist):
    folder = write_case(tmp_path, TABLES)
    path = tmp_path / "outputs" / PROJECT / str(YEAR) / "worklist.xlsx"

    code, said = worklist()
    assert code == 0
    assert str(path) in said
    assert "auditbook check test-grid 2018" in said

    fill(path, *FOUND)
    code, said = worklist()
    assert code == 5
    assert "--force" in said
    shutil.copy(path, folder / "verified_funds.xlsx")
    assert opened(tmp_path).verified_funds["audited"].tolist() == [10_123_455, pd.NA, 0]

    assert worklist("--out", tmp_path / "other.xlsx")[0] == 0
    assert worklist("--force")[0] == 0


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"allocation": ALLOCATION}, "没有样本表"),
        ({"sample": SAMPLE}, "没有总体 allocation"),
        ({"allocation": "单位\n甲县\n"}, "缺少这一列"),
    ],
)
def test_the_command_says_what_a_case_lacks(tmp_path, worklist, tables, words):
    write_case(tmp_path, tables)

    code, said = worklist()

    assert code == 1
    assert words in said


def test_the_command_says_where_it_cannot_write(tmp_path, worklist):
    write_case(tmp_path, TABLES)
    (tmp_path / "file").write_text("x", encoding="utf-8")

    code, said = worklist("--out", tmp_path / "file" / "list.xlsx")

    assert code == 5
    assert "file" in said
