"""Where the bytes lie: under FILES_ROOT, outside anything a web server hands out, spread over 65,536 folders."""

import os
from pathlib import Path
from uuid import UUID

from django.conf import settings


def root() -> Path:
    """Return the folder of all files."""
    return Path(settings.FILES_ROOT)


def incoming(key: UUID) -> Path:
    """Return where an upload grows."""
    return root() / "incoming" / f"{key.hex}.part"


def stored(key: UUID, ending: str) -> Path:
    """Return where a finished file lies; the key's end spreads, since its beginning is the time."""
    return root() / key.hex[-4:-2] / key.hex[-2:] / f"{key.hex}.{ending}"


def thumb(key: UUID) -> Path:
    """Return where the small picture of a photo lies."""
    return stored(key, "thumb.webp")


def write_piece(path: Path, offset: int, data: bytes) -> None:
    """Write a piece at its place and see it on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.seek(offset)
        file.write(data)
        # Whatever an interrupted attempt left behind this piece is not part of the upload.
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there entirely or not at all, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def place(source: Path, target: Path) -> None:
    """Give a finished upload its place; the upload stays too until it is removed, so this may be repeated."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        os.fsync(file.fileno())
    target.unlink(missing_ok=True)
    target.hardlink_to(source)
    _sync_folder(target.parent)


def remove(*paths: Path) -> None:
    """Remove files that may be gone already."""
    for path in paths:
        path.unlink(missing_ok=True)


def growing() -> dict[UUID, Path]:
    """Return the uploads on disk."""
    return {UUID(path.stem): path for path in (root() / "incoming").glob("*.part")}


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
