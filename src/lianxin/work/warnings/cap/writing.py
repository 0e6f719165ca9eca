"""Write CAP: elements in the order of the standard's schema, instants with an offset, nothing empty."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lxml import etree

from .message import NAMESPACE, Alert, Area, Info, Resource, Value
from .references import write_instant

_UNSPEAKABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """Return the text without what XML cannot hold: most control characters, halves of pairs, non-characters."""
    return _UNSPEAKABLE.sub("", text)


def write(alert: Alert) -> bytes:
    """Return the message as a UTF-8 document; characters that XML cannot hold are left out."""
    root = etree.Element(_tag("alert"), nsmap={None: NAMESPACE})
    _texts(
        root, ("identifier", alert.identifier), ("sender", alert.sender), ("sent", write_instant(alert.sent)),
        ("status", alert.status), ("msgType", alert.msg_type), ("source", alert.source), ("scope", alert.scope),
        ("restriction", alert.restriction), ("addresses", alert.addresses), *(("code", code) for code in alert.codes),
        ("note", alert.note), ("references", " ".join(each.text for each in alert.references)),
        ("incidents", alert.incidents),
    )  # fmt: skip
    for info in alert.infos:
        _info(root, info)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _info(root: Any, info: Info) -> None:
    told = etree.SubElement(root, _tag("info"))
    _texts(
        told, ("language", info.language), *(("category", each) for each in info.categories), ("event", info.event),
        *(("responseType", each) for each in info.responses), ("urgency", info.urgency), ("severity", info.severity),
        ("certainty", info.certainty), ("audience", info.audience),
    )  # fmt: skip
    _values(told, "eventCode", info.event_codes)
    _texts(
        told, ("effective", _instant(info.effective)), ("onset", _instant(info.onset)),
        ("expires", _instant(info.expires)), ("senderName", info.sender_name), ("headline", info.headline),
        ("description", info.description), ("instruction", info.instruction), ("web", info.web),
        ("contact", info.contact),
    )  # fmt: skip
    _values(told, "parameter", info.parameters)
    for resource in info.resources:
        _resource(told, resource)
    for area in info.areas:
        _area(told, area)


def _resource(root: Any, resource: Resource) -> None:
    _texts(
        etree.SubElement(root, _tag("resource")), ("resourceDesc", resource.description),
        ("mimeType", resource.mime_type), ("size", "" if resource.size is None else str(resource.size)),
        ("uri", resource.uri), ("digest", resource.digest),
    )  # fmt: skip


def _area(root: Any, area: Area) -> None:
    told = etree.SubElement(root, _tag("area"))
    _texts(
        told, ("areaDesc", area.description),
        *(("polygon", " ".join(f"{_number(lat)},{_number(lon)}" for lat, lon in ring)) for ring in area.polygons),
        *(("circle", f"{_number(one.lat)},{_number(one.lon)} {_number(one.radius_km)}") for one in area.circles),
    )  # fmt: skip
    _values(told, "geocode", area.geocodes)
    _texts(
        told, ("altitude", "" if area.altitude is None else _number(area.altitude)),
        ("ceiling", "" if area.ceiling is None else _number(area.ceiling)),
    )  # fmt: skip


def _values(root: Any, name: str, values: Iterable[Value]) -> None:
    for one in values:
        _texts(etree.SubElement(root, _tag(name)), ("valueName", one.name), ("value", one.value))


def _texts(root: Any, *pairs: tuple[str, str]) -> None:
    for name, text in pairs:
        if told := plain(text):
            etree.SubElement(root, _tag(name)).text = told


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _instant(instant: datetime | None) -> str:
    return "" if instant is None else write_instant(instant)


def _number(number: float) -> str:
    """Say a number as it is, never with an exponent."""
    return f"{number:.7f}".rstrip("0").rstrip(".") or "0"
