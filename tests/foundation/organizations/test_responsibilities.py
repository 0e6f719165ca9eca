"""Who answers for what, where: the most specific row wins, and the list's faults are told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cast import Cast
from factories import BEGIN, County, duty_rows, unit_rows
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import actions, queries
from lianxin.foundation.organizations.actions import DutyRow, UnitRow
from lianxin.foundation.organizations.models import Responsibility, Unit
from lianxin.foundation.organizations.queries import Ruling
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotAllowed, Refused

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


def rule(category: str, area: AreaNode, level: str = "city", at: datetime = AT) -> Ruling:
    """Return who answers; there must be somebody."""
    found = queries.responsible(category, area, level, at=at)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("category", "level", "lead", "number"),
    [
        ("010203", "city", "cgj", "1"),
        ("0201", "city", "zjj", "2"),
        ("020301", "city", "paishui", "3"),  # the longer category wins
        ("09", "city", "centre", "5"),  # what nobody else has
        ("0104", "street", "street1", "6"),  # the street itself, found by kind
        ("0105", "community", "community11", "7"),
        ("0104", "community", "wuye", "8"),  # the deeper area wins over the kind
    ],
)
def test_the_most_specific_row_leads(county: County, category: str, level: str, lead: str, number: str) -> None:
    ruling = rule(category, county.grid(111), level)

    assert (ruling.lead_unit.code, ruling.number) == (lead, number)
    assert number in ruling.why


def test_a_row_for_one_community_says_nothing_elsewhere(county: County) -> None:
    assert rule("0104", county.grid(121), "community").lead_unit.code == "community12"


def test_assists_and_words_come_with_the_ruling(county: County) -> None:
    ruling = rule("0201", county.grid(111))

    assert [unit.short_name for unit in ruling.assists] == ["排水所"]
    assert ruling.why == "权责清单第 2 条：全域的分类 02由市住建局牵头。"
    assert rule("01", county.grid(111)).basis == "《城市市容和环境卫生管理条例》"


def test_category_beats_area(county: County) -> None:
    actions.add_responsibility(SYSTEM, row=DutyRow("20", "02", "city", area="34088100100101", lead="cgj"), at=BEGIN)

    assert rule("0203", county.grid(111)).number == "3"
    assert rule("0201", county.grid(111)).number == "20"


def test_a_unit_that_has_ended_steps_back_behind_the_next(county: County) -> None:
    Unit.objects.filter(code="wuye").update(valid_to=AT)
    versions.bump("organizations")

    assert rule("0104", county.grid(111), "community").lead_unit.code == "community11"
    assert rule("0104", county.grid(111), "community", at=AT - timedelta(days=1)).lead_unit.code == "wuye"


def test_nobody_is_named_at_a_level_without_rows(county: County) -> None:
    assert queries.responsible("01", county.grid(111), "grid", at=AT) is None


def test_gaps_and_contradictions_are_listed(county: County) -> None:
    actions.add_responsibility(SYSTEM, row=DutyRow("21", "01", "city", lead="zjj"), at=BEGIN)
    areas = [county.street(1), county.street(2)]

    gaps, conflicts = queries.gaps_and_conflicts(["01", "02"], areas, levels=["city"], at=AT)
    assert gaps == []
    assert [(found.category, found.area.name, found.numbers) for found in conflicts] == [
        ("01", "龙眠街道", ("1", "21")),
        ("01", "文昌街道", ("1", "21")),
    ]
    assert rule("01", county.grid(111)).contradicted_by == ("21",)

    gaps, _conflicts = queries.gaps_and_conflicts(["01"], areas[:1], levels=["grid"], at=AT)
    assert [(gap.category, gap.area.name) for gap in gaps] == [("01", "龙眠街道")]


def test_asking_costs_nothing_while_nothing_changes(county: County, django_assert_num_queries) -> None:
    numbers = versions.read()
    queries.responsible("01", county.grid(111), "city", at=AT, numbers=numbers)

    with django_assert_num_queries(0):
        queries.responsible("02", county.grid(112), "city", at=AT, numbers=numbers)
        queries.descendants(county.units["zjj"].id, numbers)


def test_the_list_loads_again_without_harm_and_keeps_its_history(county: County) -> None:
    assert actions.load_responsibilities(SYSTEM, duty_rows(), at=AT).unchanged == [str(n) for n in range(1, 9)]

    rows = [DutyRow("1", "01", "city", lead="zjj"), *duty_rows()[1:7]]
    loaded = actions.load_responsibilities(SYSTEM, rows, at=AT, replace=True)

    assert (loaded.changed, loaded.ended) == (["1"], ["8"])
    assert rule("01", county.grid(111), at=AT).lead_unit.code == "zjj"
    assert rule("01", county.grid(111), at=AT - timedelta(seconds=1)).lead_unit.code == "cgj"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (DutyRow("30", "01", "city", lead="nobody"), "lead"),
        (DutyRow("30", "01", "city", lead="cgj", assists=("nobody",)), "lead"),
        (DutyRow("30", "01", "city", lead="cgj", area="999"), "area"),
        (DutyRow("30", "01", "city"), "lead_kind"),
        (DutyRow("30", "01", "city", lead="cgj", lead_kind="department"), "lead_kind"),
    ],
)
def test_rows_that_make_no_sense_are_refused(county: County, row: DutyRow, field: str) -> None:
    count = Responsibility.objects.count()

    with pytest.raises(Invalid) as told:
        actions.load_responsibilities(SYSTEM, [DutyRow("29", "01", "city", lead="cgj"), row], at=AT)

    assert list(told.value.fields) == [field]
    assert Responsibility.objects.count() == count


def test_a_row_ends_once(cast: Cast) -> None:
    row = Responsibility.objects.get(number="8")
    actions.end_responsibility(cast.admin, row=row, reason="物业退出", at=AT)

    assert rule("0104", cast.county.grid(111), "community").lead_unit.code == "community11"
    with pytest.raises(Refused):
        actions.end_responsibility(cast.admin, row=row, reason="", at=AT)
    with pytest.raises(Refused):
        actions.add_responsibility(cast.admin, row=DutyRow("1", "01", "city", lead="cgj"), at=AT)


def test_units_load_again_without_harm(county: County) -> None:
    assert len(actions.load_units(SYSTEM, unit_rows(), at=AT).unchanged) == len(unit_rows())

    changed: Any = [UnitRow("paishui", "桐城市排水管理中心", "department", "city", "排水中心", "cgj", "340881")]
    assert actions.load_units(SYSTEM, changed, at=AT).changed == ["paishui"]

    directory = queries.directory()
    assert directory.by_code["paishui"].path_ids == (county.units["cgj"].id, county.units["paishui"].id)
    assert queries.descendants(county.units["zjj"].id) == {county.units["zjj"].id}


def test_the_tree_of_units_comes_in_order(county: County) -> None:
    names = [(unit.depth, unit.short_name) for unit in queries.unit_tree(AT)]

    position = names.index((1, "市住建局"))
    assert names[position + 1] == (2, "排水所")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (UnitRow("new", "新局", "department", "city", parent="none"), "parent"),
        (UnitRow("new", "新局", "department", "city", area="999"), "area"),
    ],
)
def test_units_that_hang_in_the_air_are_refused(county: County, row: UnitRow, field: str) -> None:
    with pytest.raises(Invalid) as told:
        actions.load_units(SYSTEM, [row], at=AT)
    assert list(told.value.fields) == [field]


def test_a_unit_ends_only_when_nothing_rests_on_it(cast: Cast) -> None:
    units = {unit.code: unit for unit in Unit.objects.all()}
    with pytest.raises(Refused) as told:
        actions.end_unit(cast.admin, unit=units["zjj"], reason="机构改革", at=AT)
    assert told.value.rule == "unit_has_children"
    with pytest.raises(Refused) as told:
        actions.end_unit(cast.admin, unit=units["paishui"], reason="机构改革", at=AT)
    assert told.value.rule == "unit_leads"

    actions.end_responsibility(cast.admin, row=Responsibility.objects.get(number="8"), reason="", at=AT)
    actions.end_unit(cast.admin, unit=units["wuye"], reason="退出", at=AT)
    assert "wuye" not in [unit.code for unit in queries.unit_tree(AT)]


def test_who_may_not_manage_units_is_told_so(cast: Cast) -> None:
    unit = Unit.objects.get(code="cgj")
    for actor in (cast.handler, cast.seat, cast.resident):
        with pytest.raises(NotAllowed):
            actions.rename_unit(actor, unit=unit, name="别名", short_name="", reason="", at=AT)
    assert actions.rename_unit(cast.admin, unit=unit, name="城管执法局", short_name="", reason="更名", at=AT).short_name
