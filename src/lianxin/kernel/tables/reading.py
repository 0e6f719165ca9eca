"""Open whatever was sent as a table."""

from pathlib import Path

from django.utils.translation import gettext as _

from . import delimited
from .heads import Known
from .kinds import kind_of
from .model import Sheet, Table, wrong


def _nothing_known(_name: str) -> bool:
    return False


def sheets_of(path: Path) -> list[Sheet]:
    """List what may be read in a file: sheets, layers, or the file itself. Raises Invalid for what is no table."""
    kind = kind_of(path)
    if kind == "excel":
        from .sheets import Workbook

        return Workbook(path).sheets()
    if kind == "text":
        return [Sheet("", None)]
    from . import geodata

    return geodata.layers(path, kind)


def open_table(
    path: Path, *, sheet: str = "", head_row: int | None = None, known: Known = _nothing_known
) -> Table:  # fmt: skip
    """Open a table. Without `sheet` the one with the most rows; without `head_row` it is looked for.

    Raises Invalid, here or while rows are read, with a sentence that says what to do.
    """
    kind = kind_of(path)
    if kind == "text":
        return delimited.table(path, head_row, known)
    if kind == "excel":
        from .sheets import Workbook

        book = Workbook(path)
        return book.table(_chosen(sheet, book.sheets()), head_row, known)
    from . import geodata

    return geodata.table(path, kind, _chosen(sheet, geodata.layers(path, kind)))


def _chosen(name: str, sheets: list[Sheet]) -> str:
    if not name:
        return max(sheets, key=lambda sheet: sheet.rows or 0).name
    if name not in {sheet.name for sheet in sheets}:
        raise wrong(_("文件里没有表“{name}”。").format(name=name))
    return name
