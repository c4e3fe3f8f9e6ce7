"""Small instruments and their answers, as a case gives them."""

from decimal import Decimal

import pandas as pd

from auditbook.case.answers import Answers
from auditbook.case.instrument import Instrument, Label, Question

LEVELS = {"很满意": 5, "满意": 4, "一般": 3, "不满意": 2, "很不满意": 1, "不了解": None}


def question(name, kind="scale", labels=None, *, turned=False):
    """A question with these labels; of a scale those of LEVELS."""
    given = LEVELS if labels is None and kind == "scale" else dict.fromkeys(labels or ())
    scored = [
        Label("", text, None if score is None else Decimal(score)) for text, score in given.items()
    ]
    return Question(
        name, f"{name}？", kind, tuple(scored), turned, None, "", f"questions.csv:{name}"
    )


def answers(questions, **columns):
    """Answers whose rows are called 2, 3, …; columns that are not given are all missing."""
    size = max(map(len, columns.values()))
    empty = pd.Series([None] * size, dtype=object)
    frame = pd.DataFrame({name: columns.get(name, empty) for name in ("unit", "ip")})
    frame["submitted"] = pd.Series(columns.get("submitted", empty), dtype="datetime64[us]")
    frame["seconds"] = pd.Series(columns.get("seconds", empty), dtype="float64")
    for one in questions:
        given = pd.Series(columns.get(one.id, empty), dtype=object)
        if one.kind in ("scale", "single"):
            known = [label.text for label in one.labels]
            others = [text for text in given.dropna().unique() if text not in known]
            given = given.astype(pd.CategoricalDtype([*known, *others]))
        frame[one.id] = given
    frame.index = pd.Index([f"answers.csv:{row}" for row in range(2, size + 2)])
    return Answers(Instrument("residents", tuple(questions), Decimal(1), Decimal(5)), frame)
