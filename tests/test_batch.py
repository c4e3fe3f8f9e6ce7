"""Many cases through one runner: which ones, none stops another, and what the closing lines say."""

import csv
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

import survival
import warmkernel
from auditbook.case.errors import InputError
from auditbook.chain.batch import cases_named
from auditbook.chain.lock import LOCK_NAME, hold
from auditbook.chain.options import Options
from auditbook.chain.order import chosen
from auditbook.chain.run import run_cases, run_many
from survival import CASE, NAMES, after, command, differing, outputs, tree
from victims import children, victim, wait_until

GRID = CASE[0]
CASES = [("hill-roads", 2021), (GRID, 2018), (GRID, 2019), (GRID, 2020)]
"""In their order."""


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A root with four cases and no results; read only."""
    root = survival.paper_root(tmp_path_factory.mktemp("many"))
    for project, year in CASES:
        if (project, year) != CASE:
            survival.add_case(root, year, project)
    return root


@pytest.fixture(scope="module")
def one_by_one(many, tmp_path_factory):
    """What ``auditbook run`` leaves of each case."""
    out = tmp_path_factory.mktemp("one_by_one")
    found = {}
    for project, year in CASES:
        assert run_cases(project, [year], root=many, out=out).exit_code == 0
        found[project, year] = tree(outputs(many, out, (project, year)))
    return found


@pytest.fixture
def own(many, tmp_path):
    """A copy of the root, to be changed."""
    return shutil.copytree(many, tmp_path / "root")


@pytest.fixture
def batch(own, capfd):
    def run_command(*words):
        return command(capfd, "batch", *words, "--root", own, "--out", own / "outputs")

    return run_command


def data(root, case):
    return root / "data" / case[0] / str(case[1])


def listed(folder, text, encoding="utf-8"):
    path = folder / "cases.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


def portfolio(root):
    """Rows of the table by case."""
    text = (root / "outputs" / "portfolio.csv").read_text("utf-8-sig")
    return {(row["项目"], int(row["年度"])): row for row in csv.DictReader(text.splitlines())}


def same_bytes(root, cases, one_by_one):
    return {
        case: differing(tree(outputs(root, case=case)), one_by_one[case])
        for case in cases
        if tree(outputs(root, case=case)) != one_by_one[case]
    }


# which cases -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([f"{GRID}/*"], CASES[1:]),
        (["*/*"], CASES),
        (["*/202?"], [CASES[0], CASES[3]]),
        ([f"{GRID}/2020", f"{GRID}/2018"], [CASES[3], CASES[1]]),
        ([f"{GRID}/2018", "*/2018", f"{GRID}/2018/"], [CASES[1]]),
    ],
)
def test_patterns_name_cases_once_each(many, words, expected):
    assert cases_named(words, many) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"project,year\n{GRID},2018\nhill-roads,2021\n",
        f"\ufeff项目,年度\r\n{GRID},2018\r\nhill-roads,2021\r\n",
        f"{GRID}/2018\nhill-roads/2021",
        f"{GRID} 2018\n\n  hill-roads 2021  \n",
        f"# cases of the year, all of them\n{GRID},2018\n# no: {GRID},2019\nhill-roads,2021\n",
        f"# a remark above the titles\nproject,year\n{GRID},2018\nhill-roads,2021\n",
        f'"project","year","who"\n"{GRID}","2018","A, B"\n"hill-roads","2021",""\n',
        f"{GRID},2018\n{GRID},2018\nhill-*,*\n",
        f"{GRID}\t2018\nhill-roads\t2021\n",
    ],
    ids=["titles", "BOM", "lines", "spaces", "remarks", "remark first", "quoted", "*", "tabs"],
)
def test_a_list_names_cases_line_by_line(many, tmp_path, text):
    assert cases_named([listed(tmp_path, text)], many) == [CASES[1], CASES[0]]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"project,year\n{GRID},2018\n\n{GRID},1999\n", 4),
        (f"{GRID},2018\nno-such,2018\n", 2),
        ("no-such/2018\n", 1),
        (f"{GRID}\n", 1),
        (f"{GRID},2O18\n", 1),
        (f"{GRID},zwanzig\n", 1),
    ],
)
def test_an_unknown_name_in_a_list_is_1_with_file_and_line_and_nothing_runs(
    own, batch, tmp_path, text, line
):
    path = listed(tmp_path, text)

    ran = batch(path, "*/*")

    assert ran.code == 1
    assert f"{path} › 第 {line} 行" in ran.said
    assert not (own / "outputs").exists()


def test_every_unknown_name_is_told_at_once(many, tmp_path):
    with pytest.raises(InputError) as told:
        cases_named(["nothing/*", listed(tmp_path, "a/2018\nb/2018\n"), f"{GRID}/2018"], many)

    assert [(p.value, p.row) for p in told.value.problems] == [
        ("nothing/*", 0),
        ("a/2018", 1),
        ("b/2018", 2),
    ]
    assert f"{GRID}/2018" in told.value.text("en")


@pytest.mark.parametrize("content", [None, f"项目,年度\n{GRID},2018\n"], ids=["missing", "GBK"])
def test_a_list_that_cannot_be_read_is_1(batch, tmp_path, content):
    path = str(tmp_path / "none.csv") if content is None else listed(tmp_path, content, "gb18030")

    ran = batch(path)

    assert ran.code == 1
    assert path in ran.said
    assert "UTF-8" in ran.said


def test_a_list_that_names_no_case_is_1(batch, tmp_path):
    ran = batch(listed(tmp_path, "project,year\n# none yet\n"))

    assert ran.code == 1


# all goes well ---------------------------------------------------------------------------------


def test_a_batch_leaves_what_single_runs_leave_and_runs_nothing_twice(own, batch, one_by_one):
    ran = batch("*/*")

    assert ran.code == 0, ran.said
    assert "4 个案卷：完成 4（其中 0 个没有变化，未重新运行），未完成 0" in ran.told
    assert same_bytes(own, CASES, one_by_one) == {}
    rows = portfolio(own)
    assert list(rows) == CASES
    assert {row["状态"] for row in rows.values()} == {"完成"}
    page = (own / "outputs" / "portfolio.html").read_text("utf-8")
    before = tree(own / "outputs")
    for project, year in CASES:
        assert f'href="{project}/{year}/html/index.html"' in page

    ran = batch("*/*")

    assert ran.code == 0
    assert "4 个案卷：完成 4（其中 4 个没有变化，未重新运行），未完成 0" in ran.told
    assert differing(tree(own / "outputs"), before) == []


def test_cases_share_one_preloaded_process_and_are_let_go_one_by_one(own):
    warmkernel.close()
    servers, held = set(), []

    def done(run):
        servers.update(preloaded())
        held.append((run.outputs / LOCK_NAME).exists())

    options = Options(own, own / "outputs", chosen())
    for _ in range(2):  # the second time all of them stand
        runs = run_many(CASES, options, done)
        assert [run.result.exit_code for run in runs] == [0] * 4

    assert len(servers) == 1
    assert held == [False] * 8


def preloaded():
    """Servers of preloaded kernels that this process has started."""
    return [
        pid
        for pid in children(os.getpid())
        if b"warmkernel.server" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


# some fail -------------------------------------------------------------------------------------

GOOD, BAD_INPUTS, FAILING, HELD = CASES[1], CASES[2], CASES[3], CASES[0]


def spoil(root, case):
    (data(root, case) / "use.csv").write_bytes(b"")


def test_a_failing_case_does_not_stop_the_others_and_the_worst_gives_the_exit_code(
    own, batch, one_by_one, monkeypatch
):
    spoil(own, BAD_INPUTS)
    monkeypatch.setenv(after("02"), f"year == {FAILING[1]} and 1 / 0")

    with hold(outputs(own, case=HELD)):
        ran = batch("*/*")

    assert ran.code == 5
    assert "4 个案卷：完成 1（其中 0 个没有变化，未重新运行），未完成 3" in ran.told
    lines = ran.said.splitlines()
    assert f"hill-roads 2021：另一次运行（进程 {os.getpid()}）正占用这个案卷，请等它结束" in lines
    assert f"{GRID} 2019：发现 1 个问题，未生成任何结果：" in lines
    assert any(line.startswith("1. use.csv：") for line in lines)
    place = f"{GRID} 2020　底稿 {NAMES[1]} 在第 6 个代码单元格（02.1 小底稿）出错："
    assert lines[lines.index(place) + 1] == "  ZeroDivisionError: division by zero"
    assert same_bytes(own, [GOOD], one_by_one) == {}
    assert not outputs(own, case=BAD_INPUTS).exists()
    assert_portfolio_says_the_same(own)

    monkeypatch.delenv(after("02"))
    ran = batch("*/*")
    assert ran.code == 1  # what is left to be mended by a person
    assert same_bytes(own, [GOOD, FAILING, HELD], one_by_one) == {}


def assert_portfolio_says_the_same(root):
    rows = portfolio(root)
    assert {case: row["状态"] for case, row in rows.items()} == {
        GOOD: "完成",
        BAD_INPUTS: "资料有问题",
        FAILING: "未完成",
        HELD: "未完成",
    }
    assert "use.csv" in rows[BAD_INPUTS]["原因"]
    assert f"{NAMES[1]} 第 6 个代码单元格：ZeroDivisionError" in rows[FAILING]["原因"]
    assert str(os.getpid()) in rows[HELD]["原因"]
    assert [case for case, row in rows.items() if row["网页"]] == [GOOD]


@pytest.mark.parametrize(
    ("cases", "code"), [([GOOD, BAD_INPUTS], 1), ([BAD_INPUTS, FAILING], 3), ([FAILING, GOOD], 3)]
)
def test_a_failed_notebook_is_worse_than_bad_inputs(own, batch, monkeypatch, cases, code):
    spoil(own, BAD_INPUTS)
    monkeypatch.setenv(after("01"), f"year == {FAILING[1]} and 1 / 0")

    assert batch(*(f"{project}/{year}" for project, year in cases)).code == code


@pytest.mark.parametrize(
    ("trouble", "code", "said"),
    [
        ("hoard = [bytearray(2**26) for _ in range(100)]", 3, "MemoryError"),
        ("os.kill(os.getpid(), 9)", 3, "died"),
        ("(case.folder / 'use.csv').write_bytes(b'')", 1, "use.csv"),
    ],
    ids=["memory", "dead kernel", "input made invalid"],
)
def test_what_happens_in_one_case_ends_that_case_only(
    own, capfd, one_by_one, monkeypatch, trouble, code, said
):
    monkeypatch.setenv(after("05"), f"if year == 2019: {trouble}")

    arguments = ["--root", own, "--out", own / "outputs", "--memory-mib", 1024]
    ran = command(capfd, "batch", "*/*", *arguments)

    assert (ran.code, said in ran.said) == (code, True), ran.said
    assert "完成 3（" in ran.told
    others = [case for case in CASES if case[1] != 2019]
    assert same_bytes(own, others, one_by_one) == {}


def test_a_notebook_that_no_case_can_run_is_told_for_each(own, batch):
    (own / "notebooks" / f"{NAMES[3]}.ipynb").write_text("{", "utf-8")

    ran = batch(f"{GRID}/*")

    assert ran.code == 3
    assert f"底稿 {NAMES[3]} 不能运行" in ran.said
    assert {row["状态"] for row in portfolio(own).values()} == {"未完成"}


def test_a_portfolio_that_cannot_be_written_is_5_and_the_cases_stand(own, batch):
    (own / "outputs" / "portfolio.html").mkdir(parents=True)

    ran = batch(f"{GRID}/2018")

    assert ran.code == 5
    assert "portfolio" in ran.said
    assert "Traceback" not in ran.said
    assert survival.finished_steps(outputs(own)) == NAMES


def test_an_interrupted_batch_ends_with_130_and_the_next_one_resumes(own, batch, one_by_one):
    words = ("batch", "*/*")
    pause = {"SURVIVAL_PAUSE": "0.3"}
    with (
        tempfile.TemporaryDirectory(prefix="s-", dir="/tmp") as temporary,
        victim(own, own / "outputs", Path(temporary), command=words, environment=pause) as run_,
    ):
        wait_until(lambda: list((own / "outputs").glob("*/*/html/04*.html")), "a page of 04")
        os.kill(run_.process.pid, signal.SIGINT)
        code, said = run_.end()
        wait_until(lambda: not run_.left(), "the end of its processes", 2)
        assert list(Path(temporary).iterdir()) == []

    assert code == 130
    assert "已中断" in said
    assert "Traceback" not in said
    ran = batch("*/*")
    assert ran.code == 0
    assert same_bytes(own, CASES, one_by_one) == {}
