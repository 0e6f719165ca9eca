"""Processor time of what serves a bench, read from the system: what is busy beside it does not change it much."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Usage:
    """Seconds of processors so far: of the web workers, and of the database's processes for one database."""

    web: float
    database: float

    def since(self, before: "Usage") -> "Usage":
        """Return what was used between two looks."""
        return Usage(self.web - before.web, self.database - before.database)


def usage(database: str, site: str) -> Usage:
    """Look at the processes that serve `site` from `database`."""
    name, port = urlsplit(database).path.strip("/"), urlsplit(site).port
    web = stored = 0
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().decode(errors="replace") if entry.name.isdecimal() else ""
            if "granian" in line and f"--port={port}" in line:
                web += _ticks(entry)
            elif line.startswith("postgres:") and f" {name} " in line:
                stored += _ticks(entry)
        except OSError:
            continue
    unit = os.sysconf("SC_CLK_TCK")
    return Usage(web / unit, stored / unit)


def _ticks(entry: Path) -> int:
    numbers = (entry / "stat").read_text().rpartition(")")[2].split()
    return int(numbers[11]) + int(numbers[12])
