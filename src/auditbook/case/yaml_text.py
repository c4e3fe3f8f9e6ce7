"""``case.yaml`` as plain values that remember their lines; YAML's own errors as problems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarbool import ScalarBoolean
from ruamel.yaml.scalarint import ScalarInt

from auditbook.case.errors import InputError, Problem, unreadable
from auditbook.case.grid import decode

FILE = "case.yaml"

LARGEST = 20_000
"""Values that a file may hold, repeated ones (``*name``) counted each time."""

_DEEPEST = 20
_DUPLICATE = re.compile(r'found duplicate key "?(?P<key>[^"]*)"? with value')


@dataclass(frozen=True)
class YamlText:
    """A read file: plain values, and the nodes that know their lines.

    Attributes
    ----------
    values : dict
    node : CommentedMap
    """

    values: dict[str, Any]
    node: CommentedMap

    def line(self, path: tuple[str | int, ...]) -> int:
        """The line of a key, from 1; of the nearest part above it where it is not there."""
        node: Any = self.node
        line = 1
        for part in path:
            if isinstance(node, CommentedMap) and part in node:
                line = node.lc.key(part)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line = node.lc.item(part)[0] + 1
            else:
                break
            node = node[part]
        return line


def read_yaml(path: Path) -> YamlText:
    """Read ``case.yaml``.

    Raises
    ------
    InputError
        No such file, not UTF-8, not YAML, a key twice, or no mapping.
    """
    if not path.is_file():
        raise InputError([_no_file()])
    try:
        text = decode(path.read_bytes(), FILE, "utf-8")
    except OSError as error:
        raise InputError([unreadable(FILE, error)]) from None
    yaml = YAML(typ="rt")
    try:
        node = yaml.load(text)
    except MarkedYAMLError as error:
        raise InputError([_marked(error, text)]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise InputError([_syntax(0, "", str(error).partition("\n")[0])]) from None
    if not isinstance(node, CommentedMap):
        raise InputError([_no_mapping(text)])
    return YamlText(_Plain().mapping(node, 0), node)


class _Plain:
    """Round-trip nodes as plain values, counted so that repeated references cannot explode."""

    def __init__(self) -> None:
        self.count = 0

    def mapping(self, node: CommentedMap, depth: int) -> dict[str, Any]:
        return {str(key): self.value(node[key], depth + 1) for key in node}

    def value(self, node: Any, depth: int) -> Any:
        self.count += 1
        if self.count > LARGEST or depth > _DEEPEST:
            raise InputError([_too_much()])
        if isinstance(node, CommentedMap):
            return self.mapping(node, depth)
        if isinstance(node, CommentedSeq | list | set):
            return [self.value(item, depth + 1) for item in node]
        return _scalar(node)


def _scalar(node: Any) -> Any:
    if isinstance(node, TaggedScalar):
        return str(node.value)
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, ScalarBoolean):
        return bool(node)
    if isinstance(node, datetime):
        return node.date() if not (node.hour or node.minute) else str(node)
    if isinstance(node, date):
        return node
    width = getattr(node, "_width", None) if isinstance(node, ScalarInt) else None
    if width:
        return f"{int(node):0{width}d}"  # 001 is a code whose zeros count
    for plain in (int, float, str):
        if isinstance(node, plain):
            return plain(node)
    return str(node)


def _marked(error: MarkedYAMLError, text: str) -> Problem:
    lines = ["", *text.splitlines()]
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark]
    told = [mark.line + 1 for mark in marks if mark.line + 1 < len(lines)]
    line = told[0] if told else len(lines) - 1 if marks else 0  # a mark may lie behind the end
    content = lines[line].strip()
    duplicate = _DUPLICATE.search(error.problem or "")
    if isinstance(error, DuplicateKeyError):
        key = duplicate["key"] if duplicate else content.partition(":")[0]
        return Problem(
            FILE,
            line,
            key,
            content,
            "同一个键写了两次；只能留一个",
            "the same key stands twice; keep one",
        )
    if "\t" in lines[line]:
        return _tab(line, content)
    return _syntax(line, content, error.problem or "")


def _tab(line: int, content: str) -> Problem:
    return Problem(
        FILE,
        line,
        value=content,
        message="缩进用了制表符（Tab）；应改为空格",
        message_en="indented with a tab; use spaces",
    )


def _syntax(line: int, content: str, why: str) -> Problem:
    return Problem(
        FILE,
        line,
        value=content,
        message="不是正确的 YAML：应为“键: 值”，冒号后有空格，同级缩进相同，括号和引号成对",
        message_en=f"not YAML ({why}): should be 'key: value', a space after the colon, equal "
        "indentation, brackets and quotes in pairs",
    )


def _no_file() -> Problem:
    return Problem(
        FILE,
        message="案卷文件夹里缺少这个文件；可以复制另一个案卷的 case.yaml 再修改",
        message_en="the case folder has no such file; copy that of another case and change it",
    )


def _no_mapping(text: str) -> Problem:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return Problem(
        FILE,
        1,
        value=first,
        message="应由“键: 值”组成，例如 project: kunming-grid",
        message_en="should hold 'key: value' lines, for example project: kunming-grid",
    )


def _too_much() -> Problem:
    return Problem(
        FILE,
        message=f"内容过多或层层引用；应不超过 {LARGEST:,} 个值、{_DEEPEST} 层",
        message_en=f"too much content; at most {LARGEST:,} values and {_DEEPEST} levels",
    )
