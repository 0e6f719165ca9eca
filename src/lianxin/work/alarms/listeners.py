"""What alarms do when the journal is told: make their case at once, note there what changed, end with it."""

from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry
from lianxin.work.cases.models import Case
from lianxin.work.cases.words import Stage

from . import casing
from .models import Alarm

CONSUMER = "alarms.cases"
_ENDS = ("close", "force_close", "void", "decline", "refer", "answer", "withdraw", "merge")


@listens(CONSUMER, "alarm.open", "alarm.raise", "alarm.again")
def make_case(entry: Entry) -> None:
    """Make the alarm's case, where its rule wants one at once."""
    casing.make(entry.subject_id, at=entry.at)


@listens(CONSUMER, "alarm.clear", "alarm.raise", "alarm.lower", "alarm.again")
def tell_case(entry: Entry) -> None:
    """Note on the case what the device says now; an ended case is left alone."""
    alarm = Alarm.objects.select_related("device", "case").filter(pk=entry.subject_id).first()
    if alarm is None or alarm.case is None or alarm.case.ended_at is not None:
        return
    casing.note(alarm.case, casing.news(alarm, entry.action, entry.after), at=entry.at)


@listens(CONSUMER, *(f"case.{act}" for act in _ENDS))
def follow_case(entry: Entry) -> None:
    """End the alarms of a case with it, or let them follow a merge."""
    case = Case.objects.filter(pk=entry.subject_id).first()
    if case is None or case.ended_at is None:
        return
    if case.stage == Stage.MERGED and case.merged_into_id is not None:
        casing.follow_merge(case, at=entry.at)
    else:
        casing.follow_end(case, at=entry.at)
