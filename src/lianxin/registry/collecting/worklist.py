"""Where to go for what is missing or stale: a screenful a day, building by building, what several ask for first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from django.db import connection
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.registry.people.models import Person
from lianxin.registry.places.models import Building, Dwelling, Establishment
from lianxin.registry.quality.checks import BY_CODE, Family
from lianxin.registry.quality.models import Finding
from lianxin.registry.sources.models import DataRequest
from lianxin.registry.sources.queries import fields_of

from . import records
from .forms import Asking, Form, ask_of, forms
from .models import Collected
from .rules import SCREENFUL

_MOST = 300
_SUBJECTS = tuple(records.MODELS)


@dataclass(frozen=True, slots=True)
class Item:
    """One record to look at, with why."""

    form: Form
    why: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One building with the records in it that want a look."""

    building: str  # its address
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Worklist:
    """What a grid worker may look at today; `waiting` is how much more there is, for the community to plan by."""

    stops: Sequence[Stop]
    waiting: int


def worklist(actor: Actor, *, at: datetime, numbers: Mapping[str, int] | None = None) -> Worklist | None:
    """Return what is asked in the grids where the actor edits people; None for who does nowhere.

    A screenful a day, less what was collected there today; the rest waits. Some ten statements, however many grids.
    """
    grids = _grids(actor, at, numbers)
    if not grids:
        return None
    asking = Asking(at, numbers)
    wanted = _findings(grids) + _requested(grids, asking)
    room = max(0, SCREENFUL * len(grids) - _today(grids, at))
    found, homes = _nearest(wanted, room)
    made = [one for one in forms(found, asking) if one.asked]
    stops: dict[str, Stop] = {}
    for one in made:
        building = homes.get((one.record.subject, one.record.id), "") or _("不知道哪栋楼")
        stops.setdefault(building, Stop(building)).items.append(Item(one, _why(one)))
    return Worklist(list(stops.values()), max(0, len(wanted) - len(made)))


def _grids(actor: Actor, at: datetime, numbers: Mapping[str, int] | None) -> list[AreaNode]:
    """Return the grids of the actor's own posts: the work of a community is its grids' work."""
    ids = actor.scope("people.edit").grid_ids
    atlas = areas.atlas(at, numbers)
    return [node for node in atlas if node.role == "grid" and node.id in ids]


def _findings(grids: Sequence[AreaNode]) -> Counter[tuple[str, int]]:
    codes = [code for code, check in BY_CODE.items() if check.family in {Family.MISSING, Family.STALE}]
    rows = Finding.objects.open().filter(
        grid_id__in=[node.id for node in grids], check_code__in=codes, subject__in=_SUBJECTS
    )
    # A task somebody gave comes before what the nightly check found.
    given = rows.order_by("task_id", "id").values_list("subject", "subject_id", "task_id")[:_MOST]
    count: Counter[tuple[str, int]] = Counter()
    for subject, subject_id, task_id in given:
        count[subject, subject_id] += 3 if task_id else 1
    return count


# Records of a grid on which a field that a request asks for was not confirmed since then.
_UNCONFIRMED = """
SELECT r.id FROM {table} r WHERE r.grid_id = ANY(%(grids)s) AND r.{ended} IS NULL AND EXISTS (
    SELECT FROM unnest(%(codes)s::varchar[]) code WHERE NOT EXISTS (
        SELECT FROM confirmation c WHERE c.subject = %(subject)s AND c.subject_id = r.id AND c.field_id = code
        AND c.at >= %(since)s))
ORDER BY r.id LIMIT %(most)s
"""
_TABLES = {
    "person": ("person", "ended_at"), "dwelling": ("dwelling", "valid_to"), "building": ("building", "valid_to"),
    "establishment": ("establishment", "valid_to"),
}  # fmt: skip


def _requested(grids: Sequence[AreaNode], asking: Asking) -> Counter[tuple[str, int]]:
    count: Counter[tuple[str, int]] = Counter()
    for subject in _SUBJECTS:
        here = {request.pk: request for node in grids for request in asking.at_place(subject, node)}
        for request in here.values():
            reached = [node.id for node in grids if request in asking.at_place(subject, node)]
            for pk in _unconfirmed(request, reached, asking):
                count[subject, pk] += 2
    return count


def _unconfirmed(request: DataRequest, grid_ids: list[int], asking: Asking) -> list[int]:
    ask = ask_of(request)
    able = {node.code for node in fields_of(request.subject, asking.numbers)}
    fillable = records.taken(request.subject) | records.shown(request.subject)
    codes = [code for code in request.fields if code in able and code.partition(".")[2] in fillable]
    if not codes:
        return []
    since = asking.today if ask.every_days == 1 else ask.from_date
    table, ended = _TABLES[request.subject]
    with connection.cursor() as cursor:
        cursor.execute(
            _UNCONFIRMED.format(table=table, ended=ended),
            {"grids": grid_ids, "codes": codes, "subject": request.subject, "most": _MOST,
             "since": datetime.combine(since, time(), ZONE)},
        )  # fmt: skip
        return [row[0] for row in cursor.fetchall()]


def _today(grids: Sequence[AreaNode], at: datetime) -> int:
    midnight = at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return Collected.objects.filter(grid_id__in=[node.id for node in grids], at__gte=midnight).count()


def _nearest(
    wanted: Counter[tuple[str, int]], room: int
) -> tuple[list[records.Record], dict[tuple[str, int], str]]:  # fmt: skip
    """Return a screenful of records, building by building, the building with most in it first."""
    homes = _buildings(wanted)
    by_building: dict[int, list[tuple[str, int]]] = {}
    for one in sorted(wanted, key=lambda pair: (-wanted[pair], pair)):
        by_building.setdefault(homes.get(one, 0), []).append(one)
    order = sorted(by_building, key=lambda pk: (pk == 0, -sum(wanted[one] for one in by_building[pk]), pk))
    chosen = [one for pk in order for one in by_building[pk]][:room]
    by_subject = {
        subject: {one.id: one for one in records.several(subject, [pk for kind, pk in chosen if kind == subject])}
        for subject in {kind for kind, _pk in chosen}
    }
    found = [by_subject[subject][pk] for subject, pk in chosen if pk in by_subject[subject]]
    ids = {homes.get(one, 0) for one in chosen}
    names = dict(Building.objects.filter(pk__in=ids).values_list("pk", "address")) if ids else {}
    return found, {one: names.get(homes.get(one, 0), "") for one in chosen}


def _buildings(wanted: Counter[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """Return in which building each record lies. A statement for each kind."""
    ids = {subject: [pk for kind, pk in wanted if kind == subject] for subject in _SUBJECTS}
    rows = {
        "person": Person.objects.filter(pk__in=ids["person"]).values_list("pk", "home__building_id"),
        "dwelling": Dwelling.objects.filter(pk__in=ids["dwelling"]).values_list("pk", "building_id"),
        "establishment": Establishment.objects.filter(pk__in=ids["establishment"]).values_list("pk", "building_id"),
    }
    found = {("building", pk): pk for pk in ids["building"]}
    for subject, pairs in rows.items():
        if ids[subject]:
            found |= {(subject, pk): building for pk, building in pairs if building is not None}
    return found


def _why(form: Form) -> str:
    """Return why a record is on the list, in words."""
    units = sorted({asker.unit for line in form.asked for asker in line.askers if asker.unit})
    fields = "、".join(line.label for line in form.asked[:4])
    return _("{fields}；{units}要用").format(fields=fields, units="、".join(units)) if units else fields
