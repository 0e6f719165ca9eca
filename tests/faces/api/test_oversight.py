"""Proposals, shadow report, audit and the feed by API."""

from collections.abc import Callable
from typing import Any

from lianxin.kernel.journal.relay import relay_batch
from lianxin.work.cases.models import Case


def test_a_proposal_says_what_where_and_whose_and_writes_nothing(seat: Any, category: Any) -> None:
    category.keywords = ["路灯"]
    category.save()
    told = {"text": "路灯不亮", "point": {"lon": 117.01, "lat": 31.01}}

    answer = seat.post("/dispatch/propose", told).json()

    assert answer["area"] == "34088100100101"
    assert answer["proposal"]["choices"][0]["code"] == "0101"
    assert answer["proposal"]["choices"][0]["unit"]["lead"] == "桐城市城市管理局"
    assert not Case.objects.exists()


def test_partners_keep_up_with_what_they_may_see(
    number: str, seat: Any, resident: Any, caller: Callable[[str], Any]
) -> None:
    resident.report(point={"lon": 117.05, "lat": 31.01})
    seat.act(number, "annotate", note="不给外人看的话")
    relay_batch()

    all_of_it = seat.get("/feed").json()
    first = seat.get("/feed?size=1").json()
    street = caller("street_seat").get("/feed").json()

    told = [(entry["number"], entry["action"]) for entry in all_of_it["items"]]
    assert (number, "report") in told
    assert (number, "annotate") in told
    assert len(told) == 3
    assert seat.get(f"/feed?after={all_of_it['last']}").json() == {"items": [], "last": all_of_it["last"]}
    assert first["last"] < all_of_it["last"]
    assert {entry["number"] for entry in street["items"]} == {number}
    assert "不给外人看的话" not in seat.get("/feed").content.decode()


def test_the_shadow_report_asks_for_a_span_that_runs_forward(cast: Any, caller: Callable[[str], Any]) -> None:
    assert caller("seat").get("/dispatch/shadow").status_code == 403


def test_the_responsibility_list_answers(seat: Any, category: Any) -> None:
    by_area = seat.get("/responsibility?category=0101&area=340881001").json()
    by_point = seat.get("/responsibility?category=0101&lon=117.01&lat=31.01").json()
    nowhere = seat.get("/responsibility?category=0101")

    assert by_area["lead"]["code"] == by_point["lead"]["code"] == "cgj"
    assert "权责清单第 1 条" in by_area["why"]
    assert (nowhere.status_code, list(nowhere.json()["errors"])) == (422, ["area"])


def test_areas_and_borders(cast: Any, stranger: Any) -> None:
    tree = stranger.get("/areas")
    borders = stranger.get("/areas.geojson?below=340881001").json()

    assert [area["code"] for area in tree.json()["items"]][:3] == ["340881", "340881001", "340881001001"]
    assert stranger.get("/areas", if_none_match=tree["ETag"]).status_code == 304
    assert [feature["id"] for feature in borders["features"]] == ["340881001", "340881001001", "340881001002"]
    assert borders["features"][0]["geometry"]["type"] in {"Polygon", "MultiPolygon"}
    assert stranger.get("/locate?lon=100&lat=10").json() == {"area": None, "path": []}
    assert stranger.get("/locate?lon=x").status_code == 422
