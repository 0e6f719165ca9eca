"""Photos made safe: decoded within bounds, turned upright, freed of all metadata, written anew."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from PIL import Image

from lianxin.kernel.errors import Invalid

# Large enough for a phone of 108 megapixels, which is decoded at a fraction of its size.
MOST_PIXELS = 110_000_000
# What cannot be decoded at a fraction takes three bytes for each pixel.
MOST_PIXELS_WHOLE = 50_000_000
LONGEST_SIDE = 3200
THUMB_SIDE = 320
_ORIENTATION, _EXIF, _TAKEN, _TAKEN_OFFSET = 0x0112, 0x8769, 0x9003, 0x9011
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LARGEST_PROFILE = 4096

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
Image.init()  # else a format named before its first use is unknown


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo ready to store (JPEG) with its thumbnail (WebP)."""

    data: bytes
    thumb: bytes
    width: int
    height: int
    taken_at: datetime | None


def read_photo(path: Path, *, at: datetime) -> Photo:
    """Return a photo without EXIF, position or anything hidden behind it; raise Invalid if it cannot be decoded."""
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as image:
            _check_pixels(image)
            taken_at = _taken_at(image, at)
            upright = _decoded(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(2 * MOST_PIXELS) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError):
        # Pillow raises all of these for damaged files.
        raise Invalid({"file": _("照片打不开，可能没有传完整。请重新选择或重新拍一张。")}) from None
    thumb = upright.copy()
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return Photo(_written(upright, "JPEG", 88), _written(thumb, "WEBP", 80), *upright.size, taken_at)


def _check_pixels(image: Image.Image) -> None:
    pixels = image.width * image.height
    is_plain_jpeg = image.format in {"JPEG", "MPO"} and not image.info.get("progressive")
    if pixels > (MOST_PIXELS if is_plain_jpeg else MOST_PIXELS_WHOLE):
        raise _too_many_pixels(pixels)


def _too_many_pixels(pixels: int) -> Invalid:
    return Invalid(
        {"file": _("照片的像素太多（%(count)d 万）。请用手机普通模式重新拍一张。") % {"count": pixels // 10_000}}
    )


def _decoded(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile") or b""
    # For JPEG this decodes at a half, a quarter or an eighth; others take no notice.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        flat = Image.new("RGB", layered.size, "white")
        flat.paste(layered, mask=layered)
    else:
        flat = image.convert("RGB")
    turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    if turn is not None:  # one of them is 0
        flat = flat.transpose(turn)
    # Comments and XMP live here and would be written out again.
    flat.info.clear()
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # Colour profiles of phones are small; without them their reds turn dull.
    if len(profile) <= _LARGEST_PROFILE:
        flat.info["icc_profile"] = profile
    return flat


def _written(image: Image.Image, form: str, quality: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, form, quality=quality, icc_profile=image.info.get("icc_profile") or None)
    return buffer.getvalue()


def _taken_at(image: Image.Image, at: datetime) -> datetime | None:
    """Return when the camera says the photo was taken, unless its clock is plainly wrong."""
    exif = image.getexif().get_ifd(_EXIF)
    try:
        taken = datetime.strptime(str(exif.get(_TAKEN, ""))[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - zone below
        taken = taken.replace(tzinfo=_zone(str(exif.get(_TAKEN_OFFSET, ""))))
    except ValueError:
        return None
    return taken if at - timedelta(days=3660) < taken < at + timedelta(minutes=10) else None


def _zone(offset: str) -> timezone | ZoneInfo:
    try:
        sign = -1 if offset[0] == "-" else 1
        return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))
    except (ValueError, IndexError):
        return ZoneInfo("Asia/Shanghai")
