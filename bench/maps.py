"""How long the one map takes with 100,000 open cases on it, how much it sends, and how long a base map takes to be cut.

Windows of a screen's size at every zoom, by who sees all and by who sees one community, from two web workers.
"""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from random import Random
from statistics import quantiles
from typing import Any

import httpx
import psycopg

from bench.counties import county
from bench.figures import Figure, Size, at_most, say, told
from bench.servers import ROOT, Template, cloned, environment, server
from bench.serving import prepare, web

OPEN = 100_000
CASES: Mapping[Size, int] = {"small": 1_230, "full": 300_000}
ROUNDS: Mapping[Size, int] = {"small": 120, "full": 400}
ZOOMS = range(9, 20)
SCREEN = (1440, 780)  # pixels
_MIDDLE = (116.95, 31.05)

# Copies of open cases, strewn some kilometres around; past the journal, before any process has looked.
_STREW = """
INSERT INTO cases (number, point, {columns})
SELECT 'M' || lpad(row_number() OVER ()::text, 12, '0'),
       point(point[0] + (random() - 0.5) * 0.05, point[1] + (random() - 0.5) * 0.05), {columns}
FROM cases, generate_series(1, 2000) WHERE ended_at IS NULL AND point IS NOT NULL LIMIT {count}
"""


def strewn(cases: int) -> Template:
    """Return a county with 100,000 open cases on its map."""
    return Template(f"strewn_{cases}", _strew, version=f"strewn1-{cases}", base=county(cases))


def _strew(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = 'cases'"
            " AND column_name NOT IN ('id', 'number', 'point')"
        ).fetchall()
        columns = ", ".join(name for (name,) in rows)
        connection.execute(_STREW.format(columns=columns, count=OPEN))
        connection.execute("VACUUM ANALYZE cases")


def run(size: Size) -> list[Figure]:
    """Look at windows and tiles in turn; return how long 95 of 100 took at most, and the largest answer."""
    with ExitStack() as stack:
        database = stack.enter_context(cloned(stack.enter_context(server()), strewn(CASES[size])))
        prepare(database)
        cut = child(database, "cut")
        who = child(database, "people")
        with web(database) as address:
            looked = [look(address, who["cookie"], key, ROUNDS[size]) for key in who["keys"]]
            tiles = _tiles(address, who, ROUNDS[size])
    windows = [took for one in looked for took in one["times"]]
    say(f"windows: {len(windows)}, p50 {quantiles(windows, n=2)[0] * 1000:.1f} ms; first {looked[0]['first']:.2f} s")
    return [
        at_most("map_p95_ms", _p95(windows), "ms", 100),
        at_most("payload_kb", max(one["largest"] for one in looked) / 1000, "kB", 150),
        told("first_look_s", looked[0]["first"], "s"),
        told("tile_p95_ms", _p95(tiles), "ms"),
        told("cut_s", cut["seconds"], "s"),
        told("cut_ms_per_tile", cut["seconds"] / cut["tiles"] * 1000, "ms"),
    ]


def child(database: str, what: str) -> dict[str, Any]:
    """Let a process of its own do something in a database, and return what it tells."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.mapping", what]
    out = subprocess.run(
        command, check=True, cwd=ROOT, env=environment(database), stdout=subprocess.PIPE, text=True
    ).stdout
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] * 1000


def look(address: str, cookie: str, key: str, rounds: int, *, layer: str = "cases") -> dict[str, Any]:
    """Ask for windows of a screen's size at every zoom; raise RuntimeError for what is not answered."""
    dice, times, largest, first = Random(1), [], 0, 0.0
    with httpx.Client(base_url=address, cookies={cookie: key}, timeout=60) as client:
        for turn in range(rounds + 4):
            zoom = dice.choice(ZOOMS)
            begun = time.perf_counter()
            answer = client.get(f"/console/map/layers/{layer}?bbox={_window(dice, zoom)}&zoom={zoom}")
            took = time.perf_counter() - begun
            if answer.status_code != 200:
                raise RuntimeError(f"the map answered {answer.status_code}")
            first = max(first, took)
            if turn >= 4:  # the first ones fill the memory of both workers
                times.append(took)
            largest = max(largest, len(answer.content))
    return {"times": times, "largest": largest, "first": first}


def _window(dice: Random, zoom: int) -> str:
    lon, lat = _MIDDLE[0] + dice.uniform(-0.03, 0.03), _MIDDLE[1] + dice.uniform(-0.02, 0.02)
    wide, high = (side / 512 * 360 / 2**zoom for side in SCREEN)
    return f"{lon - wide / 2:.6f},{lat - high * 0.43:.6f},{lon + wide / 2:.6f},{lat + high * 0.43:.6f}"


def _tiles(address: str, who: Mapping[str, Any], rounds: int) -> list[float]:
    times, dice = [], Random(2)
    with httpx.Client(base_url=address, cookies={who["cookie"]: who["keys"][0]}, timeout=60) as client:
        for _turn in range(rounds):
            z, x, y = dice.choice(who["tiles"])
            begun = time.perf_counter()
            answer = client.get(f"/console/map/tiles/{who['edition']}/{z}/{x}/{y}.mvt")
            times.append(time.perf_counter() - begun)
            if answer.status_code != 200 or not answer.content:
                raise RuntimeError(f"a tile answered {answer.status_code}")
    return times
