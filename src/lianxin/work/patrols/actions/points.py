"""Points: put them on the map, move and end them, give them a new sticker or a tag."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry.points import Point as Place
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import clean
from lianxin.work.patrols.models import Point, Stop
from lianxin.work.patrols.models.lying import HOT, put
from lianxin.work.patrols.settings import LIMITS, patrol_settings
from lianxin.work.patrols.stickers import tag_hash
from lianxin.work.patrols.words import PointKind

from .common import PLAN, area_at, locked, standing, tell

SUBJECT = "patrol_point"


@dataclass(frozen=True, slots=True)
class PointIn:
    """What a planner says of a point; without a radius the place's own."""

    kind: str
    name: str
    place: Place
    address: str = ""
    hint: str = ""
    radius: int | None = None


@transaction.atomic
def add_point(actor: Actor, *, key: UUID, given: PointIn, at: datetime) -> Point:
    """Put a point on the map. The same `key` is the same point. Raises Invalid, NotAllowed."""
    _check(given)
    area = area_at(given.place, at=at)
    demand(actor, "patrols.plan", PLAN, area)
    sent = fingerprint(given.kind, given.name, given.place)
    claimed = claim(key, kind=SUBJECT, action="add", sent=sent, at=at, sequence="patrol_point_id_seq")
    if not claimed.fresh:
        return Point.objects.get(pk=claimed.subject_id)
    point = Point(pk=claimed.subject_id, key=key, code=f"D{claimed.subject_id:04d}", valid_from=at)
    _fill(point, given)
    put(point, area)
    point.save(force_insert=True)
    tell(actor, SUBJECT, point, "add", at=at)
    return point


@transaction.atomic
def amend_point(actor: Actor, *, point: Point, given: PointIn, at: datetime, seen: int | None = None) -> Point:
    """Change what is said of a point, or where it is. Raises NotFound, NotAllowed, Stale, Invalid."""
    found = locked(actor, point, "patrols.plan", PLAN, seen=seen)
    standing(found)
    _check(given)
    area = area_at(given.place, at=at)
    demand(actor, "patrols.plan", PLAN, area)
    before = [getattr(found, name) for name in _COLUMNS]
    _fill(found, given)
    put(found, area)
    changed = [name for name, old in zip(_COLUMNS, before, strict=True) if getattr(found, name) != old]
    if changed:
        found.version += 1
        found.save(update_fields=[*_COLUMNS, *HOT, "version"])
        tell(actor, SUBJECT, found, "amend", at=at, after={"fields": changed})
    return found


_COLUMNS = ("kind", "name", "place", "address", "hint", "radius")


def _check(given: PointIn) -> None:
    faults = {}
    if given.kind not in PointKind.values:
        faults["kind"] = _("请选择这是什么地方。")
    if len(clean(given.name, 80)) < 2:
        faults["name"] = _("请写名称，例如“和平市场北门”。")
    least, most = LIMITS["radius"]
    if given.radius is not None and not least <= given.radius <= most:
        faults["radius"] = _("打卡范围请填 {least} 至 {most} 米。").format(least=least, most=most)
    if faults:
        raise Invalid(faults)


def _fill(point: Point, given: PointIn) -> None:
    point.kind, point.name, point.place = given.kind, clean(given.name, 80), given.place
    point.address, point.hint = clean(given.address, 200), clean(given.hint, 200)
    point.radius = given.radius or patrol_settings().radius


@transaction.atomic
def end_point(actor: Actor, *, point: Point, at: datetime, seen: int | None = None) -> Point:
    """Let a point be visited no more: it leaves its routes, what was found there stays. Raises as `amend_point`."""
    found = locked(actor, point, "patrols.plan", PLAN, seen=seen)
    standing(found)
    found.valid_to = at
    found.version += 1
    found.save(update_fields=["valid_to", "version"])
    found.stations.all().delete()
    Stop.objects.filter(point=found, missed_at=None, round__judged_at=None).delete()
    tell(actor, SUBJECT, found, "end", at=at)
    return found


@transaction.atomic
def renew_sticker(actor: Actor, *, point: Point, at: datetime) -> Point:
    """Make another code for the point; the sticker that hangs there opens nothing any more."""
    found = locked(actor, point, "patrols.plan", PLAN)
    standing(found)
    found.sticker += 1
    found.version += 1
    found.save(update_fields=["sticker", "version"])
    tell(actor, SUBJECT, found, "sticker", at=at)
    return found


@transaction.atomic
def bind_tag(actor: Actor, *, point: Point, serial: str, at: datetime) -> Point:
    """Let an NFC tag stand for the point, by its number; an empty number takes the tag away. Raises Invalid."""
    found = locked(actor, point, "patrols.plan", PLAN)
    standing(found)
    hashed = tag_hash(serial)
    if serial.strip() and not hashed:
        raise Invalid({"serial": _("标签号是十六进制数，例如 04:A2:2F:1B。")})
    if hashed and Point.objects.now().filter(tag_hash=hashed).exclude(pk=found.pk).exists():
        raise Invalid({"serial": _("这个标签已经用在别的巡查点上。")})
    found.tag_hash = hashed
    found.version += 1
    found.save(update_fields=["tag_hash", "version"])
    tell(actor, SUBJECT, found, "tag", at=at)
    return found
