"""Small notebooks named by their defect, for tests of the chain."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from auditbook.chain.order import STEPS

PARAMETERS = 'project = "p"\nyear = 2000\nlang = "zh"'


def tagged(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)})


def notebook(*cells, kernel=True):
    head = [new_markdown_cell("# 01 小底稿\n*Tiny paper*"), tagged(PARAMETERS, "parameters")]
    return with_metadata(new_notebook(cells=head + list(cells)), kernel=kernel)


def with_metadata(nb, *, kernel=True):
    nb.metadata = nbformat.from_dict({"language_info": {"name": "python"}})
    if kernel:
        nb.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
    for number, cell in enumerate(nb.cells):
        cell.id = f"t-{number:02d}"
    return nb


def works():
    return notebook(
        new_markdown_cell("## 01.1 一切正常\n*Fine*"), new_code_cell("(project, year, lang)")
    )


def no_parameters():
    return with_metadata(new_notebook(cells=[new_code_cell("1")]))


def unknown_parameter():
    """Its parameters cell has no ``lang``."""
    return with_metadata(new_notebook(cells=[tagged('project = "p"\nyear = 1', "parameters")]))


def fails_in_cell():
    return notebook(
        new_markdown_cell("## 01.1 先算\n*First*"),
        new_code_cell("a = 1"),
        new_markdown_cell("## 01.2 除法\n*Division*\n\n### 细节"),
        new_code_cell("a / 0"),
        new_code_cell("'not reached'"),
    )


def input_error():
    return notebook(
        new_code_cell(
            "from auditbook.case.errors import InputError, Problem\n"
            'raise InputError([Problem("a.csv", 3, "单位", "甲", "应为乙"), Problem("b.csv")])'
        )
    )


def dies():
    return notebook(new_markdown_cell("## 01.3 突然"), new_code_cell("import os; os._exit(1)"))


def sleeps():
    return notebook(new_code_cell("import time; time.sleep(60)"))


def planted_script():
    """Text that would act, were it not removed; stored as an output and as prose."""
    bad = '<script>planted()</script><b onclick="planted()">b</b><img src=x onerror="planted()">'
    link = '<a href="javascript:planted()">j</a><a href="https://example.org/">w</a>'
    row = f'<tbody><tr id="F-01.1-1"><td>{bad}</td></tr></tbody>'
    table = f'<table id="t-01.1_x" class="ab-table">{row}</table>'
    output = new_output(
        "execute_result", {"text/html": table + link, "text/plain": bad}, execution_count=1
    )
    shown = new_code_cell("1", execution_count=1, outputs=[output])
    return notebook(
        new_markdown_cell(f"## 01.1 <i>植入</i>\n\n{bad} {link} [m](javascript:planted())"), shown
    )


def write(root: Path, **by_number):
    """Write notebooks into ``root/notebooks``; the steps not named (``n01=…``) all work."""
    folder = root / "notebooks"
    folder.mkdir(exist_ok=True)
    for step in STEPS:
        made = by_number.get(f"n{step.name[:2]}", works)()
        nbformat.write(made, folder / f"{step.name}.ipynb")
