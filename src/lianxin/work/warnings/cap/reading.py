"""Read CAP 1.2: every element checked, every fault named, so that a sender learns all of them at once."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from . import message as words
from .message import NAMESPACE, Alert, Area, Circle, Info, Resource, Ring, Value
from .parsing import Fault, Faulty, parsed
from .references import Reference, read_instant, read_references

T = TypeVar("T")

MOST_INFOS, MOST_AREAS, MOST_POINTS = 40, 400, 5_000
_NO_ID = re.compile(r"[\s,<&]")
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # stands for an instant that could not be read


def read(document: bytes) -> Alert:
    """Return the message of a document. Raises Faulty with all that is wrong."""
    root = parsed(document)
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise Faulty([Fault("alert", _("根元素应是 alert，命名空间应是 {name}。").format(name=NAMESPACE))])
    return _Reader().alert(root)


class _Reader:
    """Walks one message and gathers its faults, so that a sender learns all of them at once."""

    def __init__(self) -> None:
        self.faults: dict[str, Fault] = {}
        self._points = 0

    def _fault(self, element: str, sentence: str) -> None:
        self.faults.setdefault(element, Fault(element, sentence))

    def alert(self, root: Any) -> Alert:
        sent = self._needed(root, "sent", self._instant, _NEVER)
        told = Alert(
            identifier=self._id(root, "identifier"), sender=self._id(root, "sender"), sent=sent,
            status=self._code(root, "status", words.STATUSES), msg_type=self._code(root, "msgType", words.MSG_TYPES),
            scope=self._code(root, "scope", words.SCOPES, missing="Public"), source=self._one(root, "source"),
            restriction=self._one(root, "restriction"), addresses=self._one(root, "addresses"),
            codes=tuple(self._texts(root, "code")), note=self._one(root, "note"), references=self._references(root),
            incidents=self._one(root, "incidents"),
            infos=tuple(self._info(node) for node in self._nodes(root, "info", MOST_INFOS)),
        )  # fmt: skip
        self._conditions(told)
        if self.faults:
            raise Faulty(list(self.faults.values()))
        return told

    def _conditions(self, alert: Alert) -> None:
        """Check what the standard asks of one element because of another."""
        if alert.msg_type in {"Update", "Cancel", "Ack", "Error"} and not alert.references:
            self._fault("references", _("{kind} 要写明针对哪一条消息。").format(kind=alert.msg_type))
        if alert.scope == "Restricted" and not alert.restriction:
            self._fault("restriction", _("范围是 Restricted 时要写明限于谁。"))
        if alert.scope == "Private" and not alert.addresses:
            self._fault("addresses", _("范围是 Private 时要写明发给谁。"))
        if alert.msg_type in {"Alert", "Update"} and alert.status != "System" and not alert.infos:
            self._fault("info", _("没有内容：至少要有一个 info。"))

    def _info(self, node: Any) -> Info:
        categories = tuple(self._codes(node, "category", words.CATEGORIES))
        if not categories:
            self._fault("category", _("至少要有一个类别。"))
        return Info(
            language=self._one(node, "language") or "en-US", categories=categories,
            event=self._needed(node, "event", str, ""),
            responses=tuple(self._codes(node, "responseType", words.RESPONSES)),
            urgency=self._code(node, "urgency", words.URGENCIES),
            severity=self._code(node, "severity", words.SEVERITIES),
            certainty=self._code(node, "certainty", words.CERTAINTIES), audience=self._one(node, "audience"),
            event_codes=tuple(self._values(node, "eventCode")), effective=self._maybe(node, "effective"),
            onset=self._maybe(node, "onset"), expires=self._maybe(node, "expires"),
            sender_name=self._one(node, "senderName"), headline=self._one(node, "headline"),
            description=self._one(node, "description"), instruction=self._one(node, "instruction"),
            web=self._one(node, "web"), contact=self._one(node, "contact"),
            parameters=tuple(self._values(node, "parameter")),
            resources=tuple(self._resource(each) for each in self._nodes(node, "resource", MOST_AREAS)),
            areas=tuple(self._area(each) for each in self._nodes(node, "area", MOST_AREAS)),
        )  # fmt: skip

    def _resource(self, node: Any) -> Resource:
        size = self._one(node, "size")
        if size and not re.fullmatch(r"[0-9]{1,15}", size):
            self._fault("size", _("应是字节数。"))
            size = ""
        return Resource(
            self._needed(node, "resourceDesc", str, ""), self._needed(node, "mimeType", str, ""),
            int(size) if size else None, self._one(node, "uri"), self._one(node, "digest"),
        )  # fmt: skip

    def _area(self, node: Any) -> Area:
        altitude, ceiling = self._height(node, "altitude"), self._height(node, "ceiling")
        if ceiling is not None and altitude is None:
            self._fault("ceiling", _("有 ceiling 就要有 altitude。"))
        return Area(
            description=self._needed(node, "areaDesc", str, ""),
            polygons=tuple(ring for text in self._texts(node, "polygon") if (ring := self._ring(text))),
            circles=tuple(circle for text in self._texts(node, "circle") if (circle := self._circle(text))),
            geocodes=tuple(self._values(node, "geocode")), altitude=altitude, ceiling=ceiling,
        )  # fmt: skip

    def _ring(self, text: str) -> Ring:
        try:
            ring = tuple(_pair(part) for part in text.split())
        except ValueError:
            self._fault("polygon", _("应是用空格隔开的“纬度,经度”，例如 31.02,116.95。"))
            return ()
        self._points += len(ring)
        if self._points > MOST_POINTS:
            self._fault("polygon", _("点太多了，全部加起来最多 {most} 个。").format(most=MOST_POINTS))
        elif len(ring) < 4 or ring[0] != ring[-1]:
            self._fault("polygon", _("至少四个点，最后一个点与第一个相同。"))
        return ring

    def _circle(self, text: str) -> Circle | None:
        try:
            centre, radius = text.split()
            told = Circle(*_pair(centre), _finite(radius))
        except ValueError:
            self._fault("circle", _("应是“纬度,经度 半径公里”，例如 31.02,116.95 2.5。"))
            return None
        if not 0 <= told.radius_km <= 20_040:
            self._fault("circle", _("半径应是公里数，不小于 0。"))
        return told

    def _height(self, node: Any, name: str) -> float | None:
        text = self._one(node, name)
        try:
            return _finite(text) if text else None
        except ValueError:
            self._fault(name, _("应是数字（英尺）。"))
            return None

    def _references(self, root: Any) -> tuple[Reference, ...]:
        try:
            return read_references(self._one(root, "references"))
        except (ValueError, OverflowError):
            self._fault("references", _("每一条应是“sender,identifier,sent”，之间用空格隔开。"))
            return ()

    def _values(self, root: Any, name: str) -> Iterator[Value]:
        for node in self._nodes(root, name, MOST_AREAS):
            yield Value(self._needed(node, "valueName", str, ""), self._one(node, "value"))

    def _id(self, root: Any, name: str) -> str:
        text = self._needed(root, name, str, "")
        if _NO_ID.search(text):
            self._fault(name, _("里面不能有空格、逗号、< 和 &。"))
        if len(text) > 200:
            self._fault(name, _("太长了，最多 200 个字符。"))
        return text

    def _code(self, root: Any, name: str, known: Sequence[str], *, missing: str = "") -> str:
        text = self._one(root, name) or missing
        if text not in known:
            said = _("应是 {known} 之一。").format(known="、".join(known))
            self._fault(name, said if text else _("缺这一项。") + said)
        return text

    def _codes(self, root: Any, name: str, known: Sequence[str]) -> Iterator[str]:
        for text in self._texts(root, name):
            if text not in known:
                self._fault(name, _("应是 {known} 之一。").format(known="、".join(known)))
            yield text

    def _instant(self, text: str) -> datetime:
        return read_instant(text)

    def _maybe(self, root: Any, name: str) -> datetime | None:
        return self._needed(root, name, self._instant, None) if self._one(root, name) else None

    def _needed(self, root: Any, name: str, make: Callable[[str], Any], otherwise: T) -> T:
        text = self._one(root, name)
        if not text:
            self._fault(name, _("缺这一项。"))
            return otherwise
        try:
            told: T = make(text)
        except (ValueError, OverflowError):
            self._fault(name, _("时间应写成 2026-11-22T14:05:00+08:00，不能用 Z。"))
            return otherwise
        return told

    def _one(self, root: Any, name: str) -> str:
        found = list(self._texts(root, name))
        if len(found) > 1:
            self._fault(name, _("只能有一个。"))
        return found[0] if found else ""

    def _texts(self, root: Any, name: str) -> Iterator[str]:
        for node in self._nodes(root, name, MOST_AREAS):
            yield "".join(node.itertext()).strip()

    def _nodes(self, root: Any, name: str, most: int) -> list[Any]:
        found = root.findall(f"{{{NAMESPACE}}}{name}")
        if len(found) > most:
            self._fault(name, _("太多了，最多 {most} 个。").format(most=most))
        return list(found[:most])


def _pair(text: str) -> tuple[float, float]:
    lat, lon = map(_finite, text.split(","))
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(text)
    return lat, lon


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
