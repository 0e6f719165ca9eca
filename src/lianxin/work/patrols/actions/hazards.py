"""The ledger of hazards: note, confirm, hand to somebody, look again, and strike off when it is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.areas.acting import demand
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel import crypto
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.kernel.files.actions import attach
from lianxin.kernel.files.queries import labels_of
from lianxin.kernel.geometry.points import Point as Place
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.numbers import permute
from lianxin.kernel.text import clean
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols.models import FollowUp, Hazard, Member, Point, Round
from lianxin.work.patrols.models.lying import put, put_as
from lianxin.work.patrols.settings import patrol_settings
from lianxin.work.patrols.words import IN_LEDGER, Found, Grade, HazardKind, HazardState, Source

from .common import SETTLE, area_at, area_of, check_seen, demand_no_person, tell
from .rounds import may_walk

SUBJECT = "hazard"
BEFORE, AFTER = "before", "after"
_AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class HazardIn:
    """What somebody found. `place`, `point` or `area_id` says where."""

    what: str
    kind: str
    grade: str = Grade.GENERAL.value
    place: Place | None = None
    point: UUID | None = None
    area_id: int | None = None
    address: str = ""
    round: UUID | None = None
    files: tuple[UUID, ...] = ()


@transaction.atomic
def note(actor: Actor, *, key: UUID, given: HazardIn, at: datetime, found_at: datetime | None = None) -> Hazard:
    """Write a hazard into the ledger; a resident's waits there until somebody has looked. The same `key`: the same.

    Raises Invalid with all faults, NotAllowed.
    """
    _check(given)
    sent = fingerprint(given.what, given.kind, given.point, given.place)
    claimed = claim(key, kind=SUBJECT, action="note", sent=sent, at=at, sequence="hazard_id_seq")
    if not claimed.fresh:
        return Hazard.objects.get(pk=claimed.subject_id)
    when = min(found_at or at, at)
    hazard = Hazard(
        pk=claimed.subject_id, key=key, number=number_of(claimed.subject_id, when), what=clean(given.what, 500),
        kind=given.kind, grade=given.grade, address=clean(given.address, 200), place=given.place, found_at=when,
        found_by_id=actor.account_id, due_date=_due(given.grade, at),
    )  # fmt: skip
    _place(actor, hazard, given, at)
    hazard.save(force_insert=True)
    if given.files:
        attach(given.files, kind=SUBJECT, subject_id=hazard.pk, label=BEFORE, by_id=actor.account_id, at=at)
    tell(actor, SUBJECT, hazard, "note", at=at, target=hazard.state)
    return hazard


def number_of(hazard_id: int, at: datetime) -> str:
    """Return a number to read out, such as YH-261122-730418; it tells neither order nor volume."""
    day = f"{at.astimezone(ZONE):%y%m%d}"
    return f"YH-{day}-{permute(hazard_id % 1_000_000, crypto.secret('hazard numbers'), 'hazards'):06d}"


def _due(grade: str, at: datetime) -> date:
    return at.astimezone(ZONE).date() + timedelta(days=patrol_settings().days_for(grade))


def _check(given: HazardIn) -> None:
    faults = {}
    if len(clean(given.what, 500)) < 2:
        faults["what"] = _("请写一句有什么危险。")
    if given.kind not in HazardKind.values:
        faults["kind"] = _("请选择是哪一类隐患。")
    if given.grade not in Grade.values:
        faults["grade"] = _("等级只有一般和重大。")
    if faults:
        raise Invalid(faults)
    demand_no_person(what=given.what, address=given.address)


def _place(actor: Actor, hazard: Hazard, given: HazardIn, at: datetime) -> None:
    """Say where it lies and whose finding it is: a post's, or a resident's by way of their team."""
    point = Point.objects.filter(key=given.point).first() if given.point else None
    walked = Round.objects.visible_to(actor).filter(key=given.round).first() if given.round else None
    area = _area(given, point, at)
    hazard.point, hazard.round = point, walked
    if point is not None:
        hazard.place = hazard.place or point.place
        hazard.address = hazard.address or point.address or point.name
    if area is not None:
        put(hazard, area)
    elif point is not None:
        put_as(hazard, point)
    elif walked is not None:
        put_as(hazard, walked)
    else:
        raise Invalid({"place": _("请在地图上点选位置，或选一个巡查点。")})
    # A route may lead through the next grid; who walks it speaks of what is there.
    is_walking = walked is not None and walked.team_id is None and may_walk(actor, walked)
    if is_walking or actor.may("patrols.walk", hazard) or actor.may("patrols.settle", hazard):
        hazard.source = Source.PATROL if walked or point else Source.DESK
        hazard.state, hazard.found_by_label = HazardState.OPEN, actor.name[:120]
        return
    if not Member.objects.filter(account_id=actor.account_id or 0, left_at=None).exists():
        raise NotAllowed("patrols.walk", _("您的岗位不能登记隐患。发现问题可以用“上报”。"))
    hazard.source, hazard.state, hazard.found_by_label = Source.TEAM, HazardState.REPORTED, _("居民巡逻队")


def _area(given: HazardIn, point: Point | None, at: datetime) -> AreaNode | None:
    if given.place is not None:
        return area_at(given.place, at=at)
    return area_of(given.area_id) if given.area_id is not None and point is None else None


def _locked(actor: Actor, key: UUID) -> Hazard:
    row = Hazard.objects.visible_to(actor).select_for_update(of=("self",)).filter(key=key).first()
    if row is None:
        raise NotFound(_("没有这条隐患，或不在您的辖区。"))
    return row


def _demand_in_ledger(row: Hazard) -> None:
    if row.state not in IN_LEDGER:
        raise Refused("hazard_gone", _("这条隐患已经销号。又出现了请新登记一条。"))


def found(actor: Actor, key: UUID, *, seen: int | None = None) -> Hazard:
    """Return a hazard in the ledger that the actor sees, locked. Raises NotFound, Stale, Refused once it has left."""
    row = _locked(actor, key)
    check_seen(row, seen)
    _demand_in_ledger(row)
    return row


def write(actor: Actor, row: Hazard, act: str, columns: Sequence[str], *, at: datetime, reason: str = "") -> Hazard:
    """Store columns of a locked hazard with one version more, and tell."""
    row.version += 1
    row.save(update_fields=[*columns, "version"])
    tell(actor, SUBJECT, row, act, at=at, target=row.state, reason=reason[:60])
    return row


@dataclass(frozen=True, slots=True)
class Care:
    """Who removes a hazard by when: a unit, or a colleague."""

    grade: str
    due_date: date
    unit_id: int | None = None
    responsible_id: int | None = None


@transaction.atomic
def assign(actor: Actor, *, key: UUID, care: Care, at: datetime, seen: int | None = None) -> Hazard:
    """Say who removes it by when; one that residents found is confirmed by this. Raises as `found`, and Invalid."""
    row = found(actor, key, seen=seen)
    demand(actor, "patrols.settle", SETTLE, row)
    today = at.astimezone(ZONE).date()
    faults = {}
    if care.grade not in Grade.values:
        faults["grade"] = _("等级只有一般和重大。")
    if not today <= care.due_date <= today + _AHEAD:
        faults["due_date"] = _("整改期限请填今天以后、一年以内。")
    if care.unit_id is not None and organizations.unit(care.unit_id) is None:
        faults["unit"] = _("没有这个单位。")
    person = Account.objects.filter(pk=care.responsible_id, disabled_at=None).first() if care.responsible_id else None
    if care.responsible_id is not None and person is None:
        faults["responsible"] = _("没有这个人，或账号已停用。")
    if care.unit_id is None and person is None:
        faults["unit"] = _("请写责任单位，或选一位责任人。")
    if faults:
        raise Invalid(faults)
    row.grade, row.due_date, row.unit_id = care.grade, care.due_date, care.unit_id
    row.responsible_id, row.responsible_label = (person.pk, person.name[:120]) if person else (None, "")
    row.reminded_at = None
    if row.state == HazardState.REPORTED:
        row.state = HazardState.OPEN
    columns = ["grade", "due_date", "unit", "responsible_id", "responsible_label", "reminded_at", "state"]
    return write(actor, row, "assign", columns, at=at)


@transaction.atomic
def confirm(actor: Actor, *, key: UUID, at: datetime, seen: int | None = None) -> Hazard:
    """Say that what residents found is so."""
    row = found(actor, key, seen=seen)
    _demand_care(actor, row)
    if row.state != HazardState.REPORTED:
        return row
    row.state = HazardState.OPEN
    return write(actor, row, "confirm", ["state"], at=at)


def _demand_care(actor: Actor, row: Hazard) -> None:
    if not (actor.may("patrols.walk", row) or actor.may("patrols.settle", row)):
        raise NotAllowed("patrols.walk", _("您的岗位不能核实隐患。"))


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody found who looked again; `settles`: gone, and it may leave the ledger with this."""

    found: str
    note: str = ""
    settles: bool = False
    files: tuple[UUID, ...] = ()


@transaction.atomic
def follow(
    actor: Actor, *, key: UUID, hazard_key: UUID, look: Look, at: datetime, made_at: datetime | None = None
) -> Hazard:  # fmt: skip
    """Look again (复查); with `settles` it leaves the ledger too. The same `key` changes nothing.

    Raises NotFound, NotAllowed, Invalid, Refused once it has left.
    """
    row = _locked(actor, hazard_key)
    # Looked for under the lock: of the same record twice at once, the second finds the first.
    if FollowUp.objects.filter(key=key, hazard=row).exists():
        return row
    _demand_in_ledger(row)
    if look.found not in Found.values:
        raise Invalid({"found": _("请选择现在怎么样。")})
    demand_no_person(note=look.note)
    if not may_follow(actor, row):
        raise NotAllowed("patrols.walk", _("您的岗位不能复查这条隐患。"))
    FollowUp.objects.create(
        key=key, hazard=row, found=look.found, note=clean(look.note, 500), made_at=min(made_at or at, at),
        received_at=at, by_id=actor.account_id, by_label=_label(actor),
    )  # fmt: skip
    if look.files:
        label = AFTER if look.found == Found.GONE else "between"
        attach(look.files, kind=SUBJECT, subject_id=row.pk, label=label, by_id=actor.account_id, at=at)
    if look.settles and look.found == Found.GONE:
        return _settle(actor, row, look.note, at=at)
    if row.state != HazardState.REPORTED:
        row.state = HazardState.RECHECK if look.found == Found.GONE else HazardState.OPEN
    return write(actor, row, "follow", ["state"], at=at, reason=look.found)


def _label(actor: Actor) -> str:
    return actor.name[:120] if actor.kind != "resident" else _("居民巡逻队")


def may_follow(actor: Actor, row: Hazard) -> bool:
    """Tell whether the actor may look again: at its post's place, as who must remove it, or as who found it."""
    if actor.account_id is not None and actor.account_id in {row.responsible_id, row.found_by_id}:
        return True
    if row.unit_id is not None and row.unit_id in actor.scope("patrols.view").unit_ids:
        return True
    return actor.may("patrols.walk", row) or actor.may("patrols.settle", row)


def may_settle(actor: Actor, row: Hazard) -> bool:
    """Tell whether the actor may strike it off: by its post, or as the colleague who found it."""
    if actor.may("patrols.settle", row):
        return True
    return (
        patrol_settings().finder_settles
        and actor.account_id is not None
        and actor.account_id == row.found_by_id
        and row.source != Source.TEAM
        and actor.may("patrols.walk", row)
    )


@transaction.atomic
def settle(actor: Actor, *, key: UUID, words: str, at: datetime, seen: int | None = None) -> Hazard:
    """Strike a hazard off (销号): it is gone. Raises as `found`, NotAllowed, and Refused without the photo it takes."""
    row = found(actor, key, seen=seen)
    demand_no_person(words=words)
    return _settle(actor, row, words, at=at)


def _settle(actor: Actor, row: Hazard, words: str, *, at: datetime) -> Hazard:
    if not may_settle(actor, row):
        raise NotAllowed("patrols.settle", _("您的岗位不能销号。请让社区来销。"))
    if row.state == HazardState.REPORTED:
        raise Refused("not_confirmed", _("还没有人核实过。属实先确认，不属实请点“不属实”。"))
    by_post = actor.may("patrols.settle", row)
    if (patrol_settings().settle_photo or not by_post) and AFTER not in labels_of(SUBJECT, row.pk):
        raise Refused("photo", _("还不能销号：缺一张整改后的照片。"))
    return _leave(actor, row, HazardState.SETTLED, words, at=at)


@transaction.atomic
def dismiss(actor: Actor, *, key: UUID, words: str, at: datetime, seen: int | None = None) -> Hazard:
    """Say that what residents reported is no hazard, and why. Raises as `found`, NotAllowed, Invalid."""
    row = found(actor, key, seen=seen)
    demand(actor, "patrols.settle", SETTLE, row)
    if row.state != HazardState.REPORTED:
        raise Refused("confirmed", _("这条隐患已经核实过，只能销号。"))
    if len(clean(words, 300)) < 2:
        raise Invalid({"words": _("请写一句为什么，巡逻队看得见。")})
    demand_no_person(words=words)
    return _leave(actor, row, HazardState.DISMISSED, words, at=at)


def _leave(actor: Actor, row: Hazard, state: str, words: str, *, at: datetime) -> Hazard:
    act = "settle" if state == HazardState.SETTLED else "dismiss"
    row.state, row.settled_at, row.settled_words = state, at, clean(words, 300)
    row.settled_by_id, row.settled_by_label = actor.account_id, actor.name[:120]
    columns = ["state", "settled_at", "settled_words", "settled_by_id", "settled_by_label"]
    return write(actor, row, act, columns, at=at)
