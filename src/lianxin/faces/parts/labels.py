"""Labels with a code to scan, as PDF: sheets of A4, three times eight, each with name, number, code and a hint."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from . import papers
from .papers import BRAND, INK, INK_2

if TYPE_CHECKING:
    from fpdf import FPDF

COLUMNS, ROWS = 3, 8
A_SHEET: Final = COLUMNS * ROWS
_WIDTH, _HEIGHT = 70.0, 37.125  # millimetres: A4 in 24 parts, as label paper is cut
_CODE, _EDGE = 27.0, 4.0


@dataclass(frozen=True, slots=True)
class Label:
    """One label: what it is stuck on, its number, where the code leads."""

    name: str
    kind: str
    number: str
    url: str


def pdf(labels: Iterable[Label], hint: str, foot: str) -> Iterator[bytes]:
    """Yield a PDF with these labels, sheet after sheet. Raises Refused where the machine has no Chinese font."""
    paper = papers.begin(hint, "A4")
    for place, label in enumerate(labels):
        on_sheet = place % A_SHEET
        if on_sheet == 0:
            paper.add_page()
        _draw(paper, label, hint, foot, left=on_sheet % COLUMNS * _WIDTH, top=on_sheet // COLUMNS * _HEIGHT)
    return papers.pieces(paper)


def _draw(paper: "FPDF", label: Label, hint: str, foot: str, *, left: float, top: float) -> None:
    papers.code(paper, label.url, left=left + _EDGE, top=top + (_HEIGHT - _CODE) / 2, side=_CODE, quiet=2)
    x, room = left + _EDGE + _CODE + 2.5, _WIDTH - _CODE - 2 * _EDGE - 2.5
    _words(paper, hint, x=x, y=top + 5.2, points=11.5, colour=BRAND, room=room, bold=True)
    for number, part in enumerate(_wrapped(paper, label.name, room)):
        _words(paper, part, x=x, y=top + 12.2 + number * 4.4, points=9.5, colour=INK, room=room, bold=True)
    _words(paper, label.kind, x=x, y=top + 21.4, points=8, colour=INK_2, room=room)
    _words(paper, label.number, x=x, y=top + 25.4, points=8.5, colour=INK, room=room)
    _words(paper, foot, x=x, y=top + 29.6, points=7, colour=INK_2, room=room)


def _wrapped(paper: "FPDF", text: str, room: float) -> list[str]:
    """Return a name on two lines at most; the rest is cut."""
    paper.set_font("lx", "B", 9.5)
    lines, line = [], ""
    for char in text:
        if paper.get_string_width(line + char) > room:
            lines.append(line)
            line = char
            if len(lines) == 2:
                return [lines[0], lines[1][:-1] + "…"]
        else:
            line += char
    return [*lines, line]


def _words(
    paper: "FPDF", text: str, *, x: float, y: float, points: float, colour: tuple[int, int, int], room: float,
    bold: bool = False,
) -> None:  # fmt: skip
    """Write a line, smaller where it would not fit."""
    paper.set_font("lx", "B" if bold else "", points)
    wide = paper.get_string_width(text)
    if wide > room:
        paper.set_font("lx", "B" if bold else "", points * room / wide)
    paper.set_text_color(*colour)
    paper.set_xy(x, y)
    paper.cell(room, points * 0.42, text)
