"""The text of a ledger file, read once to judge it and once to use it, never as a whole."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auditbook.case.errors import InputError, Problem
from auditbook.case.grid import _NOT_TEXT, decode
from auditbook.case.ledger_problems import endless

_PIECE = 1 << 20
_LONGEST_LINE = 16 << 20
_SURELY_UTF8 = 40  # bytes beyond one a character: no GB18030 text reads as so much UTF-8


@dataclass(frozen=True)
class _Fault:
    """The first place that an encoding cannot read: byte from 0, line from 1."""

    encoding: str
    offset: int
    line: int
    surely: bool = False

    def text(self, lang: str) -> str:
        if lang == "zh":
            return f"{self.encoding}：第 {self.line} 行第 {self.offset + 1} 字节"
        return f"{self.encoding}: line {self.line}, byte {self.offset + 1}"


def fingerprint(path: Path) -> str:
    """The sha256 of a file of any size."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def encoding_of(path: Path, file: str, declared: str | None = None) -> str:
    """The encoding of a file, every byte of which was read with it.

    Raises
    ------
    InputError
        The file is empty, holds NUL bytes, has a line that never ends, or is in no encoding that
        is tried: UTF-8 and then GB18030, or the declared one; the line and the byte are told.
    """
    mark = _check_bytes(path, file)
    tried = ["utf-8"] if mark else [declared or "utf-8", *([] if declared else ["gb18030"])]
    faults = []
    for encoding in tried:
        fault = _first_fault(path, encoding)
        if fault is None:
            return encoding
        faults.append(fault)
        if fault.surely:
            break
    raise InputError([_undecodable(file, faults)])


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _check_bytes(path: Path, file: str) -> bool:
    """Refuse what is no text at all; whether the file begins with a byte order mark."""
    empty, mark, lines, unbroken = True, False, 0, 0
    for number, piece in enumerate(_pieces(path)):
        mark = mark or (number == 0 and piece.startswith(codecs.BOM_UTF8))
        nul = piece.find(b"\0")
        if nul >= 0:
            offset = number * _PIECE + nul
            raise InputError([_nul(file, lines + piece.count(b"\n", 0, nul) + 1, offset)])
        empty = empty and not piece.removeprefix(codecs.BOM_UTF8).strip()
        lines += piece.count(b"\n")
        unbroken = 0 if b"\n" in piece or b"\r" in piece else unbroken + len(piece)
        if unbroken > _LONGEST_LINE:
            raise InputError([endless(file, lines + 1, _LONGEST_LINE >> 20)])
    if empty:
        decode(b"", file)
    return mark


def _first_fault(path: Path, encoding: str) -> _Fault | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    read = lines = extra = 0
    for piece in _with_end(path):
        pending = decoder.getstate()[0]
        start = read - len(pending)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            good = bytes(error.object[: error.start])
            extra += len(good) - len(good.decode(encoding, "ignore"))
            line = lines + good.count(b"\n") + 1
            surely = encoding == "utf-8" and extra >= _SURELY_UTF8
            return _Fault(encoding, start + error.start, line, surely)
        odd = _NOT_TEXT.search(text)
        if odd:
            good = text[: odd.start()].encode(encoding)
            return _Fault(encoding, start + len(good), lines + good.count(b"\n") + 1)
        extra += len(piece) - len(text)
        lines += piece.count(b"\n")
        read += len(piece)
    return None


def _with_end(path: Path) -> Iterator[bytes]:
    yield from _pieces(path)
    yield b""


@contextmanager
def lines_of(path: Path, encoding: str) -> Iterator[Iterator[str]]:
    """The lines of a file, decoded strictly, each with its end as it stands."""
    with path.open(encoding=encoding, errors="strict", newline="", buffering=_PIECE) as stream:
        yield _unmarked(stream)


def _unmarked(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line.removeprefix("\ufeff")
        break
    yield from lines


def _nul(file: str, line: int, offset: int) -> Problem:
    return Problem(
        file,
        line,
        message=f"第 {offset + 1} 字节是 NUL，不是文字；请另存为“CSV UTF-8（逗号分隔）”",
        message_en=f"byte {offset + 1} is NUL, which is no text; save it as UTF-8",
    )


def _undecodable(file: str, faults: list[_Fault]) -> Problem:
    furthest = max(faults, key=lambda fault: fault.offset)
    if furthest.surely:
        return Problem(
            file,
            furthest.line,
            message=f"从第 {furthest.offset + 1} 字节起不是 UTF-8，而前面的文字是：文件里混有几种"
            "编码；请另存为“CSV UTF-8（逗号分隔）”",
            message_en=f"not UTF-8 from byte {furthest.offset + 1} on, while what stands before "
            "is: the file mixes encodings; save it as UTF-8",
        )
    places, places_en = ("; ".join(f.text(lang) for f in faults) for lang in ("zh", "en"))
    return Problem(
        file,
        furthest.line,
        message=f"文字编码无法识别（已试 {places}）；请另存为“CSV UTF-8（逗号分隔）”",
        message_en=f"cannot be decoded (tried {places_en}); save it as UTF-8",
    )
