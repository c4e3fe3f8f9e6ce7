"""样本代表性: where a sample is unlike the frame that it was taken from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from auditbook.procedures.errors import PlanError
from auditbook.procedures.sampling.frames import column, in_sample, named
from auditbook.query import Table, query

COLUMNS = [
    "by", "kind", "level", "population_share", "sample_share", "standardised_difference", "test",
    "statistic", "p_value", "note",
]  # fmt: skip

LARGE = 0.25
"""A standardised difference from which groups count as unlike; Stuart (2010), page 11."""

_Test: TypeAlias = tuple[str, float, float]
"""Name, statistic, p-value."""

_NO_TEST: _Test = ("", math.nan, math.nan)
_EXPECTED = 5
_TIMES = ("DATE", "TIMESTAMP")
_NUMBERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
    "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL",
)  # fmt: skip
_VALUES = {"numeric": "cast({} as double)", "time": "epoch({})"}


def representativeness(
    frame: Table, sample: pd.DataFrame, *, by: str | Sequence[str]
) -> pd.DataFrame:
    """Where a sample is lopsided (偏倚): its differences from the frame, column by column.

    Numbers and dates are compared by their mean and by a Kolmogorov-Smirnov test, everything
    else by the share of each value and a chi-square test.

    Parameters
    ----------
    frame : DataFrame or DuckDB relation
        id, unique; the columns `by`. A column of numbers is held in memory whole, 9 bytes a line.
    sample : DataFrame
        id, of items of the frame.
    by : str or list of str
        Columns to compare. Missing numbers are left out and noted; missing values of other
        columns are a value of their own, ``(missing)``.

    Returns
    -------
    DataFrame
        by; kind (``numeric``, ``categorical``); level: the value, empty in the one row per column
        that carries its test; population_share and sample_share of a value (0 to 1);
        standardised_difference; test (``ks``, ``chi_square``), statistic and p_value; note:
        codes joined by ``;``. Numeric columns have one row, others one more for each value, by
        code point. Notes: ``large_difference`` (standardised difference of 0.25 or more either
        way), ``small_expected`` (an expected count below 5, where the chi-square p-value is
        rough), ``constant`` (one value only: no test), ``missing_values``, ``census`` (nothing
        was left unsampled: no test). No rows where the frame or the sample is empty.

    Raises
    ------
    PlanError
        The frame has no such column; sampled ids that it does not have.

    Notes
    -----
    The standardised difference is (sample - population) / S: means with the standard deviation of
    all N items of the frame (divisor N), a share P with √(P(1 - P)). It is no estimate: the frame
    is known. It does not grow with the sample, and so shows how far off a sample is where a test
    only shows whether chance could have done it.

    The sample is part of a finite population, so both tests compare the sample with the items
    that were *not* sampled. Under simple random selection each split of the N items into n and
    N - n is equally likely, which is what the two-sample tests suppose: the KS p-value is then
    exact (up to 10,000 items on either side; with ties it is on the safe side, too large), and
    the chi-square needs no further correction: it is Σ(O - E)²/E against the whole frame, divided
    by 1 - n/N. A small p-value says that simple random selection would rarely give a sample so
    unlike the frame. A large one does not make a judgement sample a random one, and a sample drawn
    by money or by strata is meant to be unlike the frame. With many columns some p-values are
    small by chance.

    References
    ----------
    Stuart, "Matching methods for causal inference", Statistical Science 25 (2010), page 11.
    Cochran, "Some methods for strengthening the common χ² tests", Biometrics 10 (1954), page 420
    (expected counts). Hodges, "The significance probability of the Smirnov two-sample test",
    Arkiv för Matematik 3 (1958).
    """
    columns = [by] if isinstance(by, str) else list(by)
    names = [str(name) for name in frame.columns]
    titles = [column(names, one) for one in columns]
    if sample.empty or not _size(frame):
        return _frame([])
    _check_ids(frame, sample)
    rows: list[list[Any]] = []
    for one, title, kind in zip(columns, titles, _kinds(frame, titles), strict=True):
        value = _VALUES.get(kind)
        if value:
            compared = _numeric(_narrow(frame, one), sample, value.format(title))
        else:
            compared = _categorical(_narrow(frame, one), sample, title)
        rows += [[one, *row] for row in compared]
    return _frame(rows)


def _narrow(frame: Table, name: str) -> Table:
    """A DataFrame with the columns in question only: all columns that are handed over are read."""
    return frame[list(dict.fromkeys(["id", name]))] if isinstance(frame, pd.DataFrame) else frame


def _numeric(frame: Table, sample: pd.DataFrame, value: str) -> list[list[Any]]:
    sql = f"""
        select value, sampled from (select {value} as value, {in_sample(sample["id"])} as sampled
        from frame) as compared order by value, sampled
    """
    table = query(sql, frame=frame)
    known = table[table["value"].notna()]
    values, sampled = known["value"].to_numpy(), known["sampled"].to_numpy(dtype=bool)
    difference, test = _standardised(values, sampled), _NO_TEST
    codes = _codes(difference) + (["missing_values"] if len(known) < len(table) else [])
    if not len(values) or values[0] == values[-1]:
        codes.append("constant")
    elif sampled.all():
        codes.append("census")
    elif sampled.any():
        test = _ks(values[sampled], values[~sampled])
    return [["numeric", "", math.nan, math.nan, difference, *test, ";".join(codes)]]


def _categorical(frame: Table, sample: pd.DataFrame, title: str) -> list[list[Any]]:
    sql = f"""
        select coalesce(cast({title} as varchar), '(missing)') as level, count(*) as population,
            count(*) filter ({in_sample(sample["id"])}) as sampled
        from frame group by 1 order by 1  -- the frame may have a column of this name
    """
    table = query(sql, frame=frame)
    whole, part = (table[name].to_numpy(dtype="int64") for name in ("population", "sampled"))
    test, codes = _NO_TEST, []
    if len(table) < 2:
        codes = ["constant"]
    elif part.sum() == whole.sum():
        codes = ["census"]
    else:
        test, codes = _chi_square(part, whole - part)
    first = ["categorical", "", math.nan, math.nan, math.nan, *test, ";".join(codes)]
    shares = zip(table["level"], whole / whole.sum(), part / part.sum(), strict=True)
    return [first, *(_level(*share) for share in shares)]


def _level(level: str, population: float, sample: float) -> list[Any]:
    spread = math.sqrt(population * (1 - population))
    difference = (sample - population) / spread if spread else math.nan
    note = ";".join(_codes(difference))
    return ["categorical", level, population, sample, difference, *_NO_TEST, note]


def _standardised(values: np.ndarray, sampled: np.ndarray) -> float:
    spread = float(values.std()) if len(values) else 0.0
    if not spread or not sampled.any():
        return math.nan
    return float(values[sampled].mean() - values.mean()) / spread


def _codes(difference: float) -> list[str]:
    return ["large_difference"] if abs(difference) >= LARGE else []


def _ks(sample: np.ndarray, rest: np.ndarray) -> _Test:
    from scipy.stats import ks_2samp  # not above: it takes half a second to import

    result = ks_2samp(sample, rest)
    return "ks", float(result.statistic), float(result.pvalue)


def _chi_square(sample: np.ndarray, rest: np.ndarray) -> tuple[_Test, list[str]]:
    from scipy.stats import chi2_contingency  # not above, as in _ks

    result = chi2_contingency(np.array([sample, rest]), correction=False)
    small = bool((result.expected_freq < _EXPECTED).any())
    test = ("chi_square", float(result.statistic), float(result.pvalue))
    return test, ["small_expected"] if small else []


def _kinds(frame: Table, titles: list[str]) -> list[str]:
    """``numeric``, ``time`` or ``categorical``, by the types that DuckDB sees."""
    types = ", ".join(f"typeof(any_value({title})) as c{k}" for k, title in enumerate(titles))
    found = query(f"select {types} from frame", frame=frame).iloc[0].tolist()
    return [_kind(str(kind)) for kind in found]


def _kind(kind: str) -> str:
    if kind.startswith(_TIMES):
        return "time"
    return "numeric" if kind.startswith(_NUMBERS) else "categorical"


def _size(frame: Table) -> int:
    return int(query("select count(*) as items from frame", frame=frame)["items"].iloc[0])


def _check_ids(frame: Table, sample: pd.DataFrame) -> None:
    sql = f"select cast(id as varchar) as id from frame where {in_sample(sample['id'])} order by id"
    unknown = sorted({str(item) for item in sample["id"]} - set(query(sql, frame=frame)["id"]))
    if unknown:
        raise PlanError(
            f"样本中有抽样框没有的 id：{named(unknown)}；请核对",
            f"the sample has ids that are not in the frame: {named(unknown)}; check them",
        )


def _frame(rows: list[list[Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=COLUMNS)
    texts = ("by", "kind", "level", "test", "note")
    kinds = {name: "str" if name in texts else "float64" for name in COLUMNS}
    return table.astype(kinds)
