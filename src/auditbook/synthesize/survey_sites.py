"""Where a synthetic survey is made: quotas, villages drawn, and what became of each form issued."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from auditbook.synthesize.kinds import SURVEY_QUOTA, PlantError
from auditbook.synthesize.survey_questions import Questionnaire
from auditbook.synthesize.world import World

LOST = ("partial", "refused", "non_contact", "other", "unknown", "ineligible")
"""What becomes of forms that are not valid."""
_SHARES = (0.34, 0.42, 0.06, 0.12, 0.06)
"""Of those not returned: refused, non_contact, other, unknown, ineligible."""

_MOST_VILLAGES = 6
_REACHED = 0.7
"""Of its quota, by a unit that falls short."""


@dataclass(frozen=True)
class Size:
    """How many are asked: valid forms wanted in all, least per county, issued for each wanted."""

    forms: int
    least: int
    issued: Fraction


_SIZES = {"residents": Size(420, 20, Fraction(6, 5)), "staff": Size(120, 6, Fraction(11, 10))}
_STAFF, _MORE_STAFF = 240, 25
"""Staff of the first county, and how many more each next one has."""


@dataclass(frozen=True)
class Site:
    """One county in the survey of a group.

    Attributes
    ----------
    population : int
        People of the group.
    clusters : int
        Villages of the county; 0 where people are drawn without them.
    drawn : tuple of (str, int)
        The villages drawn, and their people.
    quota, issued, valid : int
        Forms.
    lost : mapping
        Of :data:`LOST`: forms; with the valid ones they are those issued.
    """

    unit: int
    name: str
    population: int
    clusters: int
    drawn: tuple[tuple[str, int], ...]
    quota: int
    issued: int
    valid: int
    lost: Mapping[str, int] = field(default_factory=dict)

    @property
    def returned(self) -> int:
        """Forms that came back: the valid and the incomplete ones."""
        return self.valid + self.lost["partial"]

    @property
    def short(self) -> bool:
        """Whether the quota was missed."""
        return self.valid < self.quota


def make_sites(
    world: World, asked: Questionnaire, rng: np.random.Generator, short: int
) -> list[Site]:
    """The counties of a survey; the last `short` ones miss their quota, the first just reaches it.

    Raises
    ------
    PlantError
        As many counties or more are to fall short.
    """
    counties = world.at(1).tolist()
    if short >= len(counties):
        raise PlantError(
            f"{SURVEY_QUOTA}:{short}: at most {len(counties) - 1} units can fall short"
        )
    size = _SIZES[asked.group]
    quota = max(size.least, round(size.forms / len(counties)))
    issued = math.ceil(quota * size.issued)
    sites = []
    for place, county in enumerate(counties):
        over = int(rng.integers(1, 2 + quota // 25)) if place else 0
        reached = round(_REACHED * quota) if place >= len(counties) - short else quota + over
        by_village = asked.group == "residents"
        villages = _villages(world, county) if by_village else []
        people = world.served()[county] if by_village else _STAFF + _MORE_STAFF * place
        sites.append(
            Site(county, world.names[county], people, len(villages), _drawn(villages, rng),
                 quota, issued, reached, _lost(issued - reached, rng))
        )  # fmt: skip
    return sites


def _villages(world: World, county: int) -> list[tuple[str, int]]:
    """The villages of a county with their people, who are all that the county has."""
    below = [v for v in world.at(3).tolist() if world.county()[v] == county]
    parts = np.array([8 + (5 * place + county) % 7 for place in range(len(below))])
    ends = np.cumsum(parts) * world.served()[county] // parts.sum()
    people = np.diff(ends, prepend=0).tolist()
    return [(world.names[v], n) for v, n in zip(below, people, strict=True)]


def _drawn(
    villages: list[tuple[str, int]], rng: np.random.Generator
) -> tuple[tuple[str, int], ...]:
    """Three of four villages, six at most, by simple random sampling."""
    count = min(_MOST_VILLAGES, -(-3 * len(villages) // 4))
    chosen = sorted(rng.permutation(len(villages))[:count].tolist())
    return tuple(villages[place] for place in chosen)


def _lost(count: int, rng: np.random.Generator) -> dict[str, int]:
    partial = int(rng.integers(0, min(3, count) + 1))
    rest = rng.multinomial(count - partial, _SHARES).tolist()
    return dict(zip(LOST, [partial, *rest], strict=True))
