"""A case as one row of a list or queue: everything said, nothing left to ask."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.parts import words
from lianxin.foundation.areas.queries import AreaNode
from lianxin.foundation.areas.queries import node as area_node
from lianxin.foundation.organizations.queries import unit as unit_node
from lianxin.kernel.worktime.calendars import Calendar
from lianxin.kernel.worktime.limits import Unit
from lianxin.kernel.worktime.queries import calendar as work_calendar
from lianxin.work.cases.models import Case, Clock
from lianxin.work.cases.settings import FlowSettings, flow_settings
from lianxin.work.cases.words import STAGE_CLOCK, Channel, Kind, Severity
from lianxin.work.dispatch.queries import catalogue

Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Chip:
    """A clock as its chip draws it."""

    state: str  # ok, warn, late, paused, outside
    due: datetime | None = None
    warn_at: datetime | None = None
    until: date | None = None
    begins: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a list."""

    number: str
    url: str
    title: str
    severity: str
    stage: str
    stage_label: str
    place: str
    source: str
    category: str
    unit: str
    reported_at: datetime
    reported: str  # the same in words
    ended_at: datetime | None
    chip: Chip | None
    marks: Sequence[str] = ()
    is_current: bool = False
    lock: str = ""


def chip_of(
    *, at: datetime, due: datetime | None, warn_at: datetime | None, paused: bool, until: datetime | None,
    calendar: Calendar | None,
) -> Chip | None:  # fmt: skip
    """Return the chip of a clock; `calendar` is given where the clock counts working time only."""
    if paused:
        return Chip("paused", until=words.local(until).date() if until else None)
    if due is None:
        return None
    if due <= at:
        return Chip("late", due=due)
    if calendar is not None and not calendar.is_open(at):
        return Chip("outside", due=due, begins=opens_after(calendar, at))
    return Chip("warn" if warn_at is not None and warn_at <= at else "ok", due=due, warn_at=warn_at)


def opens_after(calendar: Calendar, at: datetime) -> datetime:
    """Return when working time begins next."""
    return calendar.after(at, timedelta(seconds=1)).replace(second=0, microsecond=0)


def working_calendar(unit: str, numbers: Numbers) -> Calendar | None:
    """Return the calendar a limit's unit counts in, or None for a continuous one."""
    return work_calendar(numbers=numbers) if Unit(unit).is_working else None


def clock_chip(clock: Clock, *, at: datetime, numbers: Numbers, until: datetime | None = None) -> Chip | None:
    """Return the chip of a stored clock that has not stopped."""
    return chip_of(
        at=at, due=clock.due_at, warn_at=clock.warn_at, paused=clock.paused_at is not None, until=until,
        calendar=working_calendar(clock.limit_unit, numbers),
    )  # fmt: skip


def case_chip(case: Case, unit: str, *, at: datetime, numbers: Numbers) -> Chip | None:
    """Return the chip of the stage's clock as the case shows it; `unit` is what its limit is counted in."""
    return chip_of(
        at=at, due=case.due_at, warn_at=case.warn_at, paused=case.paused_at is not None, until=case.review_at,
        calendar=working_calendar(unit, numbers),
    )  # fmt: skip


def rows(cases: Iterable[Case], *, at: datetime, numbers: Numbers, current: str = "") -> list[Row]:
    """Return the rows of a page of cases. One statement, for what their limits are counted in."""
    shown = list(cases)
    running = Clock.objects.filter(case__in=[case.pk for case in shown], subject="stage", stopped_at=None)
    units = dict(running.values_list("case_id", "limit_unit")) if shown else {}
    settings = flow_settings(numbers)
    return [_row(case, units.get(case.pk), settings, at=at, numbers=numbers, current=current) for case in shown]


def _row(case: Case, unit: str | None, settings: FlowSettings, *, at: datetime, numbers: Numbers, current: str) -> Row:
    known = catalogue(numbers).by_id
    category = known[case.category_id].name if case.category_id in known else ""
    lead = unit_node(case.lead_unit_id, numbers) if case.lead_unit_id is not None else None
    return Row(
        number=case.number,
        url=reverse("console:case", args=[case.number]),
        title=case.title,
        severity=case.severity,
        stage=case.stage,
        stage_label=settings.stage_label(case.stage),
        place=place_of(case, numbers),
        source=str(Channel(case.channel).label),
        category=category,
        unit=(lead.short_name or lead.name) if lead else "",
        reported_at=case.reported_at,
        reported=words.instant(case.reported_at, at),
        ended_at=case.ended_at,
        chip=case_chip(case, unit, at=at, numbers=numbers) if unit and case.ended_at is None else None,
        marks=marks_of(case),
        is_current=case.number == current,
    )


def marks_of(case: Case) -> list[str]:
    """Return what makes a case stand out, in few words."""
    told = [
        (case.supervisions_open, _("督办")),
        (case.approvals_open, _("待审批")),
        (case.returns, _("回退 %(count)d 次") % {"count": case.returns}),
        (case.reworks, _("返工 %(count)d 次") % {"count": case.reworks}),
        (case.urges, _("催办 %(count)d 次") % {"count": case.urges}),
        (case.needs_follow_up, _("要回访")),
        (case.is_confidential, _("保密")),
    ]
    return [label for count, label in told if count]


def area_of(case: Case, numbers: Numbers) -> AreaNode | None:
    """Return where the case lies now."""
    return area_node(case.area_now_id, numbers) if case.area_now_id is not None else None


def place_of(case: Case, numbers: Numbers) -> str:
    """Say where a case is: areas below the city, then the address."""
    area = area_of(case, numbers)
    parts = [" ".join(area.breadcrumb[1:] or area.breadcrumb)] if area else [_("还没有定位置")]
    return " · ".join([*parts, case.address] if case.address else parts)


def labels(numbers: Numbers) -> dict[str, dict[str, str]]:
    """Return the words of the lists that filters offer."""
    settings = flow_settings(numbers)
    return {
        "stage": {stage: settings.stage_label(stage) for stage in STAGE_CLOCK},
        "severity": {value: str(label) for value, label in Severity.choices},
        "kind": {value: str(label) for value, label in Kind.choices},
        "channel": {value: str(label) for value, label in Channel.choices},
    }
