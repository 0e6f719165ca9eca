"""Routes and plans: who walks where, on which days; the rounds of the next days follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Account, Role
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.queries import node
from lianxin.kernel.errors import Invalid
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import clean
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols.models import Plan, Point, Round, Route, RoutePoint, Stop, Team
from lianxin.work.patrols.models.lying import HOT, put, put_as
from lianxin.work.patrols.rules import Schedule, round_key
from lianxin.work.patrols.words import Rhythm, RoundState

from .common import PLAN, common_area, locked, standing, tell

MOST_POINTS = 80
AHEAD_DAYS = 1  # rounds stand from the day before


@transaction.atomic
def add_route(
    actor: Actor, *, key: UUID, name: str, points: Sequence[int], at: datetime, note: str = ""
) -> Route:  # fmt: skip
    """Lay a route through points (their ids) in this order. The same `key` is the same route."""
    rows = _points(actor, name, points)
    sent = fingerprint(name, list(points))
    claimed = claim(key, kind="patrol_route", action="add", sent=sent, at=at, sequence="patrol_route_id_seq")
    if not claimed.fresh:
        return Route.objects.get(pk=claimed.subject_id)
    route = Route(pk=claimed.subject_id, key=key, name=clean(name, 80), note=clean(note, 300), made_at=at)
    _lay(actor, route, rows)
    route.save(force_insert=True)
    _order(route, rows)
    tell(actor, "patrol_route", route, "add", at=at)
    return route


@transaction.atomic
def amend_route(
    actor: Actor, *, route: Route, name: str, points: Sequence[int], at: datetime, note: str = "",
    seen: int | None = None,
) -> Route:  # fmt: skip
    """Change name, points or their order; rounds that are made already keep theirs."""
    found = locked(actor, route, "patrols.plan", PLAN, seen=seen)
    standing(found)
    rows = _points(actor, name, points)
    found.name, found.note = clean(name, 80), clean(note, 300)
    _lay(actor, found, rows)
    found.version += 1
    found.save(update_fields=["name", "note", *HOT, "version"])
    found.stations.all().delete()
    _order(found, rows)
    Plan.objects.filter(route=found, ended_at=None).update(**{name: getattr(found, name) for name in HOT})
    tell(actor, "patrol_route", found, "amend", at=at)
    return found


@transaction.atomic
def end_route(actor: Actor, *, route: Route, at: datetime, seen: int | None = None) -> Route:
    """Walk a route no more; its plans end with it."""
    found = locked(actor, route, "patrols.plan", PLAN, seen=seen)
    standing(found)
    for plan in Plan.objects.filter(route=found, ended_at=None).order_by("pk"):
        end_plan(actor, plan=plan, at=at)
    found.valid_to = at
    found.version += 1
    found.save(update_fields=["valid_to", "version"])
    tell(actor, "patrol_route", found, "end", at=at)
    return found


def _points(actor: Actor, name: str, points: Sequence[int]) -> list[Point]:
    faults = {}
    if len(clean(name, 80)) < 2:
        faults["name"] = _("请给路线起个名字。")
    wanted = list(dict.fromkeys(points))
    found = {row.pk: row for row in Point.objects.visible_to(actor).now().filter(pk__in=wanted)}
    if not wanted:
        faults["points"] = _("请至少选一个巡查点。")
    elif len(wanted) > MOST_POINTS:
        faults["points"] = _("一条路线最多 {most} 个点，请分成几条。").format(most=MOST_POINTS)
    elif len(found) < len(wanted):
        faults["points"] = _("有的巡查点已经停用，请重新选。")
    if faults:
        raise Invalid(faults)
    return [found[pk] for pk in wanted]


def _lay(actor: Actor, route: Route, rows: Sequence[Point]) -> None:
    nodes = [area for row in rows if row.area_id is not None and (area := node(row.area_id)) is not None]
    area = common_area(nodes)
    if area is None:
        raise Invalid({"points": _("这些巡查点不在同一个地方。")})
    demand(actor, "patrols.plan", PLAN, area)
    put(route, area)


def _order(route: Route, rows: Sequence[Point]) -> None:
    RoutePoint.objects.bulk_create(
        [RoutePoint(route=route, point=row, position=number) for number, row in enumerate(rows, 1)]
    )


@dataclass(frozen=True, slots=True)
class PlanIn:
    """When a route is walked, and by whom: posts by their role, one account, or a residents' team."""

    rhythm: str
    begins: time
    ends: time
    from_date: date
    until_date: date | None = None
    days: tuple[int, ...] = ()
    every_days: int | None = None
    role: str = ""
    walker_id: int | None = None
    team_id: int | None = None


@transaction.atomic
def add_plan(actor: Actor, *, key: UUID, route: Route, given: PlanIn, at: datetime) -> Plan:
    """Let a route be walked regularly; the rounds of today and tomorrow are made at once."""
    here = locked(actor, route, "patrols.plan", PLAN)
    standing(here)
    _check_plan(given, here)
    sent = fingerprint(here.pk, given)
    claimed = claim(key, kind="patrol_plan", action="add", sent=sent, at=at, sequence="patrol_plan_id_seq")
    if not claimed.fresh:
        return Plan.objects.get(pk=claimed.subject_id)
    plan = Plan(pk=claimed.subject_id, key=key, route=here, made_at=at)
    put_as(plan, here)
    _write_plan(plan, given)
    plan.save(force_insert=True)
    tell(actor, "patrol_plan", plan, "add", at=at)
    make_rounds(at=at, plan_ids=[plan.pk])
    return plan


@transaction.atomic
def amend_plan(actor: Actor, *, plan: Plan, given: PlanIn, at: datetime, seen: int | None = None) -> Plan:
    """Change days, hours or who walks; rounds not begun are made anew."""
    found = locked(actor, plan, "patrols.plan", PLAN, seen=seen)
    standing(found)
    _check_plan(given, found.route)
    _write_plan(found, given)
    found.version += 1
    found.save()
    _forget_untouched(found, at)
    tell(actor, "patrol_plan", found, "amend", at=at)
    make_rounds(at=at, plan_ids=[found.pk])
    return found


@transaction.atomic
def end_plan(actor: Actor, *, plan: Plan, at: datetime, seen: int | None = None) -> Plan:
    """Make no more rounds; those not begun go, those walked stay."""
    found = locked(actor, plan, "patrols.plan", PLAN, seen=seen)
    standing(found)
    found.ended_at = at
    found.version += 1
    found.save(update_fields=["ended_at", "version"])
    _forget_untouched(found, at)
    tell(actor, "patrol_plan", found, "end", at=at)
    return found


def _forget_untouched(plan: Plan, at: datetime) -> None:
    """Take back rounds whose window has not closed and that nobody has begun."""
    waiting = Round.objects.filter(plan=plan, state=RoundState.PLANNED, closes_at__gt=at)
    waiting.exclude(Exists(Stop.objects.filter(round=OuterRef("pk")).exclude(excuse=""))).delete()


def _check_plan(given: PlanIn, route: Route) -> None:
    faults = {}
    if given.rhythm not in Rhythm.values:
        faults["rhythm"] = _("请选择哪些天巡查。")
    elif given.rhythm == Rhythm.EVERY:
        if not given.every_days or not 1 <= given.every_days <= 90:
            faults["every_days"] = _("请填每隔几天，1 至 90。")
    else:
        most = 7 if given.rhythm == Rhythm.WEEKLY else 31
        if not given.days or any(not 1 <= day <= most for day in given.days):
            faults["days"] = _("请至少选一天。")
    if given.until_date is not None and given.until_date < given.from_date:
        faults["until_date"] = _("结束日期早于开始日期。")
    faults |= _walker_faults(given, route)
    if faults:
        raise Invalid(faults)


def _walker_faults(given: PlanIn, route: Route) -> dict[str, str]:
    named = [bool(given.role), given.walker_id is not None, given.team_id is not None]
    if sum(named) != 1:
        return {"who": _("请选择由谁巡查：岗位、某个人或居民巡逻队，三者选一。")}
    if given.role and not Role.objects.filter(code=given.role, permissions__contains=["patrols.walk"]).exists():
        return {"who": _("这个岗位不能巡查，请换一个。")}
    if given.walker_id is not None and not Account.objects.filter(pk=given.walker_id, disabled_at=None).exists():
        return {"who": _("没有这个人，或账号已停用。")}
    if given.team_id is None:
        return {}
    team = Team.objects.filter(pk=given.team_id, valid_to=None).first()
    if team is None or (route.community_id is not None and team.community_id != route.community_id):
        return {"who": _("没有这支巡逻队，或它不在这个社区。")}
    return {}


def _write_plan(plan: Plan, given: PlanIn) -> None:
    plan.rhythm, plan.days, plan.every_days = given.rhythm, sorted(set(given.days)), given.every_days
    plan.begins, plan.ends = given.begins, given.ends
    plan.from_date, plan.until_date = given.from_date, given.until_date
    plan.role, plan.walker_id, plan.team_id = given.role, given.walker_id, given.team_id


def schedule_of(plan: Plan) -> Schedule:
    """Return when a plan has its rounds."""
    return Schedule(
        plan.rhythm, plan.begins, plan.ends, plan.from_date, plan.until_date, tuple(plan.days), plan.every_days
    )


@transaction.atomic
def make_rounds(*, at: datetime, plan_ids: Sequence[int] | None = None) -> int:
    """Make the rounds of today and tomorrow that follow from plans; returns how many are new. Any worker, any time."""
    today = at.astimezone(ZONE).date()
    plans = Plan.objects.filter(ended_at=None, from_date__lte=today + timedelta(days=AHEAD_DAYS)).select_related(
        "route"
    )
    if plan_ids is not None:
        plans = plans.filter(pk__in=plan_ids)
    wanted = [
        _round(plan, day) for plan in plans.order_by("pk")
        for day in schedule_of(plan).between(today, today + timedelta(days=AHEAD_DAYS))
        if schedule_of(plan).window(day)[1] > at
    ]  # fmt: skip
    return len(put_rounds(wanted, at=at))


def put_rounds(wanted: Sequence[Round], *, at: datetime) -> list[Round]:
    """Store rounds that are not there yet, with a stop for each point of their route; returns those stored."""
    known = set(Round.objects.filter(key__in=[each.key for each in wanted]).values_list("key", flat=True))
    Round.objects.bulk_create([each for each in wanted if each.key not in known], ignore_conflicts=True)
    made = list(Round.objects.filter(key__in={each.key for each in wanted} - known, stops=None).order_by("pk"))
    routes = {each.route_id for each in made}
    stations: dict[int, list[RoutePoint]] = {}
    for station in RoutePoint.objects.filter(route_id__in=routes, point__valid_to=None).order_by("position"):
        stations.setdefault(station.route_id, []).append(station)
    Stop.objects.bulk_create(
        [
            Stop(round=each, point_id=station.point_id, position=station.position)
            for each in made for station in stations.get(each.route_id or 0, ())
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if made:
        tell(SYSTEM, "patrol", made[0], "make", at=at, after={"rounds": len(made)})
    return made


def _round(plan: Plan, day: date) -> Round:
    opens, closes = schedule_of(plan).window(day)
    made = Round(
        key=round_key(plan.key, day), name=plan.route.name, plan=plan, route=plan.route, day=day, role=plan.role,
        walker_id=plan.walker_id, team_id=plan.team_id, opens_at=opens, closes_at=closes,
    )  # fmt: skip
    put_as(made, plan)
    return made
