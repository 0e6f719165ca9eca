"""The file of an export: sealed piece by piece on disk, opened piece by piece when fetched; memory stays flat."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from lianxin.kernel.crypto import suites
from lianxin.kernel.crypto.sealing import key_ring
from lianxin.kernel.errors import NotFound

_PIECE = 1024 * 1024  # bytes of plain content sealed at a time
_LENGTH = 4  # bytes that tell how long a sealed piece is


def _path(key: UUID) -> Path:
    return Path(settings.FILES_ROOT) / "exports" / f"{key.hex}.sealed"


def _context(key: UUID, number: int, *, is_last: bool) -> bytes:
    # Bound to file, place and end: pieces cannot be swapped, taken from another file or cut off.
    return f"exports.file:{key.hex}:{number}:{'end' if is_last else 'on'}".encode()


class Writer:
    """Takes bytes as a file does; what is written is there as a whole once it is closed without an error."""

    def __init__(self, key: UUID) -> None:
        self._key, self._sealing, self._number = key, key_ring().active, 0
        self._waiting = bytearray()
        self.size = 0
        _path(key).parent.mkdir(parents=True, exist_ok=True)
        self._beside = _path(key).with_suffix(".new")
        handle = os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb")
        head = self._sealing.id.encode()
        self._file.write(bytes([len(head)]) + head)

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) > _PIECE:
            piece = bytes(self._waiting[:_PIECE])
            del self._waiting[:_PIECE]
            self._seal(piece, is_last=False)
        return len(data)

    def flush(self) -> None:
        """Do nothing: pieces are written when they are full."""

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        sealed = suites.encrypt(self._sealing, piece, _context(self._key, self._number, is_last=is_last))
        self._file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._number += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._seal(bytes(self._waiting), is_last=True)
        self._file.close()
        if kind is None:
            self._beside.replace(_path(self._key))
        else:
            self._beside.unlink(missing_ok=True)


def read(key: UUID, start: int = 0) -> Iterator[bytes]:
    """Yield the content piece by piece, from a byte on. Raises NotFound before the first when the file is gone."""
    try:
        source = _path(key).open("rb")
    except FileNotFoundError:
        raise NotFound(_("文件已经不在了，请重新导出。")) from None
    return _pieces(source, key, start)


def _pieces(source: BinaryIO, key: UUID, start: int) -> Iterator[bytes]:
    with source as file:
        opening = key_ring().keys[file.read(file.read(1)[0]).decode()]
        number, length = 0, file.read(_LENGTH)
        while length:
            sealed = file.read(int.from_bytes(length, "big"))
            length = file.read(_LENGTH)
            # All pieces but the last are of one size: those before the start need not be opened.
            if not length or (number + 1) * _PIECE > start:
                piece = suites.decrypt(opening, sealed, _context(key, number, is_last=not length))
                yield piece[max(0, start - number * _PIECE) :]
            number += 1


def remove(key: UUID) -> None:
    """Keep the file no longer."""
    _path(key).unlink(missing_ok=True)
