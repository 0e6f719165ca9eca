"""Patrols from the field: rounds begun and ended, check-ins, hazards found and looked at again, tracks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field

from lianxin.faces.acts.kinds import Code, Input, Instant, Line, PointIn
from lianxin.faces.sync.files import FilesIn, demand_ready
from lianxin.faces.sync.records import Outcome, Record, State, done, takes, takes_many
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, LianxinError
from lianxin.work.patrols import actions as patrols

Metres = Annotated[int | None, Field(ge=0, le=100_000, title="定位误差（米）")]
Where = Annotated[PointIn | None, Field(title="位置")]


class StartIn(Input):
    """A round begun: a planned one by its key, else one of one's own accord, whose key is the record's id."""

    round: Annotated[UUID | None, Field(title="哪一轮")] = None
    name: Annotated[Line, Field(max_length=80, title="名称")] = ""
    team: Annotated[UUID | None, Field(title="巡逻队")] = None
    place: Where = None


class CheckInIn(Input):
    """A check-in. `sticker` is the scanned or typed text; the point may be left out when it stands there."""

    round: Annotated[UUID, Field(title="哪一轮")]
    point: Annotated[UUID | None, Field(title="巡查点")] = None
    how: Annotated[Code, Field(title="怎么打的", description="qr、gps、nfc、hand")]
    sticker: Annotated[Line, Field(max_length=200, title="贴纸上的码")] = ""
    tag: Annotated[Code, Field(title="标签", description="标签号的 SHA-256")] = ""
    place: Where = None
    accuracy: Metres = None
    answers: Annotated[dict[Code, Code], Field(max_length=40, title="检查项")] = {}
    reason: Annotated[Line, Field(max_length=200, title="手工打卡的原因")] = ""
    note: Annotated[Line, Field(max_length=500, title="备注")] = ""
    files: FilesIn = []


class ReasonIn(Input):
    """Why a point was not reached."""

    excuse: Annotated[Code, Field(title="原因")]
    note: Annotated[Line, Field(max_length=200, title="说明")] = ""


class FinishIn(Input):
    """A round ended, and why some points were not reached, by their keys."""

    round: Annotated[UUID, Field(title="哪一轮")]
    note: Annotated[Line, Field(max_length=500, title="备注")] = ""
    reasons: Annotated[dict[UUID, ReasonIn], Field(max_length=80, title="没去的点")] = {}


class HazardNoteIn(Input):
    """A hazard found: a thing or a place, never a person."""

    what: Annotated[Line, Field(max_length=500, title="有什么危险")]
    kind: Annotated[Code, Field(title="类别")]
    grade: Annotated[Code, Field(title="等级")] = "general"
    place: Where = None
    point: Annotated[UUID | None, Field(title="巡查点")] = None
    round: Annotated[UUID | None, Field(title="哪一轮")] = None
    address: Annotated[Line, Field(max_length=200, title="地点")] = ""
    files: FilesIn = []


class HazardFollowIn(Input):
    """A hazard looked at again; `settles`: it is gone and may leave the ledger."""

    hazard: Annotated[UUID, Field(title="哪一条隐患")]
    found: Annotated[Code, Field(title="现在怎么样", description="still、better、gone")]
    note: Annotated[Line, Field(max_length=500, title="说明")] = ""
    settles: Annotated[bool, Field(title="销号")] = False
    files: FilesIn = []


class FixIn(Input):
    """Where the phone was, and when by its own clock."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    accuracy: Annotated[int, Field(ge=0, le=100_000)] = 0
    at: Instant


class WalkedIn(Input):
    """A stretch of the way, for the walker's own eyes; the record is made when its last place was noted."""

    round: Annotated[UUID, Field(title="哪一轮")]
    fixes: Annotated[list[FixIn], Field(min_length=1, max_length=500, title="位置")]


def _keys(files: Sequence[Any]) -> tuple[UUID, ...]:
    return tuple(file.key for file in files)


@takes("patrol.start", StartIn, label="开始巡查")
def start(actor: Actor, record: Record, data: StartIn, /, *, at: datetime, numbers: Mapping[str, int]) -> Outcome:
    """Begin a round."""
    del numbers
    row = patrols.start(
        actor, key=record.id, round_key=data.round, name=data.name, team_key=data.team,
        place=data.place.point if data.place else None, began_at=record.made_at, at=at,
    )  # fmt: skip
    return done(str(row.key), row.version)


@takes_many("patrol.checkin", CheckInIn, label="打卡")
def check_in(
    actor: Actor, items: Sequence[tuple[Record, CheckInIn]], /, *, at: datetime, numbers: Mapping[str, int]
) -> list[Outcome]:
    """Take check-ins, many at once."""
    del numbers
    demand_ready(actor, [file.key for _record, data in items for file in data.files])
    visits = [_visit(record, data) for record, data in items]
    return [_outcome(result) for result in patrols.check_in_many(actor, visits=visits, at=at)]


def _visit(record: Record, data: CheckInIn) -> patrols.Visit:
    return patrols.Visit(
        key=record.id, round=data.round, point=data.point, how=data.how, made_at=record.made_at, sticker=data.sticker,
        tag=data.tag, place=data.place.point if data.place else None, accuracy=data.accuracy, answers=data.answers,
        reason=data.reason, note=data.note, files=_keys(data.files),
    )  # fmt: skip


def _outcome(result: patrols.Result) -> Outcome:
    if isinstance(result, LianxinError):
        fields = dict(result.fields) if isinstance(result, Invalid) else None
        return Outcome(State.REFUSED, result.code, result.sentence, fields=fields)
    if result.is_first:
        return done(str(result.checkin.key))
    said = _("这个点这一轮已经打过卡，不用再打。")
    return Outcome(State.DONE, "point_done", said, subject=str(result.checkin.key))


@takes("patrol.finish", FinishIn, label="结束巡查")
def finish(actor: Actor, record: Record, data: FinishIn, /, *, at: datetime, numbers: Mapping[str, int]) -> Outcome:
    """End a round."""
    del numbers
    reasons = {point: patrols.Reason(told.excuse, told.note) for point, told in data.reasons.items()}
    row = patrols.finish(
        actor, key=record.id, round_key=data.round, note=data.note, reasons=reasons, ended_at=record.made_at, at=at
    )  # fmt: skip
    return done(str(row.key), row.version)


@takes("hazard.note", HazardNoteIn, label="登记隐患")
def note(actor: Actor, record: Record, data: HazardNoteIn, /, *, at: datetime, numbers: Mapping[str, int]) -> Outcome:
    """Write a hazard into the ledger."""
    del numbers
    demand_ready(actor, _keys(data.files))
    given = patrols.HazardIn(
        what=data.what, kind=data.kind, grade=data.grade, place=data.place.point if data.place else None,
        point=data.point, round=data.round, address=data.address, files=_keys(data.files),
    )  # fmt: skip
    row = patrols.note(actor, key=record.id, given=given, found_at=record.made_at, at=at)
    return done(row.number, row.version)


@takes("hazard.follow", HazardFollowIn, label="复查隐患")
def follow(
    actor: Actor, record: Record, data: HazardFollowIn, /, *, at: datetime, numbers: Mapping[str, int]
) -> Outcome:
    """Look at a hazard again."""
    del numbers
    demand_ready(actor, _keys(data.files))
    look = patrols.Look(data.found, data.note, settles=data.settles, files=_keys(data.files))
    row = patrols.follow(
        actor, key=record.id, hazard_key=data.hazard, look=look, made_at=record.made_at, at=at
    )  # fmt: skip
    return done(row.number, row.version)


@takes("track.points", WalkedIn, label="轨迹")
def track(actor: Actor, record: Record, data: WalkedIn, /, *, at: datetime, numbers: Mapping[str, int]) -> Outcome:
    """Keep a stretch of one's own way. The phone's clock is put right by what the record's own was off."""
    del numbers
    off = record.made_at - max(fix.at for fix in data.fixes)
    fixes = [patrols.Fix(fix.lon, fix.lat, fix.accuracy, fix.at + off) for fix in data.fixes]
    patrols.keep_track(actor, key=record.id, round_key=data.round, fixes=fixes, at=at)
    return done(str(data.round))
