"""Devices and systems post by HTTP: who they are, what is answered item by item, and that nothing breaks us."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from casework import NOW
from factories import County
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.registry.sensors import actions, systems
from lianxin.registry.sensors.models import Device, IntakeCount, System
from sensing import make_device, make_system, rows

TILT = {"values": {"tilt": 3.5}}


class Post:
    """Posts as a device or system does."""

    def __init__(self, name: str, key: str) -> None:
        self.headers = {"authorization": "Basic " + base64.b64encode(f"{name}:{key}".encode()).decode()}

    def __call__(self, content: Any, path: str = "plain", **headers: str) -> Any:
        body = content if isinstance(content, bytes) else json.dumps(content)
        return Client(raise_request_exception=True).post(
            f"/devices/{path}", body, content_type="application/json", headers={**self.headers, **headers}
        )


@pytest.fixture
def manhole(county: County) -> Device:
    return make_device("MH-1", at=NOW)


@pytest.fixture
def post(manhole: Device) -> Post:
    return Post("MH-1", actions.issue_key(SYSTEM, device=manhole, at=NOW))


def test_a_device_posts_by_its_key_and_repeats_are_harmless(post: Post) -> None:
    from datetime import UTC, datetime

    item = {"at": datetime.now(UTC).isoformat(), **TILT}

    first, again = post(item), post(item)

    assert (first.status_code, first.json()) == (200, {"taken": 1, "repeated": 0, "refused": []})
    assert (again.status_code, again.json()) == (200, {"taken": 0, "repeated": 1, "refused": []})
    assert rows("SELECT value FROM reading") == [(3.5,)]


def test_each_item_is_answered_and_the_others_are_taken(post: Post) -> None:
    future = {"at": "2099-01-01T00:00:00Z", **TILT}

    told = post([TILT, future, {"values": {"tilt": 999}}, "nonsense", {"device": "MH-2", **TILT}])

    assert told.status_code == 200
    assert told.json()["taken"] == 1
    assert [(one["item"], one["reason"]) for one in told.json()["refused"]] == [
        (1, "in_future"), (2, "bad_value"), (3, "broken"), (4, "unknown_device"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "broken"),
        (b"\xff\xfe", 400, "broken"),
        ({"at": "2099-01-01T00:00:00Z", **TILT}, 422, "in_future"),
        ({"values": {"tilt": -1}}, 422, "bad_value"),
        (b" " * (1024 * 1024 + 1), 413, "too_large"),
    ],
)
def test_what_is_wrong_as_a_whole_is_a_problem(post: Post, content: Any, status: int, code: str) -> None:
    told = post(content)

    assert (told.status_code, told["Content-Type"]) == (status, "application/problem+json")
    assert told.json()["code"] == code
    assert IntakeCount.objects.exclude(outcome="taken").get().outcome == code


@pytest.mark.parametrize("name", ["MH-1", "mh-1", "NOBODY", "", "\0", "系统", "a" * 300])
def test_a_wrong_key_opens_nothing_and_is_counted(manhole: Device, name: str) -> None:
    actions.issue_key(SYSTEM, device=manhole, at=NOW)

    told = Post(name, "x" * 43)(TILT)

    assert told.status_code == 401
    assert told["WWW-Authenticate"].startswith("Basic")
    assert told.json()["code"] == "wrong_key"
    counted = IntakeCount.objects.get()
    assert (counted.outcome, counted.device_id) == ("wrong_key", manhole.pk if name.upper() == "MH-1" else 0)


@pytest.mark.parametrize("header", ["", "Basic", "Basic ???", "Bearer abc", "Basic " + "A" * 1_000, "Basic //79"])
def test_no_header_breaks_the_door(county: County, header: str) -> None:
    told = Client().post("/devices/plain", b"{}", content_type="application/json", headers={"authorization": header})

    assert told.status_code == 401


def test_the_old_key_counts_for_a_day_beside_the_new_one(manhole: Device) -> None:
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    ancient = actions.issue_key(SYSTEM, device=manhole, at=now - timedelta(days=3))
    old = actions.issue_key(SYSTEM, device=manhole, at=now - timedelta(hours=25))
    assert [Post("MH-1", key)(TILT).status_code for key in (ancient, old)] == [401, 200]

    new = actions.issue_key(SYSTEM, device=manhole, at=now - timedelta(hours=1))
    assert [Post("MH-1", key)(TILT).status_code for key in (ancient, old, new)] == [401, 200, 200]

    actions.revoke_key(SYSTEM, device=manhole, at=now)
    assert [Post("MH-1", key)(TILT).status_code for key in (old, new)] == [401, 401]
    assert rows("SELECT count(*) FROM device_key WHERE position(%s in broker) > 0", [new]) == [(0,)]


def test_a_system_speaks_for_its_own_devices_until_it_is_closed(manhole: Device) -> None:
    frost = make_system("frost", at=NOW, adapter="sensorthings")
    make_device("WL-1", at=NOW, kind="water_level", system_id=frost.pk)
    post = Post("frost", systems.issue_key(SYSTEM, system=frost, at=NOW))
    where = "sensorthings/v1.1/Datastreams('{}')/Observations"

    assert post({"result": 2.5}, where.format("WL-1:level")).status_code == 201
    assert post({"result": 2.5}, where.format("MH-1:tilt")).json()["code"] == "unknown_device"

    systems.close(SYSTEM, system=System.objects.get(), seen=1, why="并入城市物联平台", at=NOW)
    assert post({"result": 3.5}, where.format("WL-1:level")).status_code == 401


def test_other_methods_and_adapters_are_problems(post: Post) -> None:
    got = Client().get("/devices/plain")

    assert (got.status_code, got["Allow"], got["Content-Type"]) == (405, "POST", "application/problem+json")
    assert post(TILT, "carrier-pigeon").json()["status"] == 404


def test_what_has_no_length_is_told_to_say_it(post: Post) -> None:
    told = post(b"", **{"content-length": "", "transfer-encoding": "chunked"})

    assert (told.status_code, told.json()["code"]) == (411, "length_required")


def test_a_database_that_is_away_is_told_so_that_it_is_sent_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_more: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("lianxin.faces.gateways.devices.views.take", away)

    told = post(TILT)

    assert (told.status_code, told["Retry-After"]) == (503, "5")
