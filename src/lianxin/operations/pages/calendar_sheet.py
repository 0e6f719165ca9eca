"""Read a sheet of holidays (放假表: date, kind, name in any order) as lines of a notice, which the page then shows."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.tables.reading import open_table
from lianxin.kernel.tables.values import read_day

MOST_BYTES = 1024 * 1024
_MOST_ROWS = 400
_MOST_CHARACTERS = 6_000  # what the form takes
_WEEKDAY = re.compile(r"(周|星期|礼拜)[一二三四五六日天]")


def lines_of(file: UploadedFile) -> str:
    """Return a line a day: 2027-01-01 放假 元旦; a row that is not understood stays as it is, to be told on the page.

    Raises Invalid for what is no table, names no day, or is too long.
    """
    if (file.size or 0) > MOST_BYTES:
        raise Invalid({"file": _("文件太大，不像一年的放假表。")})
    with tempfile.NamedTemporaryFile() as kept:
        kept.write(file.read())
        kept.flush()
        table = open_table(Path(kept.name))
        rows = [table.columns, *(row.cells for row in islice(table, _MOST_ROWS))]
    lines = "\n".join(filter(None, map(_line, rows)))
    if not lines:
        raise Invalid({"file": _("表里没有读到日期。一行一天：日期、放假或上班、节日。")})
    if len(lines) > _MOST_CHARACTERS:
        raise Invalid({"file": _("表太长，请只留这一年的放假和上班的日子。")})
    return lines


def _line(cells: Sequence[str]) -> str:
    """Return a row as a line; nothing for a row without digits: a head, a note."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    day = next((found for cell in filled if (found := read_day(cell))), None)
    kinds = [(cell, kind) for cell in filled if (kind := _kind(cell))]
    if day is None or not kinds:
        return " ".join(filled)[:60] if any(re.search(r"\d{4}", cell) for cell in filled) else ""
    return " ".join([day.isoformat(), kinds[0][1], *islice(_names(filled, kinds[0][0]), 1)])


def _names(filled: Sequence[str], told: str) -> Iterator[str]:
    for cell in filled:
        if cell != told and not re.search(r"\d", cell) and not _WEEKDAY.fullmatch(cell):
            yield re.sub(r"\s+", "", cell)[:20]


def _kind(cell: str) -> str:
    """Return 放假 or 上班; nothing where a cell says neither, or may mean both (调休)."""
    word = cell.casefold()
    if word in {"workday", "work", "班"} or word.endswith("上班") or word in {"工作日", "补班"}:
        return "上班"
    is_off = word in {"holiday", "off", "休", "休息", "公休", "假", "节假日", "法定节假日"} or word.endswith("放假")
    return "放假" if is_off else ""
