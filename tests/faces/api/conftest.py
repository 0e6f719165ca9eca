"""Callers of the API, one for each of the cast, and a case to call about."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from cast import Cast
from factories import account_of
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.work.dispatch.models import Category

JSON = "application/json"


class Caller:
    """Somebody who calls the API, by a session or a key."""

    def __init__(self, session: str = "", bearer: str = "") -> None:
        self.client = Client(headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
        if session:
            self.client.cookies[SESSION] = session

    def get(self, path: str, **headers: str) -> Any:
        """Ask for something."""
        return self.client.get(f"/api/v1{path}", headers=_named(headers))

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        """Send JSON."""
        body = json.dumps({} if data is None else data)
        return self.client.post(f"/api/v1{path}", data=body, content_type=JSON, headers=_named(headers))

    def raw(self, method: str, path: str, body: bytes = b"", kind: str = JSON, **headers: str) -> Any:
        """Send bytes as they are."""
        return self.client.generic(method, f"/api/v1{path}", data=body, content_type=kind, headers=_named(headers))

    def act(self, number: str, name: str, version: int | str = "*", **data: Any) -> Any:
        """Take an act on a case."""
        match = "*" if version == "*" else f'"{version}"'
        return self.post(f"/cases/{number}/{name}", data, if_match=match)

    def report(self, key: str = "", **data: Any) -> Any:
        """Report something; a new key unless one is given."""
        told = {"text": "路灯不亮，晚上看不清路。", "point": {"lon": 117.01, "lat": 31.01}} | data
        return self.post("/reports", told, idempotency_key=key or str(uuid4()))


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def session_of(actor: Actor) -> str:
    """Sign one of the cast in."""
    return begin_session(account_of(actor), device="test", address=None, at=datetime.now(UTC)).key


@pytest.fixture
def caller(cast: Cast) -> Callable[[str], Caller]:
    """Return callers by their names in the cast."""
    return lambda name: Caller(session_of(getattr(cast, name)))


@pytest.fixture
def stranger(db: None) -> Caller:
    """Nobody we know."""
    return Caller()


@pytest.fixture
def seat(caller: Callable[[str], Caller]) -> Caller:
    """The city's seat."""
    return caller("seat")


@pytest.fixture
def resident(caller: Callable[[str], Caller]) -> Caller:
    """A resident with an account."""
    return caller("resident")


@pytest.fixture
def category(db: None) -> Category:
    """A category that 市城管局 leads."""
    found = Category.objects.create(code="0101", depth=1, name="市容环境", kind="problem")
    versions.bump("categories")
    return found


@pytest.fixture
def number(cast: Cast, resident: Caller, category: Category) -> str:
    """A case in grid 111, reported by the resident."""
    answer: HttpResponse = resident.report()
    return str(json.loads(answer.content)["number"])


@pytest.fixture
def handled(number: str, seat: Caller, caller: Callable[[str], Caller]) -> str:
    """The case in the hands of 市城管局."""
    assert seat.act(number, "file", category="0101").status_code == 200
    assert seat.act(number, "dispatch", lead={"unit": "cgj"}).status_code == 200
    assert caller("handler").act(number, "accept").status_code == 200
    return number
