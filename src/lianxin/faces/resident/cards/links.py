"""Opaque names of what may be shared: nobody can count them up, read the number in them, or make one."""

import base64
import hmac
from dataclasses import dataclass

from lianxin.kernel.crypto.sealing import secret

_TAG, _BODY = 9, 9
_LENGTH = 24  # characters: eighteen bytes


@dataclass(frozen=True, slots=True)
class Shared:
    """What a link stands for: a kind of thing (one letter) and its number."""

    kind: str
    pk: int


def seal(shared: Shared) -> str:
    """Return the name of a thing, always the same; without the installation's key it tells nothing."""
    body = shared.kind.encode("ascii")[:1] + shared.pk.to_bytes(_BODY - 1)
    tag = _mac("tag", body)[:_TAG]
    return base64.urlsafe_b64encode(tag + _mixed(body, tag)).decode()


def opened(name: str) -> Shared | None:
    """Return what a name stands for; None for one we did not make."""
    if len(name) != _LENGTH or not name.isascii():
        return None
    try:
        whole = base64.b64decode(name, altchars=b"-_", validate=True)
    except ValueError:
        return None
    tag, body = whole[:_TAG], _mixed(whole[_TAG:], whole[:_TAG])
    if not hmac.compare_digest(tag, _mac("tag", body)[:_TAG]):
        return None
    return Shared(chr(body[0]), int.from_bytes(body[1:]))


def _mixed(body: bytes, tag: bytes) -> bytes:
    """Hide, or show again, a body under a stream that follows from its tag."""
    return bytes(one ^ other for one, other in zip(body, _mac("stream", tag), strict=False))


def _mac(purpose: str, data: bytes) -> bytes:
    return hmac.digest(secret(f"cards.{purpose}"), data, "sha256")
