"""Components follow a redivision: those in the grid that was split, in one batch with one journal entry each."""

from datetime import UTC, datetime

import factories
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import actions as areas
from lianxin.foundation.areas import following
from lianxin.foundation.areas.models import Area
from lianxin.foundation.areas.redivision import Successor
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.journal.models import Entry
from lianxin.registry.components import actions as components
from lianxin.registry.components import rehoming
from lianxin.registry.components.models import Component
from lianxin.registry.places.rehoming import ended_areas
from standing_on import make_component

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
WEST, EAST, BESIDE = Point(117.005, 31.01), Point(117.015, 31.01), Point(117.03, 31.01)


def split(cast) -> frozenset[int]:
    """Split grid 111 into a west that keeps its code and an east; return what ended."""
    old, side = Area.objects.get(pk=cast.county.grid(111).id), factories.SIDE
    halves = [
        Successor(old.code, "第一网格", factories.square(117.0, 31.0, 117.0 + side / 2, 31.0 + side), 400),
        Successor(
            "34088100100109", "第九网格", factories.square(117.0 + side / 2, 31.0, 117.0 + side, 31.0 + side), 400
        ),
    ]
    areas.plan_redivision(
        SYSTEM, kind="split", old=[old], successors=halves, effective_at=NOW, reason="桐政办〔2026〕31号", at=NOW
    )
    areas.apply_due_redivisions(SYSTEM, at=NOW)
    return ended_areas(at=NOW)


def grid(code: str) -> int:
    return Area.objects.get(code=code, valid_to=None).pk


def test_they_go_where_their_points_now_lie_and_keep_their_numbers(cast):
    west, east, beside = (make_component(spot) for spot in (WEST, EAST, BESIDE))
    gone = make_component(EAST)
    components.end(SYSTEM, component=gone, seen=1, reason="拆除", at=NOW)
    numbers = dict(Component.objects.values_list("pk", "number"))
    ended = split(cast)

    assert following.left(ended)["个部件"] == 2
    assert [rehoming.rehome(at=NOW, ended_area_ids=ended, limit=1) for _round in range(3)] == [1, 1, 0]

    assert dict(Component.objects.values_list("pk", "grid_id")) == {
        west.pk: grid("34088100100101"), east.pk: grid("34088100100109"), beside.pk: cast.county.grid(112).id,
        gone.pk: gone.grid_id,
    }  # fmt: skip
    assert dict(Component.objects.values_list("pk", "number")) == numbers
    assert "个部件" not in following.left(ended)
    assert Entry.objects.filter(subject_kind="component", action="rehome").count() == 2
    east.refresh_from_db()
    assert (east.version, east.community_id) == (2, cast.county.community(11).id)


def test_who_serves_there_now_sees_it_and_who_looked_before_is_told(cast):
    lamp = make_component(EAST)
    rehoming.rehome(at=NOW, ended_area_ids=split(cast))
    # The grid worker's post went to the part that kept the code.
    assert not Component.objects.visible_to(cast.grid_worker).filter(pk=lamp.pk).exists()
    assert Component.objects.visible_to(cast.community_clerk).get().pk == lamp.pk
