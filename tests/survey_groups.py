"""Groups of respondents as notebook 03 has them, made of a few answers."""

import math
from dataclasses import replace
from decimal import Decimal

import pandas as pd

from auditbook.case.instrument import Label
from auditbook.case.survey_settings import Survey
from auditbook.procedures.survey.groups import asked_groups
from survey_answers import question

UNITS = ["group", "unit", "population", "issued", "returned", "quota"]
SETTINGS = {
    "group": "residents", "zh": "群众", "en": "residents", "selection": "random",
    "confidence": 0.95, "low": 1, "high": 5, "satisfied": ["很满意", "满意"], "basic": ["一般"],
}  # fmt: skip
STAFF = {"group": "staff", "zh": "工作人员", "en": "staff"}


def setting(**more):
    """Settings of a group; see SETTINGS."""
    return Survey.model_validate(SETTINGS | more)


def group(given, *, counts=None, units=(), **settings):
    """One group with these answers; ``counts`` is its row of survey_counts."""
    own = setting(**settings)
    instrument = replace(given.instrument, group=own.group, overall=own.overall)
    given = replace(given, instrument=instrument)
    row = [] if counts is None else [{"group": own.group, "source_row": "counts.csv:2", **counts}]
    rows = [{"group": own.group, **unit} for unit in units]
    plan = pd.DataFrame(rows, columns=UNITS).astype(dict.fromkeys(UNITS[2:], "Int64"))
    table = pd.DataFrame(row)
    whole = {name: "Int64" for name in ("population", "issued", "valid") if name in table}
    found = asked_groups([own], {own.group: given}, counts=table.astype(whole), units=plan)
    return found[0]


def scale(name, scores, *, turned=False):
    """A question of the scale with these labels and scores; None: no opinion."""
    given = [
        Label("", text, None if score is None else Decimal(score)) for text, score in scores.items()
    ]
    return replace(question(name, turned=turned), labels=tuple(given))


def wilson(count, n, z=1.959964):
    """Wilson's limits, as in Wilson (1927)."""
    share, of = count / n, 1 + z * z / n
    centre = (share + z * z / (2 * n)) / of
    half = z / of * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return centre - half, centre + half
