"""A kernel provisioner of jupyter_client that forks kernels instead of starting them."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo, port_names
from jupyter_client.localinterfaces import localhost
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Integer, List

from warmkernel import running, wire
from warmkernel.child import limit_memory
from warmkernel.process import Process
from warmkernel.session import folder, shared
from warmkernel.zygote import (
    NotAvailableError,
    Zygote,
    at_start,
    available,
    standard_streams,
    surroundings,
)

_log = logging.getLogger("warmkernel")
_LARGEST = 1 << 16
_START_SECONDS = 60.0
_QUIET_SECONDS = 0.25
"""How long a kernel may take to end before it is interrupted."""
_UNDERSTOOD = {"env", "cwd", "extra_arguments", "kernel_id", "transport_encryption"}


class WarmProvisioner(LocalProvisioner):
    """Forks kernels from the shared zygote, over Unix sockets in a private folder.

    An ordinary kernel starts where that is not to be had: another system, another interpreter or
    kernel, addresses of the caller's own, an environment that must be there before Python starts,
    a zygote that fails. A kernel that is restarted keeps its addresses.
    """

    memory = Integer(0, help="Bytes of private memory a kernel may take; 0: no limit.").tag(
        config=True
    )
    keep = List(Integer(), help="Descriptors that a kernel keeps open until it ends.").tag(
        config=True
    )
    ordinary = Bool(False, help="Start ordinary kernels.").tag(config=True)

    _zygote: Zygote | None = None
    _path: str | None = None
    _launched = False
    _interrupt_due = False
    _shutdown_waited = False

    @property
    def _forked(self) -> Process | None:
        return self.process if isinstance(self.process, Process) else None

    # starting ----------------------------------------------------------------------------------

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose sockets in the private folder, if a kernel can be forked."""
        self._zygote, self._interrupt_due, self._shutdown_waited = None, False, False
        if self._path is not None or (not self._launched and self._fits(kwargs)):
            self._zygote = await self._ready_zygote(kwargs.get("env", os.environ))
        if self._zygote is not None:
            self._choose_sockets()
        elif not self._launched and self.parent is not None and not self.parent.connection_file:
            self._choose_file(self.parent)
        self._launched = True
        return await super().pre_launch(**kwargs)

    def _fits(self, options: dict[str, Any]) -> bool:
        """Whether it is an ipykernel of this interpreter, started as kernels mostly are."""
        manager = self.parent
        return (
            manager is not None
            and not self.ordinary
            and manager.transport == "tcp"
            and manager.ip == localhost()
            and not any(manager.ports)
            and _of_this_interpreter(manager.format_kernel_cmd())
            and all(name in _UNDERSTOOD or not value for name, value in options.items())
            and os.path.isdir(options.get("cwd") or os.curdir)
        )

    async def _ready_zygote(self, environment: Any) -> Zygote | None:
        """The shared zygote, if a kernel in this environment can come from it."""
        assert self.kernel_spec is not None
        try:
            zygote = shared()
            while not zygote.decided():
                await asyncio.sleep(0.01)
            zygote.wait_ready()
            folder()
        except NotAvailableError as error:
            _log.info("an ordinary kernel starts: %s", error)
            return None
        if at_start({**environment, **self.kernel_spec.env}) != zygote.at_start:
            _log.info("an ordinary kernel starts: its environment must be there before Python is")
            return None
        return zygote

    def _choose_sockets(self) -> None:
        manager = self.parent
        assert manager is not None
        if self._path is None or not os.path.isdir(os.path.dirname(self._path)):
            file, before = manager.connection_file, f"{self._path}.json"
            self._path = folder().new_path()
            manager.connection_file = f"{self._path}.json" if file in ("", before) else file
        manager.transport, manager.ip, manager.cache_ports = "ipc", self._path, False
        for number, name in enumerate(port_names, 1):
            setattr(manager, name, number)

    def _choose_file(self, manager: Any) -> None:
        """Put an ordinary kernel's connection file where it goes even if this process is killed."""
        if available():
            with suppress(NotAvailableError):
                manager.connection_file = f"{folder().new_path()}.json"

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel and wait until its sockets are bound."""
        running.add(self)
        if self._zygote is not None:
            try:
                return await self._launch_forked(self._zygote, cmd, **kwargs)
            except NotAvailableError as error:
                _log.info("an ordinary kernel starts: %s", error)
        return await self._launch_ordinary(cmd, **kwargs)

    async def _launch_forked(
        self, zygote: Zygote, cmd: list[str], **kwargs: Any
    ) -> KernelConnectionInfo:
        environment = {**kwargs["env"], "JPY_PARENT_PID": str(os.getpid())}
        cwd = os.path.abspath(kwargs.get("cwd") or os.getcwd())
        request = surroundings(environment, cwd, self.memory or None)
        request["command"] = [os.path.expanduser(argument) for argument in cmd]
        with standard_streams() as streams:
            forked = zygote.start(request, [*streams, *self.keep])
        try:
            await _started(forked)
        except BaseException:
            forked.close()
            raise
        self.process = forked  # type: ignore[assignment]
        self.pid = self.pgid = forked.pid
        self.cwd = Path(cwd)
        return self.connection_info

    async def _launch_ordinary(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        if self.keep and sys.platform != "win32":
            kwargs["pass_fds"] = [*kwargs.get("pass_fds", ()), *self.keep]
        info = await super().launch_kernel(cmd, **kwargs)
        if self.memory and sys.platform == "linux":
            limit_memory(self.pid or 0, self.memory)
        return info

    # ending ------------------------------------------------------------------------------------

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and what it has started.

        A manager interrupts before it asks for the end. A forked kernel is asked first, and only
        interrupted if it then does not end: most have nothing to be interrupted in but their own
        last steps.
        """
        if self._forked is None:
            await super().send_signal(signum)
        elif signum == signal.SIGINT and getattr(self.parent, "shutting_down", False):
            self._interrupt_due = True
        else:
            self._forked.send_signal(signum)

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Wait for the end here, so that nobody needs to look for it ten times a second.

        After half of the manager's wait the kernel is asked by a signal; after the other half
        the manager kills it.
        """
        if self._forked is None:
            return
        seconds = max(getattr(self.parent, "shutdown_wait_time", 5.0), 0.0)
        quiet = min(_QUIET_SECONDS, seconds / 4)
        self._shutdown_waited = True
        for number, limit in (
            (signal.SIGINT, quiet),
            (signal.SIGTERM, seconds / 2 - quiet),
            (None, seconds / 2),
        ):
            if await self._ended(limit) is not None:
                return
            if number == signal.SIGTERM or (number == signal.SIGINT and self._interrupt_due):
                self._forked.send_signal(number)

    def get_shutdown_wait_time(self, recommended: float = 5.0) -> float:
        """How long the manager is still to wait; next to nothing if that was done here."""
        return min(recommended, 0.1) if self._shutdown_waited else recommended

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and wait for its end."""
        await super().kill(restart)
        await self._ended(5.0)

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
            self.process = None
        await super().cleanup(restart)

    async def _ended(self, seconds: float | None) -> int | None:
        """The exit code, as soon as there is one; None if there is none after a time."""
        process = self._forked
        if process is None:
            return None
        deadline = time.monotonic() + (float("inf") if seconds is None else seconds)
        while process.poll() is None:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            with suppress(TimeoutError):
                await _news(process, left)
        return process.returncode


async def _started(process: Process) -> None:
    """Wait until a kernel's sockets are bound.

    Raises
    ------
    NotAvailableError
        The process was not forked.
    RuntimeError
        It ended, or does not get that far.
    """
    while not (process.bound and process.pid):
        try:
            await _news(process, _START_SECONDS)
        except TimeoutError:
            process.close()
        if process.returncode is not None:
            if not process.pid:
                raise NotAvailableError("no process could be forked")
            raise RuntimeError(f"the kernel ended while starting, code {process.returncode}")


async def _news(process: Process, seconds: float) -> None:
    """Wait for the next message about a process."""
    loop = asyncio.get_running_loop()
    process.link.setblocking(False)
    receiving = loop.sock_recv(process.link, _LARGEST)
    try:
        data = await asyncio.wait_for(receiving, None if seconds == float("inf") else seconds)
    except ConnectionError:
        data = b""
    process.note(wire.understand(data))


def _of_this_interpreter(command: Sequence[str]) -> bool:
    """Whether a command starts this interpreter's ipykernel."""
    if list(command[1:3]) != ["-m", "ipykernel_launcher"]:
        return False
    one, other = command[0], sys.executable
    return one == other or (
        # The same program elsewhere has other packages.
        os.path.dirname(one) == os.path.dirname(other)
        and os.path.exists(one)
        and os.path.samefile(one, other)
    )
