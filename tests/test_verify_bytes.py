"""Verify on the committed case: any byte of any file, with the notebooks that it touches."""

import json
import random
import shutil

import pytest

import survival
from auditbook.chain import verify
from auditbook.chain.fingerprint import environment
from auditbook.chain.order import STEPS
from auditbook.chain.verify import Difference, verify_case
from survival import CASE, NAMES, after, command, data, differing, outputs, run, tree

SEED = 2018
NEEDS = {step.name: step.needs for step in STEPS}


@pytest.fixture(scope="module")
def committed(root, kunming_run, tmp_path_factory):
    """A root of its own with the committed case, its notebooks, and the results of a run."""
    folder = tmp_path_factory.mktemp("verify")
    for name in ("data", "notebooks"):
        shutil.copytree(root / name, folder / name)
    shutil.copytree(kunming_run, outputs(folder))
    return folder


@pytest.fixture
def quick(monkeypatch):
    """Packages and code are looked at once, not for every flipped byte."""
    now = environment()
    monkeypatch.setattr(verify, "environment", lambda: now)


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """A root with small working papers and the results of a run; read only."""
    root = survival.paper_root(tmp_path_factory.mktemp("papers"))
    assert run(root).exit_code == 0
    return root


@pytest.fixture
def own(papers, tmp_path):
    return shutil.copytree(papers, tmp_path / "root")


def verified(root):
    return verify_case(root, root / "outputs", *CASE)


def verify_command(capfd, root, *options):
    arguments = ["--root", root, "--out", root / "outputs", *options]
    return command(capfd, "verify", *CASE, *arguments)


def with_dependents(*names):
    """Steps and all that rest on them, by what the order declares."""
    found = set(names)
    while more := {n for n, needs in NEEDS.items() if found & set(needs)} - found:
        found |= more
    return tuple(name for name in NAMES if name in found)


def files(folder):
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


class Flipped:
    """One byte of a file is another one for a while; any byte, unless its place is said."""

    def __init__(self, path, rng, place=None):
        self.path, self.content = path, path.read_bytes()
        self.place = rng.randrange(len(self.content)) if place is None else place
        self.mask = rng.randrange(1, 256)

    def __enter__(self):
        changed = bytearray(self.content)
        changed[self.place] ^= self.mask
        self.path.write_bytes(changed)

    def __exit__(self, *_):
        self.path.write_bytes(self.content)


# a flipped byte --------------------------------------------------------------------------------


def test_a_flipped_byte_in_any_input_is_named_with_the_notebooks_that_read_it(committed, quick):
    assert verified(committed) == []
    rng, folder = random.Random(SEED), data(committed, ".")
    readers = {
        name: json.loads((outputs(committed) / "workpapers" / name / "inputs.json").read_bytes())
        for name in NAMES
    }
    seen = set()
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        with Flipped(path, rng):
            found = verified(committed)

        steps = with_dependents(*(step for step, read in readers.items() if name in read))
        place = f"data/{CASE[0]}/{CASE[1]}/{name}"
        assert found == [Difference("input", place, "changed", steps)]
        seen.add(steps)

    assert len(seen) > 3  # not all files touch the same notebooks


def test_a_flipped_byte_in_any_result_is_named_with_the_notebooks_it_touches(committed, quick):
    rng, folder = random.Random(SEED), outputs(committed)
    checked = 0
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        if name == "manifest.json":
            continue
        with Flipped(path, rng):
            found = verified(committed)

        assert found == [Difference("output", name, "changed", touched_by(name))]
        checked += 1

    assert checked > 50


def touched_by(name):
    """A working paper is read by others; pages, notebooks and the report are not."""
    if name == "html/index.html":
        return ()
    if name == "report.docx":
        return (NAMES[4],)
    kind, step = name.split("/")[:2]
    return with_dependents(step) if kind == "workpapers" else (step.partition(".")[0],)


@pytest.mark.parametrize("name", NAMES)
def test_a_flipped_byte_in_a_cell_of_a_source_notebook_is_named(committed, quick, name):
    path = committed / "notebooks" / f"{name}.ipynb"
    place = path.read_bytes().index(b"case = open_case(project, year)")

    with Flipped(path, random.Random(SEED), place):
        found = verified(committed)

    expected = Difference("notebook", f"notebooks/{name}.ipynb", "changed", with_dependents(name))
    assert found == [expected]


def test_a_flipped_byte_anywhere_in_the_manifest_is_found(committed, quick):
    """Spaces and line ends too."""
    rng, path = random.Random(SEED), outputs(committed) / "manifest.json"

    for _ in range(300):
        with Flipped(path, rng):
            assert verified(committed) == [Difference("manifest", "manifest.json")]


@pytest.mark.parametrize(
    "part", ['"digest": "', '"code": "', '"allocation.csv": "', '"zh": "', '"text": "', '"key": "']
)
def test_each_part_of_the_manifest_is_held_by_its_digest_and_the_digest_too(committed, quick, part):
    path = outputs(committed) / "manifest.json"
    place = path.read_bytes().index(part.encode()) + len(part) + 3

    with Flipped(path, random.Random(SEED), place):
        assert verified(committed) == [Difference("manifest", "manifest.json")]


def test_a_manifest_that_says_the_same_in_other_bytes_is_not_the_one_that_was_written(own, quick):
    path = outputs(own) / "manifest.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"\n", b" ", 1))

    assert verified(own) == [Difference("manifest", "manifest.json")]
    assert run(own).exit_code == 0
    assert path.read_bytes() == before


# what else is named ----------------------------------------------------------------------------


def test_a_file_that_notebooks_looked_for_touches_them_when_it_appears(own, quick):
    data(own, "adjustments.csv").write_text("looked for by every notebook", "utf-8")
    data(own, "remarks.txt").write_text("looked for by none", "utf-8")

    found = {d.name.rpartition("/")[2]: (d.state, d.steps) for d in verified(own)}

    assert found == {"adjustments.csv": ("new", NAMES), "remarks.txt": ("new", ())}


def test_packages_that_came_or_went_and_another_python_are_named(own, monkeypatch):
    now = environment()
    packages = now["packages"] | {"new-one": "1"}
    packages.pop("scipy")
    other = now | {"packages": packages, "python": "9.9.9"}
    monkeypatch.setattr(verify, "environment", lambda: other)

    found = verified(own)

    assert [(d.kind, d.name.split()[0], d.state, d.steps) for d in found] == [
        ("packages", "new-one", "new", NAMES),
        ("packages", "scipy", "missing", NAMES),
        ("platform", "python", "changed", NAMES),
    ]


def test_after_the_run_that_is_advised_all_is_as_recorded_again(own, capfd):
    (outputs(own) / "html" / "index.html").write_bytes(b"edited")
    (outputs(own) / "workpapers" / NAMES[2] / "findings.csv").unlink()
    (outputs(own) / "workpapers" / NAMES[0] / "tables" / "01.9_more.csv").write_text("a\n", "utf-8")
    path = data(own, "sample.csv")
    path.write_bytes(path.read_bytes() + b"\n")
    data(own, "remarks.txt").write_text("read by nobody", "utf-8")
    ran = verify_command(capfd, own)
    assert ran.code == 4
    assert f"auditbook run {CASE[0]} {CASE[1]}" in ran.said

    assert run(own).exit_code == 0

    assert verify_command(capfd, own).code == 0


# run again elsewhere ---------------------------------------------------------------------------


def test_a_second_run_elsewhere_is_in_the_language_of_the_first(own, capfd):
    assert run(own, lang="en").exit_code == 0
    before = tree(own)

    ran = verify_command(capfd, own, "--rerun")

    assert (ran.code, "逐字节相同" in ran.said) == (0, True), ran.said
    assert differing(tree(own), before) == []


def test_a_second_run_finds_a_notebook_that_shows_another_result_each_time(tmp_path, capfd):
    root = survival.paper_root(tmp_path / "root", n02=["print(os.urandom(8))"])
    assert run(root).exit_code == 0
    assert verify_command(capfd, root).code == 0

    ran = verify_command(capfd, root, "--rerun")

    assert ran.code == 4
    named = {line.split("　")[1] for line in ran.told.splitlines()}
    name = NAMES[1]
    assert named == {f"notebooks/{name}.ipynb", f"html/{name}.html", "manifest.json"}


def test_a_second_run_that_fails_is_told_as_a_run_is(own, capfd, monkeypatch):
    monkeypatch.setenv(after("03"), "1 / 0")
    before = tree(own)

    ran = verify_command(capfd, own, "--rerun")

    assert ran.code == 3
    assert f"底稿 {NAMES[2]} 在第" in ran.said
    assert "ZeroDivisionError" in ran.said
    assert differing(tree(own), before) == []


def test_what_has_changed_already_is_told_without_a_second_run(own, capfd, monkeypatch):
    monkeypatch.setattr("auditbook.chain.run.run_cases", None)
    (outputs(own) / "report.docx").unlink()

    ran = verify_command(capfd, own, "--rerun")

    assert (ran.code, "report.docx" in ran.said) == (4, True)
