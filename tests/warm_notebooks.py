"""Small notebooks on preloaded and ordinary kernels, and what processes have."""

import json
import os
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

import warmkernel
from auditbook.chain.environment import papermill, variables
from warmkernel import session

pm = papermill()

SAME_EVERY_TIME = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "315532800",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
SCIENCE = ("pandas", "matplotlib.pyplot", "scipy.stats")


@contextmanager
def preloaded(*items):
    """The shared zygote with these imported; what other tests rest on is put back."""
    before = session._preload
    with variables(SAME_EVERY_TIME):
        warmkernel.close()
        warmkernel.configure(items)
        try:
            yield
        finally:
            warmkernel.close()
            warmkernel.configure(before)


# notebooks -------------------------------------------------------------------------------------


def notebook(*cells, kernel="python3"):
    nb = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    for number, cell in enumerate(nb.cells):
        cell.id = f"c-{number}"
    nb.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
    return nb


class Papermill:
    """Runs cells through papermill with the engine ``warm``."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *cells, kernel="python3", engine=None, **traits):
        """The executed notebook; `traits` are the provisioner's, `engine` goes to papermill."""
        source = self.folder / f"source-{threading.get_ident()}.ipynb"
        nbformat.write(notebook(*cells, kernel=kernel), source)
        return pm.execute_notebook(
            str(source),
            None,
            progress_bar=False,
            config=Config({"WarmProvisioner": traits}),
            extra_arguments=["--log-level=CRITICAL"],
            **({"engine_name": "warm"} | (engine or {})),
        )

    def said(self, *cells, **options):
        """What the last cell has printed, as JSON."""
        return json.loads(said(self(*cells, **options)))


def said(nb):
    """What the last cell has printed."""
    return "".join(out.text for out in nb.cells[-1].outputs if out.get("name") == "stdout")


# ways to a kernel ------------------------------------------------------------------------------

WARM = "import json, sys; print(json.dumps('warmkernel.child' in sys.modules))"
"""Prints whether a kernel was forked."""


def name_by_environment(monkeypatch):
    """Let nothing but the environment name the provisioner."""
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "warm")
    monkeypatch.setattr(KernelProvisionerFactory, "_instance", None)


def kernelspec_writer(folder, monkeypatch):
    """Writes a kernelspec; gives its name."""
    monkeypatch.setenv("JUPYTER_PATH", str(folder))

    def write(argv=None, language="python", **more):
        place = folder / "kernels" / "other"
        place.mkdir(parents=True)
        argv = argv or [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Other", "language": language} | more
        (place / "kernel.json").write_text(json.dumps(spec))
        return "other"

    return write


# processes -------------------------------------------------------------------------------------


def memory(pid):
    """Private and resident bytes of a process."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size, *_ = line.split()
        sizes[name] = int(size) * 1024
    return sizes["Private_Clean:"] + sizes["Private_Dirty:"], sizes["Rss:"]


def alive(pid):
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid):
    """Processes that a process has started and that still run."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(number) for number in (task / "children").read_text().split()]
    return [number for number in found if alive(number)]


def descriptors(pid="self"):
    """What a process has open, by number."""
    found = {}
    for path in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found[int(path.name)] = os.readlink(path)
        except FileNotFoundError:
            continue
    return found


def wait_until(true, seconds=5.0):
    """Whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
