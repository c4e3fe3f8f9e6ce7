"""The survey of a synthetic case: its counts add up, and its figures can be counted again."""

import re
from collections import Counter
from fractions import Fraction

import pandas as pd
import pytest

from auditbook.case.money import round_half_up
from auditbook.procedures import survey
from survey_files import forms, labels, questions, scores, settings_of, synthesize, table

YEARS = (2016, 2017, 2018)
GROUPS = ("residents", "staff")
LOST = ("部分完成", "拒答份数", "未联系上", "其他未答", "资格不明", "不属于对象")


def recounted(root, year, group):
    """The index: each form's weighted mean over the questions with a weight, then their mean."""
    weights = {q["题号"]: Fraction(q["权重"]) for q in questions(root, year, group) if q["权重"]}
    assert sum(weights.values()) == 1
    each = []
    for _, row in scores(root, year, group).iterrows():
        told = [(w, (row[name] - 1) / 4) for name, w in weights.items() if row[name] is not None]
        if told:
            each.append(sum(w * s for w, s in told) / sum(w for w, _ in told))
    return sum(each) / len(each)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey")
    result = synthesize(folder, *YEARS)
    assert result.exit_code == 0, result.output
    return folder


# figures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("group", GROUPS)
def test_the_printed_satisfaction_is_what_the_answers_add_up_to(root, year, group):
    index = recounted(root, year, group)
    (counts,) = [r for r in table(root, year, "survey_counts") if r["对象组"] == group]
    published = {r["核对数据"]: r["印出值"] for r in table(root, year, "published")}

    printed = f"{round_half_up(index * 100, 2)}%"
    assert counts["公布满意度"] == printed
    assert published[f"survey.{group}.satisfaction"] == printed
    if group == "residents":
        (target,) = [r for r in table(root, year, "targets") if r["目标代码"] == "T3"]
        assert target["实际值"] + "%" == printed


@pytest.mark.parametrize("year", YEARS)
def test_the_published_total_counts_the_recounted_satisfaction(root, year):
    """Two indicators of 15 points hang on it: in proportion to the target of 90%."""
    rows = {r["数据键"]: r["印出值"] for r in table(root, year, "published")}
    lost = sum(Fraction(r["分数"]) for r in table(root, year, "judgements"))
    parts = [15 * min(Fraction(1), recounted(root, year, g) / Fraction(9, 10)) for g in GROUPS]
    arrived, used = (Fraction(rows[f"published.fund.{name}"]) for name in ("arrived", "used"))
    settings = (root / "data" / "made" / str(year) / "case.yaml").read_text("utf-8")
    (budget,) = re.findall(r"approved_budget: ([\d.]+)万元", settings)
    parts += [6 * arrived / (Fraction(budget) * 10_000), 10 * used / arrived]
    others = 100 - 15 - 15 - 6 - 10 - lost

    total = sum(round_half_up(min(part, Fraction(15)), 2) for part in parts)
    assert rows["published.score.total"] == str(round_half_up(Fraction(total) + others, 2))


def test_earlier_years_stand_in_the_history_as_in_their_own_cases(root):
    """2016 has no earlier year: the questionnaire is used since then."""
    assert not (root / "data" / "made" / "2016" / "survey_history.csv").exists()
    for year in (2017, 2018):
        rows = table(root, year, "survey_history")
        assert Counter(r["对象组"] for r in rows) == dict.fromkeys(GROUPS, year - 2016)
        for row in rows:
            group, before = row["对象组"], row["年度"]
            overall = questions(root, before, group)[9]["题号"]
            told = scores(root, before, group)[overall].dropna()
            assert int(row["有效份数"]) == len(told)
            assert int(row["满意份数"]) == (told >= 4).sum()
            (counts,) = [r for r in table(root, before, "survey_counts") if r["对象组"] == group]
            assert row["公布满意度"] == counts["公布满意度"]


def test_history_does_not_depend_on_the_years_made_with_it(root, tmp_path):
    synthesize(tmp_path, 2018)

    assert table(tmp_path, 2018, "survey_history") == table(root, 2018, "survey_history")


@pytest.mark.parametrize("year", YEARS)
def test_every_form_issued_is_accounted_for_in_all_and_unit_by_unit(root, year):
    units = table(root, year, "survey_units")
    for row in table(root, year, "survey_counts"):
        group = row["对象组"]
        own = [u for u in units if u["对象组"] == group]
        by_unit = Counter(r["单位"] for r in forms(root, year, group))
        valid, returned = int(row["有效份数"]), int(row["收回份数"])
        assert len(forms(root, year, group)) == valid
        assert returned == valid + int(row["部分完成"])
        assert int(row["发放份数"]) == valid + sum(int(row[name]) for name in LOST)
        for total in ("总体人数", "发放份数", "收回份数"):
            assert sum(int(u[total]) for u in own) == int(row[total])
        for unit in own:
            assert by_unit[unit["单位"]] <= int(unit["收回份数"]) <= int(unit["发放份数"])


def test_weights_stand_for_the_people_of_each_county(root):
    """Of residents about so, since villages differ in size; of staff exactly."""
    for group, near in (("residents", 0.15), ("staff", 0.002)):
        frame = pd.DataFrame(forms(root, 2018, group))
        weights = frame["权重"].astype(float).groupby(frame["单位"]).sum()
        for unit in table(root, 2018, "survey_units"):
            if unit["对象组"] == group:
                assert weights[unit["单位"]] == pytest.approx(int(unit["总体人数"]), rel=near)


def test_villages_are_drawn_within_counties(root):
    parent = {r["单位"]: r["上级单位"] for r in table(root, 2018, "units")}
    drawn = {(r["单位"], r["群"]) for r in forms(root, 2018, "residents")}

    assert all(parent[parent[village]] == county for county, village in drawn)
    assert set(Counter(county for county, _ in drawn).values()) == {3}


# what answers are like ---------------------------------------------------------------------------


def test_answers_of_one_person_go_together_once_the_reversed_question_is_turned(root):
    """Alpha is about 0.8, and plainly below it where the question is left as it is."""
    turned, raw = (
        survey.reliability(scores(root, 2018, "residents", turned=t).iloc[:, :-1].astype(float))
        for t in (True, False)
    )

    assert 0.75 < turned.alpha.estimate < 0.88
    assert raw.alpha.estimate < turned.alpha.estimate - 0.1


def test_units_differ_and_so_do_residents_and_staff(root):
    index = scores(root, 2018, "residents").astype(float).mean(axis=1)
    units = pd.Series([r["单位"] for r in forms(root, 2018, "residents")], index=index.index)
    staff = scores(root, 2018, "staff").astype(float).mean(axis=1)

    assert survey.compare_scores(index, units).p_value < 0.01
    assert staff.mean() > index.mean() + 0.2


def test_satisfaction_on_the_whole_hangs_on_some_questions_more_than_on_others(root):
    marks = scores(root, 2018, "residents").astype(float)
    related = marks.corr()["R10"]

    assert related[["R4", "R5", "R6"]].mean() > related[["R7", "R8"]].mean() + 0.05


def test_a_question_is_skipped_by_those_only_who_do_not_say_that_they_know(root):
    for row in forms(root, 2018, "residents"):
        first, second = [value for title, value in row.items() if title[:2] in ("1、", "2、")]
        assert (second == "(跳过)") == (first != "知道")


def test_nobody_can_be_reached_by_what_stands_in_the_answers(root):
    """Addresses are of networks for documentation (RFC 5737), numbers of a block never given."""
    for group in GROUPS:
        rows = forms(root, 2018, group)
        networks = {row["来自IP"].rpartition(".")[0] for row in rows}
        phones = re.findall(r"1\d{10}", " ".join(str(row) for row in rows))
        assert networks == {"192.0.2", "198.51.100", "203.0.113"}
        assert phones
        assert {phone[:3] for phone in phones} == {"154"}


# settings ----------------------------------------------------------------------------------------


def test_settings_know_every_label_question_and_unit_that_they_need(root):
    for group in GROUPS:
        said = settings_of(root, 2018, group)
        asked = {q["题号"]: q for q in questions(root, 2018, group)}
        index = [q for q in asked.values() if q["题型"] == "量表" and q["题号"] != said.overall]
        scored = {t for q in index for t, s in labels(q).items() if s is not None}
        texts = {text for text in scored if not text.isdigit()}
        assert asked[said.overall]["权重"] == ""
        assert all(set(one.scores) == texts for one in said.maps)
        assert {*said.satisfied, *said.basic} < texts
        units = {u["单位"] for u in table(root, 2018, "survey_units")}
        assert set(said.design.populations) == units
    assert sum(settings_of(root, 2018, group).weight for group in GROUPS) == 1
