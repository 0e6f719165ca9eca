"""Areas on pages: seen, amended, cut, joined and redrawn."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lianxin.foundation.areas.models import Area, Redivision

pytestmark = pytest.mark.django_db
GRID = "34088100100101"  # a square of 0.02 degrees at 117.00 E 31.00 N, beside …02
ACROSS = "117.005,31.01 117.015,31.01"
TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


def text(response: Any) -> str:
    return str(response.content.decode())


def cut_by(admin: Any, code: str, query: str, **values: str) -> Any:
    return admin.post(
        f"/console/area/{code}/redivide?{query}", {"effective_date": TOMORROW, "reason": "桐政〔2026〕9号", **values}
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
    assert len(pieces) == 2
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
