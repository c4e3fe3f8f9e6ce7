"""How kernels end: everything written, nothing left, no hang, and limits that hold."""

import gc
import gzip
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
import zmq
from nbclient.exceptions import CellTimeoutError
from traitlets import Float

import warm_notebooks
import warmkernel
from warm_notebooks import Papermill, alive, children, descriptors, notebook, pm, wait_until
from warmkernel import session
from warmkernel.engine import WarmManager

SECONDS: list[float] = []


class Timed(WarmManager):
    """Notes how long each shutdown takes."""

    async def shutdown_kernel(self, now=False, restart=False):  # type: ignore[override]
        begun = time.monotonic()
        await super().shutdown_kernel(now=now, restart=restart)
        SECONDS.append(time.monotonic() - begun)


class Impatient(Timed):
    """Waits a second for a kernel's end."""

    shutdown_wait_time = Float(1.0)


@pytest.fixture(scope="module", autouse=True)
def preloaded():
    with warm_notebooks.preloaded():
        yield


@pytest.fixture
def run(tmp_path, monkeypatch):
    SECONDS.clear()
    monkeypatch.setenv("HERE", str(tmp_path))
    return Papermill(tmp_path)


def gone(pids, seconds=2.0):
    return wait_until(lambda: not any(map(alive, pids)), seconds)


# what a notebook leaves ------------------------------------------------------------------------

FILES = """
import os, sys, gzip, types
here = os.environ["HERE"]
kept = open(f"{here}/global", "w"); kept.write("a")
zipped = gzip.open(f"{here}/zipped", "wt"); zipped.write("a")
raw = open(f"{here}/binary", "wb"); raw.write(b"a")
module = sys.modules["some_module"] = types.ModuleType("some_module")
module.file = open(f"{here}/module", "w"); module.file.write("a")
module.zipped = gzip.open(f"{here}/module zipped", "wt"); module.zipped.write("a")
del module
"""
IN_A_FRAME = """
def fails():
    local = open(f"{here}/frame", "w"); local.write("a")
    raise ValueError
try: fails()
except ValueError as error: caught = error
_2.write("a")
import ctypes
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
stream = libc.fopen(f"{here}/of C".encode(), b"w")
libc.fputs(b"a", ctypes.c_void_p(stream))
"""


def test_files_left_open_are_complete(run, tmp_path):
    run(FILES, 'open(f"{here}/output", "w")', IN_A_FRAME)

    for name in ("global", "binary", "module", "output", "frame", "of C"):
        assert (tmp_path / name).read_text() == "a", name
    for name in ("zipped", "module zipped"):
        assert gzip.open(tmp_path / name, "rt").read() == "a", name


def test_threads_and_pools_are_waited_for_then_exit_functions_run(run, tmp_path):
    """In the order of an interpreter's end; names of the notebook are still there."""
    run(
        "import atexit, os, threading, time\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "here, lines = os.environ['HERE'], []\n"
        "def slow():\n"
        "    time.sleep(0.3); lines.append('thread')\n"
        "pool = ThreadPoolExecutor(2); pool.submit(slow)\n"
        "threading.Thread(target=slow).start()\n"
        "atexit.register(lambda: open(f'{here}/lines', 'w').write(' '.join(lines)))\n"
        "atexit.register(lambda: 1 / 0)\n"
        "atexit.register(lambda: lines.append('exit'))",
    )

    assert (tmp_path / "lines").read_text() == "thread thread exit"


def test_what_a_notebook_has_started_does_not_outlive_it(run, tmp_path):
    pids = run.said(
        "import json, multiprocessing, os, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '1000'])\n"
        "shell = subprocess.Popen('sleep 1000 & sleep 1000', shell=True)\n"
        "deaf = 'trap \"\" TERM INT; while :; do sleep 1; done'\n"
        "stubborn = subprocess.Popen(['sh', '-c', deaf])\n"
        "worker = multiprocessing.get_context('fork').Process(target=time.sleep, args=(1000,))\n"
        "worker.start()\n"
        "print(json.dumps([os.getpid(), child.pid, shell.pid, stubborn.pid, worker.pid]))",
        engine={"kernel_manager_class": Impatient},
    )

    assert gone(pids)


def test_exiting_in_a_cell_ends_the_kernel_in_good_order(run, tmp_path):
    run(FILES, "exit()")

    assert (tmp_path / "global").read_text() == "a"


# no hang ---------------------------------------------------------------------------------------


def test_kernels_end_without_a_word(run, tmp_path, capfd):
    """With the usual log level; no interrupt is noticed at the end, and none is lost."""
    source = tmp_path / "quiet.ipynb"
    nbformat.write(notebook("print('out')", "import time; time.sleep(0.02)"), source)
    for _ in range(8):
        pm.execute_notebook(str(source), None, engine_name="warm", progress_bar=False)

    assert capfd.readouterr() == ("", "")


IGNORES = """
import atexit, os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
atexit.register(time.sleep, 60)
print(os.getpid())
"""


def test_a_kernel_that_ignores_its_shutdown_is_killed_after_the_managers_wait(run):
    pid = run.said(IGNORES, engine={"kernel_manager_class": Impatient})

    assert not alive(pid)
    assert 0.9 < SECONDS[0] < 2


def test_a_kernel_is_asked_by_a_signal_after_half_of_the_wait(run, tmp_path):
    run(
        "import atexit, os, signal, time\n"
        "def told(*_):\n"
        "    open(os.environ['HERE'] + '/told', 'w').close(); os._exit(0)\n"
        "signal.signal(signal.SIGTERM, told)\n"
        "atexit.register(time.sleep, 60)",
        engine={"kernel_manager_class": Impatient},
    )

    assert (tmp_path / "told").exists()
    assert 0.4 < SECONDS[0] < 1


# limits of time --------------------------------------------------------------------------------

ENDLESS = {
    "a loop": "while True: pass",
    "a sleep": "import time; time.sleep(1000)",
    "a regular expression": "import re; re.match('(a+)+$', 'a' * 64 + 'b')",
    "C that keeps the lock": "import ctypes; ctypes.PyDLL(None).sleep(1000)",
    "a loop that catches all": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    ),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_cell_that_takes_too_long_is_ended(run, tmp_path, name):
    options = {"execution_timeout": 1, "kernel_manager_class": Impatient}
    begun = time.monotonic()
    with pytest.raises(CellTimeoutError):
        run(
            f"import os; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))",
            ENDLESS[name],
            engine=options,
        )

    assert time.monotonic() - begun < 4
    assert not alive(int((tmp_path / "pid").read_text()))


def test_a_cell_that_is_ended_closes_what_it_has_open(run, tmp_path):
    with pytest.raises(CellTimeoutError):
        run(
            "import os, time\n"
            "with open(os.environ['HERE'] + '/closed', 'w') as file:\n"
            "    file.write('so far')\n"
            "    time.sleep(1000)",
            engine={"execution_timeout": 1},
        )

    assert (tmp_path / "closed").read_text() == "so far"


# nothing left in the owner ---------------------------------------------------------------------


def state():
    gc.collect()
    return {
        "descriptors": sorted(descriptors().values(), key=str),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "processes": children(os.getpid()),
        "contexts": sum(
            isinstance(thing, zmq.Context) and not thing.closed for thing in gc.get_objects()
        ),
        "kernels": children(warmkernel.shared().process.pid),
        "zygote": sorted(descriptors(warmkernel.shared().process.pid)),
        "folder": sorted(path.name for path in session.folder().path.iterdir()),
    }


def test_kernels_leave_nothing_behind_in_their_owner(run):
    """Thirty in a row, then from three threads; one fails, one is killed; none hangs at its end."""
    run("1")
    assert wait_until(lambda: state()["kernels"] == [])
    before = state()

    for _ in range(30):
        run("1", engine={"kernel_manager_class": Timed})
    assert wait_until(lambda: state() == before)
    assert len(SECONDS) == 30 and max(SECONDS) < 1

    def one(number):
        cell = {3: "1 / 0", 5: "import os; os.kill(os.getpid(), 9)"}.get(number, "1")
        try:
            run(cell)
        except Exception as error:
            return type(error).__name__
        return ""

    with ThreadPoolExecutor(3) as pool:
        errors = list(pool.map(one, range(15)))
    assert sorted(filter(None, errors)) == ["DeadKernelError", "PapermillExecutionError"]
    assert wait_until(lambda: state() == before)
