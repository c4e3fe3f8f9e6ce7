"""What preloaded kernels gain, and a thousand of them: none hangs at its end, nothing grows."""

import ctypes
import gc
import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import pytest

import warm_notebooks
import warmkernel
from warm_notebooks import SCIENCE, Papermill, children, descriptors, memory
from warmkernel.engine import WarmManager

KERNELS = 1000
AT_ONCE = 3
MIB = 1 << 20
CELLS = (
    "import pandas as pd, matplotlib.pyplot as plt, scipy.stats\n"
    "table = pd.DataFrame({'unit': list('abcd') * 5, 'n': range(20)})\n"
    "table.groupby('unit')['n'].describe()",
    "table.groupby('unit')['n'].sum().plot.bar(); plt.show()",
    "scipy.stats.ttest_1samp(table['n'], 9)",
    "import json\n"
    "sizes = {}\n"
    "for line in list(open('/proc/self/smaps_rollup'))[1:]:\n"
    "    sizes[line.split()[0]] = int(line.split()[1]) * 1024\n"
    "print(json.dumps(sizes['Private_Clean:'] + sizes['Private_Dirty:']))",
)
SECONDS: list[float] = []


class TimedManager(WarmManager):
    """Notes how long each shutdown takes."""

    async def shutdown_kernel(self, now=False, restart=False):  # type: ignore[override]
        begun = time.monotonic()
        await super().shutdown_kernel(now=now, restart=restart)
        SECONDS.append(time.monotonic() - begun)


@pytest.fixture(scope="module", autouse=True)
def preloaded():
    with warm_notebooks.preloaded(*SCIENCE):
        yield


def test_preloaded_kernels_save_time_and_memory(tmp_path, request):
    """Medians of runs by turns, one at a time, beside papermill's own engine."""
    ways: dict[str, dict[str, list[float]]] = {}
    run = Papermill(tmp_path)

    def measure(engine):
        found = ways.setdefault(engine, {"trivial": [], "chart": [], "memory": []})
        begun = time.monotonic()
        run("1 + 1", engine={"engine_name": engine})
        trivial = time.monotonic()
        found["memory"].append(run.said(*CELLS, engine={"engine_name": engine}) / MIB)
        found["chart"].append(time.monotonic() - trivial)
        found["trivial"].append(trivial - begun)

    run("1")
    for _ in range(7):
        measure("warm")
        measure("nbclient")
    warm, own = ({name: median(found) for name, found in way.items()} for way in ways.values())
    request.config.get_terminal_writer().line(
        f"\na trivial notebook {warm['trivial']:.2f} s, papermill's engine {own['trivial']:.2f} s;"
        f" one with a table, a chart and a test {warm['chart']:.2f} s and {own['chart']:.2f} s;"
        f" a kernel's own memory {warm['memory']:.0f} MiB and {own['memory']:.0f} MiB"
    )

    assert warm["trivial"] * 3 < own["trivial"]
    assert warm["chart"] * 4 < own["chart"]
    assert warm["memory"] * 2 < own["memory"]


def state():
    """What must not grow: resident memory and descriptors of the zygote and of this process."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # freed memory that the allocator keeps is no growth
    pids = warmkernel.shared().process.pid, os.getpid()
    return [memory(pid)[1] / MIB for pid in pids], [len(descriptors(pid)) for pid in pids]


def test_a_thousand_kernels_end_in_time_and_nothing_grows(tmp_path, request, caplog):
    caplog.set_level(logging.ERROR, logger="papermill")  # pytest would keep what it says
    run, private, states = Papermill(tmp_path), [], []

    def one(_):
        private.append(run.said(*CELLS, engine={"kernel_manager_class": TimedManager}) / MIB)

    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(0, KERNELS, 50):
            list(pool.map(one, range(50)))
            states.append(state())
    each = (time.monotonic() - begun) / KERNELS
    ended = sorted(SECONDS)
    zygote, owner = (late - early for early, late in zip(states[0][0], states[-1][0], strict=True))
    request.config.get_terminal_writer().line(
        f"\n{len(ended)} ends: median {median(ended):.3f} s, longest {ended[-1]:.3f} s;"
        f" {each:.3f} s per notebook, {AT_ONCE} at once; a kernel's own memory"
        f" {max(private):.0f} MiB at most; from the 50th on zygote {zygote:+.1f} MiB,"
        f" owner {owner:+.1f} MiB"
    )

    assert len(ended) == KERNELS
    assert ended[-1] < 2
    assert max(private) <= 60
    assert zygote < 1 and owner < 3
    assert states[-1][1] == states[0][1]
    assert children(warmkernel.shared().process.pid) == []
