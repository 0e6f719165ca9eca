"""Reports a second over HTTP: committed, classified, routed and, where the platform is sure, dispatched.

Two web workers and PostgreSQL with durable commits answer `wrk`, a native client, on the same machine. The
limit is what `pgbench`, with as many clients, makes of the very statements of one such report.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg

from bench.counties import county
from bench.figures import Figure, Size, at_least, at_most, say, told
from bench.servers import ROOT, cloned, environment, server
from bench.serving import prepare, web
from lianxin.operations.supervisor.postgres import programs_for

CLIENTS, BODIES = 8, 5_000
RUNS = 3
SECONDS: Mapping[Size, int] = {"small": 12, "full": 60}
CASES: Mapping[Size, int] = {"small": 100_000, "full": 300_000}


@dataclass(frozen=True)
class Load:
    """What one run of the load client told."""

    per_second: float
    p95_ms: float
    client_share: float  # of all processors
    sent: int


def run(size: Size) -> list[Figure]:
    """Measure requests and statements in turn, so that a noisy minute hits both alike."""
    wrk = _wrk()
    loads: list[Load] = []
    limits: list[float] = []
    with ExitStack() as stack:
        database = stack.enter_context(cloned(stack.enter_context(server()), county(CASES[size])))
        prepare(database)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lianxin-intake-")))
        captured = json.loads(_child(database, "bench.captured"))
        script, lines = folder / "report.sql", folder / "bodies.jsonl"
        script.write_text(captured["script"], encoding="utf-8")
        lines.write_text(_child(database, "bench.told", str(BODIES)), encoding="utf-8")
        address = stack.enter_context(web(database))
        _load(wrk, address, lines, 3)
        before = _stored(database)
        for turn in range(RUNS):
            loads.append(_load(wrk, address, lines, SECONDS[size]))
            after = _stored(database)
            limits.append(_pgbench(database, script, SECONDS[size]))
            say(f"run {turn + 1}: {loads[-1].per_second:.0f} reports/s, the same statements {limits[-1]:.0f}/s")
            if turn == 0:
                share = _check(before, after, loads[0])
    rate, limit = median(load.per_second for load in loads), median(limits)
    return [
        at_least("requests_per_s", rate, "1/s", 300, limit),
        at_least("ratio_to_pgbench", rate / limit, "", 0.15),
        at_most("statements", captured["statements"], "", 20),
        told("client_cpu_share", median(load.client_share for load in loads), ""),
        told("p95_ms", median(load.p95_ms for load in loads), "ms"),
        told("dispatched_share", share, ""),
    ]


def _wrk() -> str:
    found = shutil.which("wrk")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        say("installing wrk …")
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=False, stdout=sys.stderr)
        found = shutil.which("wrk")
    if found is None:
        raise SystemExit("This bench needs wrk, a native load client: apt-get install wrk")
    return found


def _child(database: str, module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, check=True, cwd=ROOT, env=environment(database), stdout=subprocess.PIPE, text=True
    ).stdout


def _load(wrk: str, address: str, lines: Path, seconds: int) -> Load:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [
        wrk, "--threads=1", f"--connections={CLIENTS}", f"--duration={seconds}s", "--timeout=30s",
        f"--script={ROOT / 'bench' / 'report.lua'}", f"{address}/api/v1/reports", "--", str(lines),
    ]  # fmt: skip
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = json.loads(out.rpartition("RESULT ")[2])
    if result["refused"] or result["broken"]:
        raise RuntimeError(f"{result['refused']} reports were refused, {result['broken']} broke off.")
    took = result["microseconds"] / 1e6
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    share = used / took / (os.cpu_count() or 1)
    return Load(result["requests"] / took, result["p95"] / 1000, share, result["requests"])


def _stored(database: str) -> tuple[int, int]:
    """Return how many cases there are, and how many of them the platform dispatched by itself."""
    time.sleep(2)  # what was under way when the client stopped is stored by then
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*), count(*) FILTER (WHERE dispatched_by_system) FROM cases").fetchone()
    return (row[0], row[1]) if row else (0, 0)


def _check(before: tuple[int, int], after: tuple[int, int], load: Load) -> float:
    """Raise unless every report that was answered is stored; return the share that was dispatched."""
    stored, dispatched = after[0] - before[0], after[1] - before[1]
    # Reports under way when the client stopped are stored, too, though it heard no answer.
    if not load.sent <= stored <= load.sent + CLIENTS:
        raise RuntimeError(f"{load.sent} reports were answered, {stored} are stored.")
    return dispatched / stored


def _pgbench(database: str, script: Path, seconds: int) -> float:
    command = [
        str(programs_for(None) / "pgbench"), "--no-vacuum", f"--file={script}", f"--client={CLIENTS}", "--jobs=1",
        f"--time={seconds}", database,
    ]  # fmt: skip
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", ran.stdout)
    if ran.returncode or found is None or "number of failed transactions: 0 " not in ran.stdout:
        raise RuntimeError(f"pgbench failed:\n{ran.stdout}{ran.stderr[:2000]}")
    return float(found[1])
