"""Tables of cameras as registers of public security name their columns: read, mended, let in, taken back."""

import csv
import io
from datetime import timedelta

import pytest

import filming
from cast import Cast
from filming import NOW, number
from importing import Desk
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.registry.cameras import actions, exporting
from lianxin.registry.cameras.actions.registering import told_of
from lianxin.registry.cameras.models import Camera
from lianxin.registry.imports.targets.cameras import fields
from lianxin.registry.sources.models import Revision

pytestmark = pytest.mark.django_db

HEAD = "国标编码,设备名称,行政区划,经度,纬度,安装位置,监视方位,焦距(mm),监控距离,权属单位,接入平台,摄像机类型,是否在线"
ROWS = (
    f"{number(1)},同安路口东,340881,117.01,31.01,同安路口信号灯杆,东,,80米,市交警大队,交警视频平台,枪机,是",
    f"{number(2)},龙眠广场,340881,117.011,31.012,广场西北角,西北,4,50,市交警大队,jiaojing,快球,离线",
    "3.40881E+19,被改坏的,340881,117.01,31.01,,,,,市交警大队,,,",
    "34088100001180000004,其实是录像机,340881,117.01,31.01,,,,,市交警大队,,,",
    f"{number(5)},反了,340881,31.01,117.01,,南,60,,市交警大队,,,",
    f"{number(6)},不认识的平台,340882,117.01,31.01,,南,,,市交警大队,省平台,,",
    f"{number(7)},没有单位,340881,117.01,31.01,,,,,水务集团,,,",
    f"{number(1)},同一个,340881,117.01,31.01,,,,,市交警大队,,,",
)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    filming.platform(cast)
    return Desk(cast.data_officer, at=NOW)


def table(*rows: str) -> bytes:
    return "\n".join((HEAD, *rows)).encode()


def test_a_register_comes_in_with_its_faults_named_and_goes_back(desk: Desk) -> None:
    run = desk.bring("cameras", table(*ROWS), "视频台账.csv")
    mapping = desk.mapping(run)
    assert set(mapping) == {
        "number", "name", "division", "lon", "lat", "address", "bearing", "focal", "reach", "owner", "platform", "kind",
        "state",
    }  # fmt: skip
    run = desk.check(run)
    assert desk.verdicts(run) == {
        2: "new", 3: "new", 4: "wrong", 5: "wrong", 6: "wrong", 7: "wrong", 8: "wrong", 9: "wrong",
    }  # fmt: skip
    assert "后几位已经丢失" in desk.problems(run, 4)[0].sentence
    assert "第 11–13 位是 118" in desk.problems(run, 5)[0].sentence

    desk.press(run, 6, "outside", label="经度纬度写反了，对调")
    assert desk.verdicts(run)[6] == "new"
    desk.press(run, 7, "unknown", label="先空着")
    assert desk.verdicts(run)[7] == "ask", "the division does not fit the number"
    desk.press(run, 7, "differs")
    assert desk.verdicts(run)[7] == "new"

    run = desk.let_in(run)
    made = Camera.objects.get(number=number(1))
    assert (made.bearing, made.reach_m, made.kind, made.state, made.system) == (90, 80, "fixed", "on", "jiaojing")
    assert Camera.objects.get(number=number(2)).angle == fields.angle_of(4.0)
    assert Camera.objects.count() == 4
    assert Revision.objects.filter(subject="camera", act="create").count() == 4

    again = desk.check(desk.bring("cameras", table(*ROWS[:2]), "再来一次.csv"))
    assert set(desk.verdicts(again).values()) == {"same"}
    assert desk.take_back(run).state == "undone"
    assert not Camera.objects.exists()


def test_what_changed_is_written_and_comes_back_as_it_was(desk: Desk, cast: Cast) -> None:
    camera = filming.camera(cast)
    row = f"{number(1)},同安路口新杆,340881,117.03,31.01,,南,,,市交警大队,,球机,否"
    run = desk.through("cameras", table(row))
    camera.refresh_from_db()
    assert (camera.name, camera.bearing, camera.kind, camera.state) == ("同安路口新杆", 180, "ball", "off")
    assert camera.grid_id == cast.county.grid(112).id
    assert camera.reach_m == 100, "what the table does not say stays"

    desk.take_back(run)
    camera.refresh_from_db()
    assert (camera.name, camera.bearing, camera.kind, camera.point) == ("同安路口1号", 90, "fixed", filming.PLACE)
    assert camera.grid_id == cast.county.grid(111).id


def test_what_was_used_or_amended_since_is_kept(desk: Desk, cast: Cast) -> None:
    run = desk.through("cameras", table(*ROWS[:2]))
    one, two = Camera.objects.order_by("number")
    actions.amend(SYSTEM, camera=one, told=told_of(one, name="手工改过"), at=NOW + timedelta(minutes=1))
    filming.asked(cast, two)

    desk.take_back(run)
    assert set(Camera.objects.values_list("pk", flat=True)) == {one.pk, two.pk}


def test_a_unit_brings_its_own_and_nobody_elses(cast: Cast) -> None:
    filming.platform(cast)
    desk = Desk(cast.handler_next_door, at=NOW)
    foreign = f"{number(9)},城管的,340881,117.01,31.01,,,,,市城管局,,,"
    run = desk.check(desk.bring("cameras", table(ROWS[0], foreign), "a.csv"))

    assert desk.verdicts(run) == {2: "new", 3: "wrong"}
    assert "也不是您单位的" in desk.problems(run, 3)[0].sentence


def test_what_leaves_can_come_back_and_is_the_same(desk: Desk, cast: Cast) -> None:
    filming.camera(cast, 1, height_m=6.5, address="同安路口")
    filming.camera(cast, 2, bearing=None, angle=None, reach_m=None, system="", state="unknown")
    rows = exporting.take_out(cast.admin, found=Camera.objects.all(), purpose="核对台账", at=NOW)
    content = io.StringIO()
    csv.writer(content).writerows(rows)

    run = desk.check(desk.bring("cameras", content.getvalue().encode(), "导出.csv"))
    assert set(desk.verdicts(run).values()) == {"same"}


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("东", 90),
        ("正南", 180),
        ("西北方向", 315),
        ("朝东南", 135),
        ("南东", 135),
        ("270°", 270),
        ("360", 0),
        ("12度", 12),
    ],
)
def test_directions_are_read_as_people_write_them(text: str, degrees: int) -> None:
    assert fields.bearing(text) == degrees
