"""What follows by itself in the same transaction: stages the profile switches off, and a parent's end."""

from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.kernel.errors import Refused
from lianxin.work.cases import change as changes
from lianxin.work.cases import evidence
from lianxin.work.cases.change import Change
from lianxin.work.cases.words import Stage


def settle(change: Change, *, unchecked: bool = False) -> None:
    """Pass the stages that are switched off (or, `unchecked`, the check), each with its own entry by the system.

    The platform closes nothing whose papers are missing: that waits for the seat.
    """
    case, settings = change.case, change.settings
    if case.stage == Stage.HANDLED and (unchecked or settings.skips(Stage.HANDLED, case.kind)):
        change.cancel_tasks()
        change.go(Stage.VERIFIED)
        change.log("verify", by=SYSTEM, passed=True)
    closes = unchecked or settings.auto_close or settings.skips(Stage.VERIFIED, case.kind)
    if case.stage == Stage.VERIFIED and closes and not evidence.missing(case, evidence.FOR_CLOSING):
        change.go(Stage.CLOSED)
        change.log("close", by=SYSTEM)
    tell_parent(change)


def tell_parent(change: Change) -> None:
    """Count a child's end on its parent; with the last one the parent closes."""
    case = change.case
    if case.parent_id is None or case.is_open:
        return
    parent = changes.locked(SYSTEM, case.parent_id, at=change.at)
    parent.case.children_open -= 1
    if parent.case.children_open:
        parent.log("child_end", child=case.number)
    else:
        parent.case.handled_at = change.at
        parent.go(Stage.CLOSED)
        parent.log("close", child=case.number)
    parent.write()


def parent_again(change: Change) -> None:
    """A child goes on: its parent waits again. Refused where the parent went another way meanwhile."""
    if change.case.parent_id is None:
        return
    parent = changes.locked(SYSTEM, change.case.parent_id, at=change.at)
    if parent.case.stage == Stage.CLOSED:
        parent.go(Stage.FILED)
        parent.pause("split", None)
    elif parent.case.pause_kind != "split":
        raise Refused("parent_moved", _("原案件已另行办理，请在原案件里重办。"))
    parent.case.children_open += 1
    parent.log("child_again", child=change.case.number)
    parent.write()
