"""The zygote and the private folder that all kernels of a process share."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Sequence

from warmkernel import folder as _folders
from warmkernel.folder import Folder
from warmkernel.zygote import NotAvailableError, Zygote, available

_preload: tuple[str, ...] = ()
_zygote: Zygote | None = None
_folder: Folder | None = None
_guard = threading.RLock()


def configure(preload: Sequence[str]) -> None:
    """Say what the shared zygote imports; it takes effect when the next one is started.

    Parameters
    ----------
    preload : sequence of str
        Modules to import, or ``module:function`` to call once. A function must leave things as
        a kernel is to find them: no thread, process or connection, no open figure.
    """
    global _preload
    _preload = tuple(preload)


def shared() -> Zygote:
    """The zygote of this process: started when first asked for, and again if it was killed.

    One that could not preload is kept, and says so to everybody, until something else is to be
    preloaded or it is closed.

    Raises
    ------
    NotAvailableError
    """
    global _zygote
    with _guard:
        if _zygote is not None and not _usable(_zygote):
            _zygote.close()
            _zygote = None
        if _zygote is None:
            folder()  # what killed processes have left goes now, not at the first kernel
            _zygote = Zygote(_preload)
        return _zygote


def _usable(zygote: Zygote) -> bool:
    return zygote.preload == _preload if zygote.failure else zygote.alive()


def folder() -> Folder:
    """The folder for sockets and connection files of this process.

    It outlives a zygote that was killed: a kernel that is restarted keeps its addresses.

    Raises
    ------
    NotAvailableError
        None can be made.
    """
    global _folder
    with _guard:
        if _folder is None:
            try:
                _folder = Folder()
            except OSError as error:
                raise NotAvailableError(f"no folder for sockets: {error}") from error
        return _folder


def sweep() -> None:
    """Remove what killed processes have left, also where no kernel is going to start."""
    if available():
        _folders.sweep(_folders.parent())


def close() -> None:
    """End the shared zygote and its kernels, if there is one, and remove the folder."""
    global _zygote, _folder
    with _guard:
        if _zygote is not None:
            _zygote.close()
            _zygote = None
        if _folder is not None:
            _folder.close()
            _folder = None


def _forget() -> None:
    """In a fork of this process: zygote and folder are its parent's."""
    global _guard, _zygote, _folder
    _guard = threading.RLock()
    if _zygote is not None:
        _zygote.abandon()
    if _folder is not None:
        _folder.abandon()
    _zygote = _folder = None


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
