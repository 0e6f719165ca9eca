"""Routes in their order, plans with a look at the next two weeks, and checklists."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.faces.console import land, patrolling
from lianxin.faces.console.forms_patrols import ChecklistForm, PlanForm, RouteForm, told_of_plan
from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.listing import listed
from lianxin.faces.console.lookups import area_name
from lianxin.faces.console.patrolling import DOOR
from lianxin.faces.console.saving import Done, Question, ask, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.foundation.accounts.models import Account, Role
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import NotFound
from lianxin.kernel.ids import uuid7
from lianxin.kernel.text import mask_name
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.checklists import built_in, in_force, list_at
from lianxin.work.patrols.models import Plan, Point, Route, RoutePoint
from lianxin.work.patrols.queries import coverage
from lianxin.work.patrols.words import PointKind, Rhythm

_SIZE = 40
_MOST_POINTS = 400
_WEEK = "一二三四五六日"


@require_safe
@staff_only("patrols.view")
def routes(request: HttpRequest) -> HttpResponse:
    """List routes with their plans."""
    asked = cast("Request", request)
    found = Route.objects.visible_to(asked.actor).filter(valid_to=None)
    counted = found.annotate(point_count=Count("stations", distinct=True))
    shown = listed(request, counted, order=("name", "id"), size=_SIZE)
    plans: dict[int, list[str]] = {}
    for plan in Plan.objects.filter(route__in=shown.items, ended_at=None).select_related("team").order_by("pk"):
        plans.setdefault(plan.route_id, []).append(plan_words(plan))
    rows = [{"route": row, "area": patrolling.area_name(row, asked), "plans": plans.get(row.pk, [])}
            for row in shown.items]  # fmt: skip
    return page(
        request, "console/patrols/routes.html", door=DOOR, title=_("路线和计划"), rows=rows, pager=shown.pager,
        tabs=patrolling.tabs("patrol_routes"), total=shown.total, may_plan=asked.actor.may("patrols.plan"),
    )  # fmt: skip


def plan_words(plan: Plan) -> str:
    """Say when a plan is walked: 每周一、三、五 08:30 至 11:30."""
    if plan.rhythm == Rhythm.WEEKLY:
        days = _("每天") if len(plan.days) == 7 else _("每周") + "、".join(_WEEK[day - 1] for day in plan.days)
    elif plan.rhythm == Rhythm.EVERY:
        days = _("每天") if plan.every_days == 1 else _("每 {days} 天").format(days=plan.every_days)
    else:
        days = _("每月 {days} 号").format(days="、".join(map(str, plan.days)))
    return _("{days} {begins:%H:%M} 至 {ends:%H:%M}").format(days=days, begins=plan.begins, ends=plan.ends)


@require_safe
@staff_only("patrols.view")
def route_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a route: its points in order on the map, its plans and their next two weeks."""
    asked = cast("Request", request)
    route = patrolling.route_of(asked, key)
    plans = Plan.objects.filter(route=route, ended_at=None).select_related("team").order_by("pk")
    roles = dict(Role.objects.values_list("code", "label"))
    people = Account.objects.in_bulk([plan.walker_id for plan in plans if plan.walker_id])
    shown = [{"plan": plan, "words": plan_words(plan), "who": _who(plan, roles, people),
              "ahead": coverage.preview(plan, at=asked.at)} for plan in plans]  # fmt: skip
    return page(
        request, "console/patrols/route.html", door=DOOR, title=route.name, route=route,
        crumbs=patrolling.crumbs((_("路线和计划"), reverse("console:patrol_routes")), (route.name, "")),
        area=patrolling.area_name(route, asked), stations=_stations(route), plans=shown,
        areas_url=land.areas_url(asked),
        may_plan=route.valid_to is None and asked.actor.may("patrols.plan", route),
    )  # fmt: skip


def _who(plan: Plan, roles: dict[str, str], people: dict[int, Account]) -> str:
    if plan.team is not None:
        return plan.team.name
    if plan.walker_id in people:
        return mask_name(people[plan.walker_id].name)
    return roles.get(plan.role, plan.role)


def _stations(route: Route) -> list[RoutePoint]:
    return list(route.stations.select_related("point").order_by("position"))


@require_safe
@staff_only("patrols.view")
def route_points(request: HttpRequest, key: UUID) -> JsonResponse:
    """Give the points of a route to the map, numbered in their order."""
    route = patrolling.route_of(cast("Request", request), key)
    return patrolling.collection(
        patrolling.feature(
            one.point.place, shape="point", title=f"{one.position}. {one.point.name}",
            line=f"{one.point.code} {one.point.get_kind_display()}",
            url=reverse("console:patrol_point", args=[one.point.key]),
        )
        for one in _stations(route)
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def add_route(request: HttpRequest) -> HttpResponse:
    """Lay a route."""
    asked = cast("Request", request)

    def act(values: dict[str, Any]) -> Done:
        made = patrols.add_route(
            asked.actor, key=uuid7(), name=values["name"], note=values["note"], points=_ordered(request), at=asked.at
        )
        return Done(reverse("console:patrol_route", args=[made.key]), _("已加上。再定一下什么时候走"))

    return _route_form(asked, None, act, title=_("新路线"), back_url=reverse("console:patrol_routes"))


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def amend_route(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a route's points or their order."""
    asked = cast("Request", request)
    route = patrolling.route_of(asked, key)
    to = reverse("console:patrol_route", args=[key])

    def act(values: dict[str, Any]) -> Done:
        patrols.amend_route(
            asked.actor, route=route, name=values["name"], note=values["note"], points=_ordered(request),
            seen=values["seen"], at=asked.at,
        )  # fmt: skip
        return Done(to, _("改好了。已经排好的巡查按原来的走"))

    return _route_form(asked, route, act, title=_("改路线"), back_url=to)


def _route_form(asked: Request, route: Route | None, act: Any, *, title: str, back_url: str) -> HttpResponse:
    initial = {"name": route.name, "note": route.note, "seen": route.version} if route else {}
    form = RouteForm(asked.POST or None, initial=initial)
    return save(
        asked, form, act, template="console/patrols/route_form.html", door=DOOR, title=title, back_url=back_url,
        choices=_choices(asked, route), is_new=route is None,
    )  # fmt: skip


def _ordered(request: HttpRequest) -> list[int]:
    """Return the points with a number beside them, in the order of the numbers; equal ones keep the page's order."""
    given = []
    for place, text in enumerate(request.POST.getlist("point")):
        pk, _colon, _rest = text.partition(":")
        number = request.POST.get(f"order_{pk}", "").strip()
        if pk.isdecimal() and len(pk) < 19 and number.isdecimal() and len(number) < 6:
            given.append((int(number), place, int(pk)))
    return [pk for _number, _place, pk in sorted(given)]


def _choices(asked: Request, route: Route | None) -> list[dict[str, Any]]:
    """Return the points one may choose, those of the route first and in its order, each with its number."""
    known = {one.point_id: one.position for one in _stations(route)} if route else {}
    found = Point.objects.now().within(asked.actor, "patrols.plan").order_by("grid_id", "code")
    rows = list(found[:_MOST_POINTS])
    rows += list(Point.objects.filter(pk__in=known.keys() - {row.pk for row in rows}))
    sent = asked.POST
    told = [
        {"point": row, "area": patrolling.area_name(row, asked),
         "number": sent.get(f"order_{row.pk}", "") if sent else known.get(row.pk, "")}
        for row in rows
    ]  # fmt: skip
    return sorted(told, key=lambda one: (known.get(one["point"].pk, _MOST_POINTS + 1), one["point"].code))


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def end_route(request: HttpRequest, key: UUID) -> HttpResponse:
    """Walk a route no more."""
    asked = cast("Request", request)
    route = patrolling.route_of(asked, key)
    to = reverse("console:patrol_route", args=[key])
    effect = _("它的计划一起停，还没走的巡查取消；走过的都留着。")
    question = Question(_("停用路线“{name}”").format(name=route.name), effect, _("停用"), to)

    def act(_values: dict[str, Any]) -> Done:
        patrols.end_route(asked.actor, route=route, at=asked.at)
        return Done(reverse("console:patrol_routes"), _("已停用"))

    return ask(request, _nothing(request), question, act, door=DOOR)


def _nothing(request: HttpRequest) -> forms.Form:
    return forms.Form(request.POST if request.method == "POST" else None)


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def add_plan(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say when a route is walked and by whom."""
    asked = cast("Request", request)
    route = patrolling.route_of(asked, key)
    to = reverse("console:patrol_route", args=[key])

    def act(_values: dict[str, Any]) -> Done:
        patrols.add_plan(asked.actor, key=uuid7(), route=route, given=form.given(), at=asked.at)
        return Done(to, _("排好了。下面是接下来两周"))

    form = PlanForm(request.POST or None, asked=asked, route=route, initial=told_of_plan(None, asked))
    return save(
        request, form, act, template="console/patrols/plan_form.html", door=DOOR, title=_("排计划"), back_url=to,
        route=route, verb=_("排好了"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def amend_plan(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a plan; rounds not begun follow."""
    asked = cast("Request", request)
    plan = patrolling.plan_of(asked, key)
    to = reverse("console:patrol_route", args=[plan.route.key])
    walker = Account.objects.filter(pk=plan.walker_id).first() if plan.walker_id else None

    def act(values: dict[str, Any]) -> Done:
        patrols.amend_plan(asked.actor, plan=plan, given=form.given(), seen=values["seen"], at=asked.at)
        return Done(to, _("改好了，还没走的巡查已跟着改"))

    form = PlanForm(request.POST or None, asked=asked, route=plan.route, initial=told_of_plan(plan, asked, walker))
    return save(
        request, form, act, template="console/patrols/plan_form.html", door=DOOR, title=_("改计划"), back_url=to,
        route=plan.route, verb=_("改好了"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def end_plan(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop a plan."""
    asked = cast("Request", request)
    plan = patrolling.plan_of(asked, key)
    to = reverse("console:patrol_route", args=[plan.route.key])
    question = Question(_("停掉这个计划"), _("还没走的巡查取消，走过的留着。"), _("停掉"), to)

    def act(_values: dict[str, Any]) -> Done:
        patrols.end_plan(asked.actor, plan=plan, at=asked.at)
        return Done(to, _("已停掉"))

    return ask(request, _nothing(request), question, act, door=DOOR)


@require_safe
@staff_only("patrols.view")
def checklists(request: HttpRequest) -> HttpResponse:
    """Show what is asked at points of each kind in the person's area."""
    asked = cast("Request", request)
    area = _area(asked)
    known = in_force(asked.numbers)
    rows = []
    for code, label in PointKind.choices:
        found = list_at(code, area.id, asked.numbers)
        above = areas.node(found.area_id, asked.numbers) if found.area_id else None
        rows.append({"code": code, "label": label, "questions": found.questions, "own": (code, area.id) in known
                     and found.area_id == area.id, "from": area_name(above) if above else ""})  # fmt: skip
    return page(
        request, "console/patrols/checklists.html", door=DOOR, title=_("检查项"), rows=rows, area=area,
        area_words=area_name(area), tabs=patrolling.tabs("patrol_checklists"), areas=_areas(asked, area),
        may_plan=asked.actor.may("patrols.plan", area),
    )  # fmt: skip


def _area(asked: Request) -> AreaNode:
    """Return the area the address names, if the person sees patrols there, else that of their post."""
    code = asked.GET.get("area", "")
    named = areas.atlas(asked.at, asked.numbers).by_code.get(code)
    if named is not None and asked.actor.may("patrols.view", named):
        return named
    if code:
        raise NotFound(_("没有这个区域，或不在您的辖区。"))
    holding = asked.actor.holding_for("patrols.view")
    own = areas.node(holding.area_id, asked.numbers) if holding and holding.area_id is not None else None
    found = own or next(iter(areas.children(None, asked.at, asked.numbers)), None)
    if found is None:
        raise NotFound(_("还没有区域。"))
    return found


def _areas(asked: Request, area: AreaNode) -> list[Tab]:
    """Return the person's own areas to choose between, and those right below the one shown."""
    held = [areas.node(one.area_id, asked.numbers) for one in asked.actor.holdings if one.area_id is not None]
    nodes = [node for node in held if node is not None]
    nodes += [node for node in areas.children(area.id, asked.at, asked.numbers) if node.role in {"street", "community"}]
    once = {node.id: node for node in nodes}
    if len(once) < 2:
        return []
    here = reverse("console:patrol_checklists")
    return [Tab(f"{here}?area={node.code}", node.name, current=node.id == area.id) for node in once.values()]


@require_http_methods(["GET", "POST"])
@staff_only("patrols.plan")
def checklist(request: HttpRequest, kind: str) -> HttpResponse:
    """Change what is asked at points of a kind in an area."""
    asked = cast("Request", request)
    if kind not in PointKind.values:
        raise NotFound(_("没有这种巡查点。"))
    area = _area(asked)
    found = list_at(kind, area.id, asked.numbers)
    own = in_force(asked.numbers).get((kind, area.id))
    to = f"{reverse('console:patrol_checklists')}?area={area.code}"
    title = _("{kind}的检查项").format(kind=PointKind(kind).label)

    def act(values: dict[str, Any]) -> Done:
        patrols.publish_checklist(
            asked.actor, kind=kind, area_id=area.id, questions=form.given(), seen=values["seen"], at=asked.at
        )
        return Done(to, _("已换上。手机下次同步就用新的"))

    form = ChecklistForm(request.POST or None, questions=found.questions, initial={"seen": own.version if own else 0})
    return save(
        request, form, act, template="console/patrols/checklist_form.html", door=DOOR, title=title, back_url=to,
        area_words=area_name(area), usual=[question.text for question in built_in(kind).questions],
        lines=form.lines(),
    )  # fmt: skip
