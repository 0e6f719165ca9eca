"""Seeded databases for benches: made once, kept, brought forward by new migrations, and cloned for each run.

They live in one cluster of the bench's own under `.run/bench`, with the settings of a real installation
(durable commits), or on the server of DATABASE_URL when that is set. A bench works in a child process
with `environment(url)`, so that settings are read as in production.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.figures import say
from lianxin.operations.supervisor import statics
from lianxin.operations.supervisor.postgres import Server, create_database, drop_database

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".run" / "bench"
# New migrations are run on the seeds there are; one that was changed or taken back makes them anew.
SCHEMA = "src/lianxin/**/migrations/*.py"

Seed = Callable[[str], None]


@dataclass(frozen=True)
class Template:
    """A database that is made once: migrated or cloned from `base`, then filled.

    `version` names the seed's own state, such as "county-seed1": another version, of it or of a base, is seeded anew.
    """

    name: str
    seed: Seed | None = None
    version: str = ""
    base: "Template | None" = None

    @property
    def database(self) -> str:
        """Return the name of its database."""
        return f"bench_{self.name}_{hashlib.sha256(self.versions.encode()).hexdigest()[:12]}"

    @property
    def versions(self) -> str:
        """Return its version with those of its bases."""
        return self.version if self.base is None else f"{self.base.versions}/{self.version}"

    def ready(self, address: str) -> None:
        """Make it unless it is there."""
        with alone(self.name):
            if not _is_brought_forward(address, self.database):
                _drop_matching(address, f"bench_{self.name}_")
                _make(address, self)


@contextlib.contextmanager
def cloned(address: str, template: Template) -> Iterator[str]:
    """Give the address of a fresh clone of a template on the server at `address`; dropped afterwards."""
    template.ready(address)
    _drop_left_over(address, template)
    clone = f"{template.database}_{os.getpid()}"
    _copy(address, template.database, clone)
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
    with alone("server"):
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
        # All load comes from one address: counted as anywhere, never stopped.
        "LIANXIN_REPORTS_A_MINUTE": "1000000",
        # Keys and photos of the seeds, apart from those of a demo.
        "LIANXIN_DATA": str(FOLDER / "data"),
        "LIANXIN_STATIC": str(statics.folder(FOLDER / "data")),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }


def manage(url: str, *arguments: str) -> None:
    """Run a management command on a database; raise CalledProcessError when it fails."""
    command = [sys.executable, "-m", "django", *arguments]
    subprocess.run(command, check=True, cwd=ROOT, env=environment(url), stdout=sys.stderr)


def _make(address: str, template: Template) -> None:
    """Make the template under another name first: one cut short never looks ready."""
    half, migrations = f"{template.database}_half", _migrations()
    drop_database(address, half)
    say(f"seeding {template.database} …")
    if template.base:
        template.base.ready(address)
        _copy(address, template.base.database, half)
    else:
        create_database(address, half)
        manage(at(address, half), "migrate", "--verbosity", "0")
    if template.seed:
        template.seed(at(address, half))
    _sign(address, half, migrations)
    with psycopg.connect(address, autocommit=True) as connection:
        rename = sql.SQL("alter database {} rename to {}")
        connection.execute(rename.format(sql.Identifier(half), sql.Identifier(template.database)))


def _copy(address: str, template: str, clone: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        statement = sql.SQL("create database {} template {} strategy file_copy")
        connection.execute(statement.format(sql.Identifier(clone), sql.Identifier(template)))


def _is_brought_forward(address: str, name: str) -> bool:
    """Run new migrations on a seed; False where there is none, or it knows a migration that is no more as it was."""
    with psycopg.connect(address) as connection:
        query = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
        row = connection.execute(query, [name]).fetchone()
    known: dict[str, str] = json.loads(row[0] or "{}") if row else {}
    wanted = _migrations()
    if not known or not known.items() <= wanted.items():
        return False
    if known != wanted:
        say(f"bringing {name} forward …")
        try:
            manage(at(address, name), "migrate", "--verbosity", "0")
        except subprocess.CalledProcessError:
            return False
        _sign(address, name, wanted)
    return True


def _sign(address: str, name: str, migrations: dict[str, str]) -> None:
    """Write on a seed which migrations it has."""
    with psycopg.connect(address, autocommit=True) as connection:
        remark = sql.SQL("comment on database {} is {}")
        connection.execute(remark.format(sql.Identifier(name), sql.Literal(json.dumps(migrations))))


def _migrations() -> dict[str, str]:
    """Return the content of every migration of the tree, shortened, by its path."""
    return {
        str(path.relative_to(ROOT / "src" / "lianxin")): hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        for path in sorted(ROOT.glob(SCHEMA))
    }


def _drop_matching(address: str, prefix: str) -> None:
    """Drop seeds of earlier schemas and clones of runs that were killed."""
    with psycopg.connect(address) as connection:
        rows = connection.execute("select datname from pg_database where starts_with(datname, %s)", [prefix]).fetchall()
    for (name,) in rows:
        drop_database(address, name)


def _drop_left_over(address: str, template: Template) -> None:
    """Drop clones of runs that were killed."""
    with psycopg.connect(address) as connection:
        query = "select datname from pg_database where starts_with(datname, %s)"
        rows = connection.execute(query, [f"{template.database}_"]).fetchall()
    for (name,) in rows:
        owner = name.rpartition("_")[2]
        if owner.isdigit() and not Path("/proc", owner).exists():
            drop_database(address, name)


@contextlib.contextmanager
def alone(what: str) -> Iterator[None]:
    """Wait until no other bench does the same."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{what}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
