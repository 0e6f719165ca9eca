"""What stands on the sticker at a point (二维码贴纸): a code made of the point and a secret of this installation.

    D0123-7KQ2MF9A2X      in the QR code, behind …/patrol/
    7KQ2MF                printed large, to be typed where no camera helps

Nothing of it is stored. A point's `sticker` one higher makes another code, so an old sticker opens nothing.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache

from lianxin.kernel import crypto

from .models import Point

# No 0 O 1 I: they are read wrong at dusk.
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LONG, TYPED = 10, 6
_TEXT = re.compile(rf"(?:.*/patrol/)?(?:(D\d{{4,9}})-)?([{_SIGNS}]{{{TYPED}}}|[{_SIGNS}]{{{_LONG}}})/?")


@dataclass(frozen=True, slots=True)
class Read:
    """What was scanned or typed: the code of the point, if it stood there, and the signature or its beginning."""

    code: str
    signature: str


def read(text: str) -> Read | None:
    """Return what a scanned or typed text says; None when it is no sticker of ours."""
    found = _TEXT.fullmatch(text.strip().upper().replace(" ", "").replace("/PATROL/", "/patrol/"))
    return None if found is None else Read(found[1] or "", found[2])


def text_of(point: Point) -> str:
    """Return the text of a point's present sticker."""
    return f"{point.code}-{_signature(str(point.key), point.sticker)}"


def typed_of(point: Point) -> str:
    """Return the six signs that are printed to be typed."""
    return _signature(str(point.key), point.sticker)[:TYPED]


def is_of(point: Point, text: str) -> bool:
    """Tell whether a scanned or typed text is this point's present sticker."""
    found = read(text)
    if found is None or found.code not in {"", point.code}:
        return False
    if found.code and len(found.signature) != _LONG:
        return False
    wanted = _signature(str(point.key), point.sticker)[: len(found.signature)]
    return hmac.compare_digest(wanted.encode(), found.signature.encode())


def print_of(point: Point) -> str:
    """Return what lets a device without signal tell this sticker from another: a hash, worthless elsewhere."""
    return fingerprint(str(point.key), _signature(str(point.key), point.sticker)[:TYPED])


def fingerprint(point_key: str, typed: str) -> str:
    """Return the hash a device compares: of the point's key and the six signs."""
    return hashlib.sha256(f"{point_key}:{typed}".encode()).hexdigest()[:24]


def tag_hash(serial: str) -> str:
    """Return the hash of an NFC tag's number, as devices compare it; nothing for nothing."""
    plain = re.sub(r"[^0-9a-f]", "", serial.lower())
    return hashlib.sha256(f"nfc:{plain}".encode()).hexdigest() if plain else ""


@lru_cache(maxsize=4096)
def _signature(key: str, number: int) -> str:
    digest = hmac.new(crypto.secret("patrol stickers"), f"{key}:{number}".encode(), hashlib.sha256).digest()
    whole = int.from_bytes(digest[:8], "big")
    return "".join(_SIGNS[(whole >> (5 * place)) & 31] for place in range(_LONG))
