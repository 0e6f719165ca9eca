"""What we take: told by the content, never by the name or what the sender claims."""

import math
from dataclasses import dataclass
from typing import Final

import filetype
from django.conf import settings
from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.files.models import FileKind

MOST_IN_ONE_ACT: Final = 9
MOST_OF_A_SUBJECT: Final = 99
_MB = 1024 * 1024
_LIMITS = {FileKind.PHOTO: 20 * _MB, FileKind.VIDEO: 100 * _MB, FileKind.VOICE: 10 * _MB}


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of content: its media type, the ending of its file, and whether it is built of MP4 boxes."""

    mime: str
    kind: FileKind
    ending: str
    has_boxes: bool = False


_FORMATS = {
    form.mime: form
    for form in (
        Format("image/jpeg", FileKind.PHOTO, "jpg"),
        Format("image/png", FileKind.PHOTO, "png"),
        Format("image/webp", FileKind.PHOTO, "webp"),
        Format("video/mp4", FileKind.VIDEO, "mp4", has_boxes=True),
        Format("video/3gpp", FileKind.VIDEO, "3gp", has_boxes=True),
        Format("video/quicktime", FileKind.VIDEO, "mov", has_boxes=True),
        Format("audio/mp4", FileKind.VOICE, "m4a", has_boxes=True),
        Format("audio/mpeg", FileKind.VOICE, "mp3"),
        Format("audio/amr", FileKind.VOICE, "amr"),
        Format("audio/x-wav", FileKind.VOICE, "wav"),
        Format("audio/ogg", FileKind.VOICE, "ogg"),
        Format("audio/webm", FileKind.VOICE, "webm"),
    )
}
# The first brand of an MP4 file tells its family; brands are many, so what is not listed is video/mp4.
_BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
_HEIF = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}


def format_of(head: bytes) -> Format:
    """Return the format that the first bytes (some hundred) show; raise Invalid for all we do not take."""
    if head[4:8] == b"ftyp":
        return _FORMATS[_boxed(head[8:12])]
    if head[:4] == _EBML and _is_sound(head):
        return _FORMATS["audio/webm"]
    mime: str | None = filetype.guess_mime(head) if head else None  # type: ignore[no-untyped-call]
    form = _FORMATS.get(mime or "")
    if form is None or form.has_boxes:
        raise Invalid(
            {"file": _("这个文件不是照片、视频或录音。照片请用 JPG、PNG，视频请用 MP4，录音请用 MP3 或 AMR。")}
        )
    return form


# What browsers record: WebM, which begins like this. Its tracks name their codecs near the beginning.
_EBML = b"\x1a\x45\xdf\xa3"
_SOUND, _PICTURE = (b"A_OPUS", b"A_VORBIS"), (b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG")


def _is_sound(head: bytes) -> bool:
    """Tell whether a WebM file has a track of sound and none of pictures."""
    return b"webm" in head[:64] and any(name in head for name in _SOUND) and not any(name in head for name in _PICTURE)


def by_mime(mime: str) -> Format:
    """Return the format of a media type that a stored file carries."""
    return _FORMATS[mime]


def limit_of(kind: str) -> int:
    """Return the most bytes of a kind; `FILES_MOST_BYTES` in the settings may set others."""
    limits: dict[str, int] = getattr(settings, "FILES_MOST_BYTES", {})
    return limits.get(kind, _LIMITS[FileKind(kind)])


def check_size(kind: str, size: int) -> None:
    """Raise Invalid for an empty file or one above the limit of its kind."""
    if size <= 0:
        raise Invalid({"file": _("文件是空的，请重新选择。")})
    limit = limit_of(kind)
    if size > limit:
        told = {"kind": FileKind(kind).label, "size": megabytes(size), "limit": megabytes(limit)}
        raise Invalid({"file": _("%(kind)s太大（%(size)s）。请压到 %(limit)s 以内。") % told})


def megabytes(size: int) -> str:
    """Return a size as people say it, rounded up: 28 MB, 20.1 MB."""
    return f"{math.ceil(size / _MB * 10) / 10:g} MB"


def _boxed(brand: bytes) -> str:
    if brand in _HEIF:
        raise Invalid({"file": _("这张照片是 HEIC 格式，暂不支持。请在手机相机设置里选择“兼容性最佳”，或截图后再传。")})
    if brand.startswith((b"3gp", b"3g2")):
        return "video/3gpp"
    return _BRANDS.get(brand, "video/mp4")
