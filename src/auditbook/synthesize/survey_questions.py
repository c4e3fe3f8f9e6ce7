"""The questionnaires of a synthetic survey: what each group is asked, and what answers count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

LOW, HIGH = 1, 5
"""Ends of the scale; marks between them are scores."""
NO_OPINION, BLANK, SKIPPED, OFF_SCALE = 0, -1, -2, 9
"""Marks that are no score; the last one is a word that no label has."""

SATISFIED = {5: "很满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "很不满意"}
OFTEN = {5: "总是", 4: "经常", 3: "有时", 2: "很少", 1: "从不"}
"""Of a question worded the other way round: the more often, the worse."""
NO_OPINION_TEXT, OFF_SCALE_TEXT, BLANK_TEXT, SKIPPED_TEXT = "不了解", "一般", "(空)", "(跳过)"
TICK = "┋"
KNOWN, NOT_KNOWN = 1, 2
_KNOWS = {KNOWN: "知道", NOT_KNOWN: "不知道"}


@dataclass(frozen=True)
class Rated:
    """A question of the scale.

    Attributes
    ----------
    weight : Fraction
        In the index; 0 for the question on the whole.
    ease : float
        How much easier it is to be satisfied here than elsewhere, in standard deviations.
    reversed : bool
        A high score means dissatisfaction.
    no_opinion : bool
        不了解 may be answered.
    if_known : bool
        Asked only of those who answer the first question with 知道.
    """

    text: str
    dimension: str
    weight: Fraction
    ease: float
    reversed: bool = False
    no_opinion: bool = False
    if_known: bool = False

    def code(self, mark: int) -> str:
        """The code of an answer: its score, or its place on the form where that differs."""
        return str(HIGH + LOW - mark if self.reversed else mark)

    def label(self, mark: int) -> str:
        """The text of an answer."""
        if mark == NO_OPINION:
            return NO_OPINION_TEXT
        return (OFTEN if self.reversed else SATISFIED)[mark]

    @property
    def labels(self) -> str:
        """As the table of questions has them: ``5:很满意=5；…``."""
        texts = [f"{self.code(m)}:{self.label(m)}={m}" for m in range(HIGH, LOW - 1, -1)]
        return "；".join([*texts, *([f"0:{NO_OPINION_TEXT}=不计"] if self.no_opinion else [])])

    def share(self, mark: int) -> Fraction | None:
        """A mark as a share of the scale, turned where the question is; None for no opinion."""
        if not LOW <= mark <= HIGH:
            return None
        share = Fraction(mark - LOW, HIGH - LOW)
        return 1 - share if self.reversed else share


@dataclass(frozen=True)
class Questionnaire:
    """What a group is asked: twelve questions, in the order of the form.

    Attributes
    ----------
    prefix : str
        Of the ids of its questions.
    knows : str
        The first question: whether something is known.
    rated : tuple of Rated
        Eight that make the index, and the one on the whole.
    channels : tuple of str
        Options of the multiple choice; the last one excludes the others.
    """

    group: str
    zh: str
    en: str
    prefix: str
    knows: str
    rated: tuple[Rated, ...]
    channel: str
    channels: tuple[str, ...]
    wish: str

    @property
    def ids(self) -> list[str]:
        """Ids of all questions."""
        return [f"{self.prefix}{number}" for number in range(1, len(self.rated) + 4)]

    @property
    def rated_ids(self) -> list[str]:
        """Ids of the questions of the scale, the one on the whole last."""
        return self.ids[1:-2]

    @property
    def texts(self) -> list[str]:
        """Texts of all questions."""
        return [self.knows, *(one.text for one in self.rated), self.channel, self.wish]

    def rows(self) -> Iterator[list[object]]:
        """The lines of the table ``questions``."""
        ids = iter(self.ids)
        yield [next(ids), self.group, self.knows, "单选", _coded(_KNOWS), "", "", ""]
        for one in self.rated:
            direction = "反向" if one.reversed else "正向"
            weight = f"{float(one.weight):.2f}" if one.weight else ""
            yield [next(ids), self.group, one.text, "量表", one.labels, direction, weight,
                   one.dimension]  # fmt: skip
        options = _coded(dict(enumerate(self.channels, 1)))
        yield [next(ids), self.group, self.channel, "多选", options, "", "", ""]
        yield [next(ids), self.group, self.wish, "开放", "", "", "", ""]


TITLES = ["题号", "对象组", "题目", "题型", "选项", "方向", "权重", "维度"]


def _coded(options: dict[int, str]) -> str:
    return "；".join(f"{code}:{text}" for code, text in options.items())


def known_text(mark: int) -> str:
    """知道 or 不知道."""
    return _KNOWS[mark]


def _rated(
    text: str, dimension: str, hundredths: int, ease: float, **more: bool
) -> Rated:  # keeps the lists below to a line each
    return Rated(text, dimension, Fraction(hundredths, 100), ease, **more)


_RESIDENTS = Questionnaire(
    "residents", "群众", "residents", "R",
    "您知道怎样联系网格员吗？",
    (
        _rated("您对网格员接到联系后的回应是否满意？", "联系走访", 10, 0.10, if_known=True),
        _rated("您对网格员上门走访是否满意？", "联系走访", 15, -0.15, no_opinion=True),
        _rated("您对反映的问题得到处理的速度是否满意？", "问题处理", 15, -0.30),
        _rated("您反映问题以后，需要再三催办吗？", "问题处理", 10, -0.20, reversed=True),
        _rated("您对反映的问题得到处理的结果是否满意？", "问题处理", 15, -0.20, no_opinion=True),
        _rated("您对网格内的环境卫生是否满意？", "环境秩序", 10, 0.05),
        _rated("您对网格内的治安秩序是否满意？", "环境秩序", 10, 0.35),
        _rated("您对网格员的服务态度是否满意？", "服务作风", 15, 0.30),
        _rated("总的来说，您对网格化服务是否满意？", "", 0, 0.0),
    ),
    "您通过什么渠道反映问题？",
    ("打电话", "微信群", "当面找网格员", "社区服务站", "政务热线", "以上都没有"),
    "您还有什么意见和建议？",
)  # fmt: skip
_STAFF = Questionnaire(
    "staff", "工作人员", "staff", "S",
    "您知道网格事项怎样上报吗？",
    (
        _rated("您对上报的流程是否满意？", "工作机制", 10, 0.00, if_known=True),
        _rated("您对部门之间的配合是否满意？", "工作机制", 15, -0.35, no_opinion=True),
        _rated("您对上报事项的反馈是否满意？", "工作机制", 10, -0.15),
        _rated("您的补助会被拖欠吗？", "经费保障", 15, 0.20, reversed=True),
        _rated("您对补助发放的透明度是否满意？", "经费保障", 15, 0.15),
        _rated("您对办公用品的配备是否满意？", "经费保障", 10, -0.10),
        _rated("您对业务培训是否满意？", "队伍保障", 10, 0.20, no_opinion=True),
        _rated("您对考核办法是否满意？", "队伍保障", 15, 0.05),
        _rated("总的来说，您对网格化工作是否满意？", "", 0, 0.1),
    ),
    "您通过什么渠道上报事项？",
    ("手机应用", "微信群", "打电话", "书面报告", "以上都没有"),
    "您对网格化工作还有什么建议？",
)  # fmt: skip
QUESTIONNAIRES = (_RESIDENTS, _STAFF)
