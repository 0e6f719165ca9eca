"""Posters with a code to scan (海报), as PDF: one page a place, the code drawn as lines, the font put in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from . import papers
from .papers import BRAND, DARK, INK, INK_2, PAPER, SIZES

__all__ = ["SIZES", "Poster", "Words", "pdf"]

if TYPE_CHECKING:
    from fpdf import FPDF


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
    paper = papers.begin(words.call, size)
    for poster in posters:
        _draw(paper, poster, words, SIZES[size])
    return papers.pieces(paper)


def _draw(paper: "FPDF", poster: Poster, words: Words, size: tuple[float, float]) -> None:
    """Draw a page; all lengths are those of A4, scaled."""
    width, height = size
    scale = width / SIZES["A4"][0]
    paper.add_page()
    paper.set_fill_color(*PAPER)
    paper.rect(0, 0, width, height, "F")
    paper.set_fill_color(*BRAND)
    paper.rect(0, 0, width, 26 * scale, "F")
    _line(paper, words.platform, y=7.5, points=26, colour=(255, 255, 255), scale=scale, bold=True)
    _line(paper, poster.above, y=36, points=20, colour=INK_2, scale=scale)
    _line(paper, poster.name, y=46, points=46, colour=INK, scale=scale, bold=True)
    papers.code(paper, poster.url, left=(width - 124 * scale) / 2, top=74 * scale, side=124 * scale)
    _line(paper, words.call, y=205, points=42, colour=DARK, scale=scale, bold=True)
    _line(paper, words.hint, y=226, points=21, colour=INK_2, scale=scale)
    if poster.phone:
        paper.set_draw_color(*BRAND)
        paper.set_line_width(0.4 * scale)
        paper.line(30 * scale, 246 * scale, width - 30 * scale, 246 * scale)
        _line(paper, f"{poster.desk}  {poster.phone}", y=251, points=26, colour=INK, scale=scale, bold=True)
    _line(paper, _("急事请直接打 110、119、120"), y=270, points=15, colour=INK_2, scale=scale)
    _line(paper, poster.url, y=281, points=10, colour=INK_2, scale=scale)


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
