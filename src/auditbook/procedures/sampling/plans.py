"""What is to be drawn: a plan, checked, and the strata of the frame that it is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any

import pandas as pd

from auditbook.facts import records
from auditbook.procedures.errors import Number, PlanError, check_choice, check_count
from auditbook.procedures.sampling.allocation import apportion
from auditbook.procedures.sampling.draws import check_seed
from auditbook.procedures.sampling.frames import Lines, named

METHODS = (
    "random", "systematic", "mus_fixed_interval", "mus_cell", "mus_random", "pps_systematic",
    "judgement",
)  # fmt: skip
MONEY = ("mus_fixed_interval", "mus_cell", "mus_random", "pps_systematic")
"""Methods that draw fen, and so positive amounts only."""

_STARTED = ("systematic", "mus_fixed_interval", "pps_systematic")
_SPACED = ("systematic", "mus_fixed_interval")


@dataclass(frozen=True)
class Plan:
    """What :func:`~auditbook.procedures.sampling.selection.select` was asked for."""

    method: str
    n: int | Mapping[str, int] | None
    seed: int | str | None = None
    amount: str | None = None
    strata: str | None = None
    start: Number | None = None
    interval: Number | None = None
    chosen: pd.DataFrame | None = None

    @property
    def by_money(self) -> bool:
        """Whether fen are drawn."""
        return self.method in MONEY


@dataclass(frozen=True)
class Stratum:
    """A stratum of the frame; the whole frame where there are none.

    Attributes
    ----------
    name : str
    count : int
        Items that can be drawn: with money those of positive amounts.
    length : int
        Of its line: fen, or items.
    n : int
        How many are to be drawn.
    offset : int
        Length of all strata before it.
    """

    name: str
    count: int
    length: int
    n: int
    offset: int

    def purpose(self, word: str) -> str:
        """What a random number is for, in this stratum."""
        return f"{word}/{self.name}" if self.name else word


def check_plan(plan: Plan) -> None:
    """Refuse arguments that do not belong together.

    Raises
    ------
    PlanError
        Naming what to leave out or to add.
    """
    check_choice("method", plan.method, METHODS)
    if plan.by_money and plan.amount is None:
        raise PlanError(
            f"{plan.method} 按金额抽样，请用 amount 指明金额列",
            f"{plan.method} draws by money; name the column of amounts with amount",
        )
    judged = plan.method == "judgement"
    by_start = plan.start is not None and plan.method in _SPACED
    if plan.seed is not None or not (judged or by_start):
        check_seed(plan.seed)
    for name, given, methods in (
        ("start", plan.start, _STARTED),
        ("interval", plan.interval, _SPACED),
        ("chosen", plan.chosen, ("judgement",)),
    ):
        if given is not None and plan.method not in methods:
            _refuse(name, f"method={plan.method}")
        if given is not None and plan.strata is not None and name != "chosen":
            _refuse(name, "strata")
    if judged != (plan.chosen is not None):
        raise PlanError(
            "判断抽样请用 chosen 给出选了哪些（id）和为什么（reason）",
            "judgement takes chosen: which items (id) and why (reason)",
        )


def strata_of(lines: Lines, plan: Plan) -> list[Stratum]:
    """The strata of a frame by name, with how many are to be drawn from each.

    Raises
    ------
    PlanError
        n is under 1, over what can be drawn, or names other strata than the frame has.
    """
    table = records(lines.ask(_STRATA))
    kind = "positive" if plan.by_money else "every"
    names = [row["stratum"] for row in table]
    counts = [int(row[f"{kind}_count"]) for row in table]
    lengths = [int(row["fen"]) if plan.by_money else int(row["every_count"]) for row in table]
    if plan.by_money and not sum(lengths):
        raise PlanError(
            "没有大于 0 的金额，无法按金额抽样；请改用 random，或另行测试负数和零",
            "no amount is above 0, so money cannot be drawn; use random, or test negative and "
            "zero amounts apart",
        )
    sizes = _sizes(plan, names, counts, lengths)
    offsets = [0, *accumulate(lengths)]
    found = zip(names, counts, lengths, sizes, offsets, strict=False)
    return [Stratum(*values) for values in found]


def check_chosen(plan: Plan) -> pd.DataFrame:
    """The items that judgement chose, with reasons; ids as texts.

    Raises
    ------
    PlanError
        A column is missing, a reason is empty, an id stands twice, or n is another number.
    """
    chosen = plan.chosen
    if chosen is None or chosen.empty or not {"id", "reason"} <= set(chosen.columns):
        raise PlanError(
            "chosen 应有 id 和 reason 两列，至少一行",
            "chosen should have columns id and reason, and at least one row",
        )
    table = pd.DataFrame(
        {"id": chosen["id"].astype("str"), "reason": chosen["reason"].astype("str").str.strip()}
    )
    _refuse_ids(
        "没有写明理由 reason 的",
        "without a reason",
        table[chosen["reason"].isna() | (table["reason"] == "")],
    )
    _refuse_ids("重复选取的", "chosen twice", table[table["id"].duplicated()])
    if plan.n is not None and plan.n != len(table):
        raise PlanError(
            f"样本量 n 为 {plan.n}，chosen 有 {len(table)} 行；请核对",
            f"n is {plan.n}, but chosen has {len(table)} rows; check which is right",
        )
    return table.reset_index(drop=True)


_STRATA = """
    select stratum, count(*) as every_count, count(*) filter (amount > 0) as positive_count,
        cast(coalesce(sum(amount) filter (amount > 0), 0) as varchar) as fen
    from lines group by stratum order by stratum
"""


def _sizes(plan: Plan, names: list[str], counts: list[int], lengths: list[int]) -> list[int]:
    if isinstance(plan.n, Mapping):
        sizes = _mapped(plan, plan.n, names)
    else:
        n = check_count("n", plan.n, least=1)  # type: ignore[arg-type]
        _refuse_more("", n, sum(counts))
        shares = apportion([Fraction(length) for length in lengths], counts, n=n)
        sizes = [share.allocated for share in shares]
    for name, size, count in zip(names, sizes, counts, strict=True):
        _refuse_more(name, size, count)
    return sizes


def _mapped(plan: Plan, n: Mapping[str, int], names: list[str]) -> list[int]:
    wanted = {str(name): check_count(f"n[{name}]", size) for name, size in n.items()}
    unlike = sorted(set(wanted) ^ set(names))
    if plan.strata is None or unlike:
        raise PlanError(
            f"n 应给出每层的样本量；对不上的层：{named(unlike)}；不抽的层写 0",
            f"n should give a size for each stratum; strata that do not match: {named(unlike)}; "
            "write 0 for none",
        )
    check_count("n", sum(wanted.values()), least=1)
    return [wanted[name] for name in names]


def _refuse_more(stratum: str, n: int, count: int) -> None:
    if n > count:
        where, where_en = (f"{stratum} 层", f" of {stratum}") if stratum else ("", "")
        raise PlanError(
            f"{where}样本量 n 为 {n}，可抽的只有 {count} 个；请减小 n，或全部检查",
            f"n{where_en} is {n}, but only {count} items can be drawn; lower n, or examine all",
        )


def _refuse(name: str, other: str) -> None:
    raise PlanError(
        f"{name} 不能与 {other} 同用；请去掉 {name}",
        f"{name} cannot be used with {other}; leave {name} out",
    )


def _refuse_ids(what: str, what_en: str, rows: pd.DataFrame) -> None:
    if not rows.empty:
        ids: Any = named(rows["id"].tolist())
        raise PlanError(
            f"chosen 中有{what}：{ids}；请改正", f"chosen has items {what_en}: {ids}; correct it"
        )
