"""Addresses in all the ways people write them come to the same elements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.registry.places.addresses import Elements, compose, figure_in, floor_of, parse

FLAT = Elements(name="和平小区", building="3", entrance="2", room="302")


@pytest.mark.parametrize(
    "text",
    [
        "和平小区3幢2单元302室",
        "和平小区3栋2单元302",
        "和平小区3号楼2单元302室",
        "和平小区3-2-302",
        "和平小区三栋二单元302",
        "和平小区三幢二单元三〇二室",
        "和平小区３＃２－３０２",
        "和平小区3#楼2单元302",
        "和平小区 3 幢 2 单元 302 室",
        "和平小区3—2—302",
        "和平小区3座2单元302房",
        "和平小区3楼2单元302室",
        "和平小区3幢2-302",
        "桐城市和平小区3栋2单元302号",
        "安徽省桐城市和平小区3栋2单元302室",
    ],
)
def test_a_flat_is_the_same_however_written(text: str) -> None:
    assert parse(text) == FLAT


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("文昌街道和平社区和平路15号", Elements(street="文昌街道", community="和平社区", road="和平路", door="15号")),
        ("和平路15号院3栋302", Elements(road="和平路", door="15号院", building="3", room="302")),
        ("和平路十五号", Elements(road="和平路", door="15号")),
        ("唐湾镇陈庄村3组15号", Elements(street="唐湾镇", community="陈庄村", group="3", door="15号")),
        ("唐湾镇陈庄村第三村民组", Elements(street="唐湾镇", community="陈庄村", group="3")),
        ("陈庄村老屋组2排", Elements(community="陈庄村", group="老屋", building="2")),
        ("和平新村12幢", Elements(name="和平新村", building="12")),
        ("和平路阳光花园B座1203", Elements(road="和平路", name="阳光花园", building="B", room="1203")),
        ("老街小区3-302", Elements(name="老街小区", building="3", room="302")),
        ("八一路3号", Elements(road="八一路", door="3号")),
        ("一号公馆3幢", Elements(name="一号公馆", building="3")),
        ("阳光花园3幢地下1层", Elements(name="阳光花园", building="3", floor=-1)),
        ("阳光花园3幢5层", Elements(name="阳光花园", building="3", floor=5)),
        ("阳光花园10幢1单元5楼502室", Elements(name="阳光花园", building="10", entrance="1", floor=5, room="502")),
        ("文昌街道办事处", Elements(street="文昌街道")),
        ("和平小区", Elements(name="和平小区")),
        ("农贸市场", Elements(name="农贸市场")),
        ("3幢", Elements(building="3")),
        ("302室", Elements(room="302")),
        ("", Elements()),
    ],
)
def test_other_writings(text: str, elements: Elements) -> None:
    assert parse(text) == elements


NAMES = st.sampled_from(["", "和平小区", "阳光花园", "和平新村", "锦绣华庭", "文苑公寓", "一号公馆"])
ROADS = st.sampled_from(["", "和平路", "文昌大道", "老街", "石榴巷"])
NUMBERS = st.integers(1, 99).map(str)


@st.composite
def written(draw: st.DrawFn) -> Elements:
    """Draw an address as registers hold it."""
    road = draw(ROADS)
    return Elements(
        street=draw(st.sampled_from(["", "文昌街道", "唐湾镇", "龙眠乡"])),
        community=draw(st.sampled_from(["", "和平社区", "陈庄村"])),
        road=road,
        door=f"{draw(NUMBERS)}号" if road else "",
        name=draw(NAMES),
        building=draw(st.one_of(NUMBERS, st.sampled_from("ABC"))),
        entrance=draw(st.one_of(st.just(""), st.integers(1, 9).map(str))),
        room=draw(st.integers(1, 32).map(lambda floor: f"{floor}02")),
    )


@given(written())
def test_what_we_write_we_read_again(elements: Elements) -> None:
    assert parse(compose(elements)) == elements


@given(
    written(), st.sampled_from(["幢", "栋", "号楼", "#", "座"]), st.sampled_from(["室", "", "号", "房"]), st.booleans()
)
def test_habits_of_writing_change_nothing(elements: Elements, suffix: str, end: str, wide: bool) -> None:
    text = compose(elements).replace("幢", suffix)
    text = text.removesuffix("室") + end
    if wide:
        text = "".join(chr(ord(char) + 0xFEE0) if char.isdigit() or char in "#-" else char for char in text)

    assert parse(text) == elements


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    assert isinstance(compose(parse(text)), str)


def test_floors_and_figures() -> None:
    assert [floor_of(room) for room in ("302", "1203", "12", "A302", "10302", "002")] == [3, 12, None, None, None, None]
    assert [figure_in(name) for name in ("3幢", "三栋", "12号楼", "A座", "15号")] == [3, 3, 12, None, 15]
