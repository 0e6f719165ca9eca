"""Filling `area_count`: one statement a table, for everywhere or for some areas only."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from lianxin.kernel.worktime.calendars import ZONE

from . import measures
from .models import AreaCount, CountedDay, DirtyArea

EVERYWHERE = -1
MONTHS = 12  # of a trend
KEPT_DAYS = 35  # after that the first of each month stays
_BATCH = 200

# Where a record is counted: the smallest hot level it carries.
_WHERE = "coalesce(grid_id, community_id, street_id, 0)"


def today(at: datetime) -> date:
    """Return the day at the place."""
    return at.astimezone(ZONE).date()


@transaction.atomic
def count_all(*, at: datetime) -> int:
    """Count everything as it is now into today's rows; returns how many rows. Seconds for a million people."""
    DirtyArea.objects.all().delete()
    return _count(at, None)


@transaction.atomic
def count_some(area_ids: Collection[int], *, at: datetime) -> int:
    """Count some counting areas anew into today's rows; the first count of a day counts all."""
    if not CountedDay.objects.filter(day=today(at)).exists():
        return count_all(at=at)
    return _count(at, list(area_ids))


def count_dirty(*, at: datetime, limit: int = _BATCH) -> int:
    """Count anew what was marked, at most `limit` areas; returns how many areas. Several workers may run it."""
    with transaction.atomic():
        marked = DirtyArea.objects.select_for_update(skip_locked=True).order_by("area_id")[:limit]
        area_ids = [one.area_id for one in marked]
        if not area_ids:
            return 0
        if EVERYWHERE in area_ids:
            count_all(at=at)
        else:
            # Before counting: what changes meanwhile marks the area again.
            DirtyArea.objects.filter(pk__in=area_ids).delete()
            count_some(area_ids, at=at)
        return len(area_ids)


def mark(area_ids: Iterable[int | None]) -> None:
    """Note that something changed in these counting areas; None is nowhere known."""
    wanted = {area_id or 0 for area_id in area_ids}
    DirtyArea.objects.bulk_create([DirtyArea(area_id=one) for one in sorted(wanted)], ignore_conflicts=True)


@transaction.atomic
def reckon_past(*, at: datetime) -> int:
    """Reckon the first of each of the last twelve months that nobody counted, from valid times; returns how many.

    So a young installation has lines at once. What has no valid time (uses, care, cases) is left out.
    """
    counted = set(CountedDay.objects.values_list("day", flat=True))
    begun = min(counted, default=today(at))
    days = [day for day in firsts(today(at)) if day < begun and day not in counted]
    for day in days:
        end = datetime.combine(day, time(), ZONE) + timedelta(days=1)
        _lived(day, end)
        _sum_people(day, None)
        valid = "valid_from < %s AND (valid_to IS NULL OR valid_to >= %s)"
        _insert(day, "'households'", "household", None, [end, end], where=valid)
        _insert(day, "'places.' || kind", "establishment", None, [end, end], where=valid)
        CountedDay.objects.create(day=day, at=at, is_reckoned=True)
    return len(days)


def firsts(day: date) -> list[date]:
    """Return the first days of the last twelve months, the oldest first."""
    found, first = [], day.replace(day=1)
    for _month in range(MONTHS):
        found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return found[::-1]


def _lived(day: date, end: datetime) -> None:
    """Count who lived where at the end of a day, by the age of that day."""
    codes, limits = bands(day)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO area_count (day, measure, area_id, count)"
            f" SELECT %s, 'people.' || p.sex || '.' || {BAND},"
            " coalesce(d.grid_id, d.community_id, d.street_id, 0), count(*)"
            " FROM residence r JOIN person p ON p.id = r.person_id JOIN dwelling d ON d.id = r.dwelling_id"
            " WHERE r.kind = 'lives' AND r.valid_from < %s AND (r.valid_to IS NULL OR r.valid_to >= %s)"
            " GROUP BY 2, 3",
            [day, codes, limits, end, end],
        )


def forget(*, at: datetime) -> int:
    """Drop days no trend asks for: older than five weeks and not the first of a month."""
    last = today(at) - timedelta(days=KEPT_DAYS)
    old = Q(day__lt=last) & ~Q(day__day=1)
    CountedDay.objects.filter(old).delete()
    dropped, _by_table = AreaCount.objects.filter(old).delete()
    return int(dropped)


def _count(at: datetime, area_ids: list[int] | None) -> int:
    day = today(at)
    gone = AreaCount.objects.filter(day=day)
    (gone if area_ids is None else gone.filter(area_id__in=area_ids)).delete()
    counted = sum(part(at, day, area_ids) for part in _PARTS)
    CountedDay.objects.update_or_create(day=day, defaults={"at": at, "is_reckoned": False})
    return counted


def _insert(
    day: date, measure: str, source: str, area_ids: list[int] | None, values: list[Any], *,
    what: str = "count(*)", where: str = "true"
) -> int:  # fmt: skip
    """Insert one table's counts. `measure` is SQL; `values` fill its marks and those of `where`, in order."""
    near, near_values = _near(area_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO area_count (day, measure, area_id, count)"
            f" SELECT %s, {measure}, {_WHERE}, {what} FROM {source}"
            f" WHERE {where} AND {near} GROUP BY 2, 3",
            [day, *values, *near_values],
        )
        return int(cursor.rowcount)


def _near(area_ids: list[int] | None) -> tuple[str, list[Any]]:
    """Return the condition of some counting areas, written so that the indexes by hot level are used."""
    if area_ids is None:
        return "true", []
    parts = [
        "grid_id = ANY(%s)",
        "(grid_id IS NULL AND community_id = ANY(%s))",
        "(grid_id IS NULL AND community_id IS NULL AND street_id = ANY(%s))",
    ]
    if 0 in area_ids:
        parts.append("(grid_id IS NULL AND community_id IS NULL AND street_id IS NULL)")
    return f"({' OR '.join(parts)})", [area_ids] * 3


# The band of a birth date; takes the bands, the oldest first, and the first birth date of each younger one.
BAND = f"coalesce((%s::text[])[width_bucket(birth_date, %s::date[]) + 1], '{measures.UNKNOWN}')"


def _sum_people(day: date, area_ids: list[int] | None) -> int:
    """Write the sum of people of each area, from the rows by sex and age."""
    where, values = ("", []) if area_ids is None else (" AND area_id = ANY(%s)", [area_ids])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO area_count (day, measure, area_id, count) SELECT day, %s, area_id, sum(count)"
            f" FROM area_count WHERE day = %s AND measure LIKE 'people.%%'{where} GROUP BY day, area_id",
            [measures.ALL_PEOPLE, day, *values],
        )
        return int(cursor.rowcount)


def bands(day: date) -> tuple[list[str], list[date]]:
    """Return what `BAND` takes for ages as of a day."""
    return [band.code for band in reversed(measures.BANDS)], [one + timedelta(days=1) for one in measures.births(day)]


def _people(_at: datetime, day: date, area_ids: list[int] | None) -> int:
    rows = _insert(
        day, f"'people.' || sex || '.' || {BAND}", "person", area_ids, [*bands(day)], where="ended_at IS NULL"
    )  # fmt: skip
    return rows + _sum_people(day, area_ids)


def _households(_at: datetime, day: date, area_ids: list[int] | None) -> int:
    return _insert(day, "'households'", "household", area_ids, [], where="valid_to IS NULL")


def _dwellings(at: datetime, day: date, area_ids: list[int] | None) -> int:
    by_use = _insert(day, "'dwellings.' || use", "dwelling", area_ids, [], where="valid_to IS NULL")
    stale = "valid_to IS NULL AND (confirmed_at IS NULL OR confirmed_at < %s)"
    long_ago = at - timedelta(days=measures.STALE_DAYS)
    return by_use + _insert(day, "'dwellings.stale'", "dwelling", area_ids, [long_ago], where=stale)


def _places(_at: datetime, day: date, area_ids: list[int] | None) -> int:
    by_kind = _insert(day, "'places.' || kind", "establishment", area_ids, [], where="valid_to IS NULL")
    estates = _insert(day, "'estates'", "estate", area_ids, [], where="valid_to IS NULL")
    return by_kind + estates + _insert(day, "'buildings'", "building", area_ids, [], where="valid_to IS NULL")


def _care(at: datetime, day: date, area_ids: list[int] | None) -> int:
    runs = "ended_at IS NULL AND expires_at > %s"
    by_need = _insert(day, "'care.' || need", "care_tag", area_ids, [at], where=runs)
    persons = "count(DISTINCT person_id)"
    return by_need + _insert(day, "'care'", "care_tag", area_ids, [at], where=runs, what=persons)


def _cases(at: datetime, day: date, area_ids: list[int] | None) -> int:
    opened = _insert(day, "'cases.open'", "cases", area_ids, [], where="ended_at IS NULL")
    late = "ended_at IS NULL AND paused_at IS NULL AND due_at <= %s"
    return opened + _insert(day, "'cases.late'", "cases", area_ids, [at], where=late)


_PARTS: tuple[Callable[[datetime, date, list[int] | None], int], ...] = (
    _people, _households, _dwellings, _places, _care, _cases,
)  # fmt: skip
