"""What follows by itself in the same transaction: stages the profile switches off, and a parent's end."""

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.work.cases import change as changes
from lianxin.work.cases.change import Change
from lianxin.work.cases.models import FieldTask
from lianxin.work.cases.words import Stage


def settle(change: Change, *, unchecked: bool = False) -> None:
    """Pass the stages that are switched off (or, `unchecked`, the check), each with its own entry by the system."""
    case, settings = change.case, change.settings
    if case.stage == Stage.HANDLED and (unchecked or settings.skips(Stage.HANDLED, case.kind)):
        finish_open_tasks(change)
        change.go(Stage.VERIFIED)
        change.log("verify", by=SYSTEM, passed=True)
    if case.stage == Stage.VERIFIED and (unchecked or settings.auto_close or settings.skips(Stage.VERIFIED, case.kind)):
        change.go(Stage.CLOSED)
        change.log("close", by=SYSTEM)
    tell_parent(change)


def finish_open_tasks(change: Change) -> None:
    """Call off field tasks that nobody needs to do any more."""
    for task in change.field_tasks:
        if task.kind == FieldTask.Kind.POST_HANDLING and task.done_at is None and task.cancelled_at is None:
            task.cancelled_at = change.at
            task.save(update_fields=["cancelled_at"])
            change.stop_clocks(lambda clock, pk=task.pk: clock.subject == "field_task" and clock.subject_id == pk)


def tell_parent(change: Change) -> None:
    """Count a child's end on its parent; with the last one the parent closes. The child is locked first."""
    case = change.case
    if case.parent_id is None or case.is_open:
        return
    parent = changes.locked(SYSTEM, case.parent_id, at=change.at)
    parent.case.children_open -= 1
    if parent.case.children_open == 0:
        parent.resume()
        parent.case.handled_at = parent.case.handled_at or change.at
        parent.go(Stage.CLOSED)
        parent.log("close", children="closed")
    else:
        parent.log("child_end", child=case.number)
    parent.write()


def parent_again(change: Change) -> None:
    """A child goes on: its parent waits again, if it still does."""
    if change.case.parent_id is None:
        return
    parent = changes.locked(SYSTEM, change.case.parent_id, at=change.at)
    if parent.case.is_open:
        parent.case.children_open += 1
        parent.log("child_again", child=change.case.number)
        parent.write()
