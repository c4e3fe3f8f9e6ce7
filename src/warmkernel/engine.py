"""A papermill engine: nbclient's own, with preloaded kernels and a client that does not wait."""

from __future__ import annotations

import threading
import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from papermill.engines import NBClientEngine
from papermill.iorw import write_ipynb
from traitlets import Type

_PATIENCE = 0.25
"""Seconds after which a kernel that says nothing is looked at, and asked again."""


class QuickClient(AsyncKernelClient):
    """Ready as soon as the kernel says so.

    The client that this is made from listens for 0.2 seconds of silence. A kernel greets a new
    subscriber of its iopub channel, and ends each request by saying that it is idle: after these
    two nothing can be missed, and nothing is left over.
    """

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        wanted = ""
        while True:
            message = await self._next("iopub", deadline)
            if message is None or message["msg_type"] == "iopub_welcome":
                wanted = self.kernel_info()  # not there yet, or does not greet; or just did
            elif _idle_after(message, wanted):
                break
        while True:
            reply = await self._next("shell", deadline)
            if reply is not None and reply["parent_header"].get("msg_id") == wanted:
                self._handle_kernel_info_reply(reply)
                return

    async def _next(self, channel: str, deadline: float) -> dict[str, Any] | None:
        """The next message of a channel; None if there is none for a while.

        Raises
        ------
        RuntimeError
            The kernel has died, or time is up.
        """
        try:
            get = self.get_iopub_msg if channel == "iopub" else self.get_shell_msg
            message: dict[str, Any] = await get(timeout=_PATIENCE)
        except Empty:
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info") from None
            if time.monotonic() > deadline:
                raise RuntimeError("Kernel didn't respond in time") from None
            return None
        return message

    wait_for_ready = _async_wait_for_ready


def _idle_after(message: dict[str, Any], request: str) -> bool:
    """Whether a message says that the kernel is idle after a request."""
    about = message["parent_header"].get("msg_id")
    return bool(
        message["msg_type"] == "status"
        and message["content"]["execution_state"] == "idle"
        and about == request
    )


class WarmManager(AsyncKernelManager):
    """A kernel manager whose kernels come from the warm provisioner."""

    client_factory = Type(klass=AsyncKernelClient, default_value=QuickClient)

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The kernelspec, asking for the warm provisioner unless it names another."""
        spec = super().kernel_spec
        if spec is not None:
            spec.metadata.setdefault("kernel_provisioner", {"provisioner_name": "warm"})
        return spec


class WarmEngine(NBClientEngine):  # type: ignore[misc]  # papermill has no hints
    """``engine_name="warm"``: takes what papermill's own engine takes.

    Traits of :class:`~warmkernel.provisioner.WarmProvisioner` are set through
    ``config=traitlets.config.Config({"WarmProvisioner": {"memory": …}})``.
    """

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, unfinished: str | None = None, **kwargs: Any
    ) -> Any:
        """Run the notebook of an execution manager; see papermill.

        Parameters
        ----------
        nb_man : NotebookExecutionManager
        kernel_name : str
        unfinished : str, optional
            Where to write the notebook as far as it came, should the kernel die or a cell take
            too long. Papermill writes it there only after each cell, if at all.
        **kwargs
            As papermill's own engine takes them.
        """
        kwargs.setdefault("kernel_manager_class", WarmManager)
        try:
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
        except Exception:
            if unfinished:
                write_ipynb(nb_man.nb, unfinished)
            raise
        finally:
            if threading.current_thread() is not threading.main_thread():
                _close_loop()


def _close_loop() -> None:
    """Close this thread's event loop: each thread has its own, and nobody else would."""
    loop = ensure_event_loop()
    if not loop.is_running():
        loop.close()
