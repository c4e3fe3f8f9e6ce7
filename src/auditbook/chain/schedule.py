"""A queue of tasks that beget tasks, worked off by a few threads."""

from __future__ import annotations

import heapq
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(order=True)
class Task:
    """Something to do.

    Attributes
    ----------
    order : tuple of int
        The smallest goes first.
    run : callable
        Does it, and returns the tasks that can be done thereafter.
    alone : str
        Tasks of the same name are not done at the same time; empty: with any other.
    """

    order: tuple[int, ...]
    run: Callable[[], Iterable[Task]] = field(compare=False)
    alone: str = field(default="", compare=False)


def workers() -> int:
    """How many threads: one more than there are cores, since a kernel also waits."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) + 1


class Group:
    """Tasks that belong together.

    Parameters
    ----------
    ended : callable
        Called when none of them is left.
    """

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended = ended
        self._left = 0
        self._guard = threading.Lock()

    def new(
        self, order: tuple[int, ...], run: Callable[[], list[Task]], *, alone: str = ""
    ) -> Task:
        """A task of the group; see :class:`Task`."""
        return Task(order, self.counted(run), alone)

    def counted(self, run: Callable[[], list[Task]]) -> Callable[[], list[Task]]:
        """Count something that begets tasks of the group, from now until it is done."""
        with self._guard:
            self._left += 1

        def done() -> list[Task]:
            try:
                return run()
            finally:
                with self._guard:
                    self._left -= 1
                    last = self._left == 0
                if last:
                    self._ended()

        return done


class Queue:
    """Works off tasks until none is left.

    Parameters
    ----------
    threads : int
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._tasks: list[Task] = []
        self._running = 0
        self._busy: set[str] = set()
        self._stop = False
        self._error: BaseException | None = None
        self._change = threading.Condition()

    def run(self, tasks: Iterable[Task], *, interrupted: Callable[[], None]) -> None:
        """Do the tasks and all that come of them.

        Parameters
        ----------
        tasks : iterable of Task
        interrupted : callable
            Called again and again after Ctrl-C until the running tasks have ended.

        Raises
        ------
        BaseException
            The first one that a task raised; tasks that were running were finished.
        """
        self._tasks = sorted(tasks)
        threads = [
            threading.Thread(target=self._work, daemon=True, name=f"chain-{n}")
            for n in range(min(self._threads, 64))
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)  # short, so that Ctrl-C is heard
        except BaseException:
            self._halt()
            while any(thread.is_alive() for thread in threads):
                interrupted()
                for thread in threads:
                    thread.join(0.05)
            raise
        if self._error is not None:
            raise self._error

    def _halt(self) -> None:
        with self._change:
            self._stop = True
            self._change.notify_all()

    def _work(self) -> None:
        while True:
            task = self._next()
            if task is None:
                return
            new: list[Task] = []
            try:
                new = list(task.run())
            except BaseException as error:
                self._error = self._error or error
                self._halt()
            finally:
                self._finished(task, new)

    def _next(self) -> Task | None:
        with self._change:
            while True:
                if self._stop or not (self._tasks or self._running):
                    return None
                task = next((t for t in self._tasks if t.alone not in self._busy), None)
                if task is not None:
                    self._tasks.remove(task)
                    self._running += 1
                    if task.alone:
                        self._busy.add(task.alone)
                    return task
                self._change.wait()

    def _finished(self, task: Task, new: Iterable[Task]) -> None:
        with self._change:
            self._running -= 1
            self._busy.discard(task.alone)
            self._tasks = list(heapq.merge(self._tasks, sorted(new)))
            self._change.notify_all()
