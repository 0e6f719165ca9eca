"""Our own JSON: one message or a list of them.

    {"device": "MH-0001", "at": "2026-11-22T09:00:00+08:00", "values": {"tilt": 3.5, "is_open": false, "battery": 92}}

`device` may be left out by a device that sends by its own key, `at` by one without a clock.
"""

from typing import Any

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

# Said only of what is wrong, so that nothing is looked up for what is right.
_NUMBER, _CODE = gettext_lazy("设备编号 device"), gettext_lazy("指标代码")


def read(body: bytes, context: Context) -> Parsed:
    """Read one message or a list."""
    parsed = Parsed()

    def take(index: int, item: dict[str, Any]) -> None:
        parsed.add(index, message_of(item, context))

    return each(parsed, items_of(json_of(body)), context, take)


def message_of(item: dict[str, Any], context: Context) -> Message:
    """Return one message. Raises Broken."""
    device = text(item.get("device", context.device), _NUMBER, most=40)
    values = item.get("values")
    if not isinstance(values, dict) or not values:
        raise Broken(_("没有写指标和数值 values。"))
    told = {text(code, _CODE, most=40): number(value) for code, value in values.items()}
    return Message(device, told, instant(item.get("at")), context.received_at, context.system)


ADAPTER = Adapter("plain", gettext_lazy("连心 JSON"), gettext_lazy("本平台自己的格式，一条或多条"), read)
