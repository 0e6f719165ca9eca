"""Stations: hours as people write them, open now, near, who keeps them, and following areas."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework import GRID_111, GRID_112, GRID_222, NOW, OUTSIDE
from cast import Cast
from factories import SIDE
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, NotFound, Refused
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.stations import actions as stations
from lianxin.work.stations import queries, rehoming, rules
from lianxin.work.stations.models import Station
from lianxin.work.stations.rules import Wanted

pytestmark = pytest.mark.django_db
HOURS = {"1": [["08:30", "12:00"], ["14:00", "17:30"]], "6": [["00:00", "24:00"]]}


def opened(cast: Cast, **more: Any) -> Station:
    told: dict[str, Any] = {
        "kind": "zero_distance", "name": "东苑驿站", "address": "菜场对面", "point": GRID_111, "hours": HOURS,
    }  # fmt: skip
    return stations.open_station(cast.community_clerk, key=uuid4(), wanted=Wanted(**(told | more)), at=NOW)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("8:30-12:00 14:00-17:30", [["08:30", "12:00"], ["14:00", "17:30"]]),
        ("14:00—17:30，8：30至12：00", [["08:30", "12:00"], ["14:00", "17:30"]]),
        ("全天", [["00:00", "24:00"]]),
        ("", []),
        ("休息", []),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, read: list[list[str]]) -> None:
    assert rules.read_hours(text) == read


@pytest.mark.parametrize("text", ["九点到五点", "12:00-8:00", "8:00-25:00", "8:00-12:00 11:00-13:00"])
def test_hours_nobody_can_keep_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="。"):
        rules.read_hours(text)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of the week that begins on Monday 2026-11-23."""
    return datetime(2026, 11, 22 + day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("when", "is_open", "said"),
    [
        (at(1, 8, 29), False, "没开，08:30 开门"),
        (at(1, 8, 30), True, "开着，12:00 关门"),
        (at(1, 12), False, "没开，14:00 开门"),
        (at(1, 18), False, "没开，周六 00:00 开门"),
        (at(5, 12), False, "没开，明天 00:00 开门"),
        (at(6, 23, 59), True, "全天开着"),
        (at(7, 9), False, "没开，明天 08:30 开门"),
    ],
)
def test_open_now_says_when_that_changes(cast: Cast, when: datetime, is_open: bool, said: str) -> None:
    assert rules.open_now(opened(cast), when) == rules.Open(is_open, said)


def test_shut_for_a_while_says_until_when_and_why(cast: Cast) -> None:
    station = opened(cast)
    stations.pause(cast.community_clerk, station=station, until=at(3, 0).date(), reason="装修", at=NOW)
    station.refresh_from_db()
    assert rules.open_now(station, at(1, 9)) == rules.Open(False, "11月25日前不开（装修）")
    assert rules.open_now(station, at(8, 9)).is_open


def test_a_week_is_said_in_few_lines(cast: Cast) -> None:
    assert rules.say_hours({str(day): [["09:00", "17:00"]] for day in range(1, 6)}) == [
        ("周一至周五", "09:00–17:00"),
        ("周六至周日", "休息"),
    ]


def test_the_nearest_comes_first_and_what_is_closed_is_gone(cast: Cast) -> None:
    near = opened(cast)
    far = opened(cast, name="东苑二站", point=GRID_112)
    found = queries.near(NOW, point=GRID_111)
    assert [each.station.name for each in found] == ["东苑驿站", "东苑二站"]
    assert found[0].metres == 0
    assert found[1].metres == pytest.approx(1909, abs=15)
    assert queries.near(NOW, point=GRID_111, kind="library") == []

    stations.close(cast.community_clerk, station=near, reason="搬走了", at=NOW)

    assert [each.station for each in queries.near(NOW, point=GRID_111)] == [far]
    assert queries.public_station(near.key) is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "castle"}, "kind"),
        ({"name": "东"}, "name"),
        ({"address": ""}, "address"),
        ({"phone": "找小王"}, "phone"),
        ({"point": OUTSIDE}, "point"),
        ({"point": None}, "area"),
        ({"offers": ("水",) * 17}, "offers"),
    ],
)
def test_what_is_wrong_stands_at_its_field(cast: Cast, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as told:
        opened(cast, **more)
    assert list(told.value.fields) == [field]


@pytest.mark.parametrize(
    ("who", "error"),
    [("street_seat", None), ("grid_worker", NotFound), ("handler", NotFound), ("leader", NotFound)],
)
def test_only_who_keeps_stations_there_changes_them(cast: Cast, who: str, error: type[LianxinError] | None) -> None:
    station = opened(cast)
    if error is None:
        stations.close(getattr(cast, who), station=station, reason="搬走了", at=NOW)
        return
    with pytest.raises(error):
        stations.close(getattr(cast, who), station=station, reason="搬走了", at=NOW)


def test_nobody_opens_one_outside_their_area_or_twice_by_one_name(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        opened(cast, point=GRID_222)
    opened(cast)
    with pytest.raises(Refused):
        opened(cast, point=Point(GRID_111.lon + SIDE / 10, GRID_111.lat))
    assert Station.objects.count() == 1


def test_the_same_form_sent_twice_opens_one(cast: Cast) -> None:
    key, wanted = uuid4(), Wanted("window", "便民点", "路口", point=GRID_111)
    made = [stations.open_station(cast.community_clerk, key=key, wanted=wanted, at=NOW) for _ in range(2)]
    assert made[0].pk == made[1].pk


def test_stations_lie_where_their_point_does_after_areas_ended(cast: Cast) -> None:
    station = opened(cast)
    Station.objects.filter(pk=station.pk).update(area_id=cast.county.grid(222).id, grid_id=cast.county.grid(222).id)
    ended = frozenset({cast.county.grid(222).id})
    assert rehoming.waiting(ended) == 1

    rehoming.rehome(at=NOW + timedelta(hours=1), ended_area_ids=ended)

    station.refresh_from_db()
    assert station.grid_id == cast.county.grid(111).id
    assert rehoming.waiting(ended) == 0
