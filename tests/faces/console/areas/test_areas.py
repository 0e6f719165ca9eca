"""Areas on pages: seen, amended, cut, joined and redrawn."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from shapely.geometry import shape

from factories import square
from lianxin.foundation.areas.models import Area, Redivision
from lianxin.kernel import versions
from lianxin.registry.people.models import Household
from lianxin.registry.places.models import Building, Dwelling

pytestmark = pytest.mark.django_db
GRID = "34088100100101"  # a square of 0.02 degrees at 117.00 E 31.00 N, beside …02
ACROSS = "117.005,31.01 117.015,31.01"
TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


def text(response: Any) -> str:
    return str(response.content.decode())


def cut_by(admin: Any, code: str, query: str, **values: str) -> Any:
    return admin.post(
        f"/console/area/{code}/redivide?{query}",
        {"when": "day", "effective_date": TOMORROW, "reason": "桐政〔2026〕9号", **values},
    )


def test_an_area_says_what_it_is_and_who_is_there(sign_in: Any, django_assert_num_queries: Any) -> None:
    seat = sign_in("seat")
    seat.get(f"/console/area/{GRID}/")

    # Who asks, unread, the row, counts, who holds posts, who is on duty, history, plans.
    with django_assert_num_queries(8):
        said = text(seat.get(f"/console/area/{GRID}/"))

    assert "第一网格" in said
    assert "王*" in said
    assert "400 户" in said
    assert "王格" not in said  # who may see cases sees colleagues' names masked
    assert len(said) < 40_000


def test_the_map_gets_the_area_and_what_lies_below(sign_in: Any) -> None:
    answer = sign_in("seat").get("/console/area/340881001001/borders.geojson")

    levels = [feature["properties"]["level"] for feature in answer.json()["features"]]
    assert levels == ["community", "grid", "grid"]
    again = sign_in("seat").get("/console/area/340881001001/borders.geojson", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_households_out_of_range_are_listed(sign_in: Any, desk: Any) -> None:
    admin = sign_in("admin")
    changed = admin.post(f"/console/area/{GRID}/amend", {"name": "第一网格", "households": 640, "kind": "", "seen": 1})
    assert changed.status_code == 302

    said = text(admin.get("/console/areas/households?kind=many"))

    assert "640" in said
    assert "300–500 户" in said


def test_an_area_changed_by_another_meanwhile_is_not_overwritten(sign_in: Any, desk: Any) -> None:
    answer = sign_in("admin").post(
        f"/console/area/{GRID}/amend", {"name": "新名", "households": 1, "kind": "", "seen": 7}
    )

    assert answer.status_code == 422
    assert "刚被别人改过" in text(answer)
    assert "新名" in text(answer)  # what was typed stays
    assert Area.objects.get(code=GRID, valid_to=None).name == "第一网格"


def test_a_line_cuts_a_grid_in_two(sign_in: Any, desk: Any) -> None:
    admin = sign_in("admin")

    shown = admin.get(f"/console/area/{GRID}/redivide", {"line": ACROSS})
    pieces = admin.get(f"/console/area/{GRID}/pieces.geojson", {"line": ACROSS}).json()["features"]
    # The line ends inside; it is prolonged to the border.
    assert [piece["geometry"]["type"] for piece in pieces] == ["Polygon", "Point"] * 2
    assert "第 2 块" in text(shown)

    planned = cut_by(
        admin,
        GRID,
        f"line={ACROSS}",
        **{
            "code.0": GRID,
            "name.0": "第一网格",
            "households.0": "310",
            "code.1": "34088100100103",
            "name.1": "第三网格",
            "households.1": "90",
        },
    )

    assert planned.status_code == 302
    plan = Redivision.objects.get()
    assert plan.kind == "split"
    assert [new["name"] for new in plan.plan["successors"]] == ["第一网格", "第三网格"]
    assert plan.effective_at.astimezone(UTC).hour == 16  # midnight at the place
    assert any("90 户" in remark for remark in plan.plan["remarks"])
    assert "第三网格" in text(admin.get(f"/console/area/{GRID}/"))

    cancelled = admin.post(f"/console/areas/plans/{plan.pk}/cancel", {"note": "居民有意见"})
    assert cancelled.status_code == 302
    assert Redivision.objects.get().cancelled_at is not None


def test_neighbours_are_joined_and_their_border_is_moved(sign_in: Any, desk: Any) -> None:
    admin, other = sign_in("admin"), "34088100100102"

    merged = cut_by(admin, GRID, f"with={other}", **{"code.0": GRID, "name.0": "第一网格", "households.0": "800"})
    assert merged.status_code == 302
    assert Redivision.objects.get().kind == "merge"
    Redivision.objects.all().delete()

    moved = cut_by(
        admin,
        GRID,
        f"with={other}&line=117.025,31.005 117.025,31.015",
        **{
            "code.0": GRID,
            "name.0": "第一网格",
            "households.0": "500",
            "code.1": other,
            "name.1": "第二网格",
            "households.1": "300",
        },
    )
    assert moved.status_code == 302
    assert Redivision.objects.get().kind == "redraw"


def test_a_file_with_a_gap_is_refused_and_says_where(sign_in: Any, desk: Any) -> None:
    half = {"type": "Polygon", "coordinates": [[[117, 31], [117.01, 31], [117.01, 31.02], [117, 31.02], [117, 31]]]}
    content = json.dumps(
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": half, "properties": {}}]}
    )

    answer = cut_by(
        sign_in("admin"), GRID, "", geojson=content, **{"code.0": GRID, "name.0": "第一网格", "households.0": "400"}
    )

    assert answer.status_code == 422
    assert "空隙" in text(answer)
    assert not Redivision.objects.exists()


@pytest.mark.parametrize("line", ["这里", "117", "999,31 117,31", "117.01,31.01", ";".join([ACROSS] * 9)])
def test_a_line_that_means_nothing_is_told(sign_in: Any, line: str) -> None:
    answer = sign_in("admin").get(f"/console/area/{GRID}/redivide", {"line": line})

    assert answer.status_code == 422
    assert "切分线读不懂" in text(answer)


@pytest.mark.parametrize("line", ["118,31 118,32", "117.0,31.0 117.02,31.0"])
def test_a_line_that_parts_nothing_is_told(sign_in: Any, line: str) -> None:
    answer = sign_in("admin").get(f"/console/area/{GRID}/redivide", {"line": line})

    assert answer.status_code == 422
    assert "切分线没有穿过“第一网格”" in text(answer)
    assert "就这样调整" not in text(answer)


def test_a_line_that_crosses_itself_is_told(sign_in: Any) -> None:
    line = "117.00,31.00 117.02,31.02 117.02,31.00 117.00,31.02"

    assert "自己交叉了" in text(sign_in("admin").get(f"/console/area/{GRID}/redivide", {"line": line}))


def test_pieces_are_named_in_order_and_their_households_are_the_grounds_share(sign_in: Any) -> None:
    said = text(sign_in("admin").get(f"/console/area/{GRID}/redivide", {"line": "117.005,31.01 117.005,31.015"}))

    assert 'value="第三网格"' in said
    assert 'value="34088100100103"' in said
    assert 'value="300"' in said
    assert 'value="100"' in said
    assert "户数按面积折算" in said
    assert "偏少，应在 300–500 户" in said
    assert "1 个岗位" in said  # the grid worker's, which will follow
    assert len(said) < 40_000


def test_a_split_at_once_is_in_force_and_the_merge_gives_the_grid_back(sign_in: Any, desk: Any) -> None:
    admin = sign_in("admin")
    before = Area.objects.get(code=GRID, valid_to=None)
    fields = {"code.0": GRID, "name.0": "第一网格", "households.0": "210",
              "code.1": "34088100100103", "name.1": "第三网格", "households.1": "190"}  # fmt: skip

    split = cut_by(admin, GRID, f"line={ACROSS}", when="now", **fields)
    assert split.status_code == 302
    assert split["Location"] == f"/console/area/{GRID}/"
    halves = Area.objects.filter(code__in=(GRID, "34088100100103"), valid_to=None).values_list(
        "square_metres", flat=True
    )
    assert sum(filter(None, halves)) == pytest.approx(before.square_metres, rel=1e-6)

    merged = cut_by(
        admin, GRID, "how=merge&with=34088100100103", when="now",
        **{"code.0": GRID, "name.0": "第一网格", "households.0": "400"},
    )  # fmt: skip
    assert merged.status_code == 302
    assert Area.objects.get(code=GRID, valid_to=None).square_metres == pytest.approx(before.square_metres, rel=1e-6)

    said = text(admin.get(f"/console/area/{GRID}/history"))
    assert said.count("<li") >= 4
    assert "合并而来" in said
    past = admin.get(f"/console/area/{GRID}/history.geojson", {"at": before.pk}).json()["features"]
    assert past[0]["properties"]["title"] == "第一网格"
    assert "已生效" in text(admin.get("/console/areas/plans"))


def test_what_another_planned_meanwhile_stops_the_second(sign_in: Any, desk: Any) -> None:
    admin = sign_in("admin")
    fields = {"code.0": GRID, "name.0": "第一网格", "households.0": "310",
              "code.1": "34088100100103", "name.1": "第三网格", "households.1": "90"}  # fmt: skip
    assert cut_by(admin, GRID, f"line={ACROSS}", **fields).status_code == 302

    second = cut_by(admin, GRID, f"line={ACROSS}", **fields)
    assert second.status_code == 422
    assert "已经列入另一次" in text(second)

    stale = cut_by(admin, "34088100100102", "line=117.03,31.005 117.03,31.015", seen="1:1",
                   **{**fields, "code.0": "34088100100102"})  # fmt: skip
    assert "刚被别人改过" in text(stale)
    assert Redivision.objects.count() == 1


def test_borders_too_fine_to_be_meant_are_refused(sign_in: Any, desk: Any) -> None:
    ring = [[117 + 0.0000001 * n, 31] for n in range(100_000)]
    border = {"type": "Polygon", "coordinates": [[*ring, [117, 31.02], ring[0]]]}
    content = json.dumps(border, separators=(",", ":"))
    assert len(content) < 2_500_000  # it gets as far as being read

    answer = cut_by(sign_in("admin"), GRID, "", geojson=content, **{"code.0": GRID})

    assert answer.status_code == 422
    assert "太多了" in text(answer)


@pytest.mark.parametrize("content", ['{"type":"FeatureCollection","features":[]}', "[[[[", '{"features":3}', "0"])
def test_files_that_hold_no_borders_are_told(sign_in: Any, content: str) -> None:
    answer = sign_in("admin").post(f"/console/area/{GRID}/redivide?how=file", {"geojson": content})

    assert answer.status_code == 422
    assert "told-wrong" in text(answer)


def test_moved_borders_come_back_as_a_file_with_the_neighbours_in_it(sign_in: Any, desk: Any) -> None:
    admin = sign_in("admin")
    net = admin.get(f"/console/area/{GRID}/net.geojson").json()
    assert {one["properties"]["code"] for one in net["features"]} == {GRID, "34088100100102"}
    moved = json.loads(json.dumps(net).replace("117.02,", "117.021,").replace("117.02]", "117.021]"))

    shown = admin.post(f"/console/area/{GRID}/redivide?how=redraw", {"geojson": json.dumps(moved)})

    assert shown.status_code == 200
    assert "第二网格 95%" not in text(shown)
    assert 'value="420"' in text(shown)  # 400 and a twentieth of the neighbour's
    assert 'value="380"' in text(shown)


def test_a_gap_is_found_drawn_and_given_to_the_neighbour(sign_in: Any, desk: Any) -> None:
    narrow = square(117.0, 31.0, 117.018, 31.02)
    Area.objects.filter(code=GRID).update(boundary=narrow)
    versions.bump("areas")
    admin = sign_in("admin")

    said = text(admin.get("/console/areas/check"))
    assert "空隙" in said
    assert "并给第一网格" in said
    assert admin.get("/console/areas/check/points.geojson").json()["features"][0]["properties"]["shape"] == "fault"
    levels = [
        one["properties"]["level"] for one in admin.get("/console/areas/check/grounds.geojson").json()["features"]
    ]
    assert levels.count("fault") == 1

    address = unescape(re.search(r'href="(/console/area/[^"]+mend=gap[^"]*)"', said)[1])  # type: ignore[index]
    shown = text(admin.get(address))
    drawn = re.search(r'<textarea name="geojson" hidden>(.*?)</textarea>', shown)
    assert drawn
    sent = {"geojson": unescape(drawn[1])}
    mended = admin.post(
        address,
        {"when": "now", "reason": "边界检查", "code.0": GRID, "name.0": "第一网格", "households.0": "400", **sent},
    )

    assert mended.status_code == 302
    assert "边界都接得上" in text(admin.get("/console/areas/check"))
    gone = admin.get(address)
    assert gone.status_code == 422
    assert "已经没有了" in text(gone)


def test_an_area_is_added_by_corners_and_ended_again(sign_in: Any, desk: Any) -> None:
    admin, community = sign_in("admin"), "340881001001"
    Area.objects.filter(code="34088100100102").update(valid_to=datetime.now(UTC))
    versions.bump("areas")
    form = text(admin.get(f"/console/area/{community}/add"))
    assert 'value="第二网格"' in form
    assert 'value="34088100100103"' in form  # …02 was used once

    values = {"level": "grid", "name": "新网格", "code": "34088100100103", "kind": "", "households": "320"}
    wide = {"border": "117.01,30.9 117.05,30.9 117.05,31.1 117.01,31.1", "fitted": "on"}
    made = admin.post(f"/console/area/{community}/add", values | wide)
    assert made.status_code == 302
    area = Area.objects.get(code="34088100100103", valid_to=None)
    assert shape(area.boundary or {}).bounds == pytest.approx((117.02, 31.0, 117.04, 31.02))

    again = admin.post(f"/console/area/{community}/add", values | {"border": "117,31 117.01,31"})
    assert again.status_code == 422
    assert "边界读不懂" in text(again)

    ended = admin.post(f"/console/area/{area.code}/end", {"note": "设错了", "seen": str(area.version)})
    assert ended.status_code == 302
    assert Area.objects.get(pk=area.pk).valid_to is not None


def test_lists_of_changes_and_findings_cost_the_same_however_long(
    sign_in: Any, desk: Any, django_assert_num_queries: Any
) -> None:
    admin = sign_in("admin")
    areas = Area.objects.filter(role="grid", valid_to=None)
    at = datetime.now(UTC)
    for area in areas:
        Redivision.objects.create(
            kind="redraw",
            effective_at=at,
            reason="批复",
            created_at=at,
            cancelled_at=at,
            plan={"old": [area.pk], "successors": []},
        )
    admin.get("/console/areas/plans")
    admin.get("/console/areas/check")

    # Who asks, unread; the plans, how many, how many before.
    with django_assert_num_queries(5):
        assert text(admin.get("/console/areas/plans")).count("已取消") == areas.count()
    with django_assert_num_queries(2):
        admin.get("/console/areas/check")


def test_households_come_from_the_register_where_it_knows_them_and_a_torn_house_is_told(
    sign_in: Any, desk: Any
) -> None:
    grid, at = Area.objects.get(code=GRID, valid_to=None), datetime.now(UTC) - timedelta(days=1)
    placed = {"area_id": grid.pk, "grid_id": grid.pk, "valid_from": at}
    for number, (lon, lat, households) in enumerate([(117.01, 31.015, 3), (117.01, 31.0101, 2)]):
        house = Building.objects.create(
            code=f"B{number}", name=f"{number}幢", address="和平小区", point=(lon, lat),
            footprint=square(lon - 0.0002, lat - 0.0002, lon + 0.0002, lat + 0.0002), **placed,
        )  # fmt: skip
        for flat in range(households):
            home = Dwelling.objects.create(
                code=f"D{number}-{flat}", building=house, number=str(flat), address="", **placed
            )
            Household.objects.create(key=uuid4(), dwelling=home, grid_id=grid.pk, valid_from=at)

    said = text(sign_in("admin").get(f"/console/area/{GRID}/redivide", {"line": ACROSS}))

    assert 'value="5"' in said  # both stand in the north
    assert 'value="0"' in said
    assert "按底册数" in said
    assert "穿过 1 栋楼" in said
    drawn = sign_in("seat").get(f"/console/area/{GRID}/buildings.geojson").json()["features"]
    assert [one["properties"] for one in drawn] == [{"kind": "building"}] * 2
