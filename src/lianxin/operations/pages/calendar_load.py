"""Bring a year's holidays by pasting the notice, and hours by season; first see what changes and which clocks move."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, done, faults_into
from lianxin.faces.identity.request import Request
from lianxin.kernel.errors import Invalid
from lianxin.kernel.worktime import notice as notices
from lianxin.kernel.worktime.calendars import Calendar, Season
from lianxin.kernel.worktime.limits import Unit
from lianxin.kernel.worktime.models import CalendarDay, DaySource, WorkSeason
from lianxin.kernel.worktime.notice import NoticeDay
from lianxin.kernel.worktime.queries import calendar as in_force
from lianxin.operations.profiles import amending
from lianxin.work.cases import timing
from lianxin.work.cases.models import Clock

from . import calendar_sheet
from .calendar import calendar_or_refuse
from .forms import HoursForm, NoticeForm
from .profile import DOOR

_MOST = 5_000
_WORKING = [str(unit) for unit in Unit if unit.is_working]
_LINE = re.compile(r"^(\S+)\s+(\d{1,2})月(\d{1,2})日\s*[-–—至~]\s*(\d{1,2})月(\d{1,2})日\s+(.+)$")
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—至~]\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Moved:
    """Open clocks that would fall due at another time."""

    later: int
    earlier: int
    is_cut: bool  # only the first thousands were looked at

    @property
    def total(self) -> int:
        """Return how many move at all."""
        return self.later + self.earlier


def moved(now: Calendar, then: Calendar) -> Moved:
    """Return how many open clocks in working time another calendar would move. One statement."""
    running = Clock.objects.filter(stopped_at=None, paused_at=None, overdue_at=None, due_at__isnull=False,
                                   limit_unit__in=_WORKING).order_by("-due_at")  # fmt: skip
    later = earlier = seen = 0
    for clock in running[:_MOST]:
        seen += 1
        before, after = (timing.value_of(clock, one).due_at for one in (now, then))
        if before is not None and after is not None:
            later, earlier = later + (after > before), earlier + (after < before)
    return Moved(later, earlier, is_cut=seen == _MOST)


def with_days(now: Calendar, year: int, days: Sequence[NoticeDay]) -> Calendar:
    """Return the calendar as it would be with a year's notice; days of local decision stay."""
    local = set(
        CalendarDay.objects.filter(calendar__code=now.code, source=DaySource.LOCAL).values_list("day", flat=True)
    )
    told = {one.day for one in days}
    kept_off = {day for day in now.holidays if (day.year != year and day not in told) or day in local}
    kept_on = {day for day in now.workdays if (day.year != year and day not in told) or day in local}
    return replace(
        now,
        holidays=frozenset(kept_off | {one.day for one in days if one.is_off and one.day not in local}),
        workdays=frozenset(kept_on | {one.day for one in days if not one.is_off and one.day not in local}),
    )


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def notice(request: HttpRequest, year: int) -> HttpResponse:
    """Take a notice: read it, show days and clocks that move, then load it."""
    asked = cast("Request", request)
    kept, now = calendar_or_refuse(), in_force(numbers=asked.numbers)
    form, is_sheet = _notice_form(request)
    context: dict[str, Any] = {}
    if form.is_bound:
        days, unread = notices.read(form.data.get("text", ""), year)
        then = with_days(now, year, days)
        changed = [one for one in days if (one.day in now.holidays) != one.is_off or
                   (one.day in now.workdays) == one.is_off]  # fmt: skip
        gone = sorted((now.holidays | now.workdays) - (then.holidays | then.workdays))
        context = {"days": days, "unread": unread, "changed": changed, "gone": gone,
                   "moved": moved(now, then) if days else None}  # fmt: skip
        if "preview" in request.POST or is_sheet:
            form.is_valid()
            form.errors.pop("reason", None)
        elif form.is_valid():
            with faults_into(form):
                count = amending.load_notice(
                    asked.actor, code=kept.code, year=year, days=days, reason=form.cleaned_data["reason"], at=asked.at
                )
                said = _("{year} 年的放假安排已收录，{count} 天有改动；在走的时限十分钟内重算").format(
                    year=year, count=count
                )
                return done(request, Done(f"{reverse('profile:calendar')}?year={year}", said))
    return page(
        request, "operations/notice.html", door=DOOR, title=_("收录放假安排"), year=year, form=form,
        back_url=f"{reverse('profile:calendar')}?year={year}", status=422 if form.errors else 200, **context,
    )  # fmt: skip


def _notice_form(request: HttpRequest) -> tuple[NoticeForm, bool]:
    """Return the form, and whether a sheet was sent: its days then stand in the text, to be looked at first."""
    form = NoticeForm(request.POST or None, request.FILES or None)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return form, False
    with faults_into(form):
        given = request.POST.copy()
        given["text"] = calendar_sheet.lines_of(file)
        form = NoticeForm(given)
    return form, True


def seasons_of(text: str) -> list[tuple[str, Season]]:
    """Read hours, a season a line: 夏令 6月1日–9月30日 08:00–12:00 15:00–18:00. Raises Invalid with the line."""
    return [_season(line) for line in filter(None, map(str.strip, text.splitlines()))]


def _season(line: str) -> tuple[str, Season]:
    match = _LINE.match(line)
    hours = [tuple(map(int, each)) for each in _HOURS.findall(match[6])] if match else []
    if match is not None and hours:
        with suppress(ValueError):
            periods = tuple((time(a, b), time(c, d)) for a, b, c, d in hours)
            first, last = (int(match[2]), int(match[3])), (int(match[4]), int(match[5]))
            for month, day in (first, last):
                date(2024, month, day)  # raises where there is no such day
            if all(opens < closes for opens, closes in periods):
                return match[1][:40], Season(periods=periods, first=first, last=last)
    sentence = _("这一行看不懂：{line}。写成“夏令 6月1日–9月30日 08:00–12:00 15:00–18:00”。")
    raise Invalid({"text": sentence.format(line=line[:60])})


def lines_of(code: str) -> str:
    """Return the hours in force as they are written."""
    lines = []
    for row in WorkSeason.objects.filter(calendar__code=code).order_by("position"):
        hours = " ".join(f"{opens}–{closes}" for opens, closes in row.periods)
        span = f"{row.first_month}月{row.first_day}日–{row.last_month}月{row.last_day}日"
        lines.append(f"{row.name.replace(' ', '')} {span} {hours}")
    return "\n".join(lines)


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def hours(request: HttpRequest) -> HttpResponse:
    """Change the hours by season; first see which clocks move."""
    asked = cast("Request", request)
    kept, now = calendar_or_refuse(), in_force(numbers=asked.numbers)
    form = HoursForm(request.POST or None, initial={"name": kept.name, "text": lines_of(kept.code)})
    told: Moved | None = None
    if form.is_bound:
        is_well = form.is_valid()
        with faults_into(form):
            seasons = seasons_of(request.POST.get("text", ""))
            told = moved(now, replace(now, seasons=tuple(season for _name, season in seasons)))
            if "preview" not in request.POST and is_well:
                values = form.cleaned_data
                amending.put_hours(asked.actor, code=kept.code, name=values["name"], seasons=seasons,
                                   reason=values["reason"], at=asked.at)  # fmt: skip
                said = _("作息改好了，在走的时限十分钟内重算")
                return done(request, Done(reverse("profile:calendar"), said))
        if "preview" in request.POST:
            form.errors.pop("reason", None)
    return page(
        request, "operations/hours.html", door=DOOR, title=_("改作息"), form=form, moved=told,
        back_url=reverse("profile:calendar"), status=422 if form.errors else 200,
    )  # fmt: skip
