"""Every change of calendars. Each bumps the version `worktime`, so that all processes count anew.

Clocks that run keep their due time until whoever owns them re-plans them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import chain

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lianxin.kernel import versions
from lianxin.kernel.errors import Invalid, NotFound
from lianxin.kernel.worktime import statutory
from lianxin.kernel.worktime.calendars import Season
from lianxin.kernel.worktime.models import CalendarDay, DayKind, DaySource, WorkCalendar, WorkSeason
from lianxin.kernel.worktime.notice import NoticeDay
from lianxin.kernel.worktime.statutory import StatutoryDay


@transaction.atomic
def put_calendar(
    code: str, *, name: str, seasons: Sequence[tuple[str, Season]], is_default: bool = False
) -> WorkCalendar:
    """Make a calendar or replace its name and hours (pairs of name and season); its days stay."""
    if not any(season.periods for _name, season in seasons):
        raise Invalid({"seasons": _("工作日历至少要有一个工作时段。")})
    if is_default:
        WorkCalendar.objects.exclude(code=code).filter(is_default=True).update(is_default=False)
    calendar, _made = WorkCalendar.objects.update_or_create(
        code=code, defaults={"name": name, **({"is_default": True} if is_default else {})}
    )
    WorkSeason.objects.filter(calendar=calendar).delete()
    WorkSeason.objects.bulk_create(
        _season_row(calendar, place, name, season) for place, (name, season) in enumerate(seasons)
    )
    versions.bump("worktime")
    return calendar


@transaction.atomic
def load_statutory(code: str, *, at: datetime, years: Iterable[int] | None = None, by_id: int | None = None) -> int:
    """Load holidays and make-up days of some years, or of all that are known; return how many days differ now.

    Days set here by local decision stay. Raises Invalid for a year whose notice is not known yet.
    """
    calendar = _locked(code)
    years = statutory.known_years() if years is None else tuple(years)
    for year in years:
        if year not in statutory.known_years():
            raise Invalid({"year": _("%(year)s 年的放假安排还没有收录，请手工录入或更新软件。") % {"year": year}})
    told = {row.day: row for row in chain.from_iterable(statutory.days_of(year) for year in years)}
    return _take(calendar, years, told, at, by_id)


@transaction.atomic
def load_notice(code: str, *, year: int, days: Iterable[NoticeDay], at: datetime, by_id: int | None = None) -> int:
    """Load a year's holidays and make-up days as a notice names them; return how many days differ now.

    What was known of that year from elsewhere and the notice does not name goes; days set here by local decision stay.
    """
    told = {row.day: StatutoryDay(row.day, row.is_off, row.name[:40]) for row in days}
    if not told:
        raise Invalid({"text": _("没有读到哪天放假。请把通知里的每一条原样贴进来。")})
    return _take(_locked(code), (year,), told, at, by_id)


def _take(
    calendar: WorkCalendar,
    years: Iterable[int],
    told: Mapping[date, StatutoryDay],
    at: datetime,
    by_id: int | None,
) -> int:
    in_question = Q(day__year__in=list(years)) | Q(day__in=list(told))
    before = {row.day: row for row in CalendarDay.objects.filter(in_question, calendar=calendar)}
    dropped = [row.pk for row in before.values() if row.source == DaySource.STATUTORY and row.day not in told]
    CalendarDay.objects.filter(pk__in=dropped).delete()
    fresh = [
        CalendarDay(
            calendar=calendar,
            day=row.day,
            kind=DayKind.HOLIDAY if row.is_off else DayKind.WORKDAY,
            name=row.name,
            source=DaySource.STATUTORY,
            changed_at=at,
            changed_by_id=by_id,
        )
        for row in told.values()
    ]
    changed = [row for row in fresh if _differs(row, before.get(row.day))]
    CalendarDay.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["calendar", "day"],
        update_fields=["kind", "name", "source", "confirmed", "changed_at", "changed_by_id"],
    )
    if changed or dropped:
        versions.bump("worktime")
    return len(changed) + len(dropped)


@transaction.atomic
def put_day(
    code: str,
    day: date,
    *,
    kind: str,
    name: str,
    at: datetime,
    source: str = DaySource.LOCAL,
    is_confirmed: bool = True,
    by_id: int | None = None,
) -> CalendarDay:
    """Make one day a holiday or a make-up day, whatever it was."""
    if kind not in DayKind.values:
        raise Invalid({"kind": _("请选择“放假”或“调休上班”。")})
    if source not in DaySource.values:
        raise Invalid({"source": _("请选择“国务院通知”或“本地安排”。")})
    values = {"kind": kind, "name": name, "source": source, "confirmed": is_confirmed}
    row, _made = CalendarDay.objects.update_or_create(
        calendar=_locked(code), day=day, defaults={**values, "changed_at": at, "changed_by_id": by_id}
    )
    versions.bump("worktime")
    return row


@transaction.atomic
def clear_day(code: str, day: date) -> None:
    """Let a day be what its weekday says."""
    deleted, _rows = CalendarDay.objects.filter(calendar=_locked(code), day=day).delete()
    if deleted:
        versions.bump("worktime")


def _locked(code: str) -> WorkCalendar:
    calendar = WorkCalendar.objects.select_for_update().filter(code=code).first()
    if calendar is None:
        raise NotFound(_("没有代码为“%(code)s”的工作日历。") % {"code": code})
    return calendar


def _season_row(calendar: WorkCalendar, position: int, name: str, season: Season) -> WorkSeason:
    return WorkSeason(
        calendar=calendar,
        position=position,
        name=name,
        first_month=season.first[0],
        first_day=season.first[1],
        last_month=season.last[0],
        last_day=season.last[1],
        valid_from=season.valid_from,
        valid_to=season.valid_to,
        periods=[[_hour(opens), _hour(closes)] for opens, closes in season.periods],
    )


def _hour(edge: time) -> str:
    return edge.isoformat("minutes")


def _differs(fresh: CalendarDay, old: CalendarDay | None) -> bool:
    if old is None:
        return True
    if old.source == DaySource.LOCAL:
        return False
    return (fresh.kind, fresh.name, True) != (old.kind, old.name, old.confirmed)
