"""Forms of a case: the tests that it states, contradictions, addresses, quotas."""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditbook.case.survey_settings import Contradiction, Quality
from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey.consistency import (
    contradictions,
    quota_shortfall,
    same_address,
)
from auditbook.procedures.survey.forms import flag_summary, form_flags, looked_for, not_tested
from auditbook.procedures.survey.quality import item_nonresponse, unanswered, with_and_without
from survey_answers import answers, question

USED = question("used", "single", ["用过", "没用过"])
HELP = question("help", "multiple", ["电话", "网络", "其他", "以上都没有"])
SPEED, PRICE, FAULTS = (question(name) for name in ("speed", "price", "faults"))


def rule(when, never, name="矛盾"):
    return Contradiction(name=name, when=when, never=never)


def rows(flags):
    """Numbers of the flagged rows."""
    return [int(row.rpartition(":")[2]) for row in flags["row"]]


# skipped questions ------------------------------------------------------------------------------


def test_questions_that_the_form_skipped_leave_the_denominator():
    """Survey notes §7: (跳过) leaves the denominator, (空) is item nonresponse."""
    given = pd.DataFrame({"a": ["满意", None, None, "满意"], "b": [None, "满意", "(跳过)", None]})
    skipped = pd.DataFrame({"a": [False, False, True, False], "b": [False, False, True, False]})

    table = item_nonresponse(given, skipped=skipped)

    assert table.to_dict("list") == {
        "item": ["a", "b"], "asked": [3, 3], "n": [2, 1], "missing": [1, 2],
        "missing_rate": [1 / 3, 2 / 3],
    }  # fmt: skip
    nobody = item_nonresponse(given[["b"]], skipped=skipped[["b"]] | True)
    assert nobody["asked"].tolist() == [0]
    assert nobody["missing_rate"].isna().all()


def test_a_form_is_judged_by_the_questions_that_it_was_asked():
    """Two gaps of four are half; two of three are more."""
    given = pd.DataFrame([["x", "x", None, None], ["x", "(跳过)", None, None], ["(跳过)"] * 4])
    skipped = given == "(跳过)"

    flags = unanswered(given, skipped=skipped)

    assert flags.to_numpy().tolist() == [["unanswered", 1, "missing=2;questions=3"]]


def test_a_table_of_skipped_questions_of_other_rows_is_refused():
    given = pd.DataFrame({"a": [1, 2]})
    with pytest.raises(PlanError, match="same rows and questions"):
        unanswered(given, skipped=pd.DataFrame({"a": [True]}))
    with pytest.raises(PlanError, match="same rows and questions"):
        item_nonresponse(given, skipped=pd.DataFrame({"b": [True, False]}))


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


# all tests of a case ----------------------------------------------------------------------------

SCALE = [SPEED, PRICE, FAULTS]
OPEN = question("more", "open")


def forms(**more: Any):
    return answers(
        [*SCALE, OPEN],
        speed=["很满意", "满意", "满意", "一般", None],
        price=["很满意", "不满意", "不满意", "太贵", None],
        faults=["很满意", "不了解", "不了解", None, "一般"],
        more=["好", None, None, None, None],
        **more,
    )


def test_only_the_tests_that_are_stated_are_run():
    assert form_flags(forms(), quality=Quality()).empty
    flags = form_flags(forms(), quality=Quality(duplicates=True))

    assert set(flags["flag"]) == {"duplicate"}
    assert rows(flags) == [3, 4]


def test_every_test_looks_at_its_own_columns():
    """Open questions are no gaps; a straight line is of the scale, over labels as ticked."""
    given = forms(
        ip=["1.1.1.1", "1.1.1.1", "2.2.2.2", None, None],
        seconds=[9, 90, 90, 90, np.nan],
        submitted=[
            "2018-11-05 09:00",
            "2018-11-05 09:00",
            "2018-11-05 10:00",
            "2018-11-05 10:00",
            None,
        ],
    )
    quality = Quality.model_validate({
        "unanswered": 0, "duplicates": True, "same_ip": True, "straight_lines": 3,
        "low_variability": "0.1", "speed": {"share": "0.5"}, "bursts": {"most": 1, "seconds": 60},
        "window": {"start": "2018-11-05 09:30", "end": "2018-11-06"}, "out_of_scale": True,
        "contradictions": [
            {"name": "价", "when": {"speed": ["满意"]}, "never": {"price": ["不满意"]}}
        ],
    })  # fmt: skip

    flags = form_flags(given, quality=quality)

    assert {name: rows(some) for name, some in flags.groupby("flag", sort=False)} == {
        "unanswered": [5, 6], "duplicate": [3, 4], "same_ip": [2, 3], "straight_line": [2],
        "low_variability": [2], "speed": [2], "burst": [2, 3, 4, 5], "outside_window": [2, 3],
        "out_of_scale": [5], "contradiction": [3, 4],
    }  # fmt: skip
    assert looked_for(given, quality) == flags["flag"].unique().tolist()
    assert not_tested(given, quality).empty
    assert flags.loc[flags["flag"] == "out_of_scale", "detail"].item() == "item=price;value=太贵"
    shares = given.shares(given.instrument.of_kind("scale"))
    assert with_and_without(shares, flags, low=0, high=1)["forms_count"].tolist()[-1] == 5


def test_patterns_are_of_answers_as_they_were_ticked():
    """The same tick throughout is a straight line, and does not vary, though one is reversed."""
    turned = [SPEED, PRICE, question("faults", turned=True)]
    given = answers(turned, **{one.id: ["很满意", "不了解"] for one in turned})

    flags = form_flags(given, quality=Quality(straight_lines=3, low_variability=Decimal("0.01")))

    assert flags["flag"].tolist() == ["straight_line", "straight_line", "low_variability"]
    assert rows(flags) == [2, 3, 2]


def test_low_variability_is_in_shares_of_the_scale():
    """5, 4, 3 of 1 to 5: standard deviation 1 of 4, a quarter of the scale."""
    given = answers(SCALE, speed=["很满意"], price=["满意"], faults=["一般"])

    limits = (Quality.model_validate({"low_variability": limit}) for limit in ("0.25", "0.26"))
    at, above = (form_flags(given, quality=limit) for limit in limits)

    assert at.empty
    assert above["detail"].item() == "sd=0.25"


def test_answers_of_several_labels_are_off_the_scale_by_one_that_is_unknown():
    given = answers([HELP, USED], help=["电话┋其他〖邻居〗", "电话┋书信", "(跳过)", "书信"],
                    used=["用过", "用过┋没用过", None, None])  # fmt: skip

    flags = form_flags(given, quality=Quality(out_of_scale=True))

    assert flags["detail"].tolist() == [
        "item=help;value=电话┋书信", "item=help;value=书信", "item=used;value=用过┋没用过",
    ]  # fmt: skip


def test_tests_that_the_answers_do_not_allow_are_said_not_left_out_silently():
    quality = Quality.model_validate({
        "same_ip": True, "speed": {"share": "0.5"}, "bursts": {"most": 1, "seconds": 60},
        "window": {"start": "2018-11-05", "end": "2018-11-06"}, "duplicates": True,
    })  # fmt: skip

    assert not_tested(forms(), quality).to_numpy().tolist() == [
        ["same_ip", "ip"], ["speed", "seconds"], ["burst", "submitted"],
        ["outside_window", "submitted"],
    ]  # fmt: skip
    assert set(form_flags(forms(), quality=quality)["flag"]) == {"duplicate"}
    assert looked_for(forms(), quality) == ["duplicate"]


def test_a_flagged_form_counts_once_for_each_flag_and_once_in_all():
    flags = pd.DataFrame(
        {"flag": ["speed", "out_of_scale", "out_of_scale"], "row": ["a", "a", "a"], "detail": ""}
    )

    table = flag_summary(flags, 4, tested=["burst", "speed", "out_of_scale"])

    assert table.to_numpy().tolist() == [
        ["burst", 0, 0], ["speed", 1, 0.25], ["out_of_scale", 1, 0.25], ["any", 1, 0.25],
    ]  # fmt: skip
    assert flag_summary(flags[:0], 0)["share_rate"].isna().all()
