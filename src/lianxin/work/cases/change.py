"""One transaction's work on one case: locked, checked, journalled, then written in few statements.

An act asks a `Change` for what it needs and tells it what happens; `write()` stores the case, its
journal entries, clocks and assignments together. Locks are always taken case first, a parent before
its children, and of several cases the lowest id first.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor, Holding
from lianxin.kernel import versions
from lianxin.kernel.errors import NotFound, Stale
from lianxin.kernel.flow import Step
from lianxin.kernel.journal.models import Entry
from lianxin.kernel.journal.writing import Draft, append
from lianxin.kernel.text import clean
from lianxin.kernel.worktime.limits import Limit
from lianxin.kernel.worktime.queries import calendar as work_calendar
from lianxin.kernel.worktime.rules import Calendar

from . import keeping, rules, standing
from .dial import Dial
from .models import Approval, Assignment, Call, Case, Clock, FieldTask, Supervision, Whistle
from .settings import FlowSettings, flow_settings
from .words import ENDS, OPEN_ASSIGNMENT, STAGE_CLOCK, AssignmentState, Channel, Kind, Stage

# Every field whose change the journal must show, so that replaying it gives the row (law 1).
COUNTED = (
    "stage", "kind", "severity", "holder_level", "category_id", "standard_id",
    "component_id", "component_state", "area_id", "area_now_id", "street_id", "community_id", "grid_id",
    "lead_unit_id", "lead_post_id", "is_overdue", "pause_kind",
    "returns", "reworks", "urges", "additions", "thanks", "extensions", "reopens", "appeals", "whistles", "merges",
    "children_open", "supervisions_open", "approvals_open", "is_ruled", "needs_follow_up", "is_hazard_confirmed",
    "merged_into_id", "outcome", "solved", "satisfaction", "stars",
)  # fmt: skip
BLANK = (None, "", 0, False)
_COLUMNS = frozenset(column.attname for column in Case._meta.concrete_fields)
# Wide columns that acts rarely need; asking for one loads it.
_WIDE = ("text", "words", "proposal", "standard__condition", "standard__closing_condition", "standard__basis")
# Kinds whose reporter waits to be called.
_ASKING = frozenset({Kind.DEMAND, Kind.ENQUIRY})


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
    note: str = ""  # what the actor said, fit to store
    held: Holding | None = None  # the post the actor acts by
    component_seen: str = ""  # how who verified or closed found the component
    _as_reporter: bool = False
    _offered: list[Assignment] = field(default_factory=list)
    _drafts: list[Draft] = field(default_factory=list)
    _stored: dict[str, Any] = field(default_factory=dict)
    _snapshot: dict[str, Any] = field(default_factory=dict)
    _claim: keeping.Claim | None = None

    def __post_init__(self) -> None:
        """Remember the row as it stood."""
        self._snapshot = _counted(self.case)
        self._stored = {} if self.is_new else _row(self.case)
        self._claim = None if self.is_new else keeping.claim_of(self.case)

    # What acts look at.

    @cached_property
    def settings(self) -> FlowSettings:
        return flow_settings(self.numbers)

    @cached_property
    def calendar(self) -> Calendar:
        return work_calendar(numbers=self.numbers)

    @cached_property
    def dial(self) -> Dial:
        """The clocks of the case that run or stand, and those of handling, which a rework takes up again."""
        dial = Dial(self.case, self.at, self.calendar, self.settings)
        if not self.is_new:
            dial.load()
        return dial

    @property
    def clocks(self) -> list[Clock]:
        return self.dial.clocks

    @cached_property
    def all_assignments(self) -> list[Assignment]:
        case = self.case
        if self.is_new or (case.dispatched_at is None and case.handled_at is None):
            return []  # nobody was ever asked
        return list(Assignment.objects.filter(case=case).order_by("id"))

    @property
    def assignments(self) -> list[Assignment]:
        """The open assignments."""
        return [each for each in self.all_assignments if each.state in OPEN_ASSIGNMENT]

    @cached_property
    def whistle(self) -> Whistle | None:
        """The latest whistle, over or not."""
        if self.is_new or not self.case.whistles:
            return None
        return Whistle.objects.filter(case=self.case).order_by("-id").first()

    @cached_property
    def calls(self) -> list[Call]:
        return [] if self.whistle is None else list(Call.objects.filter(whistle=self.whistle).order_by("id"))

    @cached_property
    def field_tasks(self) -> list[FieldTask]:
        """The open field tasks."""
        if self.is_new or not self.dial.runs("field_task"):
            return []
        return list(FieldTask.objects.filter(case=self.case, done_at=None, cancelled_at=None))

    @cached_property
    def standings(self) -> Sequence[standing.Standing]:
        """The posts in whose place the actor may decide the request that waits."""
        if not self.case.approvals_open:
            return ()
        return standing.for_request(self.actor, self.case, self.approval, self.clocks, at=self.at)

    @cached_property
    def approval(self) -> Approval | None:
        """The request that waits for a decision."""
        if not self.case.approvals_open:
            return None
        return Approval.objects.filter(case=self.case, state=Approval.State.ASKED).first()

    @property
    def asking(self) -> rules.Asking:
        return rules.Asking(self.case, self.actor, self, self.settings, self.at)

    # What acts do.

    def check(self, name: str, *, note: str = "", reason: str = "") -> Step:
        """Return the step, or raise what stops it. The note is kept as `note`, fit to store."""
        step, asking = rules.FLOW[name], self.asking
        stopped = rules.obstacle(step, asking)
        if stopped is not None:
            raise stopped
        self.note = clean(note, rules.MAX_NOTE + 1)
        rules.check_note(step, self.note, reason, self.settings)
        self.held = rules.tied_post(step, asking)
        self._as_reporter = step.tie == "reporter" or (step.tie == "reporter_or_area" and self.held is None)
        return step

    def go(self, stage: str) -> None:
        """Move the case to a stage: its clock stops, the next begins; an end stops every clock and open task."""
        case = self.case
        if case.paused_at is not None:
            case.paused_at, case.pause_kind, case.review_at = None, "", None
        case.stage, case.stage_entered_at = stage, self.at
        if stage != Stage.HANDLING:
            self._lapse_approval()
        if stage not in rules.ACTIVE and stage != Stage.REPORTED:
            self.end_whistle()
        if stage in {Stage.REPORTED, Stage.FILED}:
            case.is_ruled = False
            case.lead_unit_id = case.lead_post_id = None
        if stage in ENDS:
            self._end()
            return
        case.ended_at = None
        self.dial.turn(STAGE_CLOCK[stage])
        if stage == Stage.HANDLING and case.supervisions_open:
            self._keep_within()

    def _keep_within(self) -> None:
        """Let handling end no later than leaders said while the case was still on its way to the unit."""
        asked = Supervision.objects.filter(case=self.case, answered_at=None, due_at__gt=self.at)
        earliest = asked.order_by("due_at").values_list("due_at", flat=True).first()
        if earliest is not None:
            self.dial.shorten(earliest)

    def pause(self, kind: str, review_at: datetime | None) -> None:
        """Let the case's stage and assignment clocks stand."""
        self.case.paused_at, self.case.pause_kind, self.case.review_at = self.at, kind, review_at
        self.dial.pause()

    def resume(self) -> None:
        """Let the clocks run again."""
        self.case.paused_at, self.case.pause_kind, self.case.review_at = None, "", None
        self.dial.resume()

    def extend(self, more: Limit) -> None:
        """Give the stage's clock and the lead's more time."""
        lead = next((each.pk for each in self.assignments if each.part == Assignment.Part.LEAD), None)
        self.dial.extend(more, lead)

    def start_clock(self, subject: str, subject_id: int | None, name: str, limit_name: str = "") -> Clock:
        """Start a clock; `limit_name` where the limit has another name than the clock."""
        return self.dial.start(subject, subject_id, name, limit_name)

    def stop_clocks(self, subject: str, subject_id: int | None = None) -> None:
        """Stop the clock of one thing, or of all things of its sort."""
        self.dial.stop(lambda clock: clock.subject == subject and subject_id in {None, clock.subject_id})

    def offer(self, made: Sequence[Assignment]) -> None:
        """Offer the case to units and posts, each with its clock, and show the parties."""
        self._offered += made
        self.all_assignments.extend(made)
        self.refresh_parties()
        case = self.case
        waits = case.is_reachable or (case.kind in _ASKING and case.reporter_id is not None)
        waits = waits and not self.settings.is_off("contact", case.kind)
        if waits and case.contacted_at is None and not self.dial.runs("contact"):
            self.start_clock("contact", case.pk, "contact")

    def withdraw_assignments(self) -> None:
        """Withdraw the open assignments, and show the parties that remain."""
        mine = self.assignments
        if not mine:
            return
        for each in mine:
            each.state, each.ended_at = AssignmentState.WITHDRAWN, self.at
        Assignment.objects.filter(pk__in=[each.pk for each in mine]).update(
            state=AssignmentState.WITHDRAWN, ended_at=self.at
        )
        self.stop_clocks("assignment")
        self.refresh_parties()

    def end_assignment(self, assignment: Assignment, state: str, *, reason: str = "", result: str = "") -> None:
        """End one assignment and its clock."""
        assignment.state, assignment.ended_at = state, self.at
        assignment.reason, assignment.result = reason, result or assignment.result
        assignment.save(update_fields=["state", "ended_at", "reason", "result"])
        self.stop_clocks("assignment", assignment.pk)
        if state == AssignmentState.RETURNED:
            self.refresh_parties()

    def refresh_parties(self) -> None:
        """Show on the case which units and posts take part: open or done assignments, and units called in."""
        case = self.case
        live = [each for each in self.all_assignments if each.state not in {"returned", "withdrawn"}]
        is_given = case.stage not in {Stage.REPORTED, Stage.FILED}
        lead = next((each for each in reversed(live) if each.part == Assignment.Part.LEAD and is_given), None)
        case.lead_unit_id = lead.unit_id if lead else None
        case.lead_post_id = lead.post_id if lead else None
        called = {call.unit_id for call in self.calls}
        case.party_unit_ids = sorted({each.unit_id for each in live if each.unit_id} | called)
        case.party_post_ids = sorted({each.post_id for each in live if each.post_id})

    def remember_handler(self, account_id: int | None, unit_id: int | None = None) -> None:
        """Keep who handled: they never verify, in no later round either."""
        case = self.case
        if account_id is not None and account_id not in case.handler_ids:
            case.handler_ids = [*case.handler_ids, account_id]
        if unit_id is not None and unit_id not in case.handler_unit_ids:
            case.handler_unit_ids = [*case.handler_unit_ids, unit_id]

    def end_whistle(self) -> None:
        """End the whistle; units that have not reported in by now are recorded as missing."""
        whistle = self.whistle
        if whistle is None or whistle.ended_at is not None:
            return
        whistle.ended_at = self.at
        whistle.save(update_fields=["consulted_at", "ended_at", "minutes", "plan"])
        missing = [call for call in self.calls if call.reported_in_at is None]
        for call in missing:
            call.is_missing = True
        if missing:
            Call.objects.filter(pk__in=[call.pk for call in missing]).update(is_missing=True)
        self.stop_clocks("call")

    def cancel_tasks(self, kind: str = "") -> None:
        """Call off open field tasks (of a kind) that nobody needs to do any more."""
        gone = [task for task in self.field_tasks if task.is_open and kind in {"", task.kind}]
        for task in gone:
            task.cancelled_at = self.at
            self.stop_clocks("field_task", task.pk)
        if gone:
            FieldTask.objects.filter(pk__in=[task.pk for task in gone]).update(cancelled_at=self.at)

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
        if not facts.keys().isdisjoint(COUNTED):
            raise ValueError(f"facts of {action} hide counted fields")
        now, was = _counted(case), self._snapshot
        is_first = self.is_new and not self._drafts
        changed = [name for name in COUNTED if now[name] != was[name]]
        before = {} if is_first else {name: was[name] for name in changed}
        after = {name: value for name, value in now.items() if value not in BLANK} if is_first else {
            name: now[name] for name in changed
        }  # fmt: skip
        case.version += 1
        held = self._post_of(actor, action)
        self._drafts.append(
            Draft(
                "case", case.pk, action, self.at, case.version,
                actor_id=actor.account_id, post_id=held.post_id if held else None,
                actor_label=_label(actor, held), source="" if is_first else was["stage"],
                target=case.stage, reason=reason, note=note, public_note=public_note, before=before,
                after=after | facts,
            )
        )  # fmt: skip
        self._snapshot = now

    def write(self) -> Case:
        """Store everything; the caller's transaction commits it."""
        keeping.follow(self, self._claim)
        self._claim, self.component_seen = keeping.claim_of(self.case), ""
        self._write_case()
        if self._offered:
            Assignment.objects.bulk_create(self._offered)
            for made in self._offered:
                is_accepted = made.state == AssignmentState.ACCEPTED
                self.start_clock("assignment", made.pk, "handle" if is_accepted else "accept")
            self._offered = []
        append(self._drafts)
        self._drafts = []
        if "dial" in self.__dict__:
            self.dial.write()
        return self.case

    # Inside.

    def _write_case(self) -> None:
        if self.is_new and not self._stored:
            self.case.save(force_insert=True)
        else:
            row, stored = _row(self.case), self._stored
            changed = [name for name, value in row.items() if name not in stored or stored[name] != value]
            if changed:
                self.case.save(update_fields=changed)
        self._stored = _row(self.case)

    def _end(self) -> None:
        self.case.ended_at = self.at
        self.case.due_at = self.case.warn_at = None
        self.case.is_overdue = False
        # Each open task and assignment has a running clock (law 2), so clocks tell whether there are any.
        self.cancel_tasks()
        if self.dial.runs("assignment"):
            self.withdraw_assignments()
        self.dial.stop()

    def _lapse_approval(self) -> None:
        if not self.case.approvals_open:
            return
        self.case.approvals_open = 0
        Approval.objects.filter(case=self.case, state=Approval.State.ASKED).update(
            state=Approval.State.LAPSED, decided_at=self.at
        )
        self.stop_clocks("approval")

    def _post_of(self, actor: Actor, action: str) -> Holding | None:
        """Return the post the actor acts by; whoever speaks as a resident has none, whatever their job."""
        is_reporter = self._as_reporter or action == "report"
        if actor is not self.actor or (is_reporter and self.case.channel == Channel.RESIDENT):
            return None
        return self.held or actor.post


def _row(case: Case) -> dict[str, Any]:
    """Return the loaded columns as they are now."""
    return {
        name: list(value) if isinstance(value, list) else value
        for name, value in case.__dict__.items()
        if name in _COLUMNS
    }


def _label(actor: Actor, held: Holding | None) -> str:
    if held is None:
        # Whoever tells through a contractor's link acts as the system, by a name of its own.
        return (actor.name or str(_("系统"))) if actor.is_system else str(_("居民"))
    return f"{held.unit_name or held.area_name} {held.role_label}".strip()


@contextmanager
def acting(
    name: str, actor: Actor, case: Case, *, seen: int | None, at: datetime, note: str = "", reason: str = ""
) -> Iterator[Change]:
    """Take a step on a case in one transaction: locked, checked, then written. Raises what stops the step."""
    with transaction.atomic():
        if case.parent_id is not None:
            # A child's end may close its parent, so the parent is locked first, as everywhere.
            Case.objects.select_for_update().filter(pk=case.parent_id).values_list("pk").first()
        change = locked(actor, case.pk, at=at, seen=seen)
        change.check(name, note=note, reason=reason)
        yield change
        change.write()


def locked(actor: Actor, case_id: int, *, at: datetime, seen: int | None = None) -> Change:
    """Lock a case for an act. Raises Stale when the actor saw an older version, telling what changed since."""
    found = Case.objects.select_related("standard").defer(*_WIDE).select_for_update(of=("self",))
    case = found.filter(pk=case_id).first()
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
