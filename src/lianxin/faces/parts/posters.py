"""Posters with a code to scan (海报), as PDF: one page a place, the code drawn as lines, the font put in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import segno
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Refused

from .fonts import chinese

if TYPE_CHECKING:
    from fpdf import FPDF

SIZES: Final = {"A4": (210.0, 297.0), "A5": (148.0, 210.0)}  # millimetres
_BRAND, _DARK, _INK, _INK_2, _PAPER = (23, 100, 109), (14, 70, 77), (27, 42, 46), (67, 86, 91), (246, 244, 239)
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Poster:
    """One page: whose it is, where its code leads, and whom to ring."""

    name: str  # of the place, large
    above: str  # where that lies
    url: str
    desk: str
    phone: str


@dataclass(frozen=True, slots=True)
class Words:
    """What all pages say."""

    platform: str
    call: str  # 扫一扫，反映身边事
    hint: str  # 拍张照，30 秒说清


def pdf(posters: Iterable[Poster], words: Words, *, size: str = "A4") -> Iterator[bytes]:
    """Yield a PDF with a page for each poster. Raises Refused where the machine has no Chinese font."""
    regular, bold = chinese(), chinese(bold=True)
    if regular is None or bold is None:
        raise Refused("no_font", _("这台服务器没有中文字体，画不了海报。请管理员安装 fonts-noto-cjk。"))
    # Here, not above: the library and its fonts take 50 MB.
    from fpdf import FPDF

    paper = FPDF(unit="mm", format=SIZES[size])
    paper.set_auto_page_break(auto=False)
    paper.add_font("lx", "", str(regular.path), collection_font_number=regular.index)
    paper.add_font("lx", "B", str(bold.path), collection_font_number=bold.index)
    paper.set_title(words.call)
    paper.set_lang("zh-CN")
    for poster in posters:
        _draw(paper, poster, words, SIZES[size])
    return _pieces(bytes(paper.output()))


def _pieces(data: bytes) -> Iterator[bytes]:
    yield from (data[begin : begin + _PIECE] for begin in range(0, len(data), _PIECE))


def _draw(paper: "FPDF", poster: Poster, words: Words, size: tuple[float, float]) -> None:
    """Draw a page; all lengths are those of A4, scaled."""
    width, height = size
    scale = width / SIZES["A4"][0]
    paper.add_page()
    paper.set_fill_color(*_PAPER)
    paper.rect(0, 0, width, height, "F")
    paper.set_fill_color(*_BRAND)
    paper.rect(0, 0, width, 26 * scale, "F")
    _line(paper, words.platform, y=7.5, points=26, colour=(255, 255, 255), scale=scale, bold=True)
    _line(paper, poster.above, y=36, points=20, colour=_INK_2, scale=scale)
    _line(paper, poster.name, y=46, points=46, colour=_INK, scale=scale, bold=True)
    _code(paper, poster.url, left=(width - 124 * scale) / 2, top=74 * scale, side=124 * scale)
    _line(paper, words.call, y=205, points=42, colour=_DARK, scale=scale, bold=True)
    _line(paper, words.hint, y=226, points=21, colour=_INK_2, scale=scale)
    if poster.phone:
        paper.set_draw_color(*_BRAND)
        paper.set_line_width(0.4 * scale)
        paper.line(30 * scale, 246 * scale, width - 30 * scale, 246 * scale)
        _line(paper, f"{poster.desk}  {poster.phone}", y=251, points=26, colour=_INK, scale=scale, bold=True)
    _line(paper, _("急事请直接打 110、119、120"), y=270, points=15, colour=_INK_2, scale=scale)
    _line(paper, poster.url, y=281, points=10, colour=_INK_2, scale=scale)


def _line(
    paper: "FPDF", text: str, *, y: float, points: float, colour: tuple[int, int, int], scale: float, bold: bool = False
) -> None:
    """Write one centred line, smaller where it would not fit."""
    room = paper.w - 28 * scale
    size = points * scale
    paper.set_font("lx", "B" if bold else "", size)
    wide = paper.get_string_width(text)
    if wide > room:
        size *= room / wide
        paper.set_font("lx", "B" if bold else "", size)
    paper.set_text_color(*colour)
    paper.set_xy(0, y * scale + (points * scale - size) * 0.18)
    paper.cell(paper.w, points * scale * 0.42, text, align="C")


def _code(paper: "FPDF", url: str, *, left: float, top: float, side: float) -> None:
    """Draw the code on white with its quiet zone, each run of dark modules as one box."""
    rows = [list(row) for row in segno.make(url, error="q", micro=False).matrix]
    quiet = 4
    step = side / (len(rows) + 2 * quiet)
    paper.set_fill_color(255, 255, 255)
    paper.rect(left, top, side, side, "F")
    paper.set_fill_color(*_INK)
    for number, row in enumerate(rows):
        for begin, length in _runs(row):
            paper.rect(left + (begin + quiet) * step, top + (number + quiet) * step, length * step, step * 1.01, "F")


def _runs(row: list[int]) -> Iterator[tuple[int, int]]:
    begin: int | None = None
    for place, dark in enumerate([*row, 0]):
        if dark and begin is None:
            begin = place
        elif not dark and begin is not None:
            yield begin, place - begin
            begin = None
