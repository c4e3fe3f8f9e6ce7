"""What one cell may say, by the kind of its column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from auditbook.case.cells import LARGEST, SPREADSHEET_ERRORS, CellError, CellKind
from auditbook.case.columns import Title


def read(kind, text, *, unit="", blank=True, choices=()):
    return CellKind(Title(kind, "列", "Column", "", choices=choices, blank=blank), unit).read(text)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("40.00", 40_000_000),
        ("1,234.50", 1_234_500_000),
        ("１，２３４．５０", 1_234_500_000),
        ("-", 0),
        ("—", 0),
        ("——", 0),
        ("0", 0),
        ("40.00万元", 40_000_000),
        ("40 元", 4_000),
        ("5分", 5),
        ("(12.00)", -12_000_000),
        ("-12", -12_000_000),
        ("0.000001", 1),
    ],
)
def test_amounts_in_ten_thousands_of_yuan_become_fen(text, fen):
    assert read("money", text, unit="万元") == fen


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("约40", "应为以万元计的金额，例如 1,234.50"),
        ("12,34", "应为以万元计的金额"),
        ("1.2.3", "应为以万元计的金额"),
        ("40美元", "应为以万元计的金额"),
        ("50%", "应为以万元计的金额"),
        ("TRUE", "应为以万元计的金额"),
        ("2018-12-31", "应为以万元计的金额"),
        ("1e5", "应为以万元计的金额"),
        ("nan", "应为以万元计的金额"),
        ("0.0000001", "到分为止"),
        ("0.001元", "到分为止"),
        (str(LARGEST), "核对单位和位数"),
    ],
)
def test_what_is_no_amount_says_what_would_be(text, right):
    with pytest.raises(CellError, match=right) as caught:
        read("money", text, unit="万元")

    assert caught.value.message_en


@pytest.mark.parametrize(
    ("text", "count"), [("52", 52), ("1,644", 1644), ("52份", 52), ("５２ 人", 52), ("-", 0)]
)
def test_counts_are_whole_numbers(text, count):
    assert read("count", text) == count


@pytest.mark.parametrize("text", ["5.5", "五", "5万"])
def test_what_is_no_count_is_refused(text):
    with pytest.raises(CellError, match="应为整数"):
        read("count", text)


@pytest.mark.parametrize(
    ("text", "points"), [("8.20", "8.2"), ("8.2分", "8.2"), ("100", "100"), ("1E", None)]
)
def test_points_are_exact(text, points):
    if points is None:
        with pytest.raises(CellError, match=r"应为分数，例如 8\.2"):
            read("points", text)
    else:
        assert str(read("points", text)) == str(Decimal(points))


@pytest.mark.parametrize("text", ["83.99%", "3500", "1,234.50万元", "３５００", "3500个以上"])
def test_printed_figures_are_kept_as_printed(text):
    assert read("printed", text) == text


@pytest.mark.parametrize("text", ["-", "—", "/", ""])
def test_a_sign_for_nothing_is_no_printed_figure(text):
    assert read("printed", text) == ""


@pytest.mark.parametrize("text", ["约八成", "1,2,3", "优"])
def test_a_printed_figure_holds_a_number(text):
    with pytest.raises(CellError, match="应为印出的数"):
        read("printed", text)


@pytest.mark.parametrize(
    "text",
    ["2018-03-01", "2018/3/1", "2018.3.1", "2018年3月1日", "20180301", "２０１８-3-1",
     "2018-03-01 00:00:00"],
)  # fmt: skip
def test_dates_are_understood_as_people_write_them(text):
    assert read("date", text) == date(2018, 3, 1)


@pytest.mark.parametrize("text", ["2018-13-01", "2018年3月", "3/1/2018", "43160", "0208-03-01"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(CellError, match="例如 2018-12-31"):
        read("date", text)


@pytest.mark.parametrize("word", ["deduct", "扣分制", "Deduct", " 扣分制 "])
def test_a_choice_may_be_said_by_code_or_in_either_language(word):
    assert read("choice", word, choices=(("deduct", "扣分制", "deduct"),)) == "deduct"


def test_lists_are_joined_the_same_way_however_they_were_written():
    assert read("list", " P1，P2; P3、、P4 ,") == "P1、P2、P3、P4"


def test_ids_and_units_lose_only_what_printing_adds():
    assert read("id", " Ａ１ ") == "A1"
    assert read("unit", " 五 华　区 ") == "五华区"
    assert read("unit", "Lot A") == "Lot A"
    assert read("text", " 第一，第二 ") == "第一，第二"


@pytest.mark.parametrize("kind", ["text", "unit", "id", "money", "count", "printed", "date"])
@pytest.mark.parametrize("error", sorted(SPREADSHEET_ERRORS))
def test_spreadsheet_errors_are_refused_everywhere(kind, error):
    with pytest.raises(CellError, match="错误值"):
        read(kind, error)


@pytest.mark.parametrize("kind", ["money", "count", "points", "date"])
def test_an_empty_cell_is_missing_where_it_may_be_and_refused_elsewhere(kind):
    assert read(kind, "", unit="元") is None

    with pytest.raises(CellError, match="为空"):
        read(kind, "", unit="元", blank=False)
