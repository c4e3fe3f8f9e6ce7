"""Whether full marks add up level by level, and keep the rules of a preset. Exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from auditbook.case.presets.reading import LEVELS, Preset, Rule
from auditbook.facts import records

PROBLEM_COLUMNS = ["problem", "name", "stated", "expected", "zh", "en", "source_row"]
"""Of the tables of problems: what is wrong, of what, the number there, the right number."""

_Row = Mapping[str, Any]
_Path = tuple[str, ...]


def check_sums(indicators: pd.DataFrame, *, total: Decimal | int | None = None) -> pd.DataFrame:
    """Full marks that do not add up, level by level.

    An indicator is a row whose path of names no other row continues; a row that others continue
    is a parent that was typed with its own mark (as score sheets print them), which must equal
    the sum of the indicators under it exactly.

    Parameters
    ----------
    indicators : DataFrame
        level1, level2, and level3, level4 where there are such, full; source_row where known.
    total : Decimal or int, optional
        What all indicators together must have, usually 100.

    Returns
    -------
    DataFrame, one row per problem
        problem: ``sum`` (a parent is not the sum of its parts), ``total``, ``no_mark`` (missing,
        no number, or not above 0), ``repeated`` (two rows of one path), ``level_skipped`` (level
        3 without level 2), ``one_level`` (the whole system has level 1 only). name (names from
        level 1 down), stated, expected, zh, en, source_row.
    """
    rows = records(indicators)
    paths = [_path(row) for row in rows]
    marks = [_mark(row.get("full")) for row in rows]
    problems = list(_shape(rows, paths, marks))
    leaves = [
        (path, mark or Decimal(0))
        for path, mark in zip(paths, marks, strict=True)
        if not any(_under(other, path) for other in paths)
    ]
    for row, path, mark in zip(rows, paths, marks, strict=True):
        parts = [part for leaf, part in leaves if _under(leaf, path)]
        if parts and mark is not None and mark != sum(parts):
            problems.append(_problem("sum", path, mark, sum(parts), row))
    whole = sum((part for _, part in leaves), Decimal(0))
    if total is not None and whole != total:
        problems.append(_problem("total", (), whole, Decimal(total), {}))
    return pd.DataFrame(problems, columns=PROBLEM_COLUMNS)


def check_preset_rules(system: pd.DataFrame, preset: Preset) -> pd.DataFrame:
    """Rules of a preset that an indicator system does not keep.

    Parameters
    ----------
    system : DataFrame
        The indicators of a case: level1 … level4, full (parents may stand in rows of their own).
    preset : Preset

    Returns
    -------
    DataFrame, one row per problem
        problem: the code of the rule, or ``level1_missing`` where the system lacks a level-1
        indicator that a rule speaks of, so that the rule cannot be checked. name, stated (what
        the system has: percent for ``at_least`` and ``exactly``, else points), expected, zh, en
        (the rule in words, with its source), source_row.
    """
    rows = records(system)
    paths = [_path(row) for row in rows]
    leaves = [
        (path, _mark(row.get("full")) or Decimal(0), row)
        for row, path in zip(rows, paths, strict=True)
        if not any(_under(other, path) for other in paths)
    ]
    sums: dict[str, Decimal] = {}
    for path, mark, _ in leaves:
        if path:
            sums[path[0]] = sums.get(path[0], Decimal(0)) + mark
    problems = []
    for rule in preset.rules:
        missing = [name for name in (*rule.level1, *rule.than) if name not in sums]
        if missing:
            problems.append(_broken(rule, "、".join(missing), "", "", code="level1_missing"))
        else:
            problems += _breaks(rule, sums, leaves)
    return pd.DataFrame(problems, columns=PROBLEM_COLUMNS)


def _breaks(
    rule: Rule, sums: Mapping[str, Decimal], leaves: Sequence[tuple[_Path, Decimal, _Row]]
) -> Iterator[dict[str, str]]:
    """Where one rule is broken."""
    number = rule.number or Decimal(0)
    name = "、".join(rule.level1)
    together = sum((sums[one] for one in rule.level1), Decimal(0))
    if rule.kind in ("at_least", "exactly"):
        whole = sum(sums.values(), Decimal(0))
        share = Fraction(together) * 100 / Fraction(whole) if whole else Fraction(0)
        if share < number or (rule.kind == "exactly" and share != number):
            yield _broken(rule, name, f"{_plain(share)}%", f"{_plain(number)}%")
    elif rule.kind == "more_than":
        other = sum((sums[one] for one in rule.than), Decimal(0))
        if together <= other:
            yield _broken(rule, name, _plain(together), f"> {_plain(other)}")
    elif rule.kind == "each_at_least":
        for one, mark in sums.items():
            if mark < number:
                yield _broken(rule, one, _plain(mark), f"≥ {_plain(number)}")
    else:
        marks: Sequence[tuple[_Path, Decimal, _Row]] = leaves
        if rule.of == "level1":
            marks = [((one,), mark, {}) for one, mark in sums.items()]
        for path, mark, row in marks:
            if mark % number:
                source = str(row.get("source_row", ""))
                yield _broken(rule, " › ".join(path), _plain(mark), "", source=source)


def _shape(
    rows: list[dict[str, Any]], paths: list[_Path], marks: list[Decimal | None]
) -> Iterator[dict[str, str]]:
    """Rows that no level can be summed from."""
    seen: set[_Path] = set()
    for row, path, mark in zip(rows, paths, marks, strict=True):
        names = [_text(row.get(level)) for level in LEVELS]
        if not names[0] or names[: len(path)] != list(path):
            yield _problem("level_skipped", path, None, None, row)
        if path in seen:
            yield _problem("repeated", path, mark, None, row)
        seen.add(path)
        if mark is None or mark <= 0:
            yield _problem("no_mark", path, row.get("full"), None, row)
    if paths and max(map(len, paths)) < 2:
        yield _problem("one_level", (), None, None, {})


_WORDS = {
    "sum": ("分值 {stated} 不等于下级之和 {expected}",
            "the full mark {stated} is not the sum of the level below, {expected}"),
    "total": ("分值合计 {stated}，应为 {expected}",
              "full marks add up to {stated}, not {expected}"),
    "no_mark": ("分值应为大于 0 的数，写的是 {stated}",
                "a full mark should be a number above 0, found {stated}"),
    "repeated": ("同一个指标写了两行", "the same indicator stands in two rows"),
    "level_skipped": ("指标缺少上级名称", "the indicator lacks the name of a level above"),
    "one_level": ("指标体系只有一级；应有二至四级",
                  "the system has one level; two to four are right"),
}  # fmt: skip


def _problem(problem: str, path: _Path, stated: Any, expected: Any, row: _Row) -> dict[str, str]:
    values = {"stated": _shown(stated), "expected": _shown(expected)}
    zh, en = (words.format(**values) for words in _WORDS[problem])
    return {
        "problem": problem,
        "name": " › ".join(path),
        **values,
        "zh": zh,
        "en": en,
        "source_row": str(row.get("source_row", "")),
    }


def _broken(
    rule: Rule, name: str, stated: str, expected: str, *, code: str = "", source: str = ""
) -> dict[str, str]:
    zh, en = f"{rule.zh}（{rule.source}）", f"{rule.en} ({rule.source})"
    if code:
        zh, en = (
            f"没有一级指标 {name}，不能核对：{zh}",
            f"no level-1 indicator {name} to check: {en}",
        )
    return dict(
        zip(PROBLEM_COLUMNS, (code or rule.code, name, stated, expected, zh, en, source),
            strict=True)
    )  # fmt: skip


def _path(row: _Row) -> _Path:
    return tuple(name for name in (_text(row.get(level)) for level in LEVELS) if name)


def _under(path: _Path, parent: _Path) -> bool:
    return len(path) > len(parent) and path[: len(parent)] == parent


def _text(cell: Any) -> str:
    return "" if cell is None or cell != cell else str(cell).strip()


def _mark(cell: Any) -> Decimal | None:
    """A full mark; None where the cell has none."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal) or cell != cell:
        return None
    return Decimal(str(cell))


def _shown(value: Any) -> str:
    return _plain(value) if isinstance(value, Decimal | int) else _text(value)


def _plain(number: Decimal | Fraction | int) -> str:
    """A number without trailing zeros; a fraction that does not end to four decimals."""
    text = f"{float(number):.4f}" if isinstance(number, Fraction) else f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
