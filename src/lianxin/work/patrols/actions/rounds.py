"""Rounds: begin, finish, say why a point was not reached; when the window closes, mark what nobody reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.kernel.geometry.points import Point as Place
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import clean
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols.models import CheckIn, Member, Round, Stop, Team
from lianxin.work.patrols.models.lying import put, put_as
from lianxin.work.patrols.models.rounds import roles_above
from lianxin.work.patrols.words import Excuse, RoundState

from .common import tell

SUBJECT = "patrol"
_NOBODY = "没有这一轮巡查，可能已经取消。"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a point was not reached."""

    excuse: str
    note: str = ""


def may_walk(actor: Actor, row: Round) -> bool:
    """Tell whether the actor may check in on a round: by its post there, its role in a wider area, or its team."""
    if actor.may("patrols.walk", row):
        return True
    roles, above = roles_above(actor)
    if row.role in roles and row.area_id in above:
        return True
    if row.team_id is None or actor.account_id is None:
        return False
    return Member.objects.filter(team_id=row.team_id, account_id=actor.account_id, left_at=None).exists()


def locked_rounds(actor: Actor, keys: set[UUID]) -> dict[UUID, Round]:
    """Return the rounds of these keys that the actor may walk, locked, in the order of ids. One statement."""
    found = Round.objects.visible_to(actor).select_for_update(of=("self",)).filter(key__in=keys).order_by("pk")
    return {row.key: row for row in found if may_walk(actor, row)}


def _one(actor: Actor, key: UUID) -> Round:
    found = locked_rounds(actor, {key}).get(key)
    if found is None:
        raise NotFound(_(_NOBODY))
    return found


@transaction.atomic
def start(
    actor: Actor, *, key: UUID, at: datetime, round_key: UUID | None = None, name: str = "",
    team_key: UUID | None = None, place: Place | None = None, began_at: datetime | None = None,
) -> Round:  # fmt: skip
    """Begin a planned round, or one of one's own accord, whose key is `key` itself. The same `key`: the same round.

    Raises NotFound for a round that is not there, Refused once its window is over and NotAllowed.
    """
    began = min(began_at or at, at)
    if round_key is None:
        own = _Own(key, name, team_key, place, began)
        return _start_own(actor, own, at)
    row = _one(actor, round_key)
    sent = fingerprint(round_key)
    if not claim(key, kind=SUBJECT, action="start", sent=sent, at=at, subject_id=row.pk).fresh:
        return row
    if row.judged_at is not None and row.closes_at is not None and began > row.closes_at:
        raise Refused("round_over", _("这一轮的时间已经过了。要去看，可以开始一次临时巡查。"))
    if begin(row, actor, began):
        row.version += 1
        row.save(update_fields=["state", "started_at", "walker_id", "walker_label", "version"])
        tell(actor, SUBJECT, row, "start", at=at)
    return row


def begin(row: Round, actor: Actor, began: datetime) -> bool:
    """Let a round run if it has not begun; returns whether that changed anything. The caller saves."""
    if row.started_at is not None:
        return False
    row.started_at = began
    row.state = RoundState.RUNNING if row.judged_at is None else RoundState.FINISHED
    # Who walks for a team is not named: residents come of their own will.
    row.walker_id, row.walker_label = actor.account_id, "" if row.team_id else actor.name[:120]
    return True


@dataclass(frozen=True, slots=True)
class _Own:
    """A round of one's own accord."""

    key: UUID
    name: str
    team_key: UUID | None
    place: Place | None
    began: datetime


def _start_own(actor: Actor, own: _Own, at: datetime) -> Round:
    sent = fingerprint("own", own.team_key)
    claimed = claim(own.key, kind=SUBJECT, action="start", sent=sent, at=at, sequence="patrol_round_id_seq")
    if not claimed.fresh:
        return Round.objects.get(pk=claimed.subject_id)
    row = Round(
        pk=claimed.subject_id, key=own.key, name=clean(own.name, 80) or _("临时巡查"),
        day=own.began.astimezone(ZONE).date(), state=RoundState.RUNNING, opens_at=own.began,
        started_at=own.began, walker_id=actor.account_id,
        walker_label=actor.name[:120],
    )  # fmt: skip
    if own.team_key is not None:
        team = _team(actor, own.team_key)
        row.team = team
        row.walker_label = ""  # residents walk without their names in the list
        put_as(row, team)
    else:
        put(row, _own_area(actor, own.place, at))
    row.save(force_insert=True)
    tell(actor, SUBJECT, row, "start", at=at)
    return row


def _team(actor: Actor, key: UUID) -> Team:
    found = Team.objects.filter(
        key=key, valid_to=None, members__account_id=actor.account_id or 0, members__left_at=None
    )
    team = found.first()
    if team is None:
        raise NotFound(_("您不在这支巡逻队，或它已经解散。"))
    return team


def _own_area(actor: Actor, place: Place | None, at: datetime) -> AreaNode:
    """Return where somebody walks of their own accord: around the place if that is theirs, else at their post."""
    around = areas.locate(place.lon, place.lat, at) if place is not None else None
    if around is not None and actor.may("patrols.walk", around):
        return around
    holding = actor.holding_for("patrols.walk")
    if holding is None or holding.area_id is None:
        raise NotAllowed("patrols.walk", _("您的岗位不能巡查打卡。"))
    found = areas.node(holding.area_id)
    if found is None:
        raise NotAllowed("patrols.walk", _("您的岗位不能巡查打卡。"))
    return found


@transaction.atomic
def finish(
    actor: Actor, *, key: UUID, round_key: UUID, at: datetime, note: str = "",
    reasons: Mapping[UUID, Reason] | None = None, ended_at: datetime | None = None,
) -> Round:  # fmt: skip
    """End a round; `reasons` say, by the points' keys, why some were not reached. Again changes nothing."""
    row = _one(actor, round_key)
    told = {str(point): (reason.excuse, reason.note) for point, reason in sorted((reasons or {}).items())}
    sent = fingerprint(round_key, note, told)
    if not claim(key, kind=SUBJECT, action="finish", sent=sent, at=at, subject_id=row.pk).fresh:
        return row
    ended = min(ended_at or at, at)
    begin(row, actor, ended)
    row.state = RoundState.FINISHED
    row.finished_at = max(ended, row.started_at or ended)
    row.note = clean(note, 500)
    row.version += 1
    row.save(
        update_fields=["state", "started_at", "finished_at", "walker_id", "walker_label", "note", "version"]
    )  # fmt: skip
    _excuse(row, reasons or {})
    tell(actor, SUBJECT, row, "finish", at=at)
    return row


def _excuse(row: Round, reasons: Mapping[UUID, Reason]) -> None:
    if any(reason.excuse not in Excuse.values for reason in reasons.values()):
        raise Invalid({"excuse": _("请从原因里选一个。")})
    for stop in Stop.objects.filter(round=row, point__key__in=list(reasons)).select_related("point").order_by("pk"):
        reason = reasons[stop.point.key]
        stop.excuse, stop.excuse_note = reason.excuse, clean(reason.note, 200)
        stop.save(update_fields=["excuse", "excuse_note"])


@transaction.atomic
def excuse(actor: Actor, *, round_key: UUID, reasons: Mapping[UUID, Reason], at: datetime) -> Round:
    """Say why points were not reached, before or after the window closed: by who walks, or who plans."""
    row = Round.objects.visible_to(actor).select_for_update(of=("self",)).filter(key=round_key).first()
    if row is None:
        raise NotFound(_(_NOBODY))
    if not (may_walk(actor, row) or actor.may("patrols.plan", row)):
        raise NotAllowed("patrols.walk", _("您的岗位不能填写这一轮的原因。"))
    _excuse(row, reasons)
    row.version += 1
    row.save(update_fields=["version"])
    tell(actor, SUBJECT, row, "excuse", at=at, after={"points": len(reasons)})
    return row


def judge(*, at: datetime, limit: int = 200) -> int:
    """Close rounds whose window is over and mark the points nobody reached; returns how many rounds.

    Several workers may run this. What a device brings later, made within the window, takes its mark away again.
    """
    over = Round.objects.filter(judged_at=None, closes_at__lte=at).order_by("closes_at", "pk")
    done = 0
    for pk in list(over.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            row = over.order_by().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if row is not None:
                _judge(row, at)
                done += 1
    return done


def _judge(row: Round, at: datetime) -> None:
    was_there = CheckIn.objects.filter(round=row, point=OuterRef("point"), made_at__lte=F("round__closes_at"))
    missed = Stop.objects.filter(~Exists(was_there), round=row, missed_at=None).update(missed_at=at)
    last = CheckIn.objects.filter(round=row).aggregate(last=Max("made_at"))["last"]
    if row.state == RoundState.PLANNED:
        row.state = RoundState.MISSED if last is None else RoundState.FINISHED
    elif row.state == RoundState.RUNNING:
        row.state = RoundState.FINISHED
        row.finished_at = last or row.closes_at
    row.judged_at = at
    row.version += 1
    row.save(update_fields=["state", "finished_at", "judged_at", "version"])
    tell(SYSTEM, SUBJECT, row, "judge", at=at, after={"missed": missed})
