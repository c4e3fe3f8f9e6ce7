"""What an interval supposes of its sample, and the words for where that does not hold."""

from __future__ import annotations

from collections.abc import Iterable

from auditbook.case.survey_settings import Survey

_DOUBTFUL = ("not_random", "not_stated")
_WORDS = {
    "random": ("", ""),
    "census": ("（普查）", " (census)"),
    "not_random": (
        "（样本不是随机选取，仅供参考）",
        " (not a random sample: for reference only)",
    ),
    "not_stated": (
        "（没有说明怎样选取，仅供参考）",
        " (how they were chosen is not stated: for reference only)",
    ),
}
_SHORT = {
    "not_random": {"zh": "（非随机）", "en": " (not random)"},
    "not_stated": {"zh": "（选取未说明）", "en": " (selection not stated)"},
}
_DESIGN = ("（没有按抽样设计计算，见 03.9）", " (not by the sampling design, for which see 03.9)")


def doubtful(selection: str) -> bool:
    """Whether an interval holds only as if the respondents had been drawn at random."""
    return selection in _DOUBTFUL


def caveat(selection: str, *, design: bool = False) -> tuple[str, str]:
    """What to say beside an interval of a group, in Chinese and English; empty: nothing.

    Parameters
    ----------
    selection : str
    design : bool
        The case states a sampling design that the interval leaves out.
    """
    zh, en = _WORDS[selection]
    left_out = _DESIGN if design else ("", "")
    return zh + left_out[0], en + left_out[1]


def short_caveat(selection: str, lang: str) -> str:
    """The same beside a name in a chart."""
    return _SHORT.get(selection, {}).get(lang, "")


def selection_of(surveys: Iterable[Survey]) -> str:
    """How the respondents of several groups were chosen: the most doubtful way of any."""
    ways = [survey.selection for survey in surveys]
    ranked = (*_DOUBTFUL, "random", "census")
    return next((way for way in ranked if way in ways), "")
