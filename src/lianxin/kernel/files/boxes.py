"""MP4, MOV, 3GP and M4A: finds the boxes that tell where and with what something was filmed, and blanks them.

Blanking keeps every offset, so nothing is moved or encoded again. Tracks other than picture and sound (phones
and drones write positions there) are cut out of the index; their samples stay as unreferenced bytes.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid

_PRIVATE = {b"udta", b"meta", b"uuid"}
_MOST_BOXES = 10_000
_LARGEST_BLANK = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, where it and its content begin, and where it ends."""

    type: bytes
    start: int
    content: int
    end: int


@dataclass(slots=True)
class Film:
    """What a file plays."""

    has_picture: bool = False
    has_sound: bool = False
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


def strip(file: BinaryIO) -> Film:
    """Blank private boxes in place and return what the file plays; raise Invalid when it cannot be followed."""
    try:
        return _strip(file)
    except (struct.error, OverflowError):
        raise _broken() from None


def _strip(file: BinaryIO) -> Film:
    film = Film()
    length = file.seek(0, os.SEEK_END)
    top = list(_boxes(file, 0, length))
    moov = next((box for box in top if box.type == b"moov"), None)
    if moov is None or not any(box.type in {b"mdat", b"moof"} for box in top):
        raise _broken()
    for box in top:
        if box.type in _PRIVATE:
            _blank(file, box)
    for box in _boxes(file, moov.content, moov.end):
        if box.type in _PRIVATE or (box.type == b"trak" and not _look_at_track(file, box, film)):
            _blank(file, box)
        elif box.type == b"mvhd":
            film.seconds = _seconds(file, box)
    if not (film.has_picture or film.has_sound):
        raise _broken()
    return film


def _look_at_track(file: BinaryIO, track: Box, film: Film) -> bool:
    """Note what a track plays and blank what is private in it; return whether it is picture or sound."""
    inside = list(_boxes(file, track.content, track.end))
    handler = b""
    for box in inside:
        if box.type == b"mdia":
            parts = list(_boxes(file, box.content, box.end))
            handler = next((_read(file, part.content + 8, 4) for part in parts if part.type == b"hdlr"), b"")
            for part in parts:
                if part.type in _PRIVATE:
                    _blank(file, part)
        elif box.type in _PRIVATE:
            _blank(file, box)
    if handler == b"vide":
        film.has_picture = True
        head = next((box for box in inside if box.type == b"tkhd"), None)
        if head:
            wide, high = struct.unpack(">II", _read(file, head.end - 8, 8))
            film.width, film.height = wide >> 16, high >> 16
    film.has_sound = film.has_sound or handler == b"soun"
    return handler in {b"vide", b"soun"}


def _seconds(file: BinaryIO, box: Box) -> float | None:
    version = _read(file, box.content, 1)[0]
    place, form = (20, ">IQ") if version == 1 else (12, ">II")
    scale, duration = struct.unpack(form, _read(file, box.content + place, struct.calcsize(form)))
    return round(duration / scale, 3) if scale and duration < scale * 86_400 else None


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    for _count in range(_MOST_BOXES):
        if end - start < 8:
            # Some writers end a list of boxes with four zeros.
            return
        size, kind = struct.unpack(">I4s", _read(file, start, 8))
        content = start + 8
        if size == 1:
            (size,) = struct.unpack(">Q", _read(file, content, 8))
            content += 8
        elif size == 0:
            size = end - start
        if size < content - start or start + size > end:
            raise _broken()
        yield Box(kind, start, content, start + size)
        start += size
    raise _broken()


def _blank(file: BinaryIO, box: Box) -> None:
    if box.end - box.content > _LARGEST_BLANK:
        raise _broken()
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.content)
    file.write(bytes(box.end - box.content))


def _read(file: BinaryIO, start: int, count: int) -> bytes:
    file.seek(start)
    data = file.read(count)
    if len(data) != count:
        raise _broken()
    return data


def _broken() -> Invalid:
    return Invalid({"file": _("视频或录音打不开，可能没有传完整。请重新选择。")})
