"""The owner's side of the zygote: start it, ask it for processes, end it."""

from __future__ import annotations

import array
import atexit
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warmkernel.folder import Folder

_LARGEST = 1 << 16
_AT_START = ("PYTHON", "LC_", "LANG", "MPL", "OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_", "TZ")
"""Variables that a process reads once, while it starts or imports: a fork cannot change them."""


class NotAvailableError(Exception):
    """No fork is to be had here; the text says why."""


class CallError(Exception):
    """A process that was to call a function ended without a result.

    Attributes
    ----------
    exit_code : int
        Negative: the number of the signal that ended it.
    """

    def __init__(self, function: str, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(f"{function} ended without a result, exit code {exit_code}")


def available() -> bool:
    """Whether this system can fork a prepared process and watch it."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and hasattr(os, "memfd_create")


def at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that a process reads only once."""
    return {k: v for k, v in environment.items() if k.startswith(_AT_START)}


class Process:
    """A forked process, with what `subprocess.Popen` offers to a kernel manager.

    Attributes
    ----------
    pid : int
    returncode : int or None
        None while it runs; negative: the number of the signal that ended it.
    link : socket
        Readable when there is news.
    """

    stdin = stdout = stderr = None

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.pid = 0
        self.bound = False
        self.returncode: int | None = None

    def note(self, news: bytes) -> None:
        """Take in a message of the server; no bytes mean that it ended."""
        if not news:
            if self.returncode is None:
                self.returncode = -signal.SIGKILL  # the server ended, and this process with it
            return
        told = json.loads(news)
        self.pid = told.get("pid", self.pid)
        self.bound = told.get("bound", self.bound)
        self.returncode = told.get("exit", self.returncode)

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        while self.returncode is None:
            try:
                self.note(self.link.recv(_LARGEST, socket.MSG_DONTWAIT))
            except BlockingIOError:
                break
            except OSError:
                self.note(b"")
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises
        ------
        TimeoutError
        """
        while self.returncode is None:
            self.link.settimeout(timeout)
            try:
                self.note(self.link.recv(_LARGEST))
            except ConnectionError:
                self.note(b"")
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Signal it, unless it has ended."""
        if self.poll() is None and self.pid:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of it; it is killed if it still runs."""
        self.link.close()


class Zygote:
    """A process with modules imported, from which kernels are forked.

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
        from warmkernel.folder import Folder

        self.folder: Folder = Folder()
        self.owner = os.getpid()
        self.at_start = at_start(os.environ)
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._ready = False
        self._control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "warmkernel.server", str(far.fileno()), *preload]
        with far:
            self.process = subprocess.Popen(
                command,
                pass_fds=[far.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in a terminal is for the owner
            )

    def alive(self) -> bool:
        """Whether it still serves."""
        return self.process.poll() is None

    def wait_ready(self) -> None:
        """Wait until everything is imported.

        Raises
        ------
        NotAvailableError
            Something could not be imported, or a thread was started while importing.
        """
        with self._lock:
            if self._ready:
                return
            try:
                news = json.loads(self._control.recv(_LARGEST) or b'{"failed": "it ended"}')
            except (OSError, ValueError) as error:
                news = {"failed": str(error)}
            if "failed" in news:
                raise NotAvailableError(f"preloading failed: {news['failed']}")
            self._ready = True

    def new_path(self) -> str:
        """A path in the private folder that no other process was given."""
        return str(self.folder.path / str(next(self._numbers)))

    def start(self, request: Mapping[str, Any], descriptors: Sequence[int]) -> Process:
        """Fork a process; see :func:`warmkernel.child.run` for what a request holds.

        Raises
        ------
        NotAvailableError
            The zygote has ended, or the request is too large.
        """
        self.wait_ready()
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        given = array.array("i", [far.fileno(), *descriptors])
        with far:
            try:
                rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, given)]
                self._control.sendmsg([json.dumps(request).encode()], rights)
            except OSError as error:
                near.close()
                raise NotAvailableError(f"the zygote does not answer: {error}") from error
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

        Parameters
        ----------
        function : str
        memory : int, optional
            Bytes of private memory that it may take.
        keep : sequence of int
            Descriptors to be kept open until it ends.
        *arguments, **keywords
            Anything that can be pickled; so must be the result, or the exception, which is
            raised here.

        Raises
        ------
        CallError
            The process was killed, or ended by itself.
        NotAvailableError
        """
        asked, answer = os.memfd_create("arguments"), os.memfd_create("result")
        with open(asked, "w+b") as source, open(answer, "r+b") as result:
            pickle.dump((arguments, keywords), source)
            source.seek(0)
            request = {
                "function": function,
                "environment": dict(os.environ),
                "cwd": os.getcwd(),
                "memory": memory,
            }
            with open(os.devnull, "rb") as nothing:
                standard = [nothing.fileno(), 1, 2]
                process = self.start(request, [*standard, asked, answer, *keep])
            try:
                code = process.wait()
            finally:
                process.close()
            result.seek(0)  # both processes share the position
            content = result.read()
        if code or not content:
            raise CallError(function, code)
        done, value = pickle.loads(content)
        if not done:
            raise value
        return value

    def close(self) -> None:
        """End it and all its processes, and remove its folder; only its owner does."""
        self._control.close()
        if os.getpid() != self.owner:
            return
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.close()


_preload: tuple[str, ...] = ()
_shared: Zygote | None = None
_guard = threading.Lock()


def configure(preload: Sequence[str]) -> None:
    """Say what the shared zygote imports; it takes effect when the next one is started."""
    global _preload
    _preload = tuple(preload)


def shared() -> Zygote:
    """The zygote of this process: started when first asked for, and again if it was killed.

    Raises
    ------
    NotAvailableError
    """
    global _shared
    with _guard:
        if _shared is not None and (os.getpid() != _shared.owner or not _shared.alive()):
            _shared.close()
            _shared = None
        if _shared is None:
            _shared = Zygote(_preload)
        return _shared


def close() -> None:
    """End the shared zygote and its kernels, if there is one."""
    global _shared
    with _guard:
        if _shared is not None:
            _shared.close()
            _shared = None


atexit.register(close)
