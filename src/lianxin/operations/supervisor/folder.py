"""The data folder of one installation: closed to others, locked by one supervisor, with its secrets."""

import fcntl
import os
import secrets
from pathlib import Path

from lianxin.kernel.crypto import keys
from lianxin.operations.supervisor import strays
from lianxin.operations.supervisor.strays import Record

UNFINISHED = "unfinished"  # there while the made-up county is being written


class Taken(Exception):
    """Another supervisor runs on this data folder; its record says where."""

    def __init__(self, record: Record | None) -> None:
        """Keep the record of the other one, if it has written it yet."""
        super().__init__("another supervisor runs on this data folder")
        self.record = record


class Folder:
    """Names what lies in a data folder, and makes what is missing."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.path = path.resolve()
        self.record_file = self.path / "supervisor.json"
        self.postgres = self.path / "postgres"
        self.logs = self.path / "logs"
        self.accounts_file = self.path / "demo-accounts.json"
        self.secret_key_file = self.path / "secret-key"
        self.keys_file = self.path / "keys.json"
        self.broker = self.path / "broker"
        self.intake_password_file = self.path / "intake-password"
        self._lock: int | None = None

    def take(self) -> int:
        """Make the folder, lock it and clear what an earlier supervisor left; returns how many processes that were.

        Raises Taken when another supervisor holds it, TimeoutError when strays do not end.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Taken(self.record()) from None
        self._lock = lock
        self._make_secrets()
        left = strays.read(self.record_file)
        return strays.clear(left) if left else 0

    def leave(self) -> None:
        """Remove the record and unlock the folder."""
        self.record_file.unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def is_unfinished(self) -> bool:
        """Whether an earlier run was cut short while it made the county."""
        return (self.path / UNFINISHED).exists()

    def first_key(self) -> str:
        """Return the key to the first page of an installation in which nobody has an account yet, else nothing."""
        place = self.path / "first-key"
        return place.read_text(encoding="ascii").strip() if place.is_file() else ""

    def record(self) -> Record | None:
        """Return the record of the supervisor that runs here now, if one does."""
        record = strays.read(self.record_file)
        return record if record and record.is_alive else None

    def environment(self) -> dict[str, str]:
        """Return the settings that lead the product to this folder and its secrets."""
        return {
            "LIANXIN_DATA": str(self.path),
            "LIANXIN_SECRET_KEY_FILE": str(self.secret_key_file),
            "LIANXIN_KEYS_FILE": str(self.keys_file),
        }

    def _make_secrets(self) -> None:
        if not self.secret_key_file.exists():
            handle = os.open(self.secret_key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
        keys.generate(self.keys_file)
