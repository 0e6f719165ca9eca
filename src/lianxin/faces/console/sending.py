"""File by a proposal and dispatch to who answers for it: both in one transaction, or as much as this level may."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.faces.acts import inputs, performing
from lianxin.faces.acts.parsing import parse_data
from lianxin.faces.console import proposing
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Refused
from lianxin.work.cases.models import Case
from lianxin.work.cases.words import Severity, Stage


def file_and_dispatch(
    actor: Actor, case: Case, code: str, *, seen: int | None, at: datetime, numbers: Mapping[str, int]
) -> Case:
    """File as the proposed category `code`, and dispatch where this level may. Raises Refused, NotAllowed, Stale.

    The caller holds the transaction.
    """
    found = proposing.proposed(case, at=at, numbers=numbers)
    chosen = next((each for each in found if each.category.code == code), None)
    if chosen is None:
        raise Refused("no_proposal", _("请先选一种建议，或用“立案…”自己选分类。"))
    now = case
    if case.stage == Stage.REPORTED:
        severity = case.severity if case.severity != Severity.NORMAL else None
        filing = parse_data(inputs.FileIn, {"category": chosen.category.code, "severity": severity})
        now = performing.perform(actor, "file", case=case, seen=seen, at=at, data=filing, numbers=numbers)
        seen = now.version
    if chosen.may_send and chosen.ruling is not None and actor.may("cases.dispatch", case):
        lead, assists = chosen.ruling.lead_unit, chosen.ruling.assists
        wanted = {"lead": {"unit": lead.code}, "assists": [{"unit": unit.code} for unit in assists]}
        data = parse_data(inputs.DispatchIn, wanted)
        now = performing.perform(actor, "dispatch", case=now, seen=seen, at=at, data=data, numbers=numbers)
    return now
