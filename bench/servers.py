"""Seeded databases for benches: made once for each state of the schema, kept, and cloned for each run.

They live in one cluster of the bench's own under `.run/bench`, with the settings of a real installation
(durable commits), or on the server of DATABASE_URL when that is set. A bench works in a child process
with `environment(url)`, so that settings are read as in production.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.figures import say
from lianxin.operations.supervisor.postgres import Server, create_database, drop_database

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".run" / "bench"
# A change of any migration makes the seeds anew.
SCHEMA = "src/lianxin/**/migrations/*.py"

Seed = Callable[[str], None]


@contextlib.contextmanager
def seeded(name: str, seed: Seed | None = None, *, version: str = "") -> Iterator[str]:
    """Give the address of a fresh clone of a migrated database that `seed(address)` has filled; dropped afterwards.

    `version` names the seed's own state, such as "county-seed1": another version is seeded anew.
    """
    with server() as address:
        template = f"bench_{name}_{_hash(version)}"
        with _alone(name):
            if not _exists(address, template):
                _drop_matching(address, f"bench_{name}_")
                _make(address, template, seed)
        clone = f"{template}_{os.getpid()}"
        _copy(address, template, clone)
        try:
            yield at(address, clone)
        finally:
            drop_database(address, clone)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Give the address of a server: that of DATABASE_URL, else one of our own that stops afterwards."""
    named = os.environ.get("DATABASE_URL")
    if named:
        yield at(named, "postgres")
        return
    with _alone("server"):
        own = Server(FOLDER / "postgres")
        own.start()
        try:
            yield own.url("postgres")
        finally:
            own.stop()


def at(url: str, database: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))  # noqa: SLF001 - public, for all its name


def environment(url: str) -> dict[str, str]:
    """Return the environment of a process of ours that works on this database."""
    return os.environ | {
        "DATABASE_URL": url,
        "DATABASE_DIRECT_URL": url,
        "DJANGO_SETTINGS_MODULE": "lianxin.operations.settings",
        "LIANXIN_DEMO": "1",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }


def manage(url: str, *arguments: str) -> None:
    """Run a management command on a database; raise CalledProcessError when it fails."""
    command = [sys.executable, "-m", "django", *arguments]
    subprocess.run(command, check=True, cwd=ROOT, env=environment(url), stdout=sys.stderr)


def _make(address: str, template: str, seed: Seed | None) -> None:
    """Make the template under another name first: one cut short never looks ready."""
    half = f"{template}_half"
    drop_database(address, half)
    create_database(address, half)
    say(f"seeding {template} …")
    manage(at(address, half), "migrate", "--verbosity", "0")
    if seed:
        seed(at(address, half))
    with psycopg.connect(address, autocommit=True) as connection:
        rename = sql.SQL("alter database {} rename to {}")
        connection.execute(rename.format(sql.Identifier(half), sql.Identifier(template)))


def _copy(address: str, template: str, clone: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        statement = sql.SQL("create database {} template {} strategy file_copy")
        connection.execute(statement.format(sql.Identifier(clone), sql.Identifier(template)))


def _exists(address: str, name: str) -> bool:
    with psycopg.connect(address) as connection:
        return bool(connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone())


def _drop_matching(address: str, prefix: str) -> None:
    """Drop seeds of earlier schemas and clones of runs that were killed."""
    with psycopg.connect(address) as connection:
        rows = connection.execute("select datname from pg_database where starts_with(datname, %s)", [prefix]).fetchall()
    for (name,) in rows:
        drop_database(address, name)


def _hash(version: str) -> str:
    digest = hashlib.sha256(version.encode())
    for path in sorted(ROOT.glob(SCHEMA)):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def _alone(what: str) -> Iterator[None]:
    """Wait until no other bench does the same."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{what}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
