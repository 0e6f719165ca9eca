"""Who is told about visits: the clerk, of a need that somebody saw. Neither name nor need leaves the house."""

from datetime import datetime

from lianxin.foundation.accounts.queries import holders
from lianxin.foundation.notifications import actions as notifications
from lianxin.foundation.notifications.kinds import Kind, register, render

from .models import Visit

PROPOSED = Kind("visits.proposed", "建议关照", "走访时看到有人需要照应", "网格员建议设一项关爱标签，请看过再定。")
register(PROPOSED)
LINK = "/console/visits/proposals"


def tell_proposal(visit: Visit, *, at: datetime) -> None:
    """Tell the clerk that a need was seen."""
    title, body = render(PROPOSED.code, {})
    clerks = holders("care.tag", at=at, place=visit)
    notifications.notify(clerks, kind=PROPOSED.code, title=title, body=body, link=LINK, at=at)
