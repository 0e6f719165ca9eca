"""报平安 on a resident's phone, without script: begun, given, paused, stopped; the links of who helps."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from casework import Desk
from factories import account_of
from homes import make_building, make_dwelling, make_estate, make_person
from lianxin.faces.identity.cookies import SESSION
from lianxin.faces.resident.frame import ELDER
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.kernel import ids
from lianxin.registry.people.models import Person
from lianxin.work.visits.signs import doors
from lianxin.work.visits.signs.models import Sign, SignDay

from .conftest import text_of

pytestmark = pytest.mark.django_db
TOLD = {
    "until": "21:00", "ways": ["tap", "curtain"], "neighbour_name": "赵秀珍", "neighbour_phone": "13700001111",
    "neighbour_agrees": "on", "agrees": "on",
}  # fmt: skip


@pytest.fixture
def person(desk: Desk) -> Person:
    home = make_dwelling(make_building(make_estate(desk.cast.county.grid(111))))
    return make_person(home=home, phone="13800001234", account_id=desk.cast.resident.account_id)


@pytest.fixture
def phone(desk: Desk, person: Person) -> Client:
    """Her browser, signed in; the file is hers."""
    entered = begin_session(account_of(desk.cast.resident), device="test", address=None, at=datetime.now(UTC))
    client = Client()
    client.cookies[SESSION] = entered.key
    return client


@pytest.fixture
def sign(phone: Client) -> Sign:
    phone.post("/signs/start", TOLD | {"client_id": str(ids.uuid7())})
    return Sign.objects.get()


def test_one_begins_gives_and_sees_that_it_came(phone: Client, sign: Sign) -> None:
    assert "报平安" in text_of(phone.get("/"))
    assert "sign-button" in text_of(phone.get("/signs"))

    page = text_of(phone.post("/signs/now", follow=True))

    assert "今天报过了" in page
    assert SignDay.objects.get().state == SignDay.State.GIVEN


def test_in_large_print_the_button_stands_on_the_first_page_too(phone: Client, sign: Sign) -> None:
    phone.cookies[ELDER] = "1"

    assert "/signs" in text_of(phone.get("/"))


def test_without_consent_or_the_neighbours_nothing_begins(phone: Client) -> None:
    for lacking in ("agrees", "neighbour_agrees"):
        told = {name: value for name, value in TOLD.items() if name != lacking} | {"client_id": str(ids.uuid7())}
        answer = phone.post("/signs/start", told)
        assert answer.status_code == 422
        assert "赵秀珍" in text_of(answer)  # what was typed stays
    assert not Sign.objects.exists()


def test_paused_resumed_changed_stopped(phone: Client, sign: Sign) -> None:
    until = (datetime.now(UTC) + timedelta(days=9)).date()
    assert "暂停中" in text_of(phone.post("/signs/pause", {"until_date": until, "reason": "hospital"}, follow=True))
    phone.post("/signs/resume")
    phone.post("/signs/start", TOLD | {"until": "09:00"})
    sign.refresh_from_db()
    assert f"{sign.until:%H:%M}" == "09:00"
    phone.post("/signs/stop")
    assert not Sign.objects.running().exists()


def test_a_stranger_learns_what_it_is_and_nothing_else(sign: Sign) -> None:
    stranger = Client()

    assert "用手机号登录来办" in text_of(stranger.get("/signs"))
    assert "报平安" not in text_of(stranger.get("/"))
    assert [stranger.post(f"/signs/{name}").status_code for name in ("now", "stop", "pause")] == [404] * 3
    assert not SignDay.objects.exists()


def test_the_neighbours_link_names_nobody_until_the_neighbour_is_asked(sign: Sign) -> None:
    neighbour, link = Client(), f"/signs/neighbour/{doors.neighbour_token(sign)}"
    before = text_of(neighbour.get(link))
    assert "窗帘拉开了吗" in before
    assert "王秀英" not in before

    now = datetime.now(UTC)
    SignDay.objects.create(sign=sign, day=now.date(), due_at=now, neighbour_at=now, state="neighbour")
    asked = text_of(neighbour.get(link))
    assert "王秀英" in asked
    assert "13800001234" in asked

    assert "谢谢您去看" in text_of(neighbour.post(link, {"said": "fine"}))
    assert SignDay.objects.get().state == SignDay.State.FINE
    assert "王秀英" not in text_of(neighbour.get(link))


def test_the_neighbour_sees_the_curtain_and_the_link_of_the_day_gives_the_sign(sign: Sign) -> None:
    helper = Client()
    helper.post(f"/signs/neighbour/{doors.neighbour_token(sign)}", {"said": "curtain"})
    assert (SignDay.objects.get().state, SignDay.objects.get().how) == ("given", "curtain")

    SignDay.objects.all().delete()
    link = f"/signs/give/{doors.own_token(sign)}"
    assert "王秀英" not in text_of(helper.get(link))
    assert not SignDay.objects.exists()  # looking gives nothing: previews of messages look, too
    assert "收到了" in text_of(helper.post(link))
    assert SignDay.objects.get().how == "link"
