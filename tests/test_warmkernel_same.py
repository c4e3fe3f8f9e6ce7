"""A notebook shows the same on a preloaded kernel as on an ordinary one, byte for byte."""

import json
import os
import re

import nbformat
import pytest

import warm_notebooks
import warmkernel
from warm_notebooks import SCIENCE, descriptors, notebook, pm

CELLS = {
    "text": "print('文字'); 1 / 3",
    "streams": "import sys\nprint('out'); print('err', file=sys.stderr); sys.stdout.write('end')",
    "warning": "import warnings\nwarnings.warn('beware', DeprecationWarning)",
    "set order": "set('abcdefgh')",
    "html": "import pandas as pd\npd.DataFrame({'单位': ['甲', '乙'], 'n': [1.5, None]})",
    "styled": "pd.DataFrame({'n': [1, 2]}).style.background_gradient().to_html(uuid='u')",
    "filters": "import numpy as np, scipy.stats, warnings\nsorted(map(repr, warnings.filters))",
    "twice": "for _ in range(2): np.polyfit([1, 1, 1], [1, 2, 3], 2)",  # warned of each time
    "charts": (
        "import matplotlib.pyplot as plt\n"
        "plt.rcParams['svg.hashsalt'] = 'same'\n"
        "%config InlineBackend.figure_formats = ['svg', 'png']\n"
        "plt.plot([1, 2, 3], label='n'); plt.title('图'); plt.legend(); plt.show()"
    ),
    "chart at the end of a cell": "pd.Series([1, 2]).plot.bar();",
    "chart settings": "import matplotlib\nmatplotlib.get_backend(), dict(plt.rcParams)",
    "statistic": "scipy.stats.ttest_1samp([1, 2, 3], 1)",
    "environment": "import os\ndict(os.environ)",
    "command": "[sys.argv[0], *sys.argv[1:2], *sys.argv[3:], sys.orig_argv[:4], sys.executable]",
    "path": "sys.path, os.getcwd(), __file__ if '__file__' in globals() else None",
    "flags": "sys.flags, sys.warnoptions, sys._xoptions, sys.dont_write_bytecode",
    "encodings": (
        "import locale\n"
        "(locale.setlocale(locale.LC_ALL), locale.getpreferredencoding(), sys.stdout.encoding,\n"
        " sys.__stdout__.encoding, sys.__stdout__.errors, sys.getfilesystemencoding())"
    ),
    "signals": (
        "import signal\n"
        "([(int(n), str(signal.getsignal(n))) for n in sorted(signal.valid_signals())],\n"
        " signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    ),
    "umask": "mask = os.umask(0); os.umask(mask); mask",
    "process": (
        "(os.getpid() == os.getpgid(0) == os.getsid(0), os.nice(0), os.sched_getaffinity(0),\n"
        " open('/proc/self/limits').read())"
    ),
    "settings of Python": (
        "import decimal, gc\n"
        "(decimal.getcontext(), gc.get_threshold(), gc.isenabled(), sys.getrecursionlimit(),\n"
        " sys.getswitchinterval(), sys.float_info, sys.thread_info)"
    ),
    "depth": (
        "depth = 0\n"
        "def deeper():\n"
        "    global depth\n"
        "    depth += 1\n"
        "    deeper()\n"
        "try: deeper()\n"
        "except RecursionError: print(depth)"
    ),
    "names": "__name__, sys.modules['__main__'], sorted(n for n in globals() if n[:2] != '_i')",
    "main module": "import multiprocessing as mp\nmp.get_start_method(), mp.current_process().name",
    "threads": "import threading\nlen(threading.enumerate()), threading.Thread().name",
    "asked for input": "try: input()\nexcept Exception as error: print(type(error))",
    "standard input": "sys.stdin.read(), os.read(0, 1)",
    "loggers": (
        "import logging\n"
        "(logging.getLogger().handlers, logging.getLogger().level, logging.lastResort.level,\n"
        " [n for n in sorted(logging.root.manager.loggerDict) if logging.getLogger(n).handlers])"
    ),
    "temporary folder": "import tempfile\ntempfile.gettempdir()",
    "descriptors": (
        "kinds = {}\n"
        "for name in os.listdir('/proc/self/fd'):\n"
        "    if os.path.exists(f'/proc/self/fd/{name}'):\n"
        "        kind = os.readlink(f'/proc/self/fd/{name}').split('[')[0].split(':')[0]\n"
        "        kinds[kind] = kinds.get(kind, 0) + 1\n"
        "kinds.pop('socket', 0)  # a client's connection comes a moment sooner or later\n"
        "sorted(kinds.items())"
    ),
    "magic": "%precision 2\n1 / 3",
    "shell": "!echo 'from a shell'",
    "error": "def outer(n):\n    return 1 / n\n\nouter(0)",
}


@pytest.fixture(scope="module", autouse=True)
def preloaded():
    with warm_notebooks.preloaded(*SCIENCE):
        yield


def executed(folder, engine):
    """Outputs of all cells by their names, as papermill writes them."""
    source, target = folder / "source.ipynb", folder / f"{engine}.ipynb"
    nbformat.write(notebook(*CELLS.values()), source)
    with pytest.raises(pm.PapermillExecutionError):
        pm.execute_notebook(str(source), str(target), engine_name=engine, progress_bar=False)
    cells = json.loads(target.read_text("utf-8"))["cells"]
    cells = [cell for cell in cells if cell["id"].startswith("c-")]  # not papermill's own
    shown = [json.dumps(cell["outputs"], ensure_ascii=False, indent=1) for cell in cells]
    shown = [re.sub(r"ipykernel_\d+", "ipykernel_PID", text) for text in shown]
    return dict(zip(CELLS, shown, strict=True))


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What papermill's own engine and the preloaded kernels make of one notebook."""
    folder = tmp_path_factory.mktemp("same")
    warmkernel.shared().wait_ready()
    before = os.umask(0o027)  # changed after the zygote has started: it does not inherit this one
    try:
        return executed(folder, "nbclient"), executed(folder, "warm")
    finally:
        os.umask(before)


@pytest.mark.parametrize("name", CELLS)
def test_outputs_are_the_same(both, name):
    ordinary, warm = both

    assert warm[name] == ordinary[name]


def test_each_cell_that_is_compared_shows_something(both):
    _, warm = both

    assert [name for name in CELLS if warm[name] == "[]"] == []
    assert "image/svg+xml" in warm["charts"] and "image/png" in warm["charts"]
    assert "image/svg+xml" in warm["chart at the end of a cell"]
    assert warm["twice"].count("RankWarning: Polyfit") == 2
    assert "from a shell" in warm["shell"] and "ZeroDivisionError" in warm["error"]
    assert str(0o027) in warm["umask"]


OPEN = """
import json, os
names = [f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd") if int(n) > 2]
print(json.dumps([os.readlink(name) for name in names if os.path.exists(name)]))
"""


def test_a_kernel_has_nothing_open_that_belongs_to_its_owner_or_to_the_zygote(tmp_path):
    run = warm_notebooks.Papermill(tmp_path)
    with (tmp_path / "of the owner").open("w"):
        theirs = {*descriptors().values(), *descriptors(warmkernel.shared().process.pid).values()}
        kernels = run.said(OPEN)

    streams = {descriptors()[1], descriptors()[2]}
    shared = {name for name in kernels if name in theirs and not name.startswith("anon_inode")}
    assert shared <= streams  # ipykernel keeps copies of them
    assert [name for name in kernels if "pidfd" in name or "memfd" in name] == []
    assert any(name.startswith("socket:") for name in kernels)
