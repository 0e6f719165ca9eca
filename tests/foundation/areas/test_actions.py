"""Areas come in by whole trees, again and again without harm."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cast import Cast
from factories import SIDE, County, area_nodes, make_staff, square
from lianxin.foundation.accounts import queries as account_queries
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.models import Role
from lianxin.foundation.areas import actions, following, queries, rules
from lianxin.foundation.areas.actions import Node
from lianxin.foundation.areas.models import Area
from lianxin.kernel import versions
from lianxin.kernel.configuration import actions as configuration
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, Refused, Stale
from lianxin.kernel.geometry.polygons import to_geojson
from lianxin.kernel.journal.listening import consumers, follow
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.journal.relay import relay_batch

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


def test_the_same_tree_again_changes_nothing(county: County) -> None:
    before, entries = versions.read()["areas"], Entry.objects.count()

    loaded = actions.load_tree(SYSTEM, area_nodes(), at=AT)

    assert len(loaded.unchanged) == 15
    assert [*loaded.created, *loaded.changed, *loaded.refused] == []
    assert versions.read()["areas"] == before
    assert Entry.objects.count() == entries


def test_all_that_follows_from_the_tree_is_worked_out(county: County) -> None:
    grid = Area.objects.get(code=county.grid(111).code)

    assert grid.path == "".join(f"{pk}." for pk in county.grid(111).path_ids)
    assert grid.full_name == "桐城市龙眠街道东苑社区第一网格"
    assert grid.center == pytest.approx((117.0 + SIDE / 2, 31.0 + SIDE / 2))
    assert grid.square_metres == pytest.approx(1911 * 2217, rel=0.005)  # 0.02° by 0.02° at 31° N


def test_a_new_name_reaches_everything_below(county: County) -> None:
    nodes = [replace(node, name="龙眠街办") if node.code == "340881001" else node for node in area_nodes()]

    assert actions.load_tree(SYSTEM, nodes, at=AT).changed == ["340881001"]

    found = queries.node(county.grid(111).id)
    assert found is not None
    assert found.full_name == "桐城市龙眠街办东苑社区第一网格"


def test_borders_and_parents_change_by_redivision_only(county: County) -> None:
    nodes = {node.code: node for node in area_nodes()}
    moved = replace(nodes["34088100100101"], parent="340881001002")
    redrawn = replace(nodes["34088100100102"], boundary=square(117.02, 31.0, 117.05, 31.02))

    loaded = actions.load_tree(SYSTEM, [moved, redrawn], at=AT)

    assert loaded.refused == ["34088100100101", "34088100100102"]
    assert queries.locate(117.045, 31.01, AT).code == county.grid(211).code  # type: ignore[union-attr]


def test_a_dry_run_tells_and_does_nothing(county: County) -> None:
    new = Node("34088100100103", "第三网格", "grid", "grid", "340881001001")

    assert actions.load_tree(SYSTEM, [new], at=AT, dry_run=True).created == [new.code]
    assert not Area.objects.filter(code=new.code).exists()


def test_children_may_come_before_parents(db: None) -> None:
    actions.load_tree(SYSTEM, reversed(area_nodes()), at=AT)

    assert queries.locate(117.01, 31.01, AT).depth == 4  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"parent": "999"}, "parent"),
        ({"parent": "34088100100103"}, "parent"),
        ({"role": "planet"}, "role"),
        ({"boundary": {"type": "Point", "coordinates": [1, 2]}}, "boundary"),
        ({"boundary": square(200, 0, 201, 1)}, "boundary"),
        ({"boundary": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}}, "boundary"),
    ],
)
def test_trees_that_do_not_hold_are_refused_whole(county: County, changes: Any, field: str) -> None:
    new = Node("34088100100103", "第三网格", "grid", "grid", "340881001001")

    with pytest.raises(Invalid) as told:
        actions.load_tree(SYSTEM, [replace(new, **changes)], at=AT)

    assert list(told.value.fields) == [field]
    assert not Area.objects.filter(code=new.code).exists()


def test_one_area_is_added_and_amended(cast: Cast) -> None:
    new = actions.create_area(
        cast.admin, node=Node("34088100100103", "第三网格", "grid", "grid", "340881001001"), at=AT
    )
    with pytest.raises(Refused):
        actions.create_area(cast.admin, node=Node(new.code, "又一个", "grid", "grid", "340881001001"), at=AT)

    amended = actions.amend_area(cast.admin, area=new, seen=1, name="第三网格（新）", households=320, at=AT)
    assert (amended.version, amended.full_name[-8:]) == (2, amended.full_name[-8:])
    assert queries.node(new.pk).full_name.endswith("东苑社区第三网格（新）")  # type: ignore[union-attr]
    with pytest.raises(Stale):
        actions.amend_area(cast.admin, area=new, seen=1, name="旧页面", households=1, at=AT)


@pytest.mark.parametrize("who", ["grid_worker", "street_seat", "resident", "auditor"])
def test_who_does_not_manage_areas_is_told_so(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed, match="管理区域"):
        actions.load_tree(getattr(cast, who), area_nodes(), at=AT)


def test_grids_outside_the_profiles_range_are_listed(county: County) -> None:
    assert queries.household_check(AT) == []

    kinds = [{"key": "urban", "households_min": 410, "households_max": 500}]
    configuration.put("grid_kinds", kinds, at=AT)
    remarks = queries.household_check(AT)

    assert [remark.area.code for remark in remarks] == sorted(remark.area.code for remark in remarks)
    assert len(remarks) == 8
    assert (remarks[0].low, remarks[0].high) == (410, 500)


def test_two_of_one_code_are_refused(db: None) -> None:
    with pytest.raises(LianxinError, match="出现了两次"):
        actions.load_tree(SYSTEM, [*area_nodes(), area_nodes()[0]], at=AT)


def test_who_manages_one_street_grows_its_tree_and_no_other(cast: Cast) -> None:
    Role.objects.create(code="street_areas", label="街道区划员", scope="area", permissions=["areas.manage"])
    manager = make_staff("quhua", "区画", "street_areas", area=cast.county.street(1))

    made = actions.create_area(manager, node=Node("34088100100103", "三", "grid", "grid", "340881001001"), at=AT)
    assert made.community_id == cast.county.community(11).id
    with pytest.raises(NotAllowed):
        actions.create_area(manager, node=Node("34088100200103", "三", "grid", "grid", "340881002001"), at=AT)
    with pytest.raises(NotAllowed):
        actions.load_tree(manager, [Node("999", "自立为市", "city", "city")], at=AT)


def third(boundary: Any, code: str = "34088100100103") -> Node:
    """Return a third grid of community 11."""
    return Node(code, "第三网格", "grid", "grid", "340881001001", "", boundary, 300)


@pytest.mark.parametrize(
    ("boundary", "rule"),
    [
        (square(117.01, 31.0, 117.03, 31.02), "area_overlap"),
        (square(117.0, 31.02, 117.02, 31.04), "area_outside"),
    ],
)
def test_a_new_area_may_not_lie_on_others_ground(county: County, boundary: Any, rule: str) -> None:
    with pytest.raises(Refused) as told:
        actions.create_area(SYSTEM, node=third(boundary), at=AT)

    assert told.value.rule == rule
    assert not Area.objects.filter(code="34088100100103").exists()


def test_what_was_drawn_too_wide_is_fitted(county: County) -> None:
    Area.objects.filter(code="34088100100102").delete()
    frame, left = rules.outline(square(117.0, 31.0, 117.04, 31.02)), rules.outline(square(117.0, 31.0, 117.02, 31.02))
    wide = rules.outline(square(117.01, 30.99, 117.05, 31.03))
    assert frame is not None
    assert left is not None
    assert wide is not None

    fitted = rules.fitted(wide, frame, [left])

    assert fitted is not None
    assert fitted.bounds == pytest.approx((117.02, 31.0, 117.04, 31.02))
    assert rules.fitted(left, frame, [left]) is None
    assert actions.create_area(SYSTEM, node=third(to_geojson(fitted)), at=AT).square_metres


def test_an_area_that_nothing_follows_ends(cast: Cast) -> None:
    county, grid = cast.county, Area.objects.get(pk=cast.county.grid(111).id)
    actions.end_area(cast.admin, area=grid, seen=1, reason="设错了", at=AT)
    relay_batch()
    for name in ("organizations", "accounts"):
        while follow(consumers[name], at=AT):
            pass

    assert queries.atlas(AT).locate(117.01, 31.01) == queries.atlas(AT).by_id[county.community(11).id]
    assert queries.locate(117.01, 31.01, AT - timedelta(seconds=1)) == queries.node(grid.pk)
    assert following.left({grid.pk}) == {}
    worker = account_queries.actor_of(cast.grid_worker.account_id or 0, at=AT)
    assert worker is None or not worker.may("cases.check")


@pytest.mark.parametrize(
    ("code", "changes", "rule"),
    [
        ("340881", {}, "area_root"),
        ("340881001001", {}, "area_has_children"),
        ("34088100100101", {"seen": 3}, "stale"),
        ("34088100100101", {"reason": " "}, "invalid"),
    ],
)
def test_what_may_not_end_goes_on(county: County, code: str, changes: Any, rule: str) -> None:
    area = Area.objects.get(code=code)

    with pytest.raises(LianxinError) as told:
        actions.end_area(SYSTEM, area=area, at=AT, **{"seen": 1, "reason": "设错了"} | changes)

    assert told.value.code == rule
    assert Area.objects.get(code=code).valid_to is None
