"""Tests and matching of large ledgers with plain pandas, to be measured against."""

from __future__ import annotations

import chinese_calendar
import pandas as pd

from ledger_ways import (
    CUT_OFF,
    LIMIT,
    NEAR_DAYS,
    PURPOSES,
    ROUND,
    SPLIT_DAYS,
    Lines,
)

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def tests(payments: pd.DataFrame, received: pd.DataFrame) -> Lines:
    """Every test that needs nothing but the ledger and the receipts."""
    ours = payments[payments["fund"] == "网格资金"]
    paid = ours[ours["amount"] > 0]
    return {
        "duplicate_payments": _duplicates(paid),
        "near_duplicates": _near(paid),
        "split_payments": _splits(paid),
        "before_arrival": _before(paid, received),
        "after_cut_off": paid.loc[paid["date"] > pd.Timestamp(CUT_OFF), "entry_id"],
        "purpose_not_allowed": paid.loc[~paid["purpose"].isin(PURPOSES), "entry_id"],
        "mixed_funds": _mixed(payments),
        "round_sums": paid.loc[paid["amount"] % ROUND == 0, "entry_id"],
        "non_working_days": _days_off(paid),
        "voucher_gaps": _gaps(payments),
        "benford": payments["amount"].abs().astype(str).str[0].value_counts().astype(str),
    }


def _duplicates(paid: pd.DataFrame) -> pd.Series:
    lines = paid[paid["payee"] != ""]
    keys = ["unit", "payee", "amount", "date"]
    found: pd.Series = lines.loc[lines.duplicated(keys, keep=False), "entry_id"]
    return found


def _near(paid: pd.DataFrame) -> pd.Series:
    lines = paid[paid["payee"] != ""].sort_values(["payee", "amount", "date", "entry_id"])
    same = (lines[["payee", "amount"]] == lines[["payee", "amount"]].shift()).all(axis=1)
    linked = same & (lines["date"].diff().dt.days <= NEAR_DAYS)
    run = (~linked).cumsum()
    first, last = (lines.groupby(run)["date"].transform(f) for f in ("min", "max"))
    return lines.loc[first < last, "entry_id"]


def _splits(paid: pd.DataFrame) -> pd.Series:
    lines = paid[(paid["amount"] < LIMIT) & (paid["payee"] != "")]
    whole = lines.groupby(["unit", "payee"])["amount"].transform("sum")
    lines = lines[whole >= LIMIT].sort_values(["unit", "payee", "date", "entry_id"])
    hits = []
    for _, one in lines.groupby(["unit", "payee"], sort=False):
        days, amounts = one["date"].tolist(), one["amount"].tolist()
        entries, hit = one["entry_id"].tolist(), [False] * len(one)
        for start in range(len(one)):
            end, total = start, 0
            while end < len(one) and (days[end] - days[start]).days <= SPLIT_DAYS:
                total += amounts[end]
                end += 1
            if total >= LIMIT:
                hit[start:end] = [True] * (end - start)
        hits += [entry for entry, is_hit in zip(entries, hit, strict=True) if is_hit]
    return pd.Series(hits, dtype="str")


def _before(paid: pd.DataFrame, received: pd.DataFrame) -> pd.Series:
    first = received[received["amount"] > 0].groupby("unit")["date"].min().rename("first")
    lines = paid.merge(first, left_on="unit", right_index=True, how="left")
    return lines.loc[lines["first"].isna() | (lines["date"] < lines["first"]), "entry_id"]


def _mixed(payments: pd.DataFrame) -> pd.Series:
    lines = payments[payments["document_no"] != ""].copy()
    lines["month"] = lines["date"].dt.to_period("M")
    lines["ours"] = lines["fund"] == "网格资金"
    voucher = lines.groupby(["unit", "document_no", "month"])["ours"]
    return lines.loc[voucher.transform("any") & ~voucher.transform("all"), "entry_id"]


def _days_off(paid: pd.DataFrame) -> pd.Series:
    off = {d: not chinese_calendar.is_workday(d.date()) for d in paid["date"].unique()}
    return paid.loc[paid["date"].map(off), "entry_id"]


def _gaps(payments: pd.DataFrame) -> pd.Series:
    parts = payments["document_no"].str.extract(r"^(.*?)([0-9]{1,15})$")
    lines = payments.assign(
        prefix=parts[0], number=parts[1].astype("int64"), month=payments["date"].dt.to_period("M")
    )
    run = ["unit", "prefix", "month"]
    lines = lines.sort_values([*run, "number", "date", "entry_id"])
    lines = lines.drop_duplicates([*run, "number"])
    return lines.loc[lines.groupby(run)["number"].diff() > 1, "entry_id"]


def matching(sent: pd.DataFrame, received: pd.DataFrame, *, days: int) -> Lines:
    """By document number, unit and amount; then by unit, amount and days, the nearest first."""
    sent, received = (
        side.assign(no=_numbers(side["document_no"])).sort_values(["date", "entry_id"])
        for side in (sent, received)
    )
    keys = ["no", "unit", "amount"]
    left, right = (
        side[side["no"] != ""].assign(k=lambda s: s.groupby(keys).cumcount())
        for side in (sent, received)
    )
    exact = left.merge(right, on=[*keys, "k"])
    sent = sent[~sent["entry_id"].isin(exact["entry_id_x"])]
    received = received[~received["entry_id"].isin(exact["entry_id_y"])]
    near = sent.merge(received, on=["unit", "amount"])
    near = near[(near["no_x"] == "") | (near["no_y"] == "")]
    near = near.assign(days=(near["date_y"] - near["date_x"]).dt.days)
    near = near[near["days"].between(0, days)].sort_values(
        ["days", "date_x", "entry_id_x", "date_y", "entry_id_y"]
    )
    used: set[str] = set()
    pairs = []
    for s, r in zip(near["entry_id_x"], near["entry_id_y"], strict=True):
        if s not in used and r not in used:
            used |= {s, r}
            pairs.append(s + r)
    return {
        "document_amount": exact["entry_id_x"] + exact["entry_id_y"],
        "amount_unit_days": pd.Series(pairs, dtype="str"),
    }


def _numbers(texts: pd.Series) -> pd.Series:
    plain = texts.str.upper().str.translate(_WIDE).str.replace(r"\s+", "", regex=True)
    plain = plain.str.replace(r"[-‐‑‒–—―−_\[\](){}〔〕【】]+", "-", regex=True)
    plain = plain.str.replace(r"(^|[^0-9])0+([0-9])", r"\1\2", regex=True)
    numbers: pd.Series = plain.str.replace("-", "").str.removesuffix("号")
    return numbers
