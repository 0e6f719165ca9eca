"""A team of residents on foot, without script: join, scan, check in, tell of a hazard, leave."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

import patrolling as ground
from cast import Cast
from lianxin.faces.identity.cookies import SESSION
from lianxin.foundation.accounts.actions.signing import begin_session
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.kernel.ids import uuid7
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols import stickers
from lianxin.work.patrols.actions import PlanIn
from lianxin.work.patrols.models import CheckIn, Hazard, Point, Round, Team
from lianxin.work.patrols.words import Rhythm

from .conftest import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def points(cast: Cast) -> list[Point]:
    return ground.make_points(cast.community_clerk, cast.county, 2)


@pytest.fixture
def team(cast: Cast, points: list[Point]) -> Team:
    """Return a team that walks today, all day."""
    clerk, now = cast.community_clerk, datetime.now(UTC)
    made = patrols.add_team(clerk, key=uuid7(), name="红袖章", area_id=cast.county.community(11).id, at=now)
    given = PlanIn(
        Rhythm.EVERY, time(0), time(0), (now - timedelta(days=1)).astimezone(ZONE).date(), every_days=1, team_id=made.pk
    )  # fmt: skip
    patrols.add_plan(clerk, key=uuid7(), route=ground.make_route(clerk, points), given=given, at=now)
    return made


def browser(actor: Actor) -> Client:
    """Return the browser of somebody signed in."""
    account = Account.objects.get(pk=actor.account_id or 0)
    client = Client()
    client.cookies[SESSION] = begin_session(account, device="test", address=None, at=datetime.now(UTC)).key
    return client


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the page's form that the server made."""
    return dict(re.findall(r'<input type="hidden" name="(client_id|start_id|point|round)" value="([^"]*)"', page))


def send(client: Client, path: str, data: dict[str, Any]) -> str:
    return text_of(client.post(path, data, follow=True))


def test_who_passes_by_learns_where_to_report_and_no_more(cast: Cast, team: Team, points: list[Point]) -> None:
    url = f"/patrol/{stickers.text_of(points[0])}"
    for client in (Client(), browser(cast.resident)):
        page = text_of(client.get(url))
        assert points[0].name in page
        assert "打卡" not in page
        assert client.post(url, {}).status_code == 200
    assert CheckIn.objects.count() == 0
    assert Client().get(f"/patrol/{points[0].code}-AAAAAAAAAA").status_code == 404


def test_join_scan_check_in_and_tell_of_a_hazard(cast: Cast, team: Team, points: list[Point]) -> None:
    client = browser(cast.resident)
    assert "没有这个邀请码" in text_of(client.post("/patrol/join", {"code": "AAAA2222"}))
    assert "欢迎加入" in send(client, "/patrol/join", {"code": team.code.lower()})

    url = f"/patrol/{stickers.text_of(points[0])}"
    form = hidden(text_of(client.get(url))) | {"problems": "fire"}
    page = send(client, url, form)
    assert "已打卡" in page
    assert "不符合：消防通道、楼道没有堵占" in page
    send(client, url, form)  # the same form again, as after a bad line
    made = CheckIn.objects.get()
    assert (made.how, made.problems, made.round.team_id, made.round.plan_id is not None) == ("qr", 1, team.pk, True)

    told = hidden(page) | {"what": "通道里停了三辆车", "kind": "fire", "address": ""}
    for _time in range(2):
        assert "有人会到现场看" in send(client, "/patrol/hazard", told)
    row = Hazard.objects.get()
    assert (row.state, row.point_id, row.round_id) == ("reported", points[0].pk, made.round_id)
    assert "待核实" in text_of(client.get("/patrol"))


def test_without_the_sticker_by_place_or_with_a_reason(cast: Cast, team: Team, points: list[Point]) -> None:
    client = browser(cast.resident)
    patrols.join(cast.resident, code=team.code, at=datetime.now(UTC))
    walk = Round.objects.filter(team=team, closes_at__gt=datetime.now(UTC)).order_by("day")[0]
    url = f"/patrol/rounds/{walk.key}/{points[1].key}"
    form = hidden(text_of(client.get(url)))
    refused = client.post(url, form)
    assert (refused.status_code, "写一句原因" in text_of(refused)) == (422, True)
    place = points[1].place
    send(client, url, form | {"lon": place.lon, "lat": place.lat, "accuracy": "20"})
    assert CheckIn.objects.get().how == "gps"
    assert "已经打过卡" in text_of(client.get(url))


def test_a_round_of_ones_own_begins_with_the_first_point(cast: Cast, team: Team) -> None:
    other = ground.make_points(cast.community_clerk, cast.county, 1, grid=112)[0]
    patrols.join(cast.resident, code=team.code, at=datetime.now(UTC))
    client, url = browser(cast.resident), f"/patrol/{stickers.text_of(other)}"
    form = hidden(text_of(client.get(url)))
    for _time in range(2):
        send(client, url, form)
    made = CheckIn.objects.get()
    assert (made.round.plan_id, made.round.walker_label, made.round.state) == (None, "", "running")


def test_who_has_left_walks_no_more(cast: Cast, team: Team) -> None:
    patrols.join(cast.resident, code=team.code, at=datetime.now(UTC))
    client = browser(cast.resident)
    walk = Round.objects.filter(team=team, closes_at__gt=datetime.now(UTC)).order_by("day")[0]
    assert client.get(f"/patrol/rounds/{walk.key}").status_code == 200
    assert "已退出" in send(client, "/patrol/leave", {"team": str(team.key)})
    assert client.get(f"/patrol/rounds/{walk.key}").status_code == 404
    assert client.post("/patrol/start", {"team": str(team.key)}).status_code == 404
    assert client.get("/patrol/hazard").status_code == 302
