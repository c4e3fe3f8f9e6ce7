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
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from warmkernel import child, wire
from warmkernel.preload import Preload, ending_with_owner


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

    Attributes
    ----------
    added : dict of str to str
        Variables that importing ipykernel adds to the environment.
    """

    def __init__(self, control: socket.socket, owner: int) -> None:
        self.control = control
        self.owner = owner
        self.added: dict[str, str] = {}
        self.poll = select.poll()
        for descriptor in (control.fileno(), owner):
            self.poll.register(descriptor, select.POLLIN)
        self.children: dict[int, _Child] = {}
        self._over = False

    def serve(self) -> child.Job | None:
        """Serve until the owner ends, or lets go; in a forked process: what that is to do."""
        while not self._over:
            job = self._attend_all(None)
            if job is not None:
                return job
        self.end_all()
        return None

    def serve_waiting(self) -> child.Job | None:
        """Serve what waits to be served, and no more; in a forked process: what that is to do."""
        while not self._over:
            waiting = bool(self.poll.poll(0))
            job = self._attend_all(0) if waiting else None
            if job is not None or not waiting:
                return job
        raise SystemExit(1)

    def _attend_all(self, milliseconds: int | None) -> child.Job | None:
        """Attend to all that is told; in a process forked for it: what that is to do."""
        told = [descriptor for descriptor, _ in self.poll.poll(milliseconds)]
        for descriptor in told:
            self._attend(descriptor)
        self._over = self.owner in told
        if self.control.fileno() in told and not self._over:
            # Last: it opens descriptors, the others close some.
            request = wire.take(self.control)
            self._over = request is None
            if request is not None:
                return self._fork(*request)
        return None

    def end_all(self) -> None:
        """End what was forked."""
        for one in self._living():
            _signal(one.pid, signal.SIGKILL)
        for one in self._living():
            self._bury(one)

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
        """Close in a child what belongs to the server and to other children.

        What was there before is not its own to look through, or to close, at its end.
        """
        gc.freeze()
        gc.enable()
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


def _forked_early(server: Server, preload: Preload) -> child.Job | None:
    """Preload; in a process forked meanwhile for a call: what it is to do.

    Raises
    ------
    RuntimeError
        Something was left behind.
    """
    server.added = preload.added
    gc.disable()  # nearly all that importing makes stays
    for _ in preload.steps():
        job = None if left_behind(server, preload) else server.serve_waiting()
        if job is not None:
            return job
    gc.enable()
    gc.collect()  # what was only forgotten to be closed
    left = left_behind(server, preload)
    if left:
        raise RuntimeError(f"left behind: {', '.join(left)}")
    return None


def left_behind(server: Server, preload: Preload) -> list[str]:
    """What preloading has left behind, besides the server's own."""
    own = {one.pid for one in server.children.values()}
    return preload.left_behind(own, [*server.children, server.owner, server.control.fileno()])


def _prepared(server: Server, items: Sequence[str]) -> child.Job | None:
    """Preload, and say how that went; in a process forked meanwhile: what it is to do.

    Raises
    ------
    SystemExit
        It failed, or the owner has ended.
    """
    try:
        with ending_with_owner(server.control):
            job = _forked_early(server, Preload(items))
            if job is not None:
                return job
        sys.stdout.flush()  # once: else each kernel would say again what was said meanwhile
        sys.stderr.flush()
    except Exception as error:
        wire.say(server.control, {"failed": f"{type(error).__name__}: {error}"[:4000]})
        server.end_all()
        raise SystemExit(1) from error
    gc.freeze()  # now and not in each kernel, whose copy of all this it would be
    wire.say(server.control, {"ready": os.getpid()})
    return None


def serve() -> child.Job | None:
    """Preload, check that a fork is safe, say so, and serve; in a fork: what that is to do.

    A fork returns from here first, so that none of the server's frames are below its own.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as control:
        pid = int(sys.argv[2])
        try:
            owner = os.pidfd_open(pid)
        except ProcessLookupError:  # it was killed before this got here
            raise SystemExit(1) from None
        if os.getppid() != pid:
            raise SystemExit(1)
        server = Server(control, owner)
        return _prepared(server, sys.argv[3:]) or server.serve()
