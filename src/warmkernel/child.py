"""What a forked process does: become a kernel, or call one function, and end cleanly."""

from __future__ import annotations

import atexit
import ctypes
import gc
import io
import json
import os
import pickle
import random
import signal
import socket
import sys
import threading
import time
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1
_JOIN_SECONDS = 0.5


def run(request: dict[str, Any], link: socket.socket, given: list[int], parent: int) -> NoReturn:
    """Do what a request asks for; never returns.

    Parameters
    ----------
    request : dict
        ``environment``, ``cwd``, ``memory`` (bytes or None), and ``argv`` of a kernel or
        ``function`` to call.
    link : socket
        To the owner.
    given : list of int
        Descriptors: standard input, output and error; for a call, files for the arguments and
        the result; others that are only to be kept open.
    parent : int
        The server's process number.
    """
    code = 1
    try:
        _die_with(parent)
        _set_up(request, given)
        code = _call(request, given) if "function" in request else _kernel(request, link)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        with suppress(Exception):
            sys.__stdout__.flush()  # type: ignore[union-attr]
            sys.__stderr__.flush()  # type: ignore[union-attr]
        os._exit(code)


def _die_with(parent: int) -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # the server ended before the line above
    os.setsid()


def _set_up(request: dict[str, Any], given: list[int]) -> None:
    """Standard streams, environment, folder, limits and random states of a new process."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the server ignores it
    for target, descriptor in enumerate(given[:3]):
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["cwd"])
    _limit(request.get("memory"))
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _limit(memory: int | None) -> None:
    """Limit private memory; and let this process, not its owner, go first when there is none."""
    if memory:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")


def _call(request: dict[str, Any], given: list[int]) -> int:
    """Call a function with arguments from one file; its result, or exception, goes to another."""
    module, _, name = request["function"].partition(":")
    with open(given[3], "rb") as file:
        arguments, keywords = pickle.load(file)
    outcome: tuple[bool, Any]
    try:
        outcome = (True, getattr(import_module(module), name)(*arguments, **keywords))
    except Exception as error:
        error.__traceback__ = None
        outcome = (False, error)
    buffer = io.BytesIO()
    pickle.dump(outcome, buffer)
    with open(given[4], "wb") as file:
        file.write(buffer.getvalue())
    return 0


def _kernel(request: dict[str, Any], link: socket.socket) -> int:
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = request["argv"]
    # The class has read its parent from the environment of the server.
    app: Any = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(sys.argv[1:])
    link.send(json.dumps({"bound": True}).encode())
    app.start()
    _end_kernel(app)
    return 0


def _end_kernel(app: Any) -> None:
    """End as an interpreter does, but without the deadlock of ``IPKernelApp.close``.

    That stops the iopub thread while the control thread still publishes its last message. Here
    the control thread is joined first, and sockets are left to the end of the process.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    app.kernel.shell.user_ns.clear()
    gc.collect()  # files that the notebook left open are flushed
    app.control_thread.join(_JOIN_SECONDS)
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join()  # as an interpreter waits; the owner does not wait for ever
    atexit.unregister(app.close)
    atexit._run_exitfuncs()
