"""The command that writes the work list of site visits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditbook.case.errors import InputError
from auditbook.case.root import find_root
from auditbook.chain.outcome import BAD_INPUT, DONE, NOT_WRITTEN
from auditbook.chain.outputs import WORKLIST
from auditbook.chain.run import results_folder, year_number
from auditbook.messages import say

if TYPE_CHECKING:
    from auditbook.case import Case

_WORDS = {
    "written": (
        "{case}：现场核查清单（{count} 个样本）已写入 {path}\n"
        "填好后存为 {back}，再运行：auditbook check {case}",
        "{case}: work list for site visits ({count} items) written to {path}\n"
        "Save it as {back} when it is filled in, then run: auditbook check {case}",
    ),
    "no_sample": (
        "{case}：案卷没有样本表 sample，case.yaml 也没有抽样方案（sampling.plan），没有可写的清单",
        "{case}: the case has neither a table sample nor a plan of one (sampling.plan in "
        "case.yaml), so there is nothing to list",
    ),
    "no_frame": (
        "{case}：案卷没有总体 {frame} 这张表，不知道样本的账面数",
        "{case}: the case has no table {frame}, so the book values are not known",
    ),
    "filled": (
        "{path}：已经有人填写，或不是核查清单，没有改动；换一个文件名（--out），"
        "确实要覆盖时加 --force",
        "{path}: somebody has filled it in, or it is no work list; it was left alone. Write to "
        "another file (--out), or overwrite it with --force",
    ),
}


def worklist_and_report(
    project: str,
    year: str,
    *,
    lang: str,
    root: Path | None,
    out: Path | None,
    force: bool,
    own_copy: bool,
) -> int:
    """Write the list of the case's sample, by default into the outputs of the case."""
    from auditbook.case import open_case

    name = f"{project} {year}"
    try:
        base = find_root(root)
        case = open_case(project, year_number(year), root=base)
    except InputError as error:
        click.echo(error.text(lang), err=True)
        return BAD_INPUT
    design = case.settings.sampling
    for there, message in (
        (case.has("sample") or design.plan is not None, "no_sample"),
        (case.has(design.frame), "no_frame"),
    ):
        if not there:
            click.echo(_say(message, lang, case=name, frame=design.frame), err=True)
            return BAD_INPUT
    default = results_folder(base, None) / project / str(int(year)) / WORKLIST
    path = out.expanduser().resolve() if out else default
    return _write(case, path, lang=lang, force=force, own_copy=own_copy)


def _write(case: Case, path: Path, *, lang: str, force: bool, own_copy: bool) -> int:
    from auditbook.case.list_file import FILE
    from auditbook.deliver.worklist import FilledError, draw_record, items_to_visit, write_worklist
    from auditbook.procedures import sampling

    name, design = f"{case.project} {case.year}", case.settings.sampling
    frame = sampling.population(case.table(design.frame))
    try:
        drawn = sampling.draw_planned(frame, design, rate=case.settings.materiality.rate)
        listed = case.table("sample")
        items = listed if len(listed) else sampling.sampled_items(
            frame, listed, drawn, design=design
        )  # fmt: skip
        items = items_to_visit(frame, items, amount=design.amount)
        write_worklist(
            path, items, case.settings, record=draw_record(drawn), lang=lang, own_copy=own_copy,
            force=force,
        )  # fmt: skip
    except sampling.PlanError as error:
        click.echo(error.message if lang == "zh" else error.message_en, err=True)
        return BAD_INPUT
    except FilledError:
        click.echo(_say("filled", lang, path=path), err=True)
        return NOT_WRITTEN
    except OSError as error:
        why = f"{error.filename or path}: {error.strerror or error}"
        click.echo(say("not_written", lang, case=name, why=why), err=True)
        return NOT_WRITTEN
    back = case.folder / FILE
    click.echo(_say("written", lang, case=name, count=len(items), path=path, back=back))
    return DONE


def _say(message: str, lang: str, **values: object) -> str:
    return _WORDS[message][0 if lang == "zh" else 1].format(**values)
