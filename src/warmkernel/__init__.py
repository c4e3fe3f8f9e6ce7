"""Preloaded Jupyter kernels: a fresh Python kernel in a tenth of a second, by forking.

A *zygote* is a process that has imported the slow libraries and serves one socket. Each kernel is
a fork of it: nothing passes from one notebook to the next, and nothing is imported twice.

It comes in through two extension points, and is used by name:

- papermill: ``papermill.execute_notebook(…, engine_name="warm")``
- jupyter_client: ``JUPYTER_DEFAULT_PROVISIONER_NAME=warm``, or a kernelspec's metadata
  ``{"kernel_provisioner": {"provisioner_name": "warm"}}``

:func:`configure` says what to import beforehand. Where a fork is not to be had, and for kernels
other than this interpreter's ipykernel, an ordinary kernel starts instead.
"""

from __future__ import annotations

from warmkernel.running import kill_all
from warmkernel.session import close, configure, shared, sweep
from warmkernel.zygote import CallError, NotAvailableError, Zygote, available

__all__ = [
    "CallError",
    "NotAvailableError",
    "Zygote",
    "available",
    "close",
    "configure",
    "kill_all",
    "shared",
    "sweep",
]
