"""物联设备: the list with its health, one device with what it said, what was refused, the register as a table."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianxin.faces.console import alarming, land, patrolling, sensing
from lianxin.faces.console.filtering import address
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.sensing import DOOR, HEALTH, MANAGE, RANGES, VIEW
from lianxin.faces.console.standing import area_of, crumbs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Filter, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.registry.sensors import counting, exporting, keys, queries
from lianxin.registry.sensors.models import Device, DeviceKey, Stream, System
from lianxin.registry.sensors.queries import Filters
from lianxin.registry.sensors.settings import practice
from lianxin.work.alarms import queries as alarm_queries

_SIZE, _ALARMS = 30, 5
_AREAS = {"street", "community"}
SPANS = {
    "day": (gettext_lazy("一天内"), timedelta(days=1)),
    "week": (gettext_lazy("一周内"), timedelta(days=7)),
    "month": (gettext_lazy("一个月内"), timedelta(days=31)),
}


def _wanted(asked: Request) -> Filters:
    """Read what the list is narrowed to; words that stand for nothing known are passed over."""
    given = asked.GET
    state, health = given.get("state", ""), given.get("health", "")
    return Filters(
        words=" ".join(given.get("q", "").replace("\0", "").split())[:60], kind=given.get("kind", "")[:20],
        state=state if state in Device.State.values else "", health=health if health in HEALTH else "",
        area=areas.atlas(asked.at, asked.numbers).by_code.get(given.get("area", "")),
        system=given.get("system", "").replace("\0", "")[:40],
    )  # fmt: skip


def _chips(asked: Request, wanted: Filters) -> list[Filter]:
    told = (
        ("q", f"“{wanted.words}”" if wanted.words else ""),
        ("kind", practice(asked.numbers).kind(wanted.kind).label if wanted.kind else ""),
        ("state", str(Device.State(wanted.state).label) if wanted.state else ""),
        ("health", str(HEALTH[wanted.health]) if wanted.health else ""),
        ("area", " ".join(wanted.area.breadcrumb[1:] or wanted.area.breadcrumb) if wanted.area else ""),
        ("system", _system_name(wanted.system)),
    )
    return [Filter(said, address(asked.GET, asked.path, **{name: None})) for name, said in told if said]


def _system_name(code: str) -> str:
    if code in {"", "none"}:
        return _("自己上报") if code else ""
    return System.objects.filter(code=code).values_list("name", flat=True).first() or code


def _choices(asked: Request) -> list[dict[str, Any]]:
    """Return the selects of the list: kinds, states, systems, areas."""
    scope = asked.actor.scope(VIEW)
    is_wide = scope.everywhere or bool(scope.unit_ids)
    nodes = [
        node
        for node in areas.tree(asked.at, asked.numbers)
        if node.role in _AREAS and (is_wide or asked.actor.may(VIEW, node))
    ]
    low = min((node.depth for node in nodes), default=0)
    systems = System.objects.filter(closed_on=None).order_by("name").values_list("code", "name")[:100]
    lists = (
        ("kind", _("类型"), [(kind.code, kind.label) for kind in practice(asked.numbers).kinds.values()]),
        ("state", _("在册"), Device.State.choices),
        ("system", _("怎么接入"), [("none", _("自己上报")), *systems]),
        ("area", _("区域"), [(node.code, "\u3000" * (node.depth - low) + node.name) for node in nodes]),
    )
    return [
        {"name": name, "label": label, "chosen": asked.GET.get(name, ""), "options": [("", label), *options]}
        for name, label, options in lists
    ]


@require_safe
@staff_only(VIEW)
def sensors(request: HttpRequest) -> HttpResponse:
    """List the devices one sees, narrowed by the address; counters of health above."""
    asked = cast("Request", request)
    wanted = _wanted(asked)
    found = listed(request, queries.devices(asked.actor, wanted, at=asked.at), order=("number",), size=_SIZE)
    return page(
        request, "console/sensors/sensors.html", door=DOOR, title=_("物联设备"), pager=found.pager, total=found.total,
        tabs=sensing.tabs(asked, DOOR), lines=sensing.lines(asked, found.items), chips=_chips(asked, wanted),
        choices=_choices(asked), words=wanted.words, may_add=asked.actor.may(MANAGE),
        health=sensing.health_tabs(asked, request.path, wanted.health), query=asked.GET.urlencode(),
        chosen_health=wanted.health,
    )  # fmt: skip


@require_safe
@staff_only(VIEW)
def sensor(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a device: what it last said, how that went, whose it is, its key, what was refused."""
    asked = cast("Request", request)
    device = queries.device_or_404(asked.actor, key)
    streams = queries.streams_of(device)
    known = practice(asked.numbers)
    stream = next((one for one in streams if one.measure == request.GET.get("measure")), _first(streams))
    span = request.GET.get("range", "") if request.GET.get("range") in RANGES else "day"
    since = asked.at - SPANS["month"][1]
    return page(
        request, "console/sensors/sensor.html", door=DOOR, title=device.name, device=device,
        line=sensing.lines(asked, [device])[0], now_state=sensing.state_of(device),
        crumbs=[Crumb(_("物联设备"), reverse(DOOR)), *crumbs(asked, area_of(asked, device))],
        readings=[_reading(known.measure(device.kind, one.measure), one) for one in streams],
        chart=sensing.chart_of(asked, device, stream, span) if stream else None,
        measures=[
            Tab(_turned(request, measure=one.measure), known.measure(device.kind, one.measure).label,
                current=one is stream)
            for one in streams
        ],
        spans=[Tab(_turned(request, range=code), label, current=code == span) for code, (label, _s) in RANGES.items()],
        owner=sensing.unit_name(device.owning_unit_id, asked),
        keeper=sensing.unit_name(device.maintaining_unit_id, asked), every=sensing.every(device.expected_every),
        refused=_told(queries.refusals(asked.actor, since=since, device=device)),
        component_url=_component_url(asked, device), alarms=_alarms(asked, device),
        keeps=sensing.keeps(asked.actor, device), keys=_keys(device, asked), areas_url=land.areas_url(asked),
    )  # fmt: skip


def _component_url(asked: Request, device: Device) -> str:
    """Return the page of the component a device stands on, for who may see it."""
    held = device.component
    may = held is not None and asked.actor.may("components.view", held)
    return reverse("console:component", args=[held.key]) if may and held is not None else ""


def _alarms(asked: Request, device: Device) -> list[alarming.Line]:
    """Return the latest alarms of a device, those that stand first."""
    found = alarm_queries.seen_by(asked.actor).filter(device=device)
    return alarming.lines(asked, list(found.order_by(F("ended_at").desc(nulls_first=True), "-opened_at")[:_ALARMS]))


def _first(streams: list[Stream]) -> Stream | None:
    return next((one for one in streams if one.last_at is not None), streams[0] if streams else None)


def _reading(measure: Any, stream: Stream) -> dict[str, Any]:
    return {"label": measure.label, "said": sensing.value_words(measure, stream.last_value), "at": stream.last_at}


def _turned(request: HttpRequest, **changes: str) -> str:
    return address(request.GET, request.path, **changes) + "#readings"


def _keys(device: Device, asked: Request) -> list[DeviceKey]:
    """Return the keys that count now, the newest first."""
    return list(keys.counting_now(device, at=asked.at))


def _told(found: list[queries.Refused]) -> list[dict[str, Any]]:
    return [
        {"row": one, "reason": counting.REASONS.get(one.reason, one.reason),
         "url": sensing.url_of(one.device) if one.device else ""}
        for one in found
    ]  # fmt: skip


@require_safe
@staff_only(VIEW)
def point(request: HttpRequest, key: UUID) -> JsonResponse:
    """Give a device to its small map."""
    asked = cast("Request", request)
    device = queries.device_or_404(asked.actor, key)
    if device.point is None:
        return patrolling.collection([])
    return patrolling.collection(
        [patrolling.feature(device.point, shape="sensor", title=device.name, line=device.number)]
    )


@require_safe
@staff_only(VIEW)
def refusals(request: HttpRequest) -> HttpResponse:
    """Show what was refused: how much, why, of which devices and systems; never what was sent."""
    asked = cast("Request", request)
    span = request.GET.get("span", "") if request.GET.get("span") in SPANS else "day"
    since = asked.at - SPANS[span][1]
    found = queries.refusals(asked.actor, since=since)
    sums: dict[str, int] = {}
    for one in found:
        sums[one.reason] = sums.get(one.reason, 0) + one.messages
    reason = request.GET.get("reason", "")
    shown = [one for one in found if one.reason == reason] if reason in sums else found
    by = [Tab(address(request.GET, request.path, reason=None), _("全部"), current=reason not in sums)]
    by += [
        Tab(address(request.GET, request.path, reason=code), str(counting.REASONS.get(code, code)),
            current=code == reason)
        for code in sorted(sums, key=lambda code: -sums[code])
    ]  # fmt: skip
    return page(
        request, "console/sensors/refusals.html", door=DOOR, title=_("拒收的消息"),
        tabs=sensing.tabs(asked, "console:sensor_refusals"), rows=_told(shown), reasons=by,
        total=sum(one.messages for one in shown), all_seen=asked.actor.scope(MANAGE).everywhere,
        spans=[
            Tab(address(request.GET, request.path, span=code), str(label), current=code == span)
            for code, (label, _length) in SPANS.items()
        ],
    )  # fmt: skip


@require_safe
@staff_only(VIEW)
def export(request: HttpRequest) -> HttpResponse:
    """Give the list, as its address narrows it, as a table (CSV) that an import takes back."""
    asked = cast("Request", request)
    found = queries.devices(asked.actor, _wanted(asked), at=asked.at)
    content = "".join(exporting.csv_of(found, numbers=asked.numbers))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="devices.csv"'
    response["Cache-Control"] = "no-store"
    return response
