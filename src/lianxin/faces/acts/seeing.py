"""Who sees a case from inside, and who only as its reporter does."""

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import NotAllowed
from lianxin.work.cases.models import Case

# Papers, minutes and receipts may name people; the rest of a case's files shows the place.
INNER_LABELS = frozenset({"document", "record", "receipt"})


def is_inside(actor: Actor, case: Case) -> bool:
    """Tell whether a post lets the actor see the case itself, not only its public trace."""
    units = {*case.party_unit_ids, case.lead_unit_id} - {None}
    return actor.may("cases.view", case) or any(actor.may("cases.view", unit_id=unit) for unit in units)


def demand_inside(actor: Actor, case: Case) -> None:
    """Raise NotAllowed for a reporter who asks for more than the public trace."""
    if not is_inside(actor, case):
        raise NotAllowed("inside", "这里是办理人员看的。您反映的事请在“我反映的”里看进度。")
