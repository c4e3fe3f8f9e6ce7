"""Where a fork is not to be had, or would not be the same, an ordinary kernel starts."""

import json
import os
import re
import resource
import signal
import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import warm_notebooks
import warmkernel
from warm_notebooks import (
    WARM,
    Papermill,
    kernelspec_writer,
    name_by_environment,
    notebook,
    said,
)


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
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
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
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
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


@pytest.mark.parametrize("most", [5, 7], ids=["none left", "a few left"])
def test_a_zygote_that_has_no_descriptors_left_for_a_while_goes_on(run, most):
    assert run.said(WARM) is True
    zygote = warmkernel.shared().process.pid
    limits = resource.prlimit(zygote, resource.RLIMIT_NOFILE)
    resource.prlimit(zygote, resource.RLIMIT_NOFILE, (most, limits[1]))
    try:
        assert is_ordinary(run(WARM))
    finally:
        resource.prlimit(zygote, resource.RLIMIT_NOFILE, limits)

    assert run.said(WARM) is True
    assert warmkernel.shared().process.pid == zygote


def test_a_zygote_that_does_not_answer_is_not_waited_for_without_end(run, monkeypatch):
    assert run.said(WARM) is True
    zygote = warmkernel.shared().process
    monkeypatch.setattr("warmkernel.provisioner._START_SECONDS", 0.5)
    zygote.send_signal(signal.SIGSTOP)
    try:
        assert is_ordinary(run(WARM))
    finally:
        zygote.send_signal(signal.SIGCONT)

    assert run.said(WARM) is True
