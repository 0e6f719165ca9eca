"""The whole suite's ground: one migrated template database, a clone of it for each test process.

Without DATABASE_URL a throw-away server is started for the run. The template is named by a hash of all
migrations, so a server that stays (DATABASE_URL) keeps it from run to run until a migration changes.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings

from database import Databases
from lianxin.operations.supervisor.postgres import throwaway_server

pytest_plugins = ["browsing", "cast"]

_closing = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start a server for this run when none is named; parallel workers inherit its address."""
    if "DATABASE_URL" in os.environ or hasattr(config, "workerinput"):
        return
    url = _closing.enter_context(throwaway_server()).url("postgres")
    os.environ["DATABASE_URL"] = url
    Databases.point_settings_at(url)


def pytest_unconfigure() -> None:
    """Stop the server of this run."""
    _closing.close()


@pytest.fixture(scope="session")
def databases() -> Databases:
    """The databases of this test process."""
    return Databases(settings.DATABASE_URL, worker=os.environ.get("PYTEST_XDIST_WORKER", "alone"))


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Give this process its own migrated database, in place of pytest-django's own making."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        databases.make_template()
    with databases.clone("main") as url, databases.pointed_at(url):
        yield
