"""Stations: the list, opening one, amending, shutting it for a while, closing it."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.forms_stations import StationForm, initial_of
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.land import center_of
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, NoteForm, Question, ask, save
from lianxin.faces.console.telling import DOOR, tabs
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.kernel import ids
from lianxin.kernel.errors import NotFound
from lianxin.work.stations import actions, queries, rules
from lianxin.work.stations.models import Station

from .notices import stored_photos

MANAGE = "stations.manage"
_SIZE = 40


@require_safe
@staff_only(MANAGE)
def stations(request: HttpRequest) -> HttpResponse:
    """List the stations this person keeps, of one kind if the address says so."""
    asked = cast("Request", request)
    kinds, kind = rules.kinds(asked.numbers), request.GET.get("kind", "")
    found = Station.objects.visible_to(asked.actor).standing()
    shown = listed(request, found.filter(kind=kind) if kind in kinds else found, order=("id",), size=_SIZE)
    choices = [("", _("全部")), *kinds.items()]
    return page(
        request, "console/stations/stations.html", door=DOOR, title=_("服务站点"), pager=shown.pager,
        tabs=tabs(asked, "console:stations"), total=shown.total,
        kinds=[Tab(f"{request.path}?kind={code}", label, current=code == kind) for code, label in choices],
        rows=[_row(asked, one) for one in shown.items],
    )  # fmt: skip


def _row(asked: Request, one: Station) -> dict[str, Any]:
    area = areas.node(one.area_id, asked.numbers)
    return {
        "station": one,
        "kind": rules.kinds(asked.numbers).get(one.kind, one.kind),
        "area": area.name if area else "",
        "open": rules.open_now(one, asked.at),
        "hours": rules.say_hours(one.hours),
    }


def _found(asked: Request, key: UUID) -> Station:
    found = Station.objects.visible_to(asked.actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这个站点，或不由您管。"))
    return found


def _url(station: Station) -> str:
    return reverse("console:station", args=[station.key])


@require_safe
@staff_only(MANAGE)
def station(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a station."""
    asked = cast("Request", request)
    found = _found(asked, key)
    return page(
        request, "console/stations/station.html", door=DOOR, title=found.name, row=_row(asked, found),
        crumbs=[Crumb(_("服务站点"), reverse("console:stations")), Crumb(found.name)],
        photos=queries.photos_of([found]).get(found.pk, []),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """Open a station."""
    asked = cast("Request", request)
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = StationForm(request.POST or None, asked=asked)

    def act(values: dict[str, Any]) -> Done:
        made = actions.open_station(
            asked.actor, key=key, wanted=form.wanted(stored_photos(asked, key)), area=values["area"], at=asked.at
        )
        return Done(_url(made), _("居民现在看得到{name}").format(name=made.name))

    return save(
        request, form, act, template="console/stations/form.html", door=DOOR, title=_("加服务站点"), verb=_("添加"),
        back_url=reverse("console:stations"), client_id=key, center=center_of(asked),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Correct a station."""
    asked = cast("Request", request)
    found = _found(asked, key)
    form = StationForm(request.POST or None, asked=asked, initial=dict(initial_of(found)))

    def act(values: dict[str, Any]) -> Done:
        photos = stored_photos(asked, ids.uuid7(asked.at))
        actions.amend(
            asked.actor,
            station=found,
            wanted=form.wanted(photos),
            area=values["area"],
            seen=values["seen"],
            at=asked.at,
        )
        return Done(_url(found), _("已改好"))

    center = f"{found.point.lon},{found.point.lat}" if found.point else center_of(asked)
    return save(
        request, form, act, template="console/stations/form.html", door=DOOR, title=_("改站点资料"), verb=_("改好了"),
        back_url=_url(found), center=center,
    )  # fmt: skip


class PauseForm(forms.Form):
    """Until when it is shut, and why."""

    until = forms.DateField(
        label=gettext_lazy("关到哪天"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("空着就是照常开放"),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("为什么"), max_length=80, required=False)


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def pause(request: HttpRequest, key: UUID) -> HttpResponse:
    """Shut a station for a while, or let it open as usual."""
    asked = cast("Request", request)
    found = _found(asked, key)
    question = Question(_("暂停开放"), _("居民会看到关到哪天、为什么。"), _("记下"), _url(found), is_danger=False)

    def act(values: dict[str, Any]) -> Done:
        actions.pause(asked.actor, station=found, until=values["until"], reason=values["reason"], at=asked.at)
        return Done(_url(found), _("已改好，居民看得到"))

    initial = {"until": found.pause_until, "reason": found.pause_reason}
    return ask(request, PauseForm(request.POST or None, initial=initial), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(MANAGE)
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a station from the map for good."""
    asked = cast("Request", request)
    found = _found(asked, key)
    question = Question(
        _("撤销{name}").format(name=found.name), _("居民再也找不到它；它的资料留着。"), _("撤销站点"), _url(found)
    )

    def act(values: dict[str, Any]) -> Done:
        actions.close(asked.actor, station=found, reason=values["note"], at=asked.at)
        return Done(reverse("console:stations"), _("{name}已撤销").format(name=found.name))

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)
