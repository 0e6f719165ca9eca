"""Two administrators plan the same grid at the same moment, on real connections: one is told."""

from datetime import UTC, datetime

import pytest

from factories import SIDE, give_post, make_account, make_county, square
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import actions
from lianxin.foundation.areas.actions import Node
from lianxin.foundation.areas.models import Area, Redivision
from lianxin.foundation.areas.redivision import Successor
from lianxin.kernel.errors import Refused
from racing import at_once

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
LON, LAT = 117.0, 31.0
pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_plans_for_a_grid_is_refused() -> None:
    county = make_county()
    give_post(make_account("one"), "admin", area=county.city)
    grid = Area.objects.get(pk=county.grid(111).id)

    def plan(share: float) -> Redivision:
        line = LON + SIDE * share
        west = Successor(grid.code, "第一网格", square(LON, LAT, line, LAT + SIDE), 200)
        east = Successor("34088100100109", "第九网格", square(line, LAT, LON + SIDE, LAT + SIDE), 200)
        return actions.plan_redivision(
            SYSTEM, kind="split", old=[grid], successors=[west, east], effective_at=AT, reason="批复", at=AT
        )

    told = at_once(lambda: plan(0.3), lambda: plan(0.5), lambda: plan(0.7))

    assert Redivision.objects.count() == 1
    refused = [one for one in told if isinstance(one, Refused)]
    assert [one.rule for one in refused] == ["area_in_plan"] * 2
    actions.apply_due_redivisions(SYSTEM, at=AT)
    assert Area.objects.filter(valid_to=None, code__in=(grid.code, "34088100100109")).count() == 2


def test_two_new_areas_cannot_take_the_same_ground() -> None:
    make_county()
    Area.objects.filter(code="34088100100102").update(valid_to=datetime(2026, 6, 1, tzinfo=UTC))
    ground = square(LON + SIDE, LAT, LON + 2 * SIDE, LAT + SIDE)

    def add(code: str) -> Area:
        node = Node(code, "新网格", "grid", "grid", "340881001001", "", ground, 300)
        return actions.create_area(SYSTEM, node=node, at=AT)

    told = at_once(lambda: add("34088100100103"), lambda: add("34088100100104"))

    assert [one.rule for one in told if isinstance(one, Refused)] == ["area_overlap"]
    assert Area.objects.filter(code__in=("34088100100103", "34088100100104"), valid_to=None).count() == 1
