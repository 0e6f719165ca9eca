"""Small real files, made on the spot."""

import struct
from io import BytesIO

from PIL import Image

SECRET = b"+31.0512+116.9357/"  # a position as phones write it


def jpeg(width: int = 640, height: int = 480, *, orientation: int = 1, taken: str = "", colour: str = "teal") -> bytes:
    """Return a photo with a position and a camera in its EXIF; its upper left quarter is red."""
    image = Image.new("RGB", (width, height), colour)
    image.paste("red", (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 3.0, 4.3), 3: "E", 4: (116.0, 56.0, 8.5)})
    if taken:
        exif.get_ifd(0x8769).update({0x9003: taken})
    buffer = BytesIO()
    image.save(buffer, "JPEG", exif=exif, comment=b"SecretComment")
    return buffer.getvalue()


def picture(form: str, mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> bytes:
    """Return an image of another format or colour mode."""
    buffer = BytesIO()
    Image.new(mode, size).save(buffer, form)
    return buffer.getvalue()


def box(kind: bytes, *content: bytes) -> bytes:
    """Return one MP4 box."""
    inside = b"".join(content)
    return struct.pack(">I4s", len(inside) + 8, kind) + inside


def track(handler: bytes, *extra: bytes) -> bytes:
    """Return a track of 640 × 360 with this handler."""
    head = box(b"tkhd", bytes(76), struct.pack(">II", 640 << 16, 360 << 16))
    media = box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12)), box(b"minf", b"inner"))
    return box(b"trak", head, media, *extra)


def film(*tracks: bytes, brand: bytes = b"isom") -> bytes:
    """Return a film of 12.5 seconds with its position in each place where phones put it."""
    header = box(b"mvhd", bytes(12), struct.pack(">II", 1000, 12_500), bytes(80))
    place = box(b"udta", box(b"\xa9xyz", SECRET))
    moov = box(b"moov", header, *(tracks or (track(b"vide", place), track(b"soun"))), place, box(b"meta", SECRET))
    return box(b"ftyp", brand, bytes(4), brand) + box(b"uuid", bytes(16), SECRET) + box(b"mdat", b"frames") + moov
