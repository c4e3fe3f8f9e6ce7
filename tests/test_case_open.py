"""What an opened case offers."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time

import pytest

from auditbook.case.schemas import SCHEMAS
from case_files import ALLOCATION, SETTINGS, USE, only_problem_in, opened, write_case

MISSING = """\
not_available:
  - notebook: "01"
    what: {zh: 明细账, en: ledgers}
    reason: {zh: 未公布, en: not published}
  - notebook: "03"
    what: {zh: 答卷, en: answers}
    reason: {zh: 未公布, en: not published}
"""


def test_tables_are_attributes(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION, "use": USE})

    case = opened(tmp_path)

    assert case.allocation.equals(case.table("allocation"))
    assert (case.has("use"), case.has("payments")) == (True, False)
    with pytest.raises(AttributeError, match="its tables: allocation, use"):
        _ = case.alocation
    with pytest.raises(KeyError):
        case.table("alocation")


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name != "answers"])
def test_a_table_the_case_has_not_is_empty_and_has_its_columns(tmp_path, name):
    write_case(tmp_path, {})

    frame = opened(tmp_path).table(name)

    described = [n for n, c in SCHEMAS[name].columns.items() if not c.regex]
    assert frame.empty
    assert frame.columns.tolist() == [*described, "source_row"]


def test_kinds_decide_the_types_of_columns(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION, "indicators":
        "指标代码,一级指标,二级指标,分值,评分规则\nA1,决策,立项,8.2,扣分制\n"})  # fmt: skip

    case = opened(tmp_path)

    assert case.allocation.dtypes.astype(str).to_dict() == {
        "seq": "str", "unit": "str", "budget": "Int64", "arrived": "int64", "used": "int64",
        "balance": "int64", "note": "str", "source_row": "str",
    }  # fmt: skip
    assert case.indicators["full"].map(str).tolist() == ["8.2"]
    assert case.payments.dtypes.astype(str)["date"] == "datetime64[ns]"
    assert case.payments.dtypes.astype(str)["amount"] == "int64"


def test_columns_by_source_stand_beside_their_sum(tmp_path):
    text = "单位,到位资金,使用资金,结余资金,arrived_county,arrived_city\n甲县,3,3,0,2,1\n"
    write_case(tmp_path, {"allocation": text})

    assert opened(tmp_path).allocation.columns.tolist() == [
        "seq", "unit", "budget", "arrived", "arrived_county", "arrived_city", "used", "balance",
        "note", "source_row",
    ]  # fmt: skip


def test_changing_a_frame_does_not_change_the_case(tmp_path):
    write_case(tmp_path)
    case = opened(tmp_path)

    rows, totals = case.allocation, case.totals("allocation")
    rows.loc[0, "arrived"] = 0
    totals.loc[0, "arrived"] = 0

    assert case.allocation["arrived"].tolist() == [10_000_000, 20_000_000]
    assert case.totals("allocation")["arrived"].tolist() == [30_000_000]


def test_inputs_name_each_file_with_its_hash(tmp_path):
    settings = SETTINGS + "sources:\n  use: {place: 报告第3页}\n"
    folder = write_case(
        tmp_path, {"allocation": ALLOCATION.replace("单位", "单位,经办", 1).replace(
            "甲县", "甲县,某人").replace("乙县", "乙县,").replace("合计", "合计,"), "use": USE},
        settings=settings,
    )  # fmt: skip

    inputs = opened(tmp_path).inputs()

    assert inputs.columns.tolist() == [
        "table", "title_zh", "title_en", "file", "rows", "sha256", "place", "ignored", "adjusted",
    ]  # fmt: skip
    assert inputs["file"].tolist() == ["allocation.csv", "use.csv"]
    assert inputs["rows"].tolist() == [2, 2]
    assert inputs["place"].tolist() == ["", "报告第3页"]
    assert inputs["ignored"].tolist() == ["经办", ""]
    expected = hashlib.sha256((folder / "use.csv").read_bytes()).hexdigest()
    assert inputs["sha256"].tolist()[1] == expected


def test_what_is_not_available_is_told_by_notebook(tmp_path):
    write_case(tmp_path, settings=SETTINGS + MISSING)

    case = opened(tmp_path)

    assert case.not_available("03").to_dict("records") == [
        {"notebook": "03", "what_zh": "答卷", "what_en": "answers", "reason_zh": "未公布",
         "reason_en": "not published", "source_row": "case.yaml:33"},
    ]  # fmt: skip
    assert len(case.not_available()) == 2
    assert case.not_available("05").empty


def test_texts_are_read_by_name(tmp_path):
    folder = write_case(tmp_path)
    (folder / "texts").mkdir()
    (folder / "texts" / "background.md").write_text("\ufeff背景。\n", encoding="utf-8")

    case = opened(tmp_path)

    assert case.text("background") == "背景。\n"
    assert case.text("nothing") == ""
    assert case.text("../case") == ""


def test_a_text_that_cannot_be_read_is_a_problem(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION, "texts/background.md": "背景".encode("gbk")})

    assert only_problem_in(tmp_path).file == "texts/background.md"


def test_opening_writes_nothing(tmp_path):
    write_case(tmp_path)
    before = sorted(tmp_path.rglob("*"))

    opened(tmp_path)

    assert sorted(tmp_path.rglob("*")) == before


def test_opening_a_small_case_is_quick(tmp_path):
    write_case(tmp_path, {"allocation": ALLOCATION, "use": USE})
    opened(tmp_path)

    start = time.perf_counter()
    opened(tmp_path)

    assert time.perf_counter() - start < 0.5


def test_importing_auditbook_does_not_import_pandas():
    code = "import sys, auditbook; sys.exit('pandas' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_auditbook_exports_is_there():
    import auditbook

    assert auditbook.__version__ == "0.1.0"
    assert all(hasattr(auditbook, name) for name in ("Case", "InputError", "open_case"))
    assert "open_case" in dir(auditbook)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = auditbook.nothing
