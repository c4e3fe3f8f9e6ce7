"""`auditbook verify`: every byte that is no longer as the last run left it is named."""

import json
import shutil

import pytest

import survival
from auditbook.chain.manifest import NAME
from auditbook.chain.order import STEPS
from auditbook.chain.verify import verify_case
from survival import CASE, NAMES, after, command, outputs, run

LATER = NAMES[3:]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A root with a finished run; what a test changes it puts back."""
    root = survival.paper_root(tmp_path_factory.mktemp("verified"))
    assert run(root).exit_code == 0
    return root


@pytest.fixture
def done(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "root")


def found(root):
    return verify_case(root, root / "outputs", *CASE)


def named(root):
    return [(one.kind, one.name, one.state) for one in found(root)]


def flipped(path):
    """The file with its last byte but one changed; gives back what it was."""
    content = path.read_bytes()
    place = max(len(content) - 2, 0)
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    return content


def test_after_a_run_nothing_differs(finished, capfd):
    assert found(finished) == []
    said = command(capfd, "verify", *CASE, "--root", finished, "--out", finished / "outputs")
    assert (said.code, "都与上次运行时一致" in said.told) == (0, True)


def test_one_changed_byte_is_found_in_every_input_and_every_result(finished):
    folder, left = finished / "data" / CASE[0] / str(CASE[1]), outputs(finished)
    files = [p for p in [*folder.rglob("*"), *left.rglob("*")] if p.is_file() and p.name != NAME]
    assert len(files) > 40
    for path in files:
        before = flipped(path)
        told = [one.name for one in found(finished)]
        path.write_bytes(before)
        assert len(told) == 1
        assert path.as_posix().endswith(told[0])


def test_a_changed_byte_is_found_wherever_it_is_in_the_manifest(finished):
    path = outputs(finished) / NAME
    content = path.read_bytes()
    places = [n for n in range(0, len(content), len(content) // 60) if content[n : n + 1].isalnum()]
    assert len(places) > 30
    for place in places:
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert [(one.kind, one.name) for one in found(finished)] == [("manifest", NAME)], place
    path.write_bytes(content)


def test_a_changed_cell_is_found_in_every_notebook_and_stored_outputs_are_not_its_own(finished):
    for name in NAMES:
        path = finished / "notebooks" / f"{name}.ipynb"
        content = path.read_text("utf-8")
        notebook = json.loads(content)
        notebook["cells"][-1]["execution_count"] = 99
        path.write_text(json.dumps(notebook), "utf-8")
        assert found(finished) == []
        notebook["cells"][-1]["source"] = "1 + 1"
        path.write_text(json.dumps(notebook), "utf-8")
        told = found(finished)
        path.write_text(content, "utf-8")
        assert [(one.kind, one.name) for one in told] == [("notebook", f"notebooks/{name}.ipynb")]
        assert told[0].steps[0] == name


def test_the_notebooks_that_a_change_touches_are_named(done):
    flipped(survival.data(done, "allocation.csv"))
    flipped(survival.data(done, "indicators.csv"))
    flipped(outputs(done) / "workpapers" / NAMES[1] / "inputs.json")
    flipped(outputs(done) / "html" / f"{NAMES[2]}.html")

    touched = {one.name.rpartition("/")[2]: one.steps for one in found(done)}

    assert touched == {
        "allocation.csv": (NAMES[0], *LATER),  # the first notebook asks for it, and no other
        "indicators.csv": LATER,
        "inputs.json": (NAMES[1], *LATER),
        f"{NAMES[2]}.html": (NAMES[2],),
    }


def test_what_is_missing_and_what_is_too_much_is_named(done):
    survival.data(done, "claims.csv").unlink()
    survival.data(done, "more.csv").write_text("x", "utf-8")
    (done / "notebooks" / f"{NAMES[0]}.ipynb").unlink()
    (outputs(done) / "report.docx").unlink()
    (outputs(done) / "html" / "mine.html").write_text("x", "utf-8")

    place = f"data/{CASE[0]}/{CASE[1]}"
    assert named(done) == [
        ("input", f"{place}/claims.csv", "missing"),
        ("input", f"{place}/more.csv", "new"),
        ("notebook", f"notebooks/{NAMES[0]}.ipynb", "missing"),
        ("output", "report.docx", "missing"),
        ("extra", "html/mine.html", "new"),
    ]


def test_a_work_list_beside_the_results_is_none_of_them(done):
    (outputs(done) / "worklist.xlsx").write_bytes(b"x")

    assert found(done) == []


def test_other_code_and_other_packages_are_named(done, monkeypatch):
    monkeypatch.setattr("auditbook.chain.fingerprint.code_hash", lambda: "other")
    monkeypatch.setattr("auditbook.chain.fingerprint.packages", lambda _: {"pandas": "9"})

    told = found(done)

    assert {one.kind for one in told} == {"code", "packages"}
    assert any(one.name.startswith("pandas ") and one.name.endswith(" → 9") for one in told)
    assert {one.steps for one in told} == {NAMES}


def test_differences_end_with_4_and_each_stands_on_a_line(done, capfd):
    flipped(survival.data(done, "claims.csv"))

    said = command(
        capfd, "verify", *CASE, "--root", done, "--out", done / "outputs", "--lang", "en"
    )

    assert said.code == 4
    assert f"input　data/{CASE[0]}/{CASE[1]}/claims.csv　changed" in said.told


def test_a_run_that_failed_is_told_to_be_incomplete(done, monkeypatch):
    monkeypatch.setenv(after(NAMES[1][:2]), "1 / 0")
    run(done, force=True)

    told = found(done)

    assert [(one.kind, one.steps) for one in told] == [("incomplete", (NAMES[1], *LATER))]


def test_before_any_run_the_manifest_is_missing(done, capfd):
    shutil.rmtree(outputs(done))

    assert named(done) == [("manifest", NAME, "missing")]
    assert command(capfd, "verify", *CASE, "--root", done).code == 4
    assert command(capfd, "verify", "no-such-case", 2018, "--root", done).code == 1


def test_a_second_run_elsewhere_is_compared_byte_by_byte(done, capfd, monkeypatch):
    arguments = ("verify", *CASE, "--root", done, "--out", done / "outputs", "--rerun")
    before = survival.tree(outputs(done))

    assert command(capfd, *arguments).code == 0
    assert survival.differing(before, survival.tree(outputs(done))) == []

    noise = (
        "import pandas, uuid; paper.table('02.9_noise', pandas.DataFrame({'x': [uuid.uuid4()]}))"
    )
    monkeypatch.setenv(after("02"), noise)
    said = command(capfd, *arguments)
    assert said.code == 4
    assert "workpapers/02_sampling/tables/02.9_noise.csv" in said.told


def test_what_each_result_rests_on_stands_in_the_manifest(finished):
    manifest = json.loads((outputs(finished) / NAME).read_text("utf-8"))

    assert set(manifest["steps"]) == {step.name for step in STEPS}
    scoring = manifest["steps"][NAMES[3]]
    assert scoring["needs"] == list(NAMES[:3])
    assert set(scoring["upstream"]) == set(NAMES[:3])
    assert scoring["inputs"]["indicators.csv"] == manifest["inputs"]["indicators.csv"]
    assert "claims.csv" not in scoring["inputs"]
    assert f"workpapers/{NAMES[3]}/figures.json" in scoring["outputs"]
    assert {"python", "platform", "packages", "code"} <= set(manifest["environment"])
