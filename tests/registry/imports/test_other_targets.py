"""Dwellings, establishments and areas brought in, seen to be the same, changed and taken back."""

import json
from datetime import UTC, datetime, timedelta

import pytest

import factories
from cast import Cast
from importing import Desk
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.registry.places import actions as places
from lianxin.registry.places.inputs import EstateIn
from lianxin.registry.places.models import Building, Dwelling, Establishment

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 2, tzinfo=UTC)


@pytest.fixture
def clerk(cast: Cast) -> Desk:
    places.register_estate(SYSTEM, told=EstateIn(name="和平小区", area_id=cast.county.grid(111).id), at=AT)
    return Desk(cast.community_clerk, at=AT + timedelta(hours=1), area_id=cast.county.community(11).id)


@pytest.fixture
def admin(cast: Cast) -> Desk:
    return Desk(cast.admin, at=AT)


def test_dwellings(clerk: Desk) -> None:
    table = "小区,楼栋,单元,房号,房屋用途,面积\n和平小区,3幢,1,301,出租,98.5㎡\n和平小区,3幢,1,302,自住,\n"
    table += "和平小区,3幢,1,302,空置,\n"
    run = clerk.check(clerk.bring("places", table.encode(), "房屋.csv"))
    assert clerk.verdicts(run) == {2: "new", 3: "new", 4: "wrong"}
    run = clerk.let_in(run)
    first = Dwelling.objects.get(number="301")
    assert (first.use, str(first.square_metres), first.floor) == ("let", "98.50", 3)

    again = table.replace("出租", "空置").replace("\n和平小区,3幢,1,302,空置,\n", "\n")
    second = clerk.check(clerk.bring("places", again.encode(), "房屋.csv"))
    assert (second.counts["change"], second.counts["same"]) == (1, 1)
    second = clerk.let_in(second)
    clerk.take_back(second)
    first.refresh_from_db()
    assert first.use == "let"

    run.refresh_from_db()
    # One was worked on since, by the second table and its undoing: it stays, and its building with it.
    run = clerk.take_back(run)
    assert (Dwelling.objects.count(), Building.objects.count(), run.counts["kept"]) == (1, 1, 1)


def test_establishments(clerk: Desk) -> None:
    table = (
        "企业名称,社会信用代码,类型,经营者,电话,小区,楼栋,房号\n"
        "和平便利店,91110000802100433B,个体户,王芳,13812341234,和平小区,3幢,101\n"
        "和平幼儿园,911100001011005739,幼儿园,,,和平小区,4幢,1\n"
        "无名小店,,,,,,,\n"
    )
    run = clerk.check(clerk.bring("establishments", table.encode("gbk"), "单位.csv"))
    assert clerk.verdicts(run) == {2: "new", 3: "wrong", 4: "wrong"}
    clerk.press(run, 3, "form")
    clerk.press(run, 4, "missing", label="填“个体商铺”")
    run = clerk.let_in(run)

    shop = Establishment.objects.get(name="和平便利店")
    assert (shop.kind, shop.contact_phone, shop.address) == ("shop", "13812341234", "龙眠街道东苑社区和平小区3幢101室")
    assert Establishment.objects.count() == 3
    again = clerk.check(clerk.bring("establishments", table.encode("gbk"), "单位.csv"))
    assert clerk.verdicts(again)[2] == "same"
    changed = table.replace("王芳", "王方").replace("和平便利店", "和平超市")
    later = clerk.let_in(clerk.check(clerk.bring("establishments", changed.encode(), "单位.csv")))
    shop.refresh_from_db()
    assert (shop.name, shop.contact) == ("和平超市", "王方")
    clerk.take_back(later)
    shop.refresh_from_db()
    assert (shop.name, shop.contact) == ("和平便利店", "王芳")


def test_divisions_by_code(admin: Desk) -> None:
    table = "区划代码,名称,城乡分类\n340881003,孔城镇,121\n340881003200,晴岚村村民委员会,220\n"
    table += "340882003201,别处村,220\n340881,桐城市,\n"
    run = admin.check(admin.bring("areas", table.encode(), "区划.csv"))
    assert admin.verdicts(run) == {2: "new", 3: "new", 4: "new", 5: "same"}
    run = admin.let_in(run)

    village = Area.objects.get(code="340881003200")
    assert (village.full_name, village.role) == ("桐城市孔城镇晴岚村村民委员会", "community")
    assert village.path == f"{Area.objects.get(code='340881').pk}.{Area.objects.get(code='340881003').pk}.{village.pk}."
    assert (
        areas.atlas(AT + timedelta(days=1)).by_code["340881003200"].street_id == Area.objects.get(code="340881003").pk
    )
    assert admin.verdicts(admin.check(admin.bring("areas", table.encode(), "区划.csv")))[3] == "same"
    admin.take_back(run)
    assert not Area.objects.filter(code__startswith="340881003").exists()


def test_grids_with_borders_from_geojson(admin: Desk) -> None:
    bowtie = {"type": "Polygon", "coordinates": [[[117, 31], [117.01, 31.01], [117.01, 31], [117, 31.01], [117, 31]]]}
    shapes = [
        ("34088100100103", "第三网格", factories.square(117, 31, 117.01, 31.01)),
        ("34088100100104", "第四网格", bowtie),
    ]
    content = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"网格编码": code, "网格名称": name, "户数": 420}, "geometry": shape}
            for code, name, shape in shapes
        ],
    }
    run = admin.bring("areas", json.dumps(content, ensure_ascii=False).encode(), "网格.geojson")
    run = admin.check(run)
    assert admin.verdicts(run) == {1: "new", 2: "wrong"}
    assert [problem.code for problem in admin.problems(run, 2)] == ["geometry"]
    admin.press(run, 2, "geometry")
    admin.let_in(run)

    grid = Area.objects.get(code="34088100100103")
    assert (grid.role, grid.households, grid.full_name) == ("grid", 420, "桐城市龙眠街道东苑社区第三网格")
    assert grid.boundary is not None
    assert grid.center is not None
    assert areas.atlas(AT + timedelta(days=1)).by_code["34088100100103"].community_id == grid.community_id
    assert Area.objects.get(code="34088100100104").boundary is None
