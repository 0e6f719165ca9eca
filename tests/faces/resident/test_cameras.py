"""Where cameras stand is nobody's business outside: no address tells of one to a visitor, a resident, a grid worker."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

import factories
import filming
from addresses import addresses
from cast import Cast
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.registry.cameras.models import Camera

pytestmark = pytest.mark.django_db
NAME = "逄家桥头高点"


@pytest.fixture
def camera(cast: Cast) -> Camera:
    made = filming.camera(cast, 7, name=NAME, address=f"{NAME}立杆")
    filming.look(cast, filming.granted(cast, made, at=datetime.now(UTC)), at=datetime.now(UTC))
    return made


def paths(camera: Camera) -> list[str]:
    """Return every address that is read, with the camera's own key and number where one stands in it."""
    found = {route for method, route in addresses() if method == "GET"}
    told = {"key": str(camera.key), "code": "cameras", "kind": "camera", "number": camera.number}
    filled = (re.sub(r"<(?:\w+:)?(\w+)>", lambda part: told.get(str(part[1]), str(part[0])), route) for route in found)
    return sorted(f"/{path}" for path in filled if not re.search(r"[<^]", path))


@pytest.mark.parametrize("who", ["stranger", "resident", "grid_worker"])
def test_no_address_tells_of_a_camera(cast: Cast, camera: Camera, who: str) -> None:
    client = Client(raise_request_exception=False)
    if who != "stranger":
        account = factories.account_of(getattr(cast, who))
        client.cookies[SESSION] = begin_session(account, device="t", address=None, at=datetime.now(UTC)).key
    seen, told = paths(camera), []
    for path in seen:
        answer = client.get(path)
        body = b"" if answer.streaming else answer.content
        # What one has asked for stands in the answer; what one has not must not.
        secrets = [NAME, filming.HOST, *([] if camera.number in path else [camera.number])]
        told += [f"{path}: {secret}" for secret in secrets if secret.encode() in body]

    assert f"/console/cameras/{camera.key}/" in seen
    assert f"/console/map/portrait/camera/{camera.key}" in seen
    assert told == []


def test_who_may_see_it_does(cast: Cast, camera: Camera) -> None:
    """The test above can fail: the same page tells the seat."""
    client = Client()
    account = factories.account_of(cast.seat)
    client.cookies[SESSION] = begin_session(account, device="t", address=None, at=datetime.now(UTC)).key

    assert NAME in client.get(f"/console/cameras/{camera.key}/").content.decode()
    assert NAME in client.get(f"/console/map/portrait/camera/{camera.key}").content.decode()
