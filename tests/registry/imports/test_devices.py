"""A table of devices as its maker writes it: read, mended, let in, spoken, taken back."""

from datetime import timedelta

import pytest

import sensing
from casework import NOW
from cast import Cast
from importing import Desk
from lianxin.registry.sensors.models import Device, Stream
from standing_on import make_component

pytestmark = pytest.mark.django_db

HEAD = "DevEUI,设备名称,设备类型,标识码,接入平台,产权单位,X,Y,采集间隔"
ROWS = (
    "mh-0001,市场门口,智能井盖,,,市城管局,117.005,31.005,1800",
    "MH-0002,,manhole,{component},,,,,",
    "MH-0003,没有地方,智能井盖,,,,,,",
    "MH-0004,不认识的类型,井盖报警器,,,,117.005,31.005,",
    "3.40881E+19,被改坏的,智能井盖,,,,117.005,31.005,",
    "MH-0005,在外地,智能井盖,,,,120.1,30.2,",
    "MH-0001,同一个,智能井盖,,,,117.005,31.005,",
    "WL-0001,桥下水位,水位计,,water,,117.006,31.006,",
)


def test_a_table_comes_in_with_its_faults_named_and_goes_back(cast: Cast) -> None:
    sensing.make_system("water", at=NOW)
    unit = cast.county.units["paishui"].id
    cover = make_component(sensing.HERE, at=NOW, address="同安路 8 号", maintaining_unit_id=unit)
    desk = Desk(cast.data_officer, at=NOW)
    content = "\n".join((HEAD, *ROWS)).format(component=cover.number).encode()

    run = desk.check(desk.bring("devices", content, "设备台账.csv"))

    assert desk.verdicts(run) == {
        2: "new", 3: "new", 4: "wrong", 5: "wrong", 6: "wrong", 7: "wrong", 8: "wrong", 9: "new",
    }  # fmt: skip
    assert "智能井盖" in [remedy.label[3:-1] for remedy in desk.problems(run, 5)[0].remedies]
    desk.let_in(run)

    first, stands = Device.objects.get(number="MH-0001"), Device.objects.get(number="MH-0002")
    assert (first.expected_every, first.grid_id, first.name) == (1800, cast.county.grid(111).id, "市场门口")
    assert (stands.component_id, stands.maintaining_unit_id, stands.address) == (cover.pk, unit, "同安路 8 号")
    assert Stream.objects.filter(device=stands).count() == 5
    # What came in by a table speaks like any other.
    assert len(sensing.store(sensing.say("MH-0001", NOW, tilt=3), at=NOW + timedelta(seconds=1)).fresh) == 1

    desk.take_back(run)  # the one that spoke stays
    assert [one.number for one in Device.objects.all()] == ["MH-0001"]
