"""What pages of alarms share: tabs, rows, levels as shape and word, stories and charts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.console.standing import where
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.charts import Chart, Series
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import NotAllowed
from lianxin.kernel.journal.models import Entry
from lianxin.registry.sensors import series
from lianxin.registry.sensors.models import Stream
from lianxin.registry.sensors.settings import practice
from lianxin.work.alarms import queries, rules, wording
from lianxin.work.alarms.actions import demand_on
from lianxin.work.alarms.machine import DOWNWARD, Op
from lianxin.work.alarms.models import Alarm
from lianxin.work.alarms.permissions import RULES, VIEW
from lianxin.work.alarms.rules import Level, Spec
from lianxin.work.alarms.settings import alarm_settings

DOOR = "console:alarms"
HOME = "console:alarm_rules"
# A level is a shape and a word, never a colour alone.
ICONS = {Level.BLUE: "cap-blue", Level.YELLOW: "cap-yellow", Level.ORANGE: "cap-orange", Level.RED: "cap-red"}
TONES = {Level.BLUE: "blue", Level.YELLOW: "yellow", Level.ORANGE: "orange", Level.RED: "red"}
_POINTS = 110


@dataclass(frozen=True, slots=True)
class Badge:
    """A level as it is drawn."""

    level: int
    label: str
    icon: str
    tone: str


def badge(level: int) -> Badge:
    """Return how a level is drawn."""
    known = Level(level)
    return Badge(level, known.label, ICONS[known], TONES[known])


@dataclass(frozen=True, slots=True)
class Line:
    """An alarm as lists show it."""

    alarm: Alarm
    url: str
    badge: Badge
    fault: str
    device: str
    kind: str
    place: str
    said: str
    state: str
    tone: str  # late: nobody has acknowledged it; ok; muted
    case: str
    case_url: str
    lasted: timedelta | None


def lines(asked: Request, alarms: Sequence[Alarm]) -> list[Line]:
    """Return alarms as rows. No statement."""
    return [line(asked, alarm) for alarm in alarms]


def line(asked: Request, alarm: Alarm) -> Line:
    """Return an alarm as a row."""
    known, settings = practice(asked.numbers), alarm_settings(asked.numbers)
    state, tone = state_of(alarm)
    case = alarm.case.number if alarm.case is not None else ""
    end = alarm.cleared_at or alarm.ended_at
    return Line(
        alarm,
        reverse("console:alarm", args=[alarm.key]),
        badge(alarm.level if end is None else alarm.top_level),
        settings.fault(alarm.fault),
        alarm.device.name,
        known.kind(alarm.device_kind).label,
        alarm.device.address or where(asked, alarm.area_id),
        wording.reading(alarm.device_kind, alarm.measure, alarm.value, known)
        if alarm.value is not None
        else _("没有数据"),
        state,
        tone,
        case,
        reverse("console:case", args=[case]) if case and asked.actor.may("cases.view", alarm) else "",
        end - alarm.opened_at if end is not None else None,
    )


def state_of(alarm: Alarm) -> tuple[str, str]:
    """Say where an alarm stands, and in what tone."""
    if alarm.ended_at is not None:
        return str(Alarm.Ended(alarm.ended_how).label), "muted"
    if alarm.cleared_at is not None:
        return _("已恢复，等结案"), "ok"
    if alarm.acknowledged_at is not None:
        return _("%(who)s 已确认") % {"who": alarm.acknowledged_by_label}, "ink"
    return _("还没有人确认"), "warn"


def tabs(asked: Request, current: str) -> list[Tab]:
    """Return the pages of alarms that open to somebody."""
    actor = asked.actor
    places = ((DOOR, _("告警"), actor.may(VIEW)), (HOME, _("规则"), actor.may(VIEW) or actor.may(RULES)))
    found = [Tab(reverse(name), label, current=name == current) for name, label, opens in places if opens]
    return found if len(found) > 1 else []


def may_act(actor: Actor, alarm: Alarm) -> bool:
    """Tell whether the actor may acknowledge an alarm."""
    try:
        demand_on(actor, alarm)
    except NotAllowed:
        return False
    return True


_ACTS = {
    "open": "告警",
    "again": "又报警了",
    "raise": "升级",
    "lower": "降级",
    "clear": "恢复",
    "end": "结束",
    "acknowledge": "确认",
    "mute": "静默",
    "unmute": "取消静默",
    "remind": "提醒",
    "case": "立案",
    "draft": "改草稿",
    "publish": "启用",
    "off": "停用",
    "on": "恢复启用",
    "discard": "放弃草稿",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a story."""

    at: datetime
    title: str
    words: str
    who: str
    tone: str


def story(entries: Iterable[Entry], alarm: Alarm | None = None) -> list[Told]:
    """Return a story in words, in the order given."""
    return [_told(entry, alarm) for entry in entries]


def _told(entry: Entry, alarm: Alarm | None) -> Told:
    facts, act = entry.after, entry.action
    title, said = str(_(_ACTS.get(act, act))), str(facts.get("note") or facts.get("why") or "")
    if act in {"open", "again", "raise", "lower"}:
        title = f"{Level(int(facts.get('level') or 1)).label} · {title}"
    if alarm is not None and facts.get("value") is not None:
        said = wording.reading(alarm.device_kind, alarm.measure, float(facts["value"]))
    if facts.get("muted"):
        said = f"{said}（{_('静默中，没有通知')}）"
    if act == "case":
        title = _("立案") if facts.get("is_new") else _("并入在办案件")
        said = str(facts.get("case"))
    if act == "publish":
        title, said = (
            _("启用第 %(number)s 版") % {"number": facts.get("number")},
            "；".join(filter(None, [str(facts.get("says") or ""), said])),
        )
    tone = {"open": "warn", "again": "warn", "raise": "warn", "clear": "ok", "end": "ok", "off": "warn"}.get(act, "")
    when = datetime.fromisoformat(str(facts["at"])) if "at" in facts else entry.at
    return Told(when, title, said, entry.actor_label, tone)


def around(asked: Request, alarm: Alarm, spec: Spec | None) -> Chart | None:
    """Return the reading around an alarm, with the thresholds as lines of their own; None where nothing was read."""
    code = alarm.measure if alarm.measure not in {"", rules.ANY} else ""
    stream = Stream.objects.filter(device_id=alarm.device_id, measure=code).first() if code else None
    if stream is None:
        return None
    since, until = _span(asked, alarm)
    found = series.series(stream, since, until, points=_POINTS * 4)
    if not found.points:
        return None
    measure = practice(asked.numbers).measure(alarm.device_kind, code)
    is_down = spec is not None and spec.op in DOWNWARD
    step = _pace(found.points, alarm.device.expected_every, (until - since) / _POINTS)
    slots = _slots(found.points, since, until, step)
    values = [_worst(points, is_down=is_down, digits=measure.digits) for _at, points in slots]
    drawn = [Series(measure.label, values)]
    if spec is not None and spec.op not in {Op.CHANGED, Op.SILENT, Op.EQUAL, Op.OTHER}:
        drawn += [
            Series(_("%(level)s线") % {"level": Level(each.level).label}, [each.value] * len(values))
            for each in spec.steps
            if each.level <= alarm.top_level + 1  # far ones would only flatten the reading
        ]
    label = _("告警前后的%(measure)s") % {"measure": measure.label}
    return Chart(
        "bar" if measure.form == "yes_no" else "line",
        label,
        [_at(at, asked.at) for at, _points in slots],
        drawn,
        head=_("时间"),
        unit=measure.unit,
        digits=measure.digits,
        from_zero=False,
        as_of=_("数据截至 {at}").format(at=words.instant(until, asked.at)),
        definition=_("告警前几小时到恢复后 1 小时；横线是规则的阈值"),
    )


def _pace(points: Sequence[series.Point], expected_every: int, least: timedelta) -> timedelta:
    """Return how far apart readings are meant to be, or are: pieces of this length have no gaps without a silence."""
    gaps = sorted(later.at - earlier.at for earlier, later in pairwise(points))
    usual = gaps[len(gaps) // 2] if gaps else least
    return max(timedelta(seconds=expected_every), usual, least)


def _slots(
    points: Sequence[series.Point], since: datetime, until: datetime, step: timedelta
) -> list[tuple[datetime, list[series.Point]]]:
    """Cut time into equal pieces, so that a chart's axis is time and silence is a gap."""
    pieces: dict[int, list[series.Point]] = {}
    for point in points:
        pieces.setdefault((point.at - since) // step, []).append(point)
    last = max(*pieces, (until - timedelta(microseconds=1) - since) // step)
    return [(since + place * step, pieces.get(place, [])) for place in range(min(pieces), last + 1)]


def _worst(points: Sequence[series.Point], *, is_down: bool, digits: int) -> float | None:
    """Return the reading of a piece that is nearest to an alarm."""
    if not points:
        return None
    return round(min(one.least for one in points) if is_down else max(one.most for one in points), max(digits, 1))


def _span(asked: Request, alarm: Alarm) -> tuple[datetime, datetime]:
    """Return three hours or a dozen readings before the alarm to an hour after it was over; two days at most."""
    since = alarm.opened_at - max(timedelta(hours=3), 12 * timedelta(seconds=alarm.device.expected_every))
    until = min((alarm.cleared_at or asked.at) + timedelta(hours=1), asked.at)
    return since, max(since + timedelta(minutes=10), min(until, since + series.RAW))


def _at(at: datetime, now: datetime) -> str:
    local = words.local(at)
    day = "" if local.date() == words.local(now).date() else f"{words.day(local.date(), words.local(now).date())} "
    return f"{day}{local:%H:%M}"


def days(asked: Request, *, count: int = 14) -> Chart:
    """Return how many alarms there were each day, by their highest level."""
    today = words.local(asked.at).date()
    shown = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    since = words.local(asked.at).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=count - 1)
    told = queries.by_day(asked.actor, since=since)
    return Chart(
        "stack",
        _("每天的告警"),
        [f"{day.day}日" for day in shown],
        [_of_level(level, shown, told) for level in sorted(Level, reverse=True)],
        head=_("日期"),
        unit=_("条"),
        definition=_("按开始那天、到过的最高级别算"),
        as_of=_("数据截至 {at}").format(at=words.instant(asked.at, asked.at)),
    )


def _of_level(level: Level, shown: Sequence[date], told: Any) -> Series:
    return Series(
        level.label,
        [told.get((day.isoformat(), int(level)), 0) for day in shown],
        tone="late" if level == Level.RED else "",
    )
