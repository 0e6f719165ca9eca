"""Write sheets row by row: CSV and Excel. Memory stays flat, a million rows take half a minute; no cell is a formula.

Excel files are written here rather than by a library, which takes five times as long for rows of plain cells.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from xml.sax.saxutils import escape

from lianxin.kernel.tables.writing import safe
from lianxin.kernel.worktime.calendars import ZONE

Value = str | int | float | datetime | date | None
MOST_ROWS = 1_048_000  # of one sheet; a longer list goes on in another
_PIECE = 256 * 1024
# Text that stands in a sheet as it is: most of it; to look for this costs a third of mending what needs none.
_PLAIN = re.compile(r"[^\s=+\-@&<>\x00-\x1f\ufffe\uffff](?:[^&<>\x00-\x1f\ufffe\uffff]*[^\s&<>\x00-\x1f\ufffe\uffff])?")
_EPOCH = date(1899, 12, 30)
_TEXT, _HEAD, _COUNT, _SHARE, _INSTANT, _DAY, _TITLE = range(7)
# Characters that XML cannot hold, and the mark by which Excel escapes others.
_ILLEGAL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


class Target(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> Any: ...


class Share(float):
    """A number between 0 and 1 that is shown as percent."""


class Sheet:
    """One sheet: its name, words above, headings, rows, and the widths of its columns in characters."""

    def __init__(
        self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Value]], *, above: Sequence[str] = (),
        widths: Sequence[int] = (),
    ) -> None:  # fmt: skip
        self.name, self.heads, self.rows, self.above, self.widths = name, heads, rows, above, widths


def write_csv(target: Target, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Write rows as CSV with the mark by which Excel knows UTF-8; return how many."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow([safe(head) for head in heads])
    count = 0
    for row in rows:
        writer.writerow([_plain(value) for value in row])
        count += 1
        if text.tell() > _PIECE:
            _drain(text, target)
    _drain(text, target)
    return count


def _drain(text: io.StringIO, target: Target) -> None:
    target.write(text.getvalue().encode())
    text.seek(0)
    text.truncate()


def _plain(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value * 100:.1f}%" if isinstance(value, Share) else value


def write_excel(target: Target, sheets: Sequence[Sheet], *, mark: str = "") -> int:
    """Write sheets one after the other; each page bears the mark. Return how many rows the first one has."""
    counts: list[int] = []
    names: list[str] = []
    with zipfile.ZipFile(_Forward(target), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for sheet in sheets:
            rows, part = iter(sheet.rows), 0
            counts.append(0)
            while True:
                part += 1
                names.append(sheet.name if part == 1 else f"{sheet.name} {part}")
                written = _write_sheet(book, len(names), sheet, rows, mark)
                counts[-1] += written
                if written < MOST_ROWS:
                    break
        _write_frame(book, names)
    return counts[0]


class _Forward(io.RawIOBase):
    """A file one only writes to: the archive then puts lengths behind what they tell of."""

    def __init__(self, target: Target) -> None:
        self._target, self._at = target, 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        content = bytes(data)
        self._target.write(content)
        self._at += len(content)
        return len(content)

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return False


def _write_sheet(book: zipfile.ZipFile, number: int, sheet: Sheet, rows: Iterator[Sequence[Value]], mark: str) -> int:
    count = 0
    with book.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as file:
        top = len(sheet.above) + 1
        file.write(_begin(sheet, top).encode())
        waiting: list[str] = []
        size = 0
        for place, words in enumerate(sheet.above, 1):
            waiting.append(f'<row r="{place}">{_text(words, _TITLE if place == 1 else _TEXT)}</row>')
        waiting.append(f'<row r="{top}">{"".join(_text(head, _HEAD) for head in sheet.heads)}</row>')
        for row in rows:
            line = f"<row>{''.join(map(_cell, row))}</row>"
            waiting.append(line)
            size += len(line)
            count += 1
            if size > _PIECE:
                file.write("".join(waiting).encode())
                waiting, size = [], 0
            if count == MOST_ROWS:
                break
        waiting.append(f"</sheetData>{_foot(mark)}</worksheet>")
        file.write("".join(waiting).encode())
    return count


def _begin(sheet: Sheet, top: int) -> str:
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(sheet.widths, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="{top}"'
        f' topLeftCell="A{top + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
    )


def _foot(mark: str) -> str:
    if not mark:
        return ""
    said = escape(mark.translate(_ILLEGAL).replace("&", "&&")[:200])
    feet = f"<oddHeader>&amp;C{said}</oddHeader><oddFooter>&amp;C{said} &amp;P/&amp;N</oddFooter>"
    return f"<headerFooter>{feet}</headerFooter>"


def _cell(value: Value) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        return _text(value, _TEXT)
    if isinstance(value, datetime):
        here = value.astimezone(ZONE)
        days = (here.date() - _EPOCH).days + (here.hour * 3600 + here.minute * 60 + here.second) / 86_400
        return f'<c s="{_INSTANT}"><v>{days:.8f}</v></c>'
    if isinstance(value, date):
        return f'<c s="{_DAY}"><v>{(value - _EPOCH).days}</v></c>'
    if isinstance(value, Share):
        return f'<c s="{_SHARE}"><v>{float(value)!r}</v></c>'
    return f'<c s="{_COUNT}"><v>{value}</v></c>'


def _text(value: str, style: int) -> str:
    if _PLAIN.fullmatch(value):
        return f'<c s="{style}" t="inlineStr"><is><t>{value}</t></is></c>'
    # Text of this kind is never a formula; the apostrophe is for who saves it as CSV.
    said = escape(safe(value).translate(_ILLEGAL))
    keeps = ' xml:space="preserve"' if said[:1] in " \n\t" or said[-1:] in " \n\t" else ""
    return f'<c s="{style}" t="inlineStr"><is><t{keeps}>{said}</t></is></c>'


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="0.0%"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="等线"/></font><font><b/><sz val="11"/><name val="等线"/></font>'
    '<font><b/><sz val="14"/><name val="等线"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFD9EAE8"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7">'
    '<xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="2" applyFont="1" applyFill="1"/>'
    '<xf numFmtId="3" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="2" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _write_frame(book: zipfile.ZipFile, names: Sequence[str]) -> None:
    """Write what binds the sheets to a book."""
    numbers = range(1, len(names) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    sheets = "".join(
        f'<sheet name="{escape(name[:31], _QUOTE)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_REL}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    last = len(names) + 1
    book.writestr("xl/styles.xml", _XML + _STYLES)
    book.writestr(
        "xl/workbook.xml", f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{sheets}</sheets></workbook>'
    )
    book.writestr(
        "xl/_rels/workbook.xml.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId{last}" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
    )
    book.writestr(
        "_rels/.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    book.writestr(
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
        f' ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{parts}</Types>',
    )


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_QUOTE = {'"': "&quot;"}
