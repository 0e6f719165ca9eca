"""Open, amend, pause and close stations."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.areas.queries import AreaNode, locate, node
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.files import actions as files
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean
from lianxin.kernel.worktime.calendars import ZONE

from . import rules
from .models import Station
from .rules import Wanted

SUBJECT = "station"
_MANAGE = "stations.manage"
_LABEL = "管理服务站点"


@transaction.atomic
def open_station(actor: Actor, *, key: UUID, wanted: Wanted, at: datetime, area: AreaNode | None = None) -> Station:
    """Put a station on the map. The same `key` is the same station.

    It lies where its point does; `area` is where it belongs while it has none. Raises Invalid with all faults,
    NotAllowed outside the actor's areas, Refused where the name is taken.
    """
    place = _place(wanted, area, at)
    demand(actor, _MANAGE, _LABEL, place)
    if (known := Station.objects.filter(key=key).first()) is not None:
        return known
    station = Station(key=key, created_at=at, version=0)
    _put(station, wanted, place, at)
    _save(station)
    _attach(actor, station, wanted.files, at)
    _journal(actor, station, "open", at)
    return station


@transaction.atomic
def amend(
    actor: Actor, *, station: Station, wanted: Wanted, at: datetime, area: AreaNode | None = None,
    seen: int | None = None,
) -> Station:  # fmt: skip
    """Correct a station. Raises NotFound, NotAllowed, Invalid, Refused, Stale."""
    station = _begin(actor, station, seen)
    place = _place(wanted, area or node(station.area_id), at)
    demand(actor, _MANAGE, _LABEL, place)
    _put(station, wanted, place, at)
    _save(station)
    _attach(actor, station, wanted.files, at)
    _journal(actor, station, "amend", at)
    return station


@transaction.atomic
def pause(
    actor: Actor, *, station: Station, until: date | None, reason: str, at: datetime, seen: int | None = None
) -> Station:
    """Say that a station is shut until a day, or with None that it opens as usual again."""
    station = _begin(actor, station, seen)
    if until is not None and until < at.astimezone(ZONE).date():
        raise Invalid({"until": _("请填今天或以后的日子。")})
    station.pause_until, station.pause_reason = until, clean(reason, 80) if until else ""
    station.version, station.changed_at = station.version + 1, at
    station.save(update_fields=["pause_until", "pause_reason", "version", "changed_at"])
    _journal(actor, station, "pause" if until else "resume", at)
    return station


@transaction.atomic
def close(actor: Actor, *, station: Station, reason: str, at: datetime, seen: int | None = None) -> Station:
    """Take a station from the map for good; what it was is kept."""
    station = _begin(actor, station, seen)
    told = clean(reason, 200)
    if len(told) < 2:
        raise Invalid({"note": _("请写一句为什么撤销。")})
    station.ended_at, station.end_reason = at, told
    station.version, station.changed_at = station.version + 1, at
    station.save(update_fields=["ended_at", "end_reason", "version", "changed_at"])
    _journal(actor, station, "close", at, note=told)
    return station


def _place(wanted: Wanted, area: AreaNode | None, at: datetime) -> AreaNode:
    faults = rules.faults(wanted)
    found = locate(wanted.point.lon, wanted.point.lat, at) if wanted.point else area
    if found is None:
        faults["point" if wanted.point else "area"] = _("请标出位置，或选一个社区。") if not wanted.point else _(
            "这个位置不在本地。"
        )  # fmt: skip
    if faults or found is None:
        raise Invalid(faults)
    return found


def _put(station: Station, wanted: Wanted, place: AreaNode, at: datetime) -> None:
    station.kind, station.name = wanted.kind, clean(wanted.name, 60)
    station.address, station.point = clean(wanted.address, 120), wanted.point
    station.hours = {day: [list(span) for span in wanted.hours.get(day, ())] for day in rules.DAYS}
    station.hours_note, station.phone = clean(wanted.hours_note, 80), wanted.phone.strip()
    station.offers = list(dict.fromkeys(told for offer in wanted.offers if (told := clean(offer, 20))))
    station.note = clean(wanted.note, 300)
    station.area_id, station.street_id = place.id, place.street_id
    station.community_id, station.grid_id = place.community_id, place.grid_id
    station.version += 1
    station.changed_at = at


def _save(station: Station) -> None:
    try:
        with transaction.atomic():
            station.save()
    except IntegrityError as error:
        if "station_name_once" not in str(error):
            raise
        raise Refused("station_name", _("这里已有叫这个名字的站点。")) from None


def _begin(actor: Actor, station: Station, seen: int | None) -> Station:
    found = Station.objects.visible_to(actor).select_for_update().filter(pk=station.pk).first()
    if found is None:
        raise NotFound(_("没有这个站点，或不由您管。"))
    if found.ended_at is not None:
        raise Refused("station_closed", _("这个站点已经撤销。"))
    if seen is not None and seen != found.version:
        raise Stale(_("这个站点刚被别人改过，请看过再改。"), version=found.version, changes=[])
    return found


def _attach(actor: Actor, station: Station, keys: Sequence[UUID], at: datetime) -> None:
    if keys:
        files.attach(keys, kind=SUBJECT, subject_id=station.pk, by_id=actor.account_id, at=at)


def _journal(actor: Actor, station: Station, act: str, at: datetime, **rest: Any) -> None:
    append([draft(actor, SUBJECT, station.pk, act, at=at, version=station.version, **rest)])
