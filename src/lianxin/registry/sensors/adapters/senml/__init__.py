"""SenML in JSON (RFC 8428): a pack of records with base fields.

    [{"bn": "MH-0001:", "bt": 1795309200, "n": "tilt", "u": "deg", "v": 3.5}, {"n": "is_open", "vb": false, "t": -5}]

A resolved name is the device's number, a colon or slash, and the measure. Units are not converted: the register's
count. Records of one device at one instant become one message.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.registry.sensors.adapters.reading import (
    Adapter,
    Broken,
    Context,
    Parsed,
    each,
    epoch,
    items_of,
    json_of,
    number,
)
from lianxin.registry.sensors.intake import Message

_RELATIVE = 2**28  # below it a time is counted from now (RFC 8428, 4.5.3)
_VERSION = 10
_KNOWN = frozenset({"bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t", "ut"})


@dataclass(slots=True)
class _Base:
    name: str = ""
    time: float = 0.0
    value: float = 0.0


def read(body: bytes, context: Context) -> Parsed:
    """Read a pack."""
    content = json_of(body)
    if not isinstance(content, list):
        raise Broken(_("SenML 应是一个数组。"))
    base, found = _Base(), Parsed()
    values: dict[tuple[str, datetime | None], tuple[int, dict[str, float]]] = {}

    def take(index: int, item: dict[str, Any]) -> None:
        _remember(base, item)
        if not item.keys() & {"v", "vb", "vs", "vd", "s"}:
            return  # only base fields
        device, measure = _name(base.name + _said(item.get("n", "")), context)
        when = _time(base.time + number(item.get("t", 0)), context)
        values.setdefault((device, when), (index, {}))[1][measure] = _value(base, item)

    each(found, items_of(content), context, take)
    for (device, when), (index, told) in values.items():
        found.add(index, Message(device, told, when, context.received_at, context.system))
    return found


def _remember(base: _Base, item: dict[str, Any]) -> None:
    # A field whose name ends in an underscore must be understood (RFC 8428, 4.4).
    if any(key.endswith("_") for key in item.keys() - _KNOWN):
        raise Broken(_("SenML 里有必须理解、但这里不认识的字段。"))
    if number(item.get("bver", _VERSION)) > _VERSION:
        raise Broken(_("SenML 的版本太新。"))
    if "bn" in item:
        base.name = _said(item["bn"])
    base.time = number(item["bt"]) if "bt" in item else base.time
    base.value = number(item["bv"]) if "bv" in item else base.value


def _said(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 80 or not value.isprintable():
        raise Broken(_("SenML 的名称不对。"))
    return value


def _name(name: str, context: Context) -> tuple[str, str]:
    at = max(name.rfind(":"), name.rfind("/"))
    device, measure = (name[:at], name[at + 1 :]) if at >= 0 else (context.device, name)
    if not device or not measure:
        raise Broken(_("SenML 的名称应写成 设备编号:指标。"))
    return device, measure


def _time(told: float, context: Context) -> datetime | None:
    if told == 0:
        return None
    return context.received_at + timedelta(seconds=told) if abs(told) < _RELATIVE else epoch(told)


def _value(base: _Base, item: dict[str, Any]) -> float:
    if "v" in item:
        return number(number(item["v"]) + base.value)
    if "vb" in item:
        return number(item["vb"])
    raise Broken(_("这一条不是数值：只收 v 和 vb。"))


ADAPTER = Adapter("senml", gettext_lazy("SenML（RFC 8428）"), gettext_lazy("传感器标记语言的 JSON 写法"), read)
