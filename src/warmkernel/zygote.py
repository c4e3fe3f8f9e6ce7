"""The owner's side of a zygote: start it, ask it for processes, end it."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from warmkernel import wire
from warmkernel.process import Process

_READY_SECONDS = 120.0
"""How long importing may take."""
_START = (
    # Before anything is imported: a file here may have the name of a module.
    "import sys; sys.flags.safe_path or sys.path.pop(0);"
    " from warmkernel.server import serve; job = serve();"
    # By `exec` as in `python -m`: what a notebook may nest is what it may in an ordinary kernel.
    " exec('job and job.run()')"
)
_AT_START = (
    "PYTHON PYDEVD IPYTHON HOME XDG_ LC_ LANG TZ LD_ MALLOC_ GLIBC_ MPL MATPLOTLIB NPY_"
    " OMP_ GOMP_ KMP_ GOTO_ BLIS_ OPENBLAS_ MKL_ NUMEXPR_ NUMBA_ ARROW_"
)


class NotAvailableError(Exception):
    """No fork is to be had here; the text says why."""


class CallError(Exception):
    """A process that was to call a function ended without a result that could be given back.

    Attributes
    ----------
    exit_code : int
        Negative: the number of the signal that ended it.
    """

    def __init__(self, function: str, exit_code: int, raised: str = "") -> None:
        super().__init__(function, exit_code, raised)
        self.exit_code = exit_code

    def __str__(self) -> str:
        function, exit_code, raised = self.args
        if raised:
            return f"{function} raised what cannot be pickled: {raised}"
        return f"{function} ended without a result, exit code {exit_code}"


class RaisedElsewhereError(Exception):
    """Where an exception was raised in another process; the cause of the one raised here."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def available() -> bool:
    """Whether this system can fork a prepared process and watch it."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and hasattr(os, "memfd_create")


def at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that is read once, at start or import: no fork changes it."""
    return {k: v for k, v in environment.items() if k.startswith(tuple(_AT_START.split()))}


def umask() -> int | None:
    """The mask for new files of this process, read without changing it."""
    for line in Path("/proc/self/status").read_text("utf-8", "replace").splitlines():
        if line.startswith("Umask:"):
            return int(line.split()[1], 8)
    return None


class Zygote:
    """A process with modules imported, from which others are forked.

    What it inherits it has from the moment when it is made: user, priority, limits, and those
    environment variables that :func:`at_start` names.

    Parameters
    ----------
    preload : sequence of str
        Modules to import, or ``module:function`` to call once.

    Raises
    ------
    NotAvailableError
        This system has no fork to offer.
    """

    def __init__(self, preload: Sequence[str] = ()) -> None:
        if not available():
            raise NotAvailableError("preloaded kernels need Linux")
        self.preload = tuple(preload)
        self.owner = os.getpid()
        self.at_start = at_start(os.environ)
        self.failure = ""
        self._ready = False
        self._lock = threading.Lock()
        self._deadline = time.monotonic() + _READY_SECONDS
        self._control, far = wire.pair()
        given = [str(far.fileno()), str(self.owner)]
        with far:
            try:
                self.process = subprocess.Popen(
                    [sys.executable, "-c", _START, *given, *self.preload],
                    pass_fds=[far.fileno()],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C in a terminal is for the owner
                )
            except OSError as error:
                self._control.close()
                raise NotAvailableError(f"no process can be started: {error}") from error

    def alive(self) -> bool:
        """Whether it still serves, or will."""
        return self.process.poll() is None

    def decided(self) -> bool:
        """Whether it is known that it serves, or that it will not; does not wait."""
        if self._lock.acquire(blocking=False):  # else somebody waits, who will know
            try:
                self._learn(0)
            finally:
                self._lock.release()
        return self._ready or bool(self.failure)

    def wait_ready(self) -> None:
        """Wait until everything is imported.

        Raises
        ------
        NotAvailableError
            Something could not be imported, or left threads, processes or connections behind,
            which a fork would break or share.
        """
        with self._lock:
            self._learn(max(self._deadline - time.monotonic(), 0.1))
        if self.failure:
            raise NotAvailableError(self.failure)

    def _learn(self, seconds: float) -> None:
        """Hear what it has to say of its preloading, once."""
        if self._ready or self.failure:
            return
        try:
            self._control.settimeout(seconds)
            news = wire.hear(self._control)
            self._control.settimeout(None)
        except BlockingIOError:
            if time.monotonic() < self._deadline:
                return
            news = {"failed": f"it takes more than {_READY_SECONDS:.0f} s"}
        except TimeoutError:
            news = {"failed": f"it takes more than {_READY_SECONDS:.0f} s"}
        except OSError as error:  # closed by another thread
            news = {"failed": str(error)}
        if news is None or "failed" in news:
            self.failure = f"preloading failed: {(news or {}).get('failed', 'it ended')}"
            self.process.kill()
        self._ready = not self.failure

    def start(self, request: Mapping[str, Any], descriptors: Sequence[int]) -> Process:
        """Fork a process; see :class:`warmkernel.child.Job` for what a request holds.

        Raises
        ------
        NotAvailableError
            The zygote has ended, or a descriptor is not open.
        """
        self.wait_ready()
        return self._ask(request, descriptors)

    def _ask(self, request: Mapping[str, Any], descriptors: Sequence[int]) -> Process:
        near, far = wire.pair()
        with far:
            try:
                wire.ask(self._control, request, [far.fileno(), *descriptors])
            except OSError as error:
                near.close()
                raise NotAvailableError(f"the zygote cannot be asked: {error}") from error
        return Process(near)

    def call(
        self,
        function: str,
        /,
        *arguments: Any,
        memory: int | None = None,
        keep: Sequence[int] = (),
        **keywords: Any,
    ) -> Any:
        """Call ``module:function`` in a process of its own and give back what it returns.

        It does not wait until everything is imported: it is served after the first item, or
        the next.

        Parameters
        ----------
        function : str
        memory : int, optional
            Bytes of memory that it may take, those of the zygote counted in.
        keep : sequence of int
            Descriptors to be kept open until it ends.
        *arguments, **keywords
            Anything that can be pickled; so must be the result.

        Raises
        ------
        Exception
            What the function raises; or what keeps its result from being pickled.
        CallError
            The process was killed, ended by itself, or raised what cannot be pickled.
        NotAvailableError
        """
        asked, answer = os.memfd_create("arguments"), os.memfd_create("result")
        with open(asked, "w+b") as source, open(answer, "r+b") as result:
            pickle.dump((arguments, keywords), source)
            source.flush()
            request = surroundings(os.environ, os.getcwd(), memory) | {"function": function}
            with standard_streams() as streams:
                if self.failure:
                    raise NotAvailableError(self.failure)
                process = self._ask(request, [*streams, asked, answer, *keep])
            try:
                self._wait_forked(process)
                code = process.wait()
            finally:
                process.close()
            if code and self.decided() and self.failure:
                raise NotAvailableError(self.failure)
            if not process.pid:
                raise NotAvailableError("no process could be forked")
            result.seek(0)  # both processes share the position
            content = result.read()
        if code or not content:
            raise CallError(function, code)
        done, value, where = pickle.loads(content)
        if done:
            return value
        if isinstance(value, str):
            value = CallError(function, 1, value)
        raise value from RaisedElsewhereError(where)

    def _wait_forked(self, process: Process) -> None:
        """Wait for a process while there is still something to be imported.

        Raises
        ------
        NotAvailableError
        """
        try:
            if not self._ready:
                process.wait_forked(max(self._deadline - time.monotonic(), 0.1))
        except TimeoutError:
            self.wait_ready()  # the time is over for that, too

    def abandon(self) -> None:
        """In a fork of the owner: close the descriptors, which are its own copies."""
        self._control.close()
        self.process.returncode = 0  # not a child of this process

    def close(self) -> None:
        """End it and all its processes; only its owner does."""
        if os.getpid() != self.owner:
            self.abandon()
            return
        try:
            self._control.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for it
        except OSError:
            pass  # it has ended, or this was done before
        self._control.close()
        if not self._ready:
            self.process.kill()  # it may be busy importing, and has no processes yet
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def surroundings(environment: Mapping[str, str], cwd: str, memory: int | None) -> dict[str, Any]:
    """What a request says of the process to be forked."""
    return {
        "environment": {os.fsdecode(k): os.fsdecode(v) for k, v in environment.items()},
        "cwd": cwd,
        "memory": memory,
        "umask": umask(),
    }


@contextmanager
def standard_streams() -> Iterator[list[int]]:
    """Descriptors for a process's standard streams: no input, this process's outputs if open."""
    ended, end = os.pipe()
    os.close(end)
    with open(ended, "rb"), open(os.devnull, "wb") as nothing:
        yield [ended, *(n if _is_open(n) else nothing.fileno() for n in (1, 2))]


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
