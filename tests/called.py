"""Functions that are called in processes of their own; see test_warmkernel_call.py."""

import atexit
import os
import signal
import sys
import threading
import time
from typing import Any

KEPT: list[Any] = []


class AwkwardError(Exception):
    """Can be pickled, but not read again."""

    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


class ProblemError(ValueError):
    """An exception of this project's kind: with something to carry."""

    def __init__(self, places):
        super().__init__(places)
        self.places = places


def echo(*arguments, **keywords):
    return arguments, keywords


def where():
    return {
        "pid": os.getpid(),
        "parent": os.getppid(),
        "folder": os.getcwd(),
        "variable": os.environ.get("CALLED"),
        "umask": os.umask(0),
        "input": sys.stdin.read(),
    }


def large(content):
    return content[::-1]


def complains(places):
    raise ProblemError(places)


def awkward():
    raise AwkwardError(1, 2)


def local_error():
    class LocalError(Exception):
        pass

    raise LocalError


def unpicklable():
    return threading.Lock()


def killed(number):
    os.kill(os.getpid(), number)
    time.sleep(10)


def leaves(code):
    os._exit(code)


def exits(code):
    sys.exit(code)


def allocates(size):
    kept = []
    while True:
        kept.append(bytearray(size))


def writes(path):
    """Leaves a file open, a thread running and an exit function to run."""
    file = open(path, "w")
    KEPT.append(file)
    file.write("a")

    def later():
        time.sleep(0.2)
        file.write("b")

    threading.Thread(target=later).start()
    atexit.register(file.write, "c")


def waits(path):
    open(path, "w").close()
    signal.pause()


def sleeps(seconds):
    time.sleep(seconds)
    return os.getpid()


def marks(path, seconds):
    """Write when this was done, after a while."""
    time.sleep(seconds)
    with open(path, "w") as file:
        file.write(repr(time.monotonic()))


def slow():
    marks(os.environ["CALLED_SLOW"], 1.5)


def slow_then_broken():
    slow()
    raise ProblemError(["preloading"])


def now():
    return time.monotonic()


def busy():
    """Say that it has begun, then compute for a long time without looking around."""
    with open(os.environ["CALLED_BUSY"], "w"):
        pass
    end = time.monotonic() + 60
    while time.monotonic() < end:
        sum(range(100_000))
