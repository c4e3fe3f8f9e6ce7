"""A kernel provisioner of jupyter_client that forks kernels instead of starting them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Integer, List

from warmkernel.zygote import NotAvailableError, Process, Zygote, at_start, shared

_LARGEST = 1 << 16
_START_SECONDS = 60.0


class WarmProvisioner(LocalProvisioner):
    """Forks kernels from the shared zygote, over Unix sockets in a private folder.

    An ordinary kernel starts where that is not to be had: another system, another interpreter or
    kernel, an environment that must be there before Python starts, a zygote that fails.
    """

    memory = Integer(0, help="Bytes of private memory a kernel may take; 0: no limit.").tag(
        config=True
    )
    keep = List(Integer(), help="Descriptors that a kernel keeps open until it ends.").tag(
        config=True
    )
    ordinary = Bool(False, help="Start ordinary kernels.").tag(config=True)

    _zygote: Zygote | None = None

    @property
    def _forked(self) -> Process | None:
        return self.process if isinstance(self.process, Process) else None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose sockets in the private folder, if a kernel can be forked."""
        manager, self._zygote = self.parent, None
        if manager is not None and not self.ordinary and not manager.curve_publickey:
            self._zygote = _fitting(kwargs.get("env", os.environ))
        if self._zygote is not None and manager is not None:
            path = self._zygote.new_path()
            manager.transport, manager.ip, manager.cache_ports = "ipc", path, False
            manager.transport_encryption = "disabled"
            for number, name in enumerate(("shell", "iopub", "stdin", "hb", "control"), 1):
                setattr(manager, f"{name}_port", number)
            manager.connection_file = f"{path}.json"
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel and wait until its sockets are bound."""
        arguments = _after_launcher(cmd)
        if self._zygote is None or arguments is None:
            return await self._launch_ordinary(cmd, **kwargs)
        request = {
            "argv": arguments,
            "environment": kwargs["env"] | {"JPY_PARENT_PID": str(os.getpid())},
            "cwd": str(kwargs.get("cwd") or os.getcwd()),
            "memory": self.memory or None,
        }
        with open(os.devnull, "rb") as nothing:
            standard = [nothing.fileno(), 1, 2]
            forked = self._zygote.start(request, [*standard, *self.keep])
        self.process = forked  # type: ignore[assignment]
        _running.add(self)
        while not forked.bound:
            await _news(forked, _START_SECONDS)
            if forked.returncode is not None:
                raise RuntimeError(f"the kernel ended while starting, code {forked.returncode}")
        self.pid = self.pgid = forked.pid
        self.cwd = Path(request["cwd"])
        return self.connection_info

    async def _launch_ordinary(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        if self.keep and sys.platform != "win32":
            kwargs["pass_fds"] = [*kwargs.get("pass_fds", ()), *self.keep]
        info = await super().launch_kernel(cmd, **kwargs)
        _running.add(self)
        if self.memory and sys.platform == "linux":
            import resource

            resource.prlimit(self.pid or 0, resource.RLIMIT_DATA, (self.memory, self.memory))
        return info

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Wait for the end here, so that nobody needs to look for it ten times a second."""
        if self._forked is not None:
            await self._ended(self.get_shutdown_wait_time() / 2)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and wait for its end."""
        await super().kill(restart)
        if self._forked is not None:
            await self._ended(self.get_shutdown_wait_time())

    async def wait(self) -> int | None:
        """Wait for the end of the kernel."""
        if self._forked is None:
            return await super().wait()
        code = await self._ended(None)
        self._forked.close()
        self.process = None
        return code

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of the kernel; it is killed if it still runs."""
        if self._forked is not None and not restart:
            self._forked.close()
        await super().cleanup(restart)

    async def _ended(self, seconds: float | None) -> int | None:
        process = self._forked
        while process is not None and process.returncode is None:
            try:
                await _news(process, seconds)
            except TimeoutError:
                break
        return process.returncode if process is not None else None


async def _news(process: Process, seconds: float | None) -> None:
    """Wait for the next message about a process."""
    loop = asyncio.get_running_loop()
    process.link.setblocking(False)
    try:
        process.note(await asyncio.wait_for(loop.sock_recv(process.link, _LARGEST), seconds))
    except TimeoutError:
        raise
    except OSError:
        process.note(b"")


def _fitting(environment: Any) -> Zygote | None:
    """The shared zygote, if a kernel in this environment can come from it."""
    try:
        zygote = shared()
        zygote.wait_ready()
    except NotAvailableError:
        return None
    return zygote if at_start(environment) == zygote.at_start else None


def _after_launcher(command: Sequence[str]) -> list[str] | None:
    """``sys.argv`` of a command that starts this interpreter's ipykernel; None for any other."""
    if list(command[:3]) != [sys.executable, "-m", "ipykernel_launcher"]:
        return None
    from importlib.util import find_spec

    spec = find_spec("ipykernel_launcher")
    return [str(spec.origin), *command[3:]] if spec else None


_running: WeakSet[WarmProvisioner] = WeakSet()


def kill_all() -> None:
    """Kill every kernel that this process has started, without waiting for its end."""
    for provisioner in list(_running):
        process = provisioner.process
        if process is not None and process.poll() is None and process.pid:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
