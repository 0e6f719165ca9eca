"""Excel (xlsx, xls, xlsb, ods): merged cells taken over, formulas as the values they had when saved."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from . import heads
from .delimited import ditto
from .model import MOST_COLUMNS, MOST_ROWS, Row, Sheet, Table, too_long, too_wide, wrong
from .values import plain, plain_row

_HEAD = 60  # rows looked at for the head


class Workbook:
    """An open workbook."""

    def __init__(self, path: Path) -> None:
        try:
            self._book = CalamineWorkbook.from_path(str(path))
        except PasswordError:
            raise wrong(_("这个表格有密码。请去掉密码另存一次再传。")) from None
        except (CalamineError, OSError, ValueError) as error:
            raise wrong(_("这个表格打不开，可能没有存完整。请用 Excel 或 WPS 另存一次再传。")) from error

    def sheets(self) -> list[Sheet]:
        """List the sheets that hold something, in their order."""
        found = []
        for data in self._book.sheets_metadata:
            if data.typ == SheetTypeEnum.WorkSheet:
                sheet = self._sheet(data.name)
                if sheet.height and sheet.width:
                    found.append(Sheet(data.name, sheet.height))
        if not found:
            raise wrong(_("这个表格里没有内容。"))
        return found

    def _sheet(self, name: str) -> Any:
        try:
            return self._book.get_sheet_by_name(name)
        except BaseException as error:  # the reader is Rust: its panics are no Exception
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            raise wrong(_("表“{name}”读不出来。请用 Excel 或 WPS 另存一次再传。").format(name=name)) from error

    def table(self, name: str, head_row: int | None, known: heads.Known) -> Table:
        """Open one sheet; `head_row` is the number people see, None: look for it."""
        sheet = self._sheet(name)
        if sheet.start is None:
            raise wrong(_("表“{name}”是空的。").format(name=name))
        if sheet.total_height > MOST_ROWS + 1000:
            raise too_long()
        if sheet.width > MOST_COLUMNS:
            raise too_wide(sheet.width)
        above, left = sheet.start
        merged = _Merged(sheet.merged_cell_ranges or [], left)
        first = [tuple(map(plain, row[left:])) for row in sheet.to_python(skip_empty_area=False, nrows=above + _HEAD)]
        place = head_row - 1 if head_row else heads.find_head(first, known)
        if place >= len(first):
            raise wrong(_("第 {row} 行不在表里。").format(row=head_row))
        names: list[str] = list(first[place])
        double = heads.joined(names, first[place + 1], merged.spans(place)) if place + 1 < len(first) else None
        last = place + 1 if double else place
        table = Table("excel", name, heads.named(double or names), last + 1, lambda: iter(()), skipped_above=place)
        table.source = lambda: _rows(sheet, last, merged, table)
        return table


class _Merged:
    """Merged ranges: which cells take over the value of which row above."""

    def __init__(self, ranges: list[Any], left: int) -> None:
        self._by_row: dict[int, list[tuple[int, int, int]]] = {}  # first row → (last row, first column, last column)
        for (top, first), (bottom, last) in ranges:
            self._by_row.setdefault(top, []).append((bottom, max(0, first - left), last - left))
        self._held: dict[int, tuple[int, str, int]] = {}  # column → (until row, value, from row)

    def spans(self, row: int) -> list[tuple[int, int]]:
        """Return columns that one cell of this row covers side by side."""
        return [(first, last) for bottom, first, last in self._by_row.get(row, []) if bottom == row]

    def fill(self, row: int, cells: list[str]) -> list[int]:
        """Put into empty cells what is merged down over them; return their columns. Rows must come in order."""
        for bottom, first, last in self._by_row.get(row, ()):
            for column in range(first, min(last, len(cells) - 1) + 1):
                if bottom > row:
                    self._held[column] = (bottom, cells[first], row)
        filled = []
        for column, (bottom, value, begun) in list(self._held.items()):
            if begun < row <= bottom and value and not cells[column]:
                cells[column] = value
                filled.append(column)
            if row >= bottom:
                del self._held[column]
        return filled


def _rows(sheet: Any, head: int, merged: _Merged, table: Table) -> Iterator[Row]:
    before: tuple[str, ...] = ()
    width = len(table.columns)
    # Rows come from the first of the sheet, cells from the first column that holds anything.
    for index, raw in enumerate(sheet.iter_rows()):
        if index <= head:
            continue
        cells = plain_row(raw[:width])
        filled = merged.fill(index, cells)
        if len(filled) == len(cells) - cells.count(""):
            continue  # nothing of its own
        if heads.is_no_row(cells):
            table.left_out.append(index + 1)
            continue
        row = ditto(index + 1, cells, before, filled)
        before = row.cells
        yield row
