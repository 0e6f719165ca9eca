"""The desk where the cast works on cases, made once a module; each test begins from there."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

import factories
from casework import Desk, make_desk
from cast import make_cast


@pytest.fixture(scope="module")
def made_desk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    """Everyone, with categories and standards, gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_desk(make_cast(factories.make_county()))
        transaction.set_rollback(True)


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Everyone, with categories and standards; what a test does is undone, but for tests that need real commits."""
    if request.node.get_closest_marker("django_db"):
        yield make_desk(request.getfixturevalue("cast"))
        return
    made: Desk = request.getfixturevalue("made_desk")
    with transaction.atomic():
        yield made
        transaction.set_rollback(True)
