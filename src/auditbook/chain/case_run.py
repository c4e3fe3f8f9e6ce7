"""One case on its way through the chain: what still stands, what runs, what is recorded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from auditbook.case import InputError
from auditbook.case.root import case_folder, handed_path
from auditbook.chain import work
from auditbook.chain.case_state import TROUBLE, CaseState
from auditbook.chain.execute import Executed, execute
from auditbook.chain.fingerprint import file_hash, folder_hashes
from auditbook.chain.manifest import StepRecord, inputs_read
from auditbook.chain.options import Options
from auditbook.chain.order import PARAMETERS, Step, source
from auditbook.chain.outcome import Summary
from auditbook.chain.outputs import clear, step_outputs, sweep
from auditbook.chain.plan import Basis, Reason, make_plan
from auditbook.chain.schedule import Group, Task
from auditbook.deliver import html


class CaseRun(CaseState):
    """Runs the steps of one case whose results do not stand.

    The methods that return tasks are themselves tasks; several of them run at once.
    """

    def __init__(
        self,
        project: str,
        year: int,
        options: Options,
        place: int = 0,
        done: Callable[[CaseRun], None] = lambda _: None,
    ) -> None:
        """As a state; `done` is told when nothing is left to do."""
        super().__init__(project, year, options, place)
        self._done = done
        self._papers: dict[str, str] = {}
        self._begun: set[str] = set()
        self._ran: set[str] = set()
        self._tasks = Group(self._ended)
        self._closing = False

    # before the first step ---------------------------------------------------------------------

    def prepare(self) -> bool:
        """Whether there is something to run; reads and checks the case only then.

        Nothing is written. Afterwards :attr:`result`, :attr:`input_error` or :attr:`refused`
        say why not.
        """
        needed = False
        try:
            self._folder = case_folder(self.options.root, self.project, self.year)
            needed = self._prepare()
        except InputError as error:
            self.input_error = error
        except TROUBLE as error:
            self._trouble(error)
        if not needed:
            self.release()
        return needed

    def _prepare(self) -> bool:
        if self.outputs.is_dir():
            self._hold()
        if not self.options.readable:
            self.refused = self.options.refused()
            return False
        self._basis = Basis(
            dict(zip(PARAMETERS, self._values(), strict=True)),
            self.options.environment,
            self.options.notebooks,
            folder_hashes(self._folder),
            self._folder,
        )
        self.plan = make_plan(
            self.options.steps, self._basis, self.outputs, force=self.options.force
        )
        self._note(reasons=dict(self.plan.reasons))
        if self.plan.done:
            self._standing()
            return False
        self.options.warm_up()
        self.refused = self.options.refused()
        if self.refused:
            return False
        self._info = self.options.kernels.call(
            work.check, self.project, self.year, self.options.root, keep=self._keep()
        )
        return True

    def _standing(self) -> None:
        before = self.plan.before
        assert before is not None
        names = tuple(step.name for step in self.options.steps)
        summary = Summary.from_json(before.overview)
        self._note(notebooks=names, reused=names, summary=summary)

    def prepare_and_begin(self) -> list[Task]:
        """Both, for a case whose problems are its own."""
        if self.prepare():
            return self.begin()
        self._done(self)
        return []

    # the steps ---------------------------------------------------------------------------------

    def begin(self) -> list[Task]:
        """Take away what does not stand, and name what can run first."""
        return self._tasks.counted(partial(self._tried, self._begin))()

    def _begin(self) -> list[Task]:
        self._hold()
        sweep(self.outputs)
        (self.outputs / "html" / "index.html").unlink(missing_ok=True)
        for step in self.options.steps:
            if step.name in self.plan.reasons:
                clear(self.outputs, step)
        self._write_manifest()
        return self._ready()

    def _ready(self) -> list[Task]:
        """Steps that everything they need has been done for; each is named once."""
        with self._guard:
            chosen = {step.name for step in self.options.steps}
            ready = [
                (number, step)
                for number, step in enumerate(self.options.steps)
                if step.name not in self._begun
                and all(need in self._papers or need not in chosen for need in step.needs)
            ]
            self._begun |= {step.name for _, step in ready}
            return [self._new((1, number), partial(self._step, step)) for number, step in ready]

    def _step(self, step: Step) -> list[Task]:
        good = self.plan.good.get(step.name)
        if good is not None and good.upstream == self._upstream(step):
            with self._guard:
                self._records[step.name] = good
                self._papers[step.name] = good.paper
            return self._ready() + self._close_if_done()
        if good is not None:
            self._no_longer_good(step, good)
        return self._run(step)

    def _no_longer_good(self, step: Step, good: StepRecord) -> None:
        """What it rests on was lost, ran again, and came out in another way."""
        upstream = self._upstream(step)
        names = tuple(n for n in step.needs if good.upstream.get(n) != upstream.get(n))
        with self._guard:
            reasons = {**self.result.reasons, step.name: (Reason("upstream", names),)}
            self._note(reasons=reasons)
            self.plan.good.pop(step.name)
            self._write_manifest()
        clear(self.outputs, step)

    def _upstream(self, step: Step) -> dict[str, str]:
        return {need: self._papers[need] for need in step.needs if need in self._papers}

    def _run(self, step: Step) -> list[Task]:
        begun = time.monotonic()
        parameters = dict(zip(PARAMETERS, self._values(), strict=True))
        target = self.outputs / "notebooks" / f"{step.name}.ipynb"
        done = execute(
            source(self.options.root, step),
            target,
            parameters,
            self.options.kernels,
            keep=self._keep(),
        )
        if not isinstance(done, Executed):
            self._fail(done)
            return []
        if file_hash(source(self.options.root, step)) != self.options.files[step.name]:
            clear(self.outputs, step)  # nobody knows in which state it was read
            self._note(changed=(f"notebooks/{step.name}.ipynb",))
            return []
        paper = step_outputs(self.outputs, step.name, step.leaves)
        record = self._record(step, paper)
        with self._guard:
            self._ran.add(step.name)
            self._papers[step.name] = record.paper

        def page() -> list[Task]:
            return self._page(step, record, done.notebook, begun)

        return [self._new((0,), page, alone="page"), *self._ready()]

    def _record(self, step: Step, outputs: dict[str, str]) -> StepRecord:
        read = inputs_read(self.outputs / "workpapers" / step.name)
        inputs = self._basis.inputs if read is None else read
        upstream = self._upstream(step)
        return StepRecord(
            key=self._basis.key(step.name, inputs, upstream),
            notebook=self._basis.notebooks[step.name],
            needs=step.needs,
            upstream=upstream,
            inputs=dict(inputs),
            outputs=outputs,
        )

    def _page(self, step: Step, record: StepRecord, notebook: Any, begun: float) -> list[Task]:
        assert self._info is not None
        lang = self.options.lang
        html.write_page(
            self.outputs / "html",
            step.name,
            notebook,
            case=self._info.heading(self.year, lang),
            lang=lang,
            synthetic=self._info.synthetic,
        )
        outputs = step_outputs(self.outputs, step.name, step.leaves)
        with self._guard:
            self._records[step.name] = replace(record, outputs=outputs)
            self._write_manifest()
        self.options.progress(self.project, self.year, step.name, time.monotonic() - begun)
        return self._close_if_done()

    # after the last step -----------------------------------------------------------------------

    def _close_if_done(self) -> list[Task]:
        with self._guard:
            if self._closing or len(self._records) < len(self.options.steps):
                return []
            self._closing = True
        return [self._new((0,), self._close)]

    def _close(self) -> list[Task]:
        names = tuple(step.name for step in self.options.steps)
        try:
            seen = self.options.kernels.call(
                work.close_case,
                self.project,
                self.year,
                self.options.root,
                names,
                self.options.lang,
                keep=self._keep(),
            )
            differing = self._changed_meanwhile()
        except InputError as error:  # it was sound when the run began
            differing = self._changed_meanwhile() or tuple(p.file for p in error.problems)
        if differing:
            self._withdraw(differing)
            return []
        closing = {"html/index.html": folder_hashes(self.outputs / "html")["index.html"]}
        self._write_manifest(closing=closing, overview=seen)
        reused = tuple(name for name in names if name not in self._ran)
        summary = Summary.from_json(seen)
        self._note(notebooks=names, reused=reused, summary=summary)
        return []

    def _withdraw(self, differing: tuple[str, ...]) -> None:
        """Remove what was made from inputs that changed meanwhile."""
        for step in self.options.steps:
            if step.name in self._ran:
                clear(self.outputs, step)
                self._records.pop(step.name)
        (self.outputs / "html" / "index.html").unlink(missing_ok=True)
        self._write_manifest()
        self._note(changed=differing)

    def _ended(self) -> None:
        """No task is left: complete what an incomplete run says, and let go."""
        if self.result.summary is None:
            done = tuple(s.name for s in self.options.steps if s.name in self._records)
            self._note(notebooks=done)
        try:
            if (self.result.failures or self.result.changed) and self._descriptor >= 0:
                self._drop_unvisited()
        except OSError as error:
            self._trouble(error)
        handed = handed_path(self.project, self.year)
        if handed is not None:
            handed.unlink(missing_ok=True)
        self.release()
        self._done(self)

    def _drop_unvisited(self) -> None:
        """Remove results that stood, but rest on a step that has failed now."""
        for step in self.options.steps:
            if step.name in self.plan.good and step.name not in self._records:
                self.plan.good.pop(step.name)
                clear(self.outputs, step)
        self._write_manifest()

    # tasks -------------------------------------------------------------------------------------

    def _new(
        self, order: tuple[int, ...], run: Callable[[], list[Task]], *, alone: str = ""
    ) -> Task:
        return self._tasks.new((self.place, *order), partial(self._tried, run), alone=alone)

    def _tried(self, run: Callable[[], list[Task]]) -> list[Task]:
        """Do a task; what the system refuses becomes the case's result."""
        if self.result.not_written:
            return []
        try:
            return run()
        except TROUBLE as error:
            self._trouble(error)
        return []
