"""Every kernel that this process has started, so that all can be killed at once.

It knows provisioners only by what they hold, so that it is there whole before the first of them
is: an interruption may come while their module is still being imported.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from warmkernel.process import Process

_provisioners: WeakSet[Any] = WeakSet()
_guard = threading.Lock()


def add(provisioner: Any) -> None:
    """Remember a provisioner, whose ``process`` is its kernel."""
    with _guard:
        _provisioners.add(provisioner)


def kill_all() -> None:
    """Kill every kernel that this process has started, without waiting for its end."""
    with _guard:
        provisioners = list(_provisioners)
    for provisioner in provisioners:
        process = provisioner.process
        if isinstance(process, Process):
            process.kill()
        elif process is not None and process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
