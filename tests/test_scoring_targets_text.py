"""Targets as people write them: what is read, what is left as text, whether they are reached."""

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.procedures.errors import PlanError
from auditbook.procedures.scoring.targets_reached import attained, completion
from auditbook.procedures.scoring.targets_text import TargetText, parse_target, target_text
from auditbook.procedures.scoring.targets_units import chinese_number, measure

few = settings(max_examples=80, deadline=None, derandomize=True)

CORPUS = Path(__file__).parent / "reference" / "scoring_targets.csv"
with CORPUS.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def number_or_day(text):
    if not text:
        return None
    return date.fromisoformat(text) if text.count("-") == 2 else Decimal(text)


def read(row):
    return parse_target(
        row["text"], unit=row["unit"], year=int(row["year"]) if row["year"] else None
    )


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['text']} {row['year']}" for row in ROWS])
def test_a_target_is_read_as_practice_means_it_or_kept_as_text(row):
    """Typed from practice: tests/reference/README.md."""
    target = read(row)

    assert target == TargetText(
        text=row["text"],
        operator=row["operator"] or None,
        value=number_or_day(row["value"]),
        unit=row["its_unit"],
        low=number_or_day(row["low"]),
        high=number_or_day(row["high"]),
        reason=row["reason"],
    )
    assert str(target.value or "") == str(number_or_day(row["value"]) or "")


def test_the_corpus_holds_readable_and_unreadable_targets_once_each():
    asked = {(row["text"], row["unit"], row["year"]) for row in ROWS}

    assert len(asked) == len(ROWS) >= 80
    assert {row["reason"] for row in ROWS} == {
        "", "empty", "words", "no_year", "ambiguous", "conflict", "order",
    }  # fmt: skip
    assert all(bool(row["operator"]) != bool(row["reason"]) for row in ROWS)


def same(one, other):
    fields = ("operator", "value", "unit", "low", "high")
    return [getattr(one, f) for f in fields] == [getattr(other, f) for f in fields]


def test_what_was_read_prints_so_that_it_is_read_again_as_the_same():
    """A day without a year is read again only where the year is given again."""
    printed = [(row["unit"], read(row)) for row in ROWS if row["reason"] != "no_year"]

    again = [parse_target(target_text(target), unit=unit) for unit, target in printed]

    assert [
        target.text
        for (_, target), other in zip(printed, again, strict=True)
        if not same(other, target) or target_text(other) != target_text(target)
    ] == []


numbers = st.decimals(0, 10**9, places=2) | st.integers(0, 10**9).map(Decimal)
units = st.sampled_from(["%", "天", "个工作日", "万元", "元/人·年", "万人次", "个示范点", "户"])


@few
@given(st.sampled_from(["ge", "gt", "le", "lt", "eq", "bare"]), numbers, units)
def test_any_number_printed_is_read_again(operator, value, unit):
    target = TargetText("", operator, value, unit)

    assert same(parse_target(target_text(target)), target)


@few
@given(numbers, numbers, units)
def test_any_range_printed_is_read_again(one, other, unit):
    low, high = sorted([one, other])
    target = TargetText("", "between", None, unit, low, high)

    again = parse_target(target_text(target))

    assert same(again, target) if low < high else again.reason == "order"


@few
@given(st.sampled_from(["ge", "gt", "le", "lt", "eq", "bare"]), st.dates(date(1990, 1, 1)))
def test_any_day_printed_is_read_again(operator, day):
    if day.year >= 2100:
        day = day.replace(year=2020, day=min(day.day, 28))

    assert same(
        parse_target(target_text(TargetText("", operator, day))), TargetText("", operator, day)
    )


@few
@given(st.text("0123456789.,%≥≤<>-~ 年月日底前以上下内不超过天个万元十两半（含）率", max_size=12))
def test_no_text_is_an_error_and_every_text_is_kept(text):
    target = parse_target(text)

    assert target.text == text
    assert (target.operator is None) == (target.reason != "")
    assert same(parse_target(target_text(target)), target)


@few
@given(st.integers(1, 9999))
def test_numbers_in_words_are_the_numbers(number):
    """Written with 零 where a place is empty: 一千零五, 三百二十."""
    digits, words, gap = "零一二三四五六七八九", "", False
    for place, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        gap = gap or (bool(words) and not digit)
        if digit:
            words += ("零" if gap and words else "") + digits[digit] + sign
            gap = False

    assert chinese_number(words) == number


REACHED = [
    ("≥90%", "90%", "reached"), ("≥90%", "89.99%", "not_reached"), (">90%", "90%", "not_reached"),
    ("≤30天", "30日", "reached"), ("≥3年", "2018年", "undecided"),
    ("≤30天", 31, "not_reached"), ("<5%", "5%", "not_reached"),
    ("=100%", "100%", "reached"), ("=100%", "101%", "not_reached"),
    ("80%-90%", "80%", "reached"), ("80%-90%", "91%", "not_reached"),
    ("2栋", "2栋", "reached"), ("2栋", "3栋", "undecided"), ("2栋", 1, "undecided"),
    ("≥3500个", 3862, "reached"), ("≥90%", "95", "reached"), ("≥90%", "0.95", "undecided"),
    ("≥90%", "0", "not_reached"), ("≥90%", "≥95%", "reached"), ("≥90%", "≥85%", "undecided"),
    ("≥90%", "≤89%", "not_reached"), (">90%", "≥90%", "undecided"), ("≥90%", "＞90%", "reached"),
    ("≤90%", "＞90%", "not_reached"), ("≥90%", "85%-95%", "undecided"),
    ("≤1万元", "9999元", "reached"), ("≤1万元", "10000.01元", "not_reached"),
    ("≤5天", "5个工作日", "undecided"), ("≤2小时", "119分钟", "reached"),
    ("≥9成", "90%", "reached"), ("≥1年", "12个月", "reached"), ("≥10户", "12人", "undecided"),
    ("=1年", "12个月", "reached"), ("=1年", "4个季度", "reached"), ("=2小时", "120分钟", "reached"),
    ("=1分钟", "60秒", "reached"), ("=1公里", "1000米", "reached"), ("=1米", "100厘米", "reached"),
    ("=1米", "1000毫米", "reached"), ("=1吨", "1000公斤", "reached"),
    ("=1千克", "1000克", "reached"),
    ("=1%", "10‰", "reached"), ("=1百万元", "100万元", "reached"), ("=1千元", "1000元", "reached"),
    ("=1亿元", "10000万元", "reached"), ("=1万元/个月", "10000元/月", "reached"),
    ("2018年12月31日前", "2018年12月31日", "reached"),
    ("2018年12月31日前", date(2019, 1, 1), "not_reached"),
    ("2018年12月31日前", 43465, "undecided"), ("≥90%", date(2018, 1, 1), "undecided"),
    ("≥90%", "已完成", "undecided"), ("≥90%", None, "undecided"), ("≥90%", "", "undecided"),
    ("显著", "100%", "undecided"), ("12月底前", "2018年12月1日", "undecided"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "actual", "verdict"), REACHED)
def test_a_target_is_reached_only_where_everything_says_so(target, actual, verdict):
    assert attained(parse_target(target), actual) == verdict


@pytest.mark.parametrize(
    ("actual", "better", "verdict"),
    [(3, "higher", "reached"), (3, "lower", "not_reached"), (1, "higher", "not_reached"),
     (1, "lower", "reached"), (2, "lower", "reached")],
)  # fmt: skip
def test_a_bare_number_has_the_direction_that_is_declared(actual, better, verdict):
    assert attained(parse_target("2栋"), actual, better=better) == verdict


def test_kunming_2018_grids_and_grid_workers_reached_their_target():
    """3,862 grids and 5,716 grid workers, 3500 each asked for."""
    target = parse_target("3500", unit="个")

    assert attained(target, "3862", better="higher") == "reached"
    assert completion(target, 5716, better="higher") == Fraction(5716, 3500)


COMPLETION = [
    ("≥90%", "81%", Fraction(9, 10)), ("≥100个", 120, Fraction(6, 5)), (">50户", 50, Fraction(1)),
    ("≤30天", 40, Fraction(3, 4)), ("≤30天", 20, Fraction(3, 2)),
    ("≤1万元", "8000元", Fraction(5, 4)),
    ("80%-90%", "85%", Fraction(1)), ("80%-90%", "40%", Fraction(1, 2)),
    ("80%-90%", "100%", Fraction(9, 10)), ("2栋", 2, Fraction(1)), ("2栋", 1, None),
    ("=100%", "90%", None), ("=100%", "100%", Fraction(1)), ("≤30天", 0, None), ("≥0个", 5, None),
    ("≥-5%", "3%", None), ("≥90%", "≥95%", None), ("≥90%", "0.95", None), ("≥90%", None, None),
    ("≤5天", "4个工作日", None), ("2018年12月31日前", "2018年12月1日", None), ("显著", 5, None),
    ("≥3户", Fraction(1, 3), Fraction(1, 9)),
]  # fmt: skip


@pytest.mark.parametrize(("target", "actual", "rate"), COMPLETION)
def test_completion_is_actual_over_target_or_its_inverse_where_less_is_better(target, actual, rate):
    """财预〔2020〕10号: 实际完成率 = 实际产出 / 计划产出."""
    assert completion(parse_target(target), actual) == rate


positive = st.decimals("0.01", "999", places=2)


@few
@given(st.sampled_from("≥≤"), positive, positive, positive)
def test_completion_is_monotone_and_is_1_exactly_where_the_target_is_reached(
    sign, wanted, one, other
):
    target = parse_target(f"{sign}{wanted}天")
    worse, better = sorted([one, other], reverse=sign == "≤")

    lower, higher = completion(target, worse), completion(target, better)
    assert lower is not None and higher is not None and lower <= higher
    for value, rate in ((worse, lower), (better, higher)):
        assert (rate >= 1) == (attained(target, value) == "reached")


@few
@given(st.sampled_from([("万元", "元"), ("小时", "分钟"), ("千米", "米"), ("年", "个月")]),
       st.sampled_from("≥≤><"), positive, positive)  # fmt: skip
def test_the_unit_in_which_the_actual_value_is_written_changes_nothing(pair, sign, wanted, value):
    large, small = pair
    target = parse_target(f"{sign}{wanted}{large}")
    times = measure(large)[1] / measure(small)[1]
    converted = f"{Decimal(times.numerator) / times.denominator * value:f}{small}"

    assert attained(target, converted) == attained(target, f"{value}{large}") != "undecided"
    assert completion(target, converted) == completion(target, f"{value}{large}") is not None


def test_an_unknown_direction_is_refused():
    more: Any = "more"
    with pytest.raises(PlanError, match="higher, lower"):
        attained(parse_target("2栋"), 3, better=more)
