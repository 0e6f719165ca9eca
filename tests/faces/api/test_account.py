"""One's own account by API: in and out, devices, keys narrowed by scopes, messages."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from factories import PASSWORD, account_of
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.models import Session, Token
from lianxin.foundation.notifications.actions import notify

JSON = "application/json"


def test_staff_sign_in_and_out(cast: Any, stranger: Any) -> None:
    entered = stranger.post("/sign-in", {"username": "zuoxi", "password": PASSWORD})

    assert entered.json()["name"] == "左夕"
    assert stranger.get("/me").json()["posts"][0]["label"] == "市级坐席"
    assert stranger.post("/sign-out").status_code == 204
    assert stranger.get("/me").json()["kind"] == "anonymous"
    assert Session.objects.get().revoked_at is not None


def test_a_wrong_password_is_told_and_soon_locks(cast: Any, stranger: Any) -> None:
    wrong = [stranger.post("/sign-in", {"username": "zuoxi", "password": "wrong password"}) for _ in range(5)]
    locked = stranger.post("/sign-in", {"username": "zuoxi", "password": PASSWORD})

    assert [answer.status_code for answer in wrong] == [409] * 5
    assert wrong[0].json()["code"] == "wrong_password"
    assert locked.json()["code"] == "locked"
    assert not Session.objects.exists()


def test_a_cookie_needs_the_pages_token_and_a_key_does_not(cast: Any, number: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    body = json.dumps({"username": "zuoxi", "password": PASSWORD})
    token = browser.post("/api/v1/sign-in", data=body, content_type=JSON).json()["csrf_token"]

    def note(**headers: str) -> Any:
        return browser.post(
            f"/api/v1/cases/{number}/annotate", data='{"note": "看过"}', content_type=JSON,
            headers={"If-Match": "*"} | headers,
        )  # fmt: skip

    forged, own = note(), note(**{"X-CSRFToken": token})
    _token, key = accounts.create_token(
        cast.admin, account=account_of(cast.seat), name="试", scopes=["cases.view", "cases.annotate"], days=1,
        at=datetime.now(UTC),
    )  # fmt: skip
    by_key = note(Authorization=f"Bearer {key}")

    assert (forged.status_code, forged.json()["code"]) == (403, "csrf")
    assert own.status_code == by_key.status_code == 200


def test_a_resident_signs_in_by_a_code(cast: Any, stranger: Any, settings: Any) -> None:
    settings.DEMO = True
    sent = stranger.post("/phone-codes", {"phone": "13800001234"}).json()

    wrong = stranger.post("/phone-sign-in", {"phone": "13800001234", "code": "0"})
    right = stranger.post("/phone-sign-in", {"phone": "13800001234", "code": sent["shown"]})

    assert sent["phone"] == "138****1234"
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["code"])
    assert right.json()["kind"] == "resident"
    assert stranger.report().status_code == 201
    assert len(stranger.get("/reports").json()["items"]) == 1


def test_a_device_is_revoked(cast: Any, caller: Callable[[str], Any]) -> None:
    here, there = caller("seat"), caller("seat")
    devices = here.get("/sessions").json()["items"]
    other = next(device["id"] for device in devices if not device["is_this"])

    assert here.raw("DELETE", f"/sessions/{other}").status_code == 204
    assert there.get("/cases").status_code == 401
    assert here.get("/cases").status_code == 200
    assert here.raw("DELETE", "/sessions/x").status_code == 404


def test_a_key_is_narrowed_by_its_scopes(cast: Any, caller: Callable[[str], Any], number: str, stranger: Any) -> None:
    admin = caller("admin")
    made = admin.post(
        "/tokens", {"name": "12345 对接", "scopes": ["cases.view"], "account": cast.seat.account_id, "days": 30}
    )
    program = type(stranger)(bearer=made.json()["key"])

    assert made.status_code == 201
    assert program.get(f"/cases/{number}").status_code == 200
    assert program.act(number, "annotate", note="x").status_code == 403
    assert program.report(channel="hotline").status_code == 403
    assert program.get("/me").json()["scopes"] == ["cases.view"]
    assert program.post("/me/password", {"old": PASSWORD, "new": "另一个好密码 2026"}).status_code == 403

    admin.raw("DELETE", f"/tokens/{made.json()['id']}")
    assert program.get("/cases").status_code == 401
    assert type(stranger)(bearer="lx_nonsense").get("/areas").status_code == 401


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": "", "scopes": ["cases.view"]}, "name"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["cases.fly"]}, "permissions"),
        ({"name": "x", "scopes": ["cases.view"], "days": 4000}, "days"),
        ({"name": "x", "scopes": ["cases.view"], "account": 10**12}, "account"),
    ],
)
def test_wrong_keys_are_not_made(cast: Any, caller: Callable[[str], Any], told: dict[str, Any], field: str) -> None:
    answer = caller("admin").post("/tokens", told)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert not Token.objects.exists()


def test_messages_are_ones_own(cast: Any, seat: Any, caller: Callable[[str], Any]) -> None:
    at = datetime.now(UTC) - timedelta(minutes=5)
    for count in range(3):
        notify([cast.seat.account_id], kind="cases.overdue", title=f"超时 {count}", at=at)

    first = seat.get("/inbox?size=2")
    rest = seat.get(f"/inbox?size=2&before={first.json()['next']}")
    messages = first.json()["items"] + rest.json()["items"]

    assert [message["title"] for message in messages] == ["超时 2", "超时 1", "超时 0"]
    assert first["Link"] == f'</api/v1/inbox?size=2&before={first.json()["next"]}>; rel="next"'
    assert caller("handler").get("/inbox").json()["items"] == []
    assert caller("handler").post("/inbox/read", {"ids": [messages[0]["id"]]}).json()["read"] == 0
    assert seat.post("/inbox/read", {"ids": [messages[0]["id"]]}).json() == {"read": 1, "unread": 2}
    assert seat.post("/inbox/read").json() == {"read": 2, "unread": 0}


def test_a_password_is_changed(cast: Any, seat: Any, stranger: Any) -> None:
    wrong = seat.post("/me/password", {"old": "no", "new": "另一个好密码 2026"})
    weak = seat.post("/me/password", {"old": PASSWORD, "new": "123"})
    right = seat.post("/me/password", {"old": PASSWORD, "new": "另一个好密码 2026"})

    assert (wrong.status_code, weak.status_code, right.status_code) == (422, 422, 204)
    assert stranger.post("/sign-in", {"username": "zuoxi", "password": PASSWORD}).status_code == 409
