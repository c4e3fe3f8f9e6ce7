"""Which column a printed title means, and the unit that the title names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from auditbook.case.columns import title_of
from auditbook.case.money import FEN_PER_UNIT, plain
from auditbook.case.names import squeezed, without_brackets
from auditbook.case.settings import FundSource
from auditbook.case.table_schema import TableSchema

IGNORE = "ignore"
"""``sources.<table>.columns`` may map a title to this: the column is left out on purpose."""

MEASURE_WORDS = frozenset({"个", "人", "份", "户", "件", "项", "次", "%", "张", "名"})

_UNITS = "|".join(
    sorted((re.escape(unit) for unit in {*FEN_PER_UNIT, *MEASURE_WORDS}), key=len, reverse=True)
)
_WITH_UNIT = re.compile(rf"(?P<title>.*?)\s*\(\s*(单位\s*:?\s*)?(?P<unit>{_UNITS})\s*\)")


@dataclass(frozen=True)
class Meaning:
    """What a title means.

    Attributes
    ----------
    name : str
        Column name; ``""`` when the title is not known.
    unit : str
        Unit named in the title, for example ``元`` or ``%``.
    group : str
        For a title under a known group (``资金使用/省级``) that names no source: the column the
        group belongs to.
    """

    name: str = ""
    unit: str = ""
    group: str = ""


def split_unit(title: str) -> tuple[str, str]:
    """A title without the unit in brackets at its end, and the unit."""
    found = _WITH_UNIT.fullmatch(plain(title))
    return (found["title"], found["unit"]) if found else (plain(title), "")


class Titles:
    """The titles under which a table's columns are accepted.

    Parameters
    ----------
    schema : TableSchema
    sources : tuple of FundSource
        Sources of the fund: they name the columns of the kind ``arrived_<source>``.
    extra : mapping of str to str
        ``sources.<table>.columns`` of the case: printed title to column name.
    """

    def __init__(
        self,
        schema: TableSchema,
        sources: tuple[FundSource, ...] = (),
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.sources = sources
        self.plain_columns = {n: c for n, c in schema.columns.items() if not c.regex}
        self.families = [n.removesuffix("_.+") for n, c in schema.columns.items() if c.regex]
        self._known = self._spellings(schema, extra or {})
        self._groups = {
            squeezed(part): family
            for family in self.families
            for title in title_of(self.plain_columns[family]).spellings(family)
            for part in (title.partition("/")[0],)
        }

    def names(self) -> set[str]:
        """Every column name this table may have."""
        by_source = {f"{family}_{s.key}" for family in self.families for s in self.sources}
        return {*self.plain_columns, *by_source}

    def meaning(self, title: str) -> Meaning:
        """What a title means; ``group/title`` for a title in the second row of a header."""
        exact = self._known.get(squeezed(title))
        if exact:
            return Meaning(exact)
        group, _, leaf = title.rpartition("/")
        bare, unit = split_unit(leaf)
        bare_group, group_unit = split_unit(group)
        if bare in ("", *FEN_PER_UNIT) and group:  # the unit alone under its title
            return Meaning(self._lookup(bare_group), unit or bare or group_unit)
        name = self._lookup(f"{bare_group}/{bare}") if group else ""
        name = name or self._source(bare_group, bare) or self._lookup(bare)
        family = "" if name else self._group(bare_group)
        return Meaning(name, unit or group_unit, family)

    def _spellings(self, schema: TableSchema, extra: Mapping[str, str]) -> dict[str, str]:
        known: dict[str, str] = {}
        for name, col in self.plain_columns.items():
            for spelling in title_of(col).spellings(name):
                known.setdefault(squeezed(spelling), name)
                known.setdefault(without_brackets(spelling), name)
        for family in self.families:
            for source in self.sources:
                known[squeezed(f"{family}_{source.key}")] = f"{family}_{source.key}"
        return known | {squeezed(title): name for title, name in extra.items()}

    def _lookup(self, title: str) -> str:
        return self._known.get(squeezed(title)) or self._known.get(without_brackets(title)) or ""

    def _group(self, group: str) -> str:
        bare = re.sub(r"\(.*?\)", "", plain(group))
        return self._groups.get(squeezed(group)) or self._groups.get(squeezed(bare)) or ""

    def _source(self, group: str, leaf: str) -> str:
        family = self._group(group) if group else ""
        if not family:
            return ""
        if squeezed(leaf) in ("合计", "小计", "total"):
            return family
        for source in sorted(self.sources, key=lambda s: -len(s.zh)):
            spellings = {squeezed(s) for s in (source.key, source.zh, source.en)}
            if squeezed(leaf) in spellings or squeezed(leaf).startswith(squeezed(source.zh)):
                return f"{family}_{source.key}"
        return ""
