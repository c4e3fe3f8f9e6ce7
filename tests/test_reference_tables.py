"""What ``docs/sampling.md`` shows is what the reference files, the functions and the plans give."""

import math
import re
import subprocess
from decimal import Decimal
from fractions import Fraction

import pandas as pd
from ruamel.yaml import YAML

from auditbook.case.sampling_settings import Sampling
from auditbook.procedures import sampling
from auditbook.procedures.sampling.draws import item_key
from auditbook.procedures.sampling.hits import random_start
from reference_tables import DOC, END, START, tables

TEXT = DOC.read_text("utf-8")


def test_the_tables_in_the_docs_are_up_to_date_and_every_number_agrees():
    """``python tests/reference_tables.py --write`` writes them anew."""
    written = TEXT.partition(START)[2].partition(END)[0].strip()

    assert written == tables()
    sums = [line.split("|")[-3:-1] for line in written.partition("\n\n")[0].splitlines()[2:]]
    assert [numbers.strip() for numbers, _ in sums] == [equal.strip() for _, equal in sums]


def test_the_plans_in_the_docs_can_be_carried_out():
    """One by money, one of items, on 1,000 payments of 900 yuan."""
    ids = [f"P{number:05d}" for number in range(1, 1001)]
    frame = pd.DataFrame({"id": ids, "amount": 90_000})
    shown = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    designs = [Sampling.model_validate(YAML(typ="safe").load(one)["sampling"]) for one in shown]

    drawn = [sampling.draw_planned(frame, one, rate=Decimal("0.01")) for one in designs]

    assert [one.plan is not None and one.plan.by_money for one in designs] == [True, False]
    # Tolerable 12 and expected 2 of 90 ten thousand; 5 and 1 in 100 of 1,000.
    needed = [
        sampling.mus_sample_size(
            book_value=90, tolerable_misstatement=12, expected_misstatement=2
        ),
        sampling.attribute_sample_size(
            tolerable_rate=0.05, expected_rate=0.01, population=1000, method="hypergeometric"
        ),
    ]  # fmt: skip
    assert [int(one["hits"].sum()) for one in drawn] == needed


def test_the_commands_in_the_docs_give_the_key_and_the_start():
    """The start is U × interval, rounded up to whole 23rds."""
    commands = re.findall(r"^printf '%s' '(.*?)' \| sha256sum", TEXT, re.MULTILINE)
    key, number = [
        subprocess.run(["sha256sum"], input=text.encode(), capture_output=True, check=True)
        .stdout.decode().split()[0]
        for text in commands
    ]  # fmt: skip
    u = Fraction(int(number, 16) + 1, 2**256)

    assert commands == ["20180101|P00007", "20180101|start|1"]
    assert item_key(20180101, "P00007") == key
    start = random_start(20180101, "start", Fraction(1792599, 23))
    assert start == Fraction(math.ceil(u * 1792599), 23)
    assert start.denominator == 23 and start != u * Fraction(1792599, 23)
