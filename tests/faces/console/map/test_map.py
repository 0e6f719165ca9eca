"""The one map: pages without script, layers by right, portraits without names, views that open with one's own eyes."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

import patrolling as ground
from casework import GRID_111, GRID_112, Desk
from factories import SIDE
from figures_shown import shown
from homes import make_building, make_care, make_dwellings, make_estate, make_household, make_person
from lianxin.faces.maps import drawing
from lianxin.faces.maps.models import DrawnShape
from lianxin.foundation.accounts.models import DutyShift, Post
from lianxin.kernel.geometry.coordinates import from_wgs, to_wgs
from lianxin.work.patrols.models import CheckIn, Round
from lianxin.work.visits.models import Visit

from .conftest import SignIn

pytestmark = pytest.mark.django_db
WINDOW = "bbox=116.98,30.98,117.2,31.2&zoom=16"
FETCH = {"X-Requested-With": "fetch"}


def layer(client: Any, code: str, query: str = WINDOW) -> list[dict[str, Any]]:
    answer = client.get(f"/console/map/layers/{code}?{query}")
    assert answer.status_code == 200, answer.content
    features: list[dict[str, Any]] = answer.json()["features"]
    return features


def post(client: Any, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/console/map/{path}", json.dumps(body), content_type="application/json")


def test_each_sees_the_cases_of_their_own_area_and_a_confidential_one_says_nothing(
    desk: Desk, sign_in: SignIn, ago: datetime
) -> None:
    shown = desk.handling(at=ago)
    secret = desk.reported(at=ago, point=GRID_112)
    type(secret).objects.filter(pk=secret.pk).update(is_confidential=True, title="举报王某")

    (one,) = layer(sign_in("grid_worker"), "cases")
    assert one["properties"]["key"] == shown.number
    assert one["properties"]["url"] == f"/console/cases/{shown.number}"
    both = layer(sign_in("seat"), "cases")
    assert len(both) == 2
    assert "王某" not in json.dumps(both, ensure_ascii=False)
    assert layer(sign_in("seat"), "cases", f"{WINDOW}&stage=reported")[0]["properties"]["key"] == secret.number
    assert sign_in("admin").get(f"/console/map/layers/cases?{WINDOW}").status_code == 404


def test_the_page_lists_the_layers_and_their_numbers_are_those_of_the_lists(
    desk: Desk, sign_in: SignIn, ago: datetime
) -> None:
    for _case in range(3):
        desk.reported(at=ago)
    client = sign_in("community_clerk")

    told = {one["code"]: one for one in client.get("/console/map/layers").json()["layers"]}
    page = client.get("/console/map/").content.decode()

    assert told["cases"]["count"] == 3
    assert "在办案件" in page
    assert "图要用脚本画" in page
    listed = client.get(told["cases"]["list"])
    assert listed.content.decode().count("/console/cases/") >= 3
    (together,) = layer(client, "cases")
    assert (together["properties"]["count"], together["properties"]["late"]) == (3, 0)
    assert client.get(together["properties"]["list"], headers=FETCH).content.decode().count("<li>") == 3


def test_staff_stand_on_the_map_only_on_duty_where_they_checked_in_and_masked(desk: Desk, sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    cast, county = desk.cast, desk.cast.county
    point = ground.make_point(cast.community_clerk, ground.spot(county), name="东苑北门")
    walk = Round.objects.create(
        key=uuid4(), name="一圈", day=now.date(), opens_at=now, area_id=county.grid(111).id,
        grid_id=county.grid(111).id, community_id=county.community(11).id, street_id=county.street(1).id,
    )  # fmt: skip
    CheckIn.objects.create(
        key=uuid4(), round=walk, point=point, by_id=cast.grid_worker.account_id, how="scan",
        made_at=now - timedelta(minutes=5), received_at=now, note="王某某家门口",
    )  # fmt: skip
    clerk = sign_in("community_clerk")
    assert layer(clerk, "staff") == []  # off duty nobody is shown

    own = Post.objects.get(account_id=cast.grid_worker.account_id or 0)
    shift = DutyShift.objects.create(post=own, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    (one,) = layer(clerk, "staff")
    assert one["properties"]["label"] == "王*"
    assert one["geometry"]["coordinates"] == [round(point.place.lon, 6), round(point.place.lat, 6)]
    piece = clerk.get(one["properties"]["panel"], headers=FETCH).content.decode()
    assert "王格" not in json.dumps(one, ensure_ascii=False) + piece
    assert "王某某" not in piece
    assert layer(clerk, "staff", f"{WINDOW}&at={(now - timedelta(minutes=1)).isoformat().replace('+', '%2B')}") == []
    shift.delete()
    assert clerk.get(one["properties"]["panel"], headers=FETCH).status_code == 404
    own_round = Round.objects.filter(pk=walk.pk)
    own_round.update(state="running", walker_id=cast.grid_worker.account_id)
    assert len(layer(clerk, "staff")) == 1  # who walks a round is on duty until it is finished
    own_round.update(state="finished")
    assert layer(clerk, "staff") == []


def test_a_building_opens_into_a_chart_of_states_that_names_nobody_and_tells_nothing_of_care(
    desk: Desk, sign_in: SignIn
) -> None:
    now = datetime.now(UTC)
    grid = desk.cast.county.grid(111)
    estate = make_estate(grid, point=GRID_111)
    building = make_building(estate, point=GRID_111)
    homes = make_dwellings(building)
    person = make_person("周秀兰", home=homes[0], phone="13855512345")
    make_household(homes[0], person)
    make_care(person)
    where = {"area_id": grid.id, "street_id": grid.street_id, "community_id": grid.community_id, "grid_id": grid.id}
    for home, day in ((homes[0], None), (homes[1], now.date())):
        Visit.objects.create(
            key=uuid4(), dwelling=home, visited_at=now, created_at=now, follow_up_on=day, by_label="王格", **where
        )
    client = sign_in("grid_worker")

    chart = client.get(f"/console/map/building/{building.code}/chart", headers=FETCH).content.decode()
    portrait = client.get(f"/console/map/portrait/building/{building.code}", headers=FETCH).content.decode()

    assert chart.count("room-visited") == 2
    assert chart.count("room-due") == 2
    assert "关照" not in chart
    assert "周秀兰" not in chart + portrait
    assert "13855512345" not in chart + portrait
    assert sign_in("grid_worker_next_door").get(f"/console/map/building/{building.code}/chart").status_code == 404
    seat = sign_in("seat").get(f"/console/map/building/{building.code}/chart?state=visits", headers=FETCH)
    assert "room-visited" not in seat.content.decode()  # who does not serve there sees uses, not visits


def test_an_areas_portrait_counts_what_its_reader_may_see(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    desk.handling(at=ago)
    desk.handling(at=ago, point=GRID_112)
    code = desk.cast.county.community(11).code

    def piece(name: str) -> str:
        answer = sign_in(name).get(f"/console/map/portrait/area/{code}", headers=FETCH)
        assert answer.status_code == 200
        body: str = answer.content.decode()
        return body

    assert piece("seat").count("onemap-urgent") == 1
    assert piece("seat").count("小区门口的路灯") == 2
    assert piece("grid_worker").count("小区门口的路灯") == 1
    assert "在办案件" not in piece("data_officer")


def test_a_shared_view_opens_for_others_with_their_own_eyes_and_holds_nothing_else(
    desk: Desk, sign_in: SignIn, ago: datetime
) -> None:
    case = desk.handling(at=ago)
    drawing = {"type": "Polygon", "coordinates": [[[117, 31], [117.1, 31], [117.1, 31.1], [117, 31]]]}
    state = {
        "center": [117.02, 31.02], "zoom": 99, "layers": ["cases", "nothing"], "filters": {"stage": "handling", "x": 1},
        "drawing": drawing, "name": "周一看的地方", "secret": case.title,
    }  # fmt: skip
    made = post(sign_in("seat"), "views", state)
    assert made.status_code == 200

    opened = sign_in("grid_worker_next_door").get(made.json()["url"])
    page = opened.content.decode()
    assert opened.status_code == 200
    assert case.number not in page
    assert case.title not in page
    told = opened.content.decode().split('id="onemap-config" type="application/json">')[1].split("<")[0]
    config = json.loads(told)
    view = config["view"]
    assert (view["zoom"], view["layers"], view["filters"]) == (22, ["cases"], {"stage": "handling"})
    assert view["drawing"]["coordinates"][0][0] == [117, 31]
    far_off = {"type": "Polygon", "coordinates": [[[999, 1]]]}
    for broken in ({}, {"center": ["x", 1]}, {"center": [117, 31], "drawing": far_off}):
        assert post(sign_in("seat"), "views", broken).status_code == 422


def test_count_and_find_answer_in_words(desk: Desk, sign_in: SignIn, ago: datetime) -> None:
    case = desk.handling(at=ago)
    client = sign_in("grid_worker")
    ring = [[117, 31], [117 + SIDE, 31], [117 + SIDE, 31 + SIDE], [117, 31 + SIDE], [117, 31]]

    told = post(client, "count", {"polygon": {"type": "Polygon", "coordinates": [ring]}}).json()
    assert {one["code"]: one["count"] for one in told["layers"]}["cases"] == 1
    assert "在办案件" in told["html"]
    refused = post(client, "count", {"polygon": {"type": "Polygon", "coordinates": [ring[:3]]}})
    assert (refused.status_code, "闭合" in refused.json()["error"]) == (422, True)
    assert client.post("/console/map/count", b"[", content_type="application/json").status_code == 422
    found = client.post("/console/map/find", {"q": case.number}).json()["found"]
    assert [one["key"] for one in found] == [case.number]
    assert sign_in("grid_worker_next_door").post("/console/map/find", {"q": case.number}).json()["found"] == []


def test_every_number_of_a_drawn_shape_opens_its_list_page_by_page(
    desk: Desk, sign_in: SignIn, ago: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing.listed, "__kwdefaults__", {**(drawing.listed.__kwdefaults__ or {}), "size": 2})
    cases = [desk.handling(at=ago - timedelta(days=20 * late)) for late in (0, 1, 0, 1, 1)]
    west, south = GRID_111.lon - 0.0007, GRID_111.lat - 0.0007
    ring = [[west, south], [west + 0.0021, south], [west + 0.0009, south + 0.0021], [west, south]]
    client = sign_in("seat")
    told = post(client, "count", {"polygon": {"type": "Polygon", "coordinates": [ring]}}).json()
    assert {one["code"]: (one["count"], one["late"]) for one in told["layers"]}["cases"] == (5, 3)
    again = client.get(f"/console/map/drawn/{told['key']}")
    assert again.status_code == 200

    numbers = shown(again.content.decode())
    assert {(one.said, "late=1" in one.address) for one in numbers.opened if "/cases/" in one.address} == {
        ("5", False), ("3", True)
    }  # fmt: skip
    assert not numbers.bare
    for one in numbers.opened:
        assert shown(client.get(one.address).content.decode()).totals[0] == one.said

    # Page by page, forth and back, everything once.
    address, seen = next(one.address for one in numbers.opened if "/cases/" in one.address), []
    while address:
        body = client.get(address).content.decode()
        seen.append([case.number for case in cases if f"/console/cases/{case.number}" in body])
        address = html.unescape(found[1]) if (found := re.search(r'rel="next" href="([^"]+)"', body)) else ""
        back = html.unescape(found[1]) if (found := re.search(r'rel="prev" href="([^"]+)"', body)) else ""
    assert [len(page) for page in seen] == [2, 2, 1]
    assert sorted(number for page in seen for number in page) == sorted(case.number for case in cases)
    body = client.get(back).content.decode()
    assert [case.number for case in cases if f"/console/cases/{case.number}" in body] == seen[1]

    # With the eyes of who opens it; and a cursor that is none is told so.
    other = sign_in("grid_worker_next_door").get(f"/console/map/drawn/{told['key']}")
    assert "/cases/list" not in other.content.decode()
    assert client.get(f"/console/map/layers/cases/list?drawn={told['key']}&after=x").status_code == 422
    DrawnShape.objects.update(until=datetime.now(UTC))
    assert client.get(f"/console/map/drawn/{told['key']}").status_code == 404
    assert client.get(f"/console/map/?drawn={told['key']}").status_code == 200


def test_a_background_in_gcj_02_is_shifted_and_comes_back(desk: Desk, sign_in: SignIn) -> None:
    told = sign_in("seat").get("/console/map/shift?lon=117.02&lat=31.02").json()
    back = to_wgs(told["lon"], told["lat"], "gcj02")

    assert from_wgs(117.02, 31.02, "gcj02") == (told["lon"], told["lat"])
    assert 200 < ((told["lon"] - 117.02) ** 2 + (told["lat"] - 31.02) ** 2) ** 0.5 * 111_320 < 900
    assert back == pytest.approx((117.02, 31.02), abs=1e-8)
