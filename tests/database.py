"""Test databases: a migrated template, clones of it, and the settings that lead to one of them."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from lianxin.operations.settings import database_from_url
from lianxin.operations.supervisor.postgres import create_database, drop_database
from resetting import Contents

TEMPLATE_LOCK = 0x6C69616E  # "lian": one process at a time makes the template


class Databases:
    """All databases one test process makes on the server of `url`."""

    def __init__(self, url: str, *, worker: str) -> None:
        """Derive names from the database in `url`, so that several people can share a server."""
        self.server = _at(url, "postgres")
        self._base = f"test_{urlsplit(url).path.lstrip('/') or 'lianxin'}"
        self._mine = f"{self._base}_{worker}_{os.getpid()}"
        self.template = f"{self._base}_template_{migrations_hash()}"
        self._contents: dict[str, Contents] = {}

    def make_template(self) -> None:
        """Make the migrated template unless it is there; processes that come second wait for it."""
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute("select pg_advisory_lock(%s)", [TEMPLATE_LOCK])
            self._drop_left_over(connection)
            if self._exists(connection, self.template):
                return
            self._drop_old(connection)
            half = f"{self.template}_half"
            drop_database(self.server, half)
            create_database(self.server, half)
            with self.pointed_at(_at(self.server, half)):
                call_command("migrate", verbosity=0, interactive=False)
            # Renamed only when whole: a run cut short leaves no template that looks ready.
            rename = sql.SQL("alter database {} rename to {}")
            connection.execute(rename.format(sql.Identifier(half), sql.Identifier(self.template)))

    @contextmanager
    def clone(self, purpose: str) -> Iterator[str]:
        """Make a copy of the template and give its address; it is dropped afterwards."""
        name = f"{self._mine}_{purpose}"
        self._copy_template(name)
        try:
            yield _at(self.server, name)
        finally:
            drop_database(self.server, name)

    def restore(self, url: str) -> None:
        """Bring a clone back to the template, whatever was committed to it; who is connected is cut off.

        Row by row where its tables are still those of the template: that costs a fifth of another copy.
        """
        connections.close_all()
        if url in self._contents and self._contents[url].bring_back(url):
            return
        name = urlsplit(url).path.lstrip("/")
        drop_database(self.server, name)
        self._copy_template(name)
        self._contents[url] = Contents.of(url)

    def _copy_template(self, name: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            statement = sql.SQL("create database {} template {} strategy file_copy")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(self.template)))

    @classmethod
    @contextmanager
    def pointed_at(cls, url: str) -> Iterator[None]:
        """Let the settings of this process lead to another database for a while."""
        before = settings.DATABASE_URL
        cls.point_settings_at(url)
        try:
            yield
        finally:
            cls.point_settings_at(before)

    @staticmethod
    def point_settings_at(url: str) -> None:
        """Let the settings of this process lead to the database of `url` from now on."""
        connections.close_all()
        wanted = database_from_url(url, pooled=False)
        for changed in (settings.DATABASES["default"], connections["default"].settings_dict):
            changed.update({key: wanted[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
        settings.DATABASE_URL = settings.DATABASE_DIRECT_URL = url

    def _drop_old(self, connection: psycopg.Connection) -> None:
        """Drop templates of earlier migrations, which nobody asks for any more."""
        query = "select datname from pg_database where starts_with(datname, %s)"
        for (name,) in connection.execute(query, [f"{self._base}_template_"]).fetchall():
            drop_database(self.server, name)

    def _drop_left_over(self, connection: psycopg.Connection) -> None:
        """Drop clones of test processes that were killed: nobody is connected, no such process runs here."""
        query = """
            select datname from pg_database where datname ~ %s
            and not exists (select 1 from pg_stat_activity a where a.datname = pg_database.datname)"""
        pattern = f"^{re.escape(self._base)}_[a-z0-9]+_([0-9]+)_[a-z]+$"
        for (name,) in connection.execute(query, [pattern]).fetchall():
            if not Path("/proc", name.split("_")[-2]).exists():
                drop_database(self.server, name)

    @staticmethod
    def _exists(connection: psycopg.Connection, name: str) -> bool:
        return bool(connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone())


def migrations_hash() -> str:
    """Hash everything that decides what `migrate` makes: Django, and the migrations of every app."""
    digest = hashlib.sha256(django.__version__.encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted(Path(app.path, "migrations").glob("*.*")):
            digest.update(f"{app.label}/{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _at(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
