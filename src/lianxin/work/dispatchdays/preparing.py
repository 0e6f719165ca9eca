"""Prepare a dispatch day: when, who leads, which units; tell them; call it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Post
from lianxin.foundation.accounts.queries import current_posts
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, Refused
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import clean

from .change import LABELS, SUBJECT, State, begin, checked_units, hot, tell, words_of
from .models import LEAD, PREPARE, DispatchDay, Invitation, Item

_SEQUENCE = "dispatch_day_id_seq"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A day as the office wrote it."""

    starts_at: datetime
    ends_at: datetime
    answers_until: datetime
    leader_post_id: int
    unit_ids: Sequence[int] = ()
    place: str = ""


@transaction.atomic
def prepare(actor: Actor, *, key: UUID, area: AreaNode, wanted: Wanted, at: datetime) -> DispatchDay:
    """Prepare a day of the whole place or of a street. The same `key` is the same day.

    What waits for the next day of this area, and what the last one carried over, stands on its list from the start.
    Raises NotAllowed, Invalid with all faults.
    """
    where = hot(area)
    demand(actor, PREPARE, LABELS[PREPARE], None if area.is_whole else area)
    sent = fingerprint(area.id, wanted.starts_at, wanted.leader_post_id)
    claimed = claim(key, kind=SUBJECT, action="prepare", sent=sent, at=at, sequence=_SEQUENCE)
    if not claimed.fresh:
        return DispatchDay.objects.get(pk=claimed.subject_id)
    day = DispatchDay(pk=claimed.subject_id, key=key, version=0, prepared_at=at, **where)
    _put(day, wanted, at)
    held = DispatchDay.objects.filter(area_id=area.id, state=State.ENDED).order_by("-starts_at")
    day.previous = held.first()
    day.save(force_insert=True)
    _invite(day, wanted.unit_ids)
    _take_waiting(day)
    return tell(actor, day, "prepare", at=at)


def _put(day: DispatchDay, wanted: Wanted, at: datetime) -> None:
    faults: dict[str, str] = {}
    if wanted.starts_at <= at:
        faults["starts_at"] = _("请定在现在以后。")
    if wanted.ends_at <= wanted.starts_at:
        faults["ends_at"] = _("结束要在开始以后。")
    if wanted.answers_until > wanted.starts_at:
        faults["answers_until"] = _("书面答复要在开始之前交。")
    post = _leader(day, wanted, at)
    if post is None:
        faults["leader"] = _("请选一位能主持调度日的领导。")
    if faults or post is None:
        raise Invalid(faults)
    day.starts_at, day.ends_at, day.answers_until = wanted.starts_at, wanted.ends_at, wanted.answers_until
    day.place = clean(wanted.place, 80)
    area = post.area.name if post.area else ""
    day.leader_post, day.leader_label = post, f"{area} {post.title or post.role.label}".strip()


def _leader(day: DispatchDay, wanted: Wanted, at: datetime) -> Post | None:
    able = current_posts(at).filter(role__permissions__contains=[LEAD]).select_related("area", "role")
    found = able.filter(pk=wanted.leader_post_id).first()
    if found is None or found.area is None:
        return None
    covers = found.area.parent_id is None or found.area.street_id == day.street_id
    return found if covers else None


def _invite(day: DispatchDay, unit_ids: Sequence[int]) -> None:
    """Let exactly these units, and those asked about an item, be asked in; who was told already stays."""
    wanted = set(checked_units(unit_ids)) | {pk for ids in day.items.values_list("unit_ids", flat=True) for pk in ids}
    day.invitations.exclude(unit_id__in=wanted).filter(invited_at=None).delete()
    known = set(day.invitations.values_list("unit_id", flat=True))
    Invitation.objects.bulk_create([Invitation(day=day, unit_id=pk) for pk in sorted(wanted - known)])


def ask_in(day: DispatchDay, unit_ids: Sequence[int]) -> None:
    """Ask more units in, besides those already asked."""
    known = set(day.invitations.values_list("unit_id", flat=True))
    Invitation.objects.bulk_create([Invitation(day=day, unit_id=pk) for pk in unit_ids if pk not in known])


def _take_waiting(day: DispatchDay) -> None:
    waiting = list(Item.objects.select_for_update().filter(day=None, area_id=day.area_id).order_by("added_at", "id"))
    for place, item in enumerate(waiting, 1):
        item.day, item.place = day, place
    Item.objects.bulk_update(waiting, ["day", "place"])
    ask_in(day, list(dict.fromkeys(pk for item in waiting for pk in item.unit_ids)))


@transaction.atomic
def amend(actor: Actor, *, day: DispatchDay, wanted: Wanted, at: datetime, seen: int | None = None) -> DispatchDay:
    """Change time, place, leader or units of a day that has not begun."""
    day = begin(actor, day, [PREPARE], states={State.PREPARED}, seen=seen)
    moved = day.starts_at != wanted.starts_at or day.place != clean(wanted.place, 80)
    _put(day, wanted, at)
    _invite(day, wanted.unit_ids)
    return tell(actor, day, "amend", at=at, moved=moved)


@transaction.atomic
def announce(actor: Actor, *, day: DispatchDay, at: datetime) -> DispatchDay:
    """Tell the units that do not know yet; from now on they see the day and may answer. Refused when all know."""
    day = begin(actor, day, [PREPARE], states={State.PREPARED, State.OPEN})
    fresh = list(day.invitations.filter(invited_at=None).values_list("unit_id", flat=True))
    if not fresh:
        raise Refused("all_told", _("该通知的单位都通知过了。"))
    day.invitations.filter(invited_at=None).update(invited_at=at)
    return tell(actor, day, "announce", at=at, told=fresh)


@transaction.atomic
def call_off(actor: Actor, *, day: DispatchDay, reason: str, at: datetime) -> DispatchDay:
    """Call a day off; what stood on its list waits for the next one."""
    day = begin(actor, day, [PREPARE], states={State.PREPARED})
    day.closing_words = words_of("note", reason, limit=200)
    day.state, day.ended_at = State.CALLED_OFF, at
    waiting = set(
        Item.objects.filter(day=None, area_id=day.area_id, case__isnull=False).values_list("case_id", flat=True)
    )
    back = day.items.filter(state=Item.State.LISTED).exclude(case_id__in=waiting)
    back.update(day=None, place=0)
    return tell(actor, day, "call_off", at=at)
