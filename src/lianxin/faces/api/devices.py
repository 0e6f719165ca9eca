"""Devices that report by themselves, what they last said, and what they said over a time."""

from datetime import datetime, timedelta
from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import AwareDatetime, Field

from lianxin.faces.acts.kinds import AreaCode, Input, Line
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import Invalid
from lianxin.registry.sensors import queries
from lianxin.registry.sensors.models import Device, Stream
from lianxin.registry.sensors.queries import Filters
from lianxin.registry.sensors.series import series
from lianxin.registry.sensors.settings import Practice, practice

from .calling import Call, answer
from .paging import Page, PageIn, linked
from .routes import Route, route
from .shapes import Out, PointOut

router = Router(tags=["物联设备"])
_LONGEST = timedelta(days=3 * 366)
_FIRST_YEAR = 2000


class MeasureOut(Out):
    """One measure of a device (a Datastream of SensorThings) with its last reading (its last Observation)."""

    code: str
    label: str
    unit: str
    at: datetime | None
    value: float | None


class DeviceOut(Out):
    """A device on the books."""

    key: str
    number: str
    name: str
    kind: str
    kind_label: str
    state: str
    point: PointOut | None
    component: str | None
    system: str | None
    last_received_at: datetime | None
    is_silent: bool
    battery: float | None
    signal: float | None
    measures: list[MeasureOut]


class DevicesOut(Page):
    """Devices by number."""

    items: list[DeviceOut]


class DevicesIn(PageIn):
    """Which devices."""

    kind: Annotated[Line | None, Field(max_length=20, title="类型")] = None
    area: Annotated[AreaCode | None, Field(title="区域和下级")] = None


@route(router, "GET", "/devices", "设备", out=DevicesOut, rules=Route(query=DevicesIn, permission="sensors.view"))
def devices(call: Call, query: DevicesIn) -> HttpResponse:
    """List devices that the caller sees, with what they last said."""
    area = areas.atlas(call.at, call.numbers).by_code.get(query.area) if query.area else None
    if query.area and area is None:
        raise Invalid({"area": _("没有这个区域，请核对编码。")})
    found = queries.devices(call.actor, Filters(kind=query.kind or "", area=area), at=call.at)
    rows, following = query.cut(found, "number")
    streams: dict[int, list[Stream]] = {}
    for stream in Stream.objects.filter(device__in=[row.pk for row in rows]).order_by("id"):
        streams.setdefault(stream.device_id, []).append(stream)
    known = practice(call.numbers)
    out = DevicesOut(items=[_out(row, streams.get(row.pk, []), known) for row in rows], next=following)
    return linked(call, out)


def _out(device: Device, streams: list[Stream], known: Practice) -> DeviceOut:
    now = device.now
    return DeviceOut(
        key=str(device.key), number=device.number, name=device.name, kind=device.kind,
        kind_label=known.kind(device.kind).label, state=device.state,
        point=PointOut(lon=device.point.lon, lat=device.point.lat) if device.point else None,
        component=device.component.number if device.component else None,
        system=device.system.code if device.system else None, last_received_at=now.last_received_at,
        is_silent=now.silent_since is not None, battery=now.battery, signal=now.signal,
        measures=[_measure(device, stream, known) for stream in streams],
    )  # fmt: skip


def _measure(device: Device, stream: Stream, known: Practice) -> MeasureOut:
    measure = known.measure(device.kind, stream.measure)
    return MeasureOut(
        code=stream.measure, label=measure.label, unit=measure.unit, at=stream.last_at, value=stream.last_value
    )


class ReadingOut(Out):
    """Readings of one stretch of time: how many, the least, the most, their mean, the last."""

    at: datetime
    count: int
    least: float
    most: float
    mean: float
    last: float


class ReadingsOut(Out):
    """What a measure said; `level` is raw, hour or day, chosen so that there are at most some 600 points."""

    measure: str
    unit: str
    level: str
    items: list[ReadingOut]


class ReadingsIn(Input):
    """Which measure, from when to before when; without them the chief one, of a day."""

    measure: Annotated[Line | None, Field(max_length=20, title="指标")] = None
    since: Annotated[AwareDatetime | None, Field(title="从")] = None
    until: Annotated[AwareDatetime | None, Field(title="到")] = None


@route(
    router, "GET", "/devices/{key}/readings", "读数", out=ReadingsOut,
    rules=Route(query=ReadingsIn, permission="sensors.view"),
)  # fmt: skip
def readings(call: Call, key: str, query: ReadingsIn) -> HttpResponse:
    """Give what a measure of a device said over a time of up to three years."""
    device = queries.device_or_404(call.actor, key)
    until = query.until or call.at
    since = query.since or until - timedelta(days=1)
    if until > call.at + timedelta(days=1) or not timedelta(0) < until - since <= _LONGEST:
        raise Invalid({"since": _("时间段要从早到晚，不晚于今天，最长三年。")})
    if since.year < _FIRST_YEAR:
        raise Invalid({"since": _("那时还没有读数。")})
    streams = queries.streams_of(device)
    stream = next((one for one in streams if one.measure == query.measure), streams[0] if streams else None)
    if stream is None or (query.measure and stream.measure != query.measure):
        raise Invalid({"measure": _("这个设备没有这个指标。")})
    found = series(stream, since, until)
    items = [
        ReadingOut(at=one.at, count=one.count, least=one.least, most=one.most, mean=one.mean, last=one.last)
        for one in found.points
    ]
    return answer(ReadingsOut(measure=stream.measure, unit=stream.unit, level=found.level, items=items))
