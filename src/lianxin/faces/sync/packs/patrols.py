"""Patrols for the pocket: rounds of the week, points with what tells their stickers, checklists, hazards to look at."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from pydantic import BaseModel

from lianxin.faces.sync.sections import section
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.organizations.queries import unit
from lianxin.kernel.files.queries import files_of_many
from lianxin.kernel.text import mask_name
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols import stickers
from lianxin.work.patrols.checklists import Listed, list_for
from lianxin.work.patrols.models import FollowUp, Hazard, Point
from lianxin.work.patrols.queries import ledger, walking
from lianxin.work.patrols.settings import patrol_settings
from lianxin.work.patrols.words import Excuse, HazardKind

from .shapes import PackPointOut, own_ground, point_out

MOST_POINTS = 300
MOST_HAZARDS = 60


class PackLegOut(BaseModel):
    """A point of a round, in walking order; its key is in `points`."""

    point: str
    is_done: bool
    is_missed: bool
    excuse: str


class PackRoundOut(BaseModel):
    """A round to walk; one of the coming days may not be made yet, its key is right all the same."""

    key: str
    name: str
    day: date
    state: str
    opens_at: datetime
    closes_at: datetime | None
    legs: list[PackLegOut]


class PackPatrolPointOut(BaseModel):
    """A point. `print` is a hash of its key and the six signs of its sticker, `tag` that of its NFC tag's number."""

    key: str
    code: str
    name: str
    kind: str
    kind_label: str
    address: str
    hint: str
    place: PackPointOut
    radius: int
    print: str
    tag: str
    checklist: str


class PackQuestionOut(BaseModel):
    """A line of a checklist; a problem may want a photo and is a hazard of this kind."""

    code: str
    text: str
    photo: bool
    hazard: str


class PackChecklistOut(BaseModel):
    """What is asked at points that name this key."""

    key: str
    questions: list[PackQuestionOut]


class PackLookOut(BaseModel):
    """Somebody looked at a hazard again."""

    at: datetime
    found: str
    note: str
    who: str


class PackHazardOut(BaseModel):
    """A hazard that has not left the ledger. `times`: how often this kind was found at this point within a year."""

    key: str
    number: str
    version: int
    what: str
    kind: str
    kind_label: str
    grade: str
    state: str
    state_label: str
    place: PackPointOut | None
    address: str
    point: str
    found_at: datetime
    due_date: date
    responsible: str
    case_number: str
    photos: list[str]
    looks: list[PackLookOut]
    times: int
    may_settle: bool
    settle_photo: bool


class PackChoiceOut(BaseModel):
    """A word to choose, and what it says."""

    code: str
    label: str


class PatrolPackOut(BaseModel):
    """All that patrolling takes without signal."""

    rounds: list[PackRoundOut]
    points: list[PackPatrolPointOut]
    checklists: list[PackChecklistOut]
    hazards: list[PackHazardOut]
    hazard_kinds: list[PackChoiceOut]
    excuses: list[PackChoiceOut]
    accuracy_most: int


@section("patrols", out=PatrolPackOut, order=30)
def patrols_pack(actor: Actor, /, *, at: datetime, numbers: Mapping[str, int]) -> PatrolPackOut | None:
    """Return what the actor walks and what lies in its ground; None for who does not walk. Eleven statements."""
    scope = own_ground(actor, "patrols.walk")
    if scope is None:
        return None
    found = walking.walks(actor, at=at)
    hazards = _hazards(actor, within(scope))
    own = list(Point.objects.now().filter(within(scope)).order_by("code")[:MOST_POINTS])
    points = {row.pk: row for row in own}
    missing = {leg.point_id for walk in found for leg in walk.legs} | {row.point_id or 0 for row in hazards}
    points |= Point.objects.in_bulk(missing - points.keys() - {0})
    lists = {row.pk: list_for(row, numbers) for row in points.values()}
    return PatrolPackOut(
        rounds=[_round(walk, points) for walk in found],
        points=[_point(row, lists[row.pk]) for row in points.values() if row.valid_to is None],
        checklists=[_checklist(each) for each in {_key(each): each for each in lists.values()}.values()],
        hazards=_shown(actor, hazards, points, at=at, numbers=numbers),
        hazard_kinds=[PackChoiceOut(code=code, label=str(label)) for code, label in HazardKind.choices],
        excuses=[PackChoiceOut(code=code, label=str(label)) for code, label in Excuse.choices],
        accuracy_most=patrol_settings(numbers).accuracy_most,
    )


def _round(walk: walking.Walk, points: Mapping[int, Point]) -> PackRoundOut:
    legs = [
        PackLegOut(point=str(points[leg.point_id].key), is_done=leg.is_done, is_missed=leg.is_missed, excuse=leg.excuse)
        for leg in walk.legs if leg.point_id in points
    ]  # fmt: skip
    return PackRoundOut(
        key=str(walk.key), name=walk.name, day=walk.day, state=walk.state, opens_at=walk.opens_at,
        closes_at=walk.closes_at, legs=legs,
    )  # fmt: skip


def _point(row: Point, listed: Listed) -> PackPatrolPointOut:
    place = point_out(row.place)
    if place is None:
        raise ValueError(f"Point {row.pk} lies nowhere.")
    return PackPatrolPointOut(
        key=str(row.key), code=row.code, name=row.name, kind=row.kind, kind_label=str(row.get_kind_display()),
        address=row.address, hint=row.hint, place=place, radius=row.radius, print=stickers.print_of(row),
        tag=row.tag_hash, checklist=_key(listed),
    )  # fmt: skip


def _key(listed: Listed) -> str:
    return f"{listed.kind}.{listed.id or 0}"


def _checklist(listed: Listed) -> PackChecklistOut:
    questions = [PackQuestionOut(code=q.code, text=q.text, photo=q.photo, hazard=q.hazard) for q in listed.questions]
    return PackChecklistOut(key=_key(listed), questions=questions)


def _hazards(actor: Actor, here: Q) -> list[Hazard]:
    mine = Q(found_by_id=actor.account_id) | Q(responsible_id=actor.account_id)
    rows: QuerySet[Hazard] = Hazard.objects.open().filter(here | mine)
    return list(rows.order_by("due_date", "pk")[:MOST_HAZARDS])


def _shown(
    actor: Actor, rows: list[Hazard], points: Mapping[int, Point], *, at: datetime, numbers: Mapping[str, int]
) -> list[PackHazardOut]:
    looks = ledger.lately(rows)
    times = ledger.came_back({row.point_id for row in rows if row.point_id is not None}, at=at)
    photos: dict[int, list[UUID]] = {}
    for file in files_of_many(patrols.HAZARD_FILES, [row.pk for row in rows]):
        photos.setdefault(file.subject_id or 0, []).append(file.key)
    settle_photo = patrol_settings(numbers).settle_photo
    return [
        PackHazardOut(
            key=str(row.key), number=row.number, version=row.version, what=row.what, kind=row.kind,
            kind_label=str(row.get_kind_display()), grade=row.grade, state=row.state,
            state_label=str(row.get_state_display()), place=point_out(row.place), address=row.address,
            point=str(points[row.point_id or 0].key) if row.point_id in points else "", found_at=row.found_at,
            due_date=row.due_date, responsible=responsible(row, numbers), case_number=row.case_number,
            photos=[str(key) for key in photos.get(row.pk, ())], looks=_looks(looks.get(row.pk, ())),
            times=times.get((row.point_id or 0, row.kind), 1), may_settle=patrols.may_settle(actor, row),
            settle_photo=settle_photo or not actor.may("patrols.settle", row),
        )
        for row in rows
    ]  # fmt: skip


def _looks(rows: Iterable[FollowUp]) -> list[PackLookOut]:
    return [PackLookOut(at=row.made_at, found=row.found, note=row.note, who=mask_name(row.by_label)) for row in rows]


def responsible(row: Hazard, numbers: Mapping[str, int]) -> str:
    """Return who removes a hazard: a unit's short name, or a colleague's masked one."""
    known = unit(row.unit_id, numbers) if row.unit_id is not None else None
    return known.short_name if known else mask_name(row.responsible_label)
