"""Is it done? Verify (核查) by someone who did not handle it, then close (结案)."""

from datetime import datetime

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.geometry.points import Point
from lianxin.work.cases import evidence, keeping
from lianxin.work.cases.change import Change, acting
from lianxin.work.cases.models import Assignment, Case, FieldTask
from lianxin.work.cases.words import AssignmentState, Stage

from .settling import settle
from .tasks import finish_task, open_task


def _finish(change: Change, *, passed: bool, point: Point | None) -> None:
    task = open_task(change, FieldTask.Kind.POST_HANDLING)
    if task is not None:
        finish_task(change, task, passed=passed, point=point)


def verify(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "", point: Point | None = None,
    component_state: str = "",
) -> Case:  # fmt: skip
    """Confirm that it is done (核查通过), at the place or from photos; its component is intact, or as was seen."""
    with acting("verify", actor, case, seen=seen, at=at, note=note) as change:
        facts = keeping.saw(change, component_state)
        _finish(change, passed=True, point=point)
        change.go(Stage.VERIFIED)
        change.log("verify", note=change.note, passed=True, **facts)
        settle(change)
    return change.case


def rework(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str, point: Point | None = None,
) -> Case:  # fmt: skip
    """Send it back to be done again (返工); the first clocks go on as if they had never stopped."""
    with acting("rework", actor, case, seen=seen, at=at, note=note) as change:
        _finish(change, passed=False, point=point)
        change.case.reworks += 1
        change.go(Stage.HANDLING)
        _give_lead_again(change)
        change.log("rework", note=change.note, passed=False)
    return change.case


def _give_lead_again(change: Change) -> None:
    done = [each for each in change.all_assignments if each.state == AssignmentState.DONE]
    lead = next((each for each in reversed(done) if each.part == Assignment.Part.LEAD), None)
    if lead is None:
        return
    lead.state, lead.ended_at = AssignmentState.ACCEPTED, None
    lead.save(update_fields=["state", "ended_at"])
    change.dial.take_up("assignment", lead.pk, "handle") or change.start_clock("assignment", lead.pk, "handle")


def close(
    actor: Actor, *, case: Case, seen: int | None, at: datetime, note: str = "", component_state: str = ""
) -> Case:
    """Close the verified case (结案). Refused while demanded evidence is missing."""
    with acting("close", actor, case, seen=seen, at=at, note=note) as change:
        facts = keeping.saw(change, component_state)
        evidence.demand(change.case, evidence.FOR_CLOSING)
        change.go(Stage.CLOSED)
        change.log("close", note=change.note, **facts)
        settle(change)
    return change.case
