"""Preloaded kernels: every way to them, their options, and ordinary kernels where none is had."""

import asyncio
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import threading

import pytest
from jupyter_client.manager import AsyncKernelManager, KernelManager, start_new_kernel
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import warm_notebooks
import warmkernel
from warm_notebooks import Papermill, notebook, pm, said, wait_until

WARM = "import json, sys; print(json.dumps('warmkernel.child' in sys.modules))"
MIB = 1 << 20


@pytest.fixture(scope="module", autouse=True)
def preloaded():
    with warm_notebooks.preloaded():
        yield


@pytest.fixture
def run(tmp_path):
    return Papermill(tmp_path)


@pytest.fixture
def by_environment(monkeypatch):
    """The provisioner is named by nothing but the environment."""
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "warm")
    monkeypatch.setattr(KernelProvisionerFactory, "_instance", None)


@pytest.fixture
def kernelspec(tmp_path, monkeypatch):
    """Writes a kernelspec; gives its name."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    def write(argv=None, language="python", **more):
        folder = tmp_path / "kernels" / "other"
        folder.mkdir(parents=True)
        argv = argv or [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Other", "language": language} | more
        (folder / "kernel.json").write_text(json.dumps(spec))
        return "other"

    return write


def executed(client, code):
    """What a blocking client's kernel prints for some code, and the reply's status."""
    printed = []
    reply = client.execute_interactive(
        code, timeout=20, output_hook=lambda m: printed.append(m["content"].get("text", ""))
    )
    return "".join(printed), reply["content"]["status"]


# every way -------------------------------------------------------------------------------------


def test_a_notebook_runs_through_papermills_engine(run):
    nb = run("a = 6", "a * 7", WARM)

    assert nb.cells[-2].outputs[0].data["text/plain"] == "42"
    assert json.loads(said(nb)) is True
    assert [cell.metadata.papermill.status for cell in nb.cells] == ["completed"] * 3


def test_jupyter_client_forks_when_the_environment_says_so(by_environment):
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        printed, status = executed(client, WARM)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()

    assert (json.loads(printed), status) == (True, "ok")


def test_nbclient_alone_forks_when_the_environment_says_so(by_environment):
    nb = notebook(WARM)
    NotebookClient(nb, kernel_manager_class=AsyncKernelManager).execute()

    assert json.loads(said(nb)) is True


def test_a_kernelspec_may_ask_for_preloaded_kernels(kernelspec):
    name = kernelspec(metadata={"kernel_provisioner": {"provisioner_name": "warm"}})
    nb = notebook(WARM, kernel=name)
    NotebookClient(nb, kernel_name=name).execute()

    assert json.loads(said(nb)) is True


def test_kernels_of_one_event_loop_run_side_by_side(by_environment):
    async def one():
        nb = notebook("import os, time; time.sleep(0.5)", WARM)
        await NotebookClient(nb, kernel_manager_class=AsyncKernelManager).async_execute()
        return json.loads(said(nb))

    async def three():
        return await asyncio.gather(one(), one(), one())

    assert asyncio.run(three()) == [True] * 3


def test_a_restarted_kernel_keeps_its_clients_and_nothing_else(by_environment):
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        before, _ = executed(client, "import os; kept = 1; print(os.getpid())")
        manager.restart_kernel()
        client.wait_for_ready(timeout=20)
        after, _ = executed(client, f"import os; {WARM}; print(os.getpid(), 'kept' in globals())")
    finally:
        client.stop_channels()
        manager.shutdown_kernel()

    warm, pid, kept = after.split()
    assert (warm, kept) == ("true", "False")
    assert pid != before.strip()


def test_a_kernel_is_interrupted_and_goes_on(by_environment):
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        pid = int(executed(client, "import os; print(os.getpid())")[0])
        timer = threading.Timer(0.5, os.kill, (pid, signal.SIGINT))
        timer.start()
        _, status = executed(client, "import time; time.sleep(30)")
        timer.join()
        manager.interrupt_kernel()  # idle: nothing to interrupt
        printed, _ = executed(client, "print('goes on')")
    finally:
        client.stop_channels()
        manager.shutdown_kernel()

    assert (status, printed) == ("error", "goes on\n")


def test_a_manager_that_demands_encryption_gets_it(by_environment):
    manager = KernelManager(kernel_name="python3", transport_encryption="required")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=20)
        printed, _ = executed(client, WARM)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()

    assert json.loads(printed) is True
    assert manager.curve_publickey


def test_an_environment_of_any_size_reaches_the_kernel(run, monkeypatch):
    for number in range(8):
        monkeypatch.setenv(f"LARGE_{number}", "x" * 100_000)

    sizes = run.said(
        WARM,
        "import os, json; print(json.dumps([len(os.environ[f'LARGE_{n}']) for n in range(8)]))",
    )

    assert sizes == [100_000] * 8


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_notebook_may_use_multiprocessing(run, method):
    code = (
        "import multiprocessing, math, json\n"
        f"with multiprocessing.get_context({method!r}).Pool(1) as pool:\n"
        "    print(json.dumps(pool.map(math.sqrt, [4, 9])))"
    )

    assert run.said(code) == [2.0, 3.0]


# options ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ordinary", [False, True])
def test_too_much_memory_is_an_error_of_that_notebook_alone(run, ordinary):
    with pytest.raises(pm.PapermillExecutionError, match="MemoryError"):
        run("x = bytearray(1_000_000_000)", memory=700 * MIB, ordinary=ordinary)

    assert run.said("x = bytearray(1_000_000_000); print(len(x))") == 1_000_000_000
    assert run.said("x = bytearray(10_000_000); print(len(x))", memory=700 * MIB) == 10_000_000


@pytest.mark.parametrize("ordinary", [False, True])
def test_a_kept_descriptor_is_open_until_the_kernel_ends(run, tmp_path, ordinary):
    lock, go = tmp_path / "lock", tmp_path / "go"
    lock.touch()
    descriptor = os.open(lock, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    started, cell = (
        f"open({str(tmp_path / 'started')!r}, 'w').close()",
        f"import os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.01)",
    )
    thread = threading.Thread(
        target=run, args=(started, cell), kwargs={"keep": [descriptor], "ordinary": ordinary}
    )
    thread.start()
    assert wait_until((tmp_path / "started").exists, 20)
    os.close(descriptor)

    with lock.open() as file:
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        go.touch()
        thread.join()
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


# ordinary kernels instead ----------------------------------------------------------------------


def is_ordinary(nb):
    return json.loads(said(nb)) is False


def test_another_system_gets_ordinary_kernels(run, monkeypatch, capfd):
    warmkernel.close()
    monkeypatch.setattr("warmkernel.zygote.available", lambda: False)

    assert is_ordinary(run(WARM))
    assert capfd.readouterr().err == ""


def test_what_cannot_be_preloaded_means_ordinary_kernels(run, capfd):
    with warm_notebooks.preloaded("no_such_module"):
        assert is_ordinary(run(WARM))
        failed = warmkernel.shared()
        assert is_ordinary(run(WARM))
        assert warmkernel.shared() is failed  # not tried again for each notebook

        warmkernel.configure(())
        assert run.said(WARM) is True
    assert capfd.readouterr().err == ""


LEFT_BEHIND = {
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()",
    "a process": "import subprocess\nkept = subprocess.Popen(['sleep', '60'])",
    "a connection": "import socket\nkept = socket.socketpair()",
    "a figure of a notebook": "import matplotlib.pyplot as plt\nplt.figure()",
}


@pytest.mark.parametrize("left", LEFT_BEHIND)
def test_what_a_fork_would_break_or_share_is_not_served(left, tmp_path, monkeypatch):
    (tmp_path / "leaves.py").write_text(LEFT_BEHIND[left])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    zygote = warmkernel.Zygote(["leaves"])
    try:
        with pytest.raises(warmkernel.NotAvailableError, match="left behind"):
            zygote.wait_ready()
    finally:
        zygote.close()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise SystemExit(3)", "it ended"),
        ("import os; os._exit(3)", "it ended"),
        ("1 / 0", "ZeroDivisionError"),
        ("import time; time.sleep(60)", "more than"),
    ],
)
def test_preloading_that_fails_is_said_with_its_reason(code, reason, tmp_path, monkeypatch):
    (tmp_path / "fails.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("warmkernel.zygote._READY_SECONDS", 1.5)
    zygote = warmkernel.Zygote(["fails"])
    try:
        with pytest.raises(warmkernel.NotAvailableError, match=reason):
            zygote.wait_ready()
    finally:
        zygote.close()


def test_variables_that_python_reads_at_its_start_mean_an_ordinary_kernel(by_environment):
    nb = notebook(WARM, "print(hash('a'))")
    NotebookClient(nb).execute(env={**os.environ, "PYTHONHASHSEED": "7"})
    other = subprocess.run(
        [sys.executable, "-c", "print(hash('a'))"],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert nb.cells[0].outputs[0].text == "false\n"
    assert said(nb) == other.stdout


def test_variables_of_a_kernelspec_count_too(run, kernelspec):
    name = kernelspec(env={"PYTHONHASHSEED": "7", "OTHER": "1"})

    assert is_ordinary(run(WARM, kernel=name))


def test_another_interpreter_is_started_not_forked(run, kernelspec, tmp_path):
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    other.chmod(0o755)
    name = kernelspec([str(other), "-m", "ipykernel_launcher", "-f", "{connection_file}"])

    assert is_ordinary(run(WARM, kernel=name))


ECHO = """
import sys
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Echo(Kernel):
    implementation = language = "echo"
    implementation_version = "1"
    banner = ""
    language_info = {"name": "echo", "mimetype": "text/plain", "file_extension": ".txt"}

    async def do_execute(self, code, silent, *args, **kwargs):
        text = f"{self.parent.transport}: {code}"
        self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": text})
        return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}

IPKernelApp.launch_instance(kernel_class=Echo)
"""


def test_a_kernel_of_another_language_is_started_as_ever(run, kernelspec, tmp_path):
    (tmp_path / "echo.py").write_text(ECHO)
    argv = [sys.executable, str(tmp_path / "echo.py"), "-f", "{connection_file}"]
    name = kernelspec(argv, language="echo")

    assert said(run("summa", kernel=name)) == "tcp: summa"


def test_a_kernel_with_streams_of_its_own_is_ordinary(by_environment, tmp_path):
    nb = notebook(WARM, "import os; _ = os.write(1, b'down there')")
    with (tmp_path / "out").open("wb") as out:
        NotebookClient(nb).execute(stdout=out)

    assert nb.cells[0].outputs[0].text == "false\n"
    assert (tmp_path / "out").read_bytes() == b"down there"


def test_a_folder_that_is_not_there_is_the_error_that_it_always_was(by_environment):
    with pytest.raises(FileNotFoundError):
        NotebookClient(notebook("1")).execute(cwd="/no/such/folder")


def test_a_cell_that_fails_is_the_error_that_it_always_was(by_environment):
    with pytest.raises(CellExecutionError, match=re.escape("ZeroDivisionError")):
        NotebookClient(notebook("1 / 0")).execute()
