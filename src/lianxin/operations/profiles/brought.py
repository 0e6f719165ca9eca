"""Archives of a profile that were brought and not yet loaded: where they lie, and how long."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from lianxin.kernel.ids import uuid7

KEPT = timedelta(days=7)


def waiting() -> Path:
    """Return the folder of all archives that wait."""
    return Path(settings.FILES_ROOT) / "profiles" / "waiting"


def begin(at: datetime) -> Path:
    """Return a folder for a new archive, not yet made; its name is the archive's key."""
    return waiting() / uuid7(at).hex


def find(key: str) -> Path | None:
    """Return the folder with an archive's files, or nothing if it was loaded, tidied away or never brought."""
    home = waiting() / key
    if len(key) != 32 or not key.isalnum() or not home.is_dir():
        return None
    return next(home.iterdir(), None)


def drop(key: str) -> None:
    """Delete an archive that waits."""
    shutil.rmtree(waiting() / key, ignore_errors=True)


def tidy(*, at: datetime) -> int:
    """Delete archives nobody has loaded within KEPT; return how many."""
    if not waiting().is_dir():
        return 0
    over = [home for home in waiting().iterdir() if home.is_dir() and _changed(home) <= at - KEPT]
    for home in over:
        shutil.rmtree(home, ignore_errors=True)
    return len(over)


def _changed(home: Path) -> datetime:
    return datetime.fromtimestamp(home.stat().st_mtime, tz=UTC)
