"""What the profile lets each level do: settle on the spot, file, whistle, close; and how near two reports are alike."""

from datetime import timedelta
from typing import Any

import pytest

from casework import GRID_111, MINUTE, NOW, Desk, configure, show
from lianxin.kernel.errors import Refused
from lianxin.kernel.geometry.points import Point
from lianxin.work.cases import actions as cases
from lianxin.work.cases.queries import similar
from lianxin.work.cases.settings import flow_settings_now, parse

NEAR_BY = Point(GRID_111.lon + 0.0004, GRID_111.lat)  # some 38 m


def refused(rule: str) -> Any:
    """Expect a refusal by this rule."""
    return pytest.raises(Refused, check=lambda error: error.rule == rule)


def test_only_levels_that_close_close(desk: Desk) -> None:
    case = desk.verified()
    configure(close_levels=["city"])
    with refused("level"):
        cases.close(desk.cast.street_seat, case=case, seen=None, at=NOW + 6 * MINUTE)
    configure(close_levels=["street"])
    with refused("level"):
        cases.close(desk.cast.seat, case=case, seen=None, at=NOW + 6 * MINUTE)
    assert cases.close(desk.cast.street_seat, case=case, seen=None, at=NOW + 6 * MINUTE).stage == "closed"


def test_only_levels_that_whistle_whistle(desk: Desk) -> None:
    case, units = desk.filed(), [desk.unit("cgj").unit_id]
    configure(whistle_levels=["community", "street"])
    told: Any = {"case": case, "seen": None, "at": NOW + 3 * MINUTE, "note": "请到现场", "units": units}
    with refused("level"):
        cases.whistle(desk.cast.seat, **told)
    assert cases.whistle(desk.cast.street_seat, **told).whistles == 1


def test_only_levels_that_settle_on_the_spot_do(desk: Desk) -> None:
    case, pk = desk.reported(), desk.categories["010101"].pk
    show(case, "before_near", "after_near")
    configure(spot_levels=["community"])
    told: Any = {"case": case, "seen": None, "at": NOW + MINUTE, "note": "捡走了", "category_id": pk}
    with refused("level"):
        cases.resolve_on_spot(desk.cast.grid_worker, **told)
    configure(spot_levels=["grid"])
    assert cases.resolve_on_spot(desk.cast.grid_worker, **told).stage != "reported"


def test_a_level_that_does_not_file_is_not_offered_to(desk: Desk) -> None:
    case = desk.reported()
    configure(file_levels=["street"])
    with refused("level"):
        cases.file(desk.cast.seat, case=case, seen=None, at=NOW + MINUTE, filing=desk.filing())


def test_the_profile_says_how_near_and_how_soon_two_reports_are_alike(desk: Desk) -> None:
    first = desk.reported(text="小区门口的路灯坏了三天，晚上看不清路。")

    def found(**lines: int) -> list[int]:
        """Look for reports like one of quite other words, near by, an hour later."""
        settings = parse(lines)
        alike = similar(point=NEAR_BY, text="窨井盖翻了", at=NOW + timedelta(hours=1), settings=settings)
        return [each.case.pk for each in alike]

    assert found() == [first.pk]
    assert found(similar_metres=30) == []
    assert found(similar_hours=0) == []
    configure(similar_metres=30)
    assert flow_settings_now().similar_metres == 30
