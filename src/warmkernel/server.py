"""The zygote: imports what kernels need, then forks one process per request until its owner ends.

Run as ``python -m warmkernel.server FD ITEM...``: FD is a socket inherited from the owner, each
item a module to import, or ``module:function`` to call once.
"""

from __future__ import annotations

import array
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import warnings
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from warmkernel import child

_LARGEST = 1 << 20
_MOST_DESCRIPTORS = 32


@dataclass
class _Child:
    """A forked process, and the owner's end of its life."""

    pid: int
    ended: int
    """A descriptor that becomes readable when the process ends."""
    link: socket.socket
    """The owner closes its end to have the process killed; its exit status goes back here."""


class Server:
    """Forks processes, tells how each of them ended, and ends them all with its owner."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN)
        self.children: dict[int, _Child] = {}

    def serve(self) -> None:
        """Until the owner closes the control socket, or ends."""
        while True:
            for descriptor, _ in self.poll.poll():
                if descriptor != self.control.fileno():
                    self._attend(descriptor)
                elif not self._take_request():
                    self._end()
                    return

    def _take_request(self) -> bool:
        try:
            data, descriptors = _receive(self.control)
        except ConnectionError:
            return False
        if not data:
            return False
        with socket.socket(fileno=descriptors[0]) as link:
            self._fork(json.loads(data), link.dup(), descriptors[1:])
        return True

    def _fork(self, request: dict[str, Any], link: socket.socket, given: list[int]) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # native threads that know of forks
            pid = os.fork()
        if pid == 0:
            self._become_child()
            child.run(request, link, given, parent)
        for descriptor in given:
            os.close(descriptor)
        new = _Child(pid, os.pidfd_open(pid), link)
        for descriptor in (new.ended, link.fileno()):
            self.children[descriptor] = new
        self.poll.register(new.ended, select.POLLIN)
        self.poll.register(link, select.POLLRDHUP)
        _say(link, {"pid": pid})

    def _become_child(self) -> None:
        """Close in a child what belongs to the server and to other children."""
        self.control.close()
        for one in self._living():
            one.link.close()
            os.close(one.ended)

    def _attend(self, descriptor: int) -> None:
        one = self.children.get(descriptor)
        if one is None:
            return  # told of both its ends in one round
        if descriptor == one.ended:
            self._bury(one)
        else:
            _kill_group(one.pid)
            self.poll.unregister(descriptor)  # its end follows

    def _bury(self, one: _Child) -> None:
        _kill_group(one.pid)  # what it started goes with it; its number is still its own
        _, status = os.waitpid(one.pid, 0)
        _say(one.link, {"exit": os.waitstatus_to_exitcode(status)})
        for descriptor in (one.ended, one.link.fileno()):
            self.children.pop(descriptor)
            with suppress(KeyError):
                self.poll.unregister(descriptor)
        os.close(one.ended)
        one.link.close()

    def _living(self) -> list[_Child]:
        return list({one.pid: one for one in self.children.values()}.values())

    def _end(self) -> None:
        for one in self._living():
            _kill_group(one.pid)
            os.waitpid(one.pid, 0)


def _kill_group(pid: int) -> None:
    for kill in (os.killpg, os.kill):  # it may not have its group yet
        with suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    """A message and the descriptors that came with it."""
    descriptors = array.array("i")
    size = socket.CMSG_LEN(_MOST_DESCRIPTORS * descriptors.itemsize)
    data, ancillary, _, _ = control.recvmsg(_LARGEST, size, socket.MSG_CMSG_CLOEXEC)
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return data, list(descriptors)


def _say(link: socket.socket, message: dict[str, Any]) -> None:
    with suppress(OSError):  # the owner no longer listens
        link.send(json.dumps(message).encode(), socket.MSG_NOSIGNAL)


def preload(items: list[str]) -> None:
    """Import modules, call functions; leave the environment and the warnings as they were."""
    environment = dict(os.environ)
    with warnings.catch_warnings():
        for item in items:
            module, _, function = item.partition(":")
            loaded = import_module(module)
            if function:
                getattr(loaded, function)()
    os.environ.clear()
    os.environ.update(environment)


def main() -> None:
    """Preload, check that a fork is safe, say so, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # put there by `python -m`
    with socket.socket(fileno=int(sys.argv[1])) as control:
        try:
            preload(["ipykernel.kernelapp", "ipykernel.debugger", *sys.argv[2:]])
            threads = [t.name for t in threading.enumerate() if t is not threading.main_thread()]
            if threads:
                raise RuntimeError(f"threads were started while preloading: {threads}")
        except Exception as error:
            _say(control, {"failed": f"{type(error).__name__}: {error}"})
            raise SystemExit(1) from error
        gc.collect()
        gc.freeze()  # kernels need not look at, and so not copy, what was there before them
        _say(control, {"ready": os.getpid()})
        Server(control).serve()


if __name__ == "__main__":
    from warmkernel import server  # this module under its own name: one `Server`, not two

    server.main()
