"""A portfolio as a table for a spreadsheet: the same rows, with bare numbers."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from auditbook.case.money import FEN_PER_UNIT, round_half_up
from auditbook.csvtable import write_rows
from auditbook.facts import Bound, Figure, Severity

if TYPE_CHECKING:
    from auditbook.deliver.portfolio import PortfolioEntry

_SIGNS: dict[Bound, str] = {"exact": "", "at_most": "≤", "at_least": "≥"}


def as_csv(
    entries: Sequence[PortfolioEntry],
    links: Sequence[tuple[str, str]],
    words: Mapping[str, str],
    lang: str,
) -> bytes:
    """The rows as CSV (UTF-8 with BOM); no text in it acts as a formula.

    Money is in yuan and rates are per cent, whatever the unit of a case; whether a number is a
    limit stands in a column of its own.

    Parameters
    ----------
    entries : sequence of PortfolioEntry
    links : sequence of (page, report)
        Of each entry, empty where there is none.
    words : mapping of str to str
        Titles of the columns, and the states.
    lang : {"zh", "en"}
    """
    rows = [
        _row(entry, page, report, words, lang)
        for entry, (page, report) in zip(entries, links, strict=True)
    ]
    file = io.StringIO()
    write_rows(file, _titles(words, lang), rows)
    return file.getvalue().encode("utf-8-sig")


def sign(figure: Figure | None) -> str:
    """Whether a figure is a limit: ``≤``, ``≥``, or empty."""
    return _SIGNS[figure.bound] if figure else ""


def fen(figure: Figure) -> int:
    """The value of a figure that is money."""
    assert isinstance(figure.value, int), figure
    return figure.value


def _titles(words: Mapping[str, str], lang: str) -> list[str]:
    from auditbook.deliver.labels import label

    in_unit, bound = words["in_unit"].format, words["bound"].format
    yuan = label("money_unit.元", lang)
    return [
        *(words[key] for key in ("project", "year", "name", "state", "score", "full", "grade")),
        *(f"{words['findings']} {label(f'severity.{severity}', lang)}" for severity in Severity),
        in_unit(name=words["arrived"], unit=yuan),
        in_unit(name=words["used"], unit=yuan),
        bound(name=words["used"]),
        in_unit(name=words["rate"], unit="%"),
        bound(name=words["rate"]),
        *(words[key] for key in ("reason", "page", "report")),
    ]


def _row(
    entry: PortfolioEntry, page: str, report: str, words: Mapping[str, str], lang: str
) -> list[Any]:
    """The cells of one case, in the order of the titles."""
    mark = f" [{words['synthetic']}]" if entry.synthetic else ""
    cells = [
        entry.project,
        entry.year,
        entry.title + mark,
        words[entry.state],
        entry.score,
        entry.full,
        entry.grade,
        *(entry.findings[s] if entry.findings else None for s in Severity),
        _yuan(entry.arrived),
        _yuan(entry.used),
        sign(entry.used),
        _per_cent(entry.use_rate),
        sign(entry.use_rate),
        entry.reason,
        page,
        report,
    ]
    return [" ".join(cell.split()) if isinstance(cell, str) else cell for cell in cells]


def _yuan(figure: Figure | None) -> Decimal | None:
    return round_half_up(Fraction(fen(figure), FEN_PER_UNIT["元"]), 2) if figure else None


def _per_cent(figure: Figure | None) -> Decimal | None:
    if figure is None:
        return None
    assert isinstance(figure.value, Fraction), figure
    return round_half_up(figure.value * 100, 2)
