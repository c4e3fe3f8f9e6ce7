"""Ledgers for tests: a few lines, lines at random, and one with a case of every kind planted."""

import random

import pandas as pd
from hypothesis import strategies as st

from auditbook.case.ledger_settings import Ledger

COLUMNS = [
    "entry_id", "date", "level", "from_unit", "unit", "document_no", "amount", "payee", "account",
    "purpose", "fund", "note", "source_row",
]  # fmt: skip
FUND = "网格员补助资金"
EVERY_TEST = Ledger(
    fund=FUND,
    duplicate_payments=("unit", "payee", "amount", "date"),
    near_duplicates={"days": 5},
    split_payments={"limit": "100元", "days": 4},
    before_arrival=True,
    after_cut_off=True,
    purposes=("补助", "培训"),
    mixed_funds=True,
    round_sums="30元",
    non_working_days=True,
    staff_payees=True,
    voucher_gaps=True,
    returns=True,
)


def ledger(*lines):
    """Lines of (day, amount in fen) or (day, amount, {column: text}), as a case gives them."""
    rows = []
    for number, (day, amount, *more) in enumerate(lines, 1):
        texts = {"unit": "甲乡", "payee": "王一", "fund": FUND, "purpose": "补助"}
        texts |= {"entry_id": f"P{number:04d}", "source_row": f"payments.csv:{number + 1}"}
        texts |= {"date": pd.Timestamp(day), "amount": amount} | (more[0] if more else {})
        rows.append({column: texts.get(column, "") for column in COLUMNS})
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"amount": "int64"})
    texts = {name: "str" for name in COLUMNS if name not in ("date", "amount")}
    return frame.astype(texts | {"date": "datetime64[us]"})


def staff(*people):
    """A staff list of (name, account)."""
    return pd.DataFrame(people, columns=["name", "account"], dtype="str")


def entries(found):
    """The entry ids of each exception, in their order."""
    return [list(lines["entry_id"]) for _, lines in found.groupby("case_no")]


def details(found):
    """The detail of each exception, which all of its lines share."""
    once = found[["case_no", "detail"]].drop_duplicates()
    assert once["case_no"].is_unique
    return list(once["detail"])


def shuffled(frame, seed):
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def _random_line():
    texts = st.fixed_dictionaries(
        {
            "unit": st.sampled_from(["甲乡", "乙乡"]),
            "payee": st.sampled_from(["王一", "李二", ""]),
            "fund": st.sampled_from([FUND, FUND, "其他资金", f"{FUND}、其他资金", ""]),
            "purpose": st.sampled_from(["补助", "补　助", "购车", ""]),
            "document_no": st.sampled_from(["", "记-01", "记-02", "记-05", "０９", "付-3"]),
            "account": st.sampled_from(["", "6222 01", "622202"]),
        }
    )
    day = st.integers(0, 40).map(lambda days: pd.Timestamp("2018-09-20") + pd.Timedelta(days, "D"))
    amount = st.sampled_from([-6000, -3000, 3000, 3000, 6000, 6000, 9999, 10000, 1])
    return st.tuples(day, amount, texts)


def random_ledgers(size=14):
    """Ledgers of few units, payees and amounts, so that lines meet."""
    return st.lists(_random_line(), max_size=size).map(lambda lines: ledger(*lines))


def planted(count=300):
    """About `count` lines drawn once and for all, among which every test finds something."""
    draw = random.Random(20180101)
    lines: list = [
        (
            pd.Timestamp("2018-01-08") + pd.Timedelta(draw.randrange(330), "D"),
            draw.choice([1, 1, 1, 1, -1]) * draw.choice([3000, 4567, 5000, 9999, 12345]),
            {
                "unit": draw.choice(["甲乡", "乙乡", "丙乡"]),
                "payee": draw.choice(["王一", "李 二", "赵三", "某某公司", ""]),
                "account": draw.choice(["", "622201", "6222　02"]),
                "purpose": draw.choice(["补助", "补　助", "培训", "购车；\\加油", "王'餐费", ""]),
                "fund": draw.choice([FUND] * 8 + ["其他资金", f"{FUND}、其他资金"]),
                "document_no": f"记-{draw.randrange(1, 200):04d}",
            },
        )
        for _ in range(count - 12)
    ]
    twice = {"unit": "乙乡", "payee": "钱六"}
    lines += [("2018-05-02", 7001, twice)] * 2 + [("2018-05-06", 7001, twice)]
    lines += [("2018-06-04", 9000, twice), ("2018-06-06", 9000, twice)]
    lines += [("2018-06-11", 700, twice), ("2018-06-12", -700, twice), ("2018-06-13", -800, twice)]
    lines += [("2018-10-01", 31, twice), ("2018-09-29", 32, twice), ("2031-01-02", 33, twice)]
    lines += [("2018-01-02", 34, {"unit": "丁乡", "payee": "孙七"})]
    return ledger(*lines)
