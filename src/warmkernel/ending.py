"""How a forked process ends: as an interpreter would, without taking everything down."""

from __future__ import annotations

import atexit
import ctypes
import gc
import io
import signal
import sys
import threading
from contextlib import suppress
from typing import Any

_JOIN_SECONDS = 0.5
_BUFFERED = (io.BufferedWriter, io.BufferedRandom)
_LAYERS: tuple[tuple[tuple[type, ...], tuple[type, ...]], ...] = (
    ((io.TextIOWrapper,), ()),
    ((io.BufferedIOBase,), _BUFFERED),  # compressed files
    (_BUFFERED, ()),
)
"""Kinds of files, from above to below, and what a kind does not include."""


def end_kernel(app: Any) -> None:
    """End a kernel whose event loop has stopped; the deadlock in ``IPKernelApp.close`` is avoided.

    That stops the iopub thread while the control thread still publishes its last message. Here
    the control thread is joined first, and sockets are left to the end of the process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the notebook may have put anything there
            stream.flush()
    app.control_thread.stop()
    app.control_thread.join(_JOIN_SECONDS)
    atexit.unregister(app.close)
    end()


def end() -> None:
    """Wait for threads, call exit functions, close files: an interpreter's order."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()  # IPython's own clears the notebook's names
    gc.collect()
    _close_files()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).fflush(None)


def _close_files() -> None:
    """Close what is still open somewhere, as the end of its module would."""
    standard = {
        id(file) for s in (sys.__stdin__, sys.__stdout__, sys.__stderr__) for file in _of(s)
    }
    files = [
        x for x in gc.get_objects() if issubclass(type(x), io.IOBase) and id(x) not in standard
    ]
    for kinds, others in _LAYERS:
        for file in files:
            if issubclass(type(file), kinds) and not issubclass(type(file), others):
                with suppress(Exception):  # nobody is there to be told, as in an interpreter
                    file.close()


def _of(stream: Any) -> list[Any]:
    """A text stream and what is below it."""
    buffer = getattr(stream, "buffer", None)
    return [stream, buffer, getattr(buffer, "raw", None)]
