"""Nothing is run twice: bytes decide what runs, and all ends as if everything had been run."""

import json
import os
import shutil

import pytest

import survival
from auditbook.chain.fingerprint import code_hash, packages
from auditbook.chain.kernels import Kernels
from auditbook.chain.plan import Reason
from auditbook.chain.verify import verify_case
from survival import CASE, NAMES, after, before, command, data, differing, outputs, run, tree


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A root with a finished run; read only."""
    root = survival.paper_root(tmp_path_factory.mktemp("finished"))
    result = run(root)
    assert (result.exit_code, result.reused) == (0, ())
    assert {kind for (reason,) in result.reasons.values() for kind in [reason.kind]} == {"new"}
    return root


@pytest.fixture
def done(finished, tmp_path):
    """A copy of it; nothing in it knows where it stands."""
    return shutil.copytree(finished, tmp_path / "root")


def notebook(root, number):
    (name,) = [name for name in NAMES if name.startswith(number)]
    return root / "notebooks" / f"{name}.ipynb"


def numbers(names):
    return [name[:2] for name in names]


def ran(result):
    """Numbers of the notebooks that ran, each with the kinds of its reasons."""
    assert result.exit_code == 0, result
    assert sorted({*result.reasons, *result.reused}) == sorted(NAMES)
    assert not {*result.reasons} & {*result.reused}
    return {name[:2]: [r.kind for r in reasons] for name, reasons in sorted(result.reasons.items())}


def assert_as_fresh(root, **options):
    """The outputs are those of a first run of what is there now."""
    out = root.with_name("fresh")
    assert run(root, out, **options).exit_code == 0
    assert differing(tree(outputs(root)), tree(outputs(root, out))) == []


def states(folder):
    """What changes when a file is written or replaced."""
    return {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


# nothing has changed ---------------------------------------------------------------------------


def test_a_second_run_runs_nothing_says_so_and_writes_nothing(done):
    before = states(outputs(done))

    result = run(done)

    assert (result.notebooks, result.reused, result.reasons) == (NAMES, NAMES, {})
    assert result.summary is not None
    assert states(outputs(done)) == before


def test_the_second_time_the_command_says_the_same_of_the_case(root, kunming_run, tmp_path, capfd):
    """Only the line that nothing was run comes in; severities keep their order."""
    out = tmp_path / "out"
    shutil.copytree(kunming_run, outputs(root, out))
    said = []
    for name in ("html/index.html", None):  # the first run closes the case again
        if name:
            (outputs(root, out) / name).unlink()
        ran = command(capfd, "run", *CASE, "--root", root, "--out", out)
        assert ran.code == 0
        said.append(ran.told.splitlines())

    assert "没有变化" in said[1].pop(1)
    assert "没有变化" in said[0].pop(1)
    assert said[1] == said[0]
    (findings,) = [line for line in said[0] if line.startswith("发现")]
    assert findings.index("重大") < findings.index("一般") < findings.index("提示")


def test_times_of_files_decide_nothing(done):
    for number, path in enumerate(sorted(done.rglob("*"))):
        os.utime(path, (number, 2_000_000_000 - number))

    assert ran(run(done)) == {}


def test_stored_outputs_and_layout_of_a_source_notebook_count_for_nothing(done):
    path = notebook(done, "02")
    content = json.loads(path.read_bytes())
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 7
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["x"]}]
    path.write_text(json.dumps(content, indent=4), "utf-8")

    assert ran(run(done)) == {}
    assert_as_fresh(done)


def test_force_runs_all(done):
    before = tree(outputs(done))

    assert ran(run(done, force=True)) == {name[:2]: ["forced"] for name in NAMES}
    assert differing(tree(outputs(done)), before) == []


# inputs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "read_by"),
    [
        ("allocation.csv", ["01"]),
        ("sample.csv", ["02"]),
        ("survey_counts.csv", ["03"]),
        ("indicators.csv", ["04"]),
        ("case.yaml", ["01", "02", "03", "04", "05"]),
        ("units.csv", ["01", "02", "03", "04", "05"]),
    ],
)
def test_a_changed_byte_runs_what_reads_the_file_and_what_rests_on_that(done, file, read_by):
    for name in NAMES:  # what the working papers say of it is what the test expects
        listed = json.loads((outputs(done) / "workpapers" / name / "inputs.json").read_bytes())
        assert (file in listed) == (name[:2] in read_by)
    path = data(done, file)
    path.write_bytes(path.read_bytes() + b"\n")

    result = run(done)

    rests = [] if "01" in read_by and len(read_by) > 1 else ["04", "05"]
    later = [number for number in rests if number not in read_by]
    assert ran(result) == {
        **{number: ["input"] for number in read_by},
        **{number: ["upstream"] for number in later},
    }
    for name, reasons in result.reasons.items():
        if name[:2] in read_by:
            assert reasons == (Reason("input", (file,)),)
        else:
            assert all(numbers(reason.names) for reason in reasons)
    assert_as_fresh(done)


def test_a_file_that_no_notebook_reads_runs_none_and_is_recorded(done):
    path = data(done, "published.csv")
    path.write_bytes(path.read_bytes() + b"\n")
    data(done, "notes.txt").write_text("seen", "utf-8")

    assert ran(run(done)) == {}
    assert verify_case(done, done / "outputs", *CASE) == []
    assert_as_fresh(done)


def test_a_file_that_goes_and_comes_back_runs_what_looked_for_it(done):
    before, path = tree(outputs(done)), data(done, "texts/background.md")
    kept = path.read_bytes()

    path.unlink()
    assert ran(run(done)) == {"05": ["input"]}
    assert_as_fresh(done)

    path.write_bytes(kept)
    assert ran(run(done)) == {"05": ["input"]}
    assert differing(tree(outputs(done)), before) == []


# notebooks, parameters, environment ------------------------------------------------------------


def change_source(cells):
    cells[-1]["source"] = ["paper.save()  # the same\n"]


def change_tag(cells):
    cells[-1]["metadata"]["tags"] = ["remark"]


def change_id(cells):
    cells[-1]["id"] = "another-id"


def add_attachment(cells):
    cells[0]["attachments"] = {"a.txt": {"text/plain": ["x"]}}


@pytest.mark.parametrize("change", [change_source, change_tag, change_id, add_attachment])
def test_a_change_in_a_cell_runs_the_notebook_and_what_rests_on_it(done, change):
    path = notebook(done, "02")
    content = json.loads(path.read_bytes())
    change(content["cells"])
    path.write_text(json.dumps(content), "utf-8")

    result = run(done)

    assert result.reasons[NAMES[1]] == (Reason("notebook", (path.name,)),)
    assert set(ran(result)) == {"02", "04", "05"}
    assert_as_fresh(done)


def test_another_name_of_the_kernel_runs_the_notebook(done):
    path = notebook(done, "03")
    content = json.loads(path.read_bytes())
    content["metadata"]["kernelspec"]["display_name"] = "Python 3 (ipykernel)"
    path.write_text(json.dumps(content), "utf-8")
    run(done)

    assert_as_fresh(done)


def test_another_language_runs_all(done):
    result = run(done, lang="en")

    assert set(result.reasons.values()) == {(Reason("parameters", ("lang",)),)}
    assert len(ran(result)) == 5
    assert_as_fresh(done, lang="en")


def test_a_change_in_auditbooks_own_code_runs_all(done, monkeypatch):
    assert code_hash() == code_hash()
    for place in ("fingerprint", "options"):
        monkeypatch.setattr(f"auditbook.chain.{place}.code_hash", lambda: "other code")

    result = run(done)

    assert set(result.reasons.values()) == {(Reason("code"),)}
    assert len(ran(result)) == 5


def test_another_version_of_a_package_runs_all(done, monkeypatch):
    def upgraded(folders):
        return packages(folders) | {"pandas": "99.0"}

    monkeypatch.setattr("auditbook.chain.fingerprint.packages", upgraded)

    result = run(done)

    assert set(result.reasons.values()) == {(Reason("packages", ("pandas",)),)}
    assert len(ran(result)) == 5


def test_another_python_runs_all(done, monkeypatch):
    monkeypatch.setattr("platform.python_version", lambda: "9.9.9")

    assert set(run(done).reasons.values()) == {(Reason("platform"),)}


# outputs ---------------------------------------------------------------------------------------

LOST = {
    f"notebooks/{NAMES[0]}.ipynb": "01",
    f"html/{NAMES[1]}.html": "02",
    f"workpapers/{NAMES[2]}/tables/03.1_inputs.csv": "03",
    f"workpapers/{NAMES[0]}/figures.json": "01",
    f"workpapers/{NAMES[3]}/findings.csv": "04",
    f"workpapers/{NAMES[4]}/inputs.json": "05",
    "report.docx": "05",
}


def delete(path):
    path.unlink()


def edit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [delete, edit])
@pytest.mark.parametrize(("file", "number"), LOST.items())
def test_a_lost_output_runs_the_notebook_that_made_it_and_no_other(done, file, number, harm):
    before = tree(outputs(done))
    harm(outputs(done) / file)

    result = run(done)

    assert ran(result) == {number: ["output"]}
    assert [reason for (reason,) in result.reasons.values()] == [Reason("output", (file,))]
    assert differing(tree(outputs(done)), before) == []


@pytest.mark.parametrize("harm", [delete, edit])
def test_a_lost_index_page_is_made_again_and_no_notebook_runs(done, harm):
    before = tree(outputs(done))
    harm(outputs(done) / "html" / "index.html")

    assert ran(run(done)) == {}
    assert differing(tree(outputs(done)), before) == []


@pytest.mark.parametrize(("harm", "kind"), [(delete, "new"), (edit, "manifest")])
def test_without_its_manifest_nothing_is_believed(done, harm, kind):
    before = tree(outputs(done))
    harm(outputs(done) / "manifest.json")

    assert ran(run(done)) == {name[:2]: [kind] for name in NAMES}
    assert differing(tree(outputs(done)), before) == []


def test_a_file_slipped_into_a_working_paper_goes(done):
    """Later notebooks read every table that is there."""
    before = tree(outputs(done))
    slipped = outputs(done) / "workpapers" / NAMES[0] / "tables" / "01.9_slipped.csv"
    slipped.write_text("a\n1\n", "utf-8")

    assert ran(run(done)) == {"01": ["output"]}
    assert differing(tree(outputs(done)), before) == []


def test_what_rests_on_a_lost_result_runs_only_if_it_comes_out_differently(tmp_path):
    chance = "import pandas as pd\npaper.table('01.9_chance', pd.DataFrame({'a': [os.urandom(8)]}))"
    root = survival.paper_root(tmp_path, n01=[chance])
    run(root)
    (outputs(root) / "html" / f"{NAMES[0]}.html").unlink()

    result = run(root)

    assert ran(result) == {"01": ["output"], "04": ["upstream"], "05": ["upstream"]}
    assert result.reasons[NAMES[3]] == (Reason("upstream", (NAMES[0],)),)
    assert ran(run(root)) == {}
    assert verify_case(root, root / "outputs", *CASE) == []


# failures --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "changed"])
def test_a_failed_run_leaves_no_result_that_rests_on_what_failed(done, monkeypatch, lost):
    before = tree(outputs(done))
    if lost:
        (outputs(done) / "html" / f"{NAMES[0]}.html").unlink()
    else:
        path = data(done, "allocation.csv")
        path.write_bytes(path.read_bytes() + b"\n")
    monkeypatch.setenv(after("01"), "1 / 0")

    result = run(done)

    assert (result.exit_code, result.notebooks) == (3, NAMES[1:3])
    left = tree(outputs(done))
    assert f"notebooks/{NAMES[0]}.failed.ipynb" in left
    assert {name for name in left if name.startswith(("report", "html/index"))} == set()
    assert {name.split("/")[1][:2] for name in left if "/" in name} == {"01", "02", "03"}
    assert not [name for name in left if "01" in name and "failed" not in name]

    monkeypatch.delenv(after("01"))
    assert set(ran(run(done))) == {"01", "04", "05"}
    if lost:
        assert differing(tree(outputs(done)), before) == []
    else:
        assert_as_fresh(done)


def test_what_was_finished_beside_a_failure_is_not_run_again(done, monkeypatch):
    monkeypatch.setenv(after("04"), "1 / 0")
    assert run(done, force=True).exit_code == 3
    monkeypatch.delenv(after("04"))

    assert ran(run(done)) == {"04": ["new"], "05": ["new"]}
    assert_as_fresh(done)


def test_a_notebook_that_changed_during_a_failed_run_is_not_believed(done, monkeypatch):
    """It changes before it is read, another notebook fails, and then it is put back."""
    path = notebook(done, "04")
    original = path.read_bytes()
    content = json.loads(original)
    content["cells"][-1]["source"] = ["paper.table('04.9_other', earlier)\npaper.save()"]
    write = f"open({str(path)!r}, 'wb').write({json.dumps(content).encode()!r})"
    monkeypatch.setenv(before("01"), write)
    monkeypatch.setenv(after("05"), "1 / 0")

    assert run(done, force=True).exit_code in (1, 3)
    path.write_bytes(original)
    monkeypatch.delenv(before("01"))
    monkeypatch.delenv(after("05"))

    assert run(done).exit_code == 0
    assert_as_fresh(done)


# one result, however it is had -----------------------------------------------------------------

SHOWN = [
    "case.allocation",
    "print(case.allocation)\nprint(case.allocation.describe())",
    "import numpy as np\nprint(np.linspace(0, 1, 50), {'b', 'a', 'c', 'd'})",
    "import warnings\nwarnings.warn('mind this')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]);",
]
"""What people show in notebooks: wide tables, sets, warnings, charts."""


def test_preloaded_and_ordinary_kernels_show_the_same(tmp_path):
    root = survival.paper_root(tmp_path, n01=SHOWN)
    assert run(root).exit_code == 0

    assert run(root, tmp_path / "out", kernels=Kernels(ordinary=True)).exit_code == 0

    assert differing(tree(outputs(root, tmp_path / "out")), tree(outputs(root))) == []


def test_all_ways_of_running_the_committed_case_leave_the_same_bytes(
    root, kunming_run, tmp_path, monkeypatch
):
    """Preloaded and ordinary kernels, several at once and one by one, resumed and undisturbed."""
    expected = tree(kunming_run)
    ways = {}

    assert run(root, tmp_path / "ordinary", kernels=Kernels(ordinary=True)).exit_code == 0
    ways["ordinary"] = tree(outputs(root, tmp_path / "ordinary"))

    resumed = tmp_path / "resumed"
    shutil.copytree(kunming_run, outputs(root, resumed))
    for lost in (f"workpapers/{NAMES[1]}/figures.json", f"html/{NAMES[3]}.html", "report.docx"):
        (outputs(root, resumed) / lost).unlink()
    assert set(ran(run(root, resumed))) == {"02", "04", "05"}
    ways["resumed"] = tree(outputs(root, resumed))

    monkeypatch.setattr("auditbook.chain.run.workers", lambda: 1)
    assert run(root, tmp_path / "one", kernels=Kernels()).exit_code == 0
    ways["one by one"] = tree(outputs(root, tmp_path / "one"))

    assert {way: differing(left, expected) for way, left in ways.items()} == {
        way: [] for way in ways
    }
