"""The working calendar (工作日历): a year on one page, hours by season, one way of counting limits."""

from calendar import Calendar as Weeks
from datetime import date
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianxin.faces.console.frame import page, staff_only
from lianxin.faces.console.saving import Done, done, save
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.shapes import Tab
from lianxin.faces.parts.words import WEEKDAYS, local
from lianxin.kernel.errors import NotFound, Refused
from lianxin.kernel.worktime import rules, statutory
from lianxin.kernel.worktime.calendars import Calendar
from lianxin.kernel.worktime.limits import Limit, Unit
from lianxin.kernel.worktime.models import CalendarDay, DayKind, WorkCalendar, WorkSeason
from lianxin.kernel.worktime.queries import calendar as in_force
from lianxin.operations.profiles import amending
from lianxin.work.cases.settings import flow_settings

from .forms import ClockForm, DayForm
from .profile import DOOR, SEEN_BY, tabs

_CLOCKS = {
    "file": "立案",
    "dispatch": "派遣",
    "accept": "签收",
    "handle": "处置（标准没写时）",
    "verify": "核查",
    "close": "结案",
    "contact": "联系上报人",
    "report_in": "报到",
    "report_in_urgent": "紧急报到",
    "check": "核实反馈",
    "decide": "审批",
}


@require_safe
@staff_only(*SEEN_BY)
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a year."""
    asked = cast("Request", request)
    today = local(asked.at).date()
    given = request.GET.get("year", "")
    year = int(given) if given.isdecimal() and 2015 <= int(given) <= 2100 else today.year
    now = in_force(numbers=asked.numbers)
    days = {row.day: row for row in CalendarDay.objects.filter(calendar__code=now.code, day__year=year)}
    preview = ClockForm(
        request.GET if "starts" in request.GET else None,
        initial={"starts": local(asked.at), "value": 5, "unit": "work_day"},
    )
    return page(
        request,
        "operations/calendar.html",
        door=DOOR,
        title=_("工作日历"),
        tabs=tabs(asked),
        calendar=now,
        year=year,
        years=[Tab(f"?year={one}", f"{one} 年", current=one == year) for one in range(today.year - 1, today.year + 3)],
        months=[(month, _month(year, month, now, days, today)) for month in range(1, 13)],
        weekdays=[day[1] for day in WEEKDAYS],
        is_confirmed=year in now.confirmed_years,
        is_known=year in statutory.known_years(),
        named=sorted(days.values(), key=lambda row: row.day),
        seasons=WorkSeason.objects.filter(calendar__code=now.code).order_by("position"),
        clocks=[(_CLOCKS.get(name, name), limit.label) for name, limit in flow_settings(asked.numbers).clocks.items()],
        preview=preview,
        due=_due(preview, now),
        may_change=asked.actor.scope("config.manage").everywhere,
    )


def _month(
    year: int, month: int, now: Calendar, days: dict[date, CalendarDay], today: date
) -> list[list[dict[str, Any] | None]]:
    return [
        [_day(day, now, days.get(day), today) if day.month == month else None for day in week]
        for week in Weeks().monthdatescalendar(year, month)
    ]


def _day(day: date, now: Calendar, row: CalendarDay | None, today: date) -> dict[str, Any]:
    kind = ""
    if row is not None:
        kind = "is-holiday" if row.kind == DayKind.HOLIDAY else "is-makeup"
    elif not now.is_workday(day):
        kind = "is-off"
    return {"day": day, "kind": f"{kind} is-today".strip() if day == today else kind, "name": row.name if row else ""}


def _due(form: ClockForm, now: Calendar) -> Any:
    if not form.is_bound or not form.is_valid():
        return None
    values = form.cleaned_data
    return rules.Clock(values["starts"], Limit(values["value"], Unit(values["unit"])), now).due_at


def calendar_or_refuse() -> WorkCalendar:
    """Return the calendar of the place; raise Refused before there is one."""
    found = WorkCalendar.objects.filter(is_default=True).first()
    if found is None:
        raise Refused("no_calendar", _("还没有工作日历，请先载入方案。"))
    return found


@require_http_methods(["GET", "POST"])
@staff_only("config.manage")
def day(request: HttpRequest, when: str) -> HttpResponse:
    """Change what one day is."""
    asked = cast("Request", request)
    try:
        chosen = date.fromisoformat(when)
    except ValueError:
        raise NotFound(_("没有这一天。")) from None
    kept = calendar_or_refuse()
    row = CalendarDay.objects.filter(calendar=kept, day=chosen).first()
    to = f"{reverse('profile:calendar')}?year={chosen.year}"
    initial = {"kind": row.kind if row else "", "name": row.name if row else ""}

    def act(values: dict[str, Any]) -> Done:
        amending.put_day(asked.actor, code=kept.code, day=chosen, at=asked.at, **values)
        return Done(to, f"{chosen.month}月{chosen.day}日已改好，新的时限按它算")

    return save(
        request,
        DayForm(request.POST or None, initial=initial),
        act,
        template="operations/day.html",
        door=DOOR,
        title=_("%(month)d月%(day)d日 %(weekday)s")
        % {"month": chosen.month, "day": chosen.day, "weekday": WEEKDAYS[chosen.weekday()]},
        row=row,
        back_url=to,
    )


@require_POST
@staff_only("config.manage")
def load_year(request: HttpRequest, year: int) -> HttpResponse:
    """Take the State Council's holidays of a year."""
    asked = cast("Request", request)
    changed = amending.load_year(asked.actor, code=calendar_or_refuse().code, year=year, at=asked.at)
    return done(
        request, Done(f"{reverse('profile:calendar')}?year={year}", f"{year} 年的放假安排已收录，{changed} 天有改动")
    )
