"""The picture of a card: ink on warm paper, the title large; without a Chinese font a plain drawing."""

from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from lianxin.faces.parts.fonts import Font, chinese

# WeChat crops its cards to 5:4, Open Graph readers to 1.91:1.
SHAPES: Final = {"5x4": (1000, 800), "wide": (1200, 628)}
_PAPER, _CARD, _INK, _INK_2, _BRAND, _TINT = "#F6F4EF", "#FFFFFF", "#1B2A2E", "#43565B", "#17646D", "#D9EAE8"
_ROOF, _WALL, _SKY = "#33474C", "#FFFFFF", "#FBE8CB"
_EDGE: Final = 64
_KEPT: Final = 128  # pictures of some 60 kB
# A line never begins with one of these.
_NEVER_FIRST: Final = "，。、；：？！）》”’"


@lru_cache(maxsize=_KEPT)
def picture(shape: str, kind: str, title: str, line: str, name: str) -> bytes:
    """Return the picture as JPEG; the same words give the same bytes, kept in the process."""
    width, height = SHAPES[shape]
    image = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(image)
    _ground(draw, width, height)
    regular, bold = chinese(), chinese(bold=True)
    if regular is not None and bold is not None:
        _write(draw, (width, height), regular, bold, kind, title, line, name)
    out = BytesIO()
    image.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def _ground(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    """Draw the band of the house: three roofs below a morning sky."""
    band = height // 4
    top = height - band
    draw.rectangle((0, top, width, height), fill=_SKY)
    for number, share in enumerate((0.06, 0.39, 0.72)):
        left, wide = int(width * share), int(width * 0.24)
        roof = top + band // 3 + (number % 2) * band // 10
        draw.rectangle((left + wide // 14, roof, left + wide - wide // 14, height), fill=_WALL)
        draw.line((left, roof, left + wide // 5, roof - band // 5), fill=_ROOF, width=10)
        draw.line((left + wide // 5, roof - band // 5, left + wide * 4 // 5, roof - band // 5), fill=_ROOF, width=10)
        draw.line((left + wide * 4 // 5, roof - band // 5, left + wide, roof), fill=_ROOF, width=10)
        draw.line((left, roof, left + wide, roof), fill=_ROOF, width=6)
        for window in (0.3, 0.62):
            x = left + int(wide * window)
            draw.rectangle((x, roof + band // 6, x + wide // 10, roof + band // 6 + wide // 9), fill=_TINT)
    draw.rectangle((0, 0, width, 14), fill=_BRAND)


def _write(  # noqa: PLR0917 - the words of one card
    draw: ImageDraw.ImageDraw, size: tuple[int, int], regular: Font, bold: Font, kind: str, title: str, line: str,
    name: str,
) -> None:  # fmt: skip
    width, height = size
    small, big = _font(regular, 38), _font(bold, 74)
    chip = draw.textlength(kind, font=small)
    draw.rounded_rectangle((_EDGE, 62, _EDGE + chip + 44, 126), radius=14, fill=_TINT)
    draw.text((_EDGE + 22, 94), kind, font=small, fill=_BRAND, anchor="lm")
    most = 3 if height > 700 else 2
    y = 160
    for row in _rows(draw, title, big, width - 2 * _EDGE, most):
        draw.text((_EDGE, y), row, font=big, fill=_INK)
        y += 100
    for row in _rows(draw, line, small, width - 2 * _EDGE, 1):
        draw.text((_EDGE, y + 10), row, font=small, fill=_INK_2)
    draw.text((width - _EDGE, 94), name, font=small, fill=_INK_2, anchor="rm")


def _font(font: Font, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font.path), size, index=font.index)


def _rows(draw: ImageDraw.ImageDraw, words: str, font: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    """Break words into at most so many lines; what does not fit ends in …."""
    rows, row = [], ""
    for char in words:
        if row and char not in _NEVER_FIRST and draw.textlength(row + char, font=font) > width:
            rows.append(row)
            row = ""
        row += char
    rows.append(row)
    if len(rows) > most:
        rows = [*rows[: most - 1], rows[most - 1][:-1] + "…"]
    return rows
