"""Problems in the inputs: all of them at once, each with its place and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

SHOWN_AT_MOST = 50


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing that is wrong in the inputs.

    Attributes
    ----------
    file : str
        Relative to the case folder; with sheet where there is one: ``inputs.xlsx!use``.
    row : int
        Row of the sheet or line of the file, from 1; 0 where the whole file is meant.
    column : str
        Title of the column as printed, or the key in ``case.yaml``.
    value : str
        What stands there.
    message : str
        What is wrong and what would be right, in Chinese.
    message_en : str
        The same in English.
    """

    file: str
    row: int = 0
    column: str = ""
    value: str = ""
    message: str = ""
    message_en: str = ""

    def line(self, lang: str = "zh") -> str:
        """One line: place › value › what would be right."""
        zh = lang == "zh"
        place = [self.file]
        if self.row:
            place.append(f"第 {self.row} 行" if zh else f"row {self.row}")
        if self.column:
            place.append(self.column)
        message = self.message if zh else (self.message_en or self.message)
        value = ""
        if self.value:
            shown = _on_one_line(self.value)
            shown = shown if len(shown) <= 60 else shown[:57] + "…"
            value = f"填写为“{shown}”，" if zh else f"found {shown!r}; "
        place = [_on_one_line(part) for part in place]
        return " › ".join(place) + ("：" if zh else ": ") + value + message


@dataclass
class Told:
    """Problems of a table: of each kind the first are worded, all are counted.

    Attributes
    ----------
    most : int
        Problems of a kind that are worded.
    problems : list of Problem
    untold : int
        Problems that are not worded: nobody reads 300,000 of them, and each takes memory.
    """

    most: int = SHOWN_AT_MOST
    problems: list[Problem] = field(default_factory=list)
    untold: int = 0
    _room: int = 0

    def next_kind(self) -> None:
        """What is added from now on is of another kind: another column, another check."""
        self._room = self.most

    @property
    def has_room(self) -> bool:
        """Whether the next problem of this kind is worded."""
        return self._room > 0

    def add(self, worded: Callable[[], Problem]) -> None:
        """Add a problem, in the order of rows within its kind; it is worded if it is told."""
        if self.has_room:
            self._room -= 1
            self.problems.append(worded())
        else:
            self.untold += 1


class InputError(Exception):
    """The inputs have problems; holds every one of them, or the first and the number of others.

    Shown without a traceback in JupyterLab, by papermill and on the command line.

    Attributes
    ----------
    problems : tuple of Problem
    count : int
        Of all problems, those of which nothing but the number is known included.
    """

    def __init__(self, problems: Iterable[Problem], *, command: str = "", untold: int = 0) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        self.command = command
        self.count = len(self.problems) + untold
        super().__init__(self.text())

    def text(self, lang: str = "zh") -> str:
        """The message people read: a count, the numbered problems, the next command."""
        zh = lang == "zh"
        count = self.count
        head = (
            f"发现 {count} 个问题，未生成任何结果："
            if zh
            else f"{count} problem(s) found, nothing was written:"
        )
        lines = [f"{i}. {p.line(lang)}" for i, p in enumerate(self.problems[:SHOWN_AT_MOST], 1)]
        if more := count - len(lines):
            lines.append(f"…另有 {more} 个问题未列出" if zh else f"… and {more} more")
        if self.command:
            lines.append(("改好后运行：" if zh else "When mended, run: ") + self.command)
        return "\n".join([head, *lines])

    def __reduce__(self) -> tuple[Callable[..., InputError], tuple[tuple[Problem, ...], str, int]]:
        """It travels between processes."""
        return _again, (self.problems, self.command, self.count - len(self.problems))

    def _render_traceback_(self) -> list[str]:
        """Jupyter prints these lines instead of a traceback."""
        return [self.text()]


def _again(problems: tuple[Problem, ...], command: str, untold: int) -> InputError:
    return InputError(problems, command=command, untold=untold)


def _on_one_line(text: str) -> str:
    """Text without line breaks and without what a terminal would act on."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def unreadable(file: str, error: OSError) -> Problem:
    """The problem of a file that the system does not let us read."""
    return Problem(
        file,
        message=f"文件无法读取（{error.strerror}）；请检查权限，或它是否被别的程序占用",
        message_en=f"cannot be read ({error.strerror}); check permissions",
    )
