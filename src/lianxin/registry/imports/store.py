"""The file somebody brought: sealed on disk until its run is done, plain only while a job reads it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from lianxin.kernel.crypto import suites
from lianxin.kernel.crypto.sealing import key_ring
from lianxin.kernel.errors import Refused

_CONTEXT = b"imports.file"


def _place(key: UUID) -> Path:
    return Path(settings.FILES_ROOT) / "imports" / f"{key.hex}.sealed"


def put(key: UUID, data: bytes) -> None:
    """Seal a file and keep it."""
    place, active = _place(key), key_ring().active
    place.parent.mkdir(parents=True, exist_ok=True)
    sealed = active.id.encode() + b":" + suites.encrypt(active, data, _CONTEXT)
    beside = place.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(sealed)
    beside.replace(place)


@contextmanager
def opened(key: UUID, name: str) -> Iterator[Path]:
    """Give the file to read for a while; raise Refused when it is kept no longer."""
    try:
        sealed = _place(key).read_bytes()
    except FileNotFoundError:
        raise Refused("import_file_gone", _("原表已不再保存，请重新选一次文件。")) from None
    key_id, _colon, body = sealed.partition(b":")
    data = suites.decrypt(key_ring().keys[key_id.decode()], body, _CONTEXT)
    del sealed, body
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix[:8], prefix="lianxin-import-") as plain:
        plain.write(data)
        plain.flush()
        del data
        yield Path(plain.name)


def remove(key: UUID) -> None:
    """Keep the file no longer."""
    _place(key).unlink(missing_ok=True)
