"""Warnings: the board, one with its map and its chain, deciding on what waits, issuing, updating, cancelling."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console.forms_warnings import EVENTS, WarningForm, initial_of
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.saving import Done, NoteForm, NothingForm, Question, ask, done, faults_into
from lianxin.faces.console.warning import (
    DOOR,
    ISSUE,
    SEEN_BY,
    SOURCES,
    kind_words,
    left,
    place_words,
    rows,
    tabs,
    title,
)
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Crumb, Tab
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Area
from lianxin.kernel import ids
from lianxin.kernel.errors import NotFound
from lianxin.work.disclosure import audience
from lianxin.work.disclosure import rules as disclosure_rules
from lianxin.work.stations import queries as stations
from lianxin.work.warnings import deciding, issuing, matching, queries, rules, telling
from lianxin.work.warnings.board import short_title
from lianxin.work.warnings.models import State, WarningMessage

_SIZE, _NEAR = 30, 4
_KINDS: tuple[tuple[str, str, tuple[State, ...], bool], ...] = (
    ("running", "生效中", (State.RUNNING,), False),
    ("waiting", "待审", (State.WAITING,), True),
    ("past", "过去的", (State.REPLACED, State.CANCELLED, State.EXPIRED), False),
    ("kept", "没发布的", (State.REFUSED, State.NOTED), True),
)


@require_safe
@staff_only(*SEEN_BY, SOURCES)
def warnings(request: HttpRequest) -> HttpResponse:
    """List warnings of this person's ground: those in force, and by tabs those that wait, are over, were not told."""
    asked = cast("Request", request)
    if not any(asked.actor.may(permission) for permission in SEEN_BY):
        return HttpResponseRedirect(reverse("console:warning_sources"))
    decides = asked.actor.may(ISSUE)
    kinds = [kind for kind in _KINDS if decides or not kind[3]]
    kind = next((each for each in kinds if each[0] == request.GET.get("state")), kinds[0])
    shown = listed(request, _of(asked, kind[2]), order=("-id",), size=_SIZE)
    waiting = _of(asked, (State.WAITING,)).count() if decides else 0
    return page(
        request, "console/warnings/warnings.html", door=DOOR, title=_("预警"), tabs=tabs(asked, DOOR),
        rows=rows(asked, shown.items), pager=shown.pager, total=shown.total, kind=kind[0], may_issue=decides,
        kinds=[
            Tab(f"{request.path}?state={name}", _(label), current=name == kind[0],
                count=waiting if name == "waiting" and waiting else None)
            for name, label, _states, _only in kinds
        ],
    )  # fmt: skip


def _of(asked: Request, states: tuple[State, ...]) -> "QuerySet[WarningMessage]":
    return queries.visible(asked.actor).filter(state__in=states)


def _found(asked: Request, key: UUID) -> WarningMessage:
    found = queries.visible(asked.actor).filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这条预警，或不由您管。"))
    return found


def _url(row: WarningMessage) -> str:
    return reverse("console:warning", args=[row.key])


@require_safe
@staff_only(*SEEN_BY)
def warning(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one: what it says, where it falls, how it came, who knows."""
    asked = cast("Request", request)
    found = _found(asked, key)
    fallen = queries.areas_of(found)
    decides = bool(fallen) and all(
        (node := areas.node(each.area_id, asked.numbers)) is not None and asked.actor.may(ISSUE, node)
        for each in fallen
    )
    is_running = found.state == State.RUNNING
    return page(
        request, "console/warnings/warning.html", door=DOOR, title=found.headline or title(found), warning=found,
        crumbs=[Crumb(_("预警"), reverse(DOOR)), Crumb(title(found))], short=title(found), left=left(found, asked.at),
        points=rules.points_of(found.instruction),
        chain=[(one, title(one), kind_words(one)) for one in queries.chain(found)],
        places=[(areas.node(each.area_id, asked.numbers), each) for each in fallen],
        reception=queries.reception(found), may_decide=decides and found.state == State.WAITING,
        may_change=decides and is_running, is_own=found.source.is_own, is_grave=found.colour in rules.GRAVE,
        near=_near(asked, found) if is_running and found.colour in rules.GRAVE else [],
        may_visit=asked.actor.may("visits.view"), may_patrol=asked.actor.may("patrols.view"),
        may_see_notice=asked.actor.may("disclosure.publish") or asked.actor.may("disclosure.receipts"),
    )  # fmt: skip


def _near(asked: Request, found: WarningMessage) -> list[stations.Near]:
    """Return stations in the middle of where it falls: where people may be taken."""
    nodes = [areas.node(each.area_id, asked.numbers) for each in queries.areas_of(found)[:1]]
    point = next((node.center for node in nodes if node is not None and node.center is not None), None)
    return stations.near(asked.at, point=point, area=nodes[0] if nodes else None, most=_NEAR)


@require_safe
@staff_only(*SEEN_BY)
def shapes(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the map what the sender drew, over the borders of the areas on which it falls."""
    found = _found(cast("Request", request), key)
    fallen = [each.area_id for each in queries.areas_of(found)]
    borders = Area.objects.filter(pk__in=fallen, boundary__isnull=False).values_list("name", "boundary")
    # Where the sender drew nothing, the areas themselves bear the colour.
    level = "community" if found.outlines else f"cap-{found.colour}"
    features = [_feature(border, name, level) for name, border in borders]
    features += [_feature(outline, "", f"cap-{found.colour}") for outline in found.outlines]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _feature(geometry: Any, name: str, level: str) -> dict[str, Any]:
    properties = {"name": name, "title": name, "level": level, "line": "", "url": ""}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


@require_http_methods(["GET", "POST"])
@staff_only(ISSUE)
def approve(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask how many are told, then let it out."""
    asked = cast("Request", request)
    found = _found(asked, key)
    fallen = [each.area_id for each in queries.areas_of(found)]
    effect = _effect(asked, fallen, grave=found.colour in rules.GRAVE, is_public=found.is_public)
    question = Question(
        _("发布“{title}”").format(title=found.headline), effect, _("看过了，发布"), _url(found), is_danger=False
    )

    def act(_values: dict[str, Any]) -> Done:
        deciding.approve(asked.actor, warning=found, at=asked.at)
        return Done(_url(found), _("已发布，居民和岗位都会收到"))

    return ask(request, NothingForm(request.POST if request.method == "POST" else None), question, act, door=DOOR)


def _effect(asked: Request, area_ids: list[int], *, grave: bool, is_public: bool = True) -> str:
    """Say who is told: 龙眠街道：居民首页出现预警条；12 名工作人员收到，同时发短信。."""
    where = matching.few(area_ids, asked.at, disclosure_rules.MOST_AREAS)
    count = len(audience.meant(where, telling.told_roles(), asked.at))
    told = [_("{where}：").format(where=place_words(asked, area_ids))]
    told += [_("居民首页出现预警条；")] if is_public else []
    told.append(_("{count} 名工作人员收到").format(count=count))
    return "".join(told) + (_("，同时发短信。") if grave and count else "。")


@require_http_methods(["GET", "POST"])
@staff_only(ISSUE)
def refuse(request: HttpRequest, key: UUID) -> HttpResponse:
    """Decide that it is not told here."""
    asked = cast("Request", request)
    found = _found(asked, key)
    question = Question(_("不发布这条预警"), _("留在“没发布的”里，谁也不会收到。"), _("不发布"), _url(found))

    def act(values: dict[str, Any]) -> Done:
        deciding.refuse(asked.actor, warning=found, reason=values["note"], at=asked.at)
        return Done(reverse(DOOR), _("没有发布"))

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(ISSUE)
def cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    """Cancel one of ours, or take one of others from our pages."""
    asked = cast("Request", request)
    found = _found(asked, key)
    own = found.source.is_own
    effect = _("马上从所有页面消失，看过的人会收到原因。")
    effect += "" if own else _("只在我们这里停发，发布单位的不受影响。")
    question = Question(
        _("解除预警") if own else _("停发这条预警"), effect, _("解除") if own else _("停发"), _url(found)
    )

    def act(values: dict[str, Any]) -> Done:
        if own:
            issuing.cancel(
                asked.actor, warning=found, key=ids.uuid7(asked.at), reason=values["note"], at=asked.at
            )  # fmt: skip
        else:
            deciding.stop(asked.actor, warning=found, reason=values["note"], at=asked.at)
        return Done(_url(found), _("已解除") if own else _("已停发"))

    return ask(request, NoteForm(request.POST or None), question, act, door=DOOR)


@require_http_methods(["GET", "POST"])
@staff_only(ISSUE)
def issue(request: HttpRequest) -> HttpResponse:
    """Write a warning, look at it as residents see it, send it."""
    return _write(cast("Request", request), None)


@require_http_methods(["GET", "POST"])
@staff_only(ISSUE)
def update(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let another take the place of one of ours."""
    asked = cast("Request", request)
    return _write(asked, _found(asked, key))


def _write(asked: Request, old: WarningMessage | None) -> HttpResponse:
    initial = dict(initial_of(old, [each.area_id for each in queries.areas_of(old)])) if old else {"category": "Safety"}
    form = WarningForm(asked.POST or None, asked=asked, initial=initial)
    given = asked.POST.get("client_id", "")
    key = ids.parse(given, field="client_id") if given else ids.uuid7(asked.at)
    preview = None
    if asked.method == "POST" and form.is_valid():
        with faults_into(form):
            if asked.POST.get("step") == "send":
                return done(asked, _sent(asked, form, old, key))
            preview = _preview(asked, form)
    return page(
        asked, "console/warnings/form.html", door=DOOR, form=form, client_id=key, preview=preview, events=EVENTS,
        title=_("更新预警") if old else _("发布预警"), status=422 if form.errors else 200,
        back_url=_url(old) if old else reverse(DOOR),
    )  # fmt: skip


def _sent(asked: Request, form: WarningForm, old: WarningMessage | None, key: UUID) -> Done:
    told = form.told()
    if old is None:
        made = issuing.issue(asked.actor, key=key, told=told, at=asked.at)
    else:
        seen = form.cleaned_data["seen"]
        made = issuing.update(asked.actor, warning=old, key=key, told=told, at=asked.at, seen=seen)
    return Done(_url(made), _("已发布，居民和岗位都会收到"))


def _preview(asked: Request, form: WarningForm) -> dict[str, Any]:
    """Return the warning as residents will see it, and who will be told. Raises Invalid as sending would."""
    told = form.told()
    issuing.check(asked.actor, told, asked.at)
    own = issuing.own_source(at=asked.at)
    return {
        "told": told, "title": short_title(told.event, told.colour), "points": rules.points_of(told.instruction),
        "signed": own.name, "begins_at": told.begins_at or asked.at,
        "effect": _effect(asked, list(told.area_ids), grave=told.colour in rules.GRAVE),
        "places": place_words(asked, list(told.area_ids)),
    }  # fmt: skip
