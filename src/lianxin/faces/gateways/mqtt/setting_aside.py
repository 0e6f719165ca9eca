"""Messages that no transaction would take: kept in a file, so that a fault of ours loses nothing and stops nothing."""

import base64
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.db import OperationalError

from .arrivals import Arrival

LARGEST = 200_000_000  # bytes; then the intake waits for somebody to look


class Shelf:
    """A file of messages, one JSON object a line, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is made with the first message."""
        self.path = path

    def put(self, arrival: Arrival) -> None:
        """Keep one, on the disk when this returns. Raises OperationalError when the file is full."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            if file.tell() > LARGEST:
                raise OperationalError(f"{self.path} is full of messages that could not be stored; see its log.")
            file.write(_line(arrival))
            file.flush()
            os.fsync(file.fileno())

    def __iter__(self) -> Iterator[Arrival]:
        """Go through what lies there, oldest first."""
        with suppress(FileNotFoundError), self.path.open(encoding="utf-8") as file:
            for line in file:
                told = json.loads(line)
                received_at = datetime.fromisoformat(told["received_at"])
                yield Arrival(told["topic"], base64.b64decode(told["body"]), received_at)

    def replace(self, arrivals: Sequence[Arrival]) -> None:
        """Let only these lie here, in one move."""
        fresh = self.path.with_suffix(".new")
        if arrivals:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.writelines(map(_line, arrivals))
            fresh.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)


def _line(arrival: Arrival) -> str:
    told = {
        "topic": arrival.topic,
        "body": base64.b64encode(arrival.body).decode(),
        "received_at": arrival.received_at.isoformat(),
    }
    return json.dumps(told) + "\n"
