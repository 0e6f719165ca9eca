"""The file outbox: one JSON line a message, for demonstrations, tests and places without a gateway yet."""

import fcntl
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from .words import Outgoing


def write(channel: str, message: Outgoing) -> None:
    """Append the message to `<OUTBOX_ROOT>/<channel>.jsonl`; several processes may do so at once."""
    folder = Path(settings.OUTBOX_ROOT)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps({"sent_at": datetime.now(UTC).isoformat(), **asdict(message)}, ensure_ascii=False)
    with (folder / f"{channel}.jsonl").open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(line + "\n")
