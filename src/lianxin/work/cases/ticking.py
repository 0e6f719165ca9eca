"""What time alone does to a case: warn, fall overdue, resume, and follow its area through a redivision."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.areas.queries import AreaNode, locate, node, successors
from lianxin.kernel import versions
from lianxin.kernel.worktime.queries import calendar as work_calendar

from . import rules
from .actions.beginning import set_area
from .change import Change, locked
from .models import Case, Clock

BATCH = 200


def mark_overdue(*, at: datetime, limit: int = BATCH) -> int:
    """Let clocks past their limit fall overdue, once; several workers may run this. Returns how many did."""
    late = Clock.objects.filter(due_at__lte=at, stopped_at=None, paused_at=None, overdue_at=None)
    return _tick(list(late.order_by("due_at", "pk").values_list("pk", "case_id")[:limit]), _fall_overdue, at)


def warn(*, at: datetime, limit: int = BATCH) -> int:
    """Let clocks past their share warn, once. Returns how many did."""
    near = Clock.objects.filter(warn_at__lte=at, stopped_at=None, paused_at=None, warned_at=None)
    return _tick(list(near.order_by("warn_at", "pk").values_list("pk", "case_id")[:limit]), _warn, at)


def _tick(found: Sequence[tuple[int, int]], act: Callable[[Change, Clock], bool], at: datetime) -> int:
    done = 0
    for clock_id, case_id in found:
        with transaction.atomic():
            change = locked(SYSTEM, case_id, at=at)  # always the case first
            clock = next((each for each in change.clocks if each.pk == clock_id), None)
            # Another worker, or an act, may have been faster: what stands now decides.
            if clock is not None and clock.stopped_at is None and clock.paused_at is None and act(change, clock):
                change.write()
                done += 1
    return done


def _fall_overdue(change: Change, clock: Clock) -> bool:
    if clock.overdue_at is not None or clock.due_at is None or clock.due_at > change.at:
        return False
    clock.overdue_at = change.at
    clock.warned_at = clock.warned_at or change.at
    change.dial.show()
    _tell(change, "overdue", clock)
    return True


def _warn(change: Change, clock: Clock) -> bool:
    if clock.warned_at is not None or clock.warn_at is None or clock.warn_at > change.at:
        return False
    clock.warned_at = change.at
    _tell(change, "warn", clock)
    return True


def _tell(change: Change, action: str, clock: Clock) -> None:
    due = clock.due_at.isoformat() if clock.due_at else None
    change.log(action, clock=clock.name, subject=clock.subject, subject_id=clock.subject_id, due_at=due)


def resume_due(*, at: datetime, limit: int = BATCH) -> int:
    """Let postponed cases go on when their day has come, and remind of suspended ones to be looked at again."""
    waiting = Case.objects.filter(ended_at=None, review_at__lte=at).order_by("review_at").values_list("pk", flat=True)
    done = 0
    for pk in list(waiting[:limit]):
        with transaction.atomic():
            change = locked(SYSTEM, pk, at=at)
            case = change.case
            if case.review_at is None or case.review_at > at or not case.is_open:
                continue
            if case.pause_kind == "postpone":
                change.resume()
                change.log("resume")
            else:
                case.review_at = None
                case.needs_follow_up = True
                change.log("review_due")
            change.write()
            done += 1
    return done


def rehome(*, at: datetime, ended_area_ids: frozenset[int], limit: int = BATCH) -> int:
    """Move one batch of open cases from areas that have ended to those that now hold them; returns how many.

    `area_id`, the place as reported, stays for statistics.
    """
    lost = (
        Case.objects.filter(ended_at=None, area_now_id__in=ended_area_ids).order_by("pk").values_list("pk", flat=True)
    )
    moved = 0
    for pk in list(lost[:limit]):
        with transaction.atomic():
            change = locked(SYSTEM, pk, at=at)
            if change.case.area_now_id not in ended_area_ids or not change.case.is_open:
                continue
            set_area(change.case, _home(change), as_reported=False)
            change.case.holder_level = rules.home_level(change.case.holder_level, change.case)
            for task in change.field_tasks:
                task.grid_id = change.case.grid_id
                task.save(update_fields=["grid_id"])
            change.log("rehome")
            change.write()
            moved += 1
    return moved


def _home(change: Change) -> AreaNode | None:
    """Return the area now around the case's point, else the first successor, else what is around the old one."""
    case = change.case
    if case.point is not None:
        found = locate(case.point.lon, case.point.lat, change.at, change.numbers)
        if found is not None:
            return found
    area_id = case.area_now_id
    while area_id is not None:
        area = node(area_id, change.numbers)
        if area is not None and area.valid_to is None:
            return area
        following = successors(area_id)
        area_id = following[0] if following else (area.parent_id if area else None)
    return None


def replan_open_clocks(*, at: datetime, after: int = 0, limit: int = BATCH) -> int | None:
    """Reckon a batch of running clocks anew after a calendar changed; returns where to go on, or None at the end.

    Only cases with a clock of another calendar are touched, so this may be run again at no cost.
    """
    version = work_calendar(numbers=versions.read()).version
    # By way of open cases: they have an index of their own, and only their clocks run.
    old = Clock.objects.filter(stopped_at=None, case__ended_at=None, case_id__gt=after).exclude(calendar=version)
    found = list(old.order_by("case_id").values_list("case_id", flat=True).distinct()[:limit])
    for pk in found:
        with transaction.atomic():
            change = locked(SYSTEM, pk, at=at)
            if change.dial.replan(limits=False):
                change.log("replan")
            change.write()
    return found[-1] if len(found) == limit else None
