"""Records a second from phones that were without signal: eight workers bring their days in batches, over HTTP.

Two web workers and PostgreSQL with durable commits take them. The limit is what `pgbench`, with as many clients, makes
of writing the same rows: a transaction for each record, nothing read, nothing judged.
"""

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psycopg

from bench.counties import county
from bench.figures import Figure, Size, at_least, say, told
from bench.servers import ROOT, Template, cloned, environment, server
from bench.serving import prepare, web
from bench.usage import Usage, usage
from lianxin.operations.supervisor.postgres import programs_for

WORKERS = 8
BATCH = 60  # records; four stretches of a day
RUNS = 3
STRETCHES: Mapping[Size, int] = {"small": 32, "full": 96}  # of each worker in one run, some fourteen records each
SECONDS: Mapping[Size, int] = {"small": 8, "full": 30}

Json = dict[str, Any]


@dataclass(frozen=True)
class Load:
    """What one run told."""

    records: int
    seconds: float
    p95_ms: float  # of a batch
    client_share: float  # of all processors


def run(size: Size) -> list[Figure]:
    """Measure batches and rows in turn, so that a noisy minute hits both alike."""
    loads: list[Load] = []
    limits: list[float] = []
    used: list[Usage] = []
    with ExitStack() as stack:
        template = Template("field", seed, version="1", base=county(0))
        address = stack.enter_context(server())
        database = stack.enter_context(cloned(address, template))
        # What pgbench writes anywhere must not meet what the workers go on to do.
        bare = stack.enter_context(cloned(address, Template("field_rows", version="1", base=template)))
        prepare(database)
        written = json.loads(child(bare, "scripts"))
        _loosen(bare)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lianxin-sync-")))
        site = stack.enter_context(web(database))
        workers = [
            json.loads(line) for line in child(database, "sessions", str(STRETCHES[size] * RUNS + 3)).splitlines()
        ]
        parts = [_parts(worker["records"], RUNS) for worker in workers]
        _load(site, workers, [part[0] for part in parts])  # what the processes keep in memory is there
        for turn in range(RUNS):
            before = _taken(database)
            look = usage(database, site)
            loads.append(_load(site, workers, [part[turn + 1] for part in parts]))
            used.append(usage(database, site).since(look))
            _check(_taken(database) - before, loads[-1].records)
            limits.append(_pgbench(bare, folder, written, SECONDS[size]))
            rate = loads[-1].records / loads[-1].seconds
            say(f"run {turn + 1}: {rate:.0f} records/s, the same rows {limits[-1]:.0f}/s")
    rate, limit = median(load.records / load.seconds for load in loads), median(limits)
    return [
        told("records_per_s", rate, "1/s", limit),
        at_least("ratio_to_pgbench", rate / limit, "", 0.4),
        told("web_cpu_ms", _each(used, loads, "web"), "ms a record"),
        told("database_cpu_ms", _each(used, loads, "database"), "ms a record"),
        told("batch_p95_ms", median(load.p95_ms for load in loads), "ms"),
        told("client_cpu_share", median(load.client_share for load in loads), ""),
        *[told(f"alone_{kind}", each["statements"], "statements") for kind, each in written.items()],
    ]


def _each(used: Sequence[Usage], loads: Sequence[Load], name: str) -> float:
    """Return the milliseconds of processors that a record took, the middle one of the runs."""
    return median(float(getattr(each, name)) / load.records * 1000 for each, load in zip(used, loads, strict=True))


def seed(database: str) -> None:
    """Put up what days in the field need."""
    child(database, "seed")


def child(database: str, *arguments: str) -> str:
    """Run `bench.fieldday` on a database; return what it printed."""
    command = [sys.executable, "-m", "bench.fieldday", *arguments]
    return subprocess.run(
        command, check=True, cwd=ROOT, env=environment(database), stdout=subprocess.PIPE, text=True
    ).stdout


def _parts(records: Sequence[Json], runs: int) -> list[Sequence[Json]]:
    """Return a short part to warm up, then one for each run."""
    first = len(records) // (runs * 20)
    each = (len(records) - first) // runs
    return [records[:first], *[records[first + each * turn : first + each * (turn + 1)] for turn in range(runs)]]


def _load(site: str, workers: Sequence[Json], parts: Sequence[Sequence[Json]]) -> Load:
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    with ThreadPoolExecutor(len(workers)) as pool:
        found = [pool.submit(_bring, site, worker, part) for worker, part in zip(workers, parts, strict=True)]
        times = sorted(took for each in found for took in each.result())
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    p95 = times[int(len(times) * 0.95)] * 1000 if times else 0.0
    return Load(sum(map(len, parts)), seconds, p95, used / seconds / 2)


def _bring(site: str, worker: Json, records: Sequence[Json]) -> list[float]:
    """Send one worker's records in their order; return how long each batch took."""
    times: list[float] = []
    with httpx.Client(base_url=site, timeout=120, cookies={worker["cookie"]: worker["key"]}) as phone:
        token = phone.get("/api/v1/me").json()["csrf_token"]
        for start in range(0, len(records), BATCH):
            batch = {"device_now": datetime.now(UTC).isoformat(), "records": records[start : start + BATCH]}
            begun = time.perf_counter()
            answer = phone.post("/api/v1/sync", json=batch, headers={"X-CSRFToken": token, "Referer": site})
            times.append(time.perf_counter() - begun)
            answer.raise_for_status()
            refused = [each for each in answer.json()["outcomes"] if each["state"] != "done"]
            if refused:
                raise RuntimeError(f"{len(refused)} records were not taken: {refused[0]}")
    return times


def _taken(database: str) -> Counter[str]:
    """Return how many rows there are of what records lead to."""
    with psycopg.connect(database) as connection:
        rows = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in _TABLES}
    return Counter({name: row[0] if row else 0 for name, row in rows.items()})


_TABLES = ("patrol_checkin", "patrol_round", "visit", "cases")


def _check(made: Counter[str], sent: int) -> None:
    """Raise unless there is a row for every record but the acts, which write to cases that are there."""
    acts = sum(made.values()) / 13.5
    if not sent * 0.97 <= sum(made.values()) + acts <= sent * 1.03:
        raise RuntimeError(f"{sent} records were answered, {dict(made)} are stored.")


def _loosen(database: str) -> None:
    """Let pgbench write what stands in few rounds and visits again and again: it draws no new ones."""
    with psycopg.connect(database, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'u' AND array_length(conkey, 1) > 1"
            " AND conrelid = ANY(%s::regclass[])",
            [["patrol_checkin", "visit_version"]],
        ).fetchall()
        for table, name in rows:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        connection.execute("DROP INDEX clock_one_each")


def _pgbench(database: str, folder: Path, written: Mapping[str, Json], seconds: int) -> float:
    files = []
    for kind, each in written.items():
        path = folder / f"{kind}.sql"
        path.write_text(each["script"], encoding="utf-8")
        files.append(f"--file={path}@{each['share']}")
    command = [
        str(programs_for(None) / "pgbench"), "--no-vacuum", *files, f"--client={WORKERS}", "--jobs=1",
        f"--time={seconds}", database,
    ]  # fmt: skip
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", ran.stdout)
    if ran.returncode or found is None or re.search(r"number of failed transactions: [1-9]", ran.stdout):
        raise RuntimeError(f"pgbench failed:\n{ran.stdout[-1500:]}{ran.stderr[:2000]}")
    return float(found[1])
