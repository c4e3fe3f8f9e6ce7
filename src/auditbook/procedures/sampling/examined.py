"""Examined units (已审查单位): what a sample says of each stratum, in exact numbers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import pandas as pd

from auditbook.procedures.errors import Number, PlanError, check_count, exact

Amount: TypeAlias = "int | Fraction"
"""Fen; a Fraction where other numbers than whole ones were given."""

PerStratum: TypeAlias = "Number | Mapping[Any, Any] | pd.Series"
"""One number, or one per stratum by its name."""

_NAMED_ROWS = 10


@dataclass(frozen=True)
class Stratum:
    """The examined units of one stratum; of the whole population where there are no strata.

    Attributes
    ----------
    name : hashable
        ``None`` for the whole population.
    population : int
        Units in the stratum, N.
    audited : tuple of int or Fraction
        审定金额 of the n examined units.
    book : tuple of int or Fraction
        账面金额 of the same units; empty where it is not asked for.
    book_total : int, Fraction or None
        Of all N units; None where it is not known, or only that of all strata together.
    """

    name: Hashable
    population: int
    audited: tuple[Amount, ...]
    book: tuple[Amount, ...]
    book_total: Amount | None

    @property
    def n(self) -> int:
        """Units examined."""
        return len(self.audited)

    @property
    def census(self) -> bool:
        """Every unit was examined."""
        return self.n == self.population

    @property
    def differences(self) -> tuple[Amount, ...]:
        """Audited less book, unit by unit; nothing without book values."""
        return tuple(y - x for y, x in zip(self.audited, self.book, strict=bool(self.book)))

    @property
    def base(self) -> Amount:
        """The book total that an estimate starts from; 0 where it is not known."""
        return self.book_total or 0


def examined_strata(
    sample: pd.DataFrame,
    *,
    population: PerStratum,
    audited: str,
    book: str | None,
    book_total: PerStratum | None,
    strata: str | None,
) -> list[Stratum]:
    """The sample by stratum, in the order of `population`; the arguments of ``estimate_total``.

    Raises
    ------
    PlanError
        No rows, unknown columns, missing amounts, ids given twice, more units examined than
        there are, strata without population or without sample, or a census whose book values do
        not add up to the book total.
    """
    names = [name for name in (audited, book, strata) if name is not None]
    check_columns(sample, names)
    _check_ids(sample)
    sizes = _sizes(sample, population, strata)
    totals = _book_totals(book_total, sizes, strata)
    values = {name: amounts(sample, name) for name in names if name != strata}
    places: dict[Hashable, list[int]] = {name: [] for name in sizes}
    for place, name in enumerate(sample[strata] if strata else [None] * len(sample)):
        places[name].append(place)
    found = []
    for name, rows in places.items():
        size = f"population（{name}）" if strata else "population"
        stratum = Stratum(
            name,
            check_count(size, sizes[name], least=max(len(rows), 1)),
            tuple(values[audited][row] for row in rows),
            tuple(values[book][row] for row in rows) if book else (),
            totals[name],
        )
        if stratum.book_total is not None:
            check_tie(f"book_total（{name}）" if strata else "book_total", [stratum], stratum.base)
        found.append(stratum)
    return found


def amount(name: str, number: Any) -> Amount:
    """An amount as an exact number: an int where it is whole.

    Raises
    ------
    PlanError
        It is missing, or no number.
    """
    try:
        if isinstance(number, bool):
            raise TypeError
        value = exact(number.item() if hasattr(number, "item") else number)
    except (TypeError, ValueError, OverflowError):
        raise PlanError(
            f"{name} 应为一个金额，给的是 {number!r}", f"{name} should be an amount, got {number!r}"
        ) from None
    return value.numerator if value.denominator == 1 else value


def check_columns(sample: pd.DataFrame, names: Sequence[str]) -> None:
    """The sample has these columns and at least one row.

    Raises
    ------
    PlanError
        It has not.
    """
    missing = [name for name in names if name not in sample.columns]
    if missing:
        there = ", ".join(map(str, sample.columns))
        raise PlanError(
            f"样本中没有 {'、'.join(missing)} 列；有的列：{there}",
            f"the sample has no column {', '.join(missing)}; it has {there}",
        )
    if sample.empty:
        raise PlanError(
            "样本中没有已审查的单位，无从推断", "nothing was examined: nothing to project"
        )


def amounts(sample: pd.DataFrame, column: str) -> list[Amount]:
    """A column of amounts as exact numbers.

    Raises
    ------
    PlanError
        There is no such column, an amount is missing (the rows are named), or is no number.
    """
    check_columns(sample, [column])
    missing = sample[column].isna()
    if missing.any():
        rows = _rows(sample, missing)
        raise PlanError(
            f"以下样本没有填 {column}：{rows}；无法审查又无替代程序的单位按全额错报填 0，不得略去",
            f"rows without {column}: {rows}; a unit that could not be examined, nor settled "
            "otherwise, counts as wholly misstated (0) and may not be left out",
        )
    if pd.api.types.is_integer_dtype(sample[column]):
        return [int(value) for value in sample[column].tolist()]
    return [amount(column, value) for value in sample[column].tolist()]


def check_tie(name: str, strata: Sequence[Stratum], total: Amount) -> None:
    """Where every unit was examined, their book values add up to the book total.

    Raises
    ------
    PlanError
        They do not: units are missing from the population, or the total is another one.
    """
    book = sum(sum(stratum.book) for stratum in strata)
    whole = all(stratum.census and stratum.book for stratum in strata)
    if whole and book != total:
        raise PlanError(
            f"全部单位都已审查，账面金额合计 {book} 却不等于 {name} {total}；先核对总体与账面",
            f"all units were examined, yet their book values add up to {book} and not to {name} "
            f"{total}; tie the population to the books first",
        )


def _check_ids(sample: pd.DataFrame) -> None:
    """A unit can be drawn once only here; monetary-unit draws hit a unit several times."""
    if "id" in sample.columns and sample["id"].duplicated().any():
        twice = _rows(sample, sample["id"].duplicated())
        raise PlanError(
            f"样本中同一 id 出现多次：{twice}；每个单位只列一次，货币单元抽样用 evaluate_mus",
            f"ids given twice in the sample: {twice}; list each unit once, "
            "and use evaluate_mus for monetary-unit draws",
        )


def _sizes(sample: pd.DataFrame, population: PerStratum, strata: str | None) -> dict[Any, Any]:
    """Units in the population by stratum, under None where there are no strata."""
    if strata is None:
        if isinstance(population, Mapping | pd.Series):
            raise PlanError(
                "population 按层给出时，要用 strata 指明分层的列",
                "population is given by stratum: name the column of strata with strata=",
            )
        return {None: population}
    if not isinstance(population, Mapping | pd.Series):
        raise PlanError(
            f"分层样本的 population 应按层给出（层名: 单位数），给的是 {population!r}",
            f"population of a stratified sample should be one number per stratum, "
            f"got {population!r}",
        )
    unknown = sample[strata].isna()
    if unknown.any():
        rows = _rows(sample, unknown)
        raise PlanError(f"以下样本没有填层名：{rows}", f"rows without a stratum: {rows}")
    sizes = _by_name("population", population)
    _check_same("population", sizes, sample[strata].unique())
    return sizes


def _book_totals(
    given: PerStratum | None, sizes: dict[Any, Any], strata: str | None
) -> dict[Any, Amount | None]:
    """Book totals by stratum; None where only the total of all is known."""
    if isinstance(given, Mapping | pd.Series):
        if strata is None:
            raise PlanError(
                "book_total 按层给出时，要用 strata 指明分层的列",
                "book_total is given by stratum: name the column of strata with strata=",
            )
        totals = _by_name("book_total", given)
        _check_same("book_total", totals, sizes)
        return {name: amount(f"book_total（{name}）", totals[name]) for name in sizes}
    if given is not None and strata is None:
        return {None: amount("book_total", given)}
    return dict.fromkeys(sizes)


def _by_name(argument: str, given: Mapping[Any, Any] | pd.Series) -> dict[Any, Any]:
    if isinstance(given, pd.Series) and given.index.has_duplicates:
        twice = ", ".join(map(str, given.index[given.index.duplicated()]))
        raise PlanError(
            f"{argument} 中同一层出现多次：{twice}", f"{argument} names strata twice: {twice}"
        )
    return dict(given.items())


def _check_same(argument: str, given: Mapping[Any, Any], strata: Any) -> None:
    """The strata of an argument are those that are wanted, no more and no fewer."""
    missing = [str(name) for name in strata if name not in given]
    if missing:
        raise PlanError(
            f"{argument} 中没有以下各层：{'、'.join(missing)}",
            f"{argument} misses strata: {', '.join(missing)}",
        )
    wanted = set(strata)
    unused = [str(name) for name in given if name not in wanted]
    if unused:
        raise PlanError(
            f"以下各层没有样本，不能推断：{'、'.join(unused)}；每层至少抽 2 个单位，"
            "或把该层移出总体单独说明",
            f"strata without a sample cannot be projected: {', '.join(unused)}; examine at least "
            f"2 units of each, or leave them out of {argument} and say so",
        )


def _rows(sample: pd.DataFrame, chosen: pd.Series) -> str:
    """Rows as people find them: by id, else by their label in the table."""
    labels = sample["id"] if "id" in sample.columns else sample.index.to_series()
    names = [str(label) for label in labels[chosen.to_numpy()]]
    more = f" … ({len(names)})" if len(names) > _NAMED_ROWS else ""
    return ", ".join(names[:_NAMED_ROWS]) + more
