"""How long a search takes among many people: each kind of words, as grid worker, clerk, street seat and data officer.

In one process through the functions that pages and interfaces call, on a county of made-up people; words are
drawn from those who live there, for each reader half of them from where it serves.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from statistics import quantiles
from typing import Any

from bench.counties import peopled
from bench.figures import Figure, Size, at_most, say, told
from bench.servers import ROOT, cloned, environment, server

PEOPLE: Mapping[Size, int] = {"small": 200_000, "full": 1_000_000}
EACH: Mapping[Size, int] = {"small": 100, "full": 200}  # searches of each kind by each reader
AIMED = ("name", "initials", "address", "id", "phone", "nearby")
AIM = 30


def run(size: Size) -> list[Figure]:
    """Search, and return how long 95 of 100 searches of each kind took at most."""
    with ExitStack() as stack:
        database = stack.enter_context(cloned(stack.enter_context(server()), peopled(PEOPLE[size])))
        seen = _searched(database, EACH[size])
    figures = []
    for kind, times in seen["times"].items():
        name, p95 = f"{kind}_p95_ms", _p95(times)
        figures.append(at_most(name, p95, "ms", AIM) if kind in AIMED else told(name, p95, "ms"))
    for role, kinds in seen["by_role"].items():
        say(f"{role}: " + ", ".join(f"{kind} {_p95(times):.1f}" for kind, times in kinds.items()))
    figures += [told(f"{kind}_hits", hits, "a search") for kind, hits in seen["hits"].items()]
    return [*figures, told("people", seen["people"], "")]


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _searched(database: str, each: int) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.searches", str(each)]
    done = subprocess.run(command, check=True, cwd=ROOT, env=environment(database), stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
