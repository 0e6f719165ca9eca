"""How long the screens of those who steer take on a full county, and how fast statistics follow the feed.

The leader's overview, the funnel, tables and trends of streets, communities and units, each with periods from this week
to twelve months; then one client forgets the last entries and follows them again. At last
100,000 cases are opened in stages they once left, spread over years, and the funnel is asked where they stand.
"""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from random import Random
from statistics import quantiles
from typing import Any

import httpx

from bench.counties import county
from bench.figures import Figure, Size, at_least, at_most, say, told
from bench.servers import ROOT, Template, cloned, environment, manage, server
from bench.serving import prepare, web

CASES: Mapping[Size, int] = {"small": 300_000, "full": 1_000_000}
ROUNDS: Mapping[Size, int] = {"small": 60, "full": 200}  # times each page is asked for
PERIODS = ("week", "month", "last_month", "quarter", "year", "twelve")
PAGE = "/console/statistics/"
PAGES: Mapping[str, tuple[str, ...]] = {
    "overview": (f"{PAGE}?period={{period}}",),
    # Where open cases stand and how long others stood is on every overview; a street's and a unit's are narrowed.
    "funnel": (f"{PAGE}?period={{period}}&area={{street}}", f"{PAGE}?period={{period}}&unit={{unit}}"),
    "trends": (
        f"{PAGE}trends?by=year", f"{PAGE}trends?by=month&area={{street}}", f"{PAGE}trends?by=week&unit={{unit}}",
    ),
    "table": (
        f"{PAGE}?period={{period}}&by=communities", f"{PAGE}?period={{period}}&by=unit",
        f"{PAGE}?period={{period}}&by=major", f"{PAGE}?period={{period}}&by=unit&area={{street}}",
        f"{PAGE}?period={{period}}&by=major&area={{community}}",
    ),
    "list": (f"{PAGE}cases?what=late_open&period={{period}}", f"{PAGE}cases?what=reported&period={{period}}"),
}  # fmt: skip


def counted(cases: int) -> Template:
    """Return a county of so many cases whose statistics are up to date."""
    return Template(f"counted_{cases}", partial(_count), version=f"counted2-{cases}", base=county(cases))


def _count(address: str) -> None:
    manage(address, "recount", "--write")


def run(size: Size) -> list[Figure]:
    """Ask for each page in turn, then follow the feed again; return how long 95 of 100 pages took at most."""
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    with ExitStack() as stack:
        database = stack.enter_context(cloned(stack.enter_context(server()), counted(CASES[size])))
        prepare(database)
        leader = _child(database, "leader")
        with web(database) as address:
            _read(address, leader, ROUNDS[size], times)
        followed = _child(database, "follow")
        rebuilt = _child(database, "rebuild")
        stood = _child(database, "stand")
        say(f"open cases in the funnel: {stood['cases']:,}")
    for name, each in times.items():
        say(f"{name}: {len(each)} pages, p50 {quantiles(each, n=2)[0] * 1000:.1f} ms")
    return [
        at_most("overview_p95_ms", _p95(times["overview"]), "ms", 100),
        at_most("funnel_p95_ms", _p95(times["funnel"]), "ms", 100),
        at_most("open_funnel_p95_ms", stood["p95_ms"], "ms", 100),
        at_most("table_p95_ms", _p95(times["table"]), "ms", 100),
        told("trends_p95_ms", _p95(times["trends"]), "ms"),
        told("list_p95_ms", _p95(times["list"]), "ms"),
        at_least("catch_up_entries_per_s", followed["entries_per_s"], "/s", 5_000),
        at_most("rebuild_s", rebuilt["seconds"], "s", 60 * CASES[size] / 300_000),
    ]


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] * 1000


def _child(database: str, what: str) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.following", what]
    out = subprocess.run(
        command, check=True, cwd=ROOT, env=environment(database), stdout=subprocess.PIPE, text=True
    ).stdout
    told: dict[str, Any] = json.loads(out.splitlines()[-1])
    return told


def _read(address: str, leader: Mapping[str, Any], rounds: int, times: dict[str, list[float]]) -> None:
    dice = Random(1)
    with httpx.Client(base_url=address, cookies={leader["cookie"]: leader["key"]}, timeout=60) as client:
        for turn in range(rounds + 2):
            for name, pages in PAGES.items():
                words = {each: dice.choice(leader[each]) for each in ("street", "community", "unit")}
                path = pages[turn % len(pages)].format(period=dice.choice(PERIODS), **words)
                begun = time.perf_counter()
                answer = client.get(path)
                took = time.perf_counter() - begun
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status_code}")
                if turn >= 2:  # the first ones fill memory
                    times[name].append(took)
