"""What patrols do when cases end: the hazard behind one waits for somebody to look again."""

from lianxin.kernel.journal.listening import listens
from lianxin.kernel.journal.models import Entry

from . import actions

_ENDS = ("close", "answer", "decline", "refer", "withdraw", "void", "force_close")


@listens("patrols", *(f"case.{act}" for act in _ENDS))
def look_again(entry: Entry) -> None:
    """Ask for a look at the place; the ledger does not believe a closed case."""
    actions.case_ended(entry.subject_id, at=entry.at)
