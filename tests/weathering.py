"""Warnings for tests: CAP messages as a weather office writes them, sources, and what became of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from casework import NOW
from cast import Cast
from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel import ids
from lianxin.work.disclosure.models import Notice
from lianxin.work.warnings import cap, issuing, receiving, sources
from lianxin.work.warnings.cap import Alert, Area, Circle, Geocode, Info
from lianxin.work.warnings.issuing import WarningIn
from lianxin.work.warnings.models import Source, WarningMessage

SENDER = "weather@tongcheng"
RAIN = Info(
    event="暴雨", urgency="Expected", severity="Moderate", certainty="Likely", categories=("Met",), language="zh-CN",
    onset=NOW, expires=NOW + timedelta(hours=6), sender_name="桐城市气象台",
    headline="桐城市气象台发布暴雨黄色预警信号", description="预计未来 6 小时我市部分乡镇降雨量将达 50 毫米以上。",
    instruction="1.低洼地段的住户把东西搬高。2.不要走有积水的路。3.雷雨时不在树下停留。",
)  # fmt: skip


def box(west: float, south: float, east: float, north: float) -> Area:
    """Return an area of one rectangle, in degrees."""
    ring = ((south, west), (south, east), (north, east), (north, west), (south, west))
    return Area("画出的范围", polygons=(ring,))


def coded(*codes: str) -> Area:
    """Return an area of codes of divisions."""
    return Area("编码的范围", geocodes=tuple(Geocode("行政区划代码", code) for code in codes))


def around(lat: float, lon: float, km: float) -> Area:
    """Return a round area."""
    return Area("一圈", circles=(Circle(lat, lon, km),))


def alert(*areas: Area, **more: Any) -> Alert:
    """Return a message about rain; `more` goes to the message, or where it has no such field to its information."""
    name, sent = more.pop("name", "") or uuid4().hex, more.pop("sent", NOW)
    own = {key: more.pop(key) for key in list(more) if key in Alert.__dataclass_fields__}
    own.setdefault("infos", (replace(RAIN, areas=areas, **more),))
    return replace(Alert(name, SENDER, sent, "Actual", "Alert"), **own)


def after(*earlier: Alert, areas: Sequence[Area] = (), **more: Any) -> Alert:
    """Return an update or cancellation of earlier messages, sent some minutes after the last of them."""
    msg_type, minutes = more.pop("msg_type", "Update"), more.pop("minutes", 10)
    sent = max(each.sent for each in earlier) + timedelta(minutes=minutes)
    told: dict[str, Any] = {"msg_type": msg_type, "references": tuple(each.reference for each in earlier)}
    if msg_type == "Cancel":
        told["infos"] = ()
    return alert(*areas, sent=sent, **told, **more)


def make_source(cast: Cast, *, is_trusted: bool = True, code: str = "qixiang", **more: Any) -> Source:
    """Join a weather office that speaks for the whole city."""
    told = sources.SourceIn(code, "市气象台", cast.county.city.id, is_trusted=is_trusted, **more)
    return sources.join(SYSTEM, key=ids.uuid7(NOW), told=told, at=NOW)


def send(source: Source, message: Alert, *, at: datetime = NOW + timedelta(hours=1)) -> WarningMessage:
    """Let a source send a message."""
    return receiving.receive(source, document=cap.write(message), at=at).warning


def notice_of(row: WarningMessage) -> Notice:
    """Return what residents and staff were told by."""
    return Notice.objects.get(key=str(row.notice_key))


def states(*messages: Alert) -> list[str]:
    """Return how messages stand."""
    found = dict(WarningMessage.objects.values_list("identifier", "state"))
    return [found[each.identifier] for each in messages]


def made(cast: Cast, now: datetime) -> dict[str, str]:
    """Make an orange warning of the first street, one that waits, one of our own; return their keys and a source."""
    street = coded(cast.county.street(1).code)
    span = {"sent": now - timedelta(hours=1), "onset": now, "expires": now + timedelta(hours=5)}
    running = send(make_source(cast, code="office"), alert(street, severity="Severe", **span), at=now)
    source = make_source(cast, is_trusted=False, code="bureau")
    waiting = send(source, alert(street, **span), at=now)
    told = WarningIn(
        "停气", "blue", "文昌街道明天停气检修", "明天 8 点到 12 点停气检修。", "关好阀门。\n用电磁炉的注意用电。",
        [cast.county.street(2).id], now + timedelta(hours=20),
    )  # fmt: skip
    own = issuing.issue(cast.seat, key=ids.uuid7(now), told=told, at=now)
    return {
        "warning": str(running.key), "waiting_warning": str(waiting.key), "own_warning": str(own.key),
        "source": str(source.key),
    }  # fmt: skip
