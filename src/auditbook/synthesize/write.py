"""Writes synthetic cases: everything of a year at once, or nothing."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from auditbook.folders import swap_folder, temporary_folder
from auditbook.synthesize.amounts import county_amounts
from auditbook.synthesize.answers import Answers, earlier_answers, make_answers
from auditbook.synthesize.book import Book
from auditbook.synthesize.clean import clean_book
from auditbook.synthesize.kinds import MISSTATED
from auditbook.synthesize.ledgers import (
    Ledgers,
    number_flows,
    truth_table,
    write_flows,
    write_payments,
)
from auditbook.synthesize.plant import plant
from auditbook.synthesize.survey_settings import survey_yaml
from auditbook.synthesize.tables import small_tables
from auditbook.synthesize.texts import case_yaml, text_files
from auditbook.synthesize.transfers import regular_transfers, spell_otherwise
from auditbook.synthesize.vouched import vouch
from auditbook.synthesize.vouchers import number_payments
from auditbook.synthesize.workdays import WorkDays
from auditbook.synthesize.world import make_world

TRUTH = "truth.csv"


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes
    ----------
    lines : int
        Lines of the three ledgers.
    errors, decoys : int
        Rows of the truth.
    """

    lines: int
    errors: int
    decoys: int


@dataclass(frozen=True)
class Survey:
    """The answers of the year, and of the years before it."""

    answers: Sequence[Answers]
    earlier: Sequence[Answers]


def write_case(
    folder: Path, project: str, year: int, *, seed: int, lines: int, counts: Mapping[str, int]
) -> Written:
    """Write one year's case into a folder, which it replaces.

    Parameters
    ----------
    seed : int, from 0
        With the year it decides every random number: the same files each time.
    lines : int
        About how many lines the three ledgers have together.
    counts : dict of kind to int
        From :func:`auditbook.synthesize.kinds.planted_counts`.

    Raises
    ------
    PlantError
        More is to be planted than a case of this size holds; a year whose working days are not
        known.
    """
    rng = np.random.Generator(np.random.PCG64([seed, year]))
    world = make_world(lines)
    book = clean_book(world, WorkDays(year), rng)
    plant(book, counts)
    ledgers = _ledgers(book)
    survey = Survey(
        make_answers(world, seed=seed, year=year, counts=counts),
        earlier_answers(world, seed=seed, year=year, counts=counts),
    )
    with temporary_folder(folder) as new:
        misstated = counts.get(MISSTATED, 0)
        written = _write(
            book, ledgers, survey, new, project=project, seed=seed, misstated=misstated
        )
        swap_folder(new, folder)
    return written


def _ledgers(book: Book) -> Ledgers:
    regular = regular_transfers(book)
    sent = spell_otherwise(book, regular)
    payments = number_payments(book)
    booked = {(one.unit, one.period): one.received for one in regular}
    return Ledgers(*number_flows([*sent, *book.extra], book.unsent), booked, payments)


def _write(
    book: Book,
    ledgers: Ledgers,
    survey: Survey,
    folder: Path,
    *,
    project: str,
    seed: int,
    misstated: int,
) -> Written:
    year, answers = book.days.year, survey.answers
    money = county_amounts(book, ledgers)
    truth = truth_table(book, ledgers, year)
    vouched = vouch(ledgers, truth, seed=seed, year=year, count=misstated)
    settings = case_yaml(
        project,
        year,
        seed=seed,
        budget=money.budget,
        cut_off=book.days.cut_off,
        county=money.names[-1],
        tolerable=vouched.tolerable,
        expected=vouched.expected,
        surveys=[survey_yaml(one.asked, one.sites, year) for one in answers],
    )
    (folder / "case.yaml").write_text(settings, encoding="utf-8", newline="\n")
    (folder / "texts").mkdir()
    for name, text in text_files().items():
        (folder / "texts" / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
    tables = small_tables(book, money, answers, vouched, earlier=survey.earlier)
    for name, titles, rows in tables:
        _write_rows(folder / f"{name}.csv", titles, rows)
    write_flows(book, ledgers, folder)
    write_payments(book, ledgers.payments, folder)
    rows = [*truth.itertuples(index=False), *vouched.truth]
    rows += [line for one in answers for line in one.truth()]
    _write_rows(folder / TRUTH, list(truth.columns), rows)
    errors = sum(row[1] == "error" for row in rows)
    count = len(ledgers.sent) + len(ledgers.received) + len(ledgers.payments.columns["unit"])
    return Written(count, errors, len(rows) - errors)


def _write_rows(path: Path, titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(titles)
        writer.writerows(rows)
