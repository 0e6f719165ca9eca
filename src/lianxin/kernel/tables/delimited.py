"""Delimited text (CSV): GBK, GB18030, UTF-8 with and without mark, UTF-16; commas, tabs, semicolons, bars."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from . import heads
from .model import MOST_COLUMNS, NOTHING, Row, Table, too_wide, wrong
from .values import plain, plain_row

_SAMPLE = 512 * 1024
_DELIMITERS = (",", "\t", ";", "|", "，", "；", "^")
_DITTO = {"同上", "〃", "″", "''", '"', "同前", "同上一行"}


def table(path: Path, head_row: int | None, known: heads.Known) -> Table:
    """Open a text file as a table."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="", errors="replace") as text:
        sample = text.read(_SAMPLE).replace("\0", "")
    delimiter = delimiter_of(sample)
    first = []
    for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
        first.append(tuple(map(plain, cells)))
        if len(first) >= 60:
            break
    if not first:
        raise wrong(_("文件里没有内容。"))
    place = head_row - 1 if head_row else heads.find_head(first, known)
    if place >= len(first):
        raise wrong(_("第 {row} 行不在表里。").format(row=head_row))
    names = list(first[place])
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise too_wide(len(names))
    found = Table("text", path.name, heads.named(names), place + 1, lambda: iter(()), encoding, skipped_above=place)
    found.source = lambda: _rows(path, found, delimiter)
    return found


def encoding_of(path: Path) -> str:
    """Return the encoding: by its mark, else UTF-8 if all of it is, else GB18030 if all of it is, else the likeliest.

    Reads the file once, in pieces.
    """
    with path.open("rb") as content:
        head = content.read(_SAMPLE)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8", "gb18030"):
        if _is_all(path, encoding):
            return encoding
    best = from_bytes(head).best()
    if best is None:
        raise wrong(_("看不懂文件的文字编码。请用 Excel 打开后另存为“CSV UTF-8”。"))
    return best.encoding


def _is_all(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as content:
            while piece := content.read(1 << 20):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(sample: str) -> str:
    """Return what parts the cells: what cuts the most lines into the same number of pieces."""
    best, chosen = 0.0, ","
    lines = sample.splitlines()[:80]
    for mark in _DELIMITERS:
        counts = [len(cells) for cells in csv.reader(lines, delimiter=mark) if cells]
        usual = max(set(counts), key=counts.count, default=1)
        score = (counts.count(usual) / max(1, len(counts))) * min(usual, 40) if usual > 1 else 0.0
        if score > best:
            best, chosen = score, mark
    return chosen


def _rows(path: Path, table: Table, delimiter: str) -> Iterator[Row]:
    width = len(table.columns)
    before: tuple[str, ...] = ()
    with path.open(encoding=table.encoding, newline="", errors="replace") as text:
        reader = csv.reader((line.replace("\0", "") for line in text), delimiter=delimiter)
        try:
            for number, raw in enumerate(reader, 1):
                if number <= table.head_row:
                    continue
                cells = plain_row(raw[:width])
                if not any(cells):
                    continue
                if len(cells) < width:
                    cells += [""] * (width - len(cells))
                if heads.is_no_row(cells):
                    table.left_out.append(number)
                    continue
                row = ditto(number, cells, before, ())
                before = row.cells
                yield row
        except csv.Error as error:
            raise wrong(_("第 {line} 行的引号不配对，读不下去。").format(line=reader.line_num)) from error


def ditto(number: int, cells: list[str], before: Sequence[str], filled: Sequence[int]) -> Row:
    """Return a row in which 同上 is the value above."""
    if before and not _DITTO.isdisjoint(cells):
        filled = list(filled)
        for column, cell in enumerate(cells):
            if cell in _DITTO:
                cells[column] = before[column]
                filled.append(column)
    return Row(number, tuple(cells), frozenset(filled) if filled else NOTHING)
