"""What papers with a code to scan share: a PDF with the Chinese font in it, and the code drawn as boxes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import segno
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Refused

from .fonts import chinese

if TYPE_CHECKING:
    from fpdf import FPDF

SIZES: Final = {"A4": (210.0, 297.0), "A5": (148.0, 210.0)}  # millimetres
BRAND, DARK, INK, INK_2, PAPER = (23, 100, 109), (14, 70, 77), (27, 42, 46), (67, 86, 91), (246, 244, 239)
_PIECE: Final = 64 * 1024


def begin(title: str, size: str) -> "FPDF":
    """Return a paper without pages. Raises Refused where the machine has no Chinese font."""
    regular, bold = chinese(), chinese(bold=True)
    if regular is None or bold is None:
        raise Refused("no_font", _("这台服务器没有中文字体，画不了海报。请管理员安装 fonts-noto-cjk。"))
    # Here, not above: the library and its fonts take 50 MB.
    from fpdf import FPDF

    paper = FPDF(unit="mm", format=SIZES[size])
    paper.set_auto_page_break(auto=False)
    paper.add_font("lx", "", str(regular.path), collection_font_number=regular.index)
    paper.add_font("lx", "B", str(bold.path), collection_font_number=bold.index)
    paper.set_title(title)
    paper.set_lang("zh-CN")
    return paper


def pieces(paper: "FPDF") -> Iterator[bytes]:
    """Yield a finished paper in pieces."""
    data = bytes(paper.output())
    yield from (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))


def code(paper: "FPDF", url: str, *, left: float, top: float, side: float, quiet: int = 4) -> None:
    """Draw the code on white with its quiet zone, each run of dark modules as one box."""
    rows = [list(row) for row in segno.make(url, error="q", micro=False).matrix]
    step = side / (len(rows) + 2 * quiet)
    paper.set_fill_color(255, 255, 255)
    paper.rect(left, top, side, side, "F")
    paper.set_fill_color(*INK)
    for number, row in enumerate(rows):
        for start, length in _runs(row):
            paper.rect(left + (start + quiet) * step, top + (number + quiet) * step, length * step, step * 1.01, "F")


def _runs(row: list[int]) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for place, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
