"""Forms of a case: the tests that it states, and only these; skipped questions."""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditbook.case.survey_settings import Quality
from auditbook.procedures.errors import PlanError
from auditbook.procedures.survey.forms import flag_summary, form_flags, looked_for, not_tested
from auditbook.procedures.survey.quality import item_nonresponse, unanswered, with_and_without
from survey_answers import answers, question

USED = question("used", "single", ["用过", "没用过"])
HELP = question("help", "multiple", ["电话", "网络", "其他", "以上都没有"])
SPEED, PRICE, FAULTS = (question(name) for name in ("speed", "price", "faults"))


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
