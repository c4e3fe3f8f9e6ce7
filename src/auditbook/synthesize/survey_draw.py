"""What respondents answer: a latent satisfaction of each, of unit and village, cut to levels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np

from auditbook.synthesize.survey_forms import CLOSES, FIRST_DAY, LAST_DAY, OPENS, Form
from auditbook.synthesize.survey_questions import (
    BLANK,
    KNOWN,
    NO_OPINION,
    NOT_KNOWN,
    SKIPPED,
    Questionnaire,
)
from auditbook.synthesize.survey_sites import Site
from auditbook.synthesize.survey_texts import wishes

_LEVEL = {"residents": 0.05, "staff": 0.65}
_TREND, _FIRST, _LAST = 0.06, 2016, 2021
"""Satisfaction rises by so many standard deviations a year between these years."""
_UNITS = (0.28, 0.05, -0.30)
"""Effects of the counties, in turn."""
_VILLAGE = {"residents": 0.15, "staff": 0.0}
_OWN, _DIMENSION = 0.60, 0.34
"""How much an answer owes to the respondent, and to what he thinks of its dimension."""
_ON_THE_WHOLE = {"问题处理": 0.48, "服务作风": 0.12, "经费保障": 0.48, "队伍保障": 0.12}
"""How much the question on the whole owes to some dimensions, beside the respondent."""
_STEPS = (-2.3, -1.6, -1.0, -0.05)
"""Latent satisfaction from which the second to the fifth level is chosen."""
_KNOW = {"residents": 0.78, "staff": 0.95}
_NO_OPINION, _UNANSWERED = 0.05, 0.02
_TICKS = (0.45, 0.40, 0.30, 0.25, 0.10)
_SECONDS, _SPREAD, _RANGE = 180, 0.3, (90, 600)
_SOURCES = ("微信", "手机提交", "链接")
_NETS = ("192.0.2", "198.51.100", "203.0.113")
"""Networks that are set aside for documentation (RFC 5737)."""


def draw_forms(
    asked: Questionnaire, sites: Sequence[Site], rng: np.random.Generator, year: int
) -> list[Form]:
    """The valid forms of a group in which nothing is wrong, county by county.

    Parameters
    ----------
    sites : sequence of Site
        From ``make_sites``: how many forms each county has, and its villages.
    """
    place = np.repeat(np.arange(len(sites)), [site.valid for site in sites])
    village = np.concatenate([np.arange(site.valid) % max(len(site.drawn), 1) for site in sites])
    count = len(place)
    knows = np.where(rng.random(count) < _KNOW[asked.group], KNOWN, NOT_KNOWN)
    knows[rng.random(count) < _UNANSWERED] = BLANK
    marks = _marks(asked, _latent(asked, place, village, rng, year), knows, rng)
    channels = rng.random((count, len(asked.channels) - 1)) < _TICKS[: len(asked.channels) - 1]
    seconds = np.clip(rng.lognormal(np.log(_SECONDS), _SPREAD, count), *_RANGE).astype("int64")
    addresses = rng.permutation(len(_NETS) * 254)[:count].tolist()
    sources = rng.choice(len(_SOURCES), size=count, p=(0.7, 0.2, 0.1)).tolist()
    moments = _moments(count, rng, year)
    texts = wishes(asked.group, count, rng)
    return [
        Form(
            site=int(place[i]),
            village=sites[place[i]].drawn[village[i]][0] if sites[place[i]].drawn else "",
            submitted=moments[i],
            seconds=int(seconds[i]),
            source=_SOURCES[sources[i]],
            ip=f"{_NETS[addresses[i] // 254]}.{addresses[i] % 254 + 1}",
            knows=int(knows[i]),
            marks=marks[i].tolist(),
            channels=[int(n) + 1 for n in np.flatnonzero(channels[i])] or [len(asked.channels)],
            wish=texts[i],
        )
        for i in range(count)
    ]


def _latent(
    asked: Questionnaire,
    place: np.ndarray,
    village: np.ndarray,
    rng: np.random.Generator,
    year: int,
) -> np.ndarray:
    """Satisfaction behind each answer, respondents × questions, before it is cut into levels."""
    count = len(place)
    level = _LEVEL[asked.group] + _TREND * (min(max(year, _FIRST), _LAST) - _FIRST)
    of_unit = np.array(_UNITS)[place % len(_UNITS)]
    of_village = rng.standard_normal((place.max() + 1, village.max() + 1))[place, village]
    own = rng.standard_normal(count)
    names = list(dict.fromkeys(one.dimension for one in asked.rated if one.dimension))
    felt = dict(zip(names, rng.standard_normal((len(names), count)), strict=True))
    noise = rng.standard_normal((count, len(asked.rated)))
    columns = []
    for number, one in enumerate(asked.rated):
        parts = {one.dimension: _DIMENSION} if one.dimension else _ON_THE_WHOLE
        shared = [weight * felt[name] for name, weight in parts.items() if name in felt]
        owed = _OWN**2 + sum(w**2 for name, w in parts.items() if name in felt)
        mine = _OWN * own + np.sum(shared, axis=0) + np.sqrt(1 - owed) * noise[:, number]
        columns.append(mine + one.ease + level + of_unit + of_village * _VILLAGE[asked.group])
    return np.column_stack(columns)


def _marks(
    asked: Questionnaire, latent: np.ndarray, knows: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Marks as ticked: levels, turned where the question is; some gaps and no opinions."""
    marks = np.searchsorted(_STEPS, latent.ravel()).reshape(latent.shape) + 1
    gaps, none = rng.random(marks.shape), rng.random(marks.shape)
    for number, one in enumerate(asked.rated):
        if one.reversed:
            marks[:, number] = 6 - marks[:, number]
        if one.no_opinion:
            marks[none[:, number] < _NO_OPINION, number] = NO_OPINION
        marks[gaps[:, number] < _UNANSWERED, number] = BLANK
        if one.if_known:
            marks[knows != KNOWN, number] = SKIPPED
    return _not_straight(asked, marks)


def _not_straight(asked: Questionnaire, marks: np.ndarray) -> np.ndarray:
    """Nobody who reads ticks the same place of all questions: the reversed one is moved.

    The first and the last question may differ: so no row of them is as long as a straight line.
    """
    turned = next(number for number, one in enumerate(asked.rated) if one.reversed)
    between = marks[:, 1:-1]
    same = (between == between[:, :1]).all(axis=1) & (between[:, 0] > 0)
    marks[same, turned] += np.where(marks[same, turned] > 1, -1, 1)
    return marks


def _moments(count: int, rng: np.random.Generator, year: int) -> list[datetime]:
    """Times of day of the fieldwork's days, half an hour away from its ends."""
    days = LAST_DAY[1] - FIRST_DAY[1] + 1
    start = datetime(year, *FIRST_DAY, OPENS, 30)
    day = rng.integers(0, days, count).tolist()
    second = rng.integers(0, (CLOSES - OPENS - 1) * 3600, count).tolist()
    return [start + timedelta(days=d, seconds=s) for d, s in zip(day, second, strict=True)]


def weigh(forms: Sequence[Form], sites: Sequence[Site]) -> None:
    """Give each form its weight: people that it stands for, by the two stages of its drawing."""
    for place, site in enumerate(sites):
        own = [form for form in forms if form.site == place]
        if not site.drawn:
            for form in own:
                form.weight = Fraction(site.population, len(own))
        for village, people in site.drawn:
            of_village = [form for form in own if form.village == village]
            for form in of_village:
                form.weight = Fraction(site.clusters * people, len(site.drawn) * len(of_village))
