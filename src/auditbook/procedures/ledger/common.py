"""What the tests of ledgers share: which lines there are, and the table of exceptions."""

from __future__ import annotations

import re
from typing import TypeGuard

import pandas as pd

from auditbook.facts import EXCEPTION_COLUMNS
from auditbook.query import Table, literal, no_rows, query

_TEXTS = ("unit", "payee", "account", "document_no", "purpose", "fund", "source_row")
_ALWAYS = ("entry_id", "date", "amount")

_LINE = re.compile(r"'(?:[^']|'')*'|\b(?P<word>from|join) line\b")  # texts stay as they are
_SPACES = " \t\n\r\u00a0\u2002\u2003\u2009\u200b\u3000"
_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_ASCII = "".join(chr(code) for code in range(0x21, 0x7F))


def exceptions(
    ledger: Table, test: str, hits: str, *, needs: tuple[str, ...] = (), **others: Table
) -> pd.DataFrame:
    """The table of exceptions of a test whose exceptions have several lines.

    Parameters
    ----------
    ledger : Table
        ``entry_id`` unique, ``date``, ``amount`` (fen), and what the test needs.
    test : str
        The name of the test.
    hits : str
        SQL on ``line`` (the ledger) and the tables of `others`: the ``entry_id`` of each line in
        question, ``first_entry`` (the first line of its exception) and ``detail``.
    needs : tuple of str
        Other columns of the ledger without which the question makes no sense.

    Raises
    ------
    KeyError
        The ledger has no such column.
    """
    sql = f"""
        with hit as ({hits}),
        dated as (
            select hit.detail, hit.first_entry, line.*,
                min(line.date) over (partition by hit.first_entry) as first_date
            from hit join line using (entry_id)
        )
        select {_columns(test, "dense_rank() over (order by first_date, first_entry)")}
        from dated
        order by case_no, date, entry_id
    """
    return ask(ledger, sql, needs=needs, **others)


def single_lines(
    ledger: Table, test: str, hits: str, *, needs: tuple[str, ...] = (), **others: Table
) -> pd.DataFrame:
    """The table of exceptions of a test whose exceptions have one line each.

    Parameters
    ----------
    ledger, test, needs
        As for :func:`exceptions`.
    hits : str
        SQL on ``line``: the lines in question, with all their columns, and ``detail``.

    Raises
    ------
    KeyError
        The ledger has no such column.
    """
    sql = f"""
        select {_columns(test, "row_number() over (order by date, entry_id)")}
        from ({hits}) as hit
        order by case_no
    """
    return ask(ledger, sql, needs=needs, **others)


def _columns(test: str, case_no: str) -> str:
    return f"""{literal(test)} as test, cast({case_no} as bigint) as case_no, entry_id,
            cast(date as timestamp) as date, unit, payee, document_no, amount as amount_fen,
            detail, source_row"""


def ask(ledger: Table, sql: str, *, needs: tuple[str, ...] = (), **others: Table) -> pd.DataFrame:
    """A question to the ledger under the name ``line``; texts that it does not have are empty."""
    columns = list(ledger.columns)
    missing = [column for column in (*_ALWAYS, *needs) if column not in columns]
    if missing:
        raise KeyError(f"the ledger has no column {', '.join(missing)}")
    texts = [text if text in columns else f"'' as {text}" for text in _TEXTS]
    line = f"(select entry_id, date, amount, {', '.join(texts)} from ledger)"
    return query(_named(sql, line), ledger=ledger, **others)


def no_exceptions() -> pd.DataFrame:
    """The table of exceptions without a row."""
    texts = {column: pd.Series(dtype="str") for column in EXCEPTION_COLUMNS}
    whole = {column: pd.Series(dtype="int64") for column in ("case_no", "amount_fen")}
    return pd.DataFrame(texts | whole | {"date": pd.Series(dtype="datetime64[us]")})


def folded(column: str) -> str:
    """SQL: a text without spaces, full-width letters, digits and signs as ordinary ones.

    Translating is slow, so only texts that have such characters are translated.
    """
    odd = literal(f"[{_SPACES}{_FULL[0]}-{_FULL[-1]}]")
    translated = f"translate({column}, {literal(_FULL + _SPACES)}, {literal(_ASCII)})"
    return f"case when regexp_matches({column}, {odd}) then {translated} else {column} end"


def fold(text: str) -> str:
    """What :func:`folded` makes of a text."""
    return text.translate(str.maketrans(_FULL, _ASCII, _SPACES))


def plain_detail(column: str) -> str:
    """SQL: a text as it may stand in ``detail``, where ``;`` ends a part."""
    return f"replace({folded(column)}, ';', ',')"


def listed(values: list[str]) -> str:
    """SQL: a list for ``in``, which may be empty."""
    return literal(values) if values else "(null)"


def _named(sql: str, line: str) -> str:
    """``line`` is written out where it is asked for, so that only the columns asked for are read.

    A common table expression would be kept in memory with all its columns.
    """

    def written(found: re.Match[str]) -> str:
        word = found["word"]
        return f"{word} {line} as line" if word else found[0]

    return _LINE.sub(written, sql)


def present(table: Table | None) -> TypeGuard[Table]:
    """Whether the case has a table: one is given, and it is not a frame without rows."""
    return table is not None and not no_rows(table)
