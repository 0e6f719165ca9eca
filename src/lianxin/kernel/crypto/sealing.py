"""Seal text for one place, open it again, and hash it for look-up, with the installation's key ring.

A sealed value is `key id`, a colon, nonce, ciphertext and tag. The context (such as `accounts.account.phone`)
is bound in: a value copied into another column does not open there.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lianxin.kernel.crypto import keys, suites
from lianxin.kernel.crypto.keys import Key, KeyRing
from lianxin.kernel.crypto.suites import Tampered

__all__ = [
    "BlindIndex", "Tampered", "blind_index", "blind_indexes", "blinder", "key_ring", "open_sealed", "opener", "seal",
    "sealer", "secret",
]  # fmt: skip

_SPACES = re.compile(r"\s+")


class BlindIndex(NamedTuple):
    """A keyed hash of 32 bytes that finds equal values without showing them."""

    key_id: str
    hash: bytes


def seal(plain: str, context: str) -> bytes:
    """Return the text sealed under the active key for this context."""
    key = key_ring().active
    return _prefix(key) + suites.encrypt(key, plain.encode(), context.encode())


def sealer(context: str) -> Callable[[str], bytes]:
    """Return what seals many values for one context under the key active now; ask anew for each batch of rows."""
    key, bound = key_ring().active, context.encode()
    prefix = _prefix(key)
    return lambda plain: prefix + suites.encrypt(key, plain.encode(), bound)


def opener(context: str) -> Callable[[bytes], str]:
    """Return what opens many values of one context with the ring of now; ask anew for each batch of rows."""
    ring, bound = key_ring(), context.encode()

    def opened(data: bytes) -> str:
        key_id, _, body = data.partition(b":")
        key = ring.keys.get(key_id.decode("ascii", "replace"))
        if key is None:
            raise Tampered("The key that sealed this is not in the key file.")
        return suites.decrypt(key, body, bound).decode()

    return opened


def blinder(context: str) -> Callable[[str], bytes]:
    """Return what hashes many values for one context under the key active now; ask anew for each batch of rows."""
    key = key_ring().active
    return lambda value: _blind(key, value, context).hash


def open_sealed(data: bytes | memoryview, context: str) -> str:
    """Return the text; raise Tampered if it was changed, moved, or its key is not in the ring."""
    key_id, _, body = bytes(data).partition(b":")
    key = key_ring().keys.get(key_id.decode("ascii", "replace"))
    if key is None:
        raise Tampered("The key that sealed this is not in the key file.")
    return suites.decrypt(key, body, context.encode()).decode()


def blind_index(value: str, context: str) -> BlindIndex:
    """Return the hash to store beside a sealed value; spaces and the case of letters do not count."""
    return _blind(key_ring().active, value, context)


def blind_indexes(value: str, context: str) -> list[bytes]:
    """Return the hashes to look a value up by, one for each key, so that look-ups work amid a rotation."""
    return [_blind(key, value, context).hash for key in key_ring().keys.values()]


def secret(purpose: str) -> bytes:
    """Return 32 secret bytes for a purpose, such as the permutation of case numbers; they outlive rotations."""
    return suites.keyed_hash(key_ring().first, f"secret\0{purpose}".encode())


def key_path() -> Path:
    """Return where the key file lies."""
    return Path(getattr(settings, "KEYS_FILE", None) or settings.DATA / "keys.json")


def key_ring() -> KeyRing:
    """Return the ring in force; a changed file is read again. Makes it first where that is allowed (tests, demo)."""
    path = key_path()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        if not getattr(settings, "KEYS_ARE_MADE", settings.DEBUG or settings.DEMO):
            raise ImproperlyConfigured(f"The key file {path} does not exist; restore it from its backup.") from None
        keys.generate(path)
        return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> KeyRing:
    return keys.read(path)


def _blind(key: Key, value: str, context: str) -> BlindIndex:
    same = _SPACES.sub("", value).upper()
    return BlindIndex(key.id, suites.keyed_hash(key, f"index\0{context}\0{same}".encode()))


def _prefix(key: Key) -> bytes:
    return key.id.encode() + b":"
