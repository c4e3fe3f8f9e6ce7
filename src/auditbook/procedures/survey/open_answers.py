"""Open answers (开放题): how many say something, what they speak of, and quotes from them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from auditbook.case.answers import Answers
from auditbook.procedures.errors import PlanError, check_count
from auditbook.procedures.survey.masking import masked

__all__ = ["LONGEST", "NOTHING", "keyword_counts", "masked", "open_summary", "quotes"]

Keywords = Mapping[str, Sequence[str]]

LONGEST = 120
"""Characters of a quote."""

NOTHING = re.compile(
    "(?:暂时?|目前)?(?:没有?|无)(?:什么|任何|其他|其它|啥)?(?:意见|建议)?(?:[和及与]?(?:意见|建议))?了?"
    "|无可奉告|不填|未填|略|空白?|no|none|nothing|na|nil|null|nocomments?"
)
"""Answers that say nothing, in small letters, without spaces and punctuation.

无, 没有, 暂无, 没什么, 没有了, each also with 意见, 建议 or both; 无可奉告, 不填, 略, 空; none, no,
n/a, n.a., nil, null, no comment. An answer of punctuation only says nothing either.
"""
_SIGNS = re.compile(r"[\W_]+")


def open_summary(answers: Answers) -> pd.DataFrame:
    """How the open questions were answered.

    Parameters
    ----------
    answers : Answers

    Returns
    -------
    DataFrame, one row per open question
        question, text; n_count (asked: not passed over) = answered_count + blank_count +
        nothing_count (无, 没有意见, N/A and the like: :data:`NOTHING`); of those answered
        distinct_count and repeated_count (answers that say the same as another one, but for
        spaces, punctuation and size of letters); median_length in characters, nan where nobody
        answered.
    """
    rows = []
    for question, text, said in _questions(answers):
        plain = said.map(_plain)
        saying, blank = _saying(plain), said == ""
        given = plain[saying]
        rows.append(
            {
                "question": question,
                "text": text,
                "n_count": len(said),
                "answered_count": len(given),
                "blank_count": int(blank.sum()),
                "nothing_count": int((~saying & ~blank).sum()),
                "distinct_count": given.nunique(),
                "repeated_count": int(given.duplicated(keep=False).sum()),
                "median_length": said[given.index].str.len().median(),
            }
        )
    return pd.DataFrame(rows, columns=_SUMMARY)


_SUMMARY = [
    "question", "text", "n_count", "answered_count", "blank_count", "nothing_count",
    "distinct_count", "repeated_count", "median_length",
]  # fmt: skip


def keyword_counts(answers: Answers, *, keywords: Keywords) -> pd.DataFrame:
    """How many answers speak of each topic.

    Parameters
    ----------
    answers : Answers
    keywords : mapping
        Topic → words that stand for it. A word is looked for anywhere in an answer, whatever the
        size of letters: 方便 is in 不方便 too. An answer may hold words of several topics.

    Returns
    -------
    DataFrame, one row per open question and topic, last ``""``: none of the topics
        question, topic, n_count (answers that say something), answers_count, share_rate
        (answers/n; nan without any). Shares of topics may sum to more than 1.

    Raises
    ------
    PlanError
        A topic without a word, or an empty word: it would be in every answer.
    """
    patterns = _patterns(keywords)
    rows = []
    for question, _, said in _questions(answers):
        given = said[_saying(said.map(_plain))]
        for topic, where in _topics(given, patterns):
            count = int(where.sum())
            rate = count / len(given) if len(given) else float("nan")
            rows.append((question, topic, len(given), count, rate))
    columns = ["question", "topic", "n_count", "answers_count", "share_rate"]
    return pd.DataFrame(rows, columns=columns)


def quotes(
    answers: Answers, *, most: int = 5, keywords: Keywords | None = None, mask: bool = True
) -> pd.DataFrame:
    """Answers to be read, spread evenly over all of them.

    Of the k different answers of a question or topic, in the order of the forms, those at
    ⌊(i + ½)·k/most⌋, i = 0, 1, …: the middle ones of so many equal stretches. No chance and no
    choice is in it, so that the same forms always give the same quotes; they illustrate and prove
    nothing.

    Parameters
    ----------
    answers : Answers
    most : int
        Quotes of each question, and with keywords of each topic.
    keywords : mapping, optional
        As for :func:`keyword_counts`.
    mask : bool
        Personal data are replaced (:func:`~auditbook.procedures.survey.masking.masked`).

    Returns
    -------
    DataFrame
        question, topic (``""``: none of the topics, or no keywords), quote (at most 120
        characters, cut ones end in …), row (index of ``answers.frame``).

    Raises
    ------
    PlanError
        `most` below 1; keywords as for :func:`keyword_counts`.
    """
    check_count("most", most, least=1)
    patterns = _patterns(keywords or {})
    rows = []
    for question, _, said in _questions(answers):
        plain = said.map(_plain)
        given = said[_saying(plain) & ~plain.duplicated()]
        for topic, where in _topics(given, patterns):
            chosen = _spread(given[where], most)
            rows += [(question, topic, _quote(text, mask), row) for row, text in chosen.items()]
    return pd.DataFrame(rows, columns=["question", "topic", "quote", "row"])


def _questions(answers: Answers) -> Iterator[tuple[str, str, pd.Series]]:
    """Each open question with what was said by those asked: one line, ``""`` where nothing."""
    asked = answers.instrument.of_kind("open")
    skipped = answers.skipped(asked)
    for question in asked:
        texts = answers.frame[question.id][~skipped[question.id]].astype("object")
        yield question.id, question.text, texts.where(texts.notna(), "").map(_one_line)


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def _plain(text: str) -> str:
    """Without spaces, punctuation and size of letters."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _saying(plain: pd.Series) -> pd.Series:
    """Which answers say something."""
    found = [bool(text) and NOTHING.fullmatch(text) is None for text in plain]
    return pd.Series(found, index=plain.index, dtype=bool)


def _patterns(keywords: Keywords) -> dict[str, str]:
    """Topic → pattern that finds any of its words."""
    for topic, words in keywords.items():
        if isinstance(words, str) or not words or not all(word.strip() for word in words):
            raise PlanError(
                f"主题 {topic} 应至少有一个词，且不能为空：{words!r}",
                f"topic {topic} should have at least one word, none of them empty, got {words!r}",
            )
    return {
        topic: "|".join(re.escape(unicodedata.normalize("NFKC", word.strip())) for word in words)
        for topic, words in keywords.items()
    }


def _topics(given: pd.Series, patterns: Mapping[str, str]) -> Iterator[tuple[str, pd.Series]]:
    """Each topic with the answers that speak of it; last ``""``, those of none."""
    looked_in = given.map(lambda text: unicodedata.normalize("NFKC", text))
    rest = pd.Series(True, index=given.index)
    for topic, pattern in patterns.items():
        where = looked_in.map(re.compile(pattern, re.IGNORECASE).search).notna()
        rest &= ~where
        yield topic, where
    yield "", rest


def _spread(given: pd.Series, most: int) -> pd.Series:
    k = len(given)
    if k <= most:
        return given
    return given.iloc[[(2 * i + 1) * k // (2 * most) for i in range(most)]]


def _quote(text: str, mask: bool) -> str:
    shown = masked(text) if mask else text
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
