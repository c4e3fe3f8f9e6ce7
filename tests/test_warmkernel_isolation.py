"""No state passes from one notebook to the next."""

import json
import os
import threading

import pytest

import warm_notebooks
from warm_notebooks import SCIENCE, Papermill, said, wait_until

STATE = """
def state():
    import atexit, builtins, decimal, gc, json, locale, logging, os, signal, sys, tempfile
    import threading, time, warnings
    import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd
    hidden = {"state", "dirty", "In", "Out", "exit", "quit", "open", "get_ipython"}
    mask = os.umask(0); os.umask(mask)
    reals = [os.readlink(f"/proc/self/fd/{n}") for n in sorted(os.listdir("/proc/self/fd"))
             if os.path.exists(f"/proc/self/fd/{n}")]
    return {
        "globals": sorted(n for n in globals() if n not in hidden and not n.startswith("_")),
        "builtins": sorted(vars(builtins)),
        "copyright": str(copyright)[:5],
        "environment": sorted(n for n in os.environ if n != "JPY_PARENT_PID"),
        "time zone": time.tzname,
        "rcParams": str(mpl.rcParams["lines.linewidth"]),
        "figures": plt.get_fignums(),
        "pandas options": pd.get_option("display.max_rows"),
        "numpy options": np.get_printoptions()["precision"],
        "numpy errors": np.geterr()["divide"],
        "folder": os.getcwd(),
        "umask": mask,
        "decimal": decimal.getcontext().prec,
        "warnings": list(map(repr, warnings.filters)),
        "path": sys.path,
        "modules": sorted(n for n in sys.modules if "left_" in n),
        "files": [name for name in reals if name.startswith("/") and "left" in name],
        "threads": sorted(t.name for t in threading.enumerate() if "left" in t.name),
        "exit functions": atexit._ncallbacks(),
        "handlers": [str(signal.getsignal(n)) for n in (signal.SIGUSR1, signal.SIGTERM)],
        "blocked signals": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "locale": locale.setlocale(locale.LC_ALL),
        "stdout": type(sys.stdout).__name__,
        "display hook": type(sys.displayhook).__name__,
        "arguments": sys.argv[1:2] + sys.argv[3:],
        "recursion limit": sys.getrecursionlimit(),
        "temporary folder": tempfile.gettempdir(),
        "loggers": [len(logging.getLogger().handlers), logging.getLogger().level],
        "garbage": gc.isenabled(),
        "trace": str(sys.gettrace()),
        "limits": open("/proc/self/limits").read(),
        "priority": os.nice(0),
    }
import json
kept = state()
"""
PRINT = "import sys; sys.__stdout__.flush(); print(json.dumps(state()))"
DIRTY = """
import atexit, builtins, decimal, gc, locale, logging, os, random, resource, signal, sys, tempfile
import threading, time, types, warnings
import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd
folder = os.environ["LEFT"]
left_behind = 1
builtins.left_behind = 1
builtins.copyright = "left"
os.environ["LEFT_BEHIND"] = "1"
os.environ["TZ"] = "Asia/Shanghai"; time.tzset()
mpl.rcParams["lines.linewidth"] = 7.5
plt.figure()
pd.set_option("display.max_rows", 7)
np.set_printoptions(precision=2)
np.seterr(divide="ignore")
random.seed(1); np.random.seed(1)
os.umask(0o077)
decimal.getcontext().prec = 5
warnings.simplefilter("ignore")
sys.path.insert(0, "/left")
sys.modules["left_module"] = types.ModuleType("left_module")
file = open(f"{folder}/left-file", "w"); file.write("flushed at the end")
threading.Thread(target=time.sleep, args=(60,), name="left thread", daemon=True).start()
def at_exit():
    open(f"{folder}/left-exit", "w").write(f"ran with {left_behind}")
atexit.register(at_exit)
signal.signal(signal.SIGUSR1, lambda *_: None)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
locale.setlocale(locale.LC_ALL, next(
    name for name in ("C", "C.UTF-8") if name != locale.setlocale(locale.LC_ALL)))
sys.argv[1:] = ["left"]
sys.setrecursionlimit(5000)
tempfile.tempdir = "/left"
logging.basicConfig(level=logging.DEBUG)
gc.disable()
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.nice(1)
os.chdir(folder)
import io
class Left(io.StringIO): pass
hook = sys.displayhook
shown, sys.stdout, sys.displayhook = sys.stdout, Left(), print
sys.settrace(lambda *_: None)
dirty = json.dumps(state())
sys.settrace(None)
sys.stdout, sys.displayhook = shown, hook
print(dirty); shown.flush()
sys.stdout, sys.displayhook = Left(), print
"""


@pytest.fixture(scope="module", autouse=True)
def preloaded():
    with warm_notebooks.preloaded(*SCIENCE, "multiprocessing"):
        yield


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("LEFT", str(tmp_path))
    return Papermill(tmp_path)


def test_a_notebook_finds_nothing_of_what_another_one_has_changed(run, tmp_path):
    before = run.said(STATE, PRINT)
    dirty = json.loads(said(run(STATE, DIRTY)))
    after = run.said(STATE, PRINT)

    unchanged = [name for name in before if dirty[name] == before[name]]
    assert unchanged == []  # each of them was there to be passed on
    assert after == before


def test_what_a_notebook_leaves_open_is_written_and_its_exit_functions_run(run, tmp_path):
    run(STATE, DIRTY)

    assert (tmp_path / "left-file").read_text() == "flushed at the end"
    assert (tmp_path / "left-exit").read_text() == "ran with 1"


def test_kernels_side_by_side_do_not_see_each_other(run, tmp_path):
    """One is dirty and lives while the other looks."""
    wait = f"import os, time\nwhile not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.01)"
    before = run.said(STATE, PRINT)
    thread = threading.Thread(target=run, args=(STATE, DIRTY, wait))
    thread.start()
    try:
        assert wait_until((tmp_path / "left-file").exists, 20)
        assert run.said(STATE, PRINT) == before
    finally:
        (tmp_path / "go").touch()
        thread.join()


DRAWN = """
import json, multiprocessing, os, random, secrets, tempfile, uuid
import numpy as np
print(json.dumps({
    "random": random.random(),
    "numpy": np.random.random(),
    "numpy generator": np.random.default_rng().random(),
    "secrets": secrets.token_hex(),
    "uuid1": str(uuid.uuid1()),
    "uuid4": str(uuid.uuid4()),
    "temporary file": os.path.basename(tempfile.mktemp()),
    "key of multiprocessing": multiprocessing.current_process().authkey.hex(),
    "key of the session": get_ipython().kernel.session.key.hex(),
}))
"""


def test_two_kernels_draw_different_random_numbers_and_names(run):
    first, second = run.said(DRAWN), run.said(DRAWN)

    assert [name for name in first if first[name] == second[name]] == []


def test_files_made_while_preloading_are_there_for_every_kernel(run, tmp_path, monkeypatch):
    """As matplotlib makes one, where it has no folder for its settings."""
    (tmp_path / "makes.py").write_text(
        "import atexit, shutil, tempfile\n"
        "made = tempfile.mkdtemp()\n"
        "atexit.register(shutil.rmtree, made)\n"
        "kept = tempfile.TemporaryDirectory()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    look = (
        "import json, makes, os, tempfile\n"
        "own = tempfile.TemporaryDirectory()\n"
        "folders = [makes.made, makes.kept.name, own.name]\n"
        "print(json.dumps([folders, list(map(os.path.isdir, folders))]))"
    )
    with warm_notebooks.preloaded("makes"):
        (*shared, first), there = run.said(look)
        again = run.said(look)
        assert there == [True] * 3
        assert (again[0][:2], again[1]) == (shared, [True] * 3)
        assert not os.path.exists(first)
    assert not any(map(os.path.exists, shared))
