"""A survey of components comes in, the same again is the same, each fault has its remedy, the whole goes back."""

import json
from datetime import UTC, datetime

import pytest

from importing import Desk
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.geometry.coordinates import from_wgs
from lianxin.kernel.geometry.points import Point
from lianxin.kernel.ids import uuid7
from lianxin.registry.components import actions as components
from lianxin.registry.components import telling
from lianxin.registry.components.models import Component
from lianxin.registry.imports.models import ImportRun

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
HEAD = "标识码,部件名称,大类,小类,主管单位,权属单位,养护单位,所在网格,状态,普查日期,数据来源,经度,纬度\n"
LAMP = "3408810137000007,文昌路 7 号灯,公用设施,路灯,市城管局,,排水所,,完好,2025-06-18,实测,117.01,31.01\n"


@pytest.fixture
def desk(cast, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    components.publish_classes(SYSTEM, [], at=AT)
    return Desk(cast.data_officer, AT)


def _table(*rows: str, head: str = HEAD) -> bytes:
    return (head + "".join(rows)).encode()


def test_a_survey_comes_in_and_the_same_again_is_the_same(desk):
    bare = ",,公用设施,污水井盖,,,排水所,,破损,2025-06-18,RTK,117.0102,31.0101\n"
    run = desk.through("components", _table(LAMP, bare))

    lamp, cover = Component.objects.select_related("category", "maintaining_unit").order_by("-number")
    assert (lamp.number, lamp.name, getattr(lamp.maintaining_unit, "code", "")) == (
        "3408810137000007",
        "文昌路 7 号灯",
        "paishui",
    )
    assert (lamp.grid_id, str(lamp.surveyed_on)) == (lamp.area_id, "2025-06-18")
    assert (cover.number, cover.name, cover.state, cover.surveyed_how) == (
        "3408810102000001", "污水井盖", "damaged", "measured",
    )  # fmt: skip
    assert Component.objects.filter(words__has_words="排水所").count() == 2
    assert telling.history(lamp.pk)[0].who == desk.actor.name

    again = desk.check(desk.bring("components", _table(LAMP, bare), "b.csv"))
    assert again.counts == {"filled": 0, "left_out": 0, "same": 2}
    assert run.counts["new"] == 2
    # The next number of the class lies behind those brought.
    told = components.ComponentIn("0137", Point(117.01, 31.01))
    assert components.register(SYSTEM, key=uuid7(), told=told, at=AT).number == "3408810137000008"


def test_what_live_systems_export_is_read_with_its_own_columns(desk):
    head = "ObjID,ObjName,DeptName1,DeptName2,DeptName3,ObjState,ORDate,CHDate,DataSource,Note,X,Y\n"
    desk.through(
        "components",
        _table(
            "3408810402000001,香樟,市城管局,市城管局,市城管局,损坏,20240301,20250701,航测,树池缺角,117.01,31.01\n",
            head=head,
        ),
    )
    tree = Component.objects.get()
    assert (tree.state, tree.surveyed_how, tree.note, tree.category.name) == ("damaged", "map", "树池缺角", "行道树")
    assert tree.state_since.date().isoformat() == "2025-06-30"  # midnight of 1 July in China


def test_a_layer_brings_its_points_and_another_system_is_turned_into_ours(desk):
    feature = {
        "type": "Feature", "properties": {"小类": "路灯"},
        "geometry": {"type": "LineString", "coordinates": [[117.01, 31.01], [117.012, 31.01]]},
    }  # fmt: skip
    layer = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    desk.let_in(desk.check(desk.bring("components", layer, "a.geojson")))
    assert Component.objects.get().point == pytest.approx((117.011, 31.01))

    lon, lat = from_wgs(117.01, 31.01, "gcj02")
    rows = [f"路灯,{lon},{lat},高德\n", f"污水井盖,{lon},{lat},\n"]  # the system once, in the first row
    desk.through("components", _table(*rows, head="小类,经度,纬度,坐标系\n"), "b.csv")
    for one in Component.objects.order_by("-pk")[:2]:
        assert one.point == pytest.approx((117.01, 31.01), abs=1e-6)


@pytest.mark.parametrize(
    ("column", "written", "code", "remedy"),
    [
        (0, "340881013700001", "form", "先不要标识码，导入时编新的"),
        (0, "3301060137000007", "form", "先不要标识码，导入时编新的"),
        (0, "3408810102000007", "against", "按标识码，是“污水井盖”"),
        (3, "路登", "unknown", "改成“路灯”"),
        (5, "桐城市城市管理", "unknown", "改用“桐城市城市管理局”"),
        (5, "没有的公司", "unknown", "先空着"),
        (8, "还行", "choice", "改成“完好”"),
        (7, "34088100200101", "differs", "以坐标为准"),
        (11, "31.01", "outside", ""),
        (11, "39512345.6", "form", ""),
    ],
)
def test_each_fault_has_its_remedy(desk, column, written, code, remedy):
    cells = LAMP.strip().split(",")
    cells[column] = written
    run = desk.check(desk.bring("components", _table(",".join(cells) + "\n"), "a.csv"))

    assert [one.code for one in desk.problems(run, 2)] == [code]
    if remedy:
        desk.press(run, 2, code, label=remedy)
        assert desk.verdicts(run) == {2: "new"}


def test_longitude_and_latitude_the_wrong_way_round_are_turned_by_one_press(desk):
    row = LAMP.replace("117.01,31.01", "31.01,117.01")
    run = desk.check(desk.bring("components", _table(row), "a.csv"))
    desk.press(run, 2, "outside", label="经度纬度写反了，对调")
    desk.let_in(run)
    assert Component.objects.get().point == (117.01, 31.01)


def test_only_where_one_registers_and_no_row_twice(cast, desk):
    clerk = Desk(cast.community_clerk, AT)
    far = LAMP.replace("000007", "000008").replace("117.01,", "117.05,")
    run = clerk.check(clerk.bring("components", _table(LAMP, LAMP, far), "a.csv"))
    assert clerk.verdicts(run) == {2: "new", 3: "wrong", 4: "wrong"}
    assert [one.code for one in clerk.problems(run, 3)] == ["double"]
    assert "不在您负责的区域" in clerk.problems(run, 4)[0].sentence


def test_an_import_is_taken_back_but_for_what_somebody_has_worked_on(cast, desk):
    cover = "3408810102000001,井盖,公用设施,污水井盖,,,,,完好,,,117.01,31.01\n"
    desk.through("components", _table(LAMP, cover))
    other = LAMP.replace("000007", "000008")
    changed = LAMP.replace("完好", "破损").replace("31.01\n", "31.011\n")
    renamed, third = cover.replace("井盖,公", "大井盖,公"), LAMP.replace("000007", "000009")
    second = desk.through("components", _table(changed, other, third, renamed), "b.csv")
    lamp = Component.objects.get(number="3408810137000007")
    assert (lamp.state, lamp.point, lamp.version) == ("damaged", (117.01, 31.011), 2)
    touched = Component.objects.get(number="3408810137000009")
    components.check(cast.grid_worker, key=uuid7(), component=touched, state="missing", at=AT)

    undone = desk.take_back(second)
    assert (undone.counts["undone"], undone.counts["kept"]) == (3, 1)
    lamp.refresh_from_db()
    assert (lamp.state, lamp.point) == ("intact", (117.01, 31.01))
    assert Component.objects.get(number="3408810102000001").name == "井盖"
    assert list(Component.objects.order_by("number").values_list("number", flat=True)) == [
        "3408810102000001", "3408810137000007", "3408810137000009",
    ]  # fmt: skip


def test_the_whole_list_of_a_class_strikes_off_what_it_does_not_name_and_brings_back(desk):
    cover = "3408810102000001,井盖,公用设施,污水井盖,,,,,完好,,,117.01,31.01\n"
    second = LAMP.replace("000007", "000008")
    desk.through("components", _table(LAMP, second, cover))
    from lianxin.registry.imports import actions, working

    run = desk.check(desk.bring("components", _table(LAMP), "whole.csv"))
    # Nothing is new in it; the whole list alone ends what is left out.
    run = actions.let_in(desk.actor, run=run, at=AT, is_whole=True)
    working.apply(run.pk, run.round, at=AT)

    assert set(Component.objects.now().values_list("number", flat=True)) == {
        "3408810137000007", "3408810102000001",
    }  # fmt: skip
    back = desk.check(desk.bring("components", _table(second), "c.csv"))
    assert desk.verdicts(back) == {2: "ask"}  # an old table brings nothing back by itself
    desk.press(back, 2, "ended", label="恢复它")
    assert ImportRun.objects.get(pk=back.pk).changes == {"back": 1}
    desk.let_in(back)
    assert Component.objects.now().count() == 3
    assert ImportRun.objects.get(pk=run.pk).counts["ended"] == 1
