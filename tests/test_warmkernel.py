"""Preloaded kernels: every way to them, and their options."""

import asyncio
import fcntl
import json
import os
import threading

import pytest
from jupyter_client.manager import AsyncKernelManager, KernelManager, start_new_kernel
from nbclient import NotebookClient

import warm_notebooks
from warm_notebooks import (
    WARM,
    Papermill,
    kernelspec_writer,
    name_by_environment,
    notebook,
    pm,
    said,
    wait_until,
)

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
    name_by_environment(monkeypatch)


@pytest.fixture
def kernelspec(tmp_path, monkeypatch):
    return kernelspec_writer(tmp_path, monkeypatch)


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
    begun = []

    def interrupt(message):
        if "begun" in message["content"].get("text", ""):
            begun.append(message)
            manager.interrupt_kernel()

    code = "import time; print('begun', flush=True); time.sleep(30)"
    try:
        reply = client.execute_interactive(code, timeout=20, output_hook=interrupt)
        printed, _ = executed(client, "print('goes on')")
    finally:
        client.stop_channels()
        manager.shutdown_kernel()

    assert begun and reply["content"]["ename"] == "KeyboardInterrupt"
    assert printed == "goes on\n"


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
