"""Events of ChirpStack v4, a server of LoRaWAN networks, as its HTTP and MQTT integrations send them in JSON.

`up` brings what the device profile's codec decoded (`object`), whose keys are our measures, and how strong gateways
heard it (`rxInfo`); `status` brings the battery. Other events (join, ack, log …) say that the device is there.
The device's number is its DevEUI.
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


def read(body: bytes, context: Context) -> Parsed:
    """Read one event."""
    parsed = Parsed()

    def take(index: int, item: dict[str, Any]) -> None:
        info = item.get("deviceInfo")
        device = text(info.get("devEui") if isinstance(info, dict) else None, _("设备的 devEui"), most=40)
        values = _decoded(item.get("object")) | _signal(item.get("rxInfo")) | _battery(item)
        parsed.add(
            index, Message(device, values, instant(_micros(item.get("time"))), context.received_at, context.system)
        )

    return each(parsed, items_of(json_of(body)), context, take)


def _decoded(found: Any) -> dict[str, float]:
    """Return the decoded values that are numbers; texts among them are the codec's remarks."""
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Broken(_("object 应是解码后的指标和数值。"))
    return {key[:40]: number(value) for key, value in found.items() if isinstance(value, int | float)}


def _signal(found: Any) -> dict[str, float]:
    """Return how strong the best gateway heard it."""
    heard = [one["rssi"] for one in found if isinstance(one, dict) and "rssi" in one] if isinstance(found, list) else []
    return {"signal": max(map(number, heard))} if heard else {}


def _battery(item: dict[str, Any]) -> dict[str, float]:
    if item.get("batteryLevelUnavailable") or item.get("externalPowerSource") or "batteryLevel" not in item:
        return {}
    return {"battery": number(item["batteryLevel"])}


def _micros(value: Any) -> Any:
    """Cut the nine digits of its seconds to six, which is what a datetime holds."""
    if not isinstance(value, str) or "." not in value:
        return value
    head, _dot, rest = value.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return f"{head}.{digits[:6]}{rest[len(digits) :]}"


ADAPTER = Adapter("chirpstack", gettext_lazy("ChirpStack（LoRaWAN）"), gettext_lazy("v4 的 up、status 等事件"), read)
