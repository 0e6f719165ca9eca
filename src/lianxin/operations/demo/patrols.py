"""Patrols of the made-up county: points where people pass, routes through them, a fortnight of rounds, the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from uuid import UUID, uuid5

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import actor_of, actors_of
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel import versions
from lianxin.kernel.files import actions as files
from lianxin.kernel.geometry.points import Point as Place
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols import stickers
from lianxin.work.patrols.actions import Care, HazardIn, Look, PlanIn, PointIn, Reason, Visit
from lianxin.work.patrols.models import Hazard, Plan, Point, Round, Route, Stop
from lianxin.work.patrols.rules import BUILT_IN
from lianxin.work.patrols.words import Answer, Found, HazardState, Rhythm

from .county import Geography
from .pictures import draw
from .staffing import Worker

POINTS: Final = {"tongcheng": 539}  # as practised there; elsewhere fewer
FEWER: Final = 160
ROUTES: Final = 40
HAZARDS: Final = 37
BACK: Final = 14  # days of rounds
_NAMESPACE = UUID("6f1c0a54-6a7e-5d2b-9a35-0f3f0c0a7a11")
_KINDS = {
    "小学": "school", "幼儿园": "school", "农贸市场": "market", "超市": "market", "小卖部": "market", "水塘": "water",
    "停车场": "fire", "小游园": "other", "文化广场": "other", "粮站": "fire",
}  # fmt: skip
_HINTS = ("贴在门卫室外墙", "贴在公示栏右下角", "贴在配电箱旁", "留意背街一侧", "")
_TEXTS = (
    ("fire", "消防通道停了两辆面包车，消防车进不来"), ("power", "单元门口从窗户拉线给电动车充电"),
    ("building", "六楼外墙瓷砖松动，下面是人行道"), ("road", "井盖松动，车一过就响"), ("water", "水边护栏断了一截"),
    ("gas", "早餐店气瓶和炉灶挨着，没有隔开"), ("tree", "老槐树枯枝悬在路上方"), ("site", "围挡倒了一角，夜里没有灯"),
    ("food", "市场下水堵了，污水漫到摊位"), ("other", "楼道堆满纸箱，只剩半个身位"),
)  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """A place worth a look."""

    name: str
    kind: str
    place: Place
    address: str = ""


def make(profile: str, county: Geography, staff: Sequence[Worker], *, seed: int, now: datetime) -> str:
    """Make points, routes, plans, rounds, hazards and teams; return in words how many."""
    rng = Random(f"patrols {profile} {seed}")
    today = now.astimezone(ZONE).date()
    began = datetime.combine(today - timedelta(days=BACK + 6), time(9), ZONE)
    with versions.held():
        points = _points(county, POINTS.get(profile, FEWER), rng, began)
        routes = _routes(points, rng, began)
        _plan(routes, today - timedelta(days=BACK), rng, began)
    _team(routes, began, today)
    walkers = _walkers(staff, now)
    for back in range(BACK, -1, -1):
        _day(today - timedelta(days=back), walkers, rng, now)
    _hazards(points, _by_grid(staff, now), rng, now)
    return summary()


def _key(*parts: object) -> UUID:
    return uuid5(_NAMESPACE, " ".join(map(str, parts)))


def _spots(county: Geography, rng: Random) -> list[Spot]:
    """Return gates, landmarks and crossings, the town's first; each grid in its turn, so that all have some."""
    by_grid: dict[str, list[Spot]] = {area.code: [] for area in county.of_role("grid")}
    for mark in county.landmarks:
        kind = _KINDS.get(mark.kind)
        if kind is not None:
            by_grid[mark.grid].append(Spot(mark.name, kind, Place(mark.point.x, mark.point.y)))
    for estate in county.estates:
        gate = Place(round(estate.gate.x, 7), round(estate.gate.y, 7))
        name = f"{estate.name}大门" if estate.kind == "estate" else estate.name
        by_grid[estate.grid].append(Spot(name, "estate", gate))
        middle = estate.polygon.representative_point()
        lane = Spot(f"{estate.name}消防通道", "fire", Place(round(middle.x, 7), round(middle.y, 7)))
        if estate.kind == "estate":
            by_grid[estate.grid].append(lane)
    for road, place in _crossings(county, rng):
        grid = county.grid_at(place.lon, place.lat)
        if grid is not None:
            by_grid[grid.code].append(Spot(road, "road", place))
    order = sorted(by_grid, key=lambda code: (county.by_code[code].kind == "rural", code))
    rounds = [[by_grid[code][turn] for code in order if turn < len(by_grid[code])] for turn in range(6)]
    return [spot for turn in rounds for spot in turn]


def _crossings(county: Geography, rng: Random) -> Iterator[tuple[str, Place]]:
    for road in county.roads:
        if road.kind in {"main", "street", "lane"}:
            for part, where in (("东段", 0.7), ("西段", 0.3)):
                spot = road.line.interpolate(where + rng.uniform(-0.1, 0.1), normalized=True)
                yield f"{road.name}{part}", Place(round(spot.x, 7), round(spot.y, 7))


def _points(county: Geography, wanted: int, rng: Random, at: datetime) -> list[Point]:
    made: list[Point] = []
    names: set[str] = set()
    for spot in _spots(county, rng):
        if len(made) == wanted:
            break
        if spot.name in names or areas.locate(spot.place.lon, spot.place.lat, at) is None:
            continue
        names.add(spot.name)
        given = PointIn(spot.kind, spot.name, spot.place, hint=rng.choice(_HINTS), radius=rng.choice((50, 50, 50, 80)))
        made.append(patrols.add_point(SYSTEM, key=_key("point", len(made)), given=given, at=at))
    return made


def _routes(points: Sequence[Point], rng: Random, at: datetime) -> list[Route]:
    """Lay routes within communities, of neighbouring grids' points in walking order."""
    by_community: dict[int, list[Point]] = {}
    for point in points:
        by_community.setdefault(point.community_id or 0, []).append(point)
    full = sorted(by_community.values(), key=lambda rows: (-len(rows), rows[0].code))
    made: list[Route] = []
    for rows in full:
        half = max(4, (len(rows) + 1) // 2)
        for number, part in enumerate((rows[:half], rows[half:])):
            if len(part) >= 3 and len(made) < ROUTES:
                node = areas.node(part[0].community_id or 0)
                name = f"{node.name if node else ''}{'东西'[number]}线"
                ids = [row.pk for row in _walked(part, rng)]
                made.append(patrols.add_route(SYSTEM, key=_key("route", len(made)), name=name, points=ids, at=at))
    return made


def _walked(rows: Sequence[Point], rng: Random) -> list[Point]:
    """Return points so that each is followed by the nearest one left."""
    left = list(rows)
    order = [left.pop(rng.randrange(len(left)))]
    while left:
        here = order[-1].place
        near = min(left, key=lambda row: (row.place.lon - here.lon) ** 2 + (row.place.lat - here.lat) ** 2)
        left.remove(near)
        order.append(near)
    return order


_WEEKS = ((1, 3, 5), (2, 4, 6), (1, 4), (2, 5), (1, 2, 3, 4, 5), (3, 6))


def _plan(routes: Sequence[Route], since: date, rng: Random, at: datetime) -> None:
    today = (since + timedelta(days=BACK)).isoweekday()
    for number, route in enumerate(routes):
        # Half of them are walked today, whichever day the demonstration is shown.
        days = tuple(sorted({*_WEEKS[number % len(_WEEKS)], *([today] if number % 2 == 0 else [])}))
        begins, ends = rng.choice(((time(8, 30), time(11, 30)), (time(14, 30), time(17, 30)), (time(19), time(21))))
        given = PlanIn(
            Rhythm.WEEKLY, begins, ends, since, days=days, role="grid_worker"
        )  # fmt: skip
        patrols.add_plan(SYSTEM, key=_key("plan", number), route=route, given=given, at=at)


def _team(routes: Sequence[Route], at: datetime, today: date) -> None:
    """Found two teams of residents; the account that residents of the demo sign in with is in the first."""
    resident = Account.objects.filter(kind=Account.Kind.RESIDENT).order_by("pk").first()
    member = actor_of(resident.pk, at=at) if resident is not None else None
    for number, (route, name) in enumerate(zip(routes, ("红袖章巡逻队", "邻里守望队"), strict=False)):
        team = patrols.add_team(
            SYSTEM, key=_key("team", number), name=f"{route.name[:-2].removesuffix('社区')}{name}",
            area_id=route.community_id or 0, about="晚饭后在小区里走一圈，看消防通道、充电和路灯。", at=at,
        )  # fmt: skip
        if number == 0 and member is not None:
            patrols.join(member, code=team.code, at=at)
        given = PlanIn(
            Rhythm.WEEKLY, time(18, 30), time(21, 30), today - timedelta(days=3), days=(1, 2, 3, 4, 5, 6, 7),
            team_id=team.pk,
        )  # fmt: skip
        stations = list(route.stations.order_by("position").values_list("point_id", flat=True)[:5])
        short = patrols.add_route(SYSTEM, key=_key("short", number), name=f"{team.name}小圈", points=stations, at=at)
        patrols.add_plan(SYSTEM, key=_key("teamplan", number), route=short, given=given, at=at)


def _walkers(staff: Sequence[Worker], at: datetime) -> dict[int, Actor]:
    """Return a grid worker for each community."""
    ids = [worker.account_id for worker in staff if worker.role == "grid_worker"]
    found: dict[int, Actor] = {}
    for actor in actors_of(ids, at=at).values():
        node = areas.node(actor.holdings[0].area_id or 0) if actor.holdings else None
        if node is not None and node.community_id is not None:
            found.setdefault(node.community_id, actor)
    return found


def _by_grid(staff: Sequence[Worker], at: datetime) -> dict[int, Actor]:
    """Return a worker for each grid that has one."""
    ids = [worker.account_id for worker in staff if worker.role == "grid_worker"]
    return {actor.holdings[0].area_id or 0: actor for actor in actors_of(ids, at=at).values() if actor.holdings}


def _day(day: date, walkers: dict[int, Actor], rng: Random, now: datetime) -> None:
    """Let a day pass: its rounds are made, most points reached, some missed, most of those with a reason."""
    morning = datetime.combine(day, time(1), ZONE)
    patrols.make_rounds(at=morning)
    rounds = Round.objects.filter(day=day, opens_at__lt=now).exclude(role="").order_by("pk")
    by_actor: dict[int, tuple[Actor, list[Visit]]] = {}
    missed: list[tuple[Actor, Round, list[UUID]]] = []
    for row in rounds:
        actor = walkers.get(row.community_id or 0)
        if actor is None or row.closes_at is None:
            continue
        visits, left = _walk(row, rng, now)
        by_actor.setdefault(actor.account_id or 0, (actor, []))[1].extend(visits)
        if left and row.closes_at <= now:
            missed.append((actor, row, left))
    for actor, visits in by_actor.values():
        if visits:
            at = min(now, max(visit.made_at for visit in visits) + timedelta(minutes=5))
            patrols.check_in_many(actor, visits=visits, at=at)
    patrols.judge(at=min(now, datetime.combine(day, time(23, 30), ZONE)))
    for actor, row, left in missed:
        if rng.random() < 0.7:
            reason = Reason(rng.choice(("weather", "blocked", "urgent", "urgent")))
            at = min(now, datetime.combine(day, time(23, 40), ZONE))
            patrols.excuse(actor, round_key=row.key, reasons=dict.fromkeys(left, reason), at=at)


def _walk(row: Round, rng: Random, now: datetime) -> tuple[list[Visit], list[UUID]]:
    """Return the check-ins of one walk, and the points that were not reached."""
    if rng.random() < 0.06:
        return [], [stop.point.key for stop in row.stops.select_related("point")]
    at = row.opens_at + timedelta(minutes=rng.randint(2, 40))
    visits, left = [], []
    for stop in row.stops.select_related("point").order_by("position"):
        at += timedelta(minutes=rng.randint(2, 9))
        if at > now:
            break
        if rng.random() < 0.05 or (row.closes_at is not None and at > row.closes_at):
            left.append(stop.point.key)
            continue
        visits.append(_visit(row, stop, at, rng))
    return visits, left


def _visit(row: Round, stop: Stop, at: datetime, rng: Random) -> Visit:
    point = stop.point
    how = rng.choices(("qr", "gps", "hand"), (70, 27, 3))[0]
    accuracy = rng.choice((6, 9, 12, 18, 35))
    apart = rng.uniform(0, point.radius * 0.9) / 111_320
    place = Place(round(point.place.lon + apart * 0.6, 7), round(point.place.lat + apart * 0.7, 7))
    questions = BUILT_IN[point.kind]
    answers = {question.code: Answer.OK.value for question in questions}
    if rng.random() < 0.03:
        answers[rng.choice(questions).code] = Answer.PROBLEM.value
    return Visit(
        key=_key("visit", row.key, point.pk), round=row.key, point=point.key, how=how, made_at=at,
        sticker=stickers.text_of(point) if how == "qr" else "", place=None if how == "hand" else place,
        accuracy=None if how == "hand" else accuracy, answers=answers, reason="贴纸掉了" if how == "hand" else "",
    )  # fmt: skip


def _hazards(points: Sequence[Point], walkers: dict[int, Actor], rng: Random, now: datetime) -> None:
    """Fill the ledger: most in hand, some waiting for a look, some late, some gone, some with a case."""
    near = [point for point in points if point.grid_id in walkers]
    for number in range(min(HAZARDS, len(near))):
        point = near[(number * 13) % len(near)]
        kind, what = _TEXTS[number % len(_TEXTS)]
        at = now - timedelta(days=rng.randint(1, 40), hours=rng.randint(0, 9))
        actor = walkers[point.grid_id or 0]
        shot: tuple[UUID, ...] = ()
        if number % 3 == 0:
            shot = (files.store(draw(rng, "隐患"), kind="photo", by_id=actor.account_id, at=at).key,)
        given = HazardIn(
            what=what, kind=kind, grade="major" if number % 9 == 0 else "general", point=point.key, files=shot
        )
        row = patrols.note(actor, key=_key("hazard", number), given=given, at=at)
        _go_on(row, number, actor, at, now)


def _go_on(row: Hazard, number: int, actor: Actor, at: datetime, now: datetime) -> None:
    if number % 4 != 3:
        colleague = actor.account_id if number % 2 else None
        unit = None if colleague else _property(row)
        due = min(at.astimezone(ZONE).date() + timedelta(days=3 + number % 18), now.date() + timedelta(days=20))
        if colleague or unit:
            patrols.assign(SYSTEM, key=row.key, care=Care(row.grade, due, unit, colleague), at=at + timedelta(hours=1))
    later = at + (now - at) * 0.5
    if number % 5 == 0:
        look = Look(Found.STILL, "催过一次，还没动")
        patrols.follow(actor, key=_key("look", number), hazard_key=row.key, look=look, at=later)
    if number % 7 in {1, 4}:
        look = Look(Found.GONE, "已清走，拍了照")
        patrols.follow(actor, key=_key("gone", number), hazard_key=row.key, look=look, at=later)
        if number % 7 == 4 or number % 2:
            patrols.settle(SYSTEM, key=row.key, words="现场看过，已消除", at=later + timedelta(hours=2))
    elif number % 11 == 2:
        patrols.hand_over(actor, key=_key("case", number), hazard_key=row.key, at=later)


def _property(row: Hazard) -> int | None:
    """Return a unit that answers for the place: the community's own."""
    for unit in organizations.directory().by_id.values():
        if unit.kind == "community" and unit.area_id == row.community_id:
            return unit.id
    return None


def summary() -> str:
    """Say what was made."""
    told = (Point.objects.count(), Plan.objects.count(), Round.objects.count(), Hazard.objects.count())
    gone = Hazard.objects.filter(state=HazardState.SETTLED).count()
    return "{} points, {} plans, {} rounds, {} hazards ({} gone)".format(*told, gone)
