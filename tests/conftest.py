"""The whole suite's ground: one migrated template database, a clone of it for each test process.

Without DATABASE_URL a throw-away server is started for the run. The template is named by a hash of all
migrations, so a server that stays (DATABASE_URL) keeps it from run to run until a migration changes.
"""

import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from database import Databases
from lianxin.kernel.crypto import keys
from lianxin.operations.supervisor.postgres import throwaway_server

pytest_plugins = ["browsing", "cast", "serving", "screens", "handheld", "slowest"]

_closing = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start a server for this run when none is named; parallel workers inherit its address."""
    if "DATABASE_URL" not in os.environ and not hasattr(config, "workerinput"):
        url = _closing.enter_context(throwaway_server()).url("postgres")
        os.environ["DATABASE_URL"] = url
        Databases.point_settings_at(url)
    _use_data_folder(Path(_closing.enter_context(tempfile.TemporaryDirectory(prefix="lianxin-data-"))))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what needs a running installation: so of parallel processes mostly one has to start it."""
    items.sort(key=lambda item: "served" not in getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays to the end: thousands of tests, and all of the product."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure() -> None:
    """Stop the server of this run and remove its files."""
    _closing.close()


def _use_data_folder(folder: Path) -> None:
    """Give this process files and keys of its own, so that no test touches an installation's."""
    settings.DATA = folder
    settings.SECRET_KEY = "only-for-tests-and-long-enough-for-all-of-them"
    settings.STATIC_ROOT, settings.FILES_ROOT = folder / "static", folder / "files"
    settings.OUTBOX_ROOT, settings.KEYS_FILE = folder / "outbox", folder / "keys.json"
    settings.STATIC_ROOT.mkdir()
    keys.generate(settings.KEYS_FILE)
    # Real hashing costs 50 ms a password, and hashed file names need files that were collected.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _memory() -> None:
    """Let what processes keep of the feed be read anew: a test's database goes back in time."""
    from lianxin.faces.maps import opencases

    opencases.forget()


@pytest.fixture(scope="session")
def databases(django_db_blocker: DjangoDbBlocker) -> Databases:
    """The databases of this test process, with the template made."""
    databases = Databases(settings.DATABASE_URL, worker=os.environ.get("PYTEST_XDIST_WORKER", "alone"))
    with django_db_blocker.unblock():
        databases.make_template()
    return databases


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases) -> Iterator[None]:
    """Give this process its own migrated database, in place of pytest-django's own making.

    After a test that commits, the clone is made anew: emptying the tables would spare those that Django
    does not manage (journal, feed, audit) and take away the rows that migrations put in.
    """
    with databases.clone("main") as url, databases.pointed_at(url), pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: databases.restore(url))
        yield
