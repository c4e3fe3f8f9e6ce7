"""The sample as a file that can be put into its case as it is."""

from __future__ import annotations

import io

import pandas as pd

from auditbook.case.schemas import SCHEMAS
from auditbook.csvtable import write_rows

_COLUMNS = ("id", "role", "method", "reason")


def sample_csv(items: pd.DataFrame) -> bytes:
    """``sample.csv``: UTF-8 with BOM, the titles and words of the case's table ``sample``.

    Parameters
    ----------
    items : DataFrame
        From ``sampling.sampled_items``: id, role, method, reason.
    """
    titles = {name: SCHEMAS["sample"].titles()[name] for name in _COLUMNS}
    words = {name: {code: zh for code, zh, _ in titles[name].choices} for name in titles}
    rows = [
        [words[name].get(value, value) for name, value in zip(_COLUMNS, row, strict=True)]
        for row in items[list(_COLUMNS)].itertuples(index=False)
    ]
    text = io.StringIO()
    write_rows(text, [title.zh for title in titles.values()], rows)
    return text.getvalue().encode("utf-8-sig")
