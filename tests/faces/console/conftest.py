"""Staff at their screens, without script: each of the cast signed in, and cases of this very hour."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

import factories
from casework import Desk, make_desk
from cast import make_cast
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.models import Account

HOUR = timedelta(hours=1)
SignIn = Callable[[str], Client]


@pytest.fixture(scope="module")
def made_desk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    """Everyone, with categories and standards, gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_desk(make_cast(factories.make_county()))
        transaction.set_rollback(True)


@pytest.fixture
def desk(made_desk: Desk) -> Iterator[Desk]:
    """Everyone, with categories and standards; what a test does is undone, in memory too."""
    with transaction.atomic():
        yield made_desk
        transaction.set_rollback(True)


@pytest.fixture
def ago() -> datetime:
    """Return an hour before now: pages go by the real clock."""
    return datetime.now(UTC) - HOUR


@pytest.fixture
def sign_in(desk: Desk) -> SignIn:
    """Sign one of the cast in and return its browser."""

    def enter(name: str) -> Client:
        account = Account.objects.get(pk=getattr(desk.cast, name).account_id)
        entered = begin_session(account, device="test", address=None, at=datetime.now(UTC))
        client = Client()
        client.cookies[SESSION] = entered.key
        return client

    return enter


def text_of(response: Any) -> str:
    """Return a page as text."""
    return str(response.content.decode())
