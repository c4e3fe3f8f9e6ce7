"""The queue of the chain: order, what may not be done at once, errors, interruption."""

import threading
import time

import pytest

from auditbook.chain.schedule import Queue, Task


def told(list_, word):
    """A task that only leaves a word."""

    def run():
        list_.append(word)
        return []

    return run


def meets(barrier):
    """A task that waits for others."""

    def run():
        barrier.wait()
        return []

    return run


def work_off(tasks, threads=3, interrupted=lambda: None):
    Queue(threads).run(tasks, interrupted=interrupted)


def test_the_smallest_task_goes_first():
    done: list[object] = []
    numbers = (3, 1, 2)

    work_off([Task((n,), told(done, n)) for n in numbers], threads=1)

    assert done == [1, 2, 3]


def test_tasks_that_come_of_a_task_are_done_too():
    done: list[object] = []

    def beget(generation):
        done.append(generation)
        return [Task((0,), lambda: beget(generation + 1))] if generation < 4 else []

    work_off([Task((0,), lambda: beget(0))])

    assert done == [0, 1, 2, 3, 4]


def test_as_many_tasks_run_at_once_as_there_are_threads():
    meeting = threading.Barrier(3, timeout=20)  # nobody goes on before the third has come

    work_off([Task((n,), meets(meeting)) for n in range(3)], threads=3)


def test_tasks_of_one_name_never_run_at_once_and_others_go_on_meanwhile():
    running, most = [0], [0]
    meeting = threading.Barrier(2, timeout=20)

    def page():
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.01)
        running[0] -= 1
        return []

    def page_that_meets_a_step():
        meeting.wait()
        return page()

    tasks = [Task((0, n), page, alone="page") for n in range(8)]
    tasks += [Task((0, 9), page_that_meets_a_step, alone="page")]
    tasks += [Task((1,), meets(meeting))]

    work_off(tasks, threads=4)

    assert most == [1]


def test_an_error_in_a_task_is_raised_after_the_running_ones_have_ended():
    begun = threading.Event()
    ended = []

    def slow():
        begun.set()
        time.sleep(0.2)
        ended.append("slow")
        return []

    def fails():
        begun.wait(20)
        raise RuntimeError("a mistake in the program")

    tasks = [Task((0,), slow), Task((0,), fails), Task((9,), told(ended, "never"))]
    with pytest.raises(RuntimeError, match="a mistake in the program"):
        work_off(tasks, threads=2)

    assert ended == ["slow"]


def test_ctrl_c_stops_what_runs_and_begins_nothing_more(monkeypatch):
    stop, begun = threading.Event(), threading.Event()
    done: list[object] = []
    really = threading.Thread.join

    def join(thread, timeout=None):
        """The signal comes while the main thread waits."""
        if begun.is_set() and not stop.is_set() and thread.name.startswith("chain-"):
            raise KeyboardInterrupt
        really(thread, timeout)

    monkeypatch.setattr(threading.Thread, "join", join)

    def runs():
        begun.set()
        stop.wait(20)
        return [Task((0,), told(done, "never"))]

    with pytest.raises(KeyboardInterrupt):
        work_off([Task((0,), runs)], interrupted=stop.set)

    assert stop.is_set()
    assert done == []
