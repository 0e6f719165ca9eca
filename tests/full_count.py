"""Statistics counted one by one in Python, as slowly and plainly as can be: what facts and cubes must agree with."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps

from lianxin.foundation.areas.models import Area
from lianxin.insight.statistics.measures import BUCKETS, CHANNELS, EDGES, HOURS
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.models import Assignment, Case, Clock, FieldTask
from lianxin.work.cases.words import ENDS, OPEN, STAGE_CLOCK
from lianxin.work.dispatch.models import Category

PUBLIC = {"resident", "call", "hotline", "media"}


@dataclass
class Stay:
    """One stay in a stage, told by two entries."""

    case: Case
    stage: str
    by: str
    begin: datetime
    source: str
    unit: int | None
    clock: Clock | None = None
    end: datetime | None = None
    following: str = ""

    @property
    def due(self) -> datetime | None:
        return self.clock.due_at if self.clock else None

    @property
    def is_late(self) -> bool:
        if self.clock is None:
            return False
        if self.end is None:
            return self.clock.overdue_at is not None and self.clock.paused_at is None
        return self.clock.due_at is not None and self.end > self.clock.due_at

    @property
    def limit(self) -> int | None:
        if self.clock is None or self.clock.due_at is None:
            return None
        allowed = self.clock.due_at - self.clock.started_at
        for start, stop in self.clock.pauses:
            if stop:
                allowed -= datetime.fromisoformat(stop) - datetime.fromisoformat(start)
        return max(0, round(allowed.total_seconds()))

    @property
    def paused(self) -> timedelta:
        stood = timedelta()
        for start, stop in self.clock.pauses if self.clock else []:
            begin = max(datetime.fromisoformat(start), self.begin)
            finish = datetime.fromisoformat(stop) if stop else self.end
            if finish is not None and self.end is not None:
                finish = min(finish, self.end)
            if finish is not None and finish > begin:
                stood += finish - begin
        return stood


@dataclass
class Count:
    """The cubes as counters."""

    flow: Counter[tuple[Any, ...]] = field(default_factory=Counter)  # measure, facet, area, day, facet id
    dwell: Counter[tuple[Any, ...]] = field(default_factory=Counter)  # column, area, unit, day, stage
    heat: Counter[tuple[Any, ...]] = field(default_factory=Counter)  # hour, area, day
    stock: Counter[tuple[Any, ...]] = field(default_factory=Counter)  # column, area, day
    standing: Counter[tuple[Any, ...]] = field(default_factory=Counter)  # column, area, unit, stage, quarter of an hour


def day_of(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def full_count() -> Count:
    """Count every case there is."""
    count = Count()
    for case in Case.objects.all():
        _count_case(count, case)
    return count


def cubes() -> Count:
    """Read what the cubes say, without zeros."""
    flow = {
        (name, cell.facet, cell.area_id, cell.day, cell.facet_id): value
        for cell, name, value in _cells("FlowCell", {"facet", "area_id", "day", "facet_id"})
    }
    dwell = {
        (name, cell.area_id, cell.unit_id, cell.day, cell.stage): value
        for cell, name, value in _cells("DwellCell", {"area_id", "unit_id", "day", "stage"})
    }
    heat = {(name, cell.area_id, cell.day): value for cell, name, value in _cells("HeatCell", {"area_id", "day"})}
    stock = {(name, cell.area_id, cell.day): value for cell, name, value in _cells("StockCell", {"area_id", "day"})}
    standing = {
        (name, cell.area_id, cell.unit_id, cell.stage, cell.slot): value
        for cell, name, value in _cells("StandingCell", {"area_id", "unit_id", "stage", "slot"})
    }
    return Count(Counter(flow), Counter(dwell), Counter(heat), Counter(stock), Counter(standing))


def _cells(model: str, keys: set[str]) -> Iterator[tuple[Any, str, int]]:
    for cell in apps.get_model("statistics", model)._default_manager.all():
        for column in cell._meta.concrete_fields:
            if column.attname not in keys and (value := getattr(cell, column.attname)):
                yield cell, column.attname, value


def stays_of(case: Case) -> list[Stay]:
    """Return the stays of a case in order, each with its clock."""
    stays: list[Stay] = []
    clocks = list(Clock.objects.filter(case=case, subject="stage").order_by("started_at", "id"))
    unit, round_at = None, None
    for entry in Entry.objects.filter(subject_kind="case", subject_id=case.pk).order_by("version"):
        unit = entry.after.get("lead_unit_id", unit)
        if entry.source == entry.target:
            continue
        if stays:
            stays[-1].end, stays[-1].following = entry.at, entry.target
        if entry.target == "dispatched":
            round_at = entry.at
        earliest = (round_at or entry.at) if entry.target == "handling" else entry.at
        mine = [
            clock for clock in clocks
            if clock.name == STAGE_CLOCK.get(entry.target) and earliest <= clock.started_at <= entry.at
        ]  # fmt: skip
        given = unit if entry.target in {"dispatched", "handling"} else None
        stays.append(Stay(case, entry.target, entry.action, entry.at, entry.source, given, mine[-1] if mine else None))
    return stays


def _count_case(count: Count, case: Case) -> None:
    area = Area.objects.filter(pk=case.area_id or 0).first()
    street, community = (area.street_id, area.community_id) if area else (None, None)
    stays = stays_of(case)
    places = [0, *(place for place in (street, community) if place is not None)]
    for place in places:
        count.heat[HOURS[case.reported_at.astimezone(ZONE).hour], place, day_of(case.reported_at)] += 1
    _count_stays(count, stays, places, street)
    unit = next((stay.unit for stay in reversed(stays) if stay.stage == "handling"), None)
    major = _major(case)
    for measure, at in measures_of(case, stays):
        parts = [("", place, 0) for place in places]
        for facet, facet_id in (("major", major), ("unit", unit), ("channel", CHANNELS.index(case.channel) + 1)):
            if facet_id is not None:
                inside = (0,) if facet == "unit" else (0, street)
                parts += [(facet, place, facet_id) for place in inside if place is not None]
        for facet, place, facet_id in parts:
            count.flow[measure, facet, place, day_of(at), facet_id] += 1


def _count_stays(count: Count, stays: list[Stay], places: list[int], street: int | None) -> None:
    lasted: Counter[str] = Counter()
    for stay in stays:
        if stay.end is not None:
            lasted[stay.stage] += max(0, round((stay.end - stay.begin - stay.paused).total_seconds()))
        if (stay.stage in OPEN) != (stay.source in OPEN):
            for place in places:
                count.stock["came" if stay.stage in OPEN else "went", place, day_of(stay.begin)] += 1
    if stays and stays[-1].stage in OPEN:
        _count_standing(count, stays[-1], places)
    for stage in lasted.keys() & OPEN:
        _count_dwell(count, [stay for stay in stays if stay.stage == stage][-1], lasted[stage], street)


def _count_standing(count: Count, stay: Stay, places: list[int]) -> None:
    """Count where a case stands now, and since which quarter of an hour."""
    quarter = int(stay.begin.timestamp()) // 900
    told = {"cases": 1, "late": stay.is_late, "limits": stay.limit is not None, "limit_seconds": stay.limit or 0}
    for area, unit in [*((place, 0) for place in places), *([(0, stay.unit)] if stay.unit is not None else [])]:
        for name, value in told.items():
            count.standing[name, area, unit, stay.stage, quarter] += int(value)


def _major(case: Case) -> int | None:
    category = Category.objects.filter(pk=case.category_id or 0).first()
    while category is not None and category.parent is not None:
        category = category.parent
    return category.pk if category else None


def _count_dwell(count: Count, stay: Stay, lasted: int, street: int | None) -> None:
    """Count how long a case stood in a stage that it has left for good."""
    if stay.end is None or lasted <= 0:
        return
    bucket = BUCKETS[sum(lasted >= edge for edge in EDGES)]
    keys = [(0, 0), *([(street, 0)] if street is not None else []), *([(0, stay.unit)] if stay.unit else [])]
    for area_id, unit_id in keys:
        key = (area_id, unit_id, day_of(stay.end), stay.stage)
        count.dwell[bucket, *key] += 1
        if stay.is_late:
            count.dwell["late", *key] += 1
        if (limit := stay.limit) is not None:
            count.dwell["limits", *key] += 1
            count.dwell["limit_seconds", *key] += limit


def measures_of(case: Case, stays: list[Stay]) -> Iterator[tuple[str, datetime]]:
    """Yield the measures a case counts in, with the instant that dates each."""
    under_way = {"filed", "dispatched", "handling", "handled", "verified"}
    filed = next((stay.begin for stay in stays if stay.stage in under_way), None)

    def counted(name: str, at: datetime, *, when: bool = True) -> Iterator[tuple[str, datetime]]:
        if when:
            yield name, at

    is_worker = case.channel == "worker"
    yield "reported", case.reported_at
    yield from counted("worker_reported", case.reported_at, when=is_worker)
    yield from counted("worker_filed", case.reported_at, when=is_worker and filed is not None)
    yield from counted("taken", case.reported_at, when=filed is not None)
    looked = (
        FieldTask.objects.filter(case=case, kind="pre_filing_check").exclude(done_at=None).order_by("done_at", "id")
    )
    if (task := looked.first()) is not None and task.done_at is not None:
        clock = Clock.objects.filter(case=case, subject="field_task", subject_id=task.pk).first()
        yield "checked", task.done_at
        is_late = clock is not None and clock.due_at is not None and task.done_at > clock.due_at
        yield from counted("checked_on_time", task.done_at, when=not is_late)
    if filed is not None:
        yield "filed", filed
        late = next((stay.is_late for stay in stays if stay.stage == "reported" and stay.following in under_way), False)
        yield from counted("filed_on_time", filed, when=not late)
        yield from counted("filed_void", filed, when=case.stage == "void")
        yield from counted("public_filed", filed, when=case.channel in PUBLIC)
        yield from counted("missed", filed, when=case.channel in PUBLIC and case.kind in {"problem", "hazard"})
    sent = next((stay.begin for stay in stays if stay.stage == "dispatched"), None)
    if sent is not None:
        yield "dispatched", sent
        late = next((stay.is_late for stay in stays if stay.stage == "filed" and stay.following == "dispatched"), False)
        yield from counted("dispatched_on_time", sent, when=not late)
        yield from counted("dispatched_back", sent, when=case.returns > 0)
    verdicts = [
        stay for stay in stays if stay.stage == "handled" and stay.following in {"verified", "handling", "closed"}
    ]
    if verdicts and verdicts[0].end is not None:
        yield "verified", verdicts[0].end
        yield from counted("verified_on_time", verdicts[0].end, when=not verdicts[0].is_late)
    yield from _duty(case, stays)
    if case.ended_at is not None:
        yield "ended", case.ended_at
        yield from counted("settled", case.ended_at, when=case.stage == "closed")
        yield from counted("settled_locally", case.ended_at, when=case.stage == "closed" and not _is_raised(case))
        yield from counted("asked_solved", case.ended_at, when=bool(case.solved))
        yield from counted("solved", case.ended_at, when=case.solved == "solved")
        yield from counted("asked_satisfied", case.ended_at, when=bool(case.satisfaction))
        yield from counted("satisfied", case.ended_at, when=case.satisfaction in {"satisfied", "basically"})
    again = [stay.begin for stay in stays if stay.by == "reopen"]
    if again:
        yield "reopened", again[-1]


def _is_raised(case: Case) -> bool:
    """Tell whether anybody above the community was ever given the case."""
    for given in Assignment.objects.filter(case=case).select_related("unit", "post__area", "post__unit"):
        post = given.post
        holder = given.unit or (post.unit if post and post.area is None else None)
        level = holder.level if holder else post.area.role if post and post.area else ""
        if level not in {"grid", "community"}:
            return True
    return False


def _duty(case: Case, stays: list[Stay]) -> Iterator[tuple[str, datetime]]:
    """Yield how a case that had to be handled went: it is handled, or its limit is over."""
    if case.stage in ENDS and case.stage != "closed":
        return
    worked = [
        place for place, stay in enumerate(stays) if stay.stage in {"reported", "filed", "dispatched", "handling"}
    ]
    handled = [place for place, stay in enumerate(stays) if stay.stage == "handled"]
    work = stays[worked[-1]]
    last = next((stay for stay in reversed(stays) if stay.stage == "handling"), None)
    is_done = bool(handled) and handled[-1] > worked[-1]
    if is_done:
        at, due = stays[handled[-1]].begin, last.due if last else None
        is_late = due is not None and at > due
        day = due if due is not None and is_late else at
    elif work.stage == "handling" and work.is_late and case.stage in {"handling", "closed"} and case.paused_at is None:
        is_late, day = True, work.due  # type: ignore[assignment]
    else:
        return
    on_time = is_done and not is_late
    told = {
        "due": True, "done": is_done, "on_time": on_time, "late_done": is_done and is_late, "late_open": not is_done,
        "extended": case.extensions > 0, "reworked": case.reworks > 0, "closed": case.stage == "closed",
        "closed_on_time": case.stage == "closed" and on_time, "urgent_due": case.severity == "urgent",
        "urgent_closed": case.severity == "urgent" and case.stage == "closed",
        "urgent_on_time": case.severity == "urgent" and case.stage == "closed" and on_time,
    }  # fmt: skip
    yield from ((name, day) for name, is_so in told.items() if is_so)
