"""The command: exit codes, what it says, and that no mistake of a person ends in a traceback."""

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

import tiny_notebooks as tiny
from auditbook.chain.order import STEPS
from auditbook.cli import main
from auditbook.deliver.where import function_place, input_rows
from auditbook.workpaper import load_paper

COMMANDS = ["check", "run", "where", "worklist", "refresh-notebooks"]


@dataclass
class Ran:
    """What a command left: exit code and what it said."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def auditbook(tmp_path, monkeypatch, capfd):
    """Run the command in an empty folder with its own outputs."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AUDITBOOK")]:
        monkeypatch.delenv(name)

    def run(*arguments):
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return Ran(int(ended.value.code or 0), *capfd.readouterr())

    return run


@pytest.fixture
def tiny_root(tmp_path, root, monkeypatch):
    """A root with the committed case and two notebooks that only say their parameters."""
    monkeypatch.setattr("auditbook.chain.order.STEPS", STEPS[:2])
    folder = tmp_path / "root"
    shutil.copytree(root / "data" / "kunming-grid", folder / "data" / "kunming-grid")
    tiny.write(folder)
    return folder


def spoil(folder):
    """One problem in the inputs."""
    path = folder / "data" / "kunming-grid" / "2018" / "use.csv"
    path.write_text(path.read_text("utf-8").replace("57", "五十七", 1), "utf-8")


def test_help_is_quick():
    """Median of five, against the interpreter's own start."""
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "auditbook", "--help"], check=True, capture_output=True
        )
        taken.append(time.perf_counter() - begun)

    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, auditbook.cli; print(*sys.modules)"],
        check=True, capture_output=True, encoding="utf-8",
    ).stdout.split()  # fmt: skip
    assert not {"pandas", "papermill", "nbconvert", "pydantic", "matplotlib"} & set(loaded)
    assert sorted(taken)[2] < 0.6  # 0.15 on a quiet machine


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(auditbook, command):
    ran = auditbook(command, "--help")

    assert ran.returncode == 0
    assert re.search(r"[\u4e00-\u9fff]", ran.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"], ["check"], ["check", "kunming-grid"], ["run", "kunming-grid"],
        ["run", "kunming-grid", "2018", "--lang", "fr"], ["run", "kunming-grid", "2018", "-p", "x"],
        ["where", "funds.arrived.total"],
    ],
)  # fmt: skip
def test_wrong_usage_is_2(auditbook, arguments):
    assert auditbook(*arguments).returncode == 2


def test_check_of_a_sound_case_is_0(auditbook, root):
    ran = auditbook("check", "kunming-grid", 2018, "--root", root)

    assert ran.returncode == 0
    assert ran.stdout.startswith("kunming-grid 2018：没有发现问题")
    assert ran.stderr == ""


def test_check_in_english(auditbook, root):
    ran = auditbook("check", "kunming-grid", 2018, "--root", root, "--lang", "en")

    assert "no problems found" in ran.stdout


@pytest.mark.parametrize(
    ("command", "after"), [("check", []), ("run", []), ("where", ["funds.arrived.total"])]
)
@pytest.mark.parametrize(
    ("project", "year"),
    [("no-such-project", "2018"), ("kunming-grid", "1999"), ("../kunming-grid", "2018"),
     ("kunming-grid", "20x8"), ("", "2018"), ("kunming-grid", "")],
)  # fmt: skip
def test_a_case_that_is_not_there_or_badly_named_is_1(
    auditbook, tiny_root, command, after, project, year
):
    ran = auditbook(command, *after, project, year, "--root", tiny_root)

    assert ran.returncode == 1
    assert "发现 1 个问题" in ran.stderr
    assert not (tiny_root / "outputs").exists()


def test_no_root_upward_is_1_and_says_how_to_name_one(auditbook):
    ran = auditbook("check", "kunming-grid", 2018)

    assert ran.returncode == 1
    assert "--root" in ran.stderr


@pytest.mark.parametrize("command", ["check", "run"])
def test_problems_in_the_inputs_are_1_and_nothing_is_written(auditbook, tiny_root, command):
    spoil(tiny_root)

    ran = auditbook(command, "kunming-grid", 2018, "--root", tiny_root)

    assert ran.returncode == 1
    assert "use.csv › 第" in ran.stderr
    assert "五十七" in ran.stderr
    assert ran.stdout == ""
    assert not (tiny_root / "outputs").exists()


def test_problems_of_two_years_name_their_year(auditbook, tiny_root):
    spoil(tiny_root)

    ran = auditbook("check", "kunming-grid", 2018, 1999, "--root", tiny_root)

    assert ran.returncode == 1
    assert "kunming-grid 2018：发现" in ran.stderr
    assert "kunming-grid 1999：发现" in ran.stderr


def test_problems_are_told_in_english_too(auditbook, tiny_root):
    spoil(tiny_root)

    ran = auditbook("check", "kunming-grid", 2018, "--root", tiny_root, "--lang", "en")

    assert "problem(s) found" in ran.stderr
    assert not re.search(r"[\u4e00-\u9fff]{2} ?，应", ran.stderr)


def test_run_says_each_notebook_on_stderr_and_where_results_are_on_stdout(auditbook, tiny_root):
    ran = auditbook("run", "kunming-grid", 2018, "--root", tiny_root)

    assert ran.returncode == 0
    outputs = tiny_root / "outputs" / "kunming-grid" / "2018"
    assert len(re.findall(r"^0\d_\w+　\d+\.\d 秒$", ran.stderr, re.M)) == 2
    assert str(outputs / "html" / "index.html") in ran.stdout


def test_out_says_where_results_go(auditbook, tiny_root, tmp_path):
    tiny.write(tiny_root, n01=tiny.fails_in_cell)

    auditbook("run", "kunming-grid", 2018, "--root", tiny_root, "--out", tmp_path / "elsewhere")

    assert (tmp_path / "elsewhere" / "kunming-grid" / "2018" / "notebooks").is_dir()
    assert not (tiny_root / "outputs").exists()


def test_a_failing_notebook_is_3_and_named_with_cell_heading_and_error(auditbook, tiny_root):
    tiny.write(tiny_root, n01=tiny.fails_in_cell)

    ran = auditbook("run", "kunming-grid", 2018, "--root", tiny_root)

    assert ran.returncode == 3
    assert "底稿 01_fund_reconciliation 在第 3 个代码单元格（细节）出错" in ran.stderr
    assert "ZeroDivisionError: division by zero" in ran.stderr
    assert "01_fund_reconciliation.failed.ipynb" in ran.stderr
    assert ran.stdout == ""


@pytest.mark.parametrize(
    ("defect", "said"),
    [(tiny.no_parameters, "没有带 parameters 标签"), (tiny.unknown_parameter, "没有 lang")],
)
def test_a_notebook_without_the_parameters_is_refused(auditbook, tiny_root, defect, said):
    tiny.write(tiny_root, n02=defect)

    ran = auditbook("run", "kunming-grid", 2018, "--root", tiny_root)

    assert ran.returncode == 3
    assert "02_sampling" in ran.stderr
    assert said in ran.stderr
    assert not (tiny_root / "outputs").exists()


def test_outputs_that_cannot_be_written_are_5(auditbook, tiny_root):
    (tiny_root / "outputs").write_text("", "utf-8")

    ran = auditbook("run", "kunming-grid", 2018, "--root", tiny_root)

    assert ran.returncode == 5
    assert "无法写入" in ran.stderr


def test_where_before_any_run_says_to_run_first(auditbook, tiny_root):
    ran = auditbook("where", "funds.arrived.total", "kunming-grid", 2018, "--root", tiny_root)

    assert ran.returncode == 1
    assert "auditbook run kunming-grid 2018" in ran.stderr


@pytest.fixture
def where(auditbook, root, kunming_run):
    out = kunming_run.parent.parent

    def ask(key, *options):
        return auditbook("where", key, "kunming-grid", 2018, "--root", root, "--out", out, *options)

    return ask


def test_where_leads_a_figure_back_to_its_function_and_rows(where, root):
    ran = where("funds.arrived.total")

    assert ran.returncode == 0
    assert "数值　700.00万元" in ran.stdout
    place = re.search(r"程序　(auditbook/procedures/funds/\w+\.py):(\d+) (\w+)", ran.stdout)
    assert place
    line = (root / "src" / place[1]).read_text("utf-8").splitlines()[int(place[2]) - 1]
    assert line.startswith((f"def {place[3]}(", "@"))
    rows = (root / "data/kunming-grid/2018/allocation.csv").read_text("utf-8-sig").splitlines()
    assert f"allocation.csv:4　{rows[3]}" in ran.stdout


def test_where_in_english(where):
    assert "value     700.00" in where("funds.arrived.total", "--lang", "en").stdout


def test_where_knows_every_figure_of_the_case(kunming, kunming_run):
    """Through the functions behind the command, which would read the case anew for each figure."""
    papers = [load_paper(kunming, path.name) for path in (kunming_run / "workpapers").iterdir()]
    figures = [figure for paper in papers for figure in paper.figures.values()]

    assert len(figures) > 50
    for figure in figures:
        assert re.match(r"auditbook/procedures/\S+\.py:\d+ \w+", function_place(figure))
        for row in input_rows(kunming, figure):
            assert row.text


def test_where_names_keys_near_one_it_does_not_know(where):
    ran = where("funds.arived.total")

    assert ran.returncode == 1
    assert "funds.arrived.total" in ran.stderr


@pytest.mark.parametrize(
    ("encoding", "colon"),
    [("latin-1", "?"), ("gb18030", "："), ("ascii", "：")],  # click writes UTF-8 where ASCII is set
)
def test_a_terminal_without_chinese_gets_question_marks_and_no_traceback(root, encoding, colon):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("AUDITBOOK", "LC_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "auditbook", "check", "kunming-grid", "2018", "--root", str(root)],
        env=clean | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding},
        capture_output=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0
    shown = ran.stdout.decode("utf-8" if encoding == "ascii" else encoding)
    assert shown.startswith(f"kunming-grid 2018{colon}")
    assert ran.stderr == b""


def test_refresh_stores_outputs_in_order_and_a_second_time_changes_nothing(auditbook, tiny_root):
    first = auditbook("refresh-notebooks", "--root", tiny_root)
    stored = {p.name: p.read_bytes() for p in (tiny_root / "notebooks").iterdir()}
    second = auditbook("refresh-notebooks", "--root", tiny_root)

    assert (first.returncode, second.returncode) == (0, 0)
    assert "01_fund_reconciliation" in first.stdout
    assert "没有变化" in second.stdout
    assert stored == {p.name: p.read_bytes() for p in (tiny_root / "notebooks").iterdir()}
    assert b"('p', 2000, 'zh')" in stored["01_fund_reconciliation.ipynb"]
    assert b"injected" not in stored["01_fund_reconciliation.ipynb"]
    assert not (tiny_root / "outputs").exists()


def test_refresh_replaces_no_notebook_when_one_fails(auditbook, tiny_root):
    tiny.write(tiny_root, n02=tiny.fails_in_cell)
    before = {p.name: p.read_bytes() for p in (tiny_root / "notebooks").iterdir()}

    ran = auditbook("refresh-notebooks", "--root", tiny_root)

    assert ran.returncode == 3
    assert "ZeroDivisionError" in ran.stderr
    assert before == {p.name: p.read_bytes() for p in (tiny_root / "notebooks").iterdir()}


def test_refresh_without_a_root_is_1(auditbook):
    assert auditbook("refresh-notebooks").returncode == 1
