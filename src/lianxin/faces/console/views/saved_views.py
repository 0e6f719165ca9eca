"""Saved views: keep what a list shows under a name, share it, begin with it, be told of what comes in."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianxin.faces.console import doing, filtering, viewing
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, NothingForm, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.foundation.notifications import actions as notifications
from lianxin.insight.views import actions, reading
from lianxin.insight.views.actions import Wanted
from lianxin.insight.views.models import Page, SavedView, Share
from lianxin.insight.views.queries import Seen, find, views_of
from lianxin.kernel import ids
from lianxin.kernel.errors import LianxinError
from lianxin.kernel.text import mask_name

CADENCES = {"": gettext_lazy("不订阅"), "0": gettext_lazy("一有就提醒"), "15": gettext_lazy("15 分钟一次"),
            "60": gettext_lazy("1 小时一次")}  # fmt: skip
_DOORS = {"seat": "console:seat", "cases": "console:cases"}


class ViewForm(forms.Form):
    """A name, and for whom."""

    name = forms.CharField(
        label=gettext_lazy("名字"), max_length=20, help_text=gettext_lazy("例如：龙眠街道超时的井盖"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": gettext_lazy("请起个名字。")},
    )  # fmt: skip
    share = forms.ChoiceField(
        label=gettext_lazy("给谁用"), required=False, choices=Share.choices, widget=forms.RadioSelect, initial="",
        help_text=gettext_lazy("共享的是条件；各人只看得到自己有权看的案卷"),
    )  # fmt: skip


@require_GET
@staff_only("cases.view", "cases.handle")
def views(request: HttpRequest) -> HttpResponse:
    """Show one's own views and those shared with one, to put in order."""
    asked = cast("Request", request)
    groups = [
        {"label": label, "page": name, "rows": [_row(asked, seen) for seen in views_of(asked.actor, name)]}
        for name, label in Page.choices if name != Page.SEAT or asked.actor.may("cases.file")
    ]  # fmt: skip
    return page(
        request, "console/views.html", door="console:cases", title=_("视图"), groups=groups,
        cadences=CADENCES.items(), most=actions.MOST_VIEWS,
    )  # fmt: skip


def _row(asked: Request, seen: Seen) -> dict[str, Any]:
    words = QueryDict(seen.view.words)
    tab = str(reading.TABS[reading.tab(words)][0]) if seen.view.page == Page.SEAT else ""
    chips = filtering.chips(words, "", at=asked.at, numbers=asked.numbers)
    return {
        "seen": seen, "view": seen.view, "url": viewing.url_of(seen.view),
        "words": " · ".join(filter(None, [tab, *(chip.label for chip in chips)])),
        "share": Share(seen.view.share).label, "owner": mask_name(seen.view.owner.name),
        "every": "" if seen.every_minutes is None else str(seen.every_minutes),
        "is_broken": bool(reading.gone(words, at=asked.at, numbers=asked.numbers)),
    }  # fmt: skip


@require_GET
@staff_only("cases.view", "cases.handle")
def view(request: HttpRequest, key: UUID) -> HttpResponse:
    """Lead to the list a view stands for; messages about it count as read."""
    asked = cast("Request", request)
    found = find(asked.actor, key)
    notifications.mark_read(asked.actor, link=request.path, at=asked.at)
    return HttpResponseRedirect(viewing.url_of(found))


@require_http_methods(["GET", "POST"])
@staff_only("cases.view", "cases.handle")
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep what a list shows now."""
    asked = cast("Request", request)
    name = request.GET.get("page", "")
    door = _DOORS.get(name, "console:cases")
    given = request.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    form = ViewForm(request.POST or None)

    def act(values: dict[str, Any]) -> Done:
        wanted = Wanted(values["name"], values["share"], request.GET)
        made = actions.save(asked.actor, key=key, page=name, wanted=wanted, at=asked.at)
        return Done(viewing.url_of(made), _("视图“%(name)s”存好了") % {"name": made.name})

    chips = filtering.chips(request.GET, "", at=asked.at, numbers=asked.numbers)
    tab = [str(reading.TABS[reading.tab(request.GET)][0])] if name == "seat" else []
    return save(
        request, form, act, template="console/view_form.html", door=door, title=_("存为视图"), verb=_("存好"),
        back_url=f"{reverse(door)}?{reading.kept(request.GET)}", client_id=key,
        words=" · ".join([*tab, *(chip.label for chip in chips)]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("cases.view", "cases.handle")
def view_edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Rename one's own view, or share it with others."""
    asked = cast("Request", request)
    found = find(asked.actor, key)
    form = ViewForm(request.POST or None, initial={"name": found.name, "share": found.share})

    def act(values: dict[str, Any]) -> Done:
        wanted = Wanted(values["name"], values["share"])
        actions.amend(asked.actor, view=found, wanted=wanted, seen=doing.seen(request), at=asked.at)
        return Done(reverse("console:views"), _("改好了"))

    return save(
        request, form, act, template="console/view_form.html", door="console:cases", title=_("改视图"), verb=_("存好"),
        back_url=reverse("console:views"), seen=found.version,
        words=_row(asked, Seen(found, True, False, None, 0))["words"],  # noqa: FBT003
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("cases.view", "cases.handle")
def view_delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take one's own view away."""
    asked = cast("Request", request)
    found = find(asked.actor, key)
    shared = "" if not found.share else _("与您共享它的人也会看不到它。")
    question = Question(
        _("删除视图“%(name)s”") % {"name": found.name}, shared or _("只删条件，案卷都在。"), _("删除"),
        reverse("console:views"),
    )  # fmt: skip

    def act(_values: dict[str, Any]) -> Done:
        actions.delete(asked.actor, view=found, seen=None, at=asked.at)
        return Done(reverse("console:views"), _("视图删了"))

    return ask(request, NothingForm(request.POST or None), question, act, door="console:cases")


@require_POST
@staff_only("cases.view", "cases.handle")
def view_use(request: HttpRequest, key: UUID) -> HttpResponse:
    """Move a view up or down, begin with it, or subscribe: what each viewer decides for themselves."""
    asked = cast("Request", request)
    found = find(asked.actor, key)
    try:
        said = _use(asked, found)
    except LianxinError as error:
        said = error.sentence
    return doing.go_on(request, doing.next_url(request, reverse("console:views")), said=said)


def _use(asked: Request, view: SavedView) -> str:
    act = asked.POST.get("act", "")
    if act in {"up", "down"}:
        actions.move(asked.actor, view=view, up=act == "up")
        return ""
    if act in {"default", "plain"}:
        actions.set_default(asked.actor, view=view, on=act == "default")
        return _("以后打开就是“%(name)s”") % {"name": view.name} if act == "default" else _("以后打开显示全部")
    every = asked.POST.get("every", "")
    actions.subscribe(asked.actor, view=view, every_minutes=int(every) if every in CADENCES and every else None,
                      at=asked.at)  # fmt: skip
    return _("有新案件进来会收到消息") if every else _("不再提醒")
