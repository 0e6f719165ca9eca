"""Patrols at the desk, without script: points and stickers, a route by numbers, a plan, the ledger; who sees what."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import patrolling as ground
from casework import Desk
from lianxin.kernel.ids import uuid7
from lianxin.operations.demo.pictures import draw
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols import stickers
from lianxin.work.patrols.actions import HazardIn, PointIn
from lianxin.work.patrols.models import Hazard, Plan, Point, Round, Route

from .conftest import SignIn, text_of


@pytest.fixture
def points(desk: Desk) -> list[Point]:
    at = datetime.now(UTC) - timedelta(days=1)
    return [
        patrols.add_point(
            desk.cast.community_clerk, key=uuid7(), at=at,
            given=PointIn("estate", f"{number}号门", ground.spot(desk.cast.county, 111, number)),
        )
        for number in range(3)
    ]  # fmt: skip


def follow(response: Any, client: Any) -> str:
    """Open where a form led to."""
    assert response.status_code == 302, text_of(response)[-3000:]
    return text_of(client.get(response["Location"]))


def test_from_a_point_on_the_map_to_the_rounds_of_two_weeks(desk: Desk, sign_in: SignIn, points: list[Point]) -> None:
    client = sign_in("community_clerk")
    place = ground.spot(desk.cast.county, 112)
    told = {"name": "和平市场北门", "kind": "market", "lon": place.lon, "lat": place.lat}
    said = follow(client.post(reverse("console:patrol_point_add"), told), client)
    assert "已加上“和平市场北门”" in said
    market = Point.objects.get(name="和平市场北门")
    assert market.grid_id == desk.cast.county.grid(112).id

    order = {f"order_{market.pk}": "2", f"order_{points[2].pk}": "1", f"order_{points[0].pk}": "3"}
    sent = {"name": "早市线", "note": "", "point": [row.pk for row in (*points, market)], **order}
    assert "再定一下什么时候走" in follow(client.post(reverse("console:patrol_route_add"), sent), client)
    route = Route.objects.get()
    stations = route.stations.order_by("position").values_list("point__name", flat=True)
    assert list(stations) == ["2号门", "和平市场北门", "0号门"]
    assert (route.grid_id, route.community_id) == (None, desk.cast.county.community(11).id)

    plan = {
        "rhythm": "every", "every_days": "2", "begins": "00:00", "ends": "23:59", "from_date": ground.DAY.isoformat(),
        "role": "grid_worker",
    }  # fmt: skip
    add = reverse("console:patrol_plan_add", args=[route.key])
    refused = text_of(client.post(add, plan | {"role": ""}))
    assert "三者选一" in refused
    assert 'value="23:59"' in refused  # what was typed stays
    page = follow(client.post(add, plan | {"from_date": datetime.now(UTC).date().isoformat()}), client)
    assert "每 2 天 00:00 至 23:59" in page
    assert len(re.findall(r"\d+月\d+日", page.partition("接下来两周")[2].partition("</p>")[0])) >= 7
    assert Round.objects.filter(plan=Plan.objects.get()).exists()


def test_stickers_are_for_who_plans_there(desk: Desk, sign_in: SignIn, points: list[Point]) -> None:
    page = text_of(sign_in("community_clerk").get(reverse("console:patrol_stickers")))
    assert page.count("<svg") >= 3
    assert all(stickers.typed_of(point) in page for point in points)
    assert len(page) < 40_000

    shown = reverse("console:patrol_point", args=[points[0].key])
    assert stickers.typed_of(points[0]) not in text_of(sign_in("grid_worker").get(shown))
    assert sign_in("grid_worker_next_door").get(shown).status_code == 404
    old = stickers.text_of(points[0])
    client = sign_in("community_clerk")
    assert "请打印这一张" in follow(client.post(reverse("console:patrol_sticker", args=[points[0].key])), client)
    points[0].refresh_from_db()
    assert not stickers.is_of(points[0], old)


def test_a_list_of_ones_own_counts_below_and_an_empty_one_gives_way(
    desk: Desk, sign_in: SignIn, points: list[Point]
) -> None:
    client, area = sign_in("community_clerk"), desk.cast.county.community(11)
    url = f"{reverse('console:patrol_checklist', args=['estate'])}?area={area.code}"
    asked = follow(client.post(url, {"seen": "0", "text_0": "门禁正常", "hazard_0": "other", "photo_0": "on"}), client)
    assert "门禁正常" in asked
    shown = reverse("console:patrol_point", args=[points[0].key])
    assert "门禁正常" in text_of(client.get(shown))
    assert "刚被别人改过" in text_of(client.post(url, {"seen": "0", "text_0": "另一项", "hazard_0": "other"}))

    follow(client.post(url, {"seen": "1"}), client)
    assert "门禁正常" not in text_of(client.get(shown))
    outside = f"{reverse('console:patrol_checklist', args=['estate'])}?area={desk.cast.county.community(21).code}"
    assert client.get(outside).status_code == 404


def test_the_ledger_from_note_to_settled(desk: Desk, sign_in: SignIn, points: list[Point]) -> None:
    client = sign_in("community_clerk")
    shot = SimpleUploadedFile("a.jpg", BytesIO(draw(Random(3), "隐患")).getvalue(), content_type="image/jpeg")
    told = {
        "what": "外墙瓷砖松动", "kind": "building", "grade": "major", "area": "东苑社区 第一网格", "photos": [shot],
    }  # fmt: skip
    said = follow(client.post(reverse("console:hazard_add"), told), client)
    assert "已记入台账 YH-" in said
    row = Hazard.objects.get()
    photo = re.search(r"/api/v1/files/[0-9a-f-]{36}", said)
    assert photo is not None
    opened: Any = client.get(photo[0])
    assert (opened.status_code, b"".join(opened.streaming_content)[:3]) == (200, b"\xff\xd8\xff")
    for close in opened._resource_closers:  # closing the response would close the connection of this test, too
        close()
    assert sign_in("grid_worker_next_door").get(photo[0]).status_code == 404
    assert sign_in("resident").get(photo[0]).status_code == 404

    to = reverse("console:hazard_assign", args=[row.key])
    care = {"seen": "1", "grade": "major", "unit": "东苑物业", "due_date": "2000-01-01"}
    assert "整改期限" in text_of(client.post(to, care))
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    assert "东苑物业服务有限公司" in follow(client.post(to, care | {"due_date": day}), client)

    worker = sign_in("grid_worker")
    page = text_of(worker.get(reverse("console:hazard", args=[row.key])))
    assert "复查" in page
    assert reverse("console:hazard_assign", args=[row.key]) not in page  # absent, not refused
    assert worker.post(reverse("console:hazard_settle", args=[row.key]), {"words": "没了"}).status_code == 403
    words = {"words": "现场看过", "seen": "2"}
    assert "已销号" in follow(client.post(reverse("console:hazard_settle", args=[row.key]), words), client)
    assert row.number in text_of(client.get(reverse("console:hazards") + "?state=gone"))


def test_lists_cost_no_more_with_more_rows(
    desk: Desk, sign_in: SignIn, points: list[Point], django_assert_max_num_queries: Any
) -> None:
    clerk = desk.cast.community_clerk
    for number in range(12):
        given = HazardIn(f"第 {number} 处", "fire", point=points[number % 3].key)
        patrols.note(clerk, key=uuid7(), given=given, at=datetime.now(UTC))
    client = sign_in("community_clerk")
    for name in ("patrols", "patrol_points", "patrol_routes", "patrol_rounds", "hazards", "patrol_teams"):
        client.get(reverse(f"console:{name}"))
        with django_assert_max_num_queries(18):
            page = client.get(reverse(f"console:{name}"))
        assert page.status_code == 200
        assert len(page.content) < 40_000
