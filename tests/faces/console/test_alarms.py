"""告警 in the console: the board, one alarm, and a rule from its first word to its publishing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

import alarming
from casework import Desk
from lianxin.work.alarms.models import Alarm, AlarmRule, Mute, RuleTrial
from sensing import make_device

from .conftest import SignIn, text_of

MINUTE = timedelta(minutes=1)


def url(name: str, *args: Any) -> str:
    return reverse(f"console:{name}", args=args)


@pytest.fixture
def called(desk: Desk, ago: datetime) -> Alarm:
    """An alarm in grid 111 that 市城管局's device called for."""
    unit = desk.cast.county.units["cgj"].id
    device = make_device("MH-1", at=ago, name="东门井盖", maintaining_unit_id=unit, address="同安路 8 号")
    alarming.make_rule(ago, makes_case=True, case_minutes=30, remind_minutes=10)
    alarming.hear(*alarming.said(device.number, ago, [(0, 3), (60, 42)]), at=ago + 2 * MINUTE)
    return alarming.the_alarm()


def test_the_board_and_acknowledging(desk: Desk, sign_in: SignIn, called: Alarm) -> None:
    seat = sign_in("seat")
    page = text_of(seat.get(url("alarms")))
    assert "1 条等人确认" in page
    assert "东门井盖" in page
    assert "倾角 42°" in page

    shown = text_of(seat.get(url("alarm", called.key)))
    assert "倾角大于 15° → 橙色告警，30 分钟无人确认就立案，每 10 分钟提醒一次，直到有人确认" in shown
    answer = seat.post(url("alarm_acknowledge", called.key), {"note": "已派人", "seen": called.version}, follow=True)
    assert "已确认，不再提醒" in text_of(answer)
    assert "都有人管着" in text_of(seat.get(url("alarms")))
    handler = sign_in("handler")
    assert "东门井盖" in text_of(handler.get(url("alarms")))
    again = handler.post(url("alarm_acknowledge", called.key), {"seen": called.version})
    assert again.status_code == 422
    assert "已经确认过了" in text_of(again)


def test_who_is_elsewhere_sees_nothing_of_it(desk: Desk, sign_in: SignIn, called: Alarm) -> None:
    for name in ("grid_worker_next_door", "handler_next_door"):
        client = sign_in(name)
        assert "东门井盖" not in text_of(client.get(url("alarms")))
        assert client.get(url("alarm", called.key)).status_code == 404
        assert client.post(url("alarm_acknowledge", called.key), {}).status_code == 404
    leader = sign_in("leader")
    assert leader.get(url("alarm", called.key)).status_code == 200
    assert leader.get(url("alarm_dismiss", called.key)).status_code == 403


def test_muting_and_dismissing(desk: Desk, sign_in: SignIn, called: Alarm) -> None:
    seat = sign_in("seat")
    refused = seat.post(url("alarm_mute", called.key), {"hours": "4", "why": ""})
    assert refused.status_code == 422
    seat.post(url("alarm_mute", called.key), {"hours": "4", "why": "管网检修", "only_this": "on"})
    muted = Mute.objects.get()
    assert (muted.fault, muted.why) == ("cover", "管网检修")
    assert "管网检修" in text_of(seat.get(url("alarm", called.key)))
    seat.post(url("alarm_unmute", called.key, muted.key))
    assert Mute.objects.get().lifted_at is not None

    seat.post(url("alarm_dismiss", called.key), {"why": "施工打开"})
    assert Alarm.objects.get().ended_how == "dismissed"
    assert "误报" in text_of(seat.get(url("alarms"), {"show": "past"}))


RULE = {
    "name": "夜里井盖打开", "what": "manhole:is_open", "op": "eq", "level_3": "1", "for_seconds": "30 秒",
    "clear_seconds": "1 分钟", "days_1": "all", "from_1": "22:00", "to_1": "06:00", "fault": "cover",
    "remind_minutes": "10 分钟", "makes_case": "on", "case_level": "3", "steps_down": "on",
}  # fmt: skip


def test_a_rule_is_written_tried_published_changed_and_put_off(desk: Desk, sign_in: SignIn, called: Alarm) -> None:
    admin = sign_in("admin")
    wrong = admin.post(url("alarm_rule_add"), RULE | {"level_3": "7", "fault": "", "remind_minutes": "常常"})
    assert wrong.status_code == 422
    assert "请选报的是什么故障" in text_of(wrong)
    said = text_of(admin.post(url("alarm_rule_preview"), RULE | {"level_3": "7", "within_seconds": "9 天"}))
    assert "合理范围" in said
    assert "时间段：最长 7 天" in said
    told = text_of(admin.post(url("alarm_rule_preview"), RULE))
    assert "井盖打开" in told
    assert "橙色告警，立案，每 10 分钟提醒一次" in told
    assert "每天 22:00 至次日 06:00" in told

    admin.post(url("alarm_rule_add"), RULE)
    rule = AlarmRule.objects.get(name="夜里井盖打开")
    assert (rule.state, rule.live_number) == ("draft", None)
    tried = admin.post(url("alarm_rule_try", rule.key), {"days": "7"}, follow=True)
    assert "7 天里不会告警" in text_of(tried)
    assert RuleTrial.objects.get().rule == rule
    assert "从下一条读数起" in text_of(admin.get(url("alarm_rule_publish", rule.key)))
    admin.post(url("alarm_rule_publish", rule.key), {"sent": "1"})
    rule.refresh_from_db()
    assert (rule.state, rule.live_number, rule.draft) == ("live", 1, None)

    shown = admin.get(url("alarm_rule_edit", rule.key))
    assert 'value="30 秒"' in shown.content.decode()
    admin.post(url("alarm_rule_edit", rule.key), RULE | {"for_seconds": "1 分钟", "seen": rule.version})
    assert "有改动没启用" in text_of(admin.get(url("alarm_rules")))
    assert admin.post(url("alarm_rule_publish", rule.key), {"why": ""}).status_code == 422
    admin.post(url("alarm_rule_publish", rule.key), {"why": "太灵了"})
    page = text_of(admin.get(url("alarm_rule", rule.key)))
    assert "第 2 版" in page
    assert "太灵了" in page
    admin.post(url("alarm_rule_off", rule.key), {"why": "换设备"})
    admin.post(url("alarm_rule_on", rule.key))
    rule.refresh_from_db()
    assert rule.state == "live"
    stale = admin.post(url("alarm_rule_edit", rule.key), RULE | {"seen": 1, "name": "别的"})
    assert "刚改过这条规则" in text_of(stale)


def test_only_those_who_write_rules_may_change_them(desk: Desk, sign_in: SignIn, called: Alarm) -> None:
    rule = AlarmRule.objects.get()
    clerk = sign_in("community_clerk")
    assert rule.name in text_of(clerk.get(url("alarm_rules")))
    assert clerk.get(url("alarm_rule", rule.key)).status_code == 200
    assert clerk.post(url("alarm_rule_off", rule.key), {"why": "不要"}).status_code == 403
    assert clerk.post(url("alarm_rule_add"), RULE).status_code == 403
