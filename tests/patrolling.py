"""Points, a route, a plan and its rounds in the tiny county, made through the actions."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from factories import County
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.geometry.points import Point as Place
from lianxin.kernel.ids import uuid7
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols import stickers
from lianxin.work.patrols.actions import PlanIn, PointIn, Visit
from lianxin.work.patrols.models import Plan, Point, Round, Route, Team
from lianxin.work.patrols.words import Rhythm

DAY = date(2026, 11, 23)  # a Monday
METRE = 1 / 111_320  # degrees of latitude


def clock(hour: float, day: date = DAY) -> datetime:
    """Return an instant of a day by the place's clock."""
    return datetime.combine(day, time(), ZONE) + timedelta(hours=hour)


def spot(county: County, grid: int = 111, number: int = 0) -> Place:
    """Return a place well inside a grid; numbers are a hundred metres apart."""
    return inside(county.grid(grid), number)


def inside(area: AreaNode, number: int = 0) -> Place:
    """Return a place inside an area."""
    assert area.center is not None
    return Place(area.center.lon, round(area.center.lat + number * 100 * METRE - 400 * METRE, 7))


def make_point(clerk: Actor, place: Place, *, kind: str = "estate", name: str = "东苑小区北门") -> Point:
    """Put a point there."""
    return patrols.add_point(clerk, key=uuid7(), given=PointIn(kind, name, place, radius=50), at=clock(0))


def make_points(clerk: Actor, county: County, count: int, grid: int = 111) -> list[Point]:
    """Put so many points into a grid."""
    return [make_point(clerk, spot(county, grid, number), name=f"{number + 1}号点") for number in range(count)]


def make_route(clerk: Actor, points: list[Point], name: str = "东苑一线") -> Route:
    """Lay a route."""
    return patrols.add_route(clerk, key=uuid7(), name=name, points=[point.pk for point in points], at=clock(0))


def daily(*, role: str = "grid_worker", walker: Actor | None = None, team: Team | None = None) -> PlanIn:
    """Return a plan of every day from eight to ten."""
    if walker is not None or team is not None:
        role = ""
    return PlanIn(
        rhythm=Rhythm.EVERY, every_days=1, begins=time(8), ends=time(10), from_date=DAY, role=role,
        walker_id=walker.account_id if walker else None, team_id=team.pk if team else None,
    )  # fmt: skip


def make_plan(clerk: Actor, route: Route, given: PlanIn | None = None) -> Plan:
    """Walk a route every day; the round of DAY is made."""
    return patrols.add_plan(clerk, key=uuid7(), route=route, given=given or daily(), at=clock(1))


def round_of(plan: Plan, day: date = DAY) -> Round:
    """Return the round of a day."""
    return Round.objects.get(plan=plan, day=day)


def scan(row: Round, point: Point, made_at: datetime, *, key: UUID | None = None, **rest: object) -> Visit:
    """Return a check-in by the sticker at a point."""
    said: dict[str, object] = {"sticker": stickers.text_of(point), "how": "qr", "point": point.key} | rest
    return Visit(key=key or uuid7(), round=row.key, made_at=made_at, **said)  # type: ignore[arg-type]
