"""What a zygote imports before it serves, and what must not be left behind by it."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

_KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.extensions.storemagic",
    "psutil",
    "tornado.platform.asyncio",
)
"""What every kernel imports on its way, or when it ends."""

_INLINE = "matplotlib_inline.backend_inline"
_SHARED = ("socket:", "pipe:", "anon_inode:")


class Preload:
    """Imports ipykernel and modules, calls functions; the environment is put back afterwards.

    Warning filters that modules install stay, as they would if a kernel imported them.

    Parameters
    ----------
    items : sequence of str
        Modules to import, or ``module:function`` to call once.

    Attributes
    ----------
    added : dict of str to str
        What importing ipykernel has added to the environment: a kernel finds it there.
    """

    def __init__(self, items: Sequence[str]) -> None:
        self.items = tuple(items)
        self.added: dict[str, str] = {}
        self._descriptors = open_descriptors()

    def steps(self) -> Generator[None]:
        """Do it item by item; between two a fork is safe if nothing is :meth:`left_behind`."""
        environment = dict(os.environ)
        for item in _KERNEL:
            import_module(item)
        self.added |= {k: v for k, v in os.environ.items() if k not in environment}
        os.environ.setdefault("MPLBACKEND", f"module://{_INLINE}")  # as ipykernel does
        for item in self.items:
            module, _, function = item.partition(":")
            loaded = import_module(module)
            if function:
                getattr(loaded, function)()
            yield
        os.environ.clear()
        os.environ.update(environment)

    def left_behind(self, processes: Collection[int], descriptors: Collection[int]) -> list[str]:
        """What a fork would break, or kernels would share; after collecting garbage, if at all.

        Parameters
        ----------
        processes, descriptors : collection of int
            The caller's own.
        """
        own = {name for number in descriptors if (name := _target(number))}
        left = [t.name for t in threading.enumerate() if t is not threading.main_thread()]
        left += [f"process {pid}" for pid in _processes() if pid not in processes]
        new = open_descriptors() - self._descriptors - own
        left += [name for name in new if name.startswith(_SHARED)]
        left += [name for name in [_INLINE] if name in sys.modules]  # works only where IPython is
        return sorted(left)


def open_descriptors() -> set[str]:
    """What this process has open."""
    return {name for number in os.listdir("/proc/self/fd") if (name := _target(number))}


def _target(descriptor: int | str) -> str:
    with suppress(FileNotFoundError):  # the one for the listing itself
        return os.readlink(f"/proc/self/fd/{descriptor}")
    return ""


def _processes() -> list[int]:
    """The processes that this one has started."""
    try:
        return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]
    except FileNotFoundError:  # a kernel built without it
        return []


@contextmanager
def ending_with_owner(control: socket.socket) -> Iterator[None]:
    """Meanwhile this process ends as soon as the other side does, however busy it is."""

    def look(*_: object) -> None:
        with suppress(BlockingIOError):  # a request, or nothing
            flags = socket.MSG_PEEK | socket.MSG_DONTWAIT
            try:
                ended = not control.recv(1, flags)
            except ConnectionError:
                ended = True
            if ended:
                os._exit(1)

    before = signal.signal(signal.SIGIO, look)
    mode = fcntl.fcntl(control, fcntl.F_GETFL)
    fcntl.fcntl(control, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(control, fcntl.F_SETFL, mode | os.O_ASYNC)
    look()  # it may have ended before
    try:
        yield
    finally:
        if control.fileno() >= 0:  # in a fork it is closed, and the mode is shared
            fcntl.fcntl(control, fcntl.F_SETFL, mode)
        signal.signal(signal.SIGIO, before)
