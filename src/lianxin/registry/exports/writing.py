"""Write the rows of an export as CSV or Excel, one by one; Excel begins with a sheet that says whose file this is."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from lianxin.kernel.tables.writing import safe

from .store import Writer

NUMBER = "导出编号"


def write_csv(target: Writer, head: Sequence[str], rows: Iterable[Sequence[str]], *, number: str) -> int:
    """Write rows with the export's number at the end of each, so that a copy tells where it came from."""
    target.write("\ufeff".encode())
    count = 0
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*head, NUMBER])
    for count, row in enumerate(rows, start=1):  # noqa: B007 -- counted on the way
        writer.writerow([*(safe(cell) for cell in row), number])
        if text.tell() > 65_536:
            _drain(text, target)
    _drain(text, target)
    return count


def _drain(text: io.StringIO, target: Writer) -> None:
    target.write(text.getvalue().encode())
    text.seek(0)
    text.truncate()


def write_excel(
    target: Writer, head: Sequence[str], rows: Iterable[Sequence[str]], *, told: Sequence[tuple[str, str]], mark: str
) -> int:
    """Write a sheet that tells who took this out and why, then the rows; every page bears the mark."""
    book = Workbook(write_only=True)
    first = book.create_sheet("说明")
    first.column_dimensions["A"].width, first.column_dimensions["B"].width = 14, 70
    for name, words in told:
        first.append([_cell(first, name, is_head=True), _cell(first, words)])
    sheet = book.create_sheet("数据")
    for sheets in (first, sheet):
        sheets.oddHeader.center.text = sheets.oddFooter.center.text = mark.replace("&", "&&")
    sheet.freeze_panes = "A2"
    for place in range(1, len(head) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 20
    sheet.append([_cell(sheet, name, is_head=True) for name in head])
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 -- counted on the way
        sheet.append([_cell(sheet, cell) for cell in row])
    book.save(cast("Any", target))
    return count


def _cell(sheet: Any, text: str, *, is_head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=safe("".join(char for char in text if char >= " ")))
    cell.data_type, cell.number_format = "s", "@"  # identity numbers stay as they are
    if is_head:
        cell.font = Font(bold=True)
    return cell
