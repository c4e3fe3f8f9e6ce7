"""What a forked process does: become a kernel, or call one function, and end cleanly."""

from __future__ import annotations

import atexit
import ctypes
import os
import pickle
import random
import shutil
import signal
import socket
import sys
import time
import traceback
import weakref
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module, invalidate_caches
from importlib.util import find_spec
from typing import Any, NoReturn

from warmkernel import wire
from warmkernel.ending import end, end_kernel

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


@dataclass
class Job:
    """What a forked process is for.

    Attributes
    ----------
    request : dict
        ``environment``, ``cwd``, ``umask`` (or None), ``memory`` (bytes or None); and
        ``command``, an ordinary kernel's, or ``function``, as ``module:name``, to call.
    added : dict of str to str
        Variables that the environment has beside, unless it has them already.
    link : socket
        To the owner.
    given : list of int
        Descriptors: standard input, output and error; for a call, files for the arguments and
        the result; others that are only to be kept open.
    server : int
        The process number of the zygote.
    """

    request: dict[str, Any]
    added: dict[str, str]
    link: socket.socket
    given: list[int]
    server: int

    def run(self) -> NoReturn:
        """Do it, and end this process."""
        code = 1
        try:
            _die_with(self.server)
            _set_up(self)
            code = _call(self) if "function" in self.request else _kernel(self)
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


def _set_up(job: Job) -> None:
    """Standard streams, environment, folder, limits and random states of a new process."""
    request = job.request
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the server ignores it
    for target, descriptor in enumerate(job.given[:3]):
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environment"])
    for name, value in job.added.items():
        os.environ.setdefault(name, value)
    time.tzset()
    os.chdir(request["cwd"])
    if request["umask"] is not None:
        os.umask(request["umask"])
    if request["memory"]:
        limit_memory(0, request["memory"])
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")  # this process, not its owner, goes first when memory runs out
    _renew()


def limit_memory(pid: int, memory: int) -> None:
    """Limit a process's private memory; 0 is this one."""
    import resource

    _, most = resource.prlimit(pid, resource.RLIMIT_DATA)
    if most != resource.RLIM_INFINITY:
        memory = min(memory, most)
    resource.prlimit(pid, resource.RLIMIT_DATA, (memory, memory))


def _renew() -> None:
    """What a process draws, or looks up, for itself, and would otherwise share with all others."""
    random.seed()
    if (numpy := _loaded("numpy.random")) is not None:
        numpy.seed()
    if (tempfile := _loaded("tempfile")) is not None:
        tempfile.tempdir = None  # the environment names it
    if (process := _loaded("multiprocessing.process")) is not None:
        process.current_process().authkey = os.urandom(32)
        process.ORIGINAL_DIR = os.getcwd()
    if (lines := _loaded("linecache")) is not None:
        lines.clearcache()
    invalidate_caches()  # modules may have been written since
    # Files made while preloading are removed when the zygote ends, not when a kernel does.
    for remove in (shutil.rmtree, os.remove, os.unlink, os.rmdir):
        atexit.unregister(remove)
    for finalizer in list(weakref.finalize._registry):  # type: ignore[attr-defined]
        finalizer.atexit = False


def _loaded(name: str) -> Any:
    """A module if it was imported. Looking through all of them would copy their memory."""
    return sys.modules.get(name)


def _call(job: Job) -> int:
    """Call a function with arguments from one file; its result, or exception, goes to another."""
    job.link.close()
    source, target = job.given[3:5]
    with open(source, "rb") as file:
        file.seek(0)
        arguments, keywords = pickle.load(file)
    module, _, name = job.request["function"].partition(":")
    try:
        outcome = (True, getattr(import_module(module), name)(*arguments, **keywords), "")
        content = pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        content = _raised(error)
    with open(target, "wb") as file:
        file.write(content)
    end()
    return 0


def _raised(error: Exception) -> bytes:
    """An exception and where it was raised; its text if the other side could not raise it."""
    where = "".join(traceback.format_exception(error))
    error.__traceback__ = None
    try:
        content = pickle.dumps((False, error, where), pickle.HIGHEST_PROTOCOL)
        pickle.loads(content)
    except Exception:
        text = f"{type(error).__name__}: {error}"
        content = pickle.dumps((False, text, where), pickle.HIGHEST_PROTOCOL)
    return content


def _kernel(job: Job) -> int:
    from ipykernel.kernelapp import IPKernelApp

    command = job.request["command"]
    launcher = find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin if launcher else command[2]), *command[3:]]
    sys.orig_argv, sys.executable = command, command[0]
    # The class has read its parent from the environment of the server.
    app: Any = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(sys.argv[1:])
    wire.say(job.link, {"bound": True})
    job.link.close()  # what the notebook forks is not to hold it
    app.start()
    end_kernel(app)
    return 0
