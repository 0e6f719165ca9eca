"""Read cameras: lists, one, those that cover a place, who may open one now, who opened it, how often a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import NotFound
from lianxin.kernel.geometry.fields import Distance
from lianxin.kernel.geometry.points import Point, distance
from lianxin.kernel.text import beginning
from lianxin.kernel.worktime.calendars import ZONE

from . import codes
from .coverage import MOST_REACH, wind
from .coverage import bearing as bearing_of
from .models import Access, Camera, Opening, Platform

_HOT = ("street", "community", "grid")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for; nothing said is everything."""

    words: str = ""  # of name and place, or the beginning or the end of a number
    owner_unit_id: int | None = None
    kind: str = ""
    state: str = ""
    area: AreaNode | None = None
    system: str = ""


@dataclass(frozen=True, slots=True)
class Covering:
    """A camera that covers a place: how far it stands, in which direction, and one's own access to it."""

    camera: Camera
    metres: int
    direction: str  # from the place to the camera, in words
    access: Access | None = None


def camera_or_404(actor: Actor, key: UUID) -> Camera:
    """Return a camera, ended ones too. Raises NotFound when it is not there for this actor."""
    found = Camera.objects.visible_to(actor).select_related("owner_unit", "component").filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这个点位，或者您没有权限查看。"))
    return found


def access_or_404(actor: Actor, key: UUID) -> Access:
    """Return an access. Raises NotFound when it is not there for this actor."""
    found = Access.objects.visible_to(actor).select_related("camera__owner_unit").filter(key=key).first()
    if found is None:
        raise NotFound(_("没有这次调阅，或者您没有权限查看。"))
    return found


def cameras(actor: Actor, wanted: Wanted) -> QuerySet[Camera]:
    """Return the standing cameras that a list asks for; order and page them by id."""
    found = Camera.objects.visible_to(actor).now()
    if wanted.owner_unit_id is not None:
        found = found.filter(owner_unit_id=wanted.owner_unit_id)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.system:
        found = found.filter(system=wanted.system)
    if wanted.area is not None and not wanted.area.is_whole:
        level = wanted.area.role if wanted.area.role in _HOT else "area"
        found = found.filter(**{f"{level}_id": wanted.area.id})
    return _worded(found, wanted.words) if wanted.words else found


def _worded(found: QuerySet[Camera], words: str) -> QuerySet[Camera]:
    number = codes.tidy(words)
    if number.isdecimal() and len(number) >= 4:
        return found.filter(beginning("number", number) | Q(number__endswith=number))
    return found.filter(words__has_words=words)


def owners(actor: Actor) -> list[tuple[int, int]]:
    """Return the units whose cameras the actor sees with how many, the most first. One statement."""
    rows = Camera.objects.visible_to(actor).now().order_by().values_list("owner_unit_id")
    return sorted(rows.annotate(count=Count("pk")), key=lambda row: (-row[1], row[0]))


def covering(actor: Actor, point: Point, *, at: datetime, most: int = 6) -> list[Covering]:
    """Return the cameras that cover a place and the actor sees, the nearest first. Two statements."""
    near = Camera.objects.visible_to(actor).now().filter(point__near=(point.lon, point.lat, MOST_REACH))
    rows = near.annotate(metres=Distance("point", point.lon, point.lat)).filter(metres__lte=F("reach_m"))
    seen = [row for row in rows.select_related("owner_unit").defer("words").order_by("metres", "pk")
            if row.wedge is not None and row.wedge.holds(point)][:most]  # fmt: skip
    own = own_accesses(actor, [row.pk for row in seen], at=at)
    return [_covering(row, point, own.get(row.pk)) for row in seen]


def _covering(row: Camera, point: Point, own: Access | None) -> Covering:
    return Covering(row, round(distance(point, row.point)), wind(bearing_of(point, row.point)), own)


def own_accesses(actor: Actor, camera_ids: list[int], *, at: datetime) -> Mapping[int, Access]:
    """Return one's own accesses that wait or run, by camera. One statement, none without cameras."""
    if not camera_ids or actor.account_id is None:
        return {}
    own = Access.objects.filter(by_id=actor.account_id, camera__in=camera_ids)
    alive = own.filter(Q(state=Access.State.ASKED) | Q(state=Access.State.GRANTED, until__gt=at))
    return {access.camera_id: access for access in alive}


def waiting(actor: Actor) -> QuerySet[Access]:
    """Return the requests that wait for the actor's decision; the longest waiting first by id."""
    return Access.objects.decided_by(actor).select_related("camera__owner_unit")


def mine(actor: Actor) -> QuerySet[Access]:
    """Return one's own accesses."""
    return Access.objects.filter(by_id=actor.account_id, by_id__isnull=False).select_related("camera__owner_unit")


def openings_of(actor: Actor, camera: Camera) -> QuerySet[Opening]:
    """Return who opened a camera, as far as the actor may know: one's own, or all to its owner and to auditors."""
    accesses = Access.objects.visible_to(actor).filter(camera=camera)
    return Opening.objects.filter(camera=camera, access__in=accesses).select_related("access")


def openings(actor: Actor) -> QuerySet[Opening]:
    """Return all openings the actor may know of, with camera and access."""
    return Opening.objects.filter(access__in=Access.objects.visible_to(actor)).select_related("access", "camera")


def month_begins(at: datetime) -> datetime:
    """Return when the month of an instant began here."""
    return at.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def opened_this_month(camera: Camera, *, at: datetime) -> int:
    """Return how often a camera was opened this month, by whomever: a number everybody who sees it may know."""
    return Opening.objects.filter(camera=camera, at__gte=month_begins(at)).count()


def platform_of(camera: Camera) -> Platform | None:
    """Return the owner's platform a camera is opened on, if one is registered."""
    return Platform.objects.filter(code=camera.system).first() if camera.system else None
