"""How results look: numbers by their suffix, codes in words, everything escaped."""

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from auditbook.deliver import show
from auditbook.deliver.display import cell_text
from auditbook.facts import Finding, Severity, Verdict
from auditbook.workpaper import Recorded


def recorded(frame, *, kind="table", name="01.4_two_tables", lang="zh", synthetic=False):
    return Recorded(kind, name, frame, lang, "万元", synthetic)


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("used_fen", 123_456_789, "123.46"),
        ("used_fen", None, "—"),
        ("used_fen", -17_000_000, "-17.00"),
        ("use_rate", Fraction(299, 356), "83.99%"),
        ("use_rate", 0.50857142857, "50.86%"),
        ("use_rate", Fraction(12345, 100000), "12.35%"),  # half up, not to even
        ("points_points", Decimal("8.2"), "8.2"),
        ("grids_count", 3862, "3,862"),
        ("verdict", "undecided", "无法判定"),
        ("subject", "used、balance", "使用资金、结余资金"),
        ("role", "sample_and_pilot", "样本兼试点"),
        ("unit", "五华区", "五华区"),
        ("sha256", "0123456789abcdef", "0123456789ab…"),
    ],
)
def test_a_value_is_shown_by_the_suffix_of_its_column(column, value, text):
    assert cell_text(column, value, lang="zh", money_unit="万元") == text


def test_the_money_unit_stands_once_above_the_table():
    shown = show(recorded(pd.DataFrame({"unit": ["甲"], "used_fen": [1_000_000]})))

    assert repr(shown).count("万元") == 1
    assert shown._repr_html_().count("万元") == 1


def test_text_of_the_inputs_is_shown_and_never_run():
    frame = pd.DataFrame(
        {"unit": ["<script>alert(1)</script>"], "reason": ['"><img src=x onerror=y>']}
    )

    page = show(recorded(frame))._repr_html_()

    assert "<script>" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_sources_stand_last():
    frame = pd.DataFrame({"source_row": ["a.csv:2"], "unit": ["甲"]})

    assert [cell.text for cell in show(recorded(frame)).titles] == ["单位", "来源"]


def test_chinese_columns_line_up_in_plain_text():
    """A Chinese character is two columns wide: the sources start at one place."""
    frame = pd.DataFrame({"unit": ["五华区", "甲"], "source_row": ["x", "y"]})

    first, second = repr(show(recorded(frame))).splitlines()[-2:]

    assert first == "五华区  x"
    assert second == "甲      y"


def test_a_table_without_rows_says_so():
    shown = show(recorded(pd.DataFrame(columns=["unit", "used_fen"])))

    assert "无记录" in repr(shown)
    assert "无记录" in shown._repr_html_()


def test_a_long_table_is_cut_and_says_where_the_rest_is():
    frame = pd.DataFrame({"unit": [f"单位{i}" for i in range(200)]})

    text = repr(show(recorded(frame)))

    assert "单位49" in text
    assert "单位50" not in text
    assert "另有 150 行，见 tables/01.4_two_tables.csv" in text


def test_a_finding_is_a_sentence_with_its_code_as_anchor():
    finding = Finding(
        "funds.two_tables", Severity.HIGH, Verdict.DIFFERS, "五华区", "used", "40.00万元",
        "0.00万元", "40.00万元", "a.csv:4", "b.csv:3", {}, "F-01.4-1",
    )  # fmt: skip
    frame = pd.DataFrame([vars(finding)])

    shown = show(recorded(frame, kind="findings", name="01.4_findings"))

    assert "五华区：使用资金在分配表为 40.00万元，在使用表为 0.00万元，相差 40.00万元" in repr(
        shown
    )
    assert 'id="F-01.4-1"' in shown._repr_html_()
    assert 'class="ab-high"' in shown._repr_html_()


def test_the_same_table_has_the_same_html_each_time():
    frame = pd.DataFrame({"unit": ["甲"], "used_fen": [1]})

    assert show(recorded(frame))._repr_html_() == show(recorded(frame))._repr_html_()


def test_synthetic_data_say_so_under_every_table():
    frame = pd.DataFrame({"unit": ["甲"]})

    assert "合成数据" in repr(show(recorded(frame, synthetic=True)))
    assert "Synthetic" in repr(show(recorded(frame, synthetic=True, lang="en")))


def test_english_labels_for_the_same_table():
    frame = pd.DataFrame({"unit": ["甲"], "used_fen": [1_000_000], "verdict": ["ties"]})

    text = repr(show(recorded(frame, lang="en")))

    assert "Amounts in 10,000 yuan" in text
    assert "ties" in text
