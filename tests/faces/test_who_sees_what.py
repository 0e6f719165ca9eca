"""Who passes which door: every address × everybody of the cast. What one may not see does not exist."""

import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from PIL import Image

import factories
from addresses import addresses
from cast import Cast
from door import ALL, STRANGER, Door
from doors import DOORS
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts import actions as accounts
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.kernel.files import actions as files
from lianxin.kernel.geometry.points import Point
from lianxin.work.cases import actions as cases
from lianxin.work.dispatch.models import Category

pytestmark = pytest.mark.django_db
PARTS = 8  # of the doors, so that parallel processes share them
_SERVER = ClientHandler(enforce_csrf_checks=False)  # one for all browsers: its middleware is put together once


@dataclass(frozen=True)
class Scene:
    """A case in its unit's hands with a photo and a paper, an upload, a session, a key; and everybody signed in."""

    number: str
    version: int
    other: str
    photo: str
    upload: str
    session_id: int
    token_id: int
    keys: dict[str, str]  # name → key of the session


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """Everything the doors lead to."""
    at = datetime.now(UTC)
    category = Category.objects.create(code="0101", depth=1, name="市容环境", kind="problem")
    versions.bump("categories")
    account_id = cast.resident.account_id
    photo = files.store(picture(), kind="photo", at=at, label="before_near", by_id=account_id)
    told = cases.Report(
        text="路灯不亮，晚上看不清路。", point=Point(117.01, 31.01), files=(photo.key,), phone="13800001234"
    )
    case = cases.report(cast.resident, client_id=uuid4(), report=told, at=at)
    other = cases.report(
        cast.resident, client_id=uuid4(), report=cases.Report(text="井盖松动", point=told.point), at=at
    )
    filing = cases.Filing(category_id=category.pk)
    case = cases.file(cast.seat, case=case, seen=None, at=at, filing=filing)
    lead = cases.Target(unit_id=cast.county.units["cgj"].id)
    case = cases.dispatch(cast.seat, case=case, seen=None, at=at, lead=lead)
    case = cases.accept(cast.handler, case=case, seen=None, at=at)
    upload = files.begin(kind="photo", size=10, at=at, by_id=account_id)
    entered = {name: _signed_in(actor) for name, actor in _people(cast).items()}
    admin = factories.account_of(cast.admin)
    token, _key = accounts.create_token(cast.admin, account=admin, name="测试", scopes=["cases.view"], days=1, at=at)
    keys = {name: each.key for name, each in entered.items()}
    return Scene(
        case.number,
        case.version,
        other.number,
        str(photo.key),
        str(upload.key),
        entered["seat"].session.pk,
        token.pk,
        keys,
    )


def picture() -> bytes:
    """Return a photo."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "gray").save(content, "JPEG")
    return content.getvalue()


def _people(cast: Cast) -> dict[str, Actor]:
    known = {name: getattr(cast, name) for name in cast.__slots__ if name != "county"}
    return known | {"other_resident": factories.act_as(factories.make_resident("李叔"))}


def _signed_in(actor: Actor) -> accounts.Entered:
    account = factories.account_of(actor)
    return begin_session(account, device="test", address=None, at=datetime.now(UTC))


def test_every_address_has_its_line() -> None:
    found = set(addresses())

    assert found - set(DOORS) == set(), "new addresses: say in doors.py who may pass"
    assert set(DOORS) - found == set(), "lines of doors.py that lead nowhere"


def knock(scene: Scene, name: str, method: str, route: str, door: Door) -> int:
    """Return the status one person gets at one door; whatever it does is undone."""
    path = _filled(route, scene, door)
    content, kind = _content(door, scene)
    text = content.replace(b"{uuid}", str(uuid4()).encode()).replace(b"{other}", scene.other.encode())
    headers = {key: value.replace("{uuid}", str(uuid4())) for key, value in door.headers.items()}
    browser = Client(raise_request_exception=False)
    browser.handler = _SERVER
    if name in scene.keys:
        browser.cookies[SESSION] = scene.keys[name]
    with transaction.atomic():
        response = browser.generic(
            method, f"/{path}{'?' if door.query else ''}{door.query}", data=text, content_type=kind, headers=headers
        )
        transaction.set_rollback(True)
        if response.streaming:
            response.getvalue()  # to its end, so that the file is closed
    is_sent_to_sign_in = response.status_code == 302 and "sign-in?next=" in response["Location"]
    return 401 if is_sent_to_sign_in else response.status_code


def _content(door: Door, scene: Scene) -> tuple[bytes, str]:
    """Return what is sent through a door, and its media type."""
    if door.raw is not None:
        return door.raw, "application/offset+octet-stream"
    if door.form is not None:
        fields = {name: value.replace("{version}", str(scene.version)) for name, value in door.form.items()}
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    return json.dumps(door.body).encode() if door.body is not None else b"", "application/json"


def _filled(route: str, scene: Scene, door: Door) -> str:
    values = {**vars(scene), "key": getattr(scene, door.file), **door.values}
    path = "api/nothing/here" if route.startswith("^api") else route
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values.get(found[1], found[0])), path)
    assert "<" not in path, f"say in the scene what stands for {path}"
    return path


def wrong(name: str, door: Door, status: int) -> str:
    """Return what is wrong with a status, or nothing."""
    if status >= 500:
        return "fails"
    if name in door.may:
        return "" if status not in {401, 403, 404} else "is kept out"
    if name in door.hidden:
        return "" if status == 404 else "learns that it is there"
    if name == STRANGER:
        return "" if status in door.refused - {403} else "is not asked to sign in"
    return "" if status in door.refused else "gets in"


@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_passes_where_they_may_and_nowhere_else(scene: Scene, part: int) -> None:
    faults = [
        f"{method} {route}: {name} {fault} ({status})"
        for (method, route), door in list(DOORS.items())[part::PARTS]
        for name in sorted(ALL)
        if (fault := wrong(name, door, status := knock(scene, name, method, route, door)))
    ]

    assert "\n".join(faults) == ""
