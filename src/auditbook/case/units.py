"""Names of units: aliases give the one name used in the case; the unknown is never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditbook.case.body import RawTable
from auditbook.case.cells import LIST_SIGNS
from auditbook.case.errors import Problem
from auditbook.case.files import Unread
from auditbook.case.names import nearest, squeezed, tidy

REGISTERS = ("units", "allocation")
"""The first of these tables that a case has is its master list of units."""


@dataclass(frozen=True)
class AliasUse:
    """One cell whose name went through an alias."""

    written: str
    unit: str
    place: str
    table: str


@dataclass
class UnitNames:
    """The units of a case and what else they are called.

    Attributes
    ----------
    register : str
        The table that lists the units; ``""`` when the case has none: any name is taken then.
    places : dict of str to str
        Unit to the place that names it, for example ``units.csv:3``.
    """

    register: str = ""
    places: dict[str, str] = field(default_factory=dict)
    _canonical: dict[str, str] = field(default_factory=dict)
    _aliases: dict[str, str] = field(default_factory=dict)

    def add(self, unit: str, place: str) -> None:
        """A unit of the master list."""
        self._canonical.setdefault(squeezed(unit), unit)
        self.places.setdefault(unit, place)

    def alias(self, written: str, unit: str) -> str:
        """Note another spelling; the unit that it would clash with, ``""`` when there is none."""
        key = squeezed(written)
        other = self._aliases.get(key) or self._canonical.get(key) or unit
        if other != unit:
            return other
        if key not in self._canonical:
            self._aliases[key] = unit
        return ""

    def resolve(self, written: str) -> tuple[str, bool]:
        """The unit's name and whether an alias led to it; ``""`` when it is unknown."""
        key = squeezed(written)
        if key in self._aliases:
            return self._aliases[key], True
        if key in self._canonical:
            return self._canonical[key], False
        return ("", False) if self.register else (tidy(written), False)

    def spellings(self) -> list[Any]:
        """All that decides what :meth:`resolve` answers, as JSON can hold it."""
        known = [sorted(self._canonical.items()), sorted(self._aliases.items())]
        return [bool(self.register), *known]

    def unknown(self, written: str) -> tuple[str, str]:
        """What to say of a name that is not known: the nearest unit and where it stands."""
        near = nearest(written, self.places, at_least=0.34)
        if not near:
            some = "、".join(list(self.places)[:6])
            return (
                f"不在单位名单（{self.register}）中；名单上有：{some} 等 {len(self.places)} 个",
                f"not in the list of units ({self.register}), which has {some}, …",
            )
        place = self.places[near]
        return (
            f"不在单位名单（{self.register}）中；相近的单位：{near}（{place}）；"
            "若是同一单位的另一写法，写入 units 表的“别名”列或 case.yaml 的 aliases",
            f"not in the list of units ({self.register}); nearest: {near} ({place}); if it is "
            "another spelling, add it to the aliases of units or of case.yaml",
        )


def unit_names(
    raws: Mapping[str, RawTable],
    aliases: Mapping[str, str],
    unread: Unread,
    problems: list[Problem],
) -> UnitNames:
    """The master list of units and every alias, from the tables and ``case.yaml``.

    A list that is there but could not be read is no list: every name is taken then, since the
    problem of the list is told already.
    """
    register = next((n for n in REGISTERS if n in raws or unread.may_be(n)), "")
    if register not in raws or unread.may_be(register) or raws[register].find("unit") is None:
        register = ""
    names = UnitNames(register)
    if register:
        raw = raws[register]
        spelt = {squeezed(a): u for a, u in aliases.items()}
        for row in raw.body.rows:
            unit = tidy(raw.text(row, "unit"))
            if unit and (register == "units" or squeezed(unit) not in spelt):
                names.add(unit, raw.place(row))
        if register == "units":
            problems.extend(_from_table(raw, names))
    problems.extend(_from_settings(aliases, names))
    return names


def _from_table(raw: RawTable, names: UnitNames) -> Iterable[Problem]:
    column = raw.find("aliases")
    for row in raw.body.rows if column else ():
        unit = tidy(raw.text(row, "unit"))
        for written in filter(None, map(tidy, LIST_SIGNS.split(raw.text(row, "aliases")))):
            other = names.alias(written, unit)
            if other and column:
                yield _clash(raw.grid.file, row.number, column.title, written, unit, other)


def _from_settings(aliases: Mapping[str, str], names: UnitNames) -> Iterable[Problem]:
    for written, target in aliases.items():
        key = f"aliases.{written}"
        unit, _ = names.resolve(target)
        if not unit:
            yield Problem("case.yaml", 0, key, target, *names.unknown(target))
            continue
        other = names.alias(written, unit)
        if other:
            yield _clash("case.yaml", 0, key, written, unit, other)


def _clash(file: str, row: int, column: str, written: str, unit: str, other: str) -> Problem:
    return Problem(
        file,
        row,
        column,
        written,
        f"既是 {unit} 又是 {other} 的写法；一个写法只能指一个单位",
        f"stands for both {unit} and {other}; a spelling can mean one unit only",
    )
