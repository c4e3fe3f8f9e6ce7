"""Drawing samples: reference samples, golden samples, stated chances, any order, any size."""

import csv
import hashlib
import json
import math
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling import coverage, frames, methods
from auditbook.procedures.sampling.draws import item_key, uniform
from auditbook.procedures.sampling.frames import frame_hash, parts
from auditbook.procedures.sampling.hits import cell_probability, fixed_hits, random_start
from auditbook.procedures.sampling.selection import drawing, select

REFERENCE = Path(__file__).with_name("reference") / "sampling_selection.csv"
ITEMS = ("random", "systematic")
MUS = ("mus_fixed_interval", "mus_cell", "mus_random")
DRAWN = (*ITEMS, *MUS, "pps_systematic")
SEED = 20181231
AMOUNTS = [300, 50, 120, 400, 130, 0, -70, 220, 90, 40]
"""Positive 1,350: the interval of three is 450, of four 337.5, and one item is above that."""


def frame(amounts=AMOUNTS, ids="甲乙丙丁戊己庚辛壬癸"):
    """Items named by one letter each, not in the order of their code points."""
    rows = [f"ledger.csv:{k}" for k in range(2, len(amounts) + 2)]
    return pd.DataFrame({"id": list(ids)[: len(amounts)], "fen": amounts, "source_row": rows})


def letters(amounts):
    return frame(amounts, "abcdefghijklm")


def draw(table, method, *, n=4, seed=SEED, **plan):
    return select(table, n=n, method=method, amount="fen", seed=seed, **plan)


# reference samples ------------------------------------------------------------------------------


def references():
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            given = json.loads(row["arguments"])
            yield pytest.param(given, row, id=f"{given['method']}-{given['start']}-{row['field']}")


@pytest.mark.parametrize(("arguments", "row"), list(references()))
def test_samples_are_those_of_the_reference(arguments, row):
    """tests/reference/sampling_selection.csv names the source of each sample."""
    table = letters(arguments.pop("amount"))

    sample = select(table, amount="fen", seed=None, **arguments)

    repeated = sample.loc[sample.index.repeat(sample["hits"])]
    values = [table["id"].tolist().index(item) + 1 for item in repeated["id"]]
    if row["field"] != "rows":
        values = sample[row["field"]].tolist()
    assert values == [int(number) for number in row["printed"].split()]


# golden samples: from the description alone, with hashlib ----------------------------------------


def digest(text):
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def number(purpose, j):
    return Fraction(digest(f"{SEED}|{purpose}|{j}") + 1, 2**256)


def by_hand(method, n):
    """Ids in the order of drawing; every item of the frame above, by code point."""
    items = sorted(zip(frame()["id"], AMOUNTS, strict=True))
    if method == "random":
        return sorted((item for item, _ in items), key=lambda item: digest(f"{SEED}|{item}"))[:n]
    certain = []
    if method == "systematic":
        items = [(item, 1) for item, _ in items]
    items = [(item, size) for item, size in items if size > 0]
    if method == "pps_systematic":
        while above := [
            (item, size) for item, size in items if size * n >= sum(size for _, size in items)
        ]:
            certain += above
            items, n = [one for one in items if one not in above], n - len(above)
        certain = [item for item, _ in sorted(certain)]
        items = sorted(items, key=lambda one: digest(f"{SEED}|{one[0]}"))
    total = sum(size for _, size in items)
    interval = Fraction(total, n)
    hits = {
        "mus_cell": [(j - 1 + number("cell", j)) * interval for j in range(1, n + 1)],
        "mus_random": [number("draw", j) * total for j in range(1, n + 1)],
    }.get(method, [(number("start", 1) + j) * interval for j in range(n)])
    ends = list(accumulate(size for _, size in items))
    found = [next(i for i, end in enumerate(ends) if hit <= end) for hit in hits]
    return certain + list(dict.fromkeys(items[i][0] for i in found))


GOLDEN = {
    "random": "丙戊癸乙",
    "systematic": "丁乙庚甲",
    "mus_fixed_interval": "丁戊甲",
    "mus_cell": "丁甲",
    "mus_random": "甲丙辛",
    "pps_systematic": "丁丙壬甲",
}
"""What :func:`by_hand` drew once; were it to change, old samples could not be drawn again."""


@pytest.mark.parametrize("method", DRAWN)
def test_samples_never_drift_from_what_the_description_gives(method):
    assert "".join(by_hand(method, 4)) == GOLDEN[method]
    assert "".join(draw(frame(), method)["id"]) == GOLDEN[method]


def test_keys_and_numbers_are_those_of_sha256sum():
    """printf '%s' '20181231|甲' | sha256sum (GNU coreutils 9.1)."""
    key = "f104a079c32e0214100bcf2dcd33a404ebff6064f15637c4fea8526a84b60537"

    assert item_key(SEED, "甲") == key
    assert uniform(SEED, "甲", 1) == number("甲", 1)
    assert item_key("20181231", "甲") == key


def test_the_frame_hash_is_that_of_the_sorted_lines():
    lines = [f"{item},{fen}\n" for item, fen in sorted(zip("乙丙甲", (5, 0, -3), strict=True))]
    table = pd.DataFrame({"id": list("乙丙甲"), "fen": [5, 0, -3]})

    assert lines == ["丙,0\n", "乙,5\n", "甲,-3\n"]
    assert frame_hash(table, amount="fen") == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert frame_hash(table, amount=None) == hashlib.sha256("丙\n乙\n甲\n".encode()).hexdigest()


# any order, any kind of table --------------------------------------------------------------------


@pytest.mark.parametrize("strata", [None, "group"])
@pytest.mark.parametrize("method", DRAWN)
def test_a_relation_in_another_order_gives_the_same_sample(method, strata):
    table = frame().assign(group=["东", "西"] * 5)
    shuffled = table.sample(frac=1, random_state=5)

    first = draw(table, method, strata=strata)
    again = draw(duckdb.from_df(shuffled), method, strata=strata)

    pd.testing.assert_frame_equal(again, first)
    assert again.attrs == first.attrs
    assert len(first)


def test_frames_of_many_batches_are_drawn_as_if_in_one(monkeypatch):
    """Batches of 2,048 lines; the rule applied at once to all 7,000."""
    monkeypatch.setattr(frames, "_BATCH", 1)
    ids = [f"{digest(str(k)) % 10**12:012d}" for k in range(7_000)]
    table = pd.DataFrame({"id": ids, "fen": [digest(item) % 5000 for item in ids]})
    ordered = table.sort_values("id", ignore_index=True)
    sums = ordered["fen"].cumsum()
    interval = Fraction(int(sums.iloc[-1]), 90)
    hits = [math.ceil((number("start", 1) + j) * interval) for j in range(90)]

    drawn = draw(duckdb.from_df(table), "mus_fixed_interval", n=90)
    rows = draw(table, "systematic", n=70, start=100)
    chance = draw(table, "random", n=50)

    assert drawn["id"].tolist() == ordered["id"].iloc[sums.searchsorted(hits)].tolist()
    assert drawn["hit"].tolist() == hits
    assert rows["id"].tolist() == ordered["id"].iloc[99::100].tolist()
    assert chance["id"].tolist() == sorted(ids, key=lambda one: digest(f"{SEED}|{one}"))[:50]
    text = "".join(f"{i},{f}\n" for i, f in ordered.itertuples(index=False))
    assert drawn.attrs["frame_hash"] == hashlib.sha256(text.encode()).hexdigest()


def test_random_items_are_the_same_where_more_keys_must_be_looked_at(monkeypatch):
    """The first limit on keys is meant to be high enough, and is set too low here."""
    table = frame().assign(group=["东", "西"] * 5)
    expected = draw(table, "random", strata="group")

    monkeypatch.setattr(methods, "_SPARE", -1.5)

    pd.testing.assert_frame_equal(draw(table, "random", strata="group"), expected)


# stated chances ----------------------------------------------------------------------------------

TIMES = 800
FOUR_SIGMA = 4


def many(amounts):
    """The same small frame many times over, each a stratum with chance of its own."""
    rows = [
        (f"{k:04d}-{i}", fen, f"{k:04d}") for k in range(TIMES) for i, fen in enumerate(amounts)
    ]
    return pd.DataFrame(rows, columns=["id", "fen", "group"])


@pytest.mark.parametrize("method", DRAWN)
def test_items_are_drawn_as_often_as_stated(method):
    """800 draws of 3: frequencies within four standard errors of the stated probability."""
    table = many(AMOUNTS)
    n = {f"{k:04d}": 3 for k in range(TIMES)}

    sample = draw(table, method, n=n, strata="group")

    item = sample["id"].str.partition("-")[2].astype("int64")
    stated = sample.groupby(item)["inclusion_probability"].agg(["min", "max", "size"])
    drawable = [i for i, fen in enumerate(AMOUNTS) if method in ITEMS or fen > 0]
    assert stated.index.tolist() == drawable
    assert (stated["min"] == stated["max"]).all()
    error = (stated["min"] * (1 - stated["min"]) / TIMES) ** 0.5
    assert ((stated["size"] / TIMES - stated["min"]).abs() <= FOUR_SIGMA * error).all()
    assert (sample.groupby("stratum")["hits"].sum() == 3).all()
    if method in (*ITEMS, "mus_fixed_interval", "pps_systematic"):  # no amount above 450
        assert stated["min"].sum() == pytest.approx(3, abs=1e-12)
    if method != "mus_fixed_interval":
        assert sample["weight"].sum() / TIMES == pytest.approx(len(drawable), rel=0.05)


@pytest.mark.parametrize("method", [*MUS, "pps_systematic"])
def test_money_is_hit_in_proportion_to_amounts(method):
    """Expected hits are n · amount / total for every way of drawing single fen."""
    amounts = [500, 100, 40, 360] if method != "pps_systematic" else [250, 260, 240, 250]
    sample = draw(many(amounts), method, n={f"{k:04d}": 2 for k in range(TIMES)}, strata="group")

    hits = sample.groupby(sample["id"].str[-1])["hits"].sum() / TIMES

    expected = [2 * fen / 1000 for fen in amounts]
    assert hits.tolist() == pytest.approx(expected, abs=FOUR_SIGMA * (0.5 / TIMES) ** 0.5)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(1, 6))
def test_the_chance_of_an_item_in_cells_is_that_of_missing_every_cell(sizes, n):
    interval = Fraction(sum(sizes), n)
    ends = list(accumulate(sizes))
    for before, after in zip([0, *ends], ends, strict=False):
        missed = Fraction(1)
        for j in range(n):
            cell = (j * interval, (j + 1) * interval)
            shared = max(Fraction(0), min(after, cell[1]) - max(before, cell[0]))
            missed *= 1 - shared / interval

        assert cell_probability(before, after, interval) == 1 - missed


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 10**15), st.integers(1, 40), st.integers(0, 10**6))
def test_starts_written_down_short_hit_the_same_fen(length, n, seed):
    interval = Fraction(length, n)
    exact = uniform(seed, "start", 1) * interval

    start = random_start(seed, "start", interval)

    hits = fixed_hits(start, interval, length)
    assert 0 < start <= interval
    assert interval.denominator % start.denominator == 0
    assert hits == [math.ceil(exact + j * interval) for j in range(n)]


# certainty, strata, intervals --------------------------------------------------------------------


def test_items_at_or_above_the_interval_are_certain_until_none_is_left():
    """Of 1,000 for 4: 600 ≥ 250; of 400 for 3: 150 ≥ 133⅓; of 250 for 2: 125 ≥ 125 twice.

    So all four are taken; with one more item of 1 the last interval is 125½ and none is left.
    """
    whole = draw(letters([600, 150, 125, 125]), "pps_systematic")
    more = draw(letters([600, 150, 125, 125, 1]), "pps_systematic")

    assert whole["certainty"].all()
    assert "interval" not in whole.attrs
    assert more["certainty"].tolist() == [True, True, False, False]
    assert more["hit"].isna().tolist() == [True, True, False, False]
    assert more.attrs["interval"] == "251/2"
    assert more["inclusion_probability"].tolist() == [1, 1, 250 / 251, 250 / 251]


def test_an_item_just_as_long_as_the_interval_is_certain():
    """Of 400 for 4: 100 ≥ 100; the rest, 300 for 3, has the same interval."""
    sample = draw(letters([90, 80, 100, 70, 60]), "pps_systematic")

    assert sample["certainty"].tolist() == [True, False, False, False]
    assert sample["id"].iloc[0] == "c"
    assert sample.attrs["interval"] == "100"


def test_an_item_of_several_intervals_is_listed_once_with_its_hits():
    sample = draw(letters([500, 20, 0, 260, 220]), "mus_fixed_interval", start=250)

    assert sample["hits"].tolist() == [2, 1, 1]
    assert sample["hit"].tolist() == [250, 750, 1000]
    assert sample["inclusion_probability"].tolist() == [1, 1, 0.88]
    assert sample["certainty"].tolist() == [True, True, False]


def test_a_sample_is_divided_among_strata_by_items_or_by_money():
    """East 1, 1, 1, 1 and west 96, 100: two to one by items; 0.04 to 1.96, so 0 to 2, by money."""
    table = letters([1, 1, 1, 1, 96, 100]).assign(group=["东"] * 4 + ["西"] * 2)

    by_items = draw(table, "random", n=3, strata="group")
    by_money = draw(table, "pps_systematic", n=2, strata="group")

    assert by_items["stratum"].tolist() == ["东", "东", "西"]
    assert by_items["inclusion_probability"].tolist() == [0.5, 0.5, 0.5]
    assert by_money["stratum"].tolist() == ["西", "西"]
    assert by_money.attrs["stratum"][0] == "东: n=0; count=4; length=4"


def test_a_stratum_is_drawn_as_the_mapping_says():
    table = frame().assign(group=["东", "西"] * 5)

    sample = draw(table, "pps_systematic", n={"东": 1, "西": 3}, strata="group")

    assert sample["stratum"].tolist() == ["东", "西", "西", "西"]
    assert sample["draw"].tolist() == [1, 2, 3, 4]


def test_a_rounded_interval_runs_to_the_end_of_the_money():
    """Interval 300 on 1,000 from 50: 50, 350, 650, 950; from 150: 150, 450, 750."""
    table = letters([300, 50, 120, 400, 130])

    four = draw(table, "mus_fixed_interval", interval=300, start=50)
    three = draw(table, "mus_fixed_interval", interval=300, start=150)

    assert four["hit"].tolist() == [50, 350, 650, 950]
    assert three["hit"].tolist() == [150, 450, 750]
    assert three.attrs["hits"] == 3
    with pytest.raises(PlanError, match="3 至 4 个样本，n 却为 5"):
        draw(table, "mus_fixed_interval", n=5, interval=300)


# what is set apart, what was chosen, what is kept ------------------------------------------------


def test_positive_zero_and_negative_amounts_add_up_to_the_frame():
    table = parts(frame(), amount="fen")

    assert table["part"].tolist() == ["positive", "zero", "negative"]
    assert table["count"].tolist() == [8, 1, 1]
    assert table["amount_fen"].tolist() == [1350, 0, -70]
    assert table["amount_fen"].sum() == sum(AMOUNTS)


def test_money_is_drawn_from_positive_amounts_and_the_record_says_so():
    sample = draw(frame(), "mus_fixed_interval")

    assert sample.attrs["interval"] == "675/2"
    assert (sample.attrs["positive_fen"], sample.attrs["population_fen"]) == (1350, 1280)
    assert (sample.attrs["zero_count"], sample.attrs["negative_count"]) == (1, 1)


def test_judgement_keeps_its_reasons_and_states_no_probability():
    chosen = pd.DataFrame({"id": ["壬", "甲"], "reason": ["金额大", "上年有问题"]})

    sample = select(frame(), n=2, method="judgement", amount="fen", seed=None, chosen=chosen)

    assert sample["id"].tolist() == ["壬", "甲"]
    assert sample["reason"].tolist() == ["金额大", "上年有问题"]
    assert sample["hit"].tolist() == [4, 8]
    assert sample["inclusion_probability"].isna().all()
    assert sample["weight"].isna().all()
    assert not sample["certainty"].any()
    assert "generator" not in sample.attrs


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("甲", "大"), ("子", "远")], "没有的 id：子"),
        ([("甲", "大"), ("乙", " ")], "理由 reason 的：乙"),
        ([("甲", "大"), ("甲", "远")], "重复选取的：甲"),
        ([("甲", "大")], "n 为 2，chosen 有 1 行"),
    ],
)
def test_a_choice_that_cannot_be_right_is_refused(rows, said):
    chosen = pd.DataFrame(rows, columns=["id", "reason"])

    with pytest.raises(PlanError, match=said):
        select(frame(), n=2, method="judgement", seed=None, chosen=chosen)


def test_the_drawing_says_all_that_is_needed_to_draw_again():
    sample = draw(frame(), "mus_fixed_interval")
    shown = drawing(sample).set_index("item")["value"]

    again = draw(
        frame(), shown["method"], n=int(shown["n"]), seed=None, start=Fraction(shown["start"])
    )

    assert again["id"].tolist() == sample["id"].tolist()
    assert shown["seed"] == str(SEED)
    assert shown["frame_hash"] == frame_hash(frame(), amount="fen")
    assert shown["generator"].startswith("SHA-256")
    with pytest.raises(PlanError, match="没有抽样记录"):
        drawing(pd.DataFrame({"id": ["甲"]}))


def test_columns_are_those_that_were_asked_for():
    plain = select(frame()[["id"]], n=3, method="random", seed=1)
    full = draw(frame().assign(group="东"), "random", strata="group")

    start = ["id", "draw", "hit", "hits"]
    end = ["inclusion_probability", "weight", "certainty"]
    assert plain.columns.tolist() == [*start, *end]
    assert full.columns.tolist() == [*start, "stratum", "amount_fen", *end, "source_row"]
    assert full["source_row"].tolist()[0] == "ledger.csv:4"
    assert full["hit"].tolist() == [2, 7, 9, 3]


def test_coverage_of_a_relation_is_that_of_the_frame():
    sample = draw(frame(), "random")

    table = coverage(duckdb.from_df(frame()), sample, amount="fen")

    pd.testing.assert_frame_equal(table, coverage(frame(), sample, amount="fen"))
    assert table["share_rate"].tolist()[0] == Fraction(4, 10)


# plans that cannot be carried out ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"method": "random", "n": 11}, "n 为 11，可抽的只有 10 个"),
        ({"method": "mus_cell", "n": 9}, "n 为 9，可抽的只有 8 个"),
        ({"method": "random", "n": 0}, "n 应为不小于 1 的整数"),
        ({"method": "random", "n": 2.5}, "n 应为不小于 1 的整数"),
        ({"method": "sieve"}, "pps_systematic, judgement"),
        ({"method": "mus_cell", "amount": None}, "用 amount 指明金额列"),
        ({"method": "random", "amount": "yuan"}, "没有 yuan 一列"),
        ({"method": "random", "seed": None}, "种子 seed 应为整数或文字"),
        ({"method": "pps_systematic", "seed": None, "start": 1}, "种子 seed 应为整数或文字"),
        ({"method": "random", "seed": 0.5}, "种子 seed 应为整数或文字"),
        ({"method": "random", "start": 1}, "start 不能与 method=random 同用"),
        ({"method": "mus_cell", "interval": 100}, "interval 不能与 method=mus_cell 同用"),
        ({"method": "systematic", "start": 0}, "start 应大于 0 且不超过 5/2"),
        ({"method": "systematic", "start": 2.6}, "start 应大于 0 且不超过 5/2"),
        ({"method": "systematic", "start": 1, "strata": "id"}, "start 不能与 strata 同用"),
        ({"method": "random", "strata": "group", "n": {"东": 1}}, "对不上的层：西"),
        ({"method": "random", "strata": "group", "n": {"东": 1, "西": 6}}, "西 层样本量 n 为 6"),
        ({"method": "random", "n": {"东": 1}}, "n 应给出每层的样本量"),
        ({"method": "judgement"}, "用 chosen 给出"),
    ],
)
def test_an_impossible_plan_says_what_to_change(plan, said):
    table = frame().assign(group=["东", "西"] * 5)

    with pytest.raises(PlanError, match=said):
        select(table, **({"n": 4, "amount": "fen", "seed": SEED} | plan))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (letters([1, 2, 3, 4]).assign(id=["a", "b", "b", "c"]), "id 重复 1 个：b"),
        (letters([1, 2, 3, 4]).assign(id=["a", None, "b", "c"]), "id 一列有 1 行为空"),
        (letters([1, 2, 3, 4]).assign(id=["a", "b\nc", "b", "c"]), "1 个 id 含换行"),
        (letters([0, 0, -3, 0]), "没有大于 0 的金额"),
        (letters([0.5, 1, 2, 3]), "fen 一列应为以分为单位的整数，现为 DOUBLE"),
        (letters([1, 2, 3, 4]).astype({"fen": "Int64"}).replace(4, pd.NA), "fen 一列有 1 行为空"),
        (letters([]).astype({"id": "str", "fen": "int64"}), "没有大于 0 的金额"),
    ],
)
def test_a_frame_that_cannot_be_drawn_from_is_refused(table, said):
    with pytest.raises(PlanError, match=said):
        draw(table, "mus_fixed_interval", n=2)


def test_repeated_ids_are_found_across_batches_and_some_are_named(monkeypatch):
    """Batches of 2,048 lines: 02047 ends the first and begins the second."""
    monkeypatch.setattr(frames, "_BATCH", 1)
    ids = [f"{k:05d}" for k in range(4096)]
    table = pd.DataFrame({"id": [*ids, "02047", "03000"], "fen": 1})

    with pytest.raises(PlanError, match="id 重复 2 个：02047、03000"):
        frame_hash(table, amount="fen")


def test_what_is_no_table_is_refused():
    with pytest.raises(TypeError, match="no table"):
        select([1, 2], n=1, method="random", seed=1)
