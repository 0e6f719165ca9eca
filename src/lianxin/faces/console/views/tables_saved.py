"""Self-service tables that are kept (存下的表): under a name, shared, and coming by the clock."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console import tabling
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.parts.shapes import Crumb
from lianxin.insight.statistics.places import PERMISSION
from lianxin.insight.tables import actions, asking, files
from lianxin.insight.tables.actions import Wanted
from lianxin.insight.tables.asking import label
from lianxin.insight.tables.models import SavedTable, Schedule
from lianxin.kernel.errors import Invalid, NotFound, Refused

from .tables import DOOR, answered, asked_for, same

_SIZE = 20


@require_safe
@staff_only(PERMISSION)
def tables(request: HttpRequest) -> HttpResponse:
    """List the tables one kept or is shown, and tables to begin with."""
    asked = cast("Request", request)
    seen = SavedTable.objects.visible_to(asked.actor)
    found = listed(request, seen, order=("-changed_at", "-id"), size=_SIZE, is_counted=False)
    coming = {one.table_id: one for one in actions.schedules(asked.actor, found.items)}
    mine = asked.actor.account_id
    return page(
        request, "console/tables/tables.html", door=DOOR, title=_("自助表"), starters=tabling.STARTERS,
        saved=[(one, one.account_id == mine, _when(coming.get(one.pk))) for one in found.items],
        pager=found.pager, make_url=reverse("console:table_make"),
    )  # fmt: skip


def _when(schedule: Schedule | None) -> str:
    """Say when a table comes."""
    if schedule is None or schedule.next_at is None:
        return ""
    day = {
        "week": words.WEEKDAYS[schedule.weekday - 1][1:], "month": _("{day}日").format(day=schedule.day),
    }.get(schedule.every, "")  # fmt: skip
    return _("{every}{day} {hour} 点").format(
        every=Schedule.Every(schedule.every).label, day=day, hour=schedule.hour
    )  # fmt: skip


class SaveForm(forms.Form):
    """A name, and who sees it."""

    name = forms.CharField(label=_lazy("叫什么"), max_length=60, widget=forms.TextInput(attrs={"autofocus": True}))
    shared = forms.ChoiceField(
        label=_lazy("给谁看"), choices=SavedTable.Shared.choices, widget=forms.RadioSelect, initial="none",
        help_text=_lazy("存的是问法，不是数字：谁打开，看到的是自己辖区的数"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(PERMISSION)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a table under a name, or change one's own."""
    request_ = cast("Request", request)
    asked = asked_for(request_, tabling.words_of(request_))
    before = _before(request_)

    def act(values: dict[str, Any]) -> Done:
        kept = actions.save(
            request_.actor, words=asked.words, at=request_.at, numbers=request_.numbers, table=before,
            seen=before.version if before else None, **values,
        )  # fmt: skip
        return Done(reverse("console:table", args=[kept.key]), _("存好了"))

    initial = {"name": before.name, "shared": before.shared} if before else {"name": "", "shared": "none"}
    return save(
        request, SaveForm(request.POST or None, initial=initial), act, template="console/tables/save.html", door=DOOR,
        title=_("存下这张表"), asked=asked, by="、".join(str(one.label) for one in asked.by),
        names="、".join(label(one) for one in asked.figures), narrowed=tabling.chosen(asked, request_.numbers),
        back_url=f"{reverse('console:table_make')}?{asked.query}{same(request_)}",
    )  # fmt: skip


def _before(request: Request) -> SavedTable | None:
    """Return the table that is being changed, if it is one's own."""
    key = request.GET.get("table", "")
    try:
        found = actions.find(request.actor, UUID(key)) if key else None
    except ValueError:
        raise NotFound(_("没有这张表。")) from None
    return found if found is not None and found.account_id == request.actor.account_id else None


class ScheduleForm(forms.Form):
    """When it comes, and as what."""

    every = forms.ChoiceField(label=_lazy("多久一次"), choices=Schedule.Every.choices, widget=forms.RadioSelect)
    weekday = forms.TypedChoiceField(
        label=_lazy("每周的话，星期几"), coerce=int, choices=list(enumerate(words.WEEKDAYS, 1)), initial=1
    )
    day = forms.TypedChoiceField(
        label=_lazy("每月的话，几号"), coerce=int, choices=[(each, each) for each in range(1, 29)], initial=1
    )  # fmt: skip
    hour = forms.TypedChoiceField(label=_lazy("几点"), coerce=int, choices=[(each, f"{each}:00") for each in range(24)])
    is_on_workdays = forms.BooleanField(label=_lazy("遇休息日顺延到下一个工作日"), required=False)
    format = forms.ChoiceField(label=_lazy("格式"), choices=Schedule.Format.choices, widget=forms.RadioSelect)


@require_http_methods(["GET", "POST"])
@staff_only(PERMISSION)
def table(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a table that was kept, when it comes to oneself, and what has come."""
    request_ = cast("Request", request)
    found = actions.find(request_.actor, key)
    mine = next(iter(actions.schedules(request_.actor, [found])), None)

    def act(values: dict[str, Any]) -> Done:
        kept = actions.schedule(request_.actor, table=found, wanted=Wanted(**values), at=request_.at)
        said = _("下一份{at}送到消息里").format(at=words.instant(kept.next_at or request_.at, request_.at))
        return Done(reverse("console:table", args=[key]), said)

    initial = {
        name: getattr(mine, name) for name in ScheduleForm.base_fields
    } if mine else {"every": "week", "hour": 8, "is_on_workdays": True, "format": "xlsx"}  # fmt: skip
    is_own = found.account_id == request_.actor.account_id
    return save(
        request, ScheduleForm(request.POST or None, initial=initial), act,
        template="console/tables/table.html", door=DOOR,
        title=found.name, one=found, is_own=is_own, mine=mine, when=_when(mine),
        crumbs=[Crumb(_("自助表"), reverse("console:tables")), Crumb(found.name)],
        change_url=f"{reverse('console:table_make')}?{asking.written(found.words)}{f'&table={key}' if is_own else ''}",
        came=mine.files.order_by("-due_at")[:10] if mine else [],
        **_kept(request_, found),
    )  # fmt: skip


def _kept(request: Request, found: SavedTable) -> dict[str, Any]:
    """Return a kept table as told now; where it can no longer be, why."""
    given = found.words | {name: [request.GET[name]] for name in ("chart", "sort") if name in request.GET}
    try:
        asked = asked_for(request, given)
    except Invalid as refused:
        return {"faults": list(refused.fields.values())}
    except NotFound as refused:
        return {"faults": [refused.sentence]}
    return {"asked": asked, **answered(request, asked, base="../cases")}


@require_POST
@staff_only(PERMISSION)
def stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let it come no more."""
    request_ = cast("Request", request)
    actions.unschedule(request_.actor, table=actions.find(request_.actor, key), at=request_.at)
    return done(request, Done(reverse("console:table", args=[key]), _("不再定时送了")))


@require_POST
@staff_only(PERMISSION)
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw one's own table away."""
    request_ = cast("Request", request)
    actions.end(request_.actor, table=actions.find(request_.actor, key), at=request_.at)
    return done(request, Done(reverse("console:tables"), _("删掉了，定时的也停了")))


@require_safe
@staff_only(PERMISSION)
def came(request: HttpRequest, key: UUID, file_key: UUID) -> Any:
    """Give a file that came by the clock."""
    request_ = cast("Request", request)
    found = actions.find(request_.actor, key)
    one, content = actions.fetch(request_.actor, table=found, key=file_key, at=request_.at)
    if one.size is None:
        raise Refused("file_gone", _("文件还没有好。"))
    response = StreamingHttpResponse(content, content_type=files.TYPES[one.format])
    response["Content-Length"] = str(one.size)
    name = f"table-{one.due_at:%Y%m%d}.{one.format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
