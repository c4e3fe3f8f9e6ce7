"""Settings of a satisfaction survey: who was asked, by which instrument, and how it is counted."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import Field, field_validator, model_validator

from auditbook.case.printed import parse_printed
from auditbook.case.strict import Exact, Key, Strict, Text


class QuestionSetting(Strict):
    """A question of the instrument; the same as a row of the table ``questions``."""

    id: Text
    text: Text
    kind: Literal["scale", "single", "multiple", "open"]
    labels: Text = ""
    """As in the table: ``很满意=5；满意=4；…``, with codes ``1:很满意=5``; see ``instrument``."""
    direction: Literal["positive", "reversed"] | None = None
    weight: Exact | None = None
    dimension: Text = ""


class ScoreMapSetting(Strict):
    """Another score map (赋分表) under which the same answers are counted."""

    name: Text
    low: Exact
    high: Exact
    scores: dict[Text, Exact]
    """Label → score, for every label of the questions of the scale that has a score."""

    @model_validator(mode="after")
    def _on_its_scale(self) -> ScoreMapSetting:
        if self.high <= self.low:
            raise ValueError("scale")
        if any(not self.low <= score <= self.high for score in self.scores.values()):
            raise ValueError("map_scale")
        return self


class Speed(Strict):
    """Forms filled in faster than a share of the median time."""

    share: Exact = Field(gt=0, lt=1)


class Bursts(Strict):
    """More than ``most`` forms within ``seconds``."""

    most: int = Field(ge=1)
    seconds: int = Field(ge=1)


class Window(Strict):
    """First and last moment of the fieldwork: ``2018-11-05 08:00``."""

    start: Text
    end: Text

    @model_validator(mode="after")
    def _moments(self) -> Window:
        from datetime import datetime

        try:
            first, last = (datetime.fromisoformat(t) for t in (self.start, self.end))
        except ValueError:
            raise ValueError("moment") from None
        if first.tzinfo or last.tzinfo or last < first:
            raise ValueError("moment")
        return self


class Contradiction(Strict):
    """Answers that exclude each other: whoever gave those of ``when`` cannot mean ``never``."""

    name: Text
    when: dict[Text, tuple[Text, ...]] = Field(min_length=1)
    """Question → labels; with several questions all must hold."""
    never: dict[Text, tuple[Text, ...]] = Field(min_length=1)
    """Question → labels; with several questions any of them contradicts."""


class Quality(Strict):
    """Which tests of forms are run; one that is not stated is not run."""

    unanswered: Exact | None = Field(default=None, ge=0, lt=1)
    """Share of the questions above which an unanswered form is flagged."""
    duplicates: bool = False
    same_ip: bool = False
    straight_lines: int | None = Field(default=None, ge=2)
    """Equal answers in a row from which a form is flagged."""
    low_variability: Exact | None = Field(default=None, gt=0)
    """Standard deviation of a form's scores (as shares of the scale) below which it is flagged."""
    speed: Speed | None = None
    bursts: Bursts | None = None
    window: Window | None = None
    out_of_scale: bool = False
    """Answers that are no label are flagged and count as missing; else they are refused."""
    contradictions: tuple[Contradiction, ...] = ()


class Weighting(Strict):
    """How weights are adjusted before they are used."""

    rake: dict[Text, dict[Text, Exact]] = Field(default_factory=dict)
    """Column of the answers → its category → people served; one column: post-stratification."""
    least: Exact | None = Field(default=None, gt=0)
    most: Exact | None = Field(default=None, gt=0)
    """Weights are trimmed to these multiples of their mean."""


class Design(Strict):
    """How respondents were drawn, where it was not a simple random sample; needs svy."""

    strata: Text | None = None
    """Column of the answers: ``unit``, ``stratum``, ``cluster``, or a question of one choice."""
    cluster: Text | None = None
    weight: Text | None = None
    populations: dict[Text, int] = Field(default_factory=dict)
    """Stratum → clusters in it (people, where no clusters were drawn), for the finite population
    correction; without strata under ``all``."""
    weighting: Weighting | None = None


class SurveyTarget(Strict):
    """What satisfaction should reach, and the points that hang on it."""

    share: Exact = Field(gt=0, le=1)
    """As a share of the scale: 0.9."""
    place: Text = ""


class Survey(Strict):
    """One group of respondents, how its answers are counted, and what was published of it."""

    group: Key
    zh: Text
    en: Text
    selection: Literal["random", "not_random", "census", "not_stated"]
    instrument: Text = ""
    """What is known of the questionnaire: items, scale; empty: not published."""
    low: Exact = Decimal(0)
    high: Exact = Decimal(1)
    """Ends of the scale of scores: an index of ``low`` is 0%, one of ``high`` 100%."""
    confidence: Exact = Field(gt=0.5, lt=1)
    """Of two-sided intervals, and of each one-sided limit against the target."""
    place: Text = ""
    questions: tuple[QuestionSetting, ...] = ()
    """The instrument, where there is no table ``questions``."""
    satisfied: tuple[Text, ...] = ()
    """Labels that count for 满意率."""
    basic: tuple[Text, ...] = ()
    """Labels that count in the wider sense only: 基本满意, 一般."""
    maps: tuple[ScoreMapSetting, ...] = ()
    overall: Text = ""
    """The question on satisfaction as a whole; it is no part of the index."""
    weight: Exact | None = Field(default=None, ge=0)
    """Of the group in 综合满意度."""
    target: SurveyTarget | None = None
    quality: Quality = Quality()
    design: Design | None = None
    keywords: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    """Topic → words that stand for it in open answers."""

    @field_validator("questions")
    @classmethod
    def _each_once(cls, value: tuple[QuestionSetting, ...]) -> tuple[QuestionSetting, ...]:
        if len({question.id for question in value}) < len(value):
            raise ValueError("repeated")
        return value

    @model_validator(mode="after")
    def _scale(self) -> Survey:
        if self.high <= self.low:
            raise ValueError("scale")
        if set(self.satisfied) & set(self.basic):
            raise ValueError("basic")
        return self

    def share(self, printed: str) -> Fraction:
        """A printed figure as its share of the scale: 4.2 on a scale of 1 to 5 is 0.8.

        A percentage is that share already; without a scale of its own (0 to 1) a bare number is
        a percentage too.

        Raises
        ------
        ValueError
            The text is no number, or not on the scale.
        """
        as_share = printed.strip().endswith(("%", "％"))
        exact = parse_printed(printed, "%" if self.high == 1 else "").exact
        low, high = Fraction(self.low), Fraction(self.high)
        share = exact if as_share else (exact - low) / (high - low)
        if not 0 <= share <= 1:
            raise ValueError(f"{printed} is not on the scale {low} to {high}")
        return share

    def in_(self, lang: str) -> str:
        """The name of the group in ``lang``."""
        return self.en if lang == "en" else self.zh
