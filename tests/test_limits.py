"""What a run meets beside kills: a full disk, hanging and greedy cells, inputs that change."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

import survival
from auditbook import cli
from killing import in_phase
from survival import CASE, NAMES, after, before, command, data, differing, outputs, run, tree
from victims import children, victim, wait_until


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """A root with small real working papers."""
    return survival.paper_root(tmp_path_factory.mktemp("papers"), n03=[survival.WIDE])


@pytest.fixture(scope="module")
def reference(papers, tmp_path_factory):
    """What an undisturbed run leaves."""
    out = tmp_path_factory.mktemp("reference")
    assert run(papers, out).exit_code == 0
    return tree(outputs(papers, out))


@pytest.fixture
def temporary():
    """A folder for temporary files, with a short name: sockets live there."""
    with tempfile.TemporaryDirectory(prefix="s-", dir="/tmp") as name:
        yield Path(name)


@pytest.fixture
def auditbook(papers, tmp_path, capfd):
    """``auditbook run`` of the case in this process; results in ``tmp_path/out``."""

    def run_command(*options, out=tmp_path / "out"):
        return command(capfd, "run", *CASE, "--root", papers, "--out", out, *options)

    return run_command


def notebook_of(root, number):
    (path,) = (root / "notebooks").glob(f"{number}_*.ipynb")
    return path


# no room, no right to write --------------------------------------------------------------------


class Disk:
    """A small file system; it is taken down at the end, whatever happened in it."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.mounted = self._mount("-t", "tmpfs", "-o", "size=64m", "none")

    def _mount(self, *arguments):
        if not shutil.which("mount"):
            return False
        command = ["mount", *arguments, str(self.folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def remount(self, option):
        assert self._mount("-o", f"remount,{option}")

    def hide(self):
        """The same files, but nobody who opens them from now on may write."""
        assert self._mount("--bind", str(self.folder))
        self.remount("ro,bind")

    def close(self):
        """Take down the upper of its layers."""
        subprocess.run(["umount", self.folder], capture_output=True, check=True)

    def close_all(self):
        while os.path.ismount(self.folder):
            subprocess.run(["umount", "--lazy", self.folder], capture_output=True, check=True)


@pytest.fixture
def disk(tmp_path):
    found = Disk(tmp_path / "disk")
    yield found
    found.close_all()


def mounts():
    """Whether this user may mount a file system."""
    with tempfile.TemporaryDirectory() as name:
        tried = Disk(Path(name) / "disk")
        tried.close_all()
    return tried.mounted


MOUNTS = mounts()
"""Where nothing can be mounted, the size of files is limited instead, as by a quota."""

BIG_TABLE = "import pandas as pd; paper.table('01.9_big', pd.DataFrame({'a': ['x' * 2**21]}))"
SIZES = {
    "manifest.json": (8, ""),
    f"workpapers/{NAMES[0]}": (1024, BIG_TABLE),
    f"notebooks/{NAMES[0]}.ipynb": (1024, "print('x' * 2**21)"),
    f"html/{NAMES[0]}.html": (1300, "print('&' * 2**19)"),
}
"""What does not fit, the room in KiB, and what a notebook does that it does not fit."""


@pytest.mark.parametrize("file", SIZES)
def test_a_full_disk_is_told_and_the_next_run_with_room_resumes(
    papers, reference, temporary, disk, auditbook, monkeypatch, file
):
    room, more = SIZES[file]
    monkeypatch.setenv(after("01"), more)

    if MOUNTS:
        disk.remount(f"size={room}k")
        ran = auditbook(out=disk.folder)
        code, said, why = ran.code, ran.said, "No space left on device"
    else:
        code, said = limited(papers, disk.folder, temporary, room * 1024)
        why = "File too large"

    assert code == 5, said
    (line, *_) = [line for line in said.splitlines() if why in line]
    # On a full disk the first to fail may be what another notebook was just writing.
    named = outputs(papers, disk.folder) / ("" if MOUNTS else file)
    assert str(named) in line
    assert_resumes_with_room(papers, reference, disk, monkeypatch)


def limited(root, out, temporary, size):
    """A run that may not write a file larger than `size`."""
    with victim(root, out, temporary, largest=size) as run_:
        return run_.end()


def assert_resumes_with_room(papers, reference, disk, monkeypatch):
    folder = outputs(papers, disk.folder)
    survival.assert_nothing_torn(folder)
    if MOUNTS:
        disk.remount("size=64m")
    monkeypatch.delenv(after("01"))
    finished = survival.finished_steps(folder)

    result = run(papers, disk.folder)

    assert (result.exit_code, result.reused) == (0, finished)
    assert differing(tree(folder), reference) == []


def test_a_limit_on_the_size_of_files_is_told(papers, reference, temporary, tmp_path):
    """The page of the third notebook does not fit, whatever runs beside it."""
    out = tmp_path / "out"
    code, said = limited(papers, out, temporary, 250_000)

    assert code == 5, said
    assert "File too large" in said
    assert str(outputs(papers, out) / "html" / f"{NAMES[2]}.html") in said
    assert "Traceback" not in said
    survival.assert_nothing_torn(outputs(papers, out), reference)
    assert run(papers, out).exit_code == 0
    assert differing(tree(outputs(papers, out)), reference) == []


def test_outputs_that_are_read_only_are_told_and_left_alone(papers, reference, disk, auditbook):
    if not MOUNTS:
        ran = auditbook(out="/sys/auditbook")  # nobody may write there
        assert (ran.code, "/sys/auditbook" in ran.said) == (5, True)
        return
    disk.remount("ro")
    ran = auditbook(out=disk.folder)
    assert ran.code == 5
    assert f"{disk.folder}/{CASE[0]}: Read-only file system" in ran.said

    disk.remount("rw")
    assert run(papers, disk.folder).exit_code == 0
    disk.remount("ro")
    ran = auditbook("--force", out=disk.folder)
    assert ran.code == 5
    assert "Read-only file system" in ran.said
    assert differing(tree(outputs(papers, disk.folder)), reference) == []


if MOUNTS:

    def test_outputs_that_become_read_only_during_a_run_are_told(
        papers, reference, temporary, disk
    ):
        pause = {"SURVIVAL_PAUSE": "1"}
        with victim(papers, disk.folder, temporary, environment=pause) as run_:
            wait_until(lambda: in_phase("notebook 02", run_.outputs), "notebook 02")
            disk.hide()
            code, said = run_.end()

        assert code == 5, said
        assert "Read-only file system" in said
        assert "Traceback" not in said
        disk.close()  # the upper of the two
        assert run(papers, disk.folder).exit_code == 0
        assert differing(tree(outputs(papers, disk.folder)), reference) == []


# notebooks that do not end, that take too much -------------------------------------------------


@pytest.mark.parametrize("hanging", ["time.sleep(600)", "while True: pass"])
def test_a_cell_that_hangs_is_ended_with_the_limit_named(
    papers, reference, tmp_path, auditbook, monkeypatch, hanging
):
    monkeypatch.setenv(after("02"), hanging)

    ran = auditbook("--cell-seconds", 1)

    assert ran.code == 3
    assert f"底稿 {NAMES[1]} 在第 6 个代码单元格（02.1 小底稿）出错" in ran.said
    assert "超过时限 1 秒" in ran.said
    assert "limit of 1 s" in ran.said
    wait_until(lambda: no_kernel_lives(), "the end of the kernel", 10)
    monkeypatch.delenv(after("02"))
    result = run(papers, tmp_path / "out")
    assert (result.exit_code, result.reused) == (0, (NAMES[0], NAMES[2]))
    assert differing(tree(outputs(papers, tmp_path / "out")), reference) == []


def no_kernel_lives():
    servers = [p for p in children(os.getpid()) if children(p)]
    return not servers


@pytest.mark.parametrize("options", [[], ["--ordinary-kernels"]], ids=["preloaded", "ordinary"])
def test_a_cell_that_eats_memory_ends_its_notebook_only(
    papers, reference, tmp_path, auditbook, monkeypatch, options
):
    monkeypatch.setenv(after("02"), "hoard = [bytearray(2**26) for _ in range(100)]")

    ran = auditbook("--memory-mib", 1024, *options)

    assert ran.code == 3
    assert f"底稿 {NAMES[1]} 在第 6 个代码单元格" in ran.said
    assert "MemoryError" in ran.said
    assert survival.finished_steps(outputs(papers, tmp_path / "out")) == (NAMES[0], NAMES[2])
    monkeypatch.delenv(after("02"))
    assert run(papers, tmp_path / "out").exit_code == 0
    assert differing(tree(outputs(papers, tmp_path / "out")), reference) == []


def test_the_least_memory_that_may_be_asked_for_is_enough_for_the_committed_case(
    root, tmp_path, capfd
):
    (least,) = [
        option.to_info_dict()["type"]["min"]
        for option in cli.run.params
        if option.name == "memory_mib"
    ]

    ran = command(capfd, "run", *CASE, "--root", root, "--out", tmp_path, "--memory-mib", least)

    assert ran.code == 0, ran.said


# what changes while it is read -----------------------------------------------------------------


@pytest.fixture
def own(papers, tmp_path):
    """A copy of the root, to be changed."""
    return shutil.copytree(papers, tmp_path / "root")


FILE = "__import__('pathlib').Path(os.environ['AUDITBOOK_ROOT'], {!r})"
INPUT = FILE.format(f"data/{CASE[0]}/{CASE[1]}/FILE")
SPACE = "; p.write_bytes(p.read_bytes() + b'\\n')"
CHANGES = {
    "written": ("use.csv", {after("03"): "p = INPUT" + SPACE}),
    "written and put back": (
        "indicators.csv",
        {
            before("04"): "p = INPUT" + SPACE,
            after("04"): "p = INPUT; p.write_bytes(p.read_bytes()[:-1])",
        },
    ),
    "made invalid": ("use.csv", {after("05"): "INPUT.write_bytes(b'')"}),
    "removed": ("claims.csv", {after("05"): "INPUT.unlink()"}),
    "added": ("notes.txt", {after("02"): "INPUT.write_text('x')"}),
    "the whole case": (
        "case.yaml",
        {after("05"): "__import__('shutil').rmtree(INPUT.parent)"},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_input_that_changes_during_a_run_is_noticed(own, capfd, monkeypatch, change):
    """The results are withdrawn, and the file is named."""
    file, hooks = CHANGES[change]
    for name, code in hooks.items():
        monkeypatch.setenv(name, code.replace("INPUT", INPUT.replace("FILE", file)))

    ran = command(capfd, "run", *CASE, "--root", own, "--out", own / "outputs")

    assert ran.code == 1, ran.said
    assert file in ran.said or change == "the whole case"
    assert "data/" in ran.said
    assert list(tree(outputs(own))) == ["manifest.json"]


@pytest.mark.parametrize(
    ("number", "hook", "left"), [("04", after("02"), NAMES[:3]), ("01", after("05"), ())]
)
def test_a_notebook_that_changes_during_a_run_is_noticed(
    own, papers, reference, capfd, monkeypatch, number, hook, left
):
    """Before it is read, what is finished before it stays; after it was, nothing does."""
    path = notebook_of(own, number)
    monkeypatch.setenv(hook, "p = " + FILE.format(f"notebooks/{path.name}") + SPACE)

    ran = command(capfd, "run", *CASE, "--root", own, "--out", own / "outputs")

    assert ran.code == 1
    assert f"notebooks/{path.name}" in ran.said
    assert survival.finished_steps(outputs(own)) == left
    assert {name.split("/")[1][:2] for name in tree(outputs(own)) if "/" in name} == {
        name[:2] for name in left
    }
    assert not (outputs(own) / "report.docx").exists()
    monkeypatch.delenv(hook)
    shutil.copy(notebook_of(papers, number), path)
    assert run(own).exit_code == 0
    assert differing(tree(outputs(own)), reference) == []


def test_only_what_this_run_has_made_is_withdrawn(own, monkeypatch):
    run(own)
    path = data(own, "sample.csv")
    path.write_bytes(path.read_bytes() + b"\n")
    monkeypatch.setenv(after("04"), "p = " + INPUT.replace("FILE", "indicators.csv") + SPACE)

    result = run(own)

    assert (result.exit_code, result.changed) == (1, ("data/indicators.csv",))
    assert survival.finished_steps(outputs(own)) == (NAMES[0], NAMES[2])
    assert not (outputs(own) / "report.docx").exists()


def test_auditbooks_own_code_that_changes_during_a_run_is_noticed(papers, tmp_path, monkeypatch):
    monkeypatch.setattr("auditbook.chain.options.code_hash", lambda: "edited meanwhile")

    result = run(papers, tmp_path / "out")

    assert (result.exit_code, result.changed) == (1, ("src/auditbook",))
