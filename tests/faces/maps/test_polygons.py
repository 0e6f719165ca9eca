"""Draw to count: shapes that are none are told so, what lies inside is counted for who looks."""

from datetime import timedelta
from typing import Any

import pytest

from casework import GRID_111, GRID_112, GRID_222, NOW, Desk
from factories import SIDE
from lianxin.faces.maps.layers import Look
from lianxin.faces.maps.polygons import count, read_polygon
from lianxin.foundation.accounts.actor import Actor
from lianxin.insight.statistics import folding
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid
from lianxin.work.cases import actions as cases

pytestmark = pytest.mark.django_db


def square(west: float, south: float, side: float) -> dict[str, Any]:
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def counted(actor: Actor, shape: dict[str, Any], **more: Any) -> dict[str, tuple[int, int]]:
    look = Look(actor, NOW + timedelta(hours=1), versions.read(), **more)
    return {one.layer.code: (one.count, one.late) for one in count(look, read_polygon(shape)).counts}


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        (None, "没有收到"),
        ({"type": "Point", "coordinates": [117, 31]}, "应是面"),
        (
            {"type": "Polygon", "coordinates": [[[117, 31], [117.1, 31.1], [117.1, 31], [117, 31.1], [117, 31]]]},
            "交叉",
        ),
        ({"type": "Polygon", "coordinates": [[[117, 31], [117.1, 31], [117.1, 31.1]]]}, "没有闭合"),
        (square(170, 30, 20), "不在地球上"),
        ({"type": "Polygon", "coordinates": [[[-179, 1], [179, 1], [179, 2], [-179, 2], [-179, 1]]]}, "半个地球"),
        (square(110, 30, 5), "太大"),
        (square(117, 31, 0.00001), "太小"),
        ({"type": "Polygon", "coordinates": [[[117, "x"], [117.1, 31], [117.1, 31.1], [117, 31]]]}, "格式"),
    ],
)
def test_a_shape_that_cannot_be_counted_in_is_told_so(shape: Any, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_polygon(shape)


def test_what_lies_inside_is_counted_for_who_looks(desk: Desk) -> None:
    desk.reported(point=GRID_111)
    desk.reported(point=GRID_112)
    desk.reported(point=GRID_222)
    whole = square(116.99, 30.99, SIDE * 8 + 0.02)

    assert counted(desk.cast.seat, whole)["cases"] == (3, 3)  # nobody looked at them within the hour
    assert counted(desk.cast.grid_worker, whole)["cases"] == (1, 1)
    assert counted(desk.cast.seat, square(117.0, 31.0, SIDE))["cases"] == (1, 1)
    assert "cases" not in counted(desk.cast.data_officer, whole)
    look = Look(desk.cast.seat, NOW, versions.read())
    shares = count(look, read_polygon(square(117.0 + SIDE / 2, 31.0, SIDE))).areas
    assert [round(one.share, 3) for one in shares] == [0.5, 0.5]


def test_the_past_is_counted_as_it_was(desk: Desk) -> None:
    closed = desk.closed(at=NOW - timedelta(days=2))
    desk.reported(at=NOW - timedelta(hours=1))
    void = desk.reported(at=NOW - timedelta(days=1))
    cases.void(desk.cast.supervisor, case=void, seen=None, at=NOW - timedelta(hours=3), reason="test", note="录着玩的")
    folding.build(at=NOW)
    everywhere = square(116.99, 30.99, SIDE * 8 + 0.02)

    def open_at(hours: float) -> tuple[int, int]:
        return counted(desk.cast.seat, everywhere, when=NOW - timedelta(hours=hours))["cases"]

    assert closed.ended_at is not None
    assert open_at(100) == (0, 0)
    assert open_at(48 - 0.05)[0] == 1  # three minutes after its report: in hand
    assert open_at(20)[0] == 1  # the closed one gone, the later void one there
    assert open_at(2)[0] == 0
    assert open_at(0.5)[0] == 1
    assert "staff" not in counted(desk.cast.seat, everywhere, when=NOW - timedelta(hours=2))
