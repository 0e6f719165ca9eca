"""The made-up register of cameras: exactly so many, the same each time, right numbers, inside the county."""

import pytest
from shapely import contains_xy

from lianxin.operations.demo import viewpoints
from lianxin.operations.demo.county import Geography
from lianxin.operations.demo.geography import make_geography
from lianxin.operations.demo.viewpoints import Owner
from lianxin.operations.profiles.reader import read
from lianxin.registry.cameras import codes

COUNT = 1_309
POLICE, CITY = "公安视频共享平台", "城管视频平台"
OWNERS = {
    "road": Owner("市公安局", POLICE, "00", "5"),
    "traffic": Owner("交管大队", POLICE, "04", "5"),
    "estate": Owner("市公安局", POLICE, "01", "5"),
    "market": Owner("市城市管理局", CITY, "08", "6"),
}


@pytest.fixture(scope="module")
def county() -> Geography:
    return make_geography(read("tongcheng"), 1)


def rows(county: Geography, seed: int = 1) -> list[dict[str, str]]:
    made = viewpoints.rows(county, OWNERS, count=COUNT, seed=seed)
    return [dict(zip(viewpoints.HEAD, row, strict=True)) for row in made]


def test_exactly_so_many_and_the_same_each_time(county: Geography) -> None:
    made = rows(county)

    assert len(made) == COUNT
    assert made == rows(county)
    assert made != rows(county, seed=2)


def test_numbers_are_right_and_stand_once(county: Geography) -> None:
    numbers = [row["国标编码"] for row in rows(county)]

    assert len(set(numbers)) == COUNT
    assert not [number for number in numbers if codes.faults(number)]
    assert {codes.parse(number)[1].words for number in numbers} == {
        "社会治安 · 路面接入", "社会治安 · 社区接入", "交通", "城市管理",
    }  # fmt: skip


def test_most_stand_inside_and_tell_which_way_they_look(county: Geography) -> None:
    made = rows(county)
    whole = county.areas[0].polygon
    inside = [row for row in made if contains_xy(whole, float(row["经度"]), float(row["纬度"]))]

    assert len(inside) == COUNT
    assert 0.9 * COUNT < sum(bool(row["朝向"]) for row in made) < COUNT, "of some nobody wrote it down"
    assert {row["摄像机类型"] for row in made} >= {"固定枪机", "球机", "半球"}
