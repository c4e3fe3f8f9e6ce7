"""A Word document in the official style of Chinese documents, the same bytes in every run.

Page, fonts and headings follow GB/T 9704-2012 as evaluation reports do by custom: A4, margins
37/35/28/26 mm, body 仿宋 16 pt on a 28 pt pitch with a first-line indent of two characters,
headings 黑体 and 楷体, Latin letters and digits Times New Roman, page numbers between dashes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from auditbook.folders import write_whole

LATIN = "Times New Roman"
BODY, TITLE, LEVEL1, LEVEL2, CELL = "仿宋", "方正小标宋简体", "黑体", "楷体", "宋体"
_TEXT, _HEAD = "Table Text", "Table Head"
"""Paragraph styles of table cells: a person changes them in Word at one place."""

_AS_OF = datetime(2000, 1, 1)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class Page:
    """A document under construction.

    Parameters
    ----------
    author : str
        Stands in the file's properties; times there are fixed.
    """

    def __init__(self, author: str = "auditbook") -> None:
        self.document = Document()
        properties = self.document.core_properties
        properties.author = properties.last_modified_by = author
        properties.created = properties.modified = _AS_OF
        properties.revision = 1
        self._page()
        self._styles()

    def title(self, text: str) -> None:
        """The title of the document, centred."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(12)
        _font(paragraph.add_run(text), TITLE, 22)

    def note(self, text: str, *, warn: bool = False) -> None:
        """A centred line under the title; a warning is red and bold."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        _font(run, LEVEL1 if warn else BODY, 14)
        if warn:
            run.font.color.rgb = RGBColor(0xB4, 0x23, 0x18)

    def heading(self, text: str, level: int, *, new_page: bool = False) -> None:
        """一、 (level 1) or （一） (level 2); the caller numbers them."""
        paragraph = self.document.add_heading(text, level)
        paragraph.paragraph_format.page_break_before = new_page

    def paragraph(self, text: str) -> None:
        """Running text; nothing is added for an empty one."""
        if text:
            self.document.add_paragraph(text)

    def picture(self, path: Path, caption: str) -> None:
        """A chart in the width of the text, with its caption below."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.first_line_indent = Pt(0)
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run().add_picture(str(path), width=Mm(150))
        self._small(caption, centre=True)

    def table(
        self,
        caption: str,
        unit: str,
        titles: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[float] = (),
        numbers: Sequence[bool] = (),
    ) -> None:
        """A table with its title and unit above it and a header row that repeats.

        Parameters
        ----------
        widths : sequence of float
            Shares of the text width per column; equal where empty.
        numbers : sequence of bool
            Columns of numbers, which stand right-aligned.
        """
        self._small(caption, centre=True, bold=True)
        if unit:
            self._small(unit, right=True)
        table = self.document.add_table(rows=1, cols=len(titles), style="Table Grid")
        table.autofit = False
        _repeat(table.rows[0])
        shares = widths or [1] * len(titles)
        columns = [Mm(156 * share / sum(shares)) for share in shares]
        for column, width in zip(table.columns, columns, strict=True):
            column.width = width
        self._row(table.rows[0], titles, columns, _HEAD)
        for row in rows[:1]:
            self._row(table.add_row(), row, columns, _TEXT, numbers)
        pattern = table.rows[-1]._tr
        for row in rows[1:]:  # alike but for the words: copying is ten times as fast as building
            new = deepcopy(pattern)
            for run, text in zip(new.iter(qn("w:r")), row, strict=True):
                run.text = text
            table._tbl.append(new)
        self._small("")

    def _row(
        self,
        row: Any,
        texts: Sequence[str],
        widths: Sequence[Any],
        style: str,
        numbers: Sequence[bool] = (),
    ) -> None:
        look = self.document.styles[style].style_id
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = widths[place]
            paragraph = cell.paragraphs[0]
            paragraph._p.style = look  # `paragraph.style` looks through all styles, each time
            paragraph.add_run(text)
            if numbers and numbers[place]:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def save(self, path: Path) -> None:
        """Write the document whole, with fixed times inside the file."""
        content = io.BytesIO()
        self.document.save(content)
        write_whole(path, _with_fixed_times(content.getvalue()))

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _font(footer.add_run("— "), CELL, 14)
        _page_number(footer)
        _font(footer.add_run(" —"), CELL, 14)

    def _styles(self) -> None:
        styles: Any = self.document.styles
        normal = styles["Normal"]
        _font(normal, BODY, 16)
        layout = normal.paragraph_format
        layout.line_spacing = Pt(28)
        layout.space_after = layout.space_before = Pt(0)
        layout.first_line_indent = Pt(32)
        for level, name, size in ((1, LEVEL1, 16), (2, LEVEL2, 16)):
            style = styles[f"Heading {level}"]
            _font(style, name, size)
            style.font.color.rgb = RGBColor(0, 0, 0)
            style.font.bold = False
            style.paragraph_format.first_line_indent = Pt(32)
            style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        for name, font, place in ((_TEXT, CELL, None), (_HEAD, LEVEL1, WD_ALIGN_PARAGRAPH.CENTER)):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = normal
            _font(style, font, 10.5)
            layout = style.paragraph_format
            layout.first_line_indent, layout.line_spacing = Pt(0), Pt(16)
            layout.alignment = place

    def _small(
        self, text: str, *, centre: bool = False, right: bool = False, bold: bool = False
    ) -> None:
        paragraph = self.document.add_paragraph()
        layout = paragraph.paragraph_format
        layout.first_line_indent = Pt(0)
        layout.line_spacing = Pt(20)
        layout.keep_with_next = bool(text) and (bold or right)
        if centre or right:
            place = WD_ALIGN_PARAGRAPH.CENTER if centre else WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.alignment = place
        run = paragraph.add_run(text)
        _font(run, LEVEL1 if bold else CELL, 12)


def _font(holder: Any, east_asian: str, size: float) -> None:
    """Set both fonts of a run or style; a theme font would win, so its attributes go."""
    holder.font.name, holder.font.size = LATIN, Pt(size)
    element = holder.element if hasattr(holder, "element") else holder._element
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{attribute}"), None)
    fonts.set(qn("w:eastAsia"), east_asian)


def _repeat(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _page_number(paragraph: Any) -> None:
    run = paragraph.add_run()
    _font(run, CELL, 14)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _with_fixed_times(content: bytes) -> bytes:
    """The same package with fixed times and order: [Content_Types].xml first, the rest sorted."""
    rewritten = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return rewritten.getvalue()
