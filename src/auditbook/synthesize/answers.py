"""The survey of a synthetic case: both groups' answers, what they add up to, and earlier years.

Every group of every year has its own stream of random numbers. So the figures of an earlier year
are those of its case, although its ledgers are not made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from auditbook.case.money import percent_text
from auditbook.synthesize.kinds import SURVEY_QUOTA
from auditbook.synthesize.survey_draw import draw_forms, weigh
from auditbook.synthesize.survey_forms import Form, numbered, overall_counts, satisfaction
from auditbook.synthesize.survey_plant import Marked, Planting, plant_forms
from auditbook.synthesize.survey_questions import QUESTIONNAIRES, Questionnaire
from auditbook.synthesize.survey_sites import Site, make_sites
from auditbook.synthesize.world import World

SINCE = 2016
"""The first year in which the questionnaire was used; a case tells of so many earlier years:"""
REMEMBERED = 3

_PLANTED_IN = "residents"
_STREAM = 2
"""After those of the ledgers and of the vouchers."""


@dataclass(frozen=True)
class Answers:
    """One group's questionnaire, where it was asked, and the valid forms.

    Attributes
    ----------
    forms : list of Form
        In the order of submission.
    marked : list of Marked
        What was planted among them, and near misses.
    """

    asked: Questionnaire
    year: int
    sites: list[Site]
    forms: list[Form]
    marked: list[Marked]

    @property
    def satisfaction(self) -> Fraction:
        """The index over the questions but that on the whole, as a share of the scale."""
        return satisfaction(self.forms, self.asked)

    @property
    def printed(self) -> str:
        """The satisfaction as a report prints it."""
        return percent_text(self.satisfaction)

    def history_row(self) -> list[object]:
        """The line of a later year's table ``survey_history``."""
        valid, satisfied = overall_counts(self.forms)
        place = f"{self.year}年度评价报告（合成）"
        return [self.asked.group, str(self.year), valid, satisfied, self.printed, place]

    def truth(self) -> list[tuple[str, str, int, str, str, str]]:
        """What was planted, as the truth has it: entries are numbers of forms, or units."""
        table = f"answers_{self.asked.group}"
        rows = []
        for one in self.marked:
            entries = "、".join(map(str, sorted(form.number for form in one.forms)))
            rows.append((one.kind, one.planted, self.year, table, entries, one.note))
        return rows + [self._quota(site) for site in self.sites if self._tells(site)]

    def _tells(self, site: Site) -> bool:
        return self.asked.group == _PLANTED_IN and site.valid <= site.quota

    def _quota(self, site: Site) -> tuple[str, str, int, str, str, str]:
        planted = "error" if site.short else "decoy"
        note = f"计划 {site.quota} 份，有效 {site.valid} 份"
        return SURVEY_QUOTA, planted, self.year, "survey_units", site.name, note


def make_answers(world: World, *, seed: int, year: int, counts: Mapping[str, int]) -> list[Answers]:
    """Both groups' answers of a year.

    Parameters
    ----------
    counts : dict of kind to int
        What is planted, among the residents' forms only.

    Raises
    ------
    PlantError
        More is to be planted than the forms can hold.
    """
    return [
        _answers(world, asked, np.random.Generator(np.random.PCG64([seed, year, stream])),
                 year, counts)
        for stream, asked in enumerate(QUESTIONNAIRES, _STREAM)
    ]  # fmt: skip


def earlier_answers(
    world: World, *, seed: int, year: int, counts: Mapping[str, int]
) -> list[Answers]:
    """The answers of the years before, group by group; none before the first year."""
    years = range(max(SINCE, year - REMEMBERED), year)
    found = [make_answers(world, seed=seed, year=y, counts=counts) for y in years]
    return [answers for of_group in zip(*found, strict=True) for answers in of_group]


def _answers(
    world: World,
    asked: Questionnaire,
    rng: np.random.Generator,
    year: int,
    counts: Mapping[str, int],
) -> Answers:
    planted_in = asked.group == _PLANTED_IN
    sites = make_sites(world, asked, rng, counts.get(SURVEY_QUOTA, 0) if planted_in else 0)
    forms = draw_forms(asked, sites, rng, year)
    weigh(forms, sites)
    planting = Planting(forms, asked, rng, year)
    if planted_in:
        plant_forms(planting, counts)
    return Answers(asked, year, sites, numbered(forms), planting.marked)
