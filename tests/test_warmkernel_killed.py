"""Whatever is killed, all that rests on it ends too, and nothing is left lying about."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from nbclient.exceptions import DeadKernelError

import warm_notebooks
import warmkernel
from warm_notebooks import Papermill, alive, children, wait_until
from warmkernel import folder, zygote

PIDS = """
import json, multiprocessing, os, subprocess, time
child = subprocess.Popen(["sleep", "1000"])
forked = multiprocessing.get_context("fork").Process(target=time.sleep, args=(1000,))
forked.start()
with open(os.environ["PIDS"] + ".new", "w") as file:
    json.dump([os.getpid(), child.pid, forked.pid], file)
os.rename(os.environ["PIDS"] + ".new", os.environ["PIDS"])
"""


@pytest.fixture(scope="module", autouse=True)
def preloaded():
    with warm_notebooks.preloaded():
        yield


@pytest.fixture
def run(tmp_path):
    return Papermill(tmp_path)


@pytest.fixture
def pids(tmp_path, monkeypatch):
    """Reads what the cell ``PIDS`` has written: a kernel and two processes that it started."""
    monkeypatch.setenv("PIDS", str(tmp_path / "pids"))

    def read():
        assert wait_until((tmp_path / "pids").exists, 20)
        return json.loads((tmp_path / "pids").read_text())

    return read


def gone(pids, seconds=2.0):
    return wait_until(lambda: not any(map(alive, pids)), seconds)


def test_a_killed_kernel_is_reported_soon_and_the_next_one_is_fine(run, pids):
    zygote = warmkernel.shared().process.pid
    begun = time.monotonic()
    with pytest.raises(DeadKernelError):
        run(PIDS + "os.kill(os.getpid(), 9)")

    assert time.monotonic() - begun < 3
    assert gone(pids())
    assert run.said("import os; print(os.getppid())") == zygote


def test_a_killed_zygote_takes_its_kernels_along_and_is_replaced(run, pids):
    zygote = warmkernel.shared().process.pid
    begun = time.monotonic()
    with pytest.raises(DeadKernelError):
        run(PIDS + "os.kill(os.getppid(), 9); time.sleep(60)")

    assert time.monotonic() - begun < 3
    assert gone(pids())
    assert run.said("import os; print(os.getppid())") == warmkernel.shared().process.pid != zygote


# the owner -------------------------------------------------------------------------------------

OWNER = f"""
import ctypes, os, pathlib, sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
import warm_notebooks, warmkernel
if sys.argv[2:] == ["ordinary kernels"]:
    warmkernel.configure(["no_such_module"])
else:
    warmkernel.shared().wait_ready()
forks = {{"forks": os.fork, "forks in C": ctypes.PyDLL(None).fork}}
if sys.argv[2:] and forks.get(sys.argv[2], os.getpid)() == 0:
    time.sleep(1000)
run = warm_notebooks.Papermill(pathlib.Path(sys.argv[1]))
run({PIDS!r}, "import ctypes; ctypes.PyDLL(None).sleep(1000)")
"""
"""Its kernel is deaf to everything but the system."""


@pytest.fixture
def temporary(monkeypatch):
    """A folder for temporary files with a short name."""
    with tempfile.TemporaryDirectory(prefix="o-", dir="/tmp") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


@pytest.fixture
def owner(tmp_path, temporary, pids):
    """Starts another process that runs a notebook."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(tmp_path), *arguments],
            env={**os.environ, "TMPDIR": str(temporary)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        finally:
            process.wait()


def zygotes(pid):
    """The zygotes of a process."""
    return [
        c for c in children(pid) if b"warmkernel.server" in Path(f"/proc/{c}/cmdline").read_bytes()
    ]


def folders(parent):
    return sorted(parent.glob(f"{folder.PREFIX}*"))


@pytest.mark.parametrize("how", [(), ("forks",), ("forks in C",)], ids=lambda how: "".join(how))
def test_a_killed_owner_takes_everything_along_whatever_it_has_forked(owner, pids, how):
    process = owner(*how)
    started = [*pids(), *zygotes(process.pid)]
    assert len(started) == 4 and all(map(alive, started))

    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert gone(started)


def test_a_kernel_ends_although_owner_and_zygote_are_killed_at_once(owner, pids):
    process = owner()
    kernel, *others = pids()
    (zygote,) = zygotes(process.pid)
    time.sleep(0.1)  # the cell that is deaf begins
    for pid in (process.pid, zygote):
        os.kill(pid, signal.SIGSTOP)  # so that neither sees the other's end
    for pid in (process.pid, zygote):
        os.kill(pid, signal.SIGKILL)
    process.wait()

    assert gone([kernel, zygote])
    for pid in others:
        os.kill(pid, signal.SIGKILL)


def test_the_folder_of_a_killed_owner_is_swept_and_that_of_a_running_one_is_not(
    owner, pids, temporary
):
    process = owner()
    pids()
    (theirs,) = folders(temporary)
    ours = folder.Folder()  # which sweeps
    try:
        assert theirs.exists()

        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert theirs.exists()  # nobody was there to remove it

        folder.Folder().close()
        assert folders(temporary) == [ours.path]
    finally:
        ours.close()
    assert folders(temporary) == []


def test_an_ordinary_kernels_connection_file_goes_with_a_killed_owner(owner, pids, temporary):
    process = owner("ordinary kernels")
    started = pids()
    (theirs,) = folders(temporary)
    assert [file.suffix for file in theirs.glob("*.json")] == [".json"]

    for pid in [process.pid, *started]:
        os.kill(pid, signal.SIGKILL)
    process.wait()
    folder.Folder().close()

    assert list(temporary.iterdir()) == []


def test_a_zygote_whose_owner_is_gone_before_it_looks_says_nothing():
    gone = subprocess.Popen(["true"])
    gone.wait()
    ours, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, far:
        late = subprocess.run(
            [sys.executable, "-c", zygote._START, str(far.fileno()), str(gone.pid)],
            pass_fds=[far.fileno()],
            capture_output=True,
            text=True,
        )

    assert (late.returncode, late.stderr) == (1, "")


HALFWAY = """
import sys, types
import warmkernel
sys.modules["warmkernel.provisioner"] = types.ModuleType("warmkernel.provisioner")  # so far empty
from auditbook.chain import kernels
kernels.end()
print(kernels.stopping())
"""


def test_a_run_interrupted_while_provisioners_are_still_imported_ends_without_a_word():
    done = subprocess.run([sys.executable, "-c", HALFWAY], capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


# the folder ------------------------------------------------------------------------------------


def test_the_folder_is_for_its_user_alone(temporary):
    made = folder.Folder()
    try:
        assert stat.S_IMODE(made.path.stat().st_mode) == 0o700
        assert made.path.parent == temporary
    finally:
        made.close()


def test_a_long_name_of_the_temporary_folder_is_avoided(temporary, run, monkeypatch):
    deep = temporary / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    warmkernel.close()
    try:
        where = run.said(
            "import json, sys; print(json.dumps([sys.argv[2], 'warmkernel.child' in sys.modules]))"
        )
    finally:
        warmkernel.close()

    assert where[0].startswith(f"/tmp/{folder.PREFIX}") and where[1]
    assert not os.path.exists(os.path.dirname(where[0]))
    assert list(deep.iterdir()) == []


def test_what_a_killed_process_left_is_swept_without_any_kernel(temporary):
    left, held = temporary / "wk-left0123", folder.Folder()
    left.mkdir(mode=0o700)
    (left / ".warmkernel").touch()
    try:
        warmkernel.sweep()
        assert list(temporary.iterdir()) == [held.path]
    finally:
        held.close()


def test_what_a_person_keeps_under_a_like_name_is_not_swept(temporary):
    theirs = temporary / f"{folder.PREFIX}12345678"
    theirs.mkdir()
    (theirs / "1.json").touch()
    link = temporary / f"{folder.PREFIX}abcdefgh"
    link.symlink_to(theirs)

    folder.sweep(temporary)

    assert (theirs / "1.json").exists() and link.is_symlink()
