"""Filling `area_count`: one statement a table, for everywhere or for some areas only."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from lianxin.kernel.worktime.calendars import ZONE

from . import measures
from .models import AreaCount, CountedDay, DirtyArea

EVERYWHERE = -1
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
    CountedDay.objects.update_or_create(day=day, defaults={"at": at})
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


def _people(_at: datetime, day: date, area_ids: list[int] | None) -> int:
    bands = [*(band.code for band in reversed(measures.BANDS))]
    # Born up to the oldest band's last day: bucket 0. Between that and the next one's: bucket 1, and so on.
    limits = [date.fromordinal(limit.toordinal() + 1) for limit in measures.births(day)]
    band = "coalesce((%s::text[])[width_bucket(birth_date, %s::date[]) + 1], 'na')"
    return _insert(
        day, f"'people.' || sex || '.' || {band}", "person", area_ids, [bands, limits], where="ended_at IS NULL"
    )  # fmt: skip


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
