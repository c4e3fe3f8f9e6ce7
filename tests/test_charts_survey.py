"""Charts of surveys: each drawn from the table beside it, in both languages."""

import itertools

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from auditbook.deliver import charts_survey
from auditbook.deliver.charts_base import BLUE, ORANGE, RED
from auditbook.deliver.charts_names import wrapped
from auditbook.deliver.display import shown_width
from auditbook.deliver.labels import label

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


def spread(question, *labels):
    """Rows of one question; labels as (text, side, share of 200 answers)."""
    return [
        {"question": question, "question_text": "对公开公示是否满意", "label": text, "side": side,
         "answers_count": round(200 * (share or 0.1)), "share_rate": share}
        for text, side, share in labels
    ]  # fmt: skip


FIVE = (
    ("很满意", "positive", 0.5),
    ("满意", "positive", 0.2),
    ("一般", "neutral", 0.2),
    ("不满意", "negative", 0.06),
    ("很不满意", "negative", 0.04),
    ("不了解", "none", None),
)


def drawn(name, rows, lang="zh"):
    """A chart of rows, or of a table."""
    return getattr(charts_survey, name)(pd.DataFrame(rows), lang=lang, money_unit="元")


def bars(axes):
    """Each bar from the left: where it begins and ends, in percent."""
    return [
        (round(bar.get_x(), 6), round(bar.get_x() + bar.get_width(), 6)) for bar in axes.patches
    ]


def words(axes):
    """All texts inside the axes."""
    return [text.get_text() for text in axes.texts]


def legend(chart):
    """What the legend says."""
    return [text.get_text() for text in chart.legends[0].get_texts()]


@BOTH
def test_satisfied_lie_right_of_zero_dissatisfied_left_and_the_middle_across(lang):
    axes = drawn("answer_bars", spread("群众 Q1", *FIVE), lang).axes[0]

    assert bars(axes) == [(-20, -16), (-16, -10), (-10, 10), (10, 30), (30, 80)]


def test_the_end_of_a_scale_is_darker_than_what_lies_before_it_and_the_middle_lightest():
    axes = drawn("answer_bars", spread("群众 Q1", *FIVE)).axes[0]

    brightness = [sum(bar.get_facecolor()[:3]) for bar in axes.patches]
    assert brightness[0] < brightness[1] < brightness[2] > brightness[3] > brightness[4]


@BOTH
def test_percentages_stand_in_segments_from_six_percent_and_answers_at_the_edge(lang):
    axes = drawn("answer_bars", spread("群众 Q1", *FIVE), lang).axes[0]

    assert words(axes) == ["6", "20", "20", "50", label("chart.n", lang, n="200")]


def test_questions_of_other_labels_share_one_zero():
    rows = [*spread("群众 Q1", *FIVE),
            *spread("群众 Q2", ("是", "positive", 1.0), ("否", "negative", 0.0))]  # fmt: skip

    axes = drawn("answer_bars", rows).axes[0]

    assert bars(axes)[5:] == [(0, 0), (0, 100)]
    assert [tick.get_text().split()[1] for tick in axes.get_yticklabels()] == ["Q1", "Q2"]


@pytest.mark.parametrize(
    "text",
    [
        "与实施网格化管理之前相比，您认为您所居住小区的治安状况、环境卫生和公共秩序有没有改善？",
        "How satisfied are you with the attitude and speed of the grid workers?",
        "https://example.org/a_name_without_any_place_at_which_it_might_be_broken",
    ],
)
def test_a_long_question_is_wrapped_and_keeps_every_word(text):
    lines = wrapped(text, 30, most=4)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(shown_width(line) <= 32 for line in lines)


def test_no_line_of_a_question_begins_with_a_punctuation_mark():
    assert wrapped("群众很满意，他们满意", 10, most=2) == ["群众很满意，", "他们满意"]


def test_lines_of_a_question_are_of_about_one_length():
    assert wrapped("您对处理速度是否满意", 18, most=2) == ["您对处理速", "度是否满意"]


def test_a_question_that_is_too_long_says_that_it_goes_on():
    assert wrapped("群众满意吗" * 9, 20, most=2) == ["群众满意吗群众满意吗", "群众满意吗群众满意…"]


def unit(name, low, high, target, *, whole=False, n=40):
    """One row: a unit with its interval."""
    return {"unit": name, "whole": whole, "n_count": n, "satisfaction_rate": (low + high) / 2,
            "lower_rate": low, "upper_rate": high, "target_rate": target}  # fmt: skip


UNITS = [
    unit("群众", 0.90, 0.94, 0.9, whole=True, n=1200),
    unit("群众 甲县", 0.80, 0.89, 0.9),
    unit("群众 乙县", 0.85, 0.91, 0.9),
    unit("职工", 0.90, 0.94, 0.95, whole=True),
]


@BOTH
def test_an_interval_is_red_below_the_target_and_blue_not_below_it(lang):
    """The limit on the target itself is at the target, as in the verdict."""
    chart = drawn("unit_intervals", UNITS, lang)

    points = [to_hex(line.get_color()) for line in chart.axes[0].lines]
    assert [points[0], points[1], points[3]] == [BLUE, RED, RED]
    assert points[2] not in (BLUE, RED)
    keys = ["above_target", "around_target", "below_target", "target"]
    assert legend(chart) == [label(f"chart.{key}", lang) for key in keys]
    assert words(chart.axes[0])[0] == label("chart.n", lang, n="1,200")


def test_each_group_has_its_own_target_and_no_line_where_it_has_none():
    axes = drawn("unit_intervals", [*UNITS, unit("企业", 0.7, 0.8, None, whole=True)]).axes[0]

    targets = [
        path.vertices[0][0]
        for lines in axes.collections
        if to_hex(lines.get_color()[0]) == ORANGE
        for path in lines.get_paths()
    ]
    assert targets[:4] == [90, 90, 90, 95]
    assert not targets[4] == targets[4]


def test_a_target_far_below_all_units_is_still_shown():
    axes = drawn("unit_intervals", [unit("甲县", 0.96, 0.99, 0.6)]).axes[0]

    assert axes.get_xlim()[0] < 60


def test_without_a_target_nothing_is_judged():
    chart = drawn("unit_intervals", [unit("甲县", 0.96, 0.99, None)])

    assert legend(chart) == [label("chart.no_target", "zh")]


def test_a_group_as_a_whole_is_bold():
    axes = drawn("unit_intervals", UNITS).axes[0]

    weights = [tick.get_fontweight() for tick in axes.get_yticklabels()]
    assert weights == ["bold", "normal", "normal", "bold"]


def rated(question, importance, performance, quadrant, group="群众"):
    """One question of a group."""
    return {"group": "g", "group_zh": group, "group_en": group, "question": f"{group} {question}",
            "question_text": "题", "importance_number": importance,
            "performance_rate": performance, "quadrant": quadrant}  # fmt: skip


RATED = [
    rated("Q1", 0.8, 0.70, "improve"),
    rated("Q2", 0.2, 0.90, "excess"),
    rated("Q3", None, 0.10, ""),
]


@BOTH
def test_questions_part_at_the_means_of_those_that_have_an_importance(lang):
    axes = drawn("importance", RATED, lang).axes[0]

    across, up = (line.get_xydata().tolist() for line in axes.lines)
    assert {x for x, _ in across} == {80}
    assert {y for _, y in up} == {0.5}
    points = axes.collections[0]
    assert points.get_offsets().tolist() == [[70, 0.8], [90, 0.2]]
    assert [to_hex(colour) for colour in points.get_facecolors()] == [RED, BLUE]
    corners = [label(f"quadrant.{q}", lang) for q in ("improve", "keep", "low_priority", "excess")]
    assert words(axes) == [*corners, "Q1", "Q2"]


def test_each_group_has_a_panel_of_its_own():
    chart = drawn("importance", [*RATED, {**rated("Q1", 0.5, 0.5, "keep", "职工"), "group": "h"}])

    assert [axes.get_title() or axes.get_title("left") for axes in chart.axes] == ["群众", "职工"]


def test_names_of_points_that_lie_together_stand_apart():
    rows = [rated(f"Q{k}", 0.5 + k % 3 / 500, 0.8 + k % 2 / 500, "keep") for k in range(9)]

    chart = drawn("importance", [*rows, *RATED])
    chart.draw_without_rendering()

    axes = chart.axes[0]
    places = [Text.get_window_extent(text) for text in axes.texts]  # without their lines
    assert len(places) == 4 + 9 + 2
    assert not any(one.overlaps(other) for one, other in itertools.combinations(places, 2))


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("answer_bars", "share_rate"),
        ("unit_intervals", "satisfaction_rate"),
        ("importance", "importance_number"),
    ],
)
def test_without_rows_a_chart_says_that_there_is_nothing(name, column):
    none = pd.DataFrame({column: [], "side": [], "lower_rate": []})

    chart = drawn(name, none)

    assert "没有可画的数据" in [text.get_text() for text in chart.texts]
