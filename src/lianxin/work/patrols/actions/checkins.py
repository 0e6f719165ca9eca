"""Check-ins (打卡): many at once as a device brings them, each exactly once, one a point and round."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, LianxinError, NotFound, Refused
from lianxin.kernel.files.attaching import attach_each
from lianxin.kernel.geometry.points import Point as Place
from lianxin.kernel.journal.writing import Draft, append
from lianxin.kernel.text import clean, looks_personal
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.patrols import rules, stickers
from lianxin.work.patrols.checklists import list_for
from lianxin.work.patrols.models import CheckIn, Point, Round, Stop
from lianxin.work.patrols.settings import PatrolSettings, patrol_settings
from lianxin.work.patrols.words import How, RoundState

from .rounds import SUBJECT, begin, locked_rounds

FILES = "patrol_checkin"


@dataclass(frozen=True, slots=True)
class Visit:
    """What a device says of being at a point. `sticker` is the scanned or typed text, `tag` the hash of an NFC tag."""

    key: UUID
    round: UUID
    how: str
    made_at: datetime
    point: UUID | None = None  # may be left out when the sticker names it
    sticker: str = ""
    tag: str = ""
    place: Place | None = None
    accuracy: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    files: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A check-in as it stands; `is_first` is False when the point had been checked in by another one before."""

    checkin: CheckIn
    is_first: bool


Result = Taken | LianxinError


def check_in(actor: Actor, *, visit: Visit, at: datetime) -> Taken:
    """Take one check-in. The same key again changes nothing. Raises NotFound, Invalid, Refused."""
    outcome = check_in_many(actor, visits=[visit], at=at)[0]
    if isinstance(outcome, LianxinError):
        raise outcome
    return outcome


@transaction.atomic
def check_in_many(actor: Actor, *, visits: Sequence[Visit], at: datetime) -> list[Result]:
    """Take check-ins in order: what became of each, refusals too. Eight statements or so, however many they are."""
    numbers = versions.read()
    rounds = locked_rounds(actor, {visit.round for visit in visits})
    points = _Points(visits)
    book = _Book(rounds.values(), visits)
    desk = _Desk(actor, points, patrol_settings(numbers), numbers, at)
    results: list[Result] = []
    for visit in visits:
        try:
            results.append(_take(desk, book, rounds.get(visit.round), visit))
        except LianxinError as refusal:
            results.append(refusal)
    _write(actor, book, at)
    return results


class _Points:
    """The points that check-ins name, by key and by code. One statement."""

    def __init__(self, visits: Iterable[Visit]) -> None:
        keys = {visit.point for visit in visits if visit.point is not None}
        codes = {found.code for visit in visits if (found := stickers.read(visit.sticker)) and found.code}
        rows = list(Point.objects.filter(Q(key__in=keys) | Q(code__in=codes)))
        self.by_key = {row.key: row for row in rows}
        self.by_code = {row.code: row for row in rows}

    def of(self, visit: Visit) -> Point:
        """Return the point of a check-in; raise NotFound."""
        read = stickers.read(visit.sticker)
        found = self.by_key.get(visit.point) if visit.point else None
        found = found or (self.by_code.get(read.code) if read and read.code else None)
        if found is None:
            raise NotFound(_("没有这个巡查点，可能已经停用。"))
        return found


class _Book:
    """What is there already, and what is new. One statement for the former."""

    def __init__(self, rounds: Iterable[Round], visits: Sequence[Visit]) -> None:
        self.rounds = list(rounds)
        there = CheckIn.objects.filter(
            Q(key__in=[visit.key for visit in visits]) | Q(round_id__in=[row.pk for row in self.rounds])
        ).only("key", "round_id", "point_id", "made_at")
        self.by_key: dict[UUID, CheckIn] = {}
        self.by_place: dict[tuple[int, int], CheckIn] = {}
        for row in there:
            self._note(row)
        self.new: list[CheckIn] = []
        self.files: list[tuple[CheckIn, tuple[UUID, ...]]] = []

    def _note(self, row: CheckIn) -> None:
        self.by_key[row.key] = row
        self.by_place[row.round_id, row.point_id] = row

    def add(self, row: CheckIn, files: tuple[UUID, ...]) -> None:
        """Note a check-in to be stored."""
        self._note(row)
        self.new.append(row)
        if files:
            self.files.append((row, files))


@dataclass(frozen=True, slots=True)
class _Desk:
    """What judging a check-in needs to know."""

    actor: Actor
    points: _Points
    settings: PatrolSettings
    numbers: Mapping[str, int]
    at: datetime


def _take(desk: _Desk, book: _Book, row: Round | None, visit: Visit) -> Taken:
    if row is None:
        raise NotFound(_("没有这一轮巡查，可能已经取消。可以改成临时巡查再送。"))
    point = desk.points.of(visit)
    known = book.by_key.get(visit.key)
    if known is not None:
        if (known.round_id, known.point_id) != (row.pk, point.pk):
            raise Refused("client_id_reused", _("这个编号已经用来送过别的内容。请换一个新的编号再送。"))
        return Taken(known, is_first=True)
    earlier = book.by_place.get((row.pk, point.pk))
    if earlier is not None:
        return _told_again(earlier, visit)
    made = _made(desk, row, point, visit)
    book.add(made, visit.files)
    return Taken(made, is_first=True)


def _told_again(earlier: CheckIn, visit: Visit) -> Taken:
    """A point counts once a round. What came with the second is not dropped silently: it is sent back."""
    when = earlier.made_at.astimezone(ZONE)
    if visit.files or visit.note or "problem" in visit.answers.values():
        said = _("这个点 {when:%H:%M} 已经打过卡。发现的问题请登记成隐患，照片还在手机里。")
        raise Refused("point_done", said.format(when=when))
    return Taken(earlier, is_first=False)


def _made(desk: _Desk, row: Round, point: Point, visit: Visit) -> CheckIn:
    near = rules.nearness(point.place, point.radius, visit.place, visit.accuracy, desk.settings.accuracy_most)
    how = _how(visit, point, near)
    listed = list_for(point, desk.numbers)
    answers, problems = rules.judged(visit.answers, listed.questions)
    made_at = min(visit.made_at, desk.at)
    return CheckIn(
        key=visit.key, round=row, point=point, by_id=desk.actor.account_id, how=how, made_at=made_at,
        received_at=desk.at, place=visit.place, accuracy=visit.accuracy, distance=near.distance,
        is_off_site=how in {How.GPS, How.HAND} and near.distance is not None and not near.is_there,
        is_late=row.closes_at is not None and made_at > row.closes_at,
        reason=clean(visit.reason, 200), checklist_id=listed.id, answers=answers, problems=problems,
        note=clean(visit.note, 500),
    )  # fmt: skip


def _how(visit: Visit, point: Point, near: rules.Nearness) -> str:
    """Return how a check-in counts. An old sticker read at the place counts by the place."""
    if visit.how not in How.values:
        raise Invalid({"how": _("打卡方式不对。")})
    if looks_personal(visit.note) or looks_personal(visit.reason):
        raise Invalid({"note": _("不要写人的证件号码和电话。")})
    if visit.how == How.QR and not stickers.is_of(point, visit.sticker):
        if near.is_there:
            return How.GPS
        raise Refused("sticker_old", _("这张贴纸不是这个点的，或已经换过。请扫新的，或用定位、手工打卡。"))
    if visit.how == How.NFC and (not point.tag_hash or visit.tag != point.tag_hash):
        if near.is_there:
            return How.GPS
        raise Refused("tag_other", _("碰到的标签不是这个点的。请用扫码、定位或手工打卡。"))
    if visit.how == How.GPS and visit.place is None:
        raise Invalid({"place": _("没有定位。请扫码，或手工打卡并写原因。")})
    if visit.how == How.HAND and not clean(visit.reason, 200):
        raise Invalid({"reason": _("手工打卡请写一句原因，例如“贴纸掉了”。")})
    return visit.how


def _write(actor: Actor, book: _Book, at: datetime) -> None:
    if not book.new:
        return
    _insert(book.new)
    by_round: dict[int, list[CheckIn]] = {}
    for made in book.new:
        by_round.setdefault(made.round_id, []).append(made)
    touched = [row for row in book.rounds if row.pk in by_round]
    for row in touched:
        begin(row, actor, min(made.made_at for made in by_round[row.pk]))
        if row.state == RoundState.MISSED:
            row.state = RoundState.FINISHED
        row.version += 1
        # Mostly one: a statement for it, always the same, costs a third of one made for all.
        row.save(update_fields=["state", "started_at", "walker_id", "walker_label", "version"])
    _unmark(touched, by_round)
    append([_entry(actor, row, by_round[row.pk], at) for row in touched])
    attach_each(
        [(made.pk, files) for made, files in book.files], kind=FILES, at=at, by_id=actor.account_id, label="problem"
    )  # fmt: skip


_COLUMNS = {
    "key": "uuid", "round_id": "bigint", "point_id": "bigint", "by_id": "bigint", "how": "varchar",
    "made_at": "timestamptz", "received_at": "timestamptz", "place": "point", "accuracy": "int", "distance": "int",
    "is_off_site": "bool", "is_late": "bool", "reason": "varchar", "checklist_id": "bigint", "answers": "jsonb",
    "problems": "smallint", "note": "varchar",
}  # fmt: skip
# The same words however many there are, so that the database plans it once.
_INSERT = (
    f"INSERT INTO patrol_checkin ({', '.join(_COLUMNS)})"
    f" SELECT * FROM unnest({', '.join(f'%s::{kind}[]' for kind in _COLUMNS.values())}) RETURNING key, id"
)


def _insert(rows: Sequence[CheckIn]) -> None:
    """Store new check-ins and give them their ids. One statement."""
    values: dict[str, list[Any]] = {name: [getattr(row, name) for row in rows] for name in _COLUMNS}
    values["place"] = [place and place.sql for place in values["place"]]
    values["answers"] = [json.dumps(answers, ensure_ascii=False) for answers in values["answers"]]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, list(values.values()))
        ids = dict(cursor.fetchall())
    for row in rows:
        row.pk = ids[row.key]


def _unmark(touched: Iterable[Round], by_round: Mapping[int, Sequence[CheckIn]]) -> None:
    """Take the mark from points that were reached in time and told late, for want of signal."""
    for row in touched:
        if row.judged_at is not None:
            reached = [made.point_id for made in by_round[row.pk] if not made.is_late]
            Stop.objects.filter(round=row, point_id__in=reached, missed_at__isnull=False).update(missed_at=None)


def _entry(actor: Actor, row: Round, made: Sequence[CheckIn], at: datetime) -> Draft:
    told = {"points": len(made), "problems": sum(each.problems for each in made)}
    return draft(actor, SUBJECT, row.pk, "check_in", at=at, version=row.version, after=told)
