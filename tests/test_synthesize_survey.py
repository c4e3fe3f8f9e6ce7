"""The survey of a synthetic case: its counts add up, its figures can be counted again from its
files, and what was planted among the forms is there.

Everything is read from the files as text, by none of the readers that a case has.
"""

import csv
import functools
import re
from collections import Counter
from fractions import Fraction

import pandas as pd
import pytest
from click.testing import CliRunner

from auditbook.case import open_case
from auditbook.case.money import round_half_up
from auditbook.cli import cli
from auditbook.procedures import survey
from auditbook.synthesize.kinds import SURVEY_KINDS

YEARS = (2016, 2017, 2018)
GROUPS = ("residents", "staff")
LOST = ("部分完成", "拒答份数", "未联系上", "其他未答", "资格不明", "不属于对象")
GAPS = ("", "(空)", "(跳过)")


def synthesize(root, *years, seed=7, plant=None):
    (root / "data").mkdir(parents=True, exist_ok=True)
    words = ["synthesize", "made", *map(str, years), "--seed", str(seed), "--lines", "900"]
    words += ["--plant", plant] if plant else []
    return CliRunner().invoke(cli, [*words, "--root", str(root)])


@functools.cache
def table(root, year, name):
    """The rows of a table of a case, as text."""
    path = root / "data" / "made" / str(year) / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def questions(root, year, group):
    return [q for q in table(root, year, "questions") if q["对象组"] == group]


def labels(question):
    """Every spelling of a label → its score; None for no opinion."""
    found = {}
    for part in question["选项"].split("；"):
        code, _, rest = part.partition(":")
        text, _, score = rest.partition("=")
        found[code] = found[text] = None if score == "不计" else Fraction(score)
    return found


def answer(row, number, question):
    """What a form says to a question, whose column is its id or its number and text."""
    titled = f"{number}、{question['题目']}"
    return row[titled if titled in row else question["题号"]]


def scores(root, year, group, *, turned=True):
    """Forms × questions of the scale: scores 1 to 5; missing where there is none."""
    asked = questions(root, year, group)
    columns = {}
    for number, question in enumerate(asked, 1):
        if question["题型"] == "量表":
            known = labels(question)
            given = [known.get(answer(row, number, question)) for row in forms(root, year, group)]
            flip = turned and question["方向"] == "反向"
            columns[question["题号"]] = [None if s is None else 6 - s if flip else s for s in given]
    return pd.DataFrame(columns, dtype=object, index=numbers(root, year, group))


def forms(root, year, group):
    return table(root, year, f"answers_{group}")


def numbers(root, year, group):
    return [row["序号"] for row in forms(root, year, group)]


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


@pytest.fixture(scope="module")
def truth(root):
    rows = [row for row in table(root, 2018, "truth") if row["kind"] in SURVEY_KINDS]
    return pd.DataFrame(rows)


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
    budget = Fraction(re.search(r"approved_budget: ([\d.]+)万元", settings).group(1)) * 10_000
    parts += [6 * arrived / budget, 10 * used / arrived]
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
        weights = Counter()
        for row in forms(root, 2018, group):
            weights[row["单位"]] += float(row["权重"])
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
    settings = open_case("made", 2018, root=root).settings
    for group in GROUPS:
        said = settings.survey(group)
        asked = {q["题号"]: q for q in questions(root, 2018, group)}
        index = [q for q in asked.values() if q["题型"] == "量表" and q["题号"] != said.overall]
        scored = {t for q in index for t, s in labels(q).items() if s is not None}
        texts = {text for text in scored if not text.isdigit()}
        assert asked[said.overall]["权重"] == ""
        assert all(set(one.scores) == texts for one in said.maps)
        assert {*said.satisfied, *said.basic} < texts
        units = {u["单位"] for u in table(root, 2018, "survey_units")}
        assert set(said.design.populations) == units
    assert sum(float(settings.survey(group).weight) for group in GROUPS) == 1


# what is planted ---------------------------------------------------------------------------------


def planted(truth, kind, what="error"):
    rows = truth[(truth["kind"] == kind) & (truth["planted"] == what)]
    return [set(entries.split("、")) for entries in rows["entries"]]


def found(root, kind):
    """Forms that a test marks, with the limits that the settings state."""
    quality = open_case("made", 2018, root=root).settings.survey("residents").quality
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
    assert named == set(marks.index[content & (marks["R10"] == 1)])
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
