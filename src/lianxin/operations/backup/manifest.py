"""What a backup holds, so that a restore can prove it is whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

NAME = "manifest.json"
DUMP, FILES = "database.dump", "files.tar"


class BackupError(Exception):
    """A backup cannot be made or used; the sentence tells why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The inventory of one backup."""

    taken_at: str  # ISO 8601
    migrations: int
    key_ids: list[str]  # keys a restore needs
    rows: Mapping[str, int]  # table → rows, in the very snapshot that was dumped
    files: int
    sums: Mapping[str, str]  # part → SHA-256

    def write(self, folder: Path) -> None:
        """Write it last: a folder without it is no backup."""
        folder.joinpath(NAME).write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read it and check every part against its sum; raise BackupError."""
        try:
            found = cls(**json.loads(folder.joinpath(NAME).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise BackupError(f"{folder} 里没有完整的备份（{NAME} 读不出来）：{error}") from error
        for part, expected in found.sums.items():
            if not folder.joinpath(part).is_file() or sum_of(folder / part) != expected:
                raise BackupError(f"{part} 与清单不符：文件缺失或已损坏。请换一份备份。")
        return found


def sum_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
