"""Stretches of days as words of an address: 本周, 本月, 2026-10. Pure."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid
from lianxin.kernel.worktime.calendars import ZONE

DEFAULT = "month"
POINTS = 12  # of a spark line
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from the first to the last, both counted."""

    word: str
    label: str
    first: date
    last: date

    @property
    def month(self) -> date | None:
        """The first day of the month it is, when it is one from its first to its last day."""
        whole = self.first.day == 1 and self.last == month_end(self.first)
        return self.first if whole else None


def today(at: datetime) -> date:
    """Return the day it is in the place."""
    return at.astimezone(ZONE).date()


def read(word: str, *, at: datetime) -> Period:
    """Return the period a word says as of an instant: week, month, last_month, quarter, year, twelve, or 2026-10.

    Raises Invalid for any other.
    """
    day = today(at)
    if month := _MONTH.fullmatch(word):
        first = date(int(month[1]), int(month[2]), 1)
        if first > day:
            raise Invalid({"period": _("这个月还没有到。")})
        return Period(word, _("{year}年{month}月").format(year=first.year, month=first.month), first, month_end(first))
    known = {
        "week": (_("本周"), day - timedelta(days=day.weekday()), day),
        "month": (_("本月"), day.replace(day=1), day),
        "last_month": (_("上月"), _months_before(day, 1), day.replace(day=1) - timedelta(days=1)),
        "quarter": (_("本季"), date(day.year, (day.month - 1) // 3 * 3 + 1, 1), day),
        "year": (_("今年"), date(day.year, 1, 1), day),
        "twelve": (_("近十二个月"), _months_before(day, 11), day),
    }
    if word not in known:
        raise Invalid({"period": _("没有这个时间段，请选本周、本月、上月、本季、今年，或写成 2026-10。")})
    label, first, last = known[word]
    return Period(word, label, first, last)


WORDS = ("week", "month", "last_month", "quarter", "year", "twelve")


def before(period: Period) -> Period:
    """Return the stretch right before to compare with: as many days, or the same part of the month before."""
    if period.word == "week":
        shift = timedelta(days=7)
        return Period("", _("上周同期"), period.first - shift, period.last - shift)
    if period.first.day == 1 and period.first.replace(day=1) == period.last.replace(day=1):
        first = _months_before(period.first, 1)
        last = (
            month_end(first)
            if period.month
            else min(first.replace(day=1) + (period.last - period.first), month_end(first))
        )
        return Period("", _("前一个月") if period.month else _("上月同期"), first, last)
    if period.word == "quarter":
        first = _months_before(period.first, 3)
        # A quarter may be a day or two longer than the one before it.
        last = min(first + (period.last - period.first), period.first - timedelta(days=1))
        return Period("", _("上季同期"), first, last)
    first = date(period.first.year - 1, period.first.month, 1)
    return Period("", _("去年同期"), first, _year_before(period.last))


def line(period: Period) -> list[tuple[date, date]]:
    """Return the twelve stretches of a spark line up to the period's end: weeks for a week, else months."""
    if period.word == "week":
        return weeks(period.last)
    firsts = [_months_before(period.last, back) for back in reversed(range(POINTS))]
    return [(first, min(month_end(first), period.last)) for first in firsts]


def weeks(last: date, count: int = POINTS) -> list[tuple[date, date]]:
    """Return so many weeks from Monday to Sunday, the last one up to a day."""
    monday = last - timedelta(days=last.weekday())
    starts = [monday - timedelta(weeks=back) for back in reversed(range(count))]
    return [(start, min(start + timedelta(days=6), last)) for start in starts]


def months(last: date, count: int) -> Iterator[date]:
    """Yield the first days of the last months that are over, the latest first."""
    for back in range(1, count + 1):
        yield _months_before(last, back)


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _months_before(day: date, count: int) -> date:
    place = day.year * 12 + day.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
