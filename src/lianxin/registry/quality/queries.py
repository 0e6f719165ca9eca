"""Read the board: counts by check and area, the line of the last weeks, the tasks of a grid, what is known already."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel.text import mask_name
from lianxin.registry.care.models import CareTag
from lianxin.registry.people.models import Household, Person
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate
from lianxin.registry.sources.models import Subject
from lianxin.registry.sources.requests import today

from .models import DayCount, Finding, Task

Level = Literal["street", "community", "grid"]


def counts(actor: Actor, level: Level, *, below: AreaNode | None = None) -> dict[tuple[str, int | None], int]:
    """Return open findings by check and area at a level, as far as the actor sees them. One statement."""
    found = _below(Finding.objects.open().visible_to(actor), below)
    rows = found.values_list("check_code", f"{level}_id").annotate(count=Count("id")).order_by()
    return {(check, area_id): count for check, area_id, count in rows}


def _below(found: QuerySet[Finding], area: AreaNode | None) -> QuerySet[Finding]:
    if area is None or area.role not in {"street", "community", "grid"}:
        return found
    return found.filter(**{f"{area.role}_id": area.id})


def findings(actor: Actor, *, check: str, below: AreaNode | None = None) -> QuerySet[Finding]:
    """Return the open findings of a check that the actor sees."""
    return _below(Finding.objects.open().visible_to(actor).filter(check_code=check), below)


def trend(at: datetime, *, days: int = 30, community_ids: Iterable[int] | None = None) -> dict[str, list[int]]:
    """Return by check how many stood open at the end of each of the last days, the oldest first. One statement."""
    last = today(at)
    rows = DayCount.objects.filter(day__gt=last - timedelta(days=days))
    if community_ids is not None:
        rows = rows.filter(community_id__in=list(community_ids))
    line: dict[str, dict[int, int]] = defaultdict(dict)
    summed = rows.values_list("check_code", "day").annotate(total=Sum("count")).order_by("day")
    for check, day, total in summed:
        line[check][(day - last).days + days - 1] = total
    return {check: [by_day[n] for n in sorted(by_day)] for check, by_day in line.items()}


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that is not done, with how many of its findings are left."""

    task: Task
    left: int


def open_tasks(actor: Actor, permission: str) -> list[OpenTask]:
    """Return the tasks that run where the actor holds a permission, the first to fall due first. One statement."""
    scope = actor.scope(permission)
    tasks = Task.objects.filter(done_at=None, withdrawn_at=None)
    if not scope.everywhere:
        tasks = tasks.filter(within(scope))
    still = Count("findings", filter=Q(findings__fixed_at=None))
    return [OpenTask(one, one.left) for one in tasks.annotate(left=still).order_by("due_date", "pk")[:100]]


@dataclass(frozen=True, slots=True)
class Named:
    """A record as a list shows it: masked, with what its page is found by."""

    label: str
    key: str = ""


def named(subject: str, ids: Sequence[int]) -> dict[int, Named]:
    """Return how records are named in a list, people masked. One statement, two for care and households."""
    if subject == Subject.PERSON:
        rows = Person.objects.filter(pk__in=ids).values_list("pk", "name", "key")
        return {pk: Named(mask_name(name), str(key)) for pk, name, key in rows}
    if subject == Subject.CARE:
        tags = CareTag.objects.filter(pk__in=ids).values_list("pk", "person__name", "person__key")
        return {pk: Named(mask_name(name), str(key)) for pk, name, key in tags}
    if subject == Subject.HOUSEHOLD:
        homes = Household.objects.filter(pk__in=ids).values_list("pk", "dwelling__address", "dwelling__code")
        return {pk: Named(address or "没有住处的一户", code or "") for pk, address, code in homes}
    return _named_place(subject, ids)


def _named_place(subject: str, ids: Sequence[int]) -> dict[int, Named]:
    if subject in {Subject.DWELLING, Subject.BUILDING}:
        housed: type[Dwelling | Building] = Dwelling if subject == Subject.DWELLING else Building
        at = housed._default_manager.filter(pk__in=ids).values_list("pk", "address", "code")
        return {pk: Named(address, code) for pk, address, code in at}
    called: type[Estate | Establishment] = Estate if subject == Subject.ESTATE else Establishment
    by = called._default_manager.filter(pk__in=ids).values_list("pk", "name", "code")
    return {pk: Named(name, code) for pk, name, code in by}


_TABLES: Mapping[str, tuple[str, str]] = {
    Subject.PERSON: ("person", "ended_at"),
    Subject.DWELLING: ("dwelling", "valid_to"),
    Subject.BUILDING: ("building", "valid_to"),
    Subject.ESTATE: ("estate", "valid_to"),
    Subject.ESTABLISHMENT: ("establishment", "valid_to"),
}
_EMPTY = {"use": "r.use = 'unknown'", "home": "r.home_id IS NULL", "property_company": "r.property_company_id IS NULL"}
_COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND table_schema = current_schema()
"""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a field is known already: of all records, how many have a value that is not stale."""

    whole: int
    known: int

    @property
    def share(self) -> float:
        """Between 0 and 1; 0 where there is nothing."""
        return self.known / self.whole if self.whole else 0.0


def known(subject: str, codes: Sequence[str], area: AreaNode | None, *, at: datetime) -> dict[str, Share]:
    """Return for each field how much the base knows, so that it need not be asked. Three statements."""
    if subject not in _TABLES:
        return {}
    table, ended = _TABLES[subject]
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [table])
        kinds = dict(cursor.fetchall())
        names = [code.partition(".")[2] for code in codes]
        asked = [name for name in names if name in kinds or name in _EMPTY]
        if not asked:
            return {}
        counted = ", ".join(f"count(*) FILTER (WHERE NOT ({_empty(name, kinds)}))" for name in asked)
        where = f"r.{area.role}_id = %(area)s" if area and area.role in {"street", "community", "grid"} else "true"
        cursor.execute(
            f"SELECT count(*), {counted} FROM {table} r WHERE r.{ended} IS NULL AND {where}",
            {"area": area.id if area else None},
        )
        whole, *found = cursor.fetchone()
        stale = _stale(cursor, subject, [f"{subject}.{name}" for name in asked], at)
    return {
        f"{subject}.{name}": Share(whole, max(0, count - stale.get(f"{subject}.{name}", 0)))
        for name, count in zip(asked, found, strict=True)
    }


def collected(subject: str, codes: Sequence[str], area: AreaNode | None, *, since: datetime) -> int | None:
    """Return of how many records all these fields were confirmed since then: by a visit for whatever reason. One
    statement; None for records that lie nowhere by themselves.
    """
    if subject not in _TABLES:
        return None
    table, ended = _TABLES[subject]
    where = f"r.{area.role}_id = %(area)s" if area and area.role in {"street", "community", "grid"} else "true"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*) FROM (
                SELECT c.subject_id FROM confirmation c JOIN {table} r ON r.id = c.subject_id
                WHERE c.subject = %(subject)s AND c.field_id = ANY(%(codes)s) AND c.at >= %(since)s
                AND r.{ended} IS NULL AND {where}
                GROUP BY c.subject_id HAVING count(*) = %(count)s) AS whole""",
            {"subject": subject, "codes": list(codes), "since": since, "count": len(codes),
             "area": area.id if area else None},
        )  # fmt: skip
        return int(cursor.fetchone()[0])


def _empty(name: str, kinds: Mapping[str, str]) -> str:
    if name in _EMPTY:
        return _EMPTY[name]
    texts = {"character varying", "text"}
    return f"r.{name} IS NULL OR r.{name} = ''" if kinds[name] in texts else f"r.{name} IS NULL"


def _stale(cursor: object, subject: str, codes: Sequence[str], at: datetime) -> dict[str, int]:
    """Return how many confirmations of each field are too old to count."""
    cursor.execute(  # type: ignore[attr-defined]
        """SELECT c.field_id, count(*) FROM confirmation c JOIN register_field f ON f.code = c.field_id
        WHERE c.subject = %(subject)s AND c.field_id = ANY(%(codes)s)
        AND c.at < %(at)s - make_interval(days => f.stale_after_days) GROUP BY 1""",
        {"subject": subject, "codes": list(codes), "at": at},
    )
    return dict(cursor.fetchall())  # type: ignore[attr-defined]
