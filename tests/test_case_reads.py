"""A case says which of its files something rests on; nothing else may change that something."""

from __future__ import annotations

import functools
import hashlib

import pytest

from auditbook.case import InputError
from auditbook.case import handed as opening
from auditbook.case import reads as reading
from auditbook.case.reading import read_case
from auditbook.case.schemas import LEDGERS, SCHEMAS
from case_files import ALLOCATION, SETTINGS, USE, opened, write_case, write_workbook

UNITS = "单位,层级,别名\n甲县,县,甲区\n乙县,县,\n"
ALWAYS = {"case.yaml", "adjustments.csv", "inputs.xlsx", "units.csv"}
LIST = "verified_funds.xlsx"  # the work list of site visits may come back as it was sent out
GROUPS = """\
surveys:
  - {group: residents, zh: 居民, en: residents, selection: random, confidence: 0.9}
"""


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(tmp_path, tables=None, **options):
    tables = {"allocation": ALLOCATION, "units": UNITS, "use": USE, **(tables or {})}
    return write_case(tmp_path, tables, **options)


def test_everything_rests_on_settings_adjustments_and_the_list_of_units(tmp_path):
    folder = write(tmp_path)

    assert opened(tmp_path).reads() == {
        "case.yaml": sha256(folder / "case.yaml"),
        "adjustments.csv": None,
        "inputs.xlsx": None,  # adjustments might be a sheet of it
        "units.csv": sha256(folder / "units.csv"),
    }


def test_where_the_allocation_lists_the_units_everything_rests_on_it_too(tmp_path):
    folder = write_case(tmp_path, {"allocation": ALLOCATION, "use": USE})

    found = opened(tmp_path).reads()

    assert found.keys() == {*ALWAYS, "allocation.csv"}
    assert found["units.csv"] is None
    assert found["allocation.csv"] == sha256(folder / "allocation.csv")


@pytest.mark.parametrize(
    "ask",
    [
        lambda case: case.use,
        lambda case: case.table("use"),
        lambda case: case.has("use"),
        lambda case: case.total("use"),
        lambda case: case.totals("use"),
        lambda case: case.inputs("use"),
        lambda case: case.tables["use"],
        lambda case: case.tables.get("use"),
        lambda case: "use" in case.tables,
    ],
)
def test_every_way_to_ask_for_a_table_notes_its_file_and_no_other(tmp_path, ask):
    folder = write(tmp_path)
    case = opened(tmp_path)

    ask(case)

    assert case.reads().keys() == {*ALWAYS, "use.csv"}
    assert case.reads()["use.csv"] == sha256(folder / "use.csv")


def test_settings_alone_rest_on_no_table(tmp_path):
    write(tmp_path)
    case = opened(tmp_path)

    case.not_available()
    case.settings_source("fund.name")
    assert case.settings.fund.name

    assert case.reads().keys() == ALWAYS


def test_a_table_that_is_not_there_was_looked_for_as_a_file_and_as_a_sheet(tmp_path):
    folder = write(tmp_path)
    write_workbook(folder / "inputs.xlsx", {"notes": [["x"]]})
    case = opened(tmp_path)

    assert not case.has("payments")

    assert case.reads()["payments.csv"] is None
    assert case.reads()["inputs.xlsx"] == sha256(folder / "inputs.xlsx")


def test_a_name_that_no_table_can_have_is_not_looked_for(tmp_path):
    write(tmp_path)
    case = opened(tmp_path)

    assert not case.has("../use") and not case.has("answers")

    assert case.reads().keys() == ALWAYS


def test_a_table_is_noted_under_the_file_that_holds_it(tmp_path):
    settings = SETTINGS + "sources: {use: {place: 报告, file: ./sub//used.csv}}\n"
    folder = write_case(tmp_path, {"sub/used.csv": USE}, settings=settings)
    write_workbook(
        folder / "inputs.xlsx", {"units": [["单位", "层级"], ["甲县", "县"], ["乙县", "县"]]}
    )
    case = opened(tmp_path)

    assert case.has("use") and case.has("units")

    assert case.reads() == {
        "adjustments.csv": None,
        "case.yaml": sha256(folder / "case.yaml"),
        "inputs.xlsx": sha256(folder / "inputs.xlsx"),
        "sub/used.csv": sha256(folder / "sub" / "used.csv"),
    }


@pytest.mark.parametrize(
    "ask",
    [
        lambda case: list(case.tables),
        lambda case: len(case.tables),
        lambda case: case.tables.items() and dict(case.tables),
        lambda case: case.inputs(),
        lambda case: repr(case.tables),
    ],
)
def test_who_asks_for_all_tables_rests_on_those_that_might_be_there_too(tmp_path, ask):
    write(tmp_path, settings=SETTINGS + GROUPS)
    case = opened(tmp_path)

    ask(case)

    tables = {*SCHEMAS, "answers_residents"} - {"answers"}
    files = {*(f"{table}.csv" for table in tables), *(f"{table}.parquet" for table in LEDGERS)}
    assert case.reads().keys() == {"case.yaml", "inputs.xlsx", LIST, *files}


def test_other_spellings_of_units_rest_on_every_table_that_names_units(tmp_path):
    indicators = "指标代码,一级指标,二级指标,分值,评分规则\nA1,决策,立项,8.2,扣分制\n"
    write(tmp_path, {"indicators": indicators})
    case = opened(tmp_path)

    case.alias_uses()

    naming = {"allocation", "use", "transfers", "receipts", "payments", "problems", "sample",
              "verified_funds", "staff", "survey_units"}  # fmt: skip
    files = {*(f"{table}.csv" for table in naming), *(f"{table}.parquet" for table in LEDGERS)}
    assert case.reads().keys() == {*ALWAYS, LIST, *files}


def test_adjustments_rest_on_the_tables_whose_cells_they_changed(tmp_path):
    text = "表,行,列,原值,新值,调整人,日期,原因\nuse,乙县,资金使用率,75.00%,75%,某,2019-01-01,误\n"
    write(tmp_path, {"adjustments": text})
    case = opened(tmp_path)

    assert case.adjustments_applied["row"].tolist() == ["use.csv:3"]

    assert case.reads().keys() == {"case.yaml", "adjustments.csv", "units.csv", "use.csv"}


def test_texts_are_noted_by_name_and_kept_as_they_were_when_the_case_was_opened(tmp_path):
    folder = write(tmp_path, {"texts/background.md": "背景\r\n。"})
    case, before = opened(tmp_path), sha256(folder / "texts" / "background.md")
    (folder / "texts" / "background.md").write_text("别的", encoding="utf-8")
    (folder / "texts" / "experience.md").write_text("别的", encoding="utf-8")

    assert [case.text(n) for n in ("background", "experience", "../case")] == ["背景\n。", "", ""]

    assert case.reads().keys() == {*ALWAYS, "texts/background.md", "texts/experience.md"}
    assert case.reads()["texts/background.md"] == before
    assert case.reads()["texts/experience.md"] is None


def test_hashes_are_those_of_the_opening(tmp_path):
    folder = write(tmp_path)
    case = opened(tmp_path)
    before = {name: sha256(folder / name) for name in ("case.yaml", "units.csv", "use.csv")}
    for name in before:
        (folder / name).write_text("later", encoding="utf-8")

    assert case.has("use")

    assert {name: case.reads()[name] for name in before} == before


@pytest.fixture
def meanwhile(monkeypatch):
    """Something that happens between the reading of a case and the hashing of its files."""

    def happens(*events):
        queue = list(events)

        def read(*args):
            found = read_case(*args)
            if queue:
                queue.pop(0)()
            return found

        monkeypatch.setattr(reading, "read_case", read)

    return happens


@pytest.mark.parametrize("file", ["use.csv", "case.yaml", "texts/background.md", "sub/claims.csv"])
def test_a_file_that_is_written_while_it_is_read_is_read_again(tmp_path, meanwhile, file):
    claims = "表述编号,表述,出处,核对数据,关系,界值\nC1,到位,四,funds.arrival_rate,eq,100%\n"
    settings = SETTINGS + "sources: {claims: {place: 报告, file: sub/claims.csv}}\n"
    folder = write(
        tmp_path, {"sub/claims.csv": claims, "texts/background.md": "背景"}, settings=settings
    )
    text = (folder / file).read_text("utf-8")
    new = {
        "use.csv": text.replace("75.00%", "75%"),
        "case.yaml": text.replace("测试资金", "另一资金"),
        "texts/background.md": "新的背景",
        "sub/claims.csv": text.replace("到位", "已到位"),
    }[file]
    meanwhile(lambda: (folder / file).write_text(new, encoding="utf-8"))

    case = opened(tmp_path)

    seen = {
        "use.csv": lambda: case.use["use_rate_printed"].tolist()[1] == "75%",
        "case.yaml": lambda: case.settings.fund.name == "另一资金",
        "texts/background.md": lambda: case.text("background") == "新的背景",
        "sub/claims.csv": lambda: case.claims["text"].tolist() == ["已到位"],
    }[file]()
    assert seen
    assert case.reads()[file] == sha256(folder / file)


def test_a_workbook_that_appears_while_the_case_is_read_is_read_too(tmp_path, meanwhile):
    folder = write_case(tmp_path, {"allocation": ALLOCATION})
    sheets = {"use": [line.split(",") for line in USE.splitlines()]}
    meanwhile(lambda: write_workbook(folder / "inputs.xlsx", sheets))

    case = opened(tmp_path)

    assert case.has("use")
    assert case.reads()["inputs.xlsx"] == sha256(folder / "inputs.xlsx")


def test_a_file_that_never_comes_to_rest_is_a_problem(tmp_path, meanwhile):
    folder = write(tmp_path)

    def grow():
        with (folder / "use.csv").open("a", encoding="utf-8") as file:
            file.write("\n")

    meanwhile(*[grow] * 9)

    with pytest.raises(InputError, match="还在变化") as caught:
        opened(tmp_path)
    assert [problem.file for problem in caught.value.problems] == ["use.csv"]


def test_a_file_behind_a_linked_folder_is_read_and_noted(tmp_path):
    settings = SETTINGS + "sources: {use: {place: 报告, file: linked/used.csv}}\n"
    folder = write_case(tmp_path, {}, settings=settings)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "used.csv").write_text(USE, encoding="utf-8")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    case = opened(tmp_path)

    assert len(case.use) == 2
    assert case.reads()["linked/used.csv"] == sha256(tmp_path / "elsewhere" / "used.csv")


# Soundness: an answer that a changed file changes was noted to rest on that file -----------------

NAMES = [name for name in SCHEMAS if name != "answers"] + ["answers_residents"]


def of_table(name):
    def ask(case):
        table = case.tables.get(name)
        rest = table and (table.notes, table.above, table.blank_rows, table.ignored, table.file)
        frames = (case.table(name), case.totals(name), case.inputs(name))
        return case.has(name), rest, [frame.to_csv() for frame in frames]

    return ask


ANSWERS = {
    **{name: of_table(name) for name in NAMES},
    "all inputs": lambda case: case.inputs().to_csv(),
    "names of tables": lambda case: list(case.tables),
    "other spellings": lambda case: case.alias_uses().to_csv(),
    "adjustments applied": lambda case: case.adjustments_applied.to_csv(),
    "instrument": lambda case: str(case.instrument("residents")),
    "answers": lambda case: (found := case.answers_of("residents")) and found.frame.to_csv(),
    "text": lambda case: case.text("background"),
    "not available": lambda case: case.not_available().to_csv(),
    "title": lambda case: case.settings.title,
}

ADJUSTED = {
    "adjustments": "表,行,列,原值,新值,调整人,日期,原因\n"
    "use,甲区,资金使用率,100.00%,100%,某,2019-01-01,误\n"
}
BY_ALIAS = {"use": USE.replace("甲县", "甲区")}
PROBLEMS = {"problems": "问题编号,问题,涉及单位\nP1,未用完,甲区\n"}
TEXT = {"texts/background.md": "旧"}
ASKED = {"questions": "题号,题目,题型,选项,方向\nQ1,满意吗,量表,1:好=1；2:差=0,正向\n"}
FORMS = "序号,Q1\n1,1\n"
ANSWERED = {**ASKED, "answers_residents": FORMS}
NO_LIST = {"units": None}


def latin(tables):
    """A unit whose name may be written in capitals or not: one unit, two spellings."""
    tables = {"allocation": ALLOCATION, "use": USE, **tables}
    return {name: text and text.replace("甲县", "A县") for name, text in tables.items()}


def words(old, new):
    def edit(text):
        assert old in text
        return text.replace(old, new)

    return edit


CHANGES = {  # tables beside or instead of the usual, changed file, edit, an answer that changes
    "a cell": ({}, "use.csv", words("75.00%", "75%"), "use"),
    "a title above": ({}, "allocation.csv", lambda text: "资金表\n" + text, "allocation"),
    "a note below": ({}, "use.csv", lambda text: text + "注：截至年末\n", "use"),
    "a column that is not used": ({}, "units.csv", words("别名\n", "别名,经办\n"), "all inputs"),
    "a total": ({}, "allocation.csv", words("合计,30.00,25.00", "合计,30.00,25"), "allocation"),
    "another name of a unit": (PROBLEMS, "units.csv", words("甲区\n", "\n甲区,县,\n"), "problems"),
    "a name that was none": (
        BY_ALIAS,
        "units.csv",
        words("甲区\n", "\n甲区,县,\n"),
        "other spellings",
    ),
    "the spelling of a unit": (latin({"units": UNITS}), "units.csv", words("A县", "a县"), "use"),
    "its spelling in the allocation": (
        latin(NO_LIST),
        "allocation.csv",
        words("A县", "a县"),
        "use",
    ),
    "a list of units added": (
        latin(NO_LIST),
        "units.csv",
        lambda _: UNITS.replace("甲县", "a县"),
        "use",
    ),
    "a list of units taken away": (
        latin({"units": UNITS.replace("甲县", "a县")}),
        "units.csv",
        None,
        "use",
    ),
    "the place of an adjusted cell": (
        ADJUSTED,
        "use.csv",
        lambda text: "使用表\n" + text,
        "adjustments applied",
    ),
    "the name of an adjusted row": (
        latin({**ADJUSTED, "units": UNITS}),
        "units.csv",
        words("A县", "a县"),
        "adjustments applied",
    ),
    "an adjustment": (ADJUSTED, "adjustments.csv", words("100%,某", "99%,某"), "use"),
    "an adjustment taken away": (ADJUSTED, "adjustments.csv", None, "use"),
    "adjustments added": (BY_ALIAS, "adjustments.csv", lambda _: ADJUSTED["adjustments"], "use"),
    "a table taken away": (PROBLEMS, "problems.csv", None, "problems"),
    "a table added": ({}, "problems.csv", lambda _: PROBLEMS["problems"], "other spellings"),
    "answers added": (ASKED, "answers_residents.csv", lambda _: FORMS, "names of tables"),
    "answers": (ANSWERED, "answers_residents.csv", words("1,1", "1,2"), "answers"),
    "a label": (ANSWERED, "questions.csv", words("1:好", "1:很好"), "answers_residents"),
    "a score": (ASKED, "questions.csv", words("差=0", "差=0.5"), "instrument"),
    "questions added": ({}, "questions.csv", lambda _: ASKED["questions"], "instrument"),
    "a text": (TEXT, "texts/background.md", words("旧", "新"), "text"),
    "a text added": ({}, "texts/background.md", lambda _: "新", "text"),
    "a text taken away": (TEXT, "texts/background.md", None, "text"),
    "the unit of money": ({}, "case.yaml", words("unit: 万元", "unit: 元"), "allocation"),
    "a title": ({}, "case.yaml", words("zh: 测试项目", "zh: 另一项目"), "title"),
}


def all_answers(tmp_path):
    """Every answer with the files that it rests on; nothing else was asked of that case."""
    found = {}
    for name, ask in ANSWERS.items():
        case = opened(tmp_path)
        found[name] = (ask(case), case.reads())
    return found


@pytest.fixture
def read_once(monkeypatch):
    """Opening a case again is quick; clear when a file of it has changed."""
    once = functools.cache(reading.read_at_rest)
    monkeypatch.setattr(opening, "read_at_rest", once)
    return once.cache_clear


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_changed_file_changes_was_noted_to_rest_on_it(tmp_path, read_once, change):
    tables, file, edit, shows = CHANGES[change]
    everything = {"allocation": ALLOCATION, "units": UNITS, "use": USE, **tables}
    present = {name: text for name, text in everything.items() if text is not None}
    path = write_case(tmp_path, present, settings=SETTINGS + GROUPS) / file
    before = all_answers(tmp_path)

    text = path.read_text("utf-8") if path.exists() else ""
    path.unlink(missing_ok=True)
    if edit:
        path.parent.mkdir(exist_ok=True)
        path.write_text(edit(text), encoding="utf-8")
    read_once()
    after = all_answers(tmp_path)

    others = {name for name in ANSWERS if before[name][0] != after[name][0]}
    now = sha256(path) if path.exists() else None
    assert shows in others
    assert {name for name in others if file not in before[name][1]} == set()
    assert all(before[name][1][file] != now == after[name][1][file] for name in others)
