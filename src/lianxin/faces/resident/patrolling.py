"""What residents' patrols share: one's teams, today's rounds with their points, which round a point belongs to now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lianxin.faces.identity.request import Request
from lianxin.foundation.accounts.actor import Actor
from lianxin.work.patrols import stickers
from lianxin.work.patrols.models import CheckIn, Member, Point, Team
from lianxin.work.patrols.queries import walking
from lianxin.work.patrols.queries.walking import Walk
from lianxin.work.patrols.words import RoundState

_OWN_LASTS = timedelta(hours=6)  # so long a round of one's own accord takes further points


@dataclass(frozen=True, slots=True)
class Leg:
    """A point of a round for who walks it."""

    point: Point
    is_done: bool


@dataclass(frozen=True, slots=True)
class Walked:
    """A round with its points."""

    walk: Walk
    legs: tuple[Leg, ...]

    @property
    def done(self) -> int:
        """How many of its points were visited."""
        return sum(leg.is_done for leg in self.legs)


def my_teams(actor: Actor) -> list[Team]:
    """Return the teams the asker is in. One statement."""
    if actor.account_id is None:
        return []
    mine = Member.objects.filter(account_id=actor.account_id, left_at=None).values("team_id")
    return list(Team.objects.filter(pk__in=mine, valid_to=None).order_by("name", "pk"))


def my_walks(asked: Request) -> list[Walked]:
    """Return the rounds of one's teams that may be walked today, the next first."""
    teams = {team.pk for team in my_teams(asked.actor)}
    found = [walk for walk in walking.walks(asked.actor, at=asked.at, ahead_days=1)
             if walk.team_id in teams and is_open(walk, asked.at)]  # fmt: skip
    points = walking.points_of(found)
    return [_walked(walk, points) for walk in found]


def is_open(walk: Walk, at: datetime) -> bool:
    """Tell whether a round may be walked now or later today."""
    if walk.closes_at is not None:
        return walk.closes_at > at and walk.opens_at < at + timedelta(hours=24)
    return walk.state == RoundState.RUNNING and walk.opens_at > at - _OWN_LASTS


def _walked(walk: Walk, points: Mapping[int, Point]) -> Walked:
    legs = tuple(Leg(points[leg.point_id], leg.is_done) for leg in walk.legs if leg.point_id in points)
    return Walked(walk, legs)


def point_by_sticker(text: str) -> Point | None:
    """Return the point a sticker stands for; None for an old one, or none of ours."""
    read = stickers.read(text)
    point = Point.objects.now().filter(code=read.code).first() if read is not None and read.code else None
    return point if point is not None and stickers.is_of(point, text) else None


def team_at(actor: Actor, point: Point) -> Team | None:
    """Return the asker's team in the community of a point, or None."""
    return next((team for team in my_teams(actor) if team.community_id == point.community_id), None)


def round_at(asked: Request, point: Point) -> Walked | None:
    """Return the round a check-in at a point belongs to: one that wants it, else one that runs."""
    walks = [one for one in my_walks(asked) if one.walk.opens_at <= asked.at]
    wants = [one for one in walks if any(leg.point == point and not leg.is_done for leg in one.legs)]
    running = [one for one in walks if one.walk.closes_at is None]
    return next(iter([*wants, *running]), None)


def was_there(point: Point, row: Walked | None) -> CheckIn | None:
    """Return the check-in of a round at a point, if there is one."""
    return CheckIn.objects.filter(round__key=row.walk.key, point=point).first() if row is not None else None
