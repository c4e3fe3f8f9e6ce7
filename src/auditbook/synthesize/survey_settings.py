"""The settings of a synthetic survey: what ``case.yaml`` says of each group."""

from __future__ import annotations

from collections.abc import Sequence

from auditbook.synthesize.survey_forms import closing, opening
from auditbook.synthesize.survey_questions import HIGH, LOW, OFTEN, SATISFIED, Questionnaire
from auditbook.synthesize.survey_sites import Site
from auditbook.synthesize.survey_texts import KEYWORDS

BURST, BURST_SECONDS = 5, 60
"""More forms than this within so many seconds are a burst."""
TARGET = 90
"""Percent of the scale that satisfaction should reach."""

_WEIGHTS = {"residents": "0.6", "staff": "0.4"}
_MAPS = (
    ("百分赋分", "0", "100", ("100", "80", "60", "30", "0")),
    ("五分赋分", "0", "1", ("1", "0.8", "0.6", "0.4", "0.2")),
)
"""Name, ends of the scale, scores from the best answer to the worst."""

_SURVEY = """\
  - group: {group}
    zh: {zh}
    en: {en}
    selection: random
    instrument: 十二题，其中量表九题，五级，一题反向；见 questions.csv（合成）
    low: {low}
    high: {high}
    confidence: 0.95
    place: 二
    satisfied: [{satisfied}]
    basic: [{basic}]
    maps:
{maps}
    overall: {overall}
    weight: {weight}
    target: {{share: {target:.2f}, place: 一}}
    quality:
      unanswered: 0.5
      duplicates: true
      same_ip: true
      straight_lines: 8
      low_variability: 0.05
      speed: {{share: 0.33}}
      bursts: {{most: {most}, seconds: {seconds}}}
      window: {{start: "{start:%Y-%m-%d %H:%M}", end: "{end:%Y-%m-%d %H:%M}"}}
      out_of_scale: true
      contradictions:
        - name: 各题都很满意而总体很不满意
          when:
{when}
          never: {{{overall}: [{worst}]}}
        - name: 选了以上都没有又选了别的
          when: {{{channel}: [{none}]}}
          never: {{{channel}: [{others}]}}
    design:
{design}
    keywords:
{keywords}
"""


def survey_yaml(asked: Questionnaire, sites: Sequence[Site], year: int) -> str:
    """One entry of ``surveys``."""
    when = [
        f"            {name}: [{one.label(LOW if one.reversed else HIGH)}]"
        for name, one in zip(asked.rated_ids[:-1], asked.rated[:-1], strict=True)
    ]
    levels = list(SATISFIED.values())
    return _SURVEY.format(
        group=asked.group,
        zh=asked.zh,
        en=asked.en,
        low=LOW,
        high=HIGH,
        satisfied=", ".join(levels[:2]),
        basic=levels[2],
        worst=levels[-1],
        maps="\n".join(_map(*one) for one in _MAPS),
        overall=asked.rated_ids[-1],
        channel=asked.ids[-2],
        none=asked.channels[-1],
        others=", ".join(asked.channels[:-1]),
        weight=_WEIGHTS[asked.group],
        target=TARGET / 100,
        most=BURST,
        seconds=BURST_SECONDS,
        start=opening(year),
        end=closing(year),
        when="\n".join(when),
        design="\n".join(f"      {line}" for line in _design(sites)),
        keywords="\n".join(
            f"      {topic}: [{', '.join(words)}]" for topic, words in KEYWORDS[asked.group].items()
        ),
    )


def _map(name: str, low: str, high: str, scores: Sequence[str]) -> str:
    """A score map for the labels of all questions: of the reversed one the rarest is the best."""
    lines = [f"      - name: {name}", f"        low: {low}", f"        high: {high}"]
    best_first = (list(SATISFIED.values()), list(reversed(OFTEN.values())))
    words = [
        ", ".join(f"{label}: {score}" for label, score in zip(labels, scores, strict=True))
        for labels in best_first
    ]
    return "\n".join([*lines, f"        scores: {{{words[0]},", f"                 {words[1]}}}"])


def _design(sites: Sequence[Site]) -> list[str]:
    """Strata with their villages, or people; weights are raked to the people of the counties."""
    lines = ["strata: unit"]
    if sites[0].drawn:
        lines.append("cluster: cluster")
    totals = ", ".join(f"{site.name}: {site.clusters or site.population}" for site in sites)
    lines += ["weight: weight", f"populations: {{{totals}}}"]
    if sites[0].drawn:
        people = ", ".join(f"{site.name}: {site.population}" for site in sites)
        lines += [
            "weighting:",
            f"  rake: {{unit: {{{people}}}}}",
            "  least: 0.3",
            "  most: 3",
        ]
    return lines
