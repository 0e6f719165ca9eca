"""The files of the profile that is in force, read once while they stay as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from lianxin.kernel.configuration.queries import current
from lianxin.operations.profiles.model import Profile
from lianxin.operations.profiles.reader import FOLDER, read
from lianxin.operations.profiles.tables import ProfileInvalid


@dataclass(frozen=True)
class Files:
    """The profile as its files say; or why they cannot be read."""

    key: str
    profile: Profile | None = None
    problem: str = ""

    @property
    def folder(self) -> str:
        """Return where the files lie, as people write it."""
        return f"profiles/{self.key}"


def files(numbers: Mapping[str, int]) -> Files:
    """Return the files of the profile that was loaded last; without one, say so."""
    loaded: Mapping[str, Any] = current("profile", numbers) or {}
    key = str(loaded.get("key", "") or loaded.get("begun_from", ""))
    brought = Path(settings.FILES_ROOT) / "profiles" / key
    folder = brought if key and (brought / "profile.toml").is_file() else FOLDER / key
    if not key or not folder.is_dir():
        return Files(key, problem="还没有载入方案，或方案的文件夹不在这台机器上。")
    return _read(key, folder, max(path.stat().st_mtime_ns for path in folder.iterdir()))


@lru_cache(maxsize=2)
def _read(key: str, folder: Path, _changed: int) -> Files:
    try:
        return Files(key, read(folder))
    except ProfileInvalid as error:
        return Files(key, problem=str(error))


def is_loaded(found: Files, numbers: Mapping[str, int]) -> bool:
    """Tell whether the files are the ones that were loaded, or have been edited since."""
    loaded: Mapping[str, Any] = current("profile", numbers) or {}
    return found.profile is not None and found.profile.content_hash == loaded.get("hash")
