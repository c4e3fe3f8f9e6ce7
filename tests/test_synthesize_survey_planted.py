"""What is planted in the survey of a synthetic case is there, and marked; near misses are not."""

from collections import Counter

import pandas as pd
import pytest

from auditbook.procedures import survey
from auditbook.synthesize.kinds import SURVEY_KINDS
from survey_files import forms, labels, questions, scores, settings_of, synthesize, table

GAPS = ("", "(空)", "(跳过)")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey")
    result = synthesize(folder, 2018)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def truth(root):
    rows = [row for row in table(root, 2018, "truth") if row["kind"] in SURVEY_KINDS]
    return pd.DataFrame(rows)


def planted(truth, kind, what="error"):
    rows = truth[(truth["kind"] == kind) & (truth["planted"] == what)]
    return [set(entries.split("、")) for entries in rows["entries"]]


def found(root, kind):
    """Forms that a test marks, with the limits that the settings state."""
    quality = settings_of(root, 2018, "residents").quality
    rows = forms(root, 2018, "residents")
    index = [row["序号"] for row in rows]
    frame = pd.DataFrame(rows, index=index)
    asked = frame.iloc[:, 8:]
    times = pd.to_datetime(frame["提交答卷时间"], format="%Y/%m/%d %H:%M:%S")
    scale = [f"{n}、{q['题目']}" for n, q in enumerate(questions(root, 2018, "residents"), 1)
             if q["题型"] == "量表"]  # fmt: skip
    words = {w for q in questions(root, 2018, "residents") if q["权重"] for w in labels(q)}
    flags = {
        "survey_bursts": lambda: survey.bursts(times, **dict(quality.bursts)),
        "survey_duplicates": lambda: survey.duplicates(asked[asked.iloc[:, -1] != "(空)"]),
        "survey_straight_lines": lambda: survey.straight_lines(
            scores(root, 2018, "residents", turned=False), least=quality.straight_lines
        ),
        "survey_speeders": lambda: survey.speeders(
            frame["所用时间"].str.removesuffix("秒").astype(float), share=quality.speed.share
        ),
        "survey_outside_window": lambda: survey.outside_window(times, **dict(quality.window)),
        "survey_unanswered": lambda: survey.unanswered(
            asked.replace("(空)", None), most=quality.unanswered
        ),
        "survey_out_of_scale": lambda: survey.out_of_scale(
            asked[scale].where(~asked[scale].isin(GAPS), None), allowed=words
        ),
    }
    return set(flags[kind]()["row"])


@pytest.mark.parametrize(
    "kind", [k for k in SURVEY_KINDS if k not in ("survey_quota", "survey_contradictions")]
)
def test_forms_that_are_planted_are_marked_and_near_misses_are_not(root, truth, kind):
    errors = {entry for entries in planted(truth, kind) for entry in entries}
    decoys = {entry for entries in planted(truth, kind, "decoy") for entry in entries}

    marked = found(root, kind)
    assert errors
    assert errors <= marked
    assert not decoys & marked
    if kind != "survey_duplicates":  # people may well answer alike
        assert marked == errors


def test_contradictions_exclude_each_other(root, truth):
    asked = questions(root, 2018, "residents")
    marks = scores(root, 2018, "residents")
    index = [q["题号"] for q in asked if q["权重"]]
    content = (marks[index] == 5).all(axis=1)

    named = {entry for entries in planted(truth, "survey_contradictions") for entry in entries}
    near = {e for es in planted(truth, "survey_contradictions", "decoy") for e in es}
    both = {
        row["序号"]
        for row in forms(root, 2018, "residents")
        if "以上都没有" in row["11、您通过什么渠道反映问题？"].split("┋")[1:]
    }
    assert len(both) == 1
    assert named == both | set(marks.index[content & (marks["R10"] == 1)])
    assert near <= set(marks.index[content & (marks["R10"] > 1)])


def test_one_unit_falls_short_of_its_quota_and_one_just_reaches_it(root, truth):
    by_unit = Counter(r["单位"] for r in forms(root, 2018, "residents"))
    quota = {
        u["单位"]: int(u["计划份数"])
        for u in table(root, 2018, "survey_units")
        if u["对象组"] == "residents"
    }
    short = {unit for unit, wanted in quota.items() if by_unit[unit] < wanted}
    reached = {unit for unit, wanted in quota.items() if by_unit[unit] == wanted}

    assert planted(truth, "survey_quota") == [short]
    assert planted(truth, "survey_quota", "decoy") == [reached]


def test_each_form_has_one_thing_planted_in_it_at_most(truth):
    entries = "、".join(truth[truth["table"] == "answers_residents"]["entries"]).split("、")

    assert len(set(entries)) == len(entries)
    assert set(truth["table"]) == {"answers_residents", "survey_units"}


def test_with_nothing_planted_no_form_is_wrong_and_no_unit_short(tmp_path):
    synthesize(tmp_path, 2018, plant="none")
    rows = [row for row in table(tmp_path, 2018, "truth") if row["kind"] in SURVEY_KINDS]

    assert {row["planted"] for row in rows} == {"decoy"}
    assert found(tmp_path, "survey_bursts") == found(tmp_path, "survey_speeders") == set()


def test_what_is_planted_in_the_survey_leaves_the_ledgers_alone(root, tmp_path):
    synthesize(tmp_path, 2018, plant="survey_bursts:2,survey_quota")
    synthesize(tmp_path / "none", 2018, plant="none")
    rows = [row for row in table(tmp_path, 2018, "truth") if row["planted"] == "error"]

    assert Counter(row["kind"] for row in rows) == {"survey_bursts": 2, "survey_quota": 1}
    for name in ("transfers", "receipts", "payments", "verified_funds", "allocation"):
        assert table(tmp_path, 2018, name) == table(tmp_path / "none", 2018, name)


@pytest.mark.parametrize(
    ("plant", "says"),
    [("survey_speeders:999", "at most"), ("survey_quota:3", "at most 2 units")],
)
def test_more_than_the_forms_can_hold_is_refused(tmp_path, plant, says):
    result = synthesize(tmp_path, 2018, plant=plant)

    assert result.exit_code == 2
    assert says in result.output
    assert not (tmp_path / "data" / "made").exists()
