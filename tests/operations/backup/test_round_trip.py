"""A county goes into a backup while it lives, and comes out whole on another server; a damaged one is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django.plugin import DjangoDbBlocker

import factories
from database import Databases
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.audit import actions as audit
from lianxin.kernel.crypto import keys
from lianxin.kernel.journal.models import Entry
from lianxin.operations.backup.manifest import DUMP, NAME
from lianxin.operations.supervisor.postgres import create_database, drop_database

PHONE = "13812345678"


@pytest.fixture(scope="module")
def lived_in(databases: Databases, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Give the address of a database in which things happened."""
    with databases.clone("saved") as url, databases.pointed_at(url), django_db_blocker.unblock():
        at = datetime.now(UTC)
        factories.make_county()
        made = accounts.create_staff_account(SYSTEM, username="w1", name="王芳", phone=PHONE, encoded="!", at=at)
        audit.record(SYSTEM, "test.look", at=at, subject_kind="account", subject_id=made.account.pk)
        yield url


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files with one photo and one upload under way."""
    root = tmp_path / "files"
    for name, content in {"ab/cd/photo.webp": b"photo", "incoming/x.part": b"half"}.items():
        root.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        root.joinpath(name).write_bytes(content)
    monkeypatch.setattr(settings, "FILES_ROOT", root)
    return root


@contextmanager
def empty_installation(databases: Databases, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Point the settings at an empty database and an empty folder."""
    name = f"{databases.template}_restored"
    drop_database(databases.server, name)
    create_database(databases.server, name)
    monkeypatch.setattr(settings, "FILES_ROOT", root)
    url = databases.server.replace("/postgres", f"/{name}", 1)
    try:
        with databases.pointed_at(url):
            yield url
    finally:
        drop_database(databases.server, name)


def test_what_was_saved_comes_back_whole(
    lived_in: str, files: Path, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("backup", tmp_path / "backup", verbosity=0)

    with empty_installation(databases, tmp_path / "new", monkeypatch) as url:
        call_command("restore", tmp_path / "backup", verbosity=0)

        assert Account.objects.get(username="w1").phone == PHONE
        assert (tmp_path / "new/ab/cd/photo.webp").read_bytes() == b"photo"
        assert not (tmp_path / "new/incoming").exists()
        assert _contents(url) == _contents(lived_in)
        with pytest.raises(CommandError, match="不是空的"):
            call_command("restore", tmp_path / "backup", verbosity=0)


def test_a_restored_installation_goes_on(
    lived_in: str, files: Path, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("backup", tmp_path / "backup", verbosity=0)

    with empty_installation(databases, tmp_path / "new", monkeypatch):
        call_command("restore", tmp_path / "backup", verbosity=0)
        accounts.create_staff_account(
            SYSTEM, username="w2", name="李明", phone="13812345679", encoded="!", at=datetime.now(UTC)
        )
        assert set(Account.objects.values_list("username", flat=True)) >= {"w1", "w2"}
        assert Entry.objects.values("id").distinct().count() == Entry.objects.count(), "numbers go on where they were"


def test_a_damaged_backup_is_refused_before_anything_is_written(
    lived_in: str, files: Path, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backup"
    call_command("backup", folder, verbosity=0)
    with folder.joinpath(DUMP).open("r+b") as dump:
        dump.seek(200)
        dump.write(b"XX")

    with empty_installation(databases, tmp_path / "new", monkeypatch) as url:
        with pytest.raises(CommandError, match="已损坏"):
            call_command("restore", folder, verbosity=0)
        folder.joinpath(NAME).unlink()
        with pytest.raises(CommandError, match="没有完整的备份"):
            call_command("restore", folder, verbosity=0)
        assert _contents(url) == {}


def test_without_its_keys_a_backup_is_not_restored(
    lived_in: str, files: Path, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("backup", tmp_path / "backup", verbosity=0)
    other = tmp_path / "keys.json"
    keys.generate(other)
    other.write_text(other.read_text().replace("k1", "other"))

    with empty_installation(databases, tmp_path / "new", monkeypatch) as url:
        monkeypatch.setattr(settings, "KEYS_FILE", other)
        with pytest.raises(CommandError, match=r"keys\.json"):
            call_command("restore", tmp_path / "backup", verbosity=0)
        assert _contents(url) == {}


def test_a_folder_that_exists_is_not_written_over(lived_in: str, files: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="已经存在"):
        call_command("backup", tmp_path, verbosity=0)


def _contents(url: str) -> dict[str, Any]:
    """Return a hash over all rows of every table."""
    tables = """
        SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
        AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'django_migrations'"""
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
            ).fetchone()
            for (table,) in connection.execute(tables).fetchall()
        }
