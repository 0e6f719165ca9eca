"""“我也是这件事”: a report of one's own, merged at once into the open case of a neighbour, so that both follow it."""

import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from lianxin.faces.acts import performing
from lianxin.faces.acts.inputs import ReportIn
from lianxin.foundation.accounts.actor import SYSTEM, Actor
from lianxin.kernel.errors import Refused
from lianxin.work.cases import actions as cases
from lianxin.work.cases.models import Case
from lianxin.work.cases.words import Stage

log = logging.getLogger(__name__)


def join(actor: Actor, *, client_id: UUID, data: ReportIn, into: int, at: datetime, numbers: Mapping[str, int]) -> Case:
    """Report and follow the case `into`; where that one can take nobody any more, the report stands by itself.

    The system merges on the reporter's word; the seat sees it in both traces and may undo it.
    """
    case = performing.report(actor, client_id=client_id, data=data, at=at, numbers=numbers)
    target = Case.objects.filter(pk=into).exclude(pk=case.pk).first()
    if target is None or case.stage == Stage.MERGED:
        return case
    try:
        return cases.merge(SYSTEM, case=case, seen=None, at=at, into=target)
    except Refused as refused:
        log.info("A report could not join another: %s", refused.rule)
        return case
