"""Visits and answers to missed signs of life from the field."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field

from lianxin.faces.acts.kinds import AreaCode, CategoryCode, Code, Input, Instant, Line, Prose
from lianxin.faces.acts.resolving import Resolver
from lianxin.faces.sync.files import FilesIn, demand_ready
from lianxin.faces.sync.records import Outcome, Record, State, done, takes, takes_many
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.errors import NotFound
from lianxin.kernel.text import mask_name
from lianxin.registry.people.models import Household
from lianxin.registry.people.queries import person_by_key
from lianxin.registry.places.models import Dwelling, Establishment
from lianxin.work.visits import actions as visits
from lianxin.work.visits import telling
from lianxin.work.visits.actions import Saved, Whom
from lianxin.work.visits.models import Sign
from lianxin.work.visits.signs import days
from lianxin.work.visits.telling import Matter, Told, Wanted

M = TypeVar("M", Household, Dwelling, Establishment)


class MatterIn(Input):
    """Something that came up on a visit and is to become a case."""

    text: Annotated[Prose, Field(title="发生了什么")]
    category: Annotated[CategoryCode | None, Field(title="分类")] = None
    address: Annotated[Line, Field(max_length=200, title="地点")] = ""


class NeedIn(Input):
    """A need that was seen, proposed to the clerk."""

    need: Annotated[Code, Field(title="需要什么照应")]
    evidence: Annotated[Line, Field(max_length=300, title="看到什么")]


class VisitIn(Input):
    """A visit, or a version of it made from version `seen`. `overrides`: that version was looked at, and mine holds."""

    visit: Annotated[UUID, Field(title="哪次走访")]
    seen: Annotated[int, Field(ge=0, le=2**31 - 1, title="所见版本")] = 0
    overrides: Annotated[int | None, Field(ge=0, le=2**31 - 1, title="看过的版本")] = None
    person: Annotated[UUID | None, Field(title="走访谁")] = None
    household: Annotated[UUID | None, Field(title="哪一户")] = None
    dwelling: Annotated[Code | None, Field(title="哪一户室")] = None
    establishment: Annotated[Code | None, Field(title="哪个单位")] = None
    area: Annotated[AreaCode | None, Field(title="网格")] = None
    kind: Annotated[Code, Field(title="怎么见的", description="home、phone、met")] = "home"
    outcome: Annotated[Code, Field(title="见到没有", description="met、nobody、later")] = "met"
    went: Annotated[Code, Field(title="谁去的", description="self、colleague、neighbour")] = "self"
    visited_at: Annotated[Instant | None, Field(title="什么时候")] = None
    company: Annotated[list[Code], Field(max_length=7, title="和谁一起")] = []
    topics: Annotated[list[Code], Field(max_length=11, title="谈了什么")] = []
    mood: Annotated[Code, Field(title="谈得怎样")] = ""
    words: Annotated[Prose, Field(title="日记")] = ""
    follow_up_on: Annotated[date | None, Field(title="哪天再去")] = None
    case: Annotated[MatterIn | None, Field(title="要上报的事")] = None
    wish: Annotated[Line, Field(max_length=1000, title="心愿")] = ""
    need: Annotated[NeedIn | None, Field(title="建议关照")] = None
    files: FilesIn = []


def _is_plain(data: VisitIn) -> bool:
    """Tell whether this is a visit's first version, without photos, and nothing shall be made of it."""
    is_first = data.seen == 0 and data.overrides is None
    return is_first and data.case is None and not data.wish.strip() and data.need is None and not data.files


@takes_many("visit.save", VisitIn, label="走访", joins=_is_plain)
def save(
    actor: Actor, items: Sequence[tuple[Record, VisitIn]], /, *, at: datetime, numbers: Mapping[str, int]
) -> list[Outcome]:
    """Write visits down; where somebody else wrote meanwhile both stay, and the device is shown both."""
    resolver = Resolver(actor, numbers, at)
    if len(items) == 1:
        return [_save(actor, *items[0], resolver)]
    firsts = [
        visits.First(record.id, data.visit, _whom(actor, data, resolver), _told(record, data)) for record, data in items
    ]
    saved = visits.save_many(actor, visits=firsts, at=at)
    return [_outcome(each, first.told) for each, first in zip(saved, firsts, strict=True)]


def _told(record: Record, data: VisitIn) -> Told:
    return Told(
        visited_at=data.visited_at or record.made_at, kind=data.kind, outcome=data.outcome, went=data.went,
        company=tuple(data.company), topics=tuple(data.topics), mood=data.mood, words=data.words,
        follow_up_on=data.follow_up_on,
    )  # fmt: skip


def _save(actor: Actor, record: Record, data: VisitIn, resolver: Resolver) -> Outcome:
    keys = [file.key for file in data.files]
    demand_ready(actor, keys)
    told = _told(record, data)
    wanted = Wanted(
        matter=Matter(data.case.text, resolver.category(data.case.category), data.case.address) if data.case else None,
        wish=data.wish.strip(), need=data.need.need if data.need else "",
        evidence=data.need.evidence if data.need else "",
    )  # fmt: skip
    saved = visits.save(
        actor, key=record.id, visit_key=data.visit, whom=_whom(actor, data, resolver), told=told, wanted=wanted,
        seen=data.seen if data.overrides is None else data.overrides, files=keys, at=resolver.at,
    )  # fmt: skip
    return _outcome(saved, told)


def _whom(actor: Actor, data: VisitIn, resolver: Resolver) -> Whom:
    area_id = resolver.area(data.area)
    return Whom(
        person=person_by_key(actor, data.person) if data.person else None,
        household=_one(Household, key=data.household, valid_to=None) if data.household else None,
        dwelling=_one(Dwelling, code=data.dwelling, valid_to=None) if data.dwelling else None,
        establishment=_one(Establishment, code=data.establishment, valid_to=None) if data.establishment else None,
        area=areas.node(area_id, resolver.numbers) if area_id is not None else None,
    )


def _one(model: type[M], **named: object) -> M:
    found: M | None = model._default_manager.filter(**named).first()
    if found is None:
        raise NotFound(_("这一户或这个单位已经注销。请改记在网格里，或换一户。"))
    return found


def _outcome(saved: Saved, told: Told) -> Outcome:
    visit = saved.visit
    if saved.apart is None:
        return done(str(visit.key), visit.version)
    last = visit.versions.get(number=visit.version)
    theirs = telling.unpacked(last.content)
    lines = telling.lines(told, theirs) if theirs else []
    who = mask_name(last.by_label)
    return Outcome(
        State.CONFLICT, "stale", _("{who} 刚改过这次走访。").format(who=who), subject=str(visit.key),
        version=visit.version,
        theirs={"lines": [list(line) for line in lines], "by": who, "who": who, "at": last.at.isoformat()},
    )  # fmt: skip


class SaidIn(StrEnum):
    """What staff found when a sign was missed."""

    FINE = "fine"
    HELPED = "helped"
    NOBODY = "nobody"


class HowIn(StrEnum):
    """How they looked."""

    CALL = "call"
    VISIT = "visit"


class SignAnswerIn(Input):
    """What came of a missed sign of life: all is well, helped, or nobody answers."""

    sign: Annotated[UUID, Field(title="谁的平安信号")]
    day: Annotated[date, Field(title="哪一天")]
    said: Annotated[SaidIn, Field(title="看到了什么")]
    how: Annotated[HowIn, Field(title="怎么看的")]


@takes("sign.answer", SignAnswerIn, label="平安信号")
def answer(actor: Actor, record: Record, data: SignAnswerIn, /, *, at: datetime, numbers: Mapping[str, int]) -> Outcome:
    """Say what was found where a sign was missed."""
    del numbers
    sign = Sign.objects.visible_to(actor).filter(key=data.sign).first()
    if sign is None:
        raise NotFound(_("没有这个平安信号，或不在您的辖区。"))
    day = days.answer(actor, sign=sign, day=data.day, said=data.said, how=data.how, at=at, key=record.id)
    return done(f"{sign.key} {day.day.isoformat()}")
