"""How long a city's survey of components takes to come in, and to come in again when nothing has changed.

The table is that of the demo's county: 24,772 components of a survey, with numbers, keepers, states and places.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.counties import county
from bench.figures import Figure, Size, at_most, say, told
from bench.servers import ROOT, cloned, environment, server

ROWS: dict[Size, int] = {"small": 6_000, "full": 24_772}
AIM = 10.0  # seconds for a city's whole survey


def run(size: Size) -> list[Figure]:
    """Bring the survey in, then the same table again."""
    rows = ROWS[size]
    with server() as address, tempfile.TemporaryDirectory() as folder, cloned(address, county(0)) as url:
        found = _survey(url, Path(folder) / "部件普查表.csv", rows)
    if found["counts"].get("new") != rows or found["again"].get("same") != rows:
        raise RuntimeError(f"Not every row came in, or came in twice: {found}.")
    say(f"check {found['check_s']:.1f} s, write {found['apply_s']:.1f} s, again {found['again_s']:.1f} s")
    return [
        told("imported", rows, "rows"),
        at_most("imported_s", found["check_s"] + found["apply_s"], "s", AIM * rows / ROWS["full"]),
        at_most("again_s", found["again_s"], "s", AIM * rows / ROWS["full"]),
        told("peak_mb", found["peak_mb"], "MB"),
    ]


def _survey(url: str, table: Path, rows: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.surveyed", str(table), str(rows)]
    done = subprocess.run(command, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))
