"""One transaction's work on one case: locked, checked, journalled, then written in few statements.

An act asks a `Change` for what it needs and tells it what happens; `write()` stores the case, its
journal entries, clocks and assignments together. Locks are always taken case first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.kernel.errors import NotFound, Stale
from lianxin.kernel.flow import Step
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.journal.writing import Draft, append
from lianxin.kernel.worktime.limits import Limit
from lianxin.kernel.worktime.queries import calendar as work_calendar
from lianxin.kernel.worktime.rules import Calendar

from . import rules, timing
from .models import Approval, Assignment, Call, Case, Clock, FieldTask, Whistle
from .settings import FlowSettings, flow_settings
from .words import ENDS, OPEN_ASSIGNMENT, STAGE_CLOCK

# Every field whose change the journal must show, so that replaying it gives the row (law 1).
COUNTED = (
    "stage", "kind", "severity", "holder_level", "category_id", "standard_id",
    "area_id", "area_now_id", "street_id", "community_id", "grid_id",
    "lead_unit_id", "lead_post_id", "is_overdue", "pause_kind",
    "returns", "reworks", "urges", "additions", "thanks", "extensions", "reopens", "appeals", "whistles", "merges",
    "children_open", "supervisions_open", "approvals_open", "is_ruled", "needs_follow_up",
    "merged_into_id", "outcome", "solved", "satisfaction", "stars",
)  # fmt: skip
_COLUMNS = [column.attname for column in Case._meta.concrete_fields]


def _counted(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in COUNTED}


@dataclass
class Change:
    """The case under one actor's hand. Make it with `locked` or `begun`."""

    case: Case
    actor: Actor
    at: datetime
    numbers: Mapping[str, int]
    is_new: bool = False
    is_stored: bool = False
    new: list[models.Model] = field(default_factory=list)
    _drafts: list[Draft] = field(default_factory=list)
    _stored: dict[str, Any] = field(default_factory=dict)
    _snapshot: dict[str, Any] = field(default_factory=dict)
    _ticking: dict[int, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Remember the row as it stood."""
        self._snapshot = _counted(self.case)
        self._stored = {} if self.is_new else {name: _frozen(getattr(self.case, name)) for name in _COLUMNS}

    # What acts look at.

    @cached_property
    def settings(self) -> FlowSettings:
        return flow_settings(self.numbers)

    @cached_property
    def calendar(self) -> Calendar:
        return work_calendar(numbers=self.numbers)

    @cached_property
    def clocks(self) -> list[Clock]:
        """All clocks of the case that run or stand, and the stage's handle clock for a rework."""
        found = (
            [] if self.is_new else list(Clock.objects.filter(case=self.case).filter(_wanted_clocks()).order_by("id"))
        )
        self._ticking = {clock.pk: _state(clock) for clock in found}
        return found

    @cached_property
    def all_assignments(self) -> list[Assignment]:
        return [] if self.is_new else list(Assignment.objects.filter(case=self.case).order_by("id"))

    @property
    def assignments(self) -> list[Assignment]:
        """The open assignments."""
        return [each for each in self.all_assignments if each.state in OPEN_ASSIGNMENT]

    @cached_property
    def whistle(self) -> Whistle | None:
        """The whistle that is still open."""
        if self.is_new or not self.case.whistles:
            return None
        return Whistle.objects.filter(case=self.case, ended_at=None).order_by("-id").first()

    @cached_property
    def calls(self) -> list[Call]:
        return [] if self.whistle is None else list(Call.objects.filter(whistle=self.whistle).order_by("id"))

    @property
    def called_unit_ids(self) -> frozenset[int]:
        return frozenset(call.unit_id for call in self.calls if call.reported_in_at is None)

    @property
    def caller_id(self) -> int | None:
        return self.whistle.caller_id if self.whistle else None

    @cached_property
    def field_tasks(self) -> list[FieldTask]:
        """The open field tasks."""
        return [] if self.is_new else list(FieldTask.objects.filter(case=self.case, done_at=None, cancelled_at=None))

    @cached_property
    def approval(self) -> Approval | None:
        return Approval.objects.filter(case=self.case, state=Approval.State.ASKED).first()

    @property
    def asking(self) -> rules.Asking:
        return rules.Asking(self.case, self.actor, self, self.settings, self.at)

    # What acts do.

    def check(self, name: str, *, note: str = "", reason: str = "") -> Step:
        """Return the step, or raise what stops it."""
        step = rules.FLOW[name]
        stopped = rules.obstacle(step, self.asking)
        if stopped is not None:
            raise stopped
        rules.check_note(step, note, reason, self.settings)
        return step

    def go(self, stage: str) -> None:
        """Move the case to a stage: its clock stops, the next begins; an end stops every clock and open task."""
        case = self.case
        self.stop_clocks(lambda clock: clock.subject == "stage")
        case.stage, case.stage_entered_at = stage, self.at
        case.due_at = case.warn_at = None
        case.is_overdue = False
        if stage in ENDS:
            self._end()
            return
        case.ended_at = None
        resumed = self._first_handle_clock() if stage == "handling" else None
        if resumed is not None:
            resumed.stopped_at = None
            self._show_stage_clock(resumed)
        else:
            self.start_stage_clock(STAGE_CLOCK[stage])

    def start_stage_clock(self, name: str) -> None:
        """Start the stage's clock and show it on the case."""
        clock = self.start_clock("stage", None, name)
        self._show_stage_clock(clock)

    def start_clock(self, subject: str, subject_id: int | None, name: str, limit_name: str = "") -> Clock:
        """Start a clock; `limit_name` where the limit has another name than the clock."""
        clock = timing.start(
            self.case, subject=subject, subject_id=subject_id, name=name,
            limit=timing.limit_for(limit_name or name, self.case, self.settings), at=self.at,
            calendar=self.calendar, share=self.settings.warn_share,
        )  # fmt: skip
        self.clocks.append(clock)
        return clock

    def stop_clocks(self, which: Callable[[Clock], bool] = lambda _clock: True) -> None:
        """Stop the running or standing clocks that `which` picks."""
        for clock in self.clocks:
            if clock.stopped_at is None and which(clock):
                if clock.paused_at is not None:
                    timing.resume(clock, self.at, self.calendar, self.settings.warn_share)
                clock.stopped_at = self.at

    @property
    def stage_clock(self) -> Clock | None:
        return next((clock for clock in self.clocks if clock.subject == "stage" and clock.stopped_at is None), None)

    def pause(self, kind: str, review_at: datetime | None) -> None:
        """Let the case's stage and assignment clocks stand."""
        self.case.paused_at, self.case.pause_kind, self.case.review_at = self.at, kind, review_at
        for clock in self._pausable():
            if clock.paused_at is None:
                timing.pause(clock, self.at, self.calendar, self.settings.warn_share)
        self._refresh_stage_clock()

    def resume(self) -> None:
        """Let the clocks run again."""
        self.case.paused_at, self.case.pause_kind, self.case.review_at = None, "", None
        for clock in self._pausable():
            if clock.paused_at is not None:
                timing.resume(clock, self.at, self.calendar, self.settings.warn_share)
        self._refresh_stage_clock()

    def extend(self, more: Limit) -> None:
        """Give the stage's clock and the lead's more time."""
        lead = next((each.pk for each in self.assignments if each.part == "lead"), None)
        for clock in self._pausable():
            if clock.subject == "stage" or clock.subject_id == lead:
                timing.extend(clock, more, self.at, self.calendar, self.settings.warn_share)
        self._refresh_stage_clock()

    def shorten(self, due_at: datetime) -> None:
        """Let the stage's clock fall due no later than a leader says."""
        clock = self.stage_clock
        if clock is not None:
            clock.shortened_to = due_at
            timing.plan(clock, self.calendar, self.settings.warn_share)
            self._show_stage_clock(clock)

    def replan(self) -> None:
        """Reckon the running clocks anew, after a change of severity, standard or calendar."""
        for clock in self.clocks:
            if clock.stopped_at is not None:
                continue
            if clock.subject in {"stage", "assignment"}:
                limit = timing.limit_for(clock.name, self.case, self.settings)
                clock.limit_value, clock.limit_unit = limit.value, str(limit.unit)
            timing.plan(clock, self.calendar, self.settings.warn_share)
            timing.forget_past(clock, self.at)
        self._refresh_stage_clock()

    def log(
        self,
        action: str,
        *,
        reason: str = "",
        note: str = "",
        public_note: str = "",
        by: Actor | None = None,
        **facts: Any,
    ) -> None:
        """Write the journal entry of what has changed since the last one; `facts` go beside the counted fields."""
        case, actor = self.case, by or self.actor
        now = _counted(case)
        changed = [name for name in COUNTED if now[name] != self._snapshot[name]]
        before = {name: self._snapshot[name] for name in changed}
        after = {name: now[name] for name in changed} | facts
        if self.is_new and not self._drafts:
            before, after = {}, {name: value for name, value in now.items() if value not in _BLANK} | facts
        case.version += 1
        held = actor.post
        self._drafts.append(
            Draft(
                "case", case.pk, action, self.at, case.version,
                actor_id=actor.account_id, post_id=held.post_id if held else None,
                actor_label=_label(actor), source="" if self.is_new and not self._drafts else self._snapshot["stage"],
                target=case.stage, reason=reason, note=note, public_note=public_note, before=before, after=after,
            )
        )  # fmt: skip
        self._snapshot = now

    def write(self) -> Case:
        """Store everything; the caller's transaction commits it."""
        if self.is_new and not self.is_stored:
            self.case.save(force_insert=True)
            self.is_stored = True
        else:
            changed = [name for name in _COLUMNS if getattr(self.case, name) != self._stored[name]]
            if changed:
                self.case.save(update_fields=changed)
        append(self._drafts)
        self._write_clocks()
        return self.case

    # Inside.

    def _end(self) -> None:
        self.case.ended_at = self.at
        if self.case.paused_at is not None:
            self.case.paused_at, self.case.pause_kind, self.case.review_at = None, "", None
        self.stop_clocks()
        self.withdraw_assignments()
        for task in self.field_tasks:
            task.cancelled_at = self.at
            task.save(update_fields=["cancelled_at"])
        if self.case.approvals_open and self.approval is not None:
            self.case.approvals_open = 0
            self.approval.state, self.approval.decided_at = Approval.State.LAPSED, self.at
            self.approval.save(update_fields=["state", "decided_at"])

    def withdraw_assignments(self, except_for: Iterable[Assignment] = ()) -> None:
        """Withdraw the open assignments (but those named), and show the parties that remain."""
        kept = {each.pk for each in except_for}
        for each in self.assignments:
            if each.pk not in kept:
                self.end_assignment(each, "withdrawn")

    def offer(self, made: list[Assignment]) -> None:
        """Offer the case to units and posts, each with its clock, and show the parties."""
        if self.is_new and not self.is_stored:
            # Assignments need their case's row; the same transaction goes on.
            self.case.save(force_insert=True)
            self.is_stored = True
        Assignment.objects.bulk_create(made)
        self.all_assignments.extend(made)
        for assignment in made:
            self.start_clock("assignment", assignment.pk, "accept")
        self.refresh_parties()

    def end_assignment(self, assignment: Assignment, state: str, *, reason: str = "", result: str = "") -> None:
        """End one assignment and its clock."""
        assignment.state, assignment.ended_at = state, self.at
        assignment.reason, assignment.result = reason, result or assignment.result
        assignment.save(update_fields=["state", "ended_at", "reason", "result"])
        self.stop_clocks(lambda clock: clock.subject == "assignment" and clock.subject_id == assignment.pk)
        if state in {"returned", "withdrawn"}:
            self.refresh_parties()

    def refresh_parties(self) -> None:
        """Show on the case which units and posts take part: open or done assignments, and units called in."""
        live = [each for each in self.all_assignments if each.state not in {"returned", "withdrawn"}]
        lead = next((each for each in reversed(live) if each.part == "lead"), None)
        case = self.case
        case.lead_unit_id = lead.unit_id if lead else None
        case.lead_post_id = lead.post_id if lead else None
        called = [call.unit_id for call in self.calls]
        case.party_unit_ids = sorted({each.unit_id for each in live if each.unit_id} | set(called))
        case.party_post_ids = sorted({each.post_id for each in live if each.post_id})

    def _pausable(self) -> list[Clock]:
        return [clock for clock in self.clocks if clock.stopped_at is None and clock.subject in {"stage", "assignment"}]

    def _first_handle_clock(self) -> Clock | None:
        """Rework keeps the first clock: the one that began when this round of handling did."""
        found = [clock for clock in self.clocks if clock.subject == "stage" and clock.name == "handle"]
        last_entry = self.case.dispatched_at
        return next((c for c in reversed(found) if last_entry is not None and c.started_at >= last_entry), None)

    def _show_stage_clock(self, clock: Clock) -> None:
        self.case.due_at, self.case.warn_at = clock.due_at, clock.warn_at
        self.case.is_overdue = clock.overdue_at is not None

    def _refresh_stage_clock(self) -> None:
        if self.stage_clock is not None:
            self._show_stage_clock(self.stage_clock)

    def _write_clocks(self) -> None:
        if "clocks" not in self.__dict__:
            return
        # A clock that began and stopped in this act ran for no time: the journal tells, no row is needed.
        fresh = [clock for clock in self.clocks if clock.pk is None and clock.stopped_at is None]
        for clock in self.clocks:
            if clock.pk is not None and _state(clock) != self._ticking[clock.pk]:
                clock.save(update_fields=_CLOCK_FIELDS)
        if fresh:
            Clock.objects.bulk_create(fresh)


_BLANK = (None, "", 0, False)
_CLOCK_FIELDS = [
    "limit_value", "limit_unit", "calendar", "pauses", "extended_seconds", "shortened_to", "due_at", "warn_at",
    "warned_at", "overdue_at", "paused_at", "stopped_at",
]  # fmt: skip


def _state(clock: Clock) -> list[Any]:
    return [getattr(clock, name) for name in _CLOCK_FIELDS]


def _frozen(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


def _wanted_clocks() -> models.Q:
    return models.Q(stopped_at=None) | models.Q(subject="stage", name="handle")


def _label(actor: Actor) -> str:
    held = actor.post
    if held is None:
        return {"system": "系统", "resident": "居民", "anonymous": "居民"}.get(actor.kind, "")
    return f"{held.unit_name or held.area_name} {held.role_label}".strip()


@contextmanager
def acting(
    name: str, actor: Actor, case: Case, *, seen: int | None, at: datetime, note: str = "", reason: str = ""
) -> Iterator[Change]:
    """Take a step on a case in one transaction: locked, checked, then written. Raises what stops the step."""
    with transaction.atomic():
        change = locked(actor, case.pk, at=at, seen=seen)
        change.check(name, note=note, reason=reason)
        yield change
        change.write()


def locked(actor: Actor, case_id: int, *, at: datetime, seen: int | None = None) -> Change:
    """Lock a case for an act. Raises Stale when the actor saw an older version, telling what changed since."""
    case = Case.objects.select_related("standard").select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise NotFound(_("没有这个案件。"))
    if seen is not None and seen != case.version:
        raise stale(case, seen)
    return Change(case, actor, at, versions.read())


def begun(actor: Actor, case: Case, *, at: datetime, numbers: Mapping[str, int]) -> Change:
    """Begin a case that is not stored yet."""
    return Change(case, actor, at, numbers, is_new=True)


def stale(case: Case, seen: int) -> Stale:
    """Return the refusal that tells what came since the version the actor saw."""
    entries = Entry.objects.filter(
        subject_kind="case", subject_id=case.pk, version__gt=seen, at__gte=case.reported_at
    ).order_by("version")[:5]
    names = rules.FLOW.names()
    told = [
        _("%(who)s：%(act)s")
        % {
            "who": entry.actor_label or _("系统"),
            "act": rules.FLOW[entry.action].label if entry.action in names else entry.action,
        }
        for entry in entries
    ]
    sentence = _("您看的时候它已有改动（%(told)s）。看看改动再决定。") % {"told": "；".join(told)}
    return Stale(sentence, version=case.version, changes=told)
