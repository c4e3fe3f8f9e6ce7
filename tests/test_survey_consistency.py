"""Answers that exclude each other, forms from one address, units that fell short."""

import pandas as pd
import pytest

from auditbook.case.survey_settings import Contradiction
from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey.consistency import (
    contradictions,
    quota_shortfall,
    same_address,
)
from survey_answers import answers, question

USED = question("used", "single", ["用过", "没用过"])
HELP = question("help", "multiple", ["电话", "网络", "其他", "以上都没有"])
SPEED, PRICE = (question(name) for name in ("speed", "price"))


def rule(when, never, name="矛盾"):
    return Contradiction(name=name, when=when, never=never)


def rows(flags):
    """Numbers of the flagged rows."""
    return [int(row.rpartition(":")[2]) for row in flags["row"]]


# contradictions ---------------------------------------------------------------------------------


def test_answers_that_exclude_each_other_are_named_with_the_rule():
    given = answers(
        [USED, SPEED], used=["没用过", "没用过", "用过", None], speed=["满意", None, "满意", "满意"]
    )
    never = rule({"used": ["没用过"]}, {"speed": ["很满意", "满意"]}, "没用过却满意")

    flags = contradictions(given, rules=[never])

    assert flags.to_numpy().tolist() == [
        ["contradiction", "answers.csv:2", "rule=没用过却满意;when=used:没用过;never=speed:满意"]
    ]


def test_an_option_that_excludes_all_others_is_a_rule_of_a_question_with_itself():
    given = answers(
        [HELP],
        help=["以上都没有", "网络┋以上都没有", "电话┋网络", "其他〖微信〗┋以上都没有", None],
    )
    alone = rule({"help": ["以上都没有"]}, {"help": ["电话", "网络", "其他"]})

    flags = contradictions(given, rules=[alone])

    assert rows(flags) == [3, 5]
    assert flags["detail"].tolist()[0] == "rule=矛盾;when=help:以上都没有;never=help:网络"


def test_all_of_when_must_hold_and_any_of_never_contradicts():
    given = answers(
        [USED, SPEED, PRICE],
        used=["用过", "用过", "没用过", "用过"],
        speed=["满意", "满意", "满意", "一般"],
        price=["很不满意", "满意", "很不满意", "很不满意"],
    )
    both = rule({"used": ["用过"], "speed": ["满意"]}, {"price": ["很不满意"]})
    either = rule({"used": ["用过"]}, {"speed": ["满意"], "price": ["很不满意"]})

    assert rows(contradictions(given, rules=[both])) == [2]
    flags = contradictions(given, rules=[either])
    assert rows(flags) == [2, 3, 5]
    assert flags["detail"].tolist()[0].endswith("never=speed:满意，price:很不满意")


def test_a_question_passed_over_can_contradict():
    given = answers([USED, SPEED], used=["用过", "没用过"], speed=["(跳过)", "(跳过)"])

    assert rows(contradictions(given, rules=[rule({"used": ["用过"]}, {"speed": ["(跳过)"]})])) == [
        2
    ]


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({"usd": ["用过"]}, "'矛盾' names question usd, which is none of used, speed"),
        ({"used": ["用过了"]}, "used has no label 用过了; it has 用过, 没用过"),
    ],
)
def test_a_rule_that_can_never_hold_is_refused(when, message):
    given = answers([USED, SPEED], used=["用过"])
    with pytest.raises(PlanError, match=message):
        contradictions(given, rules=[rule(when, {"speed": ["满意"]})])


# addresses --------------------------------------------------------------------------------------


def test_forms_from_one_address_are_one_case_whatever_place_is_written_behind_it():
    """Survey notes §7: an address may carry its place; personal data are not repeated."""
    given = answers(
        [SPEED],
        ip=["1.2.3.4(云南-昆明)", "1.2.3.5", None, "1.2.3.4", "FE80::1", " fe80::1（云南）", ""],
    )

    flags = same_address(given)

    assert rows(flags) == [2, 5, 6, 7]
    assert set(flags["flag"]) == {"same_ip"}
    assert flags["detail"].tolist()[0] == "case=1;forms=2"
    assert same_address(answers([SPEED], speed=["满意"])).empty


# quotas -----------------------------------------------------------------------------------------

PLAN = pd.DataFrame(
    {
        "unit": ["五华区", "禄劝县", "东川区", "晋宁区"],
        "quota": [3, 2, 2, None],
        "population": [900, None, 40, 60],
        "issued": [4, 5, 3, None],
        "returned": [4, 3, 0, None],
    }
)
UNITS = pd.Series(["五华区", "禄劝县", "五华区", "禄劝县", "禄劝县", "晋宁区", None, "昆明市"])


def test_units_that_fell_short_of_their_quota():
    table = quota_shortfall(UNITS, plan=PLAN).set_index("unit")

    assert table.index.tolist() == ["五华区", "禄劝县", "东川区", "晋宁区", "昆明市", ""]
    assert table["got_count"].tolist() == [2, 3, 0, 1, 1, 1]
    assert table["short_count"].tolist()[:3] == [1, 0, 2]
    assert table["short_count"].isna().tolist() == [False] * 3 + [True] * 3
    assert table["reached_rate"].tolist()[:3] == [2 / 3, 1.5, 0]
    assert table["return_rate"].tolist()[:3] == [1, 0.6, 0]
    assert table["return_rate"].isna().tolist() == [False] * 3 + [True] * 3


def test_a_plan_of_quotas_alone_is_enough():
    table = quota_shortfall(UNITS[:5], plan=PLAN[["unit", "quota"]])

    assert table["short_count"].tolist()[:3] == [1, 0, 2]
    assert table["returned_count"].isna().all()
    assert table["return_rate"].isna().all()


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("unit", ["五华区"] * 4, "twice in the plan: 五华区"),
        ("returned", [5, 3, 0, None], "五华区: 5 returned are more than issued = 4"),
        ("population", [900, 2, 40, 60], "禄劝县: 3 answers are more than population = 2"),
    ],
)
def test_impossible_plans_are_refused_where_they_stand(column, values, message):
    with pytest.raises(PlanError, match=message):
        quota_shortfall(UNITS, plan=PLAN.assign(**{column: values}))
