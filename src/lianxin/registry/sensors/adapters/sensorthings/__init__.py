"""Observations of the OGC SensorThings API 1.1, as a client posts them or publishes them by MQTT.

A Datastream of ours is named `NUMBER:measure`. It stands in the address, `Datastreams('MH-0001:tilt')/Observations`, or
in the Observation, `{"Datastream": {"@iot.id": "MH-0001:tilt"}, "phenomenonTime": "…Z", "result": 3.5}`. The data array
of CreateObservations is read as well.
"""

import re
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.registry.sensors.adapters.reading import (
    Adapter,
    Broken,
    Context,
    Parsed,
    each,
    instant,
    items_of,
    json_of,
    number,
    text,
)
from lianxin.registry.sensors.intake import Message

_PATH = re.compile(r"(?:^|/)Datastreams\('?([^()']{1,80})'?\)/Observations/?$")
MOST_ROWS = 5_000


def read(body: bytes, context: Context) -> Parsed:
    """Read one Observation, a list of them, or data arrays."""
    parsed = Parsed()
    found = _PATH.search(unquote(context.topic))
    stream = found[1] if found else ""

    def take(index: int, item: dict[str, Any]) -> None:
        if "dataArray" in item:
            _array(parsed, index, item, stream, context)
        else:
            parsed.add(index, _observation(item, _stream(item, stream, context), context))

    return each(parsed, items_of(json_of(body)), context, take)


def _stream(item: dict[str, Any], named: str, context: Context) -> tuple[str, str]:
    """Return device and measure."""
    within = item.get("Datastream")
    told = named or (within.get("@iot.id") if isinstance(within, dict) else None)
    device, colon, measure = text(told, _("数据流 Datastream 的 @iot.id")).rpartition(":")
    if not measure or not (device or context.device):
        raise Broken(_("数据流应写成 设备编号:指标。"))
    return (device if colon else context.device), measure


def _observation(item: dict[str, Any], stream: tuple[str, str], context: Context) -> Message:
    if "result" not in item:
        raise Broken(_("没有写观测结果 result。"))
    device, measure = stream
    when = _time(item.get("phenomenonTime")) or _time(item.get("resultTime"))
    return Message(device, {measure: number(item["result"])}, when, context.received_at, context.system)


def _time(value: Any) -> Any:
    """Return an instant; of an interval its end."""
    if isinstance(value, str) and "/" in value:
        value = value.rpartition("/")[2]
    return instant(value)


def _array(parsed: Parsed, index: int, item: dict[str, Any], named: str, context: Context) -> None:
    stream = _stream(item, named, context)
    components, rows = item.get("components"), item["dataArray"]
    if not isinstance(components, list) or "result" not in components or not isinstance(rows, list):
        raise Broken(_("数据组要有 components（含 result）和 dataArray。"))
    if len(rows) > MOST_ROWS:
        raise Broken(_("一次最多送 {most} 条。").format(most=MOST_ROWS), "too_large")
    names = [name if isinstance(name, str) else "" for name in components]
    for row in rows:
        if not isinstance(row, list) or len(row) != len(names):
            raise Broken(_("数据组里有一行与 components 对不上。"))
        parsed.add(index, _observation(dict(zip(names, row, strict=True)), stream, context))


ADAPTER = Adapter(
    "sensorthings",
    gettext_lazy("OGC SensorThings"),
    gettext_lazy("观测值（Observations），HTTP 和 MQTT 写法相同"),
    read,
    done=201,
)
