"""Document numbers (文号) as one person or another writes them, made comparable."""

from __future__ import annotations

import re

from auditbook.query import literal

_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_HALF = "".join(chr(code) for code in range(0x21, 0x7F))
_SMALL = "abcdefghijklmnopqrstuvwxyz"
_FROM, _TO = _WIDE + _SMALL, (_HALF + _SMALL).upper()
_WIDE_DIGITS, _DIGITS = "０１２３４５６７８９", "0123456789"
_SPACES = "[\\x09-\\x0d\\x20\x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]+"
_WIDE_SEPARATORS = "－＿［］（）｛｝＜＞"
_SEPARATORS = rf"[-‐‑‒–—―−﹣_\[\](){{}}<>〔〕【】〖〗《》〈〉{_WIDE_SEPARATORS}]+"
_ZEROS = "(^|[^0-9])0+([0-9])"


def normal_document_no(text: str) -> str:
    """A document number without what people write differently.

    Full width becomes half width and small letters capitals; spaces go; each run of digits loses
    its leading zeros, where dashes and brackets of any kind end a run; then dashes and brackets
    go, and a final 号. ``昆财建〔2018〕012号`` and ``昆财建[２０１８] 12`` are the same.
    """
    plain = re.sub(_SPACES, "", text.translate(str.maketrans(_FROM, _TO)))
    runs = re.sub(_ZEROS, r"\1\2", re.sub(_SEPARATORS, "-", plain))
    return runs.replace("-", "").removesuffix("号")


def document_no_sql(column: str) -> str:
    """:func:`normal_document_no` of a column, in DuckDB's SQL.

    Translating takes most of the time, and the more letters it knows the longer: most numbers
    need none, or digits only.
    """
    others = "".join(c for c in _WIDE if c not in _WIDE_DIGITS + _WIDE_SEPARATORS)
    half = f"""case
        when regexp_matches({column}, '[a-z{others}]')
            then translate({column}, {literal(_FROM)}, {literal(_TO)})
        when regexp_matches({column}, '[{_WIDE_DIGITS}]')
            then translate({column}, '{_WIDE_DIGITS}', '{_DIGITS}')
        else {column} end"""
    plain = f"regexp_replace({half}, {literal(_SPACES)}, '', 'g')"
    parted = f"regexp_replace({plain}, {literal(_SEPARATORS)}, '-', 'g')"
    runs = rf"regexp_replace({parted}, '{_ZEROS}', '\1\2', 'g')"
    return f"regexp_replace(replace({runs}, '-', ''), '号$', '')"
