"""The key ring: a JSON file readable by its owner only. Needs no Django, so that it can be made before anything runs.

    {"active": "k1", "keys": {"k1": {"cipher": "aes", "encryption": "…32 bytes, base64…", "lookup": "…"}}}

The active key seals; the others still open what they once sealed. Whoever loses this file loses the data.
"""

import json
import os
import re
import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CIPHERS = ("aes", "sm4")
_LENGTH = 32
_NAME = re.compile(r"[a-z0-9]{1,16}")


class KeyFileError(Exception):
    """The key file is missing, unreadable or not what it should be; the sentence tells how to mend it."""


@dataclass(frozen=True, slots=True)
class Key:
    """Two secrets of 32 bytes, one to seal with and one to hash with, and the suite they are for."""

    id: str
    cipher: str
    encryption: bytes
    lookup: bytes

    def __repr__(self) -> str:
        """Name the key, never its secrets."""
        return f"<Key {self.id} {self.cipher}>"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys by their id, oldest first, and the one that seals now."""

    active: Key
    keys: Mapping[str, Key]

    @property
    def first(self) -> Key:
        """Return the oldest key, which stays first when others are added."""
        return next(iter(self.keys.values()))


def generate(path: Path | str, cipher: str | None = None) -> None:
    """Make a key file with one fresh key, mode 0600; an existing file is left as it is.

    The cipher is `aes` or `sm4`; by default what the environment's LIANXIN_CIPHER says, else `aes`.
    """
    path = Path(path)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    written = _write_beside(path, {"active": "k1", "keys": {"k1": _fresh(cipher)}})
    # A link fails where a rename would overwrite: of two processes at once, both use the first one's keys.
    with suppress(FileExistsError):
        os.link(written, path)
    written.unlink()


def add(path: Path | str, cipher: str | None = None) -> str:
    """Add a fresh key, make it the active one and return its id; older keys stay to open what they sealed."""
    path = Path(path)
    content = _load(path)
    _ring(path, content)
    new = f"k{len(content['keys']) + 1}"
    while new in content["keys"]:
        new += "x"
    content["keys"][new] = _fresh(cipher)
    content["active"] = new
    _write_beside(path, content).replace(path)
    return new


def read(path: Path | str) -> KeyRing:
    """Read a key file; raise KeyFileError with a plain sentence when it cannot serve."""
    path = Path(path)
    return _ring(path, _load(path))


def _fresh(cipher: str | None) -> dict[str, str]:
    cipher = cipher or os.environ.get("LIANXIN_CIPHER") or "aes"
    if cipher not in CIPHERS:
        raise KeyFileError(f"LIANXIN_CIPHER must be aes or sm4, but is {cipher!r}.")
    secret = {name: b64encode(secrets.token_bytes(_LENGTH)).decode() for name in ("encryption", "lookup")}
    return {"cipher": cipher, **secret}


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KeyFileError(
            f"The key file {path} does not exist. Restore it from its backup; only for a new installation make it with "
            f"`python -m lianxin.kernel.crypto.keys {path}`."
        ) from None
    except (OSError, ValueError) as error:
        raise KeyFileError(f"The key file {path} cannot be read: {error}.") from error


def _ring(path: Path, content: Any) -> KeyRing:
    try:
        keys = {name: _key(name, entry) for name, entry in content["keys"].items()}
        return KeyRing(active=keys[content["active"]], keys=keys)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise KeyFileError(f"The key file {path} is damaged: {error!r}.") from error


def _key(name: str, entry: Mapping[str, str]) -> Key:
    if not _NAME.fullmatch(name):
        raise ValueError(f"A key's id is 1 to 16 small letters and digits, not {name!r}")
    cipher = entry.get("cipher", "aes")
    if cipher not in CIPHERS:
        raise ValueError(f"key {name} has an unknown cipher {cipher!r}")
    return Key(name, cipher, _secret(name, entry["encryption"]), _secret(name, entry["lookup"]))


def _secret(name: str, text: str) -> bytes:
    try:
        secret = b64decode(text, validate=True)
    except Base64Error:
        secret = b""
    if len(secret) != _LENGTH:
        raise ValueError(f"key {name} must hold {_LENGTH} bytes in base64")
    return secret


def _write_beside(path: Path, content: Any) -> Path:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    return beside


if __name__ == "__main__":
    import sys

    generate(sys.argv[1])
