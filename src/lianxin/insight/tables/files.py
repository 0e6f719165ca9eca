"""A table as a file: what it is, as of when, the numbers, and a sheet of definitions."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from lianxin.insight.statistics.figures import FEW
from lianxin.kernel.worktime.calendars import ZONE

from .sheets import Share, Sheet, Target, Value, write_csv, write_excel
from .telling import Cell, Line, Table, definitions

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write(target: Target, table: Table, *, format: str, title: str, by: str) -> int:  # noqa: A002 - the word users see
    """Write a table; return how many rows it has. `by` says who made it."""
    about = about_of(table)
    heads = [table.head, *table.heads]
    if format == "csv":
        write_csv(target, [title], [[about], heads, *rows_of(table)])
    else:
        meanings = [
            *definitions(table.asked), (_("不列"), _("不到 {few} 人评价的，不列出来").format(few=FEW)),
            (_("范围"), about), (_("制表"), by),
        ]  # fmt: skip
        sheets = [
            Sheet(_("表"), heads, rows_of(table), above=[title, about], widths=[24, *([16] * len(table.heads))]),
            Sheet(_("口径"), [_("名称"), _("怎样算")], meanings, widths=[24, 90]),
        ]
        write_excel(target, sheets, mark=f"{title} · {by}")
    return len(table.lines)


def about_of(table: Table) -> str:
    """Say where, when and as of when."""
    as_of = table.as_of.astimezone(ZONE)
    return _("{place} · {period} · 数据截至 {at}").format(
        place=table.asked.place.name, period=table.asked.period.label, at=f"{as_of:%Y-%m-%d %H:%M}"
    )


def rows_of(table: Table) -> Iterator[list[Value]]:
    """Yield the rows, the row of all last."""
    for line in [*table.lines, table.total]:
        yield _row(line)


def _row(line: Line) -> list[Value]:
    return [line.name, *(_value(cell) for cell in line.cells)]


def _value(cell: Cell) -> Value:
    if cell.is_hidden:
        return _("不列")
    if cell.value is None:
        return None
    return Share(cell.value) if cell.is_share else int(cell.value)
