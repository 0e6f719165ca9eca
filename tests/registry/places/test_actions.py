"""Places are registered, amended and ended by who serves there, and contradictions are refused in plain words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework import GRID_111, NOW
from cast import Cast
from factories import County, make_staff
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Role
from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed, Refused, Stale
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.journal.models import Entry
from lianxin.registry.places import actions as places
from lianxin.registry.places.actions import BuildingIn, DwellingIn, EstablishmentIn, EstateIn, Layout
from lianxin.registry.places.codes import is_place_code
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate
from lianxin.registry.places.telling import FIELDS
from lianxin.registry.sources.models import Revision
from lianxin.registry.sources.recording import unsealed

OUTSIDE = Point(100.0, 20.0)
CREDIT = "91350100M000100Y43"


@pytest.fixture
def worker(county: County) -> Actor:
    """Who may edit places in grid 111 only."""
    Role.objects.create(
        code="surveyor", label="采集员", scope="area", permissions=["places.view", "places.edit"], sort=90
    )
    return make_staff("caiji", "蔡集", "surveyor", area=county.grid(111))


@pytest.fixture
def estate(county: County) -> Estate:
    return places.register_estate(SYSTEM, told=EstateIn(name="和平小区", point=GRID_111), at=NOW)


@pytest.fixture
def building(estate: Estate) -> Building:
    told = BuildingIn(name="3幢", estate_id=estate.pk, floors=6, entrances=["1", "2"])
    return places.register_building(SYSTEM, told=told, at=NOW)


def test_an_estate_gets_its_place_its_code_and_what_it_is_found_by(worker: Actor, county: County) -> None:
    told = EstateIn(name="  和平小区 ", other_names=["老和平", "老和平"], point=GRID_111, built_year=2001)

    made = places.register_estate(worker, told=told, at=NOW)

    made.refresh_from_db()
    assert (made.grid_id, made.community_id) == (county.grid(111).id, county.community(11).id)
    assert is_place_code(made.code)
    assert made.code.startswith("E340881")
    assert (made.name, made.initials, made.other_names) == ("和平小区", "hpxq", ["老和平"])
    assert Estate.objects.filter(words__has_words="老和平").exists()
    assert Entry.objects.get(subject_kind="estate", subject_id=made.pk).action == "create"
    assert Revision.objects.get(subject="estate", subject_id=made.pk).actor_id == worker.account_id


def test_a_building_comes_with_all_its_dwellings(estate: Estate, worker: Actor) -> None:
    layout = Layout(entrances=("1", "2", "3"), floors=6, rooms=2)

    building = places.register_building(worker, told=BuildingIn(name="5幢", estate_id=estate.pk), layout=layout, at=NOW)

    flats = building.dwellings.order_by("pk")
    assert flats.count() == 36
    assert (building.number, building.floors, building.entrances) == (5, 6, ["1", "2", "3"])
    assert flats[0].address == "龙眠街道东苑社区和平小区5幢1单元101室"
    assert flats[0].grid_id == estate.grid_id
    assert len({flat.code for flat in flats}) == 36
    assert all(is_place_code(flat.code) for flat in flats)
    assert Revision.objects.filter(subject="dwelling", act="create").count() == 36
    assert places.make_dwellings(worker, building=building, layout=layout, at=NOW) == []


def test_a_new_name_of_an_estate_goes_into_every_address(estate: Estate, building: Building) -> None:
    places.make_dwellings(SYSTEM, building=building, layout=Layout(("1",), 6, 2), at=NOW)
    told = replace(EstateIn.of(estate), name="和平花园")

    changed = places.amend_estate(SYSTEM, estate=estate, seen=1, told=told, at=NOW)

    building.refresh_from_db()
    assert changed.version == 2
    assert building.address == "龙眠街道东苑社区和平花园3幢"
    assert building.dwellings.get(number="302").address == "龙眠街道东苑社区和平花园3幢1单元302室"
    assert Building.objects.filter(words__has_words="和平花园").count() == 1
    revision = Revision.objects.get(subject="estate", version=2)
    assert revision.fields == ["name"]
    column = Revision.objects.filter(pk=revision.pk).extra(select={"raw": "before"}).values_list("raw", flat=True)[0]
    assert unsealed(bytes(column)) == {"name": "和平小区"}


def test_amending_without_a_difference_leaves_no_trace(estate: Estate) -> None:
    same = places.amend_estate(SYSTEM, estate=estate, seen=1, told=EstateIn.of(estate), at=NOW)

    assert same.version == 1
    assert Revision.objects.filter(subject="estate").count() == 1


def test_who_serves_elsewhere_may_not(worker: Actor, county: County) -> None:
    next_door = Point(GRID_111.lon + 0.02, GRID_111.lat)

    with pytest.raises(NotAllowed):
        places.register_estate(worker, told=EstateIn(name="隔壁小区", point=next_door), at=NOW)
    with pytest.raises(NotAllowed):
        places.register_estate(worker, told=EstateIn(name="外区", area_id=county.community(11).id), at=NOW)


def test_who_saw_an_older_version_is_told(estate: Estate) -> None:
    places.set_committee(SYSTEM, estate=estate, seen=1, committee="preparatory", at=NOW)

    with pytest.raises(Stale) as stale:
        places.set_committee(SYSTEM, estate=estate, seen=1, committee="elected", at=NOW)

    assert stale.value.changes == ["系统：修改 业委会状态"]


CONTRADICTIONS: dict[str, tuple[type[LianxinError], str, Any]] = {
    "outside": (Refused, "不在本地范围", lambda e, b: places.register_estate(
        SYSTEM, told=EstateIn(name="天边小区", point=OUTSIDE), at=NOW)),
    "nowhere": (Invalid, "点选位置", lambda e, b: places.register_estate(SYSTEM, told=EstateIn(name="某处"), at=NOW)),
    "no name": (Invalid, "请填写小区", lambda e, b: places.register_estate(
        SYSTEM, told=EstateIn(name=" ", point=GRID_111), at=NOW)),
    "estate twice": (Refused, "已有“和平小区”", lambda e, b: places.register_estate(
        SYSTEM, told=EstateIn(name="和平小区", point=GRID_111), at=NOW)),
    "building twice, in other words": (Refused, "已登记“3幢”", lambda e, b: places.register_building(
        SYSTEM, told=BuildingIn(name="三栋", estate_id=e.pk), at=NOW)),
    "above the top floor": (Refused, "地上 6 层，没有 8 层", lambda e, b: places.register_dwelling(
        SYSTEM, told=DwellingIn(building_id=b.pk, entrance="1", number="801", floor=8), at=NOW)),
    "below the deepest": (Refused, "没有地下 1 层", lambda e, b: places.register_dwelling(
        SYSTEM, told=DwellingIn(building_id=b.pk, number="车库1", floor=-1), at=NOW)),
    "no such entrance": (Refused, "没有 9 单元", lambda e, b: places.register_dwelling(
        SYSTEM, told=DwellingIn(building_id=b.pk, entrance="9", number="101"), at=NOW)),
    "wrong credit code": (Invalid, "统一社会信用代码不正确", lambda e, b: places.register_establishment(
        SYSTEM, told=EstablishmentIn(kind="shop", name="老王小吃", credit_code=CREDIT[:-1] + "4", building_id=b.pk),
        at=NOW)),
    "a kind that is not": (Invalid, "列表", lambda e, b: places.register_establishment(
        SYSTEM, told=EstablishmentIn(kind="casino", name="某处", building_id=b.pk), at=NOW)),
    "no property company": (Invalid, "物业公司", lambda e, b: places.register_estate(
        SYSTEM, told=EstateIn(name="新小区", point=GRID_111, property_company_id=10**9), at=NOW)),
    "an estate with buildings ends": (Refused, "还有 1 栋楼", lambda e, b: places.end_estate(
        SYSTEM, estate=e, seen=1, reason="拆迁", at=NOW)),
    "too many flats": (Invalid, "一次可生成", lambda e, b: places.make_dwellings(
        SYSTEM, building=b, layout=Layout(("1",), 6, 900), at=NOW)),
}  # fmt: skip


@pytest.mark.parametrize("what", list(CONTRADICTIONS))
def test_what_contradicts_is_refused_and_changes_nothing(what: str, estate: Estate, building: Building) -> None:
    kind, words, act = CONTRADICTIONS[what]
    before = [model.objects.count() for model in (Estate, Building, Dwelling, Establishment, Revision)]

    with pytest.raises(kind, match=words):
        act(estate, building)

    assert [model.objects.count() for model in (Estate, Building, Dwelling, Establishment, Revision)] == before


def test_the_floor_is_read_from_the_number(building: Building) -> None:
    flat = places.register_dwelling(
        SYSTEM, told=DwellingIn(building_id=building.pk, entrance="2单元", number="302室"), at=NOW
    )

    assert (flat.entrance, flat.number, flat.floor) == ("2", "302", 3)
    with pytest.raises(Refused, match="2单元302室已经登记过"):
        places.register_dwelling(SYSTEM, told=DwellingIn(building_id=building.pk, entrance="2", number="302"), at=NOW)


def test_a_building_cannot_lose_the_floor_somebody_lives_on(building: Building) -> None:
    places.register_dwelling(SYSTEM, told=DwellingIn(building_id=building.pk, entrance="1", number="602"), at=NOW)

    with pytest.raises(Refused, match="6 层还有在册房屋"):
        places.amend_building(
            SYSTEM, building=building, seen=1, told=replace(BuildingIn.of(building), floors=5), at=NOW
        )


def test_an_establishment_lies_where_its_room_is_and_its_code_is_its_own(estate: Estate, building: Building) -> None:
    shop = EstablishmentIn(
        kind="shop", name="老王小吃", credit_code=" 91350100m000100y43", building_id=building.pk, contact="王师傅",
        contact_phone="19900001234",
    )  # fmt: skip

    made = places.register_establishment(SYSTEM, told=shop, at=NOW)

    made.refresh_from_db()
    assert (made.credit_code, made.grid_id, made.estate_id) == (CREDIT, building.grid_id, estate.pk)
    assert made.contact_phone == "19900001234"
    assert made.address == building.address
    with pytest.raises(Refused, match="已登记在“老王小吃”名下"):
        places.register_establishment(SYSTEM, told=replace(shop, name="老李小吃"), at=NOW)
    places.end_establishment(SYSTEM, establishment=made, seen=1, reason="停业", at=NOW + timedelta(days=1))
    assert places.register_establishment(SYSTEM, told=replace(shop, name="老李小吃"), at=NOW).pk != made.pk


def test_what_has_ended_is_not_amended(building: Building) -> None:
    flat = places.register_dwelling(SYSTEM, told=DwellingIn(building_id=building.pk, number="101"), at=NOW)
    places.end_building(SYSTEM, building=building, seen=1, reason="拆除", at=NOW)

    flat.refresh_from_db()
    assert flat.valid_to == NOW
    with pytest.raises(Refused, match="已经注销"):
        places.confirm_dwelling(SYSTEM, dwelling=flat, at=NOW)


def test_confirming_says_who_and_when(building: Building, cast: Cast) -> None:
    flat = places.register_dwelling(SYSTEM, told=DwellingIn(building_id=building.pk, number="101"), at=NOW)

    seen = places.confirm_dwelling(SYSTEM, dwelling=flat, use="let", at=NOW)

    assert (seen.use, seen.confirmed_at, seen.version) == ("let", NOW, 2)
    assert Entry.objects.filter(subject_kind="dwelling", subject_id=flat.pk, action="confirm").exists()


def test_every_field_that_can_change_has_a_word() -> None:
    from dataclasses import fields

    told = {each.name for kind in (EstateIn, BuildingIn, DwellingIn, EstablishmentIn) for each in fields(kind)}

    assert told <= set(FIELDS)
