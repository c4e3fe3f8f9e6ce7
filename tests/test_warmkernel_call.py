"""A function called in a forked process: its result, its exception, or how the process ended."""

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest

import called
import warmkernel
from warm_notebooks import alive, children, descriptors, wait_until

MIB = 1 << 20


@pytest.fixture(scope="module")
def zygote():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.path.dirname(called.__file__), prepend=os.pathsep)
        patch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        made = warmkernel.Zygote(["called"])
    yield made
    made.close()


def test_a_call_gives_back_the_result(zygote):
    assert zygote.call("called:echo", 1, b=["二"]) == ((1,), {"b": ["二"]})


def test_a_call_sees_what_its_caller_sees_at_this_moment(zygote, monkeypatch, tmp_path):
    monkeypatch.setenv("CALLED", "now")
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o077)
    try:
        seen = zygote.call("called:where")
    finally:
        os.umask(before)

    pid = seen.pop("pid")
    assert pid != os.getpid() and not alive(pid)
    assert seen == {
        "parent": zygote.process.pid,
        "folder": str(tmp_path),
        "variable": "now",
        "umask": 0o077,
        "input": "",
    }


def test_what_a_function_raises_is_raised_here_with_its_type(zygote):
    with pytest.raises(called.ProblemError) as raised:
        zygote.call("called:complains", ["table 2"])

    assert raised.value.places == ["table 2"]
    text = "".join(traceback.format_exception(raised.value))
    assert "in complains" in text  # where it was raised is told too


def test_large_arguments_and_results_pass(zygote):
    content = os.urandom(50_000_000)

    assert zygote.call("called:large", content) == content[::-1]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_process_that_is_killed_is_an_error_that_names_the_signal(zygote, number, capfd):
    with pytest.raises(warmkernel.CallError, match="killed") as raised:
        zygote.call("called:killed", int(number))

    assert raised.value.exit_code == -number


@pytest.mark.parametrize("function", ["leaves", "exits"])
def test_a_process_that_ends_by_itself_is_an_error_that_names_its_exit_code(zygote, function):
    with pytest.raises(warmkernel.CallError) as raised:
        zygote.call(f"called:{function}", 7)

    assert raised.value.exit_code == 7


def test_a_result_that_cannot_be_pickled_says_so(zygote):
    with pytest.raises(TypeError, match="pickle"):
        zygote.call("called:unpicklable")


@pytest.mark.parametrize("function", ["awkward", "local_error"])
def test_an_exception_that_cannot_be_pickled_is_told_by_its_text(zygote, function):
    with pytest.raises(warmkernel.CallError, match=r"AwkwardError: 1 2|LocalError: "):
        zygote.call(f"called:{function}")


def test_arguments_that_cannot_be_pickled_start_nothing(zygote):
    with pytest.raises(TypeError, match="pickle"):
        zygote.call("called:echo", threading.Lock())

    assert children(zygote.process.pid) == []


def test_too_much_memory_is_an_error_of_that_call_alone(zygote):
    with pytest.raises(MemoryError):
        zygote.call("called:allocates", 10 * MIB, memory=600 * MIB)

    assert zygote.call("called:echo", 1, memory=600 * MIB) == ((1,), {})


def test_threads_and_files_of_a_call_are_waited_for(zygote, tmp_path):
    zygote.call("called:writes", str(tmp_path / "left"))

    assert (tmp_path / "left").read_text() == "abc"


def test_calls_run_at_once(zygote):
    begun = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        pids = list(pool.map(lambda _: zygote.call("called:sleeps", 0.5), range(3)))

    assert len(set(pids)) == 3
    assert time.monotonic() - begun < 1.4


def test_a_call_that_is_interrupted_ends_its_process(zygote, tmp_path):

    def interrupt():
        wait_until((tmp_path / "waits").exists)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        zygote.call("called:waits", str(tmp_path / "waits"))
    thread.join()

    assert wait_until(lambda: children(zygote.process.pid) == [])


def test_calls_leave_nothing_behind(zygote):
    def state():
        return sorted(descriptors()), sorted(descriptors(zygote.process.pid))

    assert wait_until(lambda: len(state()[1]) == 5)  # three streams, its owner, the socket to it
    before = state()
    for function in ("echo", "where", "awkward", "unpicklable"):
        try:
            zygote.call(f"called:{function}")
        except Exception:
            continue

    assert wait_until(lambda: state() == before)
    assert children(zygote.process.pid) == []


def test_a_zygote_that_was_killed_is_not_available_any_more(monkeypatch):
    made = warmkernel.Zygote()
    made.wait_ready()
    os.kill(made.process.pid, signal.SIGKILL)
    made.process.wait()
    try:
        with pytest.raises(warmkernel.NotAvailableError):
            made.call("os:getpid")
        assert not made.alive()
    finally:
        made.close()


@pytest.fixture
def preloading(monkeypatch, tmp_path):
    """Makes zygotes that import ``called`` first and then take their time."""
    monkeypatch.setenv("PYTHONPATH", os.path.dirname(called.__file__), prepend=os.pathsep)
    monkeypatch.setenv("CALLED_SLOW", str(tmp_path / "slow"))
    made = []

    def zygote(*items):
        made.append(warmkernel.Zygote(["called", *items]))
        return made[-1]

    yield zygote
    for one in made:
        one.close()


def test_a_call_is_served_while_the_rest_is_still_being_imported(preloading, tmp_path):
    zygote = preloading("called:slow")

    called_at = zygote.call("called:now")

    zygote.wait_ready()
    assert called_at < float((tmp_path / "slow").read_text())
    assert zygote.call("called:echo", 1) == ((1,), {})


def test_a_call_of_a_zygote_that_fails_afterwards_says_that_there_is_none(preloading, tmp_path):
    zygote = preloading("called:slow_then_broken")

    with pytest.raises(warmkernel.NotAvailableError, match="ProblemError"):
        zygote.call("called:waits", str(tmp_path / "waits"))
    with pytest.raises(warmkernel.NotAvailableError, match="ProblemError"):
        zygote.call("called:echo", 1)

    assert (tmp_path / "waits").exists()  # it had begun
    zygote.process.wait()
    assert not zygote.alive()


def test_a_zygote_whose_owner_is_killed_ends_at_once_though_it_is_busy(tmp_path):
    code = (
        "import warmkernel, time; z = warmkernel.Zygote(['called:busy']);"
        " print(z.process.pid, flush=True); time.sleep(60)"
    )
    path = os.pathsep.join([os.path.dirname(called.__file__), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": path, "CALLED_BUSY": str(tmp_path / "busy")}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert wait_until((tmp_path / "busy").exists, 30)
        owner.kill()
        killed = time.monotonic()

    assert wait_until(lambda: not alive(pid), 10)
    assert time.monotonic() - killed < 2.5


def test_a_zygote_that_is_closed_while_it_is_waited_for_lets_go_at_once():
    made, errors = warmkernel.Zygote(["signal:pause"]), []

    def wait():
        try:
            made.wait_ready()
        except warmkernel.NotAvailableError as error:
            errors.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.5)
    begun = time.monotonic()
    made.close()
    thread.join()

    assert time.monotonic() - begun < 1
    assert len(errors) == 1


def test_a_fork_of_the_owner_leaves_the_zygote_alone(zygote):
    pid = os.fork()
    if pid == 0:
        zygote.close()
        os._exit(0)
    os.waitpid(pid, 0)

    assert zygote.call("called:echo", 1) == ((1,), {})
