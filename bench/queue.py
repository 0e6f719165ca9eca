"""How long people wait for the console's pages on a full county: eight readers, each with a moment to look.

Two grid workers, two street seats, two city seats and two department handlers, those with the most to do,
sign in and turn between their queue (with filters, further pages), and cases on it.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random
from statistics import quantiles
from typing import Any

import httpx

from bench.counties import county
from bench.figures import Figure, Size, at_most, say, told
from bench.servers import ROOT, cloned, environment, server
from bench.serving import prepare, web

CASES: Mapping[Size, int] = {"small": 300_000, "full": 1_000_000}
SECONDS: Mapping[Size, int] = {"small": 60, "full": 240}
EACH = 2  # readers of each role
THINKS = (0.3, 1.2)  # seconds between two pages: a hasty person
QUEUES = (
    "/console/cases", "/console/cases", "/console/cases?clock=overdue", "/console/cases?stage=dispatched",
    "/console/cases?state=all", "/console/cases?q=路灯",
)  # fmt: skip


@dataclass
class Watch:
    """What the readers saw: seconds for each page, by kind."""

    queue: list[float] = field(default_factory=list)
    case: list[float] = field(default_factory=list)
    by_role: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def run(size: Size) -> list[Figure]:
    """Let the readers read, and return how long 95 of 100 pages took at most."""
    watch = Watch()
    with ExitStack() as stack:
        database = stack.enter_context(cloned(stack.enter_context(server()), county(CASES[size])))
        prepare(database)
        readers = _readers(database)
        address = stack.enter_context(web(database))
        _read(address, readers, 5, Watch())
        _read(address, readers, SECONDS[size], watch)
    if watch.failures:
        raise RuntimeError(f"{len(watch.failures)} pages failed, such as {watch.failures[0]}")
    for role, times in watch.by_role.items():
        say(f"{role}: {len(times)} queues, p95 {_p95(times):.1f} ms")
    return [
        at_most("queue_p95_ms", _p95(watch.queue), "ms", 50),
        at_most("case_p95_ms", _p95(watch.case), "ms", 50),
        told("queries", max(reader["queue_statements"] for reader in readers), "queue"),
        told("case_queries", max(reader["case_statements"] for reader in readers), "case"),
        told("queue_p50_ms", _p50(watch.queue), "ms"),
        told("case_p50_ms", _p50(watch.case), "ms"),
        told("pages", len(watch.queue) + len(watch.case), ""),
    ]


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] * 1000


def _p50(times: list[float]) -> float:
    return quantiles(times, n=2)[0] * 1000


def _readers(database: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.sessions", str(EACH)]
    out = subprocess.run(
        command, check=True, cwd=ROOT, env=environment(database), stdout=subprocess.PIPE, text=True
    ).stdout
    return [json.loads(line) for line in out.splitlines()]


def _read(address: str, readers: list[dict[str, Any]], seconds: float, watch: Watch) -> None:
    end = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_one, args=(address, reader, end, Random(place), watch))
        for place, reader in enumerate(readers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _one(address: str, reader: Mapping[str, Any], end: float, rng: Random, watch: Watch) -> None:
    with httpx.Client(base_url=address, cookies={reader["cookie"]: reader["key"]}, timeout=30) as client:
        while time.monotonic() < end:
            is_case = rng.random() < 0.5 and reader["numbers"]
            path = f"/console/cases/{rng.choice(reader['numbers'])}" if is_case else rng.choice(QUEUES)
            begun = time.perf_counter()
            try:
                answer = client.get(path)
            except httpx.TransportError as error:
                watch.failures.append(f"{path}: {error!r}")
                return
            took = time.perf_counter() - begun
            if answer.status_code != 200:
                watch.failures.append(f"{path}: {answer.status_code}")
            (watch.case if is_case else watch.queue).append(took)
            if not is_case:
                watch.by_role.setdefault(reader["role"], []).append(took)
            time.sleep(rng.uniform(*THINKS))
