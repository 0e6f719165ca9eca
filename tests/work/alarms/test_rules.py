"""What a rule may say, and the sentence for each thing that is wrong with it; rules of profiles; the past."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from alarming import TILT, WATER, change_rule, hear, make_rule, said, the_alarm
from casework import NOW
from cast import Cast
from factories import County
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas.models import Area
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotAllowed, Refused, Stale
from lianxin.operations.profiles.reader import read
from lianxin.registry.sensors.models import Device
from lianxin.work.alarms import actions as alarms
from lianxin.work.alarms import loading, rehoming, rules, ticking, wording
from lianxin.work.alarms.knowing import known
from lianxin.work.alarms.models import Alarm, AlarmRule, RuleEdition
from sensing import make_device

MINUTE = timedelta(minutes=1)
PROFILES = Path(__file__).resolve().parents[3] / "profiles"


@pytest.mark.parametrize(
    ("field", "wrong", "says"),
    [
        ("name", {"name": " "}, "名称"),
        ("device_kind", {"device_kind": "robot"}, "设备类型"),
        ("area", {"area": "999"}, "区域"),
        ("devices", {"devices": [str(uuid4())]}, "找不到"),
        ("fault", {"fault": "boredom"}, "故障"),
        ("measure", {"measure": "level"}, "指标"),
        ("op", {"op": "roughly"}, "条件"),
        ("steps", {"steps": []}, "至少填一个"),
        ("steps", {"steps": [{"level": 9, "value": 3}]}, "只有蓝、黄、橙、红"),
        ("steps", {"steps": [{"level": 2, "value": 20}, {"level": 3, "value": 10}]}, "级别越高"),
        ("steps", {"steps": [{"level": 2, "value": 20}, {"level": 2, "value": 30}]}, "同一级别"),
        ("steps", {"steps": [{"level": 2, "value": 400}]}, "合理范围"),
        ("steps", {"steps": [{"level": 2, "value": "nan"}]}, "请填数字"),
        ("slack", {"slack": -1}, "回差"),
        ("slack", {"op": "eq", "slack": 2}, "没有回差"),
        ("for_seconds", {"for_seconds": 1.5}, "整数"),
        ("clear_seconds", {"clear_seconds": 10**7}, "最长 7 天"),
        ("times", {"times": 3, "for_seconds": 10, "within_seconds": 60}, "两样只填一样"),
        ("times", {"times": 1, "within_seconds": 60}, "2 至 20"),
        ("within_seconds", {"times": 3}, "多少秒以内"),
        ("within_seconds", {"op": "change"}, "多少秒以内"),
        ("for_seconds", {"op": "silent", "for_seconds": 5}, "失联"),
        ("windows", {"windows": [{"days": [], "from": "22:00", "to": "06:00"}]}, "哪几天"),
        ("windows", {"windows": [{"days": [1], "from": "late", "to": "06:00"}]}, "几点"),
        ("remind_minutes", {"remind_minutes": 1}, "至少 5 分钟"),
        ("category", {"makes_case": True, "category": "77"}, "分类"),
        ("case_level", {"makes_case": True, "case_level": 4}, "到不了红色"),
        ("text", {"text": "{device} {phone}"}, "没有“{phone}”这一项"),
        ("text", {"text": "打 13800138000"}, "不要写电话"),
    ],
)
def test_each_fault_of_a_rule_has_its_sentence(county: County, field: str, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check(TILT | wrong, known(NOW))

    assert says in refused.value.fields[field]
    assert rules.check(TILT, known(NOW)).name == "井盖倾斜"


def test_a_rule_is_said_in_one_sentence(county: County) -> None:
    tilt = rules.check(TILT | {"for_seconds": 30, "slack": 3, "clear_seconds": 60, "makes_case": True}, known(NOW))
    water = rules.check(WATER | {"remind_minutes": 30, "makes_case": True, "case_level": 3}, known(NOW))
    quiet = rules.check(
        TILT | {"op": "silent", "measure": "*", "for_seconds": 7200, "steps": [{"level": 1}]}, known(NOW)
    )

    assert wording.sentence(tilt) == "倾角大于 15° 持续 30 秒 → 橙色告警，立案"
    assert wording.recovery(tilt) == "回落到 12°并保持 1 分钟才算恢复"
    assert wording.sentence(water).endswith("不小于 5 m 红色，到橙色立案，每 30 分钟提醒一次，直到有人确认")
    assert wording.sentence(quiet) == "2 小时没有数据 → 蓝色告警"
    assert wording.awake([{"days": "workday", "from": "22:00", "to": "06:00"}]) == "工作日 22:00 至次日 06:00"


def test_who_may_write_rules_and_what_each_change_leaves(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        alarms.draft_rule(cast.community_clerk, key=uuid4(), content=TILT, at=NOW)
    key = uuid4()
    rule = alarms.draft_rule(cast.admin, key=key, content=TILT, at=NOW)
    assert alarms.draft_rule(cast.admin, key=key, content=WATER, at=NOW).pk == rule.pk
    rule = alarms.publish(cast.admin, rule=rule, at=NOW)
    with pytest.raises(Refused, match="没有改动"):
        alarms.publish(cast.admin, rule=rule, at=NOW)
    with pytest.raises(Stale):
        alarms.write_draft(cast.seat, rule=rule, content=TILT | {"slack": 1}, seen=1, at=NOW)
    rule = change_rule(rule, NOW + MINUTE, slack=1)
    rule = alarms.switch_off(cast.admin, rule=rule, why="换设备", at=NOW + 2 * MINUTE)
    with pytest.raises(Refused):
        alarms.switch_off(cast.admin, rule=rule, why="换设备", at=NOW + 2 * MINUTE)

    editions = RuleEdition.objects.filter(rule=rule).order_by("number").values_list("number", "content__slack")
    assert list(editions) == [(1, 0.0), (2, 1.0)]
    assert (
        alarms.discard(cast.admin, rule=alarms.draft_rule(cast.admin, key=uuid4(), content=WATER, at=NOW), at=NOW)
        is None
    )


@pytest.mark.parametrize("place", ["tongcheng", "zuoyun"])
def test_rules_of_a_profile_are_loaded_once_and_leave_what_people_changed(county: County, place: str) -> None:
    told = [{**each, "category": ""} for each in read(PROFILES / place).alarm_rules]
    first = loading.load(told, at=NOW)
    assert len(first.added) == len(told) > 10
    assert loading.load(told, at=NOW).added == []

    mine, theirs = (AlarmRule.objects.get(code=code) for code in ("cover_tilt", "smoke"))
    change_rule(mine, NOW + MINUTE, slack=5)
    newer = [{**each, "slack": 2.5} if each["code"] in {"cover_tilt", "smoke"} else each for each in told]
    assert loading.load(newer, at=NOW + 2 * MINUTE).changed == ["smoke"]
    assert rules.read(theirs.editions.latest("number").content).slack == 2.5
    back = {each["code"]: rules.read(each) for each in loading.written()}
    assert back["cover_tilt"].slack == 5
    assert set(back) == {each["code"] for each in told}


def test_a_trial_says_what_would_have_been_and_changes_nothing(county: County) -> None:
    for number in ("MH-1", "MH-2"):
        make_device(number, at=NOW - timedelta(days=2))
    begin = NOW - timedelta(hours=5)
    # A flap of ten seconds, an hour that counts, and a device that never tilts.
    hear(*said("MH-1", begin, [(0, 2), (60, 30), (70, 2), (600, 40), (4200, 3), (9000, 3)]), at=NOW)
    hear(*said("MH-2", begin, [(0, 2), (9000, 4)]), at=NOW)
    rule = alarms.draft_rule(SYSTEM, key=uuid4(), content=TILT | {"for_seconds": 30, "makes_case": True}, at=NOW)

    told = alarms.try_rule(SYSTEM, key=uuid4(), rule=rule, days=7, at=NOW).result

    assert (told["alarms"], told["calling"], told["devices"], told["cases"], told["damped"]) == (1, 1, 2, 1, 1)
    assert told["longest"] == 4200 - 630
    assert told["episodes"][0]["peak"] == 40
    assert not Alarm.objects.exists()
    with pytest.raises(Invalid):
        alarms.try_rule(SYSTEM, key=uuid4(), rule=rule, days=90, at=NOW)


def test_silence_of_devices_that_never_spoke_and_of_one_measure(county: County) -> None:
    make_device("MH-1", at=NOW)
    make_device("MH-2", at=NOW)
    make_rule(NOW, op="silent", measure="tilt", for_seconds=600, steps=[{"level": 1}], fault="silent")
    hear(*said("MH-2", NOW, [(500, 0)], "is_open"), at=NOW + 9 * MINUTE)

    assert ticking.find_silent(at=NOW + 9 * MINUTE) == 0
    assert ticking.find_silent(at=NOW + 11 * MINUTE) == 2  # it speaks, but not of its tilt
    hear(*said("MH-2", NOW, [(700, 1)]), at=NOW + 12 * MINUTE)

    assert the_alarm(ended_at=None).device.number == "MH-1"


def test_open_alarms_lie_where_their_devices_do(county: County) -> None:
    device = make_device("MH-1", at=NOW - MINUTE)
    make_rule(NOW)
    hear(*said("MH-1", NOW, [(0, 40)]), at=NOW + MINUTE)
    other = county.grid(112)
    Area.objects.filter(pk=device.grid_id or 0).update(valid_to=NOW + MINUTE)
    versions.bump("areas")
    assert rehoming.waiting(frozenset({device.grid_id or 0})) == 1

    Device.objects.filter(pk=device.pk).update(area_id=other.id, grid_id=other.id)
    assert rehoming.align() == 1

    assert the_alarm().grid_id == other.id
    assert rehoming.waiting(frozenset({device.grid_id or 0})) == 0
