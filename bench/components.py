"""How long a city's survey of components takes to come in, and to come in again when nothing has changed.

The table is that of the demo's county: 24,772 components of a survey, with numbers, keepers, states and places. Then
the one map with a prefecture's 50,000 on it: windows of a screen's size at every zoom, by who sees all and by a clerk.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg

from bench import maps
from bench.counties import county
from bench.figures import Figure, Size, at_most, say, told
from bench.servers import ROOT, cloned, environment, server
from bench.serving import prepare, web

ROWS: dict[Size, int] = {"small": 6_000, "full": 24_772}
AIM = 10.0  # seconds for a city's whole survey
STANDING = 50_000
ROUNDS: dict[Size, int] = {"small": 80, "full": 300}

# Copies of what came in, strewn some kilometres around.
_STREW = """
INSERT INTO component (key, number, point, {columns})
SELECT gen_random_uuid(), lpad((9000000000000000 + row_number() OVER ())::text, 16, '0'),
       point(point[0] + (random() - 0.5) * 0.05, point[1] + (random() - 0.5) * 0.05), {columns}
FROM component, generate_series(1, 20) LIMIT {count}
"""


def run(size: Size) -> list[Figure]:
    """Bring the survey in, then the same table again."""
    rows = ROWS[size]
    with server() as address, tempfile.TemporaryDirectory() as folder, cloned(address, county(0)) as url:
        found = _survey(url, Path(folder) / "部件普查表.csv", rows)
        windows = _windows(url, ROUNDS[size])
    if found["counts"].get("new") != rows or found["again"].get("same") != rows:
        raise RuntimeError(f"Not every row came in, or came in twice: {found}.")
    say(f"check {found['check_s']:.1f} s, write {found['apply_s']:.1f} s, again {found['again_s']:.1f} s")
    return [
        told("imported", rows, "rows"),
        at_most("imported_s", found["check_s"] + found["apply_s"], "s", AIM * rows / ROWS["full"]),
        at_most("again_s", found["again_s"], "s", AIM * rows / ROWS["full"]),
        told("peak_mb", found["peak_mb"], "MB"),
        at_most("viewport_p95_ms", quantiles(windows, n=20)[-1] * 1000, "ms", 100),
        told("viewport_p50_ms", quantiles(windows, n=2)[0] * 1000, "ms"),
    ]


def _windows(url: str, rounds: int) -> list[float]:
    """Return how long windows of the map took with 50,000 components on it, from two web workers, in seconds."""
    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute(
            "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = 'component'"
            " AND column_name NOT IN ('id', 'key', 'number', 'point')"
        ).fetchall()
        there = connection.execute("SELECT count(*) FROM component").fetchone() or (0,)
        columns = ", ".join(name for (name,) in names)
        connection.execute(_STREW.format(columns=columns, count=max(STANDING - there[0], 0)))
        connection.execute("VACUUM ANALYZE component")
    prepare(url)
    who = maps.child(url, "viewers")
    with web(url) as address:
        looked = [maps.look(address, who["cookie"], key, rounds, layer="components") for key in who["keys"]]
    return [took for one in looked for took in one["times"]]


def _survey(url: str, table: Path, rows: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.surveyed", str(table), str(rows)]
    done = subprocess.run(command, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))
