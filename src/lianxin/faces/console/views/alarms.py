"""告警: the board, one alarm with its reading and story, and what people do about it."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console import alarming
from lianxin.faces.console.alarming import DOOR
from lianxin.faces.console.filtering import address
from lianxin.faces.console.forms_alarms import AcknowledgeForm, MuteForm, WhyForm
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, Question, ask, done, faults_into, save
from lianxin.faces.console.standing import crumbs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Filter, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.kernel import ids
from lianxin.kernel.errors import NotFound
from lianxin.registry.sensors.settings import practice
from lianxin.work.alarms import actions, casing, queries, wording
from lianxin.work.alarms.models import Alarm, Mute
from lianxin.work.alarms.permissions import ACKNOWLEDGE, VIEW
from lianxin.work.alarms.queries import Filters
from lianxin.work.alarms.rules import Level
from lianxin.work.alarms.settings import alarm_settings

_SIZE = 30
SHOWN = {
    "new": gettext_lazy("等人确认"), "active": gettext_lazy("告警中"), "cleared": gettext_lazy("已恢复，等结案"),
    "past": gettext_lazy("历史"),
}  # fmt: skip
_EMPTY = {
    "new": (gettext_lazy("没有等人确认的告警"), gettext_lazy("设备一报警就排在这里，最急的在最上面。")),
    "active": (gettext_lazy("没有设备在告警"), gettext_lazy("规则看着每一条读数，一有异常就出现在这里。")),
    "cleared": (gettext_lazy("没有等结案的告警"), gettext_lazy("设备恢复了、案件还在办的，会列在这里。")),
    "past": (gettext_lazy("还没有结束的告警"), gettext_lazy("恢复、办结或判为误报的告警会留在这里。")),
}


def _wanted(asked: Request) -> Filters:
    """Read what the board is narrowed to; words that stand for nothing known are passed over."""
    given = asked.GET
    level = given.get("level", "")
    shown = given.get("show", "active")
    return Filters(
        shown=shown if shown in SHOWN else "active",
        level=int(level) if level in {"1", "2", "3", "4"} else 0,
        kind=given.get("kind", "") if given.get("kind", "") in practice(asked.numbers).kinds else "",
        fault=given.get("fault", "") if given.get("fault", "") in alarm_settings(asked.numbers).faults else "",
        area=areas.atlas(asked.at, asked.numbers).by_code.get(given.get("area", "")),
        day=_day(given.get("day", "")),
    )


def _day(given: str) -> str:
    try:
        return datetime.strptime(given, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return ""


def _chips(asked: Request, wanted: Filters) -> list[Filter]:
    told = (
        ("level", Level(wanted.level).label if wanted.level else ""),
        ("kind", practice(asked.numbers).kind(wanted.kind).label if wanted.kind else ""),
        ("fault", alarm_settings(asked.numbers).fault(wanted.fault) if wanted.fault else ""),
        ("area", " ".join(wanted.area.breadcrumb[1:] or wanted.area.breadcrumb) if wanted.area else ""),
        ("day", wanted.day),
    )
    return [Filter(said, address(asked.GET, asked.path, **{name: None})) for name, said in told if said]


def _choices(asked: Request) -> list[dict[str, Any]]:
    nodes = [node for node in areas.tree(asked.at, asked.numbers) if node.role in {"street", "community"}]
    kinds = [(kind.code, kind.label) for kind in practice(asked.numbers).kinds.values()]
    lists = (
        ("kind", _("设备类型"), kinds),
        ("fault", _("故障"), list(alarm_settings(asked.numbers).faults.items())),
        ("area", _("区域"), [(node.code, "\u3000" * (node.role == "community") + node.name) for node in nodes]),
    )
    return [
        {"name": name, "label": label, "chosen": asked.GET.get(name, ""), "options": [("", label), *options]}
        for name, label, options in lists
    ]


def _tabs(asked: Request, wanted: Filters, told: queries.Counts) -> list[Tab]:
    counted = {"new": told.new, "active": told.active, "cleared": told.cleared}
    return [
        Tab(address(asked.GET, asked.path, show=code), str(label), counted.get(code), current=code == wanted.shown)
        for code, label in SHOWN.items()
    ]


@require_safe
@staff_only(VIEW)
def board(request: HttpRequest) -> HttpResponse:
    """Show what calls now, the gravest first; what is over under 历史; and how many there were each day."""
    asked = cast("Request", request)
    wanted = _wanted(asked)
    order = ("-opened_at", "-id") if wanted.shown == "past" else ("-level", "-opened_at", "-id")
    rows = listed(request, queries.alarms(asked.actor, wanted), order=order, size=_SIZE)
    told = queries.counts(asked.actor)
    since = asked.at - timedelta(days=30)
    settings = alarm_settings(asked.numbers)
    return page(
        request, "console/alarms/board.html", door=DOOR, title=_("告警"), total=rows.total, pager=rows.pager,
        lines=alarming.lines(asked, rows.items), tabs=alarming.tabs(asked, DOOR), shown=_tabs(asked, wanted, told),
        which=wanted.shown, counts=told, levels=_levels(asked, wanted, told), chips=_chips(asked, wanted),
        choices=_choices(asked), chart=alarming.days(asked), empty=_EMPTY[wanted.shown],
        faults=[(settings.fault(code), count, f"{request.path}?show=past&fault={code}")
                for code, count in queries.by_fault(asked.actor, since=since)],
    )  # fmt: skip


def _levels(asked: Request, wanted: Filters, told: queries.Counts) -> list[dict[str, Any]]:
    return [
        {"badge": alarming.badge(level), "count": told.by_level.get(level, 0),
         "url": address(asked.GET, asked.path, show="active", level=None if wanted.level == level else str(int(level))),
         "current": wanted.level == level}
        for level in sorted(Level, reverse=True)
    ]  # fmt: skip


@require_safe
@staff_only(VIEW)
def alarm(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show an alarm: the reading with the thresholds, what happened, its case, device and component."""
    asked = cast("Request", request)
    return _show(asked, queries.alarm_or_404(asked.actor, key))


def _show(asked: Request, found: Alarm, form: AcknowledgeForm | None = None) -> HttpResponse:
    spec = casing.spec_of(found)
    line = alarming.line(asked, found)
    area = areas.node(found.area_id, asked.numbers) if found.area_id is not None else None
    muted = queries.mutes(found.device_id, at=asked.at)
    device = found.device
    return page(
        asked, "console/alarms/alarm.html", door=DOOR, title=f"{line.fault} · {line.device}", alarm=found, line=line,
        crumbs=[Crumb(_("告警"), reverse(DOOR)), *crumbs(asked, area)], spec=spec,
        says=wording.sentence(spec) if spec else "", recovers=wording.recovery(spec) if spec else "",
        peak=wording.amount(found.device_kind, found.measure, found.peak) if found.peak is not None else "",
        chart=alarming.around(asked, found, spec), story=alarming.story(queries.story(found), found),
        may_act=alarming.may_act(asked.actor, found) and found.ended_at is None, form=form or AcknowledgeForm(),
        mutes=[one for one in muted if one.fault in {"", found.fault}],
        device_url=reverse("console:sensor", args=[device.key]) if asked.actor.may("sensors.view", found) else "",
        component_url=_component_url(asked, found), others=_others(asked, found), status=422 if form else 200,
    )  # fmt: skip


def _component_url(asked: Request, found: Alarm) -> str:
    component = found.component
    if component is None or not asked.actor.may("components.view", component):
        return ""
    return reverse("console:component", args=[component.key])


def _others(asked: Request, found: Alarm) -> list[alarming.Line]:
    """Return what else the device called for lately."""
    rows = queries.seen_by(asked.actor).filter(device_id=found.device_id).exclude(pk=found.pk)
    return alarming.lines(asked, list(rows.order_by("-opened_at")[:5]))


def _seen(asked: Request) -> int | None:
    text = asked.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


@require_POST
@staff_only(ACKNOWLEDGE)
def acknowledge(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say that one looks after it."""
    asked = cast("Request", request)
    found = queries.alarm_or_404(asked.actor, key)
    form = AcknowledgeForm(request.POST)
    if form.is_valid():
        with faults_into(form):
            note = form.cleaned_data["note"]
            actions.acknowledge(asked.actor, alarm=found, note=note, seen=_seen(asked), at=asked.at)
            back = reverse(DOOR) if request.POST.get("back") == "board" else reverse("console:alarm", args=[key])
            return done(request, Done(back, _("已确认，不再提醒")))
    return _show(asked, queries.alarm_or_404(asked.actor, key), form)


@require_http_methods(["GET", "POST"])
@staff_only(ACKNOWLEDGE)
def dismiss(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say that it was none."""
    asked = cast("Request", request)
    found = queries.alarm_or_404(asked.actor, key)
    actions.demand_on(asked.actor, found)
    back = reverse("console:alarm", args=[key])
    effect = _("告警就此结束，不立案。设备要先恢复，再报警才会有新的告警；级别升高时照样报。")
    question = Question(_("判为误报"), effect, _("判为误报"), back)

    def act(values: dict[str, Any]) -> Done:
        actions.dismiss(asked.actor, alarm=found, why=values["why"], at=asked.at)
        return Done(back, _("已判为误报"))

    return ask(request, WhyForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(ACKNOWLEDGE)
def mute(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let the alarm's device disturb nobody for a while."""
    asked = cast("Request", request)
    found = queries.alarm_or_404(asked.actor, key)
    actions.demand_on(asked.actor, found)
    back = reverse("console:alarm", args=[key])
    given = request.POST.get("client_id", "")
    client_id = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)

    def act(values: dict[str, Any]) -> Done:
        since = values["since"] or asked.at
        actions.mute(
            asked.actor, key=client_id, device=found.device, fault=found.fault if values["only_this"] else "",
            since=since, until=max(since, asked.at) + timedelta(hours=values["hours"]), why=values["why"], at=asked.at,
        )  # fmt: skip
        return Done(back, _("已静默"))

    return save(
        request, MuteForm(request.POST or None, initial={"hours": 4}), act, template="console/alarms/mute.html",
        door=DOOR, title=_("静默 %(name)s") % {"name": found.device.name}, back_url=back, client_id=client_id,
    )  # fmt: skip


@require_POST
@staff_only(ACKNOWLEDGE)
def unmute(request: HttpRequest, key: UUID, mute_key: UUID) -> HttpResponse:
    """End a mute before its time."""
    asked = cast("Request", request)
    found = queries.alarm_or_404(asked.actor, key)
    muted = Mute.objects.select_related("device").filter(key=mute_key, device_id=found.device_id).first()
    if muted is None:
        raise NotFound(_("没有这段静默。"))
    actions.lift_mute(asked.actor, mute=muted, at=asked.at)
    return done(request, Done(reverse("console:alarm", args=[key]), _("静默已取消")))
