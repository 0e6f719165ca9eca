"""Writing tables for people to open in Excel: no cell is taken for a formula, long numbers stay text."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
HEAD, WRONG, HINT = "head", "wrong", "hint"
_FILLS = {
    HEAD: PatternFill("solid", fgColor="D9EAE8"),
    WRONG: PatternFill("solid", fgColor="FBE6E2"),
    HINT: PatternFill("solid", fgColor="F6F4EF"),
}


def safe(text: str) -> str:
    """Return text that no program takes for a formula: an apostrophe in front of what begins like one."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


class Cell:
    """A cell with a look (head, wrong, hint) and a note that opens beside it."""

    __slots__ = ("look", "note", "text")

    def __init__(self, text: str, look: str = "", note: str = "") -> None:
        self.text, self.look, self.note = text, look, note


def write_excel(
    target: IO[bytes],
    name: str,
    rows: Iterable[Sequence[str | Cell]],
    *,
    widths: Sequence[int] = (),
    frozen: str = "A2",
) -> None:
    """Write one sheet; every cell is text, so that 0113 and identity numbers stay as they are."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = frozen
    for row in rows:
        sheet.append([_cell(sheet, each) for each in row])
    book.save(target)


def _cell(sheet: Any, given: str | Cell) -> Any:
    told = given if isinstance(given, Cell) else Cell(given)
    cell = WriteOnlyCell(sheet, value=safe(_legal(told.text)))
    cell.data_type, cell.number_format = "s", "@"
    if told.look:
        cell.fill = _FILLS[told.look]
        cell.font = Font(bold=told.look == HEAD)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    if told.note:
        cell.comment = Comment(_legal(told.note), "连心")
    return cell


def _legal(text: str) -> str:
    return "".join(char for char in text if char >= " " or char in "\n\t")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV with the mark by which Excel knows UTF-8."""
    content = io.StringIO()
    csv.writer(content).writerows([safe(cell) for cell in row] for row in rows)
    return "\ufeff" + content.getvalue()
