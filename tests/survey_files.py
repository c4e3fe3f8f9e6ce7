"""Surveys of synthetic cases read from their files as text, by none of the readers of a case."""

import csv
import functools
from fractions import Fraction

import pandas as pd
from click.testing import CliRunner

from auditbook.case import open_case
from auditbook.cli import cli


def synthesize(root, *years, seed=7, plant=None):
    (root / "data").mkdir(parents=True, exist_ok=True)
    words = ["synthesize", "made", *map(str, years), "--seed", str(seed), "--lines", "900"]
    words += ["--plant", plant] if plant else []
    return CliRunner().invoke(cli, [*words, "--root", str(root)])


@functools.cache
def table(root, year, name):
    """The rows of a table of a case, as text."""
    path = root / "data" / "made" / str(year) / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def questions(root, year, group):
    return [q for q in table(root, year, "questions") if q["对象组"] == group]


def labels(question):
    """Every spelling of a label → its score; None for no opinion."""
    found = {}
    for part in question["选项"].split("；"):
        code, _, rest = part.partition(":")
        text, _, score = rest.partition("=")
        found[code] = found[text] = None if score == "不计" else Fraction(score)
    return found


def answer(row, number, question):
    """What a form says to a question, whose column is its id or its number and text."""
    titled = f"{number}、{question['题目']}"
    return row[titled if titled in row else question["题号"]]


def scores(root, year, group, *, turned=True):
    """Forms × questions of the scale: scores 1 to 5; missing where there is none."""
    asked = questions(root, year, group)
    columns = {}
    for number, question in enumerate(asked, 1):
        if question["题型"] == "量表":
            known = labels(question)
            given = [known.get(answer(row, number, question)) for row in forms(root, year, group)]
            flip = turned and question["方向"] == "反向"
            columns[question["题号"]] = [None if s is None else 6 - s if flip else s for s in given]
    return pd.DataFrame(columns, dtype=object, index=numbers(root, year, group))


def forms(root, year, group):
    return table(root, year, f"answers_{group}")


def numbers(root, year, group):
    return [row["序号"] for row in forms(root, year, group)]


def settings_of(root, year, group):
    """What ``case.yaml`` says of a group."""
    return open_case("made", year, root=root).settings.survey(group)
