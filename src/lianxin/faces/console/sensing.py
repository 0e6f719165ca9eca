"""What pages of devices share: tabs, rows, readings in words, and the chart of a measure over a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.faces.console.standing import where
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.charts import Chart, Series
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.organizations import queries as organizations
from lianxin.registry.sensors import queries, series
from lianxin.registry.sensors.changing import may
from lianxin.registry.sensors.kinds import Measure
from lianxin.registry.sensors.models import Device, DeviceState, Stream
from lianxin.registry.sensors.partitions import begin_of, day_of
from lianxin.registry.sensors.series import Point
from lianxin.registry.sensors.settings import practice

DOOR = "console:sensors"
VIEW, MANAGE, SYSTEMS = "sensors.view", "sensors.manage", "systems.manage"
HEALTH = {
    "silent": gettext_lazy("失联"), "low": gettext_lazy("电量低"), "weak": gettext_lazy("信号弱"),
    "refused": gettext_lazy("被拒较多"), "never": gettext_lazy("从未上报"), "paused": gettext_lazy("停用"),
}  # fmt: skip
RANGES: dict[str, tuple[Any, timedelta]] = {
    "day": (gettext_lazy("一天"), timedelta(days=1)), "week": (gettext_lazy("一周"), timedelta(days=7)),
    "month": (gettext_lazy("一月"), timedelta(days=31)), "year": (gettext_lazy("一年"), timedelta(days=366)),
}  # fmt: skip
_POINTS = 130  # of a chart on a page: with its table it stays below forty kilobytes
_UNTOUCHED = "—"
_NICE = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1_440)
)


@dataclass(frozen=True, slots=True)
class Line:
    """A device as lists show it."""

    device: Device
    url: str
    kind: str
    place: str
    said: str  # what it last said of its chief measure
    heard_at: datetime | None
    tone: str  # late, warn, ok, pause
    state: str
    marks: tuple[str, ...]


def tabs(asked: Request, current: str) -> list[Tab]:
    """Return the pages of devices that open to somebody; one alone needs no tabs."""
    actor = asked.actor
    places = (
        (DOOR, _("设备"), actor.may(VIEW)),
        ("console:sensor_refusals", _("拒收"), actor.may(VIEW)),
        ("console:systems", _("接入系统"), actor.may(VIEW) or actor.may(SYSTEMS)),
        ("console:sensor_kinds", _("类型和限度"), actor.may(MANAGE)),
    )
    found = [Tab(reverse(name), label, current=name == current) for name, label, opens in places if opens]
    return found if len(found) > 1 else []


def url_of(device: Device) -> str:
    """Return the page of a device."""
    return reverse("console:sensor", args=[device.key])


def value_words(measure: Measure, value: float | None) -> str:
    """Say a reading: 3.5 °, 打开."""
    if value is None:
        return _UNTOUCHED
    if measure.form == "yes_no":
        return measure.words[1] if value >= 0.5 else measure.words[0]
    number = f"{value:,.{measure.digits}f}"
    return f"{number} {measure.unit}".strip() if measure.unit != "%" else f"{number}%"


def tone_of(device: Device) -> str:
    """Return how a device is at a glance: `late` silent, `warn` weak or low, `pause` not in use."""
    now = state_of(device)
    if device.state != Device.State.ACTIVE:
        return "pause"
    if now.silent_since is not None:
        return "late"
    return "warn" if now.is_low or now.is_weak or now.last_received_at is None else "ok"


def state_of(device: Device) -> DeviceState:
    """Return the row of state, which each registered device has."""
    now: DeviceState = device.now
    return now


def marks_of(device: Device) -> tuple[str, ...]:
    """Return what a row says of its device's health, in few words."""
    now = state_of(device)
    told = (
        (device.state == Device.State.PAUSED, _("停用")),
        (device.state == Device.State.RETIRED, _("退役")),
        (now.silent_since is not None and device.state == Device.State.ACTIVE, _("失联")),
        (now.is_low, _("电量低")),
        (now.is_weak, _("信号弱")),
    )
    return tuple(label for is_so, label in told if is_so)


_STATES = {
    "late": gettext_lazy("失联"), "warn": gettext_lazy("要留意"), "ok": gettext_lazy("正常"),
    "pause": gettext_lazy("不用"),
}  # fmt: skip


def lines(asked: Request, devices: Sequence[Device]) -> list[Line]:
    """Return devices as rows. One statement, for what they last said."""
    known = practice(asked.numbers)
    last = chief_readings(devices)
    return [
        Line(
            device, url_of(device), known.kind(device.kind).label, where(asked, device.area_id),
            last.get(device.pk, _UNTOUCHED), state_of(device).last_received_at, tone_of(device),
            str(_STATES[tone_of(device)]), marks_of(device),
        )
        for device in devices
    ]  # fmt: skip


def chief_readings(devices: Iterable[Device]) -> dict[int, str]:
    """Return what each device last said of the chief measure of its kind, in words. One statement."""
    known = practice()
    chief = {one.pk: known.kind(one.kind).own[0] for one in devices if known.kind(one.kind).own}
    kinds = {one.pk: one.kind for one in devices}
    rows = Stream.objects.filter(device_id__in=chief, last_at__isnull=False).values_list(
        "device_id", "measure", "last_value"
    )
    return {
        pk: value_words(known.measure(kinds[pk], code), value) for pk, code, value in rows if chief[pk] == code
    }  # fmt: skip


def unit_name(unit_id: int | None, asked: Request) -> str:
    """Return the short name of a unit, or that nobody is registered."""
    unit = organizations.unit(unit_id, asked.numbers) if unit_id is not None else None
    return (unit.short_name or unit.name) if unit else _("没有登记")


def keeps(actor: Actor, device: Device) -> bool:
    """Tell whether the actor may amend a device."""
    return device.valid_to is None and may(actor, MANAGE, device)


def every(seconds: int) -> str:
    """Say an interval: 10 分钟, 1 小时, 90 秒."""
    for size, word in ((86_400, _("天")), (3_600, _("小时")), (60, _("分钟"))):
        if seconds % size == 0:
            return f"{seconds // size} {word}"
    return f"{seconds} {_('秒')}"


def chart_of(asked: Request, device: Device, stream: Stream, span: str) -> Chart | None:
    """Return the chart of a measure over a day, a week, a month or a year until now; None where nothing was said."""
    measure = practice(asked.numbers).measure(device.kind, stream.measure)
    label, length = RANGES[span]
    until = asked.at
    since = until - length if span == "day" else begin_of(day_of(until - length + timedelta(days=1)))
    found = series.series(stream, since, until, points=_POINTS)
    if not found.points:
        return None
    step = _step(found, length)
    slots = _slots(found.points, begin_of(day_of(since)), until, step)
    return Chart(
        "bar" if measure.form == "sum" else "line",
        _("{measure} · {span}").format(measure=measure.label, span=label),
        [_said_at(at, step, asked.at) for at, _points in slots],
        _drawn(measure, [points for _at, points in slots]),
        head=_("时间"), unit=measure.unit, digits=measure.digits, is_time=True, from_zero=measure.form != "value",
        definition=_definition(measure, step), as_of=_("数据截至 {at}").format(at=words.instant(until, until)),
    )  # fmt: skip


def _step(found: series.Series, length: timedelta) -> timedelta:
    """Return how wide a piece of time is drawn: round, and so wide that who speaks regularly is a line.

    How often a device really spoke counts, not how often it should.
    """
    ats = [point.at for point in found.points]
    gaps = sorted(later - earlier for earlier, later in pairwise(ats))
    usual = gaps[len(gaps) // 2] if gaps else timedelta(0)
    # Readings wander a little: with a quarter more each piece holds one.
    wanted = max(length / _POINTS, found.step or timedelta(0), usual * 1.25 if usual != found.step else usual)
    return next((step for step in _NICE if step >= wanted), timedelta(days=ceil(wanted / timedelta(days=1))))


def _slots(
    points: Sequence[Point], origin: datetime, until: datetime, step: timedelta
) -> list[tuple[datetime, list[Point]]]:
    """Cut time into equal pieces, so that silence is a gap and not a line."""
    pieces: dict[int, list[Point]] = {}
    for point in points:
        pieces.setdefault((point.at - origin) // step, []).append(point)
    first = min(pieces)
    last = max(*pieces, (until - timedelta(microseconds=1) - origin) // step)
    return [(origin + place * step, pieces.get(place, [])) for place in range(first, last + 1)]


def _drawn(measure: Measure, slots: Sequence[Sequence[Point]]) -> list[Series]:
    def each(tell: Any) -> list[float | None]:
        return [round(tell(points), max(measure.digits, 1)) if points else None for points in slots]

    if measure.form == "sum":
        return [Series(_("合计"), each(lambda points: sum(one.total for one in points)))]
    highest = each(lambda points: max(one.most for one in points))
    if measure.form == "yes_no":
        return [Series(measure.words[1], highest)]
    mean = each(lambda points: sum(one.total for one in points) / sum(one.count for one in points))
    if all(sum(one.count for one in points) <= 1 for points in slots):
        return [Series(measure.label, mean)]
    return [
        Series(_("平均"), mean), Series(_("最高"), highest),
        Series(_("最低"), each(lambda points: min(one.least for one in points))),
    ]  # fmt: skip


def _definition(measure: Measure, step: timedelta) -> str:
    span = every(int(step.total_seconds()))
    if measure.form == "sum":
        return _("每 {span}的合计；空着的是没有上报").format(span=span)
    if measure.form == "yes_no":
        return _("每 {span}里只要有一次“{word}”就是 1；断开的是没有上报").format(span=span, word=measure.words[1])
    return _("每 {span}一个点；断开的是没有上报").format(span=span)


def _said_at(at: datetime, step: timedelta, now: datetime) -> str:
    local = words.local(at)
    if step >= timedelta(days=1):
        return words.day(local.date(), words.local(now).date())
    if words.local(now).date() == local.date():
        return f"{local:%H:%M}"
    return f"{words.day(local.date(), words.local(now).date())} {local:%H:%M}"


def health_tabs(asked: Request, url: str, current: str) -> list[Tab]:
    """Return the counters of health, each opening its list. Two statements."""
    counts = queries.health(asked.actor, at=asked.at)
    tones = {"silent": "late", "low": "warn", "weak": "warn", "refused": "warn"}
    found = [Tab(url, _("全部"), counts.all, current == "")]
    for word, label in HEALTH.items():
        count = getattr(counts, word)
        if count or word in {"silent", "low", current}:
            tone = tones.get(word, "") if count else ""
            found.append(Tab(f"{url}?health={word}", str(label), count, current == word, tone))
    return found
