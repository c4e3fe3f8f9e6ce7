"""The chain: what is refused, what is left behind, what a failure says."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import tiny_notebooks as tiny
from auditbook.chain.clean import INJECTED
from auditbook.chain.environment import kernel_environment
from auditbook.chain.execute import execute
from auditbook.chain.kernels import Kernels
from auditbook.chain.lock import HeldError, hold
from auditbook.chain.order import STEPS, chosen
from auditbook.chain.run import run_cases

FIRST = STEPS[0].name
OTHERS = [step.name for step in STEPS[1:3]]
"""Those that need nothing, and so run although the first one fails."""
RUN = [sys.executable, "-m", "auditbook", "run", "kunming-grid", "2018"]


@pytest.fixture
def tiny_root(tmp_path, root, monkeypatch):
    """A root with the committed case and two notebooks that only say their parameters."""
    monkeypatch.setattr("auditbook.chain.order.STEPS", STEPS[:2])
    shutil.copytree(root / "data" / "kunming-grid", tmp_path / "data" / "kunming-grid")
    tiny.write(tmp_path)
    return tmp_path


def outputs(root):
    return root / "outputs" / "kunming-grid" / "2018"


def run(root, **options):
    return run_cases("kunming-grid", [2018], root=root, out=root / "outputs", **options)


def files(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_step_stands_after_everything_it_needs():
    seen: set[str] = set()
    for step in STEPS:
        assert set(step.needs) <= seen
        seen.add(step.name)


def test_an_unknown_name_is_no_step():
    with pytest.raises(ValueError, match="09_nothing"):
        chosen(["09_nothing"])


def test_a_run_leaves_notebooks_pages_and_an_index_and_nothing_else(tiny_root):
    result = run(tiny_root)

    assert result.exit_code == 0
    names = [step.name for step in STEPS[:2]]
    assert files(outputs(tiny_root)) == sorted(
        ["html/index.html", "manifest.json"]
        + [f"html/{name}.html" for name in names]
        + [f"notebooks/{name}.ipynb" for name in names]
    )


def test_a_notebook_gets_project_year_and_language(tiny_root):
    run(tiny_root, only=[FIRST], lang="en")

    cell = executed(tiny_root)["cells"][-1]
    assert cell["outputs"][0]["data"]["text/plain"] == ["('kunming-grid', 2018, 'en')"]


def test_two_runs_are_byte_identical_without_times_paths_or_random_ids(tiny_root):
    run(tiny_root, only=[FIRST])
    first = {name: (outputs(tiny_root) / name).read_bytes() for name in files(outputs(tiny_root))}
    run(tiny_root, only=[FIRST], force=True)

    assert first == {name: (outputs(tiny_root) / name).read_bytes() for name in first}
    notebook = executed(tiny_root)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    assert [c["id"] for c in notebook["cells"]] == ["t-00", "t-01", INJECTED, "t-02", "t-03"]
    assert all(set(c["metadata"]) <= {"tags"} for c in notebook["cells"])
    assert str(tiny_root) not in json.dumps(notebook)


@pytest.mark.parametrize(
    ("defect", "reason", "detail"),
    [
        (tiny.no_parameters, "no_parameters", ""),
        (tiny.unknown_parameter, "unknown_parameter", "lang"),
    ],
)
def test_a_notebook_that_does_not_take_the_parameters_is_refused_before_anything_runs(
    tiny_root, defect, reason, detail
):
    tiny.write(tiny_root, n02=defect)

    result = run(tiny_root)

    assert result.exit_code == 3
    (refused,) = result.refused
    assert (refused.notebook, refused.reason, refused.detail) == ("02_sampling", reason, detail)
    assert not (tiny_root / "outputs").exists()


def test_a_missing_and_a_broken_notebook_are_refused(tiny_root):
    (tiny_root / "notebooks" / "01_fund_reconciliation.ipynb").unlink()
    (tiny_root / "notebooks" / "02_sampling.ipynb").write_text("{", "utf-8")

    result = run(tiny_root)

    assert [(r.notebook[:2], r.reason) for r in result.refused] == [
        ("01", "missing"),
        ("02", "unreadable"),
    ]


@pytest.mark.parametrize("value", [1.5, True, None, ["x"]])
def test_a_parameter_that_is_neither_text_nor_a_whole_number_is_refused(tiny_root, value):
    source = tiny_root / "notebooks" / f"{FIRST}.ipynb"

    with pytest.raises(TypeError, match="must be str or int"):
        execute(source, tiny_root / "x.ipynb", {"year": value}, Kernels())


def test_a_failing_cell_is_named_by_notebook_cell_heading_and_last_line(tiny_root):
    tiny.write(tiny_root, n02=tiny.fails_in_cell)

    result = run(tiny_root)

    assert result.exit_code == 3
    (case,) = result.cases
    assert case.notebooks == (FIRST,)
    assert (case.failure.notebook, case.failure.cell) == ("02_sampling", 3)
    assert case.failure.heading == "细节"
    assert case.failure.lines == ("ZeroDivisionError: division by zero",)


def test_after_a_failure_what_was_finished_stays_and_the_failed_notebook_is_kept(tiny_root):
    tiny.write(tiny_root, n02=tiny.fails_in_cell)

    run(tiny_root)

    assert files(outputs(tiny_root)) == [
        f"html/{FIRST}.html",
        "manifest.json",
        f"notebooks/{FIRST}.ipynb",
        "notebooks/02_sampling.failed.ipynb",
    ]
    failed = json.loads(
        (outputs(tiny_root) / "notebooks/02_sampling.failed.ipynb").read_text("utf-8")
    )
    assert failed["cells"][-2]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert "papermill" not in json.dumps(failed["metadata"])


def test_the_next_success_removes_the_failed_notebook(tiny_root):
    tiny.write(tiny_root, n02=tiny.fails_in_cell)
    run(tiny_root)
    tiny.write(tiny_root)

    assert run(tiny_root).exit_code == 0
    assert not list(outputs(tiny_root).rglob("*.failed.ipynb"))


def test_results_of_an_earlier_run_do_not_stand_beside_those_of_a_failed_one(
    tiny_root, monkeypatch
):
    earlier = [
        "report.docx", "html/index.html", "html/05_report.html", "notebooks/05_report.ipynb",
        "workpapers/05_report/figures.json",
    ]  # fmt: skip
    for name in earlier:
        (outputs(tiny_root) / name).parent.mkdir(parents=True, exist_ok=True)
        (outputs(tiny_root) / name).write_bytes(b"earlier")
    tiny.write(tiny_root, n01=tiny.fails_in_cell)
    monkeypatch.setattr("auditbook.chain.order.STEPS", STEPS)
    run(tiny_root)

    assert files(outputs(tiny_root)) == [
        *(f"html/{name}.html" for name in OTHERS),
        "manifest.json",
        f"notebooks/{FIRST}.failed.ipynb",
        *(f"notebooks/{name}.ipynb" for name in OTHERS),
    ]


def test_input_errors_met_by_a_notebook_are_told_in_their_own_form(tiny_root):
    tiny.write(tiny_root, n01=tiny.input_error)

    (case,) = run(tiny_root).cases

    assert case.failure.lines == (
        "发现 2 个问题，未生成任何结果：",
        "1. a.csv › 第 3 行 › 单位：填写为“甲”，应为乙",
        "2. b.csv：",
    )


def test_a_kernel_that_dies_is_told_with_its_cell(tiny_root):
    tiny.write(tiny_root, n01=tiny.dies)

    (case,) = run(tiny_root).cases

    assert (case.failure.cell, case.failure.heading) == (2, "01.3 突然")
    assert "died" in case.failure.lines[0].lower()


def test_problems_of_every_year_are_told_and_nothing_is_written(tiny_root):
    year = tiny_root / "data" / "kunming-grid" / "2018"
    shutil.copytree(year, year.with_name("2019"))
    (year / "use.csv").write_text("", "utf-8")

    result = run_cases(
        "kunming-grid", [2018, 2019, 2020], root=tiny_root, out=tiny_root / "outputs"
    )

    assert result.exit_code == 1
    assert [name for name, _ in result.input_errors] == [
        "kunming-grid 2018", "kunming-grid 2019", "kunming-grid 2020",
    ]  # fmt: skip
    assert not (tiny_root / "outputs").exists()


def test_two_years_are_both_run_although_the_first_fails(tiny_root):
    add_year(tiny_root, 2019)
    tiny.write(tiny_root, n01=lambda: tiny.notebook(tiny.new_code_cell("assert year == 2019")))

    result = run_cases("kunming-grid", ["2018", "2019"], root=tiny_root, out=tiny_root / "outputs")

    assert [case.exit_code for case in result.cases] == [3, 0]
    assert result.exit_code == 3


def test_outputs_that_cannot_be_written_are_told(tiny_root):
    (tiny_root / "outputs").write_text("a file where a folder should be", "utf-8")

    result = run(tiny_root)

    assert result.exit_code == 5
    assert "outputs" in result.cases[0].not_written


def test_the_environment_is_put_back(tiny_root, monkeypatch):
    monkeypatch.setenv("AUDITBOOK_ROOT", "before")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = dict(os.environ)

    with kernel_environment(tiny_root, tiny_root):
        assert os.environ["AUDITBOOK_ROOT"] == str(tiny_root)

    assert dict(os.environ) == before


def test_a_folder_with_braces_and_spaces_in_its_name_works(tiny_root):
    odd = tiny_root / "{year} 项目"
    shutil.copytree(tiny_root / "data", odd / "data")
    tiny.write(odd)

    assert run(odd, only=[FIRST]).exit_code == 0
    assert (outputs(odd) / "notebooks" / f"{FIRST}.ipynb").is_file()


def test_a_held_folder_says_who_holds_it_and_is_free_again_afterwards(tmp_path):
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom auditbook.chain.lock import hold\n"
        "with hold(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(HeldError) as held, hold(tmp_path):
            pass
        other.kill()  # not even a chance to tidy up

    assert held.value.pid == str(other.pid)
    with hold(tmp_path):
        pass
    assert files(tmp_path) == []


def test_a_case_that_another_run_holds_is_left_alone(tiny_root):
    run(tiny_root)
    before = files(outputs(tiny_root))
    command = [*RUN, "--root", str(tiny_root)]
    environment = os.environ | {"AUDITBOOK_OUT": str(tiny_root / "outputs")}
    with hold(outputs(tiny_root)):
        second = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    assert second.returncode == 5
    assert f"进程 {os.getpid()}" in second.stderr
    assert files(outputs(tiny_root)) == before


def test_an_interrupted_run_leaves_only_what_was_finished(tiny_root):
    tiny.write(tiny_root, n02=tiny.sleeps)
    command = [*RUN, "--root", str(tiny_root)]
    environment = os.environ | {"AUDITBOOK_OUT": str(tiny_root / "outputs")}
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        wait_for(outputs(tiny_root) / "html" / f"{FIRST}.html")
        wait_for(outputs(tiny_root) / "html" / "03_survey_satisfaction.html")
        wait_for(outputs(tiny_root) / "notebooks" / ".02_sampling.ipynb.new")
        time.sleep(0.5)
        process.send_signal(2)
        _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "已中断" in said
    assert "Traceback" not in said
    assert files(outputs(tiny_root)) == [
        *(f"html/{name}.html" for name in (FIRST, "03_survey_satisfaction")),
        "manifest.json",
        *(f"notebooks/{name}.ipynb" for name in (FIRST, "03_survey_satisfaction")),
    ]


def test_a_run_with_nothing_to_do_removes_what_a_killed_one_left(tiny_root):
    command = [*RUN, "--root", str(tiny_root)]
    environment = os.environ | {"AUDITBOOK_OUT": str(tiny_root / "outputs")}
    subprocess.run(command, check=True, env=environment)
    with tempfile.TemporaryDirectory(prefix="o-", dir="/tmp") as temporary:
        left = Path(temporary) / "wk-left0123"
        left.mkdir(mode=0o700)
        (left / ".warmkernel").touch()

        subprocess.run(command, check=True, env=environment | {"TMPDIR": temporary})

        assert os.listdir(temporary) == []


def test_papermill_is_imported_without_the_grammar_it_never_uses():
    """chain.md, trap 1: over a second for a format check that no notebook needs."""
    code = (
        "import sys\nfrom auditbook.chain.environment import papermill\n"
        "papermill().execute_notebook\nassert 'rfc3987_syntax' not in sys.modules\n"
        "import rfc3987_syntax\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def executed(root, name=FIRST):
    return json.loads((outputs(root) / "notebooks" / f"{name}.ipynb").read_text("utf-8"))


def add_year(root, year):
    folder = root / "data" / "kunming-grid"
    shutil.copytree(folder / "2018", folder / str(year))
    settings = folder / str(year) / "case.yaml"
    settings.write_text(settings.read_text("utf-8").replace("year: 2018", f"year: {year}"), "utf-8")


def wait_for(path, seconds=60):
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.05)
