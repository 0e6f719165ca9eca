"""Devices and their readings by the JSON API: what one sees, in how many points, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

import sensing
from cast import Cast
from factories import account_of
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.sensors.models import Device


class Caller:
    """Asks as one of the cast."""

    def __init__(self, actor: Actor) -> None:
        self.client = Client()
        entered = begin_session(account_of(actor), device="test", address=None, at=datetime.now(UTC))
        self.client.cookies[SESSION] = entered.key

    def __call__(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}")


@pytest.fixture
def manhole(cast: Cast) -> Device:
    return sensing.make_scene(at=datetime.now(UTC))[0]


def test_devices_come_with_what_they_last_said(cast: Cast, manhole: Device) -> None:
    told = Caller(cast.grid_worker)("devices?kind=manhole").json()

    (one,) = told["items"]
    assert (one["number"], one["state"], one["battery"], one["is_silent"]) == ("MH-0001", "active", 80, False)
    assert {each["code"]: each["value"] for each in one["measures"]}["tilt"] == 3
    assert Caller(cast.grid_worker_next_door)("devices").json()["items"] == []
    assert Caller(cast.resident)("devices").status_code == 403


def test_readings_of_a_day_and_of_a_year(cast: Cast, manhole: Device) -> None:
    ask = Caller(cast.admin)
    day = ask(f"devices/{manhole.key}/readings?measure=tilt").json()
    since = (datetime.now(UTC) - timedelta(days=365)).isoformat().replace("+", "%2B")
    year = ask(f"devices/{manhole.key}/readings?measure=tilt&since={since}").json()

    assert (day["level"], len(day["items"]), day["unit"]) == ("raw", 24, "°")
    assert (year["level"], sum(one["count"] for one in year["items"])) == ("day", 24)


@pytest.mark.parametrize(
    "query",
    ["measure=colour", "since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "since=0001-01-01T00:00:00Z",
     "until=9999-12-31T23:59:59Z", "since=yesterday", "since=1999-01-01T00:00:00Z&until=1999-02-01T00:00:00Z"],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_problem(cast: Cast, manhole: Device, query: str) -> None:
    told = Caller(cast.admin)(f"devices/{manhole.key}/readings?{query}")

    assert (told.status_code, told["Content-Type"]) == (422, "application/problem+json")


def test_a_device_one_does_not_see_is_not_there(cast: Cast, manhole: Device) -> None:
    assert Caller(cast.grid_worker_next_door)(f"devices/{manhole.key}/readings").status_code == 404
