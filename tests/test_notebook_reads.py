"""A file of a case on which a notebook does not rest changes nothing that the notebook leaves.

The notebooks' cells are run in this process, without kernels. Charts are not drawn but told: the
words and bars in them.
"""

from __future__ import annotations

import ast
import functools
import json
import shutil

import pytest
from matplotlib.image import imsave
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from auditbook.case import handed as opening
from auditbook.case import reads as reading
from auditbook.chain.order import STEPS
from auditbook.deliver.charts_base import Chart
from auditbook.workpaper import paper_inputs
from second_case import write_second_case

N01, N02, N03, N04, N05 = (step.name for step in STEPS)


class Notebooks:
    """The notebooks of the chain, run on one case into outputs of its own."""

    def __init__(self, notebooks, root, folder, read_once):
        self.notebooks, self.root, self.folder = notebooks, root, folder
        self.read_once = read_once
        self.outputs = root / "outputs" / folder.parent.name / folder.name
        self.left = {step.name: self.run(step) for step in STEPS}
        self.reads = {s.name: paper_inputs(self.outputs / "workpapers" / s.name) for s in STEPS}

    def run(self, step):
        """Everything that a notebook shows and leaves."""
        cells = json.loads((self.notebooks / f"{step.name}.ipynb").read_text("utf-8"))["cells"]
        names: dict = {}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AUDITBOOK_ROOT", str(self.root))
            patch.setenv("AUDITBOOK_OUT", str(self.root / "outputs"))
            shown = [self._run(cell, names) for cell in cells if cell["cell_type"] == "code"]
        paths = [p for p in (self.outputs / "workpapers" / step.name).rglob("*") if p.is_file()]
        paths += [self.outputs / leaf for leaf in step.leaves]
        return shown, {path: path.read_bytes() for path in sorted(paths)}

    def _run(self, cell, names):
        if "parameters" in cell["metadata"].get("tags", []):
            names |= {"project": self.folder.parent.name, "year": int(self.folder.name)}
            names["lang"] = "zh"
            return ""
        tree = ast.parse("".join(cell["source"]))
        last = tree.body[-1]
        shown = last.value if isinstance(last, ast.Expr) else ast.Constant("")
        tree.body = tree.body[:-1] if isinstance(last, ast.Expr) else tree.body
        exec(compile(tree, "cell", "exec"), names)
        whole = ast.fix_missing_locations(ast.Expression(shown))
        value = eval(compile(whole, "cell", "eval"), names)
        return value._repr_html_() if hasattr(value, "_repr_html_") else repr(value)

    def resting_on(self, file):
        """The notebooks that rest on a file, themselves or by what they read of earlier ones."""
        found: set[str] = set()
        for step in STEPS:
            if file in self.reads[step.name] or found & set(step.needs):
                found.add(step.name)
        return found

    def change(self, file, edit):
        """Change or add a file; returns how to undo that."""
        path = self.folder / file
        before = path.read_bytes() if path.exists() else None
        path.parent.mkdir(exist_ok=True)
        edit(path)
        assert path.read_bytes() != before
        self.read_once()

        def undo():
            path.unlink() if before is None else path.write_bytes(before)
            self.read_once()

        return undo


def told(chart, target, **options):
    """Instead of drawing a chart: its words and the places of its bars, and a picture of none."""
    if options["format"] == "png":
        imsave(target, [[0.0]], format="png")
    else:
        bars = [str(bar.get_bbox().bounds) for bar in chart.findobj(Rectangle)]
        words = [text.get_text() for text in chart.findobj(Text)]
        target.write("\n".join(words + bars).encode())


@pytest.fixture(scope="module")
def run_in(root, tmp_path_factory):
    """Notebooks of a case that a function writes into a root."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(reading.read_at_rest)
        patch.setattr(opening, "read_at_rest", once)
        patch.setattr(Chart, "savefig", told)

        def run(write):
            base = tmp_path_factory.mktemp("reads")
            return Notebooks(root / "notebooks", base, write(base), once.cache_clear)

        yield run


@pytest.fixture(scope="module")
def committed(root, run_in):
    def copy(base):
        return shutil.copytree(
            root / "data" / "kunming-grid" / "2018", base / "data" / "kunming-grid" / "2018"
        )

    return run_in(copy)


def replaced(*pairs):
    """Other words in a file, and, in a table, a line above its title."""

    def edit(path):
        text = path.read_text("utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        above = "报送稿\n" if path.suffix == ".csv" else ""
        path.write_text(above + text, encoding="utf-8")

    return edit


def written(text):
    return lambda path: path.write_text(text, encoding="utf-8")


CHANGED = {
    "allocation.csv": replaced(
        ("41.00,41.00,41.00,41.00,-", "41.00,41.00,40.00,40.00,1.00"),
        ("700.00,700.00,700.00,700.00,-", "700.00,700.00,699.00,699.00,1.00"),
    ),
    "use.csv": replaced(("77.03%", "77.0%")),
    "sample.csv": replaced(("宜良县,样本兼试点", "宜良县,样本")),
    "survey_counts.csv": replaced(("staff,,55,50", "staff,,55,49")),
    "targets.csv": replaced(("3862", "3800")),
    "indicators.csv": replaced(("资金使用情况,9,未说明,扣分制", "资金使用情况,9,共性,扣分制")),
    "judgements.csv": replaced(("C11,扣分,2,", "C11,扣分,3,")),
    "problems.csv": replaced(("年末资金未用完", "年末资金没有用完")),
    "recommendations.csv": replaced(("坚持专款专用", "做到专款专用")),
    "published.csv": replaced(("使用资金,299,元", "使用资金,299,万元")),
    "claims.csv": replaced(("funds.grids.count,ge,3500", "funds.grids.count,ge,3900")),
    "texts/background.md": replaced(("2014年", "2013年")),
    "texts/experience.md": replaced(("6995", "6996")),
    "texts/limitations.md": replaced(("没有接触", "未接触")),
}
PAYMENTS = "编号,日期,单位,金额\n1,2018-05-01,五华区,1.00\n"
QUESTIONS = "题号,题目,题型\n1,有什么建议,开放\n"
VERIFIED = (  # every sampled unit with the amount of the allocation; nothing examined yet
    "编号,账面数,核定数\n五华区,40.00,\n盘龙区,45.00,\n官渡区,47.00,\n西山区,47.00,\n晋宁县,53.00,\n"
    "宜良县,50.00,\n禄劝县,74.00,\n"
)
ADDED = {
    "payments.csv": written(PAYMENTS),
    "transfers.csv": written(PAYMENTS),
    "receipts.csv": written(PAYMENTS.replace("五华区", "五华 区")),
    "verified_funds.csv": written(VERIFIED),
    "questions.csv": written(QUESTIONS),
    "texts/other.md": written("别的\n"),
}
EVERYWHERE = {"case.yaml", "units.csv"}
RESTS_ON = {
    N01: {"allocation.csv", "use.csv", "published.csv", "claims.csv"}
    | {"sample.csv", "problems.csv"},  # other spellings of units may stand in them
    N02: {"allocation.csv", "sample.csv", "survey_counts.csv"},
    N03: {"survey_counts.csv"},
    N04: {"indicators.csv", "judgements.csv", "targets.csv", "problems.csv"}
    | {"recommendations.csv", "published.csv", "sample.csv"},
    N05: {"texts/background.md", "texts/experience.md", "texts/limitations.md"},
}


@pytest.mark.parametrize("name", RESTS_ON)
def test_a_notebook_of_the_committed_case_rests_on_the_files_that_it_uses(committed, name):
    reads = committed.reads[name]

    assert {file for file in reads if reads[file]} == RESTS_ON[name] | EVERYWHERE
    assert {"adjustments.csv", "inputs.xlsx"} <= {file for file in reads if not reads[file]}


def test_every_file_of_the_committed_case_is_changed_or_everywhere(committed):
    paths = [path for path in committed.folder.rglob("*") if path.is_file()]

    files = {path.relative_to(committed.folder).as_posix() for path in paths}
    assert files == CHANGED.keys() | EVERYWHERE
    assert not files & ADDED.keys()


def changes_nothing_elsewhere(case, file, edit):
    undo = case.change(file, edit)
    others = [step for step in STEPS if step.name not in case.resting_on(file)]
    try:
        left = {step.name: case.run(step) for step in others}
    finally:
        undo()
    return bool(others) and left == {step.name: case.left[step.name] for step in others}


@pytest.mark.parametrize("file", [*CHANGED, *ADDED])
def test_a_file_changes_nothing_in_notebooks_that_do_not_rest_on_it(committed, file):
    assert changes_nothing_elsewhere(committed, file, (CHANGED | ADDED)[file])


def test_answers_change_nothing_in_notebooks_that_do_not_rest_on_them(committed):
    """They come with questions, without which they cannot be read."""
    undo = committed.change("questions.csv", written(QUESTIONS))
    try:
        answers = written("序号,1\n1,多走访\n")
        assert changes_nothing_elsewhere(committed, "answers_residents.csv", answers)
    finally:
        undo()


@pytest.fixture(scope="module")
def in_one_workbook(run_in):
    return run_in(write_second_case)


def test_every_notebook_rests_on_a_workbook_that_holds_all_tables(in_one_workbook):
    for reads in in_one_workbook.reads.values():
        assert reads["inputs.xlsx"]
        assert {file for file in reads if reads[file]} == {"case.yaml", "inputs.xlsx"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("claims.csv", "表述编号,表述,出处,核对数据,关系,界值\nC1,到位,一,funds.rate,eq,100%\n"),
        ("questions.csv", QUESTIONS),
        ("texts/background.md", "背景\n"),
    ],
)
def test_a_file_added_beside_a_workbook_changes_nothing_elsewhere(in_one_workbook, file, text):
    assert changes_nothing_elsewhere(in_one_workbook, file, written(text))
