"""A forked process as its owner sees it."""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

from warmkernel import wire


class Process:
    """A forked process, with what `subprocess.Popen` offers to a kernel manager.

    It is signalled by the zygote, which knows that the number is still its own.

    Attributes
    ----------
    pid : int
        0 until it is known, or if the process could not be forked.
    bound : bool
        A kernel whose sockets are there.
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

    def note(self, news: dict[str, Any] | None) -> None:
        """Take in a message of the zygote; None means that it ended."""
        if news is None:
            self._lost()
            return
        self.pid = news.get("pid", self.pid)
        self.bound = news.get("bound", self.bound)
        self.returncode = news.get("exit", self.returncode)

    def _lost(self) -> None:
        """The zygote was killed, and this process with it; what it started was not."""
        if self.returncode is None:
            self.returncode = -signal.SIGKILL
            if self.pid:
                try:
                    os.killpg(self.pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    pass  # it has started nothing, or nothing that is left

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        while self.returncode is None:
            try:
                self.note(wire.hear(self.link, socket.MSG_DONTWAIT))
            except BlockingIOError:
                break
        return self.returncode

    def wait_forked(self, timeout: float) -> None:
        """Wait until there is a process, or is known that there will be none.

        Raises
        ------
        TimeoutError
        """
        self.link.settimeout(timeout)
        while self.returncode is None and not self.pid:
            self.note(wire.hear(self.link))

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises
        ------
        TimeoutError
        """
        self.link.settimeout(timeout)
        while self.returncode is None:
            self.note(wire.hear(self.link))
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Signal it and what it has started, unless it has ended."""
        if self.poll() is None:
            wire.say(self.link, {"signal": number})

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of it; it is killed if it still runs."""
        if self.returncode is None:
            self.returncode = -signal.SIGKILL
        try:
            self.link.shutdown(socket.SHUT_RDWR)  # a fork of this process may have a copy
        except OSError:
            pass  # closed before, or by the other side
        self.link.close()
