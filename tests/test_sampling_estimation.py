"""Estimates of totals: four methods against R survey, coverage, properties, impossible input."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling.estimate_tables import (
    differences_table,
    estimate_strata,
    estimate_summary,
)
from auditbook.procedures.sampling.estimation import METHODS, estimate_total
from reference_tables import estimate_of
from reference_values import differing, references

FOLDER = Path(__file__).parent / "reference"
FIVE = pd.DataFrame({"x": [100, 80, 60, 40, 120], "y": [95, 80, 55, 40, 108]})
"""Example of the R package samplingbook (mbes): five of 50 units, book total 4,200."""


def estimate(sample=FIVE, **changed):
    given: Any = {"population": 50, "method": "difference", "audited": "y", "book": "x"}
    return estimate_total(sample, **(given | {"book_total": 4200} | changed))


def vouchers():
    samples = pd.read_csv(FOLDER / "sampling_estimation_samples.csv")
    return samples[samples["sample"] == "vouchers"]


SIZES = {"large": 24, "middle": 60, "small": 150}
TOTALS = {"large": 2_050_000, "middle": 1_860_000, "small": 980_000}


def by_stratum(method, sample=None, **changed):
    sample = vouchers() if sample is None else sample
    given = {"population": SIZES, "book_total": TOTALS, "strata": "stratum", "method": method}
    return estimate(sample, **(given | changed))


@pytest.mark.parametrize("rows", references("sampling_estimation"))
def test_totals_are_those_of_the_source(rows):
    assert differing(SimpleNamespace(estimate_total=estimate_of), rows) == []


def test_the_ratio_carries_the_books_of_the_population_into_its_error():
    """samplingbook 1.2.4 and Cochran: 79.726, without the factor (X / N) / x̄ = 84 / 80."""
    assert round(estimate(method="ratio").standard_error / (84 / 80), 3) == 79.726


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_limits_are_two_sided_by_student(confidence):
    found = estimate(confidence=confidence)
    width = stats.t.ppf((1 + confidence) / 2, 4) * found.standard_error

    assert found.upper - found.point == pytest.approx(width, rel=1e-12)
    assert found.point - found.lower == pytest.approx(width, rel=1e-12)


def test_misstatement_is_book_total_less_audited_total():
    found = estimate()

    assert (found.book_total, found.misstatement) == (4200, 220)
    assert found.misstatement_lower == pytest.approx(4200 - found.upper)
    assert found.misstatement_upper == pytest.approx(4200 - found.lower)


def test_without_a_book_total_nothing_is_said_of_misstatement():
    found = estimate(method="mean_per_unit", book=None, book_total=None)

    assert found.point == 3780
    assert (found.misstatement, found.misstatement_lower, found.misstatement_upper) == (None,) * 3
    assert (found.book_total, found.differences) == (None, None)


@pytest.mark.parametrize("method", METHODS)
def test_a_single_stratum_gives_what_no_strata_give(method):
    whole = estimate(method=method)
    one = estimate(
        FIVE.assign(area="a"), method=method, strata="area", population=pd.Series({"a": 50}),
        book_total=pd.Series({"a": 4200}),
    )  # fmt: skip

    for field in ("point", "lower", "upper", "standard_error", "df", "warnings", "misstatement"):
        assert getattr(one, field) == getattr(whole, field), field


@pytest.mark.parametrize("method", METHODS)
def test_strata_add_up(method):
    found = by_stratum(method)
    table = found.table

    assert list(table["stratum"]) == list(SIZES)
    assert list(table["sample_count"]) == [8, 6, 5]
    assert table["point"].sum() == pytest.approx(found.point, rel=1e-12)
    assert table["misstatement"].sum() == pytest.approx(found.misstatement, rel=1e-12)
    assert (table["standard_error"] ** 2).sum() == pytest.approx(found.standard_error**2)
    assert table["df"].sum() == found.df
    assert (found.n, found.population) == (19, 234)


def test_a_difference_estimate_needs_only_the_book_total_of_all_strata():
    known, together = by_stratum("difference"), by_stratum("difference", book_total=4_890_000)

    assert (together.point, together.lower, together.upper) == (
        known.point, known.lower, known.upper,
    )  # fmt: skip
    assert together.misstatement == known.misstatement
    assert together.table["point"].isna().all()
    assert list(together.table["misstatement"]) == list(known.table["misstatement"])


def test_mean_per_unit_by_stratum_ties_to_one_book_total():
    together = by_stratum("mean_per_unit", book_total=4_890_000)

    assert together.misstatement == by_stratum("mean_per_unit").misstatement
    assert together.table["misstatement"].isna().all()


@pytest.mark.parametrize("method", METHODS)
def test_a_stratum_wholly_examined_enters_with_its_total_and_without_allowance(method):
    """Key items: sampling error and degrees of freedom are those of the rest."""
    key = pd.DataFrame({"stratum": "key", "x": range(900, 1000), "y": range(800, 900)})
    both = pd.concat([vouchers(), key])
    sizes, totals = SIZES | {"key": 100}, TOTALS | {"key": int(key["x"].sum())}
    found, rest = by_stratum(method, both, population=sizes, book_total=totals), by_stratum(method)

    assert found.point == pytest.approx(rest.point + int(key["y"].sum()), rel=1e-15)
    assert (found.standard_error, found.df) == (rest.standard_error, rest.df)
    assert found.warnings == rest.warnings


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("strata", [None, "stratum"])
def test_a_census_gives_the_exact_total(method, strata):
    sample, books = vouchers(), vouchers().groupby("stratum")["x"]
    whole = {"population": len(sample), "book_total": int(sample["x"].sum())}
    parts = {"population": books.size(), "book_total": books.sum()}
    found = estimate(sample, method=method, strata=strata, **(parts if strata else whole))

    assert found.lower == found.point == found.upper == sample["y"].sum()
    assert (found.standard_error, found.df, found.warnings) == (0, 0, ("census",))


def test_a_census_of_one_unit_needs_no_variance():
    assert estimate(FIVE.iloc[:1], population=1, book_total=100, method="regression").point == 95


def test_a_census_that_does_not_tie_to_the_books_is_refused():
    with pytest.raises(PlanError, match=r"合计 400.*4200"):
        estimate(population=5)
    with pytest.raises(PlanError, match="add up to 400"):
        estimate(FIVE.assign(area="a"), strata="area", population={"a": 5}, book_total=4200)


def test_amounts_beyond_floats_are_added_exactly():
    sample = pd.DataFrame({"x": [10**16, 10**16 + 3, 10**16 + 5], "y": [10**16 - 1] * 3})
    found = estimate(sample, population=4, book_total=4 * 10**16 + 9)

    assert found.misstatement == pytest.approx(4 * (1 + 4 + 6) / 3, rel=1e-15)
    assert found.standard_error == pytest.approx(np.std([1, 4, 6], ddof=1) * (4 / 3) ** 0.5)


def test_other_numbers_count_as_the_decimals_that_they_print():
    yuan = FIVE / 100
    decimals = yuan.map(lambda value: Decimal(str(value)))

    for sample in (yuan, decimals):
        found = estimate(sample, book_total=42)
        assert found.point == 39.8
        assert found.standard_error == pytest.approx(1.0457055, abs=5e-8)


# ---- warnings


def units_differing(count, others=40):
    """So many of the units with a difference of one fen, in turn up and down."""
    book = [1000 + 7 * k for k in range(count + others)]
    found = [x + (-1) ** k if k < count else x for k, x in enumerate(book)]
    return pd.DataFrame({"x": book, "y": found})


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("count", "codes"),
    [(0, ("no_differences",)), (1, ("few_differences",)), (19, ("few_differences",)), (20, ())],
)
def test_few_differences_are_said_to_be_few(method, count, codes):
    """Rule of thumb: no normal interval under 20 differences."""
    warnings = estimate(
        units_differing(count), population=500, method=method, book_total=10**6
    ).warnings
    expected = () if method == "mean_per_unit" else codes

    assert tuple(code for code in warnings if code.endswith("differences")) == expected


def test_differences_of_wholly_examined_strata_do_not_count_as_many():
    key = units_differing(50, others=0).assign(stratum="key")
    both = pd.concat([units_differing(19).assign(stratum="rest"), key])
    totals = {"rest": 10**6, "key": int(key["x"].sum())}
    found = estimate(both, strata="stratum", population={"rest": 500, "key": 50}, book_total=totals)

    assert found.warnings == ("few_differences",)
    assert found.differences == 69


@pytest.mark.parametrize(("one_in", "last_warned"), [(5, 55), (7, 98)])
def test_skewed_amounts_need_more_than_25_times_the_square_of_their_skewness(one_in, last_warned):
    """Cochran (1977), section 2.15: n > 25 G², here 56.25 and 104.17."""
    warned = {}
    for n in range(6 * one_in, 20 * one_in, one_in):
        y = pd.Series([10**9 if k % one_in == 0 else 10**6 for k in range(n)])
        found = estimate(pd.DataFrame({"y": y}), method="mean_per_unit", population=1000, book=None)
        warned[n] = "skewed" in found.warnings
        assert warned[n] == (n <= 25 * stats.skew(y.to_numpy(dtype="float64")) ** 2), n

    assert max(n for n, skewed in warned.items() if skewed) == last_warned


@pytest.mark.parametrize("largest", [120_400, 400_000, 2_000_000])
def test_strata_are_skewed_together(largest):
    """The skewness of a sum of independent estimates, by its moments: 1 / 5 or more."""
    sample = vouchers().replace({"y": {118_900: largest}})
    third = square = 0.0
    for name, part in sample.groupby("stratum"):
        y, n, size = part["y"].to_numpy(dtype="float64"), len(part), SIZES[name]
        third += size**3 * stats.moment(y, 3) / n**2
        square += size**2 * stats.moment(y, 2) / n
    skewed = abs(third) / square**1.5 >= 0.2

    assert ("skewed" in by_stratum("mean_per_unit", sample).warnings) == skewed
    assert skewed == (largest > 120_400)


@pytest.mark.parametrize(
    ("books", "total", "warned"),
    [
        ([100, 80, 60, 40, 120], 4200, False),
        ([100, 80, 0, 40, 120], 4200, True),
        ([100, 80, -60, 40, 120], 4200, True),
        ([100, 80, 60, 40, 120], -4200, True),
        ([-100, -80, -60, -40, -120], -4200, False),
    ],
)
def test_a_ratio_of_books_at_nought_or_of_both_signs_has_no_meaning(books, total, warned):
    found = estimate(FIVE.assign(x=books), method="ratio", book_total=total)

    assert ("ratio_without_meaning" in found.warnings) == warned
    assert found.standard_error >= 0


# ---- impossible input


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"population": 4}, "population.*不小于 5.*给的是 4"),
        ({"population": 0}, "population"),
        ({"population": 50.5}, "population"),
        ({"population": {"a": 50}}, "要用 strata"),
        ({"book_total": {"a": 50}}, "要用 strata"),
        ({"book_total": "many"}, "book_total.*'many'"),
        ({"confidence": 95}, "0.95"),
        ({"confidence": 1}, "confidence"),
        ({"method": "quotient"}, "mean_per_unit, difference, ratio, regression.*'quotient'"),
        ({"book": None}, "没有给 book；"),
        ({"book_total": None}, "没有给 book_total"),
        ({"book": None, "book_total": None, "method": "ratio"}, "没有给 book、book_total"),
        ({"audited": "z"}, "没有 z 列；有的列：x, y"),
        ({"strata": "area"}, "没有 area 列"),
        ({"strata": "x"}, "按层给出"),
    ],
)
def test_impossible_plans_say_what_to_change(changed, words):
    with pytest.raises(PlanError, match=words):
        estimate(**changed)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"population": {"large": 24, "middle": 60}}, "population 中没有以下各层：small"),
        ({"population": SIZES | {"tiny": 9}}, "没有样本.*：tiny"),
        ({"population": pd.Series([24, 60, 150, 1], [*SIZES, "small"])}, "出现多次：small"),
        ({"population": SIZES | {"small": 4}}, "population（small）.*不小于 5"),
        ({"book_total": {"large": 1}}, "book_total 中没有以下各层：middle、small"),
        ({"book_total": TOTALS | {"small": None}}, "book_total（small）.*None"),
        ({"book_total": 4_890_000}, "各层的账面总额.*4890000"),
    ],
)
def test_strata_must_fit_population_and_books(changed, words):
    with pytest.raises(PlanError, match=words):
        by_stratum("ratio", **changed)


def test_rows_without_amount_or_stratum_are_named():
    named = FIVE.assign(id=list("abcde"), area=pd.Series(["u", None, "u", "u", "u"]))

    with pytest.raises(PlanError, match="没有填 y：b, d"):
        estimate(named.assign(y=pd.Series([95, None, 55, None, 108])))
    with pytest.raises(PlanError, match="没有填 x：4；"):
        estimate(FIVE.assign(x=pd.array([100, 80, 60, 40, None], dtype="Int64")))
    with pytest.raises(PlanError, match="没有填层名：b"):
        estimate(named, strata="area", population={"u": 50})


@pytest.mark.parametrize("value", ["95元", True, float("inf")])
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(PlanError, match="应为一个金额"):
        estimate(FIVE.astype("object").assign(y=[value, 80, 55, 40, 108]))


def test_no_rows_and_ids_given_twice_are_refused():
    with pytest.raises(PlanError, match="nothing was examined"):
        estimate(FIVE.iloc[:0])
    with pytest.raises(PlanError, match=r"多次：b；.*evaluate_mus"):
        estimate(FIVE.assign(id=list("abbcd")))


@pytest.mark.parametrize(
    ("method", "n"), [("mean_per_unit", 1), ("difference", 1), ("ratio", 1), ("regression", 2)]
)
def test_too_few_units_have_no_variance(method, n):
    """Also in one stratum of several, as R survey refuses a stratum of one unit."""
    with pytest.raises(PlanError, match=f"至少审查 {n + 1} 个"):
        estimate(FIVE.iloc[:n], method=method)
    few = vouchers().groupby("stratum").head(4)
    few = few[(few["stratum"] != "middle") | (few.groupby("stratum").cumcount() < n)]
    with pytest.raises(PlanError, match="层 middle"):
        by_stratum(method, few)


def test_books_without_sum_or_spread_are_refused():
    with pytest.raises(PlanError, match="合计为 0"):
        estimate(FIVE.assign(x=[100, -80, -60, 40, 0]), method="ratio")
    with pytest.raises(PlanError, match="全都相同"):
        estimate(FIVE.assign(x=80), method="regression")


# ---- properties

MONEY = st.integers(1, 10**11)
SAMPLES = st.lists(st.tuples(MONEY, MONEY), min_size=3, max_size=12, unique_by=lambda pair: pair[0])


@settings(deadline=None, max_examples=50)
@given(SAMPLES, st.sampled_from(METHODS), st.integers(2, 1000))
def test_an_estimate_scales_with_the_money(pairs, method, times):
    sample = pd.DataFrame(pairs, columns=["x", "y"])
    one = estimate(sample, method=method, book_total=10**12)
    many = estimate(sample * times, method=method, book_total=10**12 * times)

    for field in ("point", "lower", "upper", "standard_error", "misstatement"):
        scaled = getattr(one, field) * times
        assert getattr(many, field) == pytest.approx(scaled, rel=1e-9, abs=1e-6 * times), field
    assert many.warnings == one.warnings


@settings(deadline=None, max_examples=50)
@given(SAMPLES, st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(pairs, method, random):
    sample = pd.DataFrame(pairs, columns=["x", "y"])
    order = random.sample(range(len(pairs)), len(pairs))
    one, other = estimate(sample, method=method), estimate(sample.iloc[order], method=method)

    pd.testing.assert_frame_equal(one.table, other.table)
    for field in ("point", "lower", "upper", "standard_error", "misstatement", "warnings"):
        assert getattr(one, field) == getattr(other, field), field


@settings(deadline=None, max_examples=50)
@given(SAMPLES, st.sampled_from(METHODS))
def test_a_sample_equal_to_the_population_gives_its_exact_total(pairs, method):
    sample = pd.DataFrame(pairs, columns=["x", "y"])
    found = estimate(sample, method=method, population=len(pairs), book_total=sum(sample["x"]))

    assert found.lower == found.point == found.upper == sum(sample["y"])


@settings(deadline=None, max_examples=50)
@given(SAMPLES, st.integers(-50, 50))
def test_books_on_a_line_leave_regression_no_error(pairs, slope):
    sample = pd.DataFrame({"x": [x for x, _ in pairs]})
    sample["y"] = slope * sample["x"] + 7
    found = estimate(sample, method="regression", population=50, book_total=10**12)

    assert (found.point, found.standard_error) == (slope * 10**12 + 50 * 7, 0)


# ---- coverage in seeded simulations


def population(rng, size):
    """Books of a gamma shape; 60 in 100 units differ, by a few percent either way."""
    book = (rng.gamma(4, 25_000, size)).astype("int64") + 1000
    differs = rng.random(size) < 0.6
    return book, book + (differs * rng.normal(-0.03, 0.05, size) * book).astype("int64")


def held(total, size, draw, *, methods, **given):
    """The shares of the drawn samples whose interval holds the total, by method."""
    found = dict.fromkeys(methods, 0)
    for _ in range(size):
        sample = draw()
        for method in methods:
            e = estimate_total(sample, method=method, audited="y", book="x", **given)
            found[method] += e.lower <= total <= e.upper
    return {method: count / size for method, count in found.items()}


def test_intervals_hold_the_true_total_about_95_times_in_100():
    """600 samples of 120 from 600 units; three standard errors of the share are 2.7 points."""
    rng = np.random.default_rng(2018)
    book, found = population(rng, 600)

    def draw():
        rows = rng.choice(600, 120, replace=False)
        return pd.DataFrame({"x": book[rows], "y": found[rows]})

    books = int(book.sum())
    shares = held(found.sum(), 600, draw, methods=METHODS, population=600, book_total=books)

    assert shares == pytest.approx(dict.fromkeys(METHODS, 0.95), abs=0.027)


def test_stratified_intervals_hold_the_true_total_about_95_times_in_100():
    """400 samples of 30 + 30 + 30, a third of the first stratum; three errors are 3.3 points."""
    rng = np.random.default_rng(1314)
    parts = {name: population(rng, size) for name, size in (("a", 90), ("b", 300), ("c", 900))}
    sizes = {name: len(book) for name, (book, _) in parts.items()}

    def draw():
        chosen = {name: rng.choice(size, 30, replace=False) for name, size in sizes.items()}
        x, y = (
            np.concatenate([parts[name][side][rows] for name, rows in chosen.items()])
            for side in (0, 1)
        )
        return pd.DataFrame({"x": x, "y": y, "area": np.repeat(list(sizes), 30)})

    total = sum(int(found.sum()) for _, found in parts.values())
    books = {name: int(book.sum()) for name, (book, _) in parts.items()}
    methods = ("mean_per_unit", "difference", "ratio")
    shares = held(
        total, 400, draw, methods=methods, population=sizes, book_total=books, strata="area"
    )

    assert shares == pytest.approx(dict.fromkeys(methods, 0.95), abs=0.033)


def test_degrees_of_freedom_of_key_items_would_make_intervals_too_short():
    """Five of 400 units beside 60 key items: t has 4 degrees; 63 would hold 9 times in 10."""
    rng = np.random.default_rng(530)
    book = np.full(400, 100_000)
    found = book + rng.normal(-3_000, 4_000, 400).astype("int64")
    key = pd.DataFrame({"area": "key", "x": np.full(60, 10**6), "y": np.full(60, 10**6)})
    books, total = 100_000 * 400 + 60 * 10**6, int(found.sum()) + 60 * 10**6
    held, by_all = 0, 0
    for _ in range(400):
        rows = rng.choice(400, 5, replace=False)
        rest = pd.DataFrame({"area": "rest", "x": book[rows], "y": found[rows]})
        e = estimate(
            pd.concat([rest, key]), population={"rest": 400, "key": 60}, book_total=books,
            strata="area",
        )  # fmt: skip
        held += e.lower <= total <= e.upper
        by_all += abs(e.point - total) <= stats.t.ppf(0.975, 65 - 2) * e.standard_error

    assert held / 400 == pytest.approx(0.95, abs=0.033)
    assert by_all / 400 < 0.917


# ---- tables of working papers


def test_differences_stand_by_size_with_exact_taints():
    sample = pd.DataFrame({
        "id": ["v4", "v3", "v2", "v1", "v0"], "book": [300, 0, 700, 50, 100],
        "audited": [200, 5, 700, 150, 100], "source_row": [f"use.csv:{k}" for k in range(5)],
    })  # fmt: skip
    table = differences_table(sample, audited="audited", book="book")

    assert list(table.columns) == [
        "id", "book_fen", "audited_fen", "difference_fen", "taint_rate", "direction", "source_row",
    ]  # fmt: skip
    assert list(table["id"]) == ["v1", "v4", "v3", "v0", "v2"]
    assert list(table["difference_fen"]) == [-100, 100, -5, 0, 0]
    assert list(table["taint_rate"]) == [Fraction(-2), Fraction(1, 3), None, 0, 0]
    assert list(table["direction"]) == [
        "understatement", "overstatement", "understatement", "none", "none",
    ]  # fmt: skip
    assert list(table["source_row"])[:2] == ["use.csv:3", "use.csv:0"]


def test_differences_without_ids_keep_their_order_where_equal():
    table = differences_table(FIVE, audited="y", book="x")

    assert list(table["book_fen"]) == [120, 100, 60, 80, 40]
    with pytest.raises(PlanError, match="没有填 y：1"):
        differences_table(FIVE.assign(y=pd.Series([1, None, 1, 1, 1])), audited="y", book="x")


def test_summaries_are_in_whole_fen_half_up():
    table = estimate_summary([
        estimate(method="difference"),
        estimate(FIVE, method="mean_per_unit", population=51, book_total=None, book=None),
    ])  # fmt: skip

    assert table["point_fen"].tolist() == [3980, 3856]  # 3,855.6
    assert table["standard_error_fen"].tolist() == [105, 607]
    assert table["misstatement_fen"].isna().tolist() == [False, True]
    assert table["warnings"].tolist() == ["few_differences、skewed", ""]
    assert table["df"].tolist() == ["4", "4"]


def test_strata_are_shown_in_whole_fen():
    table = estimate_strata(by_stratum("ratio"))

    assert table["point_fen"].tolist() == [2_002_021, 1_786_207, 953_191]
    assert table["misstatement_fen"].tolist() == [47_979, 73_793, 26_809]
    assert estimate_strata(by_stratum("difference", book_total=1))["point_fen"].isna().all()
