"""The zygote: imports what kernels need, then forks one process per request until its owner ends.

``serve`` is called with the arguments ``FD PID ITEM...`` in ``sys.argv``: FD is a socket inherited
from the owner, whose process number is PID; each item is a module to import, or
``module:function`` to call once.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from warmkernel import child, wire

_KERNEL = ("ipykernel.kernelapp", "ipykernel.debugger")
_INLINE = "matplotlib_inline.backend_inline"
_SHARED = ("socket:", "pipe:", "anon_inode:")


@dataclass
class _Child:
    """A forked process, and the owner's end of its life."""

    pid: int
    ended: int
    """A descriptor that becomes readable when the process ends."""
    link: socket.socket
    """Signals come from here; closed to have the process killed. Its exit status goes back."""


class Server:
    """Forks processes, tells how each of them ended, and ends them all with its owner.

    A process's number is used only until its end has been taken note of: till then it is its own.

    Parameters
    ----------
    control : socket
        Where requests come from.
    owner : int
        A descriptor that becomes readable when the owner ends.
    added : dict of str to str
        Variables that importing ipykernel adds to the environment.
    """

    def __init__(self, control: socket.socket, owner: int, added: dict[str, str]) -> None:
        self.control = control
        self.owner = owner
        self.added = added
        self.poll = select.poll()
        for descriptor in (control.fileno(), owner):
            self.poll.register(descriptor, select.POLLIN)
        self.children: dict[int, _Child] = {}

    def serve(self) -> child.Job | None:
        """Serve until the owner ends, or lets go; in a forked process: what that is to do."""
        while True:
            told = [descriptor for descriptor, _ in self.poll.poll()]
            for descriptor in told:
                self._attend(descriptor)
            if self.owner in told:
                break
            if self.control.fileno() in told:  # last: it opens descriptors, the others close some
                request = wire.take(self.control)
                if request is None:
                    break
                job = self._fork(*request)
                if job is not None:
                    return job
        for one in self._living():
            _signal(one.pid, signal.SIGKILL)
        for one in self._living():
            self._bury(one)
        return None

    def _fork(self, request: dict[str, Any], given: list[int]) -> child.Job | None:
        """Fork a process; if that fails, its owner sees that nobody holds the link."""
        if not given:
            return None
        link = socket.socket(fileno=given.pop(0))
        server = os.getpid()
        pid = _fork()
        if pid == 0:
            self._become_child()
            return child.Job(request, self.added, link, given, server)
        for descriptor in given:
            os.close(descriptor)
        if pid is None or not self._watch(pid, link):
            link.close()
        return None

    def _watch(self, pid: int, link: socket.socket) -> bool:
        """Whether a process's end can be watched; if not, it has been ended."""
        try:
            ended = os.pidfd_open(pid)
        except OSError:  # too many open files
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return False
        new = _Child(pid, ended, link)
        for descriptor in (ended, link.fileno()):
            self.children[descriptor] = new
            self.poll.register(descriptor, select.POLLIN | select.POLLRDHUP)
        wire.say(link, {"pid": pid})
        return True

    def _become_child(self) -> None:
        """Close in a child what belongs to the server and to other children."""
        self.control.close()
        os.close(self.owner)
        for one in self._living():
            one.link.close()
            os.close(one.ended)

    def _attend(self, descriptor: int) -> None:
        one = self.children.get(descriptor)
        if one is None:
            return  # the owner's; or of a child that was buried in this round
        if descriptor == one.ended:
            self._bury(one)
            return
        told = wire.hear(one.link)
        if told is None:
            _signal(one.pid, signal.SIGKILL)
            self.poll.unregister(descriptor)  # its end follows
        else:
            _signal(one.pid, told["signal"])

    def _bury(self, one: _Child) -> None:
        """Kill a process, should it live, and what it has started; tell how it ended."""
        _signal(one.pid, signal.SIGKILL)
        _, status = os.waitpid(one.pid, 0)
        wire.say(one.link, {"exit": os.waitstatus_to_exitcode(status)})
        for descriptor in (one.ended, one.link.fileno()):
            self.children.pop(descriptor)
            with suppress(KeyError):
                self.poll.unregister(descriptor)
        os.close(one.ended)
        one.link.close()

    def _living(self) -> list[_Child]:
        return list({one.pid: one for one in self.children.values()}.values())


def _fork() -> int | None:
    """Fork; None if the system has no process to give."""
    with warnings.catch_warnings():
        # Native threads of numerical libraries, which know of forks.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return os.fork()
        except OSError:
            return None


def _signal(pid: int, number: int) -> None:
    """Signal a process that was not waited for yet, and its group, if it has one already."""
    with suppress(ProcessLookupError):
        os.killpg(pid, number)
        return
    os.kill(pid, number)


def preload(items: Sequence[str]) -> dict[str, str]:
    """Import ipykernel and modules, call functions; the environment is put back afterwards.

    Warning filters that modules install stay, as they would if a kernel imported them.

    Returns
    -------
    dict of str to str
        What importing ipykernel has added to the environment: a kernel finds it there.

    Raises
    ------
    RuntimeError
        Something was left behind that a fork would break, or kernels would share.
    """
    environment, descriptors = dict(os.environ), _descriptors()
    for item in _KERNEL:
        import_module(item)
    added = {name: value for name, value in os.environ.items() if name not in environment}
    os.environ.setdefault("MPLBACKEND", f"module://{_INLINE}")  # ipykernel does, before any cell
    for item in items:
        module, _, function = item.partition(":")
        loaded = import_module(module)
        if function:
            getattr(loaded, function)()
    os.environ.clear()
    os.environ.update(environment)
    gc.collect()  # what was only forgotten to be closed
    left = [t.name for t in threading.enumerate() if t is not threading.main_thread()]
    left += [f"process {pid}" for pid in _processes()]
    left += [name for name in _descriptors() - descriptors if name.startswith(_SHARED)]
    left += [name for name in [_INLINE] if name in sys.modules]  # it works only where IPython is
    if left:
        raise RuntimeError(f"left behind: {', '.join(sorted(left))}")
    return added


def _processes() -> list[str]:
    """The processes that this one has started."""
    try:
        return Path("/proc/thread-self/children").read_text().split()
    except FileNotFoundError:  # a kernel built without it
        return []


def _descriptors() -> set[str]:
    """What this process has open."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the one for the listing itself
            found.add(os.readlink(f"/proc/self/fd/{name}"))
    return found


def _prepared(control: socket.socket, pid: int, items: Sequence[str]) -> Server:
    """Preload, and say how that went.

    Raises
    ------
    SystemExit
        It failed, or the owner has ended.
    """
    try:
        owner = os.pidfd_open(pid)
        if os.getppid() != pid:
            raise SystemExit(1)
        added = preload(items)
        sys.stdout.flush()  # once: else each kernel would say again what was said meanwhile
        sys.stderr.flush()
    except Exception as error:
        wire.say(control, {"failed": f"{type(error).__name__}: {error}"[:4000]})
        raise SystemExit(1) from error
    gc.freeze()  # kernels need not look at, and so not copy, what was there before them
    wire.say(control, {"ready": os.getpid()})
    return Server(control, owner, added)


def serve() -> child.Job | None:
    """Preload, check that a fork is safe, say so, and serve; in a fork: what that is to do.

    A fork returns from here first, so that none of the server's frames are below its own.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as control:
        return _prepared(control, int(sys.argv[2]), sys.argv[3:]).serve()
