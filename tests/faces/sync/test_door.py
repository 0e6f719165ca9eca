"""The two addresses: who may come, what is too much, and what a device hears whose session was taken back."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from casework import Desk
from cast import Cast
from factories import account_of
from fieldwork import Device, Json, report
from lianxin.faces.api import sync as door
from lianxin.faces.api.urls import api
from lianxin.faces.identity.cookies import SESSION
from lianxin.faces.sync.records import KINDS
from lianxin.faces.sync.sections import SECTIONS
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.models import Session
from lianxin.foundation.areas.models import Area
from lianxin.work.cases.models import Case

pytestmark = pytest.mark.django_db
JSON = "application/json"


def batch(*records: Json) -> Json:
    """Return a batch of now."""
    return {"device_now": datetime.now(UTC).isoformat(), "records": list(records)}


@pytest.fixture
def phone(desk: Desk) -> Client:
    """The signed-in phone of the grid worker."""
    entered = begin_session(account_of(desk.cast.grid_worker), device="test", address=None, at=datetime.now(UTC))
    client = Client()
    client.cookies[SESSION] = entered.key
    return client


def send(client: Client, *records: Json) -> Any:
    """Send a batch."""
    return client.post("/api/v1/sync", json.dumps(batch(*records)), content_type=JSON)


def test_a_batch_is_answered_in_its_order(phone: Client) -> None:
    good, wrong = report(), report(text="")

    answer = send(phone, good, wrong)

    told = answer.json()
    assert answer.status_code == 200
    assert [(each["id"], each["state"]) for each in told["outcomes"]] == [
        (good["id"], "done"),
        (wrong["id"], "refused"),
    ]
    assert told["outcomes"][0]["subject"] == Case.objects.get().number
    assert told["outcomes"][1]["fields"] == {"text": "请写几句发生了什么。"}
    assert abs(datetime.fromisoformat(told["now"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_too_much_at_once_is_refused_whole(phone: Client) -> None:
    assert send(phone, *[report() for _count in range(201)]).status_code == 422
    assert send(phone, *[report(text="长" * 19_000) for _count in range(20)]).status_code == 413
    assert not Case.objects.exists()


def test_a_loop_gone_mad_is_slowed_and_five_hundred_records_are_not(
    phone: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert door.BATCHES * 200 >= 5 * 500
    monkeypatch.setattr(door, "BATCHES", 2)
    monkeypatch.setattr(door, "PACKS", 2)

    assert [send(phone).status_code for _count in range(3)] == [200, 200, 429]
    assert [phone.get("/api/v1/pack").status_code for _count in range(3)] == [200, 200, 429]


def test_a_revoked_phone_learns_to_forget_and_one_that_ran_out_to_sign_in(phone: Client, cast: Cast) -> None:
    session = Session.objects.get()
    assert phone.get("/api/v1/pack").status_code == 200

    Session.objects.update(expires_at=datetime.now(UTC) - timedelta(minutes=1))
    answer = send(phone, report())
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")

    Session.objects.update(expires_at=session.expires_at)
    accounts.revoke_session(cast.grid_worker, session_id=session.pk, at=datetime.now(UTC))
    for answer in (send(phone, report()), phone.get("/api/v1/pack"), phone.get("/api/v1/inbox")):
        assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert not Case.objects.exists()


def test_another_site_cannot_send_in_a_workers_name(desk: Desk) -> None:
    entered = begin_session(account_of(desk.cast.grid_worker), device="test", address=None, at=datetime.now(UTC))
    client = Client(enforce_csrf_checks=True)
    client.cookies[SESSION] = entered.key

    assert send(client, report()).json()["code"] == "csrf"


@pytest.mark.parametrize("name", ["resident", "stranger", "program"])
def test_only_staff_at_a_device_of_their_own(name: str, cast: Cast) -> None:
    client = Client()
    if name == "program":
        account = account_of(cast.grid_worker)
        _token, key = accounts.create_token(
            cast.admin,
            account=account,
            name="程序",
            scopes=["cases.view", "cases.report"],
            days=1,
            at=datetime.now(UTC),
        )
        client = Client(headers={"Authorization": f"Bearer {key}"})
    elif name == "resident":
        entered = begin_session(account_of(cast.resident), device="test", address=None, at=datetime.now(UTC))
        client.cookies[SESSION] = entered.key

    wanted = 401 if name == "stranger" else 403
    assert send(client, report()).status_code == wanted
    assert client.get("/api/v1/pack").status_code == wanted
    assert not Case.objects.exists()


def test_the_pack_brings_only_what_changed(phone: Client, device: Device) -> None:
    whole = phone.get("/api/v1/pack").json()["sections"]
    assert {"me", "cases", "categories", "places"} <= set(whole)
    have = ",".join(f"{name}:{each['tag']}" for name, each in whole.items())

    assert phone.get("/api/v1/pack", {"have": have}).json()["sections"] == {}
    device.send(report())
    changed = phone.get("/api/v1/pack", {"have": f"{have},gone:abc"}).json()["sections"]

    assert set(changed) == {"cases", "gone"}
    assert changed["gone"] is None
    assert [each["title"] for each in changed["cases"]["data"]["mine"]] == ["消火栓被花盆挡住了"]


def test_the_pack_comes_small_to_who_can_read_that(phone: Client) -> None:
    plain, packed = (phone.get("/api/v1/pack", headers=headers) for headers in ({}, {"Accept-Encoding": "gzip, br"}))

    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert json.loads(gzip.decompress(packed.content))["sections"] == plain.json()["sections"]
    assert len(packed.content) < len(plain.content) / 2


def test_a_section_that_fails_leaves_the_others(
    phone: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        Area.objects.get(pk=-1)

    monkeypatch.setitem(SECTIONS, "places", SECTIONS["places"].__class__("places", SECTIONS["places"].out, 60, broken))

    found = phone.get("/api/v1/pack", {"have": "places:old"}).json()["sections"]

    assert "places" not in found
    assert "me" in found
    assert "places" in caplog.text


def _document() -> Any:
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))


def test_every_kind_and_section_stands_in_the_document() -> None:
    schemas = _document()["components"]["schemas"]

    one_of = schemas["SyncIn"]["properties"]["records"]["items"]
    assert set(one_of["discriminator"]["mapping"]) == set(KINDS)
    assert set(schemas["PackSectionsOut"]["properties"]) == set(SECTIONS)
    for each in SECTIONS.values():
        assert each.out.__name__ in schemas
    for kind in KINDS.values():
        assert kind.schema.__name__ in schemas


def test_no_two_shapes_share_a_name() -> None:
    told = json.dumps(_document(), ensure_ascii=False)
    # Shapes of one name and different fields would be told apart by the names of their modules.
    assert "lianxin__" not in told
