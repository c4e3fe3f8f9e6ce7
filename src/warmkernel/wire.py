"""What passes between an owner, its zygote and the forked processes: JSON, and descriptors.

Sockets are of the kind that keeps messages whole. They are small: a request, which holds an
environment of any size, travels as a file without a name.
"""

from __future__ import annotations

import array
import json
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Any

_MOST_DESCRIPTORS = 253
"""What Linux passes in one message."""
_LARGEST = 1 << 16


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends of a connection that nobody else can find."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def say(link: socket.socket, message: Mapping[str, Any]) -> None:
    """Send a small message, unless the other side has ended."""
    try:
        link.send(json.dumps(message).encode(), socket.MSG_NOSIGNAL)
    except (BrokenPipeError, ConnectionResetError):
        pass  # who listens no longer need not know


def hear(link: socket.socket, flags: int = 0) -> dict[str, Any] | None:
    """The next message; None if the other side has ended.

    Raises
    ------
    BlockingIOError, TimeoutError
        There is none, as the socket or `flags` have it.
    """
    try:
        return understand(link.recv(_LARGEST, flags))
    except ConnectionError:
        return None


def understand(data: bytes) -> dict[str, Any] | None:
    """A message from its bytes; None for none, which mean that the other side has ended."""
    return dict(json.loads(data)) if data else None


def ask(control: socket.socket, request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    """Send a request of any size, with descriptors.

    Raises
    ------
    OSError
        The other side has ended, or takes no such descriptors.
    """
    body = os.memfd_create("request")
    with open(body, "wb") as file:
        file.write(json.dumps(request).encode())
        file.flush()
        given = array.array("i", [body, *descriptors])
        control.sendmsg([b"request"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, given)])


def take(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next request and its descriptors; None when there will be no more.

    A request whose descriptors did not all arrive, since this process has too many open, comes
    without any: who asked then finds its own ends closed.
    """
    descriptors = array.array("i")
    size = socket.CMSG_SPACE(_MOST_DESCRIPTORS * descriptors.itemsize)
    try:
        data, ancillary, flags, _ = control.recvmsg(_LARGEST, size, socket.MSG_CMSG_CLOEXEC)
    except ConnectionError:
        return None
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    if not data:
        return None
    if flags & socket.MSG_CTRUNC or not descriptors:
        for descriptor in descriptors:
            os.close(descriptor)
        return {}, []
    with open(descriptors[0], "rb") as file:
        file.seek(0)
        return json.load(file), list(descriptors[1:])
